"""`scimctl diagnose --bundle`: what a support team gets, and what it never gets."""

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from scimctl.cli.app import run
from tests.serving import TOKEN, served

ADA = "00uPerson00000000001"
APP = "0oaWidgets0000000001"
LOGIN = "ada_k.lovelace@acme.example"
REASON = f"Conflict. Errors reported by remote server: {LOGIN} (Ada Lovelace) is taken"


def event(kind: str, result: str, minute: int, reason: str | None = None) -> dict[str, Any]:
    return {
        "uuid": f"uuid-{minute}",
        "published": f"2026-05-02T10:{minute:02}:00.000Z",
        "eventType": kind,
        "outcome": {"result": result, "reason": reason},
        "actor": {"type": "User", "alternateId": "grace@acme.example", "displayName": "Grace Hopper"},
        "transaction": {"type": "JOB", "id": f"puj{minute}", "detail": {}},
        "target": [
            {"id": "0uaPerson", "type": "AppUser", "alternateId": LOGIN, "displayName": "Ada Lovelace"},
            {"id": APP, "type": "AppInstance", "alternateId": "Widgets", "displayName": "Widgets"},
            {"id": ADA, "type": "User", "alternateId": LOGIN, "displayName": "Ada Lovelace"},
        ],
    }


@pytest.fixture(autouse=True)
def evidence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    folder = tmp_path / "evidence"
    folder.mkdir()
    profile = {"login": LOGIN, "email": LOGIN, "firstName": "Ada", "lastName": "Lovelace", "mobilePhone": "+44 20 7946"}
    app_user = {"id": ADA, "externalId": None, "scope": "USER", "status": "ACTIVE", "syncState": "ERROR"}
    documents: dict[str, Any] = {
        "app": {"id": APP, "label": "Widgets", "status": "ACTIVE", "features": ["PUSH_NEW_USERS"]},
        "app-users": [app_user | {"credentials": {"userName": LOGIN}, "profile": profile}],
        "user": {"id": ADA, "status": "ACTIVE", "profile": profile},
        "logs": [
            event("application.user_membership.add", "SUCCESS", 1),
            event("application.provision.user.push", "FAILURE", 2, REASON),
        ],
    }
    for name, document in documents.items():
        (folder / f"{name}.json").write_text(json.dumps(document))
    return folder


def packed(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def bundle(*arguments: str) -> dict[str, str]:
    assert run(["diagnose", LOGIN, "--evidence", "evidence", "--bundle", "b.zip", *arguments]) == 1
    return packed(Path("b.zip"))


def test_the_bundle_has_the_diagnosis_its_proof_and_a_text_to_send() -> None:
    with served() as base_url:
        files = bundle("--base-url", base_url, "--token", TOKEN)

    assert list(files) == [
        "README.txt",
        "diagnosis.md",
        "diagnosis.json",
        "events.json",
        "exchanges.json",
        "versions.json",
    ]
    told = json.loads(files["diagnosis.json"])
    code = told["causes"][0]["code"]
    assert code in files["README.txt"]
    assert "exchanges.json: the requests to the SCIM server" in files["README.txt"]
    assert f"`{code}`" in files["diagnosis.md"]
    assert [one["reason"] for one in json.loads(files["events.json"])] == [None, REASON]
    lookup = next(one for one in json.loads(files["exchanges.json"]) if "filter=userName" in one["request"]["url"])
    assert (lookup["request"]["method"], lookup["response"]["status"]) == ("GET", 200)
    assert json.loads(files["versions.json"])["scimctl"]
    assert LOGIN in files["README.txt"]


def test_no_token_is_in_it() -> None:
    with served() as base_url:
        files = bundle("--base-url", base_url, "--token", TOKEN)
    assert TOKEN not in "".join(files.values())


def test_people_are_numbers_where_that_is_asked_for() -> None:
    with served() as base_url:
        files = bundle("--base-url", base_url, "--token", TOKEN, "--mask-people")
    whole = "".join(files.values()).lower()
    for name in ("ada", "lovelace", "ada_k", "hopper", "7946"):
        assert name not in whole
    # One person is one number everywhere, and the domain stays.
    assert "person-1@acme.example" in files["README.txt"]
    assert json.loads(files["events.json"])[0]["user"] == "person-1@acme.example"
    assert "What is hidden: tokens, passwords, names and addresses" in files["README.txt"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--bundle", "evidence"], "--bundle evidence: evidence is a folder"),
        (["--bundle", "nowhere/b.zip"], "nowhere/b.zip lies in a folder that does not exist"),
        (["--mask-people"], "--mask-people is given without --bundle"),
    ],
)
def test_what_cannot_be_written_is_told(arguments: list[str], told: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["diagnose", LOGIN, "--evidence", "evidence", *arguments]) == 2
    assert told in capfd.readouterr().err
