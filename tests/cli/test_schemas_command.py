"""`scimctl schemas`: what is bundled, what a file departs from, what a server announces."""

import json
from pathlib import Path
from typing import Any

import pytest

from scimctl.bundle import scim_definitions
from scimctl.cli.app import run
from scimctl.exchange import Answer, Headers, Request, Response, Send
from tests.exchanges import with_content
from tests.serving import TOKEN, served

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
BADGE = "urn:example:2.0:Badge"


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


Screen = pytest.CaptureFixture[str]


def stored_user(**changes: object) -> dict[str, Any]:
    """A user as a server returns it."""
    return {
        "schemas": [USER],
        "id": "1",
        "userName": "ada",
        "meta": {
            "resourceType": "User",
            "created": "2026-01-02T03:04:05Z",
            "lastModified": "2026-01-02T03:04:05Z",
            "location": "https://scim.example/Users/1",
        },
    } | changes


def file(value: object, name: str = "user.json") -> str:
    """The name of a file with this value as JSON."""
    Path(name).write_text(value if isinstance(value, str) else json.dumps(value, indent=2), "utf-8")
    return name


def test_list_names_every_bundled_schema(capsys: Screen) -> None:
    assert run(["schemas", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [definition["id"] for definition in scim_definitions()]
    assert f"{USER}  User, 21 attributes" in lines
    assert run(["schemas", "list", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["format"] == 1
    user = next(schema for schema in document["schemas"] if schema["id"] == USER)
    assert (user["name"], "emails" in user["attributes"]) == ("User", True)


@pytest.mark.parametrize("name", [USER, "User", "user", USER.upper()])
def test_show_takes_urn_or_name_in_any_case(capsys: Screen, name: str) -> None:
    assert run(["schemas", "show", name]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown == next(definition for definition in scim_definitions() if definition["id"] == USER)


def test_show_compiles_to_json_schema(capsys: Screen) -> None:
    assert run(["schemas", "show", "User", "--as-json-schema", "create"]) == 0
    create = json.loads(capsys.readouterr().out)
    assert run(["schemas", "show", "User", "--as-json-schema", "stored"]) == 0
    stored = json.loads(capsys.readouterr().out)
    assert "userName" in create["required"]
    assert "id" not in create["required"]
    assert "id" in stored["required"]


def test_show_suggests_a_near_name(capsys: Screen) -> None:
    assert run(["schemas", "show", "Usr"]) == 2
    err = capsys.readouterr().err
    assert "there is no bundled schema Usr" in err
    assert "did you mean User?" in err


def test_a_good_resource_keeps_its_schemas(capsys: Screen) -> None:
    name = file(stored_user(schemas=[USER, ENTERPRISE], **{ENTERPRISE: {"department": "Tea"}}))
    assert run(["schemas", "validate", name]) == 0
    assert capsys.readouterr().out == "user.json: keeps its schemas\n"


def test_each_departure_is_shown_at_its_place(capsys: Screen) -> None:
    name = file(stored_user(active="true", emails=[{"value": 3}]))
    assert run(["schemas", "validate", name]) == 1
    out = capsys.readouterr().out
    assert " --> user.json:13:13\n" in out
    assert '"active": "true"' in out
    assert '"value": 3' in out
    assert out.count("error: ") == 2


def test_names_count_in_any_case(capsys: Screen) -> None:
    user = stored_user(ACTIVE="yes")
    assert run(["schemas", "validate", file(user)]) == 1
    out = capsys.readouterr().out
    assert '"ACTIVE": "yes"' in out
    assert out.count("error: ") == 1


def test_the_direction_decides_what_is_required(capsys: Screen) -> None:
    name = file({"schemas": [USER], "userName": "ada"})
    assert run(["schemas", "validate", name]) == 1
    assert "id" in capsys.readouterr().out
    assert run(["schemas", "validate", name, "--direction", "create"]) == 0
    assert run(["schemas", "validate", file({"schemas": [USER]}), "--direction", "create"]) == 1
    assert "userName" in capsys.readouterr().out


def test_messages_are_validated_too(capsys: Screen) -> None:
    error = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404"}
    assert run(["schemas", "validate", file(error, "error.json")]) == 0
    assert run(["schemas", "validate", file(error | {"status": 404}, "error.json")]) == 1
    assert '"status": 404' in capsys.readouterr().out


def test_a_schema_of_your_own_is_known(capsys: Screen) -> None:
    badge = {
        "id": BADGE,
        "name": "Badge",
        "attributes": [{"name": "number", "type": "integer", "multiValued": False, "required": True}],
    }
    name = file({"schemas": [BADGE], "id": "1", "number": "7"}, "badge.json")
    assert run(["schemas", "validate", name]) == 2
    err = capsys.readouterr().err
    assert "badge.json names no schema that is known" in err
    assert "--schema FILE" in err
    assert run(["schemas", "validate", name, "--schema", file(badge, "schema.json"), "--direction", "create"]) == 1
    assert '"number": "7"' in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "user.json is not JSON"),
        ("", "user.json is not JSON"),
        ("[]", "user.json is no JSON object"),
        ('{"schemas": 3}', "names no schema that is known: schemas is 3"),
    ],
)
def test_files_that_cannot_be_judged(capsys: Screen, text: str, words: str) -> None:
    assert run(["schemas", "validate", file(text)]) == 2
    out, err = capsys.readouterr()
    assert (out, words in err) == ("", True)


def test_a_file_that_is_not_there(capsys: Screen) -> None:
    assert run(["schemas", "validate", "none.json"]) == 2
    assert "none.json" in capsys.readouterr().err


def test_a_schema_file_that_is_none(capsys: Screen) -> None:
    assert run(["schemas", "validate", file(stored_user()), "--schema", file({"id": 3}, "schema.json")]) == 2
    assert "schema.json is no schema" in capsys.readouterr().err


def pull(base_url: str, *arguments: str) -> int:
    return run(["schemas", "pull", "--base-url", base_url, "--token", TOKEN, *arguments])


def test_pull_writes_what_a_server_announces(capsys: Screen) -> None:
    with served() as base_url:
        assert pull(base_url) == 0
        listed = json.loads(capsys.readouterr().out)
        assert USER in [definition["id"] for definition in listed]
        assert pull(base_url, "-o", "folder/schemas") == 0
    paths = [Path(line) for line in capsys.readouterr().out.splitlines()]
    assert Path("folder/schemas/ietf-params-scim-schemas-core-2.0-User.json") in paths
    assert [json.loads(path.read_text("utf-8")) for path in paths] == listed
    assert run(["schemas", "validate", file(stored_user()), *(f"--schema={path}" for path in paths)]) == 0


def test_pull_masks_and_tames_what_comes_back(capsys: Screen) -> None:
    def echo(request: Request, server: Send) -> Answer:
        evil = {"id": BADGE, "name": "\x9b2J", "description": f"\ud800 {TOKEN}", "attributes": []}
        answer = server(request)
        assert isinstance(answer, Response)
        return with_content(answer, {"totalResults": 1, "Resources": [evil]})

    with served(change=echo) as base_url:
        assert pull(base_url) == 0
        assert pull(base_url, "--output", "out") == 0
    out = capsys.readouterr().out
    assert '"\\u009b2J"' in out
    assert '"\\ud800 ***"' in out
    assert TOKEN not in Path("out/example-2.0-Badge.json").read_text("utf-8")


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        (Response(200, Headers((("Content-Type", "text/html"),)), b"<html>"), 1, "200 with a body that is not JSON"),
        (Response(200, Headers(), b"[]"), 1, "200 with []"),
        (Response(200, Headers(), b'{"Resources":[{"id":"1"}]}'), 1, '200 with {"Resources": [{"id": "1"}]}'),
        (Response(404), 1, "404 Not Found"),
        (Response(401), 3, "401 Unauthorized"),
    ],
    ids=["html", "array", "users", "not-found", "refused"],
)
def test_pull_without_a_list(capsys: Screen, answer: Response, code: int, words: str) -> None:
    with served(change=lambda request, server: answer) as base_url:
        assert pull(base_url) == code
    out, err = capsys.readouterr()
    assert out == ""
    assert f"{base_url}/Schemas gave no readable list of schemas: {words}" in err


def test_pull_without_a_server(capsys: Screen) -> None:
    with served() as base_url:
        pass
    assert pull(base_url) == 3
    assert "no answer (refused: " in capsys.readouterr().err


def test_pull_into_a_folder_that_cannot_be(capsys: Screen) -> None:
    Path("taken").write_text("")
    with served() as base_url:
        assert pull(base_url, "--output", "taken") == 2
    assert "taken cannot be written" in capsys.readouterr().err
