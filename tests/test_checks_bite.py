"""Every passive check is shown to bite: a wrong exchange trips it, a right one trips nothing at all."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scimctl import document
from scimctl.bundle import scim_definitions
from scimctl.checks import all_checks
from scimctl.checks.context import Context, view
from scimctl.exchange import Exchange, Headers, Request, Response
from scimctl.jsonvalue import Json
from scimctl.source import SourceText
from scimctl.spec.catalogue import Catalogue
from tests.playing import reference

BITES: Any = document.load(
    SourceText("exchanges.yaml", (Path(__file__).parent / "bites/exchanges.yaml").read_text())
).tree
CHECKS = {check.id: check for check in all_checks()}
_ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
CONTEXT = Context.of_bundle().with_announced(
    # A server whose /Schemas leaves one attribute out.
    (
        {**each, "attributes": [one for one in each["attributes"] if one["name"] != "ims"]}
        for each in scim_definitions()
    ),
    # Of its two kinds of users one needs the extension.
    [
        {
            "name": endpoint.strip("/"),
            "endpoint": endpoint,
            "schema": "urn:ietf:params:scim:schemas:core:2.0:User",
            "schemaExtensions": [{"schema": _ENTERPRISE, "required": endpoint == "/Employees"}],
        }
        for endpoint in ("/Users", "/Employees")
    ],
    {"filter": {"supported": True, "maxResults": 1}},
)
BASE_URL = "https://example.com/scim/v2"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
USER: dict[str, Any] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "id": "1",
    "userName": "ada@scimctl.example",
    "active": True,
    "meta": {
        "resourceType": "User",
        "created": "2026-01-01T00:00:00Z",
        "lastModified": "2026-01-01T00:00:00Z",
        "location": "https://example.com/scim/v2/Users/1",
        "version": 'W/"1"',
    },
}


def of_reference(target: str) -> Json:
    answer = reference()(Request("GET", target))
    assert isinstance(answer, Response)
    return answer.json()


def sample(name: str) -> dict[str, Any]:
    if name.startswith("ERROR"):
        return {"schemas": [ERROR], "status": name.removeprefix("ERROR"), "detail": "on purpose"}
    samples: dict[str, Callable[[], Any]] = {
        "USER": lambda: USER,
        "EMPTY": lambda: {"schemas": [LIST], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0, "Resources": []},
        "LIST": lambda: {"schemas": [LIST], "totalResults": 1, "startIndex": 1, "itemsPerPage": 1, "Resources": [USER]},
        "CONFIG": lambda: of_reference("/ServiceProviderConfig"),
        "TYPES": lambda: of_reference("/ResourceTypes"),
        "SCHEMAS": lambda: of_reference("/Schemas"),
    }
    made = samples[name]()
    assert isinstance(made, dict)
    return made


def exchange(row: dict[str, Any], side: str) -> Exchange:
    method, _, target = row["request"].partition(" ")
    answer = row[side]
    body = answer.get("text", "").encode()
    if "body" in answer:
        content = answer["body"]
        if isinstance(content, str):
            content = sample(content.removeprefix("$"))
        text = json.dumps({**content, **answer.get("change", {})})
        for old, new in answer.get("replace", {}).items():
            assert old in text
            text = text.replace(old, new)
        body = text.encode()
    headers = (
        {"Content-Type": "application/scim+json", **answer.get("headers", {})} if body else answer.get("headers", {})
    )
    response = Response(answer["status"], Headers(tuple(headers.items())), body)
    return Exchange(Request(method, target), response, BASE_URL)


def tripped(seen: Exchange) -> set[str]:
    """The ids of the checks that find something in an exchange."""
    read = view(seen, CONTEXT)
    assert read is not None
    return {check.id for check in CHECKS.values() if check.applies(read) and list(check.judge(read))}


def test_every_check_has_a_pair() -> None:
    assert set(BITES) == set(CHECKS)


def test_every_check_rests_on_a_requirement() -> None:
    catalogue = Catalogue.load()
    assert [check.id for check in CHECKS.values() if check.requires not in catalogue] == []


@pytest.mark.parametrize("check_id", list(BITES))
def test_the_wrong_exchange_trips_it(check_id: str) -> None:
    assert check_id in tripped(exchange(BITES[check_id], "wrong"))


@pytest.mark.parametrize("check_id", list(BITES))
def test_the_right_exchange_is_looked_at_and_trips_nothing(check_id: str) -> None:
    seen = exchange(BITES[check_id], "right")
    read = view(seen, CONTEXT)
    assert read is not None
    assert tripped(seen) == set()
    # A check that never applied would be right about everything.
    applied = CHECKS[check_id].applies(read)
    assert applied or check_id in ("http.no-body", "http.no-server-error", "delete.status", "create.status")
