"""Okta's published suites, Runscope exports, played by `scimctl run FILE.json` as they are."""

import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scimctl.cli.app import run
from scimctl.exchange import Answer, Request, Response
from tests.serving import TOKEN, served

SUITES = Path(__file__).parents[1].parent / "shared" / "okta-suites"
SPEC = SUITES / "Okta-SCIM-20-SPEC-Test.json"
OLD_SPEC = SUITES / "Okta-SCIM-20-SPEC-Test-old.json"
ENTITLEMENTS = SUITES / "Okta-SCIM-20-Entitlements-Test.json"
CRUD = ("Okta-SCIM-20-CRUD-Test.json", "Okta-SCIM-20-With-Entitlements-CRUD-Test.json")

pytestmark = pytest.mark.skipif(not SPEC.exists(), reason="Okta's published suites are not beside this checkout")

Change = Callable[[Request, Callable[[Request], Answer]], Answer]


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("SCIMCTL_")]:
        monkeypatch.delenv(name)


def findings(*arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """The exit code of a run, and the findings of the suite's own assertions."""
    code = run(["run", *arguments, "--report", "json=report.json"])
    document = json.loads(Path("report.json").read_text())
    return code, [found for found in document["findings"] if found["check"].startswith("suite.")]


def test_every_assertion_of_the_suite_holds_against_serve() -> None:
    with served() as base_url:
        code, found = findings(str(SPEC), "--fast", "--base-url", base_url, "--token", TOKEN)
    assert [each["outcome"] for each in found] == ["HELD"] * 53
    assert code == 0


def test_the_suite_of_entitlements_holds_against_serve() -> None:
    with served("entitlements") as base_url:
        target = ["--base-url", base_url, "--token", TOKEN, "--var", "EntitlementEndpoint=/Entitlements"]
        code, found = findings(str(ENTITLEMENTS), *target)
    assert [each["outcome"] for each in found] == ["HELD"] * 6
    assert code == 0


@pytest.mark.parametrize(
    ("suite", "options", "count"),
    [
        (SPEC, [], 53),
        (OLD_SPEC, [], 46),
        (ENTITLEMENTS, ["--profile", "entitlements", "--var", "EntitlementEndpoint=/Entitlements"], 6),
        (ENTITLEMENTS, ["--profile", "entitlements", "--var", "EntitlementEndpoint=/Roles"], 6),
    ],
    ids=["spec", "old-spec", "entitlements", "roles"],
)
def test_a_suite_passes_on_the_reference_with_its_pauses(suite: Path, options: list[str], count: int) -> None:
    # Nobody waits for the pauses: the reference server lives by a clock of its own.
    code, found = findings(str(suite), "--reference", *options)
    assert [each["outcome"] for each in found] == ["HELD"] * count
    assert code == 0


@pytest.mark.parametrize("name", CRUD)
def test_a_suite_of_actions_names_what_it_needs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["run", str(SUITES / name), "--reference"]) == 2
    err = capsys.readouterr().err
    needed = ("oktaOrgUrl", "oktaAppId", "oktaToken")
    assert [f"--var {needed_name}=" in err for needed_name in needed] == [True] * 3
    assert err.count("error:") == 3


def test_every_export_is_read(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["scenarios", "lint", str(SUITES)]) == 0
    assert "5 scenarios, no faults" in capsys.readouterr().out


def edited(response: Answer, edit: Callable[[dict[str, Any]], object]) -> Response:
    assert isinstance(response, Response)
    body = json.loads(response.body) if response.body else {}
    edit(body)
    return replace(response, body=json.dumps(body).encode())


def other_status(wrong: int, right: int) -> Change:
    def change(request: Request, ask: Callable[[Request], Answer]) -> Answer:
        response = ask(request)
        assert isinstance(response, Response)
        return replace(response, status=wrong) if response.status == right else response

    return change


def html_instead_of_users(request: Request, ask: Callable[[Request], Answer]) -> Answer:
    response = ask(request)
    assert isinstance(response, Response)
    return replace(response, body=b"<html></html>") if request.target == "/Users?count=1&startIndex=1" else response


def numbers_as_strings(request: Request, ask: Callable[[Request], Answer]) -> Answer:
    return edited(ask(request), lambda body: body.update(totalResults=str(body.get("totalResults"))))


def no_detail(request: Request, ask: Callable[[Request], Answer]) -> Answer:
    return edited(ask(request), lambda body: body.pop("detail", None))


@pytest.mark.parametrize(
    ("change", "check"),
    [
        pytest.param(numbers_as_strings, "suite.step-1.totalResults.is_a_number", id="numbers-as-strings"),
        pytest.param(other_status(201, 409), "suite.step-15.status.equal_number", id="duplicates"),
        pytest.param(no_detail, "suite.step-21.detail.not_empty", id="no-detail"),
        pytest.param(other_status(200, 401), "suite.step-21.status.equal_number", id="wrong-token"),
        pytest.param(html_instead_of_users, "suite.step-1.Resources.not_empty", id="html"),
    ],
)
def test_a_broken_server_is_noticed_at_the_step(change: Change, check: str) -> None:
    with served(change=change) as base_url:
        code, found = findings(str(SPEC), "--fast", "--base-url", base_url, "--token", TOKEN)
    broken = {each["check"]: each for each in found if each["outcome"] == "BROKEN"}
    assert broken[check]["verdict"] == "FAILED"
    assert broken[check]["expected"] != broken[check]["actual"]
    assert code == 1


def no_groups(request: Request, ask: Callable[[Request], Answer]) -> Answer:
    return ask(replace(request, target="/Users/nobody") if request.path == "/Groups" else request)


def test_what_okta_calls_optional_only_warns() -> None:
    with served(change=no_groups) as base_url:
        code, found = findings(str(SPEC), "--fast", "--base-url", base_url, "--token", TOKEN)
    broken = {each["check"]: each["verdict"] for each in found if each["outcome"] == "BROKEN"}
    assert broken == {"suite.step-19.status.equal_number": "WARNED", "suite.step-19.script-1": "WARNED"}
    assert code == 0
