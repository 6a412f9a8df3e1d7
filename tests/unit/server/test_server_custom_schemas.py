"""Schemas and resource types of a person's own files."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scimctl.diagnostic import InputError
from scimctl.scim import urns
from scimctl.server.offer import read_custom
from tests.unit.server.reference_client import Client

Make = Callable[..., Client]
BADGE = "urn:example:params:scim:schemas:extension:badge:2.0:User"
DESK = "urn:example:params:scim:schemas:2.0:Desk"
BADGE_SCHEMA = {
    "id": BADGE,
    "name": "Badge",
    "attributes": [
        {"name": "number", "type": "string", "uniqueness": "server", "required": True},
        {"name": "printed", "type": "dateTime", "mutability": "readOnly"},
        {"name": "colour", "type": "string", "canonicalValues": ["red", "blue"]},
        {"name": "secret", "type": "string", "returned": "never"},
    ],
}
DESK_SCHEMA = {
    "id": DESK,
    "name": "Desk",
    "attributes": [
        {"name": "room", "type": "string", "required": True},
        {"name": "height", "type": "integer"},
        {"name": "floor", "type": "string", "mutability": "immutable"},
    ],
}
DESK_TYPE = {"name": "Desk", "endpoint": "/Desks", "schema": DESK, "description": "Where people sit"}


@pytest.fixture
def of(tmp_path: Path, make: Make) -> Callable[..., Client]:
    """A client of a server with the custom definitions of one file."""

    def of(document: Any) -> Client:
        path = tmp_path / "mine.json"
        path.write_text(json.dumps(document), "utf-8")
        return make(customs=[read_custom(path)])

    return of


def test_a_schema_that_no_type_names_extends_users(of: Make) -> None:
    client = of(BADGE_SCHEMA)
    ada = client.user("ada", **{BADGE: {"number": "7", "printed": "2026-01-01T00:00:00Z", "secret": "s"}})

    assert BADGE in ada["schemas"]
    assert ada[BADGE] == {"number": "7"}
    assert client.get(f"/Schemas/{BADGE}")["attributes"][0]["name"] == "number"
    extensions = client.get("/ResourceTypes/User")["schemaExtensions"]
    assert extensions[1] == {"schema": BADGE, "required": False}
    assert client.found(f'{BADGE}:number eq "7"') == ["ada"]
    changed = client.patch(f"/Users/{ada['id']}", {"op": "replace", "path": f"{BADGE}:colour", "value": "blue"})
    assert changed[BADGE] == {"number": "7", "colour": "blue"}


def test_a_unique_attribute_of_an_extension_is_unique(of: Make) -> None:
    client = of(BADGE_SCHEMA)
    client.user("ada", **{BADGE: {"number": "x7"}})
    grace = client.user("grace", **{BADGE: {"number": "8"}})

    body = {"schemas": [urns.USER, BADGE], "userName": "alan", BADGE: {"number": "X7"}}
    assert client.send("POST", "/Users", body)["scimType"] == "uniqueness"
    taken = client.patch(f"/Users/{grace['id']}", {"op": "replace", "path": f"{BADGE}:number", "value": "x7"})
    assert taken["scimType"] == "uniqueness"
    assert client.patch(f"/Users/{grace['id']}", {"op": "replace", "path": f"{BADGE}:number", "value": "9"})["id"]


def test_a_resource_type_has_all_operations(of: Make) -> None:
    client = of([DESK_SCHEMA, DESK_TYPE])
    desk = client.ok("POST", "/Desks", {"schemas": [DESK], "room": "4.01", "height": 72, "floor": "4"})

    assert desk["meta"]["resourceType"] == "Desk"
    assert desk["meta"]["location"].endswith(f"/Desks/{desk['id']}")
    assert client.get("/Desks?filter=height%20gt%2070")["totalResults"] == 1
    assert client.patch(f"/Desks/{desk['id']}", {"op": "replace", "path": "height", "value": 100})["height"] == 100
    moved = client.send("PUT", f"/Desks/{desk['id']}", {"schemas": [DESK], "room": "4.01", "floor": "5"})
    assert (moved["status"], moved["scimType"]) == ("400", "mutability")
    assert client.send("POST", "/Desks", {"schemas": [DESK]})["detail"] == "room is required"
    assert client.send("POST", "/Desks", {"schemas": [DESK], "room": 4})["scimType"] == "invalidValue"
    assert client.get("/ResourceTypes/Desk")["endpoint"] == "/Desks"
    client.ok("DELETE", f"/Desks/{desk['id']}")
    assert client.get("/Desks")["totalResults"] == 0


def test_a_resource_type_of_a_known_name_gains_extensions(of: Make) -> None:
    user = {
        "name": "User",
        "endpoint": "/Users",
        "schema": urns.USER,
        "schemaExtensions": [{"schema": BADGE, "required": True}],
    }
    client = of({"Resources": [BADGE_SCHEMA, user]})

    assert client.send("POST", "/Users", {"schemas": [urns.USER], "userName": "ada"})["status"] == "400"
    assert client.user("ada", **{BADGE: {"number": "1"}})["id"] == "id-1"
    shown = client.get("/ResourceTypes/User")["schemaExtensions"]
    assert shown == [{"schema": urns.ENTERPRISE_USER, "required": False}, {"schema": BADGE, "required": True}]


def test_an_immutable_attribute_of_an_extension_is_kept(of: Make) -> None:
    serial = {"name": "serial", "type": "string", "mutability": "immutable"}
    holder = {"name": "holder", "type": "complex", "subAttributes": [serial, {"name": "colour", "type": "string"}]}
    client = of(BADGE_SCHEMA | {"attributes": [serial, holder]})
    client.user("ada", **{BADGE: {"serial": "7", "holder": {"serial": "8", "colour": "red"}}})
    body = {"schemas": [urns.USER, BADGE], "userName": "ada"}

    for changed in ({"serial": "9"}, {"serial": "7", "holder": {"serial": "9"}}):
        error = client.send("PUT", "/Users/id-1", body | {BADGE: changed})
        assert (error["status"], error["scimType"]) == ("400", "mutability")
    kept = client.ok("PUT", "/Users/id-1", body)
    assert kept[BADGE] == {"serial": "7", "holder": {"serial": "8"}}
    assert kept["schemas"] == [urns.USER, BADGE]


@pytest.mark.parametrize(
    ("document", "title"),
    [
        ({"name": "x"}, "entry 1 is neither a Schema nor a ResourceType"),
        ([DESK_SCHEMA, 4], "entry 2 is neither a Schema nor a ResourceType"),
        (DESK_SCHEMA | {"id": "Desk"}, "the schema's id 'Desk' is not a URN"),
        (DESK_SCHEMA | {"id": urns.USER}, f"there is a schema {urns.USER} already"),
        ([DESK_SCHEMA, DESK_SCHEMA], f"there is a schema {DESK} already"),
        (DESK_SCHEMA | {"attributes": [{"type": "string"}]}, "an attribute of the schema has no name"),
        (DESK_TYPE, f"the resource type 'Desk' names the schema {DESK!r}, which is not known"),
        ([DESK_SCHEMA, DESK_TYPE | {"endpoint": "/Users"}], "the endpoint /Users is taken"),
        ([DESK_SCHEMA, DESK_TYPE | {"endpoint": "/Bulk"}], "the resource type 'Desk' has the endpoint '/Bulk'"),
        ([DESK_SCHEMA, DESK_TYPE | {"endpoint": "/a/b"}], "the resource type 'Desk' has the endpoint '/a/b'"),
    ],
)
def test_what_cannot_be_is_told_with_the_file(document: Any, title: str, of: Make, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        of(document)

    assert caught.value.diagnostics[0].title == f"{tmp_path / 'mine.json'}: {title}"
    assert caught.value.diagnostics[0].help


def test_a_file_that_is_no_json_is_told(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_text("{", "utf-8")

    with pytest.raises(InputError, match="is not JSON"):
        read_custom(path)
    with pytest.raises(InputError, match="cannot read the schema file"):
        read_custom(tmp_path / "none.json")
