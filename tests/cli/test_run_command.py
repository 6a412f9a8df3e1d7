"""`scimctl run` from the command line: what it prints and writes, how it ends, what it asks."""

import json
import os
import signal
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scimctl.cli.app import run
from scimctl.exchange import Answer, Request
from tests.exchanges import error, is_create
from tests.serving import TOKEN, served

SMOKE = "okta.users.create[oin]"


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SCIMCTL_")]:
        monkeypatch.delenv(name)


def report(path: Path) -> dict[str, Any]:
    document = json.loads(path.read_text())
    assert isinstance(document, dict)
    return document


def test_the_okta_suite_passes_on_the_reference(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "--reference"]) == 0
    out, err = capfd.readouterr()
    assert err == ""
    assert out.splitlines()[-1] == "The server conforms to what was run."
    assert "FAILED" not in out


def test_the_same_over_a_socket_and_in_process() -> None:
    reports = []
    for name, arguments in (("in", ["--reference"]), ("out", [])):
        with served() as base_url:
            target = arguments or ["--base-url", base_url, "--token", TOKEN]
            assert run(["run", *target, "--seed", "s", "--report", f"json={name}.json"]) == 0
        findings = report(Path(f"{name}.json"))["findings"]
        reports.append([(f["scenario"], f["check"], f["outcome"]) for f in findings])
    assert reports[0] == reports[1]


def test_the_wrike_suite_passes_on_the_wrike_profile() -> None:
    assert run(["run", "wrike", "--reference", "--profile", "wrike", "--report", "json=w.json"]) == 0
    verdicts = {s["id"]: s["verdict"] for s in report(Path("w.json"))["scenarios"]}
    assert verdicts["wrike.seats.full"] == "PASSED"
    assert set(verdicts.values()) == {"PASSED"}


def test_the_json_report_keeps_the_contract() -> None:
    with served(faults=["patch-active-noop"]) as base_url:
        code = run(
            ["run", "okta.users.deactivate", "--base-url", base_url, "--token", TOKEN, "--report", "json=r.json"]
        )
    assert code == 1
    document = report(Path("r.json"))
    assert list(document) == [
        "format",
        "scimctl",
        "target",
        "started",
        "duration_seconds",
        "requests",
        "exit_code",
        "summary",
        "scenarios",
        "findings",
    ]
    assert (document["format"], document["target"], document["exit_code"]) == (1, {"base_url": base_url}, 1)
    assert document["started"].endswith("Z")
    assert list(document["summary"]) == [
        "passed",
        "failed",
        "warned",
        "noted",
        "unknown",
        "blocked",
        "known",
        "stale",
        "not_run",
    ]
    assert document["summary"]["failed"] == 1
    scenario = document["scenarios"][0]
    assert (scenario["id"], scenario["verdict"], scenario["reason"]) == ("okta.users.deactivate", "FAILED", None)
    failed = next(f for f in document["findings"] if f["verdict"] == "FAILED")
    witness = failed.pop("request")
    assert witness.pop("path").startswith("/Users/")
    assert witness == {"method": "GET", "status": 200}
    assert failed == {
        "scenario": "okta.users.deactivate",
        "step": 3,
        "check": "expect.body",
        "requirement": "okta-08",
        "level": "MUST",
        "source": "Okta",
        "outcome": "BROKEN",
        "verdict": "FAILED",
        "title": "the body is as expected",
        "expected": "false",
        "actual": "true",
        "at": "/active",
        "times": 1,
        "exchange": 5,
    }


def test_a_report_on_stdout_stands_alone(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["run", SMOKE, "--reference", "--report", "json=-"]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out)["exit_code"] == 0
    assert "The server conforms" in err


def test_junit_and_jsonl() -> None:
    with served(faults=["patch-active-noop"]) as base_url:
        target = ["--base-url", base_url, "--token", TOKEN]
        assert (
            run(
                ["run", "okta.users.deactivate", SMOKE, *target, "--report", "junit=r.xml", "--report", "jsonl=r.jsonl"]
            )
            == 1
        )
    suite = ET.parse("r.xml").getroot()[0]
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors"), suite.get("skipped")) == (
        "2",
        "1",
        "0",
        "0",
    )
    failure = suite.find("testcase[@name='okta.users.deactivate']/failure")
    assert failure is not None
    assert failure.get("message") == "the body is as expected: expected false, got true at /active"
    assert failure.get("type") == "okta-08"
    events = [json.loads(line) for line in Path("r.jsonl").read_text().splitlines()]
    assert [events[0]["event"], events[-1]["event"]] == ["run-started", "run-finished"]
    done = [e for e in events if e["event"] == "exchange-done" and e["scenario"] == "okta.users.deactivate"]
    assert [e["number"] for e in done] == list(range(1, len(done) + 1))
    assert done[-1]["cleanup"] is True


def test_a_failure_on_the_console(capfd: pytest.CaptureFixture[str]) -> None:
    with served(faults=["duplicate-500"]) as base_url:
        assert run(["run", "okta.users.create-duplicate", "--base-url", base_url, "--token", TOKEN]) == 1
    out = capfd.readouterr().out
    assert "✗ FAILED  okta.users.create-duplicate" in out
    assert "the answer's status is 409: expected 409, got 500 Internal Server Error" in out
    assert "expect: {status: 409}" in out
    assert "note: the server says: duplicate key value violates unique constraint users_username" in out
    assert "okta-05, MUST by Okta" in out
    assert "reproduce: curl -sS -i -X POST" in out
    assert '-H "Authorization: Bearer $SCIMCTL_TOKEN"' in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["okta.users.crate", "--reference"], ["okta.users.crate", "did you mean"]),
        (["--reference", "--report", "xml=r.xml"], ["there is no report format xml"]),
        (["--reference", "--report", "junit"], ["names no file"]),
        (["--reference", "--report", "json=nowhere/r.json"], ["lies in a folder that does not exist"]),
        (["--reference", "--report", "json=-", "--report", "junit=-"], ["both go to stdout"]),
        (["--reference", "--set", "empty_as=blank"], ["`empty_as` is `blank`", "empty_string, null, omit"]),
        (["--reference", "--set", "emty_as=null"], ["there is no parameter `emty_as`", "did you mean `empty_as`?"]),
        (["--reference", "--set", "empty_as"], ["has no value"]),
        (["--reference", "--set", "user_type_attribute=a b"], ["`a b` is no external name"]),
        (["--reference", "--jobs", "0"], ["--jobs is 0"]),
        (["--reference", "--max-failures", "0"], ["--max-failures is 0"]),
        (["--reference", "--deviations", "none.yaml"], ["none.yaml"]),
        (["--reference", "--profile", "wrik"], ["wrik", "did you mean"]),
        ([], ["no base URL was given"]),
        (["--reference", "--skip", "okta"], ["no scenario is left to run"]),
    ],
)
def test_bad_input_is_2_with_a_remedy(
    arguments: list[str], words: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    assert run(["run", *arguments]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    for word in words:
        assert word in err
    assert "Traceback" not in err


def test_a_wrong_external_name_in_a_scenario_is_shown_at_its_place(capfd: pytest.CaptureFixture[str]) -> None:
    Path("own.yaml").write_text(
        "- id: own.one\n"
        "  title: x\n"
        "  requires: okta-04\n"
        "  given:\n"
        "    app: {parameters: {user_type_attribute: 'a b'}}\n"
        "    user: {profile: {login: $(unique.email), firstName: A, lastName: B}}\n"
        "  steps:\n"
        "    - okta: {assign: user}\n"
    )
    assert run(["run", "own.yaml", "--reference"]) == 2
    err = capfd.readouterr().err
    assert "own.yaml:5:" in err
    assert "`a b` is no external name of Okta's" in err


def test_nobody_there_is_3(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["run", SMOKE, "--base-url", "http://127.0.0.1:9", "--token", "t"]) == 3
    assert "the first request got no usable answer: refused" in capfd.readouterr().out


def test_a_wrong_token_is_3() -> None:
    with served() as base_url:
        assert run(["run", SMOKE, "--base-url", base_url, "--token", "wrong"]) == 3


def test_nothing_run_is_4() -> None:
    assert run(["run", "okta.attributes.groups-read-only", "--reference", "--profile", "wrike"]) == 4


def test_a_report_that_cannot_be_written_is_never_0(capfd: pytest.CaptureFixture[str]) -> None:
    Path("r.json.part").mkdir()
    assert run(["run", SMOKE, "--reference", "--report", "json=r.json"]) == 3
    assert "the report could not be written" in capfd.readouterr().err


def test_elsewhere_it_asks_and_without_a_terminal_sends_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["run", SMOKE, "--base-url", "https://scim.invalid/v2", "--token", "t"]) == 2
    err = capfd.readouterr().err
    assert "this run creates 1 account on https://scim.invalid/v2, which may be billed" in err
    assert "--yes" in err
    assert run(["run", SMOKE, "--base-url", "https://scim.invalid/v2", "--token", "t", "--yes"]) == 3


def test_a_dry_run_shows_every_request_and_sends_none(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["run", SMOKE, "--base-url", "https://scim.invalid/v2", "--token", "t", "--dry-run"]) == 0
    out = capfd.readouterr().out.splitlines()
    assert out[0] == SMOKE
    assert out[1].startswith("  GET https://scim.invalid/v2/Users?filter=userName%20eq%20%22scimctl-")
    assert out[2] == "  POST https://scim.invalid/v2/Users"
    assert out[3].startswith('    {"schemas":')
    assert out[-1].startswith("Dry run: 3 requests, 1 account")


def test_deviations_written_make_the_next_run_pass() -> None:
    with served(faults=["patch-active-noop"]) as base_url:
        target = ["okta.users.deactivate", "--base-url", base_url, "--token", TOKEN]
        assert run(["run", *target, "--write-deviations", "known.yaml"]) == 1
        assert run(["run", *target, "--deviations", "known.yaml", "--report", "json=r.json"]) == 0
    assert report(Path("r.json"))["scenarios"][0]["verdict"] == "KNOWN"
    with served() as base_url:
        assert (
            run(
                ["run", "okta.users.deactivate", "--base-url", base_url, "--token", TOKEN, "--deviations", "known.yaml"]
            )
            == 1
        )


def test_fail_on_changes_the_exit_code_and_no_verdict() -> None:
    def without_location(request: Request, server: Callable[[Request], Answer]) -> Answer:
        answer = server(request)
        from dataclasses import replace

        from scimctl.exchange import Response

        assert isinstance(answer, Response)
        return replace(answer, headers=answer.headers.without("Location"))

    for level, code in (("must", 0), ("should", 1)):
        with served(change=without_location) as base_url:
            arguments = [SMOKE, "--base-url", base_url, "--token", TOKEN, "--fail-on", level, "--report", "json=r.json"]
            assert run(["run", *arguments]) == code
        assert report(Path("r.json"))["summary"]["warned"] == 1


def test_app_kind_takes_the_rows_of_one_kind() -> None:
    assert run(["run", "okta.users.create", "--reference", "--app-kind", "aiw", "--report", "json=r.json"]) == 0
    assert [s["id"] for s in report(Path("r.json"))["scenarios"]] == ["okta.users.create[aiw]"]


def test_ctrl_c_removes_what_was_made_and_writes_the_reports(tmp_path: Path) -> None:
    made: list[str] = []

    def slow(request: Request, server: Callable[[Request], Answer]) -> Answer:
        answer = server(request)
        if is_create(request):
            made.append(request.target)
            process.send_signal(signal.SIGINT)
        return answer

    with served(change=slow) as base_url:
        process = subprocess.Popen(
            [sys.executable, "-m", "scimctl", "run", "--base-url", base_url, "--report", "json=r.json"],
            env={**os.environ, "SCIMCTL_TOKEN": TOKEN},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=tmp_path,
        )
        out, err = process.communicate(timeout=30)
        assert process.returncode == 130, err
        assert "interrupted: removing what was made" in err
        assert "LEFT BEHIND" not in out
        document = report(tmp_path / "r.json")
        assert document["exit_code"] == 130
        assert run(["cleanup", "--base-url", base_url, "--token", TOKEN]) == 0
    assert made
    assert list((tmp_path / "state" / "scimctl" / "runs").glob("*")) == []


def test_cleanup_after_kill_minus_9(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    users: list[str] = []

    def killed(request: Request, server: Callable[[Request], Answer]) -> Answer:
        answer = server(request)
        if is_create(request) and not users:
            users.append("made")
            process.kill()
            process.wait()
            return error(500)
        return answer

    with served(change=killed) as base_url:
        process = subprocess.Popen(
            [sys.executable, "-m", "scimctl", "run", "--base-url", base_url],
            env={**os.environ, "SCIMCTL_TOKEN": TOKEN},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=tmp_path,
        )
        process.wait(timeout=30)
        assert process.returncode == -signal.SIGKILL
        assert run(["cleanup", "--list"]) == 0
        assert f"{base_url}  1 left" in capfd.readouterr().out
        assert run(["cleanup", "--base-url", base_url, "--token", TOKEN]) == 0
        assert "1 of 1 removed" in capfd.readouterr().out
        assert run(["cleanup", "--list"]) == 0
        assert "nothing was left behind" in capfd.readouterr().out


def test_every_fault_is_played_once(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["run", "okta.users.create-duplicate", "--reference", "--fault", "all"]) == 1
    lines = capfd.readouterr().out.splitlines()
    assert lines[0].startswith("1 scenario, once for each of ")
    assert "found  duplicate-500 (must): 1 FAILED, 1 WARNED; okta.users.create-duplicate: expect.status" in lines
    assert any(line.startswith("MISSED sort-wrong-collation (must): nothing") for line in lines)
    found, missed = (sum(line.startswith(word) for line in lines) for word in ("found ", "MISSED"))
    assert lines[-1] == f"{found} found, {missed} missed"
