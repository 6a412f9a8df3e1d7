"""`scimctl scenarios`: what each command prints, and how it ends."""

import json
from pathlib import Path

import pytest

from scimctl.cli.app import run

FAULTY = "- id: a.b\n  title: T\n  stps: []\n- id: a.c\n  title: T\n  steps: [{okta: {assign: nobody}}]\n"
MINE = """\
- id: my.one
  title: First
  alone: true
  needs: [patch]
  steps: [{send: GET /Users}]

# about the second
- id: my.two
  title: Second
  tags: [mine]
  requires: okta-08
  matrix: {app.kind: [oin, aiw]}
  steps:
    - send: GET /Users
      requires: list-01
- id: my.three
  title: Third
  heavy: true
  steps: [{send: GET /Users}]
"""


@pytest.fixture
def mine(tmp_path: Path) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(MINE)
    return str(path)


def test_list_shows_every_bundled_scenario_with_its_title(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    names = [line.split()[0] for line in lines]
    assert "okta.users.reactivate[aiw]" in names
    assert any(name.startswith("wrike.") for name in names)
    assert len({line.index("  ") for line in lines if len(line.split()[0]) == max(map(len, names))}) == 1


def test_list_takes_selectors(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "list", mine]) == 0
    assert capsys.readouterr().out == (
        "my.one       First\nmy.two[oin]  Second\nmy.two[aiw]  Second\nmy.three     Third\n"
    )


def test_list_as_json(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "list", mine, "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["format"] == 1
    assert document["scenarios"][1] == {
        "id": "my.two[oin]",
        "title": "Second",
        "suite": "",
        "tags": ["mine"],
        "requires": ["okta-08"],
        "needs": [],
        "alone": False,
        "heavy": False,
        "app_kind": "oin",
        "file": mine,
        "line": 8,
    }


def test_show_gives_the_text_the_rows_and_the_rules(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "show", "okta.users.reactivate"]) == 0
    out = capsys.readouterr().out
    assert out.startswith(
        "Assigning a deactivated user again brings back the same account, active\nscenarios/okta/lifecycle.yaml:"
    )
    assert "okta-10  MUST, Okta: A look-up finds a deactivated user" in out
    assert "rows:\n  okta.users.reactivate[oin]\n  okta.users.reactivate[aiw]\n" in out
    assert "\n- id: okta.users.reactivate\n" in out
    assert out.count("- id: ") == 1


def test_show_of_one_row_shows_that_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "show", "okta.users.reactivate[aiw]", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["id"], document["rows"]) == ("okta.users.reactivate", ["okta.users.reactivate[aiw]"])
    assert document["requirements"][0]["id"] == "okta-10"
    assert document["steps"][0] == "okta assign: user"
    assert document["text"].startswith("- id: okta.users.reactivate\n")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("okta.users.reactivat", "error: `okta.users.reactivat` selects no scenario"),
        ("okta.users", "error: `okta.users` is no scenario's id"),
    ],
)
def test_show_of_what_is_no_scenario(name: str, wanted: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "show", name]) == 2
    assert wanted in capsys.readouterr().err


def test_plan_shows_order_and_reasons(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "plan", mine, "--app-kind", "aiw"]) == 0
    assert capsys.readouterr().out == (
        "run (2)\n"
        "  my.two[aiw]  Second\n"
        "  my.one       First (by itself, after the others; only where the server announces patch)\n"
        "not run (1)\n"
        "  my.three  Third: it makes more than 20 accounts; run it with --heavy\n"
    )


def test_plan_as_json(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "plan", mine, "--skip", "my.two", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert [scenario["id"] for scenario in document["run"]] == ["my.one"]
    assert [one["id"] for one in document["not_run"]] == ["my.three"]
    assert run(["scenarios", "plan", mine, "--heavy", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["not_run"] == []


def test_lint_of_the_bundled_files(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "lint"]) == 0
    out = capsys.readouterr().out
    assert " files read, " in out
    assert out.endswith(" with the rows of their matrices), no faults\n")


def test_lint_of_a_right_file(mine: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "lint", mine]) == 0
    assert capsys.readouterr().out == "1 file read, 3 scenarios (4 with the rows of their matrices), no faults\n"


def test_lint_shows_every_fault(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "a.yaml").write_text(FAULTY)
    (tmp_path / "b.yaml").write_text("x: [\n")
    assert run(["scenarios", "lint", str(tmp_path)]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    titles = [line for line in captured.err.splitlines() if line.startswith("error: ")]
    assert titles == [
        "error: `steps` is missing",
        "error: key `stps` is not known here",
        "error: there is no user or group `nobody` in `given`",
        "error: not YAML: expected the node content, but found '<stream end>'",
    ]
    assert captured.err.endswith("2 files read, 4 faults\n")


def test_lint_of_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "lint", str(tmp_path)]) == 2
    assert "there is no scenario file in there" in capsys.readouterr().err
    assert run(["scenarios", "lint", str(tmp_path / "missing.yaml")]) == 2
    assert "there is no file" in capsys.readouterr().err


def test_new_writes_a_scenario_that_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "acme.yaml"
    assert run(["scenarios", "new", "acme.users.create", str(path)]) == 0
    assert capsys.readouterr().out.startswith(f"written to {path}; try: ")
    assert run(["scenarios", "lint", str(path)]) == 0
    assert run(["run", str(path), "--reference"]) == 0


def test_new_prints_without_a_path(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "new", "acme.users.create"]) == 0
    assert "- id: acme.users.create\n" in capsys.readouterr().out


def test_new_overwrites_nothing(mine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "new", "a.b", mine]) == 2
    assert "is there already" in capsys.readouterr().err
    assert Path(mine).read_text() == MINE
    assert run(["scenarios", "new", "a.b", str(tmp_path / "no" / "folder.yaml")]) == 2
    assert "cannot be written: No such file or directory" in capsys.readouterr().err


def test_new_refuses_what_is_no_id(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "new", "Acme Users"]) == 2
    assert "`Acme Users` is no id of a scenario" in capsys.readouterr().err
