"""`scimctl diagnose` as a person uses it: what it prints, writes and ends with, and what it says of wrong input."""

import json
from pathlib import Path
from typing import Any

import pytest

from scimctl.cli.app import run
from scimctl.diagnose.evidence import Piece
from tests.unit.diagnose.story import LINK, LOGIN, Story

TOKEN = "canary-7f3a-secret"


@pytest.fixture(autouse=True)
def _no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.delenv("SCIMCTL_BASE_URL", raising=False)


def saved(story: Story, folder: Path) -> Path:
    """The evidence of a story as a folder."""
    folder.mkdir(exist_ok=True)
    for piece, document in story.evidence().documents.items():
        (folder / piece.file_name).write_text(json.dumps(document), encoding="utf-8")
    (folder / Piece.LOGS.file_name).write_text(json.dumps(story.events), encoding="utf-8")
    return folder


def full() -> Story:
    reason = f"Forbidden. Errors reported by remote server: no seats left, {TOKEN} \x1b[31m"
    return Story().user().assigned().assignment(0).failed(0.1, "push", reason).tick(90)


def fine() -> Story:
    return Story().user().assigned(linked=LINK, created=-9000).app_event(-8999, "provision.user.push").tick(90)


def document(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    read = json.loads(capsys.readouterr().out)
    assert isinstance(read, dict)
    return read


def test_the_screen_has_cause_proof_remedy_and_the_broken_link(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = saved(full(), tmp_path / "evidence")
    assert run(["diagnose", LOGIN, "--evidence", str(folder)]) == 1
    shown = capsys.readouterr().out
    assert "1. seat-limit-reached (certain)" in shown
    assert "application.provision.user.push FAILURE: Forbidden." in " ".join(shown.split())
    assert "What to do  Raise the user limit" in shown
    assert "  ✓ assigned " in shown
    assert "  ✗ account " in shown
    assert "  · groups" in shown
    assert "--base-url URL --token-file FILE" in shown
    assert "\x1b" not in shown


def test_the_json_follows_the_contract(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = saved(full(), tmp_path / "evidence")
    assert run(["diagnose", LOGIN, "--evidence", str(folder), "--json"]) == 1
    read = document(capsys)
    assert list(read)[:4] == ["format", "user", "symptom", "summary"]
    assert read["format"] == 1
    assert read["user"] == LOGIN
    assert read["symptom"] == "not-created"
    cause = read["causes"][0]
    assert set(cause) >= {"code", "certainty", "title", "because", "remedy", "requirement"}
    assert all(isinstance(ground, str) for ground in cause["because"])
    assert {"code": "app-inactive", "why": "Kanban is ACTIVE in Okta"} in read["ruled_out"]
    assert all({"what", "how"} == set(gap) for gap in read["not_looked_at"])


def test_a_user_who_is_fine_ends_with_0(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = saved(fine(), tmp_path / "evidence")
    assert run(["diagnose", LOGIN, "--evidence", str(folder), "--json"]) == 0
    read = document(capsys)
    assert read["causes"] == []
    assert read["symptom"] == "none"
    assert any("the System Log from" in what for what in read["looked_at"])


def test_the_user_of_the_folder_is_meant_when_none_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = saved(full(), tmp_path / "evidence")
    assert run(["diagnose", "--evidence", str(folder), "--json"]) == 1
    assert document(capsys)["user"] == LOGIN


def test_everybody_who_failed_is_diagnosed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = full().other(5, "provision.user.push_profile", result="FAILURE", reason="Bad Gateway")
    folder = saved(story, tmp_path / "evidence")
    assert run(["diagnose", "--all-failed", "--evidence", str(folder), "--json"]) == 1
    found = {one["user"]: one["causes"][0]["code"] for one in document(capsys)["diagnoses"]}
    assert found == {LOGIN: "seat-limit-reached", "grace.hopper@acme.example": "server-error"}


def test_nobody_failed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = saved(fine(), tmp_path / "evidence")
    assert run(["diagnose", "--all-failed", "--evidence", str(folder)]) == 0
    assert capsys.readouterr().out == "nobody's last attempt failed\n"


def test_a_group_is_diagnosed_by_its_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    story = fine().group("Chess")
    story.mappings = [{"id": "m", "sourceGroupId": "00gChess", "status": "ERROR", "errorSummary": "HTTP 403 Forbidden"}]
    folder = saved(story, tmp_path / "evidence")
    assert run(["diagnose", "--group", "chess", "--evidence", str(folder), "--json"]) == 1
    read = document(capsys)
    assert read["causes"][0]["code"] == "group-push-error"
    assert "'Chess'" in read["causes"][0]["title"]
    assert run(["diagnose", "--group", "Golf", "--evidence", str(folder), "--json"]) == 3
    assert "no push of a group called Golf is known" in document(capsys)["summary"]


def test_the_symptom_that_is_asked_about_decides_between_two_problems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = full().group("Chess")
    story.mappings = [{"id": "m", "sourceGroupId": "00gChess", "status": "ERROR", "errorSummary": "HTTP 403 Forbidden"}]
    folder = str(saved(story, tmp_path / "evidence"))
    first = {}
    for symptom in ("not-created", "group-not-pushed"):
        assert run(["diagnose", LOGIN, "--symptom", symptom, "--evidence", folder, "--json"]) == 1
        first[symptom] = document(capsys)["causes"][0]["code"]
    assert first == {"not-created": "seat-limit-reached", "group-not-pushed": "group-push-error"}


def test_the_server_alone_tells_what_it_can(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["diagnose", "nobody@acme.example", "--reference", "--json"]) == 3
    read = document(capsys)
    assert read["causes"] == []
    assert read["summary"] == "the app has no account of nobody@acme.example; why, only Okta's side can tell"
    assert read["not_looked_at"][0]["how"].startswith("--evidence DIR")
    assert run(["diagnose", "x@acme.example", "--base-url", "http://127.0.0.1:9/scim/v2", "--json"]) == 1
    assert document(capsys)["causes"][0]["code"] == "connection-failed"


def test_a_token_that_came_back_in_the_log_is_masked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = saved(full(), tmp_path / "evidence")
    ticket = tmp_path / "ticket.md"
    target = ["--base-url", "http://127.0.0.1:9/scim/v2", "--token", TOKEN]
    for form in ([], ["--json"]):
        run(["diagnose", LOGIN, "--evidence", str(folder), *target, "--report", f"markdown={ticket}", *form])
        captured = capsys.readouterr()
        assert "no seats left, ***" in " ".join(captured.out.split())
        assert TOKEN not in captured.out + captured.err + ticket.read_text("utf-8")


def test_the_report_for_a_ticket_is_markdown_without_foreign_markup(tmp_path: Path) -> None:
    story = Story().user().assigned().assignment(0).failed(0.1, "push", "Bad Gateway <b> | # `x`").tick(90)
    ticket = tmp_path / "ticket.md"
    folder = saved(story, tmp_path / "evidence")
    assert run(["diagnose", LOGIN, "--evidence", str(folder), "--report", f"markdown={ticket}"]) == 1
    text = ticket.read_text("utf-8")
    assert text.startswith(f"# {LOGIN}: not-created\n")
    assert "## `server-error` (certain)" in text
    assert "\\<b\\> \\| \\# \\`x\\`" in text
    assert "| account | **broken** |" in text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["a@b.example"], "there is nothing to look at"),
        ([], "no user was named"),
        (["a@b.example", "--evidence", "nowhere"], "the evidence nowhere does not exist"),
        (["--all-failed"], "--all-failed needs Okta's side"),
        ([" ", "--evidence", "evidence"], "the user is an empty text"),
        (["a@b.example", "--all-failed", "--evidence", "evidence"], "--all-failed is given together with"),
        (["a@b.example", "--evidence", "evidence", "--report", "pdf=x"], "--report pdf=x is no report of a diagnosis"),
        (
            ["a@b.example", "--evidence", "evidence", "--report", "markdown=no/x"],
            "lies in a folder that does not exist",
        ),
        (["a@b.example", "--evidence", "evidence", "--symptom", "sad"], "sad"),
    ],
)
def test_wrong_input_is_told_with_a_remedy(
    arguments: list[str], said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    saved(fine(), tmp_path / "evidence")
    assert run(["diagnose", *arguments]) == 2
    captured = capsys.readouterr()
    assert said in captured.err
    assert captured.out == ""
    assert "Traceback" not in captured.err


@pytest.mark.parametrize("piece", list(Piece))
def test_a_file_that_breaks_off_is_named_and_no_traceback(
    piece: Piece, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    story = full().group("Chess").attributes(title="title")
    story.mappings = []
    folder = saved(story, tmp_path / "evidence")
    path = folder / piece.file_name
    path.write_text(path.read_text("utf-8")[:-3] if len(path.read_text("utf-8")) > 5 else "[", encoding="utf-8")
    assert run(["diagnose", LOGIN, "--evidence", str(folder), "--json"]) in (0, 1, 3)
    gaps = [gap["what"] for gap in document(capsys)["not_looked_at"]]
    wanted = "part of the System Log" if piece is Piece.LOGS else piece.file_name
    assert any(wanted in gap for gap in gaps), gaps


def test_a_folder_of_which_nothing_can_be_read_ends_with_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "evidence"
    folder.mkdir()
    for piece in Piece:
        (folder / piece.file_name).write_text("<html>", encoding="utf-8")
    assert run(["diagnose", LOGIN, "--evidence", str(folder), "--json"]) == 3
    assert document(capsys)["causes"] == []
