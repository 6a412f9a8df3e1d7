"""Each fault of how resources are shown: what the broken server answers, and what the other one does."""

from collections.abc import Callable
from typing import Any

import pytest

from scimctl.scim import urns
from tests.faults.bodies import add_members, group, member_ids, okta, patch, user
from tests.faults.pairs import Pair

Make = Callable[..., Pair]

BASE = "https://reference.invalid/scim/v2"
INSIDE = "http://scim.internal:8080/scim/v2"
SEARCH = {"schemas": [urns.SEARCH_REQUEST], "filter": 'userName eq "ada"'}


def users(servers: Pair) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """Every way to be shown the user id-1: by both servers, after a new one."""
    pairs = [servers.both(*request) for request in (("GET", "/Users/id-1"), ("PUT", "/Users/id-1", user(title="x")))]
    for request in (("GET", "/Users"), ("POST", "/Users/.search", SEARCH), ("POST", "/.search", SEARCH)):
        right, wrong = servers.both(*request)
        pairs.append((right["Resources"][0], wrong["Resources"][0]))
    return pairs


def test_extension_key_not_urn(pair: Make) -> None:
    servers = pair("extension-key-not-urn")
    enterprise = {"department": "Looms"}

    right, wrong = servers.both("POST", "/Users", user(**{urns.ENTERPRISE_USER: enterprise}))
    assert (right[urns.ENTERPRISE_USER], wrong["EnterpriseUser"]) == (enterprise, enterprise)
    assert urns.ENTERPRISE_USER not in wrong
    right, wrong = servers.both("GET", "/Users")
    assert wrong["Resources"][0]["EnterpriseUser"] == enterprise
    right, wrong = servers.both("POST", "/Users", user("grace"))
    assert wrong == right


def test_active_missing_in_response(pair: Make) -> None:
    servers = pair("active-missing-in-response")
    servers.both("POST", "/Users", user())

    for right, wrong in users(servers):
        assert right == {**wrong, "active": True}
        assert "active" not in wrong
    assert servers.wrong.found("active eq true") == ["ada"]


def test_name_subattributes_null(pair: Make) -> None:
    servers = pair("name-subattributes-null")
    servers.both("POST", "/Users", user())

    for right, wrong in users(servers):
        assert wrong == {**right, "name": {"givenName": None, "familyName": None}}
    full = {"givenName": "Grace", "familyName": "Hopper"}
    right, wrong = servers.both("POST", "/Users", user("grace", name=full))
    assert wrong == right
    right, wrong = servers.both("GET", "/Users?attributes=userName")
    assert wrong == right


def test_id_integer(pair: Make) -> None:
    servers = pair("id-integer")
    servers.both("POST", "/Users", user())

    right, wrong = servers.both("GET", "/Users")
    number = wrong["Resources"][0]["id"]
    assert (right["Resources"][0]["id"], type(number)) == ("id-1", int)
    assert wrong["Resources"][0] == {**right["Resources"][0], "id": number}
    assert servers.wrong.get(f"/Users/{number}")["id"] == number
    assert servers.wrong.get("/Users/id-1")["id"] == number
    wrong = servers.wrong.ok("POST", "/Groups", group("Engines", str(number)))
    assert (wrong["id"], member_ids(wrong)) == ("id-2", ["id-1"])
    removal = {"op": "remove", "path": f'members[value eq "{number}"]'}
    assert "members" not in servers.wrong.patch("/Groups/id-2", removal)
    assert servers.wrong.patch("/Groups/id-2", add_members(str(number)))["members"][0]["value"] == "id-1"
    assert servers.statuses("GET", "/Users/12345") == (404, 404)


def test_member_value_integer(pair: Make) -> None:
    servers = pair("member-value-integer")
    servers.both("POST", "/Users", user())

    right, wrong = servers.both("POST", "/Groups", group("Engines", "id-1"))
    number = wrong["members"][0]["value"]
    assert (right["members"][0]["value"], type(number)) == ("id-1", int)
    assert wrong == {**right, "members": [{**right["members"][0], "value": number}]}
    right, wrong = servers.both("GET", "/Groups")
    assert wrong["Resources"][0]["members"][0]["value"] == number
    assert servers.wrong.get(f"/Users/{number}")["id"] == "id-1"
    assert member_ids(servers.wrong.send("PUT", "/Groups/id-2", group("Looms", str(number)))) == [number]


@pytest.mark.parametrize("target", ["/Schemas", "/Users", "/Users/id-1", "/Groups/id-2"])
def test_location_internal_host(pair: Make, target: str) -> None:
    servers = pair("location-internal-host")
    servers.both("POST", "/Users", user(profileUrl=f"{BASE}/ada"))
    assert servers.wrong.last.headers.get("Location") == f"{INSIDE}/Users/id-1"
    servers.both("POST", "/Groups", group("Engines", "id-1"))

    servers.both("GET", target)
    right, wrong = servers.right.last.body.decode(), servers.wrong.last.body.decode()
    inside = right.replace(BASE, INSIDE).replace(f"{INSIDE}/ada", f"{BASE}/ada")
    assert (BASE in right, wrong) == (True, inside)


def test_location_internal_host_follows_the_server(pair: Make) -> None:
    servers = pair("location-internal-host")
    servers.both("POST", "/Users", user())

    assert servers.right.get("/Users/id-1")["meta"]["location"] == f"{BASE}/Users/id-1"
    assert servers.wrong.get("/Users/id-1")["meta"]["location"] == f"{INSIDE}/Users/id-1"
    assert servers.wrong.last.headers.get("Content-Location") == f"{INSIDE}/Users/id-1"
    right, wrong = servers.both("GET", "/Users/nobody")
    assert wrong == right


def test_location_relative(pair: Make) -> None:
    servers = pair("location-relative")
    servers.both("POST", "/Users", user())
    assert servers.wrong.last.headers == servers.right.last.headers

    for right, wrong in users(servers):
        assert right["meta"]["location"] == f"{BASE}/Users/id-1"
        assert wrong["meta"]["location"] == "Users/id-1"
    right, wrong = servers.both("POST", "/Groups", group())
    assert wrong["meta"]["location"] == "Groups/id-2"


def test_meta_missing_after_update(pair: Make) -> None:
    servers = pair("meta-missing-after-update")
    right, wrong = servers.both("POST", "/Users", user())
    assert wrong == right

    for request in (("PUT", user(title="x")), ("PATCH", patch(okta(title="y")))):
        right, wrong = servers.both(request[0], "/Users/id-1", request[1])
        assert sorted(right["meta"]) == ["created", "lastModified", "location", "resourceType", "version"]
        assert sorted(wrong["meta"]) == ["location", "resourceType", "version"]
    right, wrong = servers.both("GET", "/Users/id-1")
    assert wrong == right
