"""SCIM definitions as JSON Schema, one direction at a time."""

from functools import cache

import jsonschema
import pytest

from scimctl.bundle import read_schema, scim_definitions
from scimctl.jsonvalue import Json
from scimctl.scim import urns
from scimctl.scim.json_schema import Direction, resource_schema
from scimctl.scim.schema import Schema, SchemaSet

META = {
    "resourceType": "User",
    "created": "2026-01-02T03:04:05Z",
    "lastModified": "2026-01-02T03:04:05.678+01:00",
    "location": "https://x.invalid/Users/1",
}
STORED_USER: dict[str, Json] = {"schemas": [urns.USER], "id": "1", "userName": "ada", "meta": META}


@cache
def bundled() -> SchemaSet:
    return SchemaSet(Schema.from_json(definition) for definition in scim_definitions())


@cache
def validator(direction: Direction, urn: str = urns.USER) -> jsonschema.Draft202012Validator:
    extensions = [bundled()[urns.ENTERPRISE_USER]] if urn == urns.USER else []
    return jsonschema.Draft202012Validator(resource_schema(bundled()[urn], extensions, direction))


def faults(document: Json, direction: Direction, urn: str = urns.USER) -> list[str]:
    return [error.json_path for error in validator(direction, urn).iter_errors(document)]


@pytest.mark.parametrize("direction", list(Direction))
@pytest.mark.parametrize("urn", sorted(schema.id for schema in bundled()))
def test_every_definition_becomes_a_valid_json_schema(urn: str, direction: Direction) -> None:
    jsonschema.Draft202012Validator.check_schema(resource_schema(bundled()[urn], [], direction))


@pytest.mark.parametrize("definition", scim_definitions(), ids=lambda definition: str(definition["name"]))
def test_the_definitions_are_schema_resources(definition: dict[str, Json]) -> None:
    assert faults(definition, Direction.STORED, urns.SCHEMA) == []


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"title": None},
        {"emails": None},
        {"emails": []},
        {"name": {"givenName": None}},
        {"unknown": {"x": 1}},
        {"userType": "a value of nobody's list"},
        {"emails": [{"value": "a", "type": "sofa", "primary": True}, {"value": "b", "primary": False}]},
        {"locale": "en_US"},
        {urns.ENTERPRISE_USER: {"department": "d", "manager": {"value": "2"}}},
    ],
    ids=str,
)
def test_what_the_rfc_allows_in_a_stored_user(change: dict[str, Json]) -> None:
    assert faults({**STORED_USER, **change}, Direction.STORED) == []


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"active": "true"}, "$.active"),
        ({"password": "secret"}, "$"),
        ({"userName": ""}, "$.userName"),
        ({"userName": None}, "$.userName"),
        ({"id": ""}, "$.id"),
        ({"schemas": []}, "$.schemas"),
        ({"schemas": [urns.GROUP]}, "$.schemas"),
        ({"schemas": [urns.USER, urns.USER]}, "$.schemas"),
        ({"emails": {"value": "a"}}, "$.emails"),
        ({"emails": [{"primary": "yes"}]}, "$.emails[0].primary"),
        ({"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]}, "$.emails"),
        ({"name": "Ada"}, "$.name"),
        ({"meta": {**META, "created": "2026-01-02"}}, "$.meta.created"),
        ({"meta": {**META, "created": "2026-01-02T03:04:05"}}, "$.meta.created"),
        ({"meta": {"resourceType": "User"}}, "$.meta"),
        ({urns.ENTERPRISE_USER: {"manager": "boss"}}, f"$['{urns.ENTERPRISE_USER}'].manager"),
    ],
    ids=str,
)
def test_what_the_rfc_forbids_in_a_stored_user(change: dict[str, Json], place: str) -> None:
    assert place in faults({**STORED_USER, **change}, Direction.STORED)


@pytest.mark.parametrize("absent", ["schemas", "id", "userName", "meta"])
def test_a_stored_user_has_what_is_required(absent: str) -> None:
    document = {name: value for name, value in STORED_USER.items() if name != absent}
    assert faults(document, Direction.STORED) == ["$"]


@pytest.mark.parametrize("direction", [Direction.CREATE, Direction.REPLACE])
def test_a_request_needs_no_id_and_may_echo_read_only_values(direction: Direction) -> None:
    body: dict[str, Json] = {"schemas": [urns.USER], "userName": "a", "password": "p"}
    assert faults(body, direction) == []
    assert faults({**body, "id": 5, "meta": "x", "groups": [{"display": None}]}, direction) == []
    assert faults({**body, "active": 1}, direction) == ["$.active"]
    assert faults({"schemas": [urns.USER]}, direction) == ["$"]


def test_a_group_needs_its_name() -> None:
    meta = {**META, "resourceType": "Group"}
    group: dict[str, Json] = {"schemas": [urns.GROUP], "id": "1", "meta": meta, "members": None}
    assert faults({**group, "displayName": "g"}, Direction.STORED, urns.GROUP) == []
    assert faults(group, Direction.STORED, urns.GROUP) == ["$"]


@pytest.mark.parametrize(
    ("message", "good", "bad"),
    [
        (
            "list-response",
            {"schemas": [urns.LIST_RESPONSE], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []},
            {"schemas": [urns.LIST_RESPONSE], "totalResults": "0"},
        ),
        ("list-response", {"schemas": [urns.LIST_RESPONSE], "totalResults": 3}, {"schemas": [], "totalResults": 0}),
        ("error", {"schemas": [urns.ERROR], "status": "404"}, {"schemas": [urns.ERROR], "status": 404}),
        (
            "error",
            {"schemas": [urns.ERROR], "status": "400", "scimType": "invalidPath", "detail": "d"},
            {"schemas": [urns.ERROR], "status": "400", "scimType": "broken"},
        ),
        (
            "patch-op",
            {"schemas": [urns.PATCH_OP], "Operations": [{"op": "replace", "value": {"active": False}}]},
            {"schemas": [urns.PATCH_OP], "Operations": [{"op": "remove"}]},
        ),
        (
            "patch-op",
            {"schemas": [urns.PATCH_OP], "Operations": [{"op": "remove", "path": "title"}]},
            {"schemas": [urns.PATCH_OP], "Operations": []},
        ),
        (
            "search-request",
            {"schemas": [urns.SEARCH_REQUEST], "filter": "a pr", "attributes": ["userName"], "count": 3},
            {"schemas": [urns.SEARCH_REQUEST], "attributes": "userName"},
        ),
        (
            "bulk-request",
            {"schemas": [urns.BULK_REQUEST], "Operations": [{"method": "DELETE", "path": "/Users/1"}]},
            {"schemas": [urns.BULK_REQUEST], "Operations": [{"method": "POST", "path": "/Users", "data": {}}]},
        ),
        (
            "bulk-response",
            {"schemas": [urns.BULK_RESPONSE], "Operations": [{"method": "DELETE", "status": "204"}]},
            {"schemas": [urns.BULK_RESPONSE], "Operations": [{"method": "DELETE", "status": 204}]},
        ),
    ],
)
def test_message_schemas(message: str, good: Json, bad: Json) -> None:
    schema = read_schema(f"messages/{message}.schema.json")
    jsonschema.Draft202012Validator.check_schema(schema)
    checker = jsonschema.Draft202012Validator(schema)
    assert checker.is_valid(good)
    assert not checker.is_valid(bad)
