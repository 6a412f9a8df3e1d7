"""`scimctl diagnose --try`: the create that Okta would send, agreed to, judged, and taken back."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from scimctl.cli.app import run
from scimctl.exchange import Answer, Request, Response
from tests.serving import TOKEN, served

Change = Callable[[Request, Callable[[Request], Answer]], Answer]
ADA = "00uAda00000000000001"
LOGIN = "ada@scimctl.example"
CORE = "urn:ietf:params:scim:schemas:core:2.0:User"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def evidence(login: str = LOGIN, **profile: Any) -> None:
    folder = Path("evidence")
    folder.mkdir()
    names = {"userName": "userName", "givenName": "name.givenName", "familyName": "name.familyName", "title": "title"}
    named = {name: {"externalName": path, "externalNamespace": CORE} for name, path in names.items()}
    assigned = {"givenName": "Ada", "familyName": "Lovelace", **profile}
    app_user = {"id": ADA, "externalId": None, "scope": "USER", "status": "ACTIVE", "syncState": "ERROR"}
    person = {"login": login, "email": login, "firstName": "Ada", "lastName": "Lovelace"}
    documents: dict[str, Any] = {
        "app": {"id": "0oa1", "label": "Widgets", "status": "ACTIVE", "features": ["PUSH_NEW_USERS"]},
        "app-users": [app_user | {"credentials": {"userName": login}, "profile": assigned}],
        "app-schema": {"definitions": {"custom": {"properties": named}}},
        "user": {"id": ADA, "status": "ACTIVE", "profile": person},
    }
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document))


def tried(base_url: str, *arguments: str, login: str = LOGIN) -> int:
    given = ["--evidence", "evidence", "--base-url", base_url, "--token", TOKEN, "--try", "--json"]
    return run(["diagnose", login, *given, *arguments])


def watched() -> tuple[list[Request], Change]:
    """A list, and a change of the server that changes nothing and puts every request into the list."""
    asked: list[Request] = []

    def watch(request: Request, server: Callable[[Request], Answer]) -> Answer:
        asked.append(request)
        return server(request)

    return asked, watch


def users(base_url: str) -> int:
    answer = httpx.get(f"{base_url}/Users", headers={"Authorization": f"Bearer {TOKEN}"})
    return int(answer.json()["totalResults"])


def test_a_create_that_fails_names_the_cause_and_leaves_nothing(capfd: pytest.CaptureFixture[str]) -> None:
    evidence("ada@unapproved.example")
    with served("wrike") as base_url:
        code = tried(base_url, "--yes", login="ada@unapproved.example")
        left = users(base_url)
    out, err = capfd.readouterr()
    assert (code, json.loads(out)["causes"][0]["code"], left) == (1, "domain-not-approved", 0)
    assert "this creates the account ada@unapproved.example on http://127.0.0.1" in err
    assert "fails now too: Automatic provisioning of user" in err
    assert not list(Path("state").rglob("*.jsonl"))


def test_a_create_that_succeeds_is_taken_back(capfd: pytest.CaptureFixture[str]) -> None:
    evidence(title="Engineer")
    asked, watch = watched()
    with served(change=watch) as base_url:
        tried(base_url, "--yes")
        left = users(base_url)
    assert left == 0
    assert f"the create of {LOGIN} succeeds now, and what it made was removed" in capfd.readouterr().err
    (create,) = [json.loads(request.body) for request in asked if request.method == "POST"]
    password = create.pop("password")
    assert len(password) == 8
    assert create == {
        "schemas": [CORE],
        "userName": LOGIN,
        "name": {"givenName": "Ada", "familyName": "Lovelace"},
        "title": "Engineer",
        "externalId": ADA,
        "groups": [],
        "active": True,
    }
    assert [request.method for request in asked if request.method not in ("GET", "POST")] == ["DELETE"]


def test_what_cannot_be_taken_back_is_told(capfd: pytest.CaptureFixture[str]) -> None:
    evidence()

    def keep(request: Request, server: Any) -> Answer:
        answer: Answer = Response(500) if request.method in ("DELETE", "PATCH") else server(request)
        return answer

    with served(change=keep) as base_url:
        tried(base_url, "--yes")
    assert f"LEFT BEHIND User {LOGIN}: DELETE is answered with 500" in capfd.readouterr().err
    assert len(list(Path("state").rglob("*.jsonl"))) == 1


def test_an_account_that_is_there_is_left_alone(capfd: pytest.CaptureFixture[str]) -> None:
    evidence()
    asked, watch = watched()
    with served(change=watch) as base_url:
        body = json.dumps({"schemas": [CORE], "userName": LOGIN, "active": True})
        fields = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/scim+json"}
        httpx.post(f"{base_url}/Users", headers=fields, content=body)
        asked.clear()
        tried(base_url, "--yes")
    assert {request.method for request in asked} == {"GET"}
    assert f"nothing was tried: the account {LOGIN} is there" in capfd.readouterr().err


def test_nothing_is_written_without_an_answer(capfd: pytest.CaptureFixture[str]) -> None:
    evidence()
    asked, watch = watched()
    with served(change=watch) as base_url:
        assert tried(base_url) == 2
    assert {request.method for request in asked} == {"GET"}
    assert "and nobody is there to ask" in capfd.readouterr().err


def test_it_needs_a_user_and_a_server(capfd: pytest.CaptureFixture[str]) -> None:
    evidence()
    assert run(["diagnose", LOGIN, "--evidence", "evidence", "--try"]) == 2
    assert "--try needs one user and the SCIM server" in capfd.readouterr().err
