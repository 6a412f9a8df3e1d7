"""`scimctl diagnose --requests`: the app's own record of what Okta asked, alone and beside Okta's log."""

import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from scimctl.cli.app import run
from tests.serving import TOKEN, served

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
LOGIN = "ada@acme.example"
ADA = "00uAda00000000000001"
URL = "https://app.example/scim/v2"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def line(method: str, target: str, body: Any, status: int, answer: Any = None, minute: int = 0) -> str:
    sent = "" if body is None else json.dumps(body)
    came = "" if answer is None else json.dumps(answer)
    return json.dumps(
        {
            "at": f"2026-05-01T10:{minute:02}:00.000Z",
            "request": {"method": method, "url": URL + target, "headers": [["Authorization", "x"]], "body": sent},
            "response": {"status": status, "headers": [], "body": came, "seconds": 0.1},
        }
    )


CREATE = {"schemas": [USER], "userName": LOGIN, "externalId": ADA, "name": {"givenName": "Ada"}, "active": True}
LOOKUP = f'/Users?filter=userName%20eq%20"{LOGIN}"&startIndex=1&count=100'
PATCH = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"]}


def error(detail: str) -> dict[str, Any]:
    return {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "detail": detail}


def diagnosed(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = run(["diagnose", *arguments, "--json"])
    return code, json.loads(capfd.readouterr().out)


def off(active: bool) -> dict[str, Any]:
    return {**PATCH, "Operations": [{"op": "replace", "value": {"active": active}}]}


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([line("POST", "/Users", CREATE, 403, error("Seat limit of 50 users reached"))], "seat-limit-reached"),
        ([line("GET", LOOKUP, None, 401, error("token expired"))], "credentials-rejected"),
        ([line("POST", "/Users", CREATE, 500, error("boom"))], "server-error"),
        (
            [
                line("POST", "/Users", CREATE, 201, {**CREATE, "id": "7"}),
                line("PATCH", "/Users/7", off(False), 501, error("no PATCH"), 1),
            ],
            "patch-unsupported",
        ),
        (
            [
                line("POST", "/Users", CREATE, 201, {**CREATE, "id": "7"}),
                line("PUT", "/Users/7", {**CREATE, "title": "<b>"}, 422, error("title has invalid characters"), 1),
            ],
            "invalid-attribute-value",
        ),
    ],
)
def test_a_record_alone_tells_why(
    tmp_path: Path, lines: list[str], code: str, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "requests.jsonl").write_text("\n".join(lines))
    # A look-up has no id of Okta's in it.
    ids = [ADA] if '"POST"' in lines[0] else []
    for name in (LOGIN, "ADA@ACME.example", *ids):
        exit_code, told = diagnosed(capfd, name, "--requests", "requests.jsonl")
        assert (exit_code, told["causes"][0]["code"]) == (1, code)


def test_what_later_succeeded_is_no_cause(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    created = {**CREATE, "id": "7"}
    refused = line("POST", "/Users", CREATE, 503, error("later"))
    (tmp_path / "requests.jsonl").write_text(refused + "\n" + line("POST", "/Users", CREATE, 201, created, 5))
    _, told = diagnosed(capfd, LOGIN, "--requests", "requests.jsonl")
    assert told["causes"] == []


def test_a_push_of_a_group_that_was_refused(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    group = {"displayName": "Engines", "members": []}
    lines = [
        line("POST", "/Groups", group, 201, {**group, "id": "g1"}),
        line("PATCH", "/Groups/g1", {**PATCH, "Operations": []}, 501, error("no PATCH of members"), 1),
    ]
    (tmp_path / "requests.jsonl").write_text("\n".join(lines))
    code, told = diagnosed(capfd, "--group", "Engines", "--requests", "requests.jsonl")
    assert (code, told["causes"][0]["code"]) == (1, "group-push-error")


@pytest.mark.parametrize(("sent", "codes"), [("Engineer", []), (None, ["attribute-not-in-payload"])])
def test_whether_a_value_was_sent_is_read_in_the_record(
    tmp_path: Path, sent: str | None, codes: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    with served() as base_url:
        body = {**CREATE, **({"title": sent} if sent else {})}
        made = _created(base_url, body)
        folder = tmp_path / "evidence"
        folder.mkdir()
        profile = {"userName": LOGIN, "title": "Engineer"}
        app_user = {"id": ADA, "externalId": made["id"], "scope": "USER", "status": "PROVISIONED", "profile": profile}
        documents: dict[str, Any] = {
            "app": {"id": "0oa1", "label": "Widgets", "status": "ACTIVE", "features": ["PUSH_PROFILE_UPDATES"]},
            "app-users": [app_user | {"syncState": "SYNCHRONIZED", "credentials": {"userName": LOGIN}}],
            "user": {"id": ADA, "status": "ACTIVE", "profile": {"login": LOGIN, "title": "Engineer"}},
        }
        for name, document in documents.items():
            (folder / f"{name}.json").write_text(json.dumps(document))
        (tmp_path / "requests.jsonl").write_text(line("POST", "/Users", body, 201, made))
        arguments = ["--evidence", "evidence", "--requests", "requests.jsonl", "--base-url", base_url]
        _, told = diagnosed(capfd, LOGIN, *arguments, "--token", TOKEN, "--symptom", "not-updated")
    assert [cause["code"] for cause in told["causes"]] == codes
    assert "the app's own record of what Okta sent" in told["looked_at"]
    if codes:
        assert told["causes"][0]["certainty"] == "certain"
        assert any("the newest user that Okta sent" in ground for ground in told["causes"][0]["because"])


def _created(base_url: str, body: dict[str, Any]) -> Any:
    fields = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
    return httpx.post(f"{base_url}/Users", headers=fields, content=json.dumps(body)).json()


def test_a_file_that_is_no_record_is_told(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "requests.jsonl").write_text("<html>")
    assert run(["diagnose", LOGIN, "--requests", "requests.jsonl"]) == 2
    assert "has no requests in it" in capfd.readouterr().err
