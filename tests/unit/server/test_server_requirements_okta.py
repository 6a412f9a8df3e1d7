"""What Okta needs of a server, requirement by requirement, on the reference server."""

from urllib.parse import quote

import pytest

from scimctl.scim import urns
from tests.unit.server.reference_client import Client

ENTERPRISE = urns.ENTERPRISE_USER
PROFILE = {
    "schemas": [urns.USER, ENTERPRISE],
    "userName": "ada@scimctl.example",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "emails": [{"primary": True, "value": "ada@scimctl.example", "type": "work"}],
    "phoneNumbers": [{"primary": True, "value": "555-0100", "type": "work"}],
    "title": "Countess",
    "userType": "External",
    "displayName": "Ada Lovelace",
    "locale": "en-US",
    "externalId": "00u1",
    "active": True,
    ENTERPRISE: {"organization": "O", "department": "Engines"},
}


def look_up(client: Client, name: str) -> list[str]:
    text = quote(f'userName eq "{name}"')
    listed = client.ok("GET", f"/Users?filter={text}&startIndex=1&count=100")
    return [user["id"] for user in listed["Resources"]]


def test_the_first_page_of_users(client: Client) -> None:
    client.ok("POST", "/Users", PROFILE)
    listed = client.get("/Users?startIndex=1&count=2")
    assert (client.last.status, listed["schemas"]) == (200, [urns.LIST_RESPONSE])
    numbers = [listed[name] for name in ("totalResults", "startIndex", "itemsPerPage")]
    assert numbers == [1, 1, 1]
    assert {type(number) for number in numbers} == {int}
    assert {"id", "name", "userName", "active", "emails"} <= listed["Resources"][0].keys()


@pytest.mark.parametrize("name", ["o'brien+x@scimctl.example", "a&b=c%d@scimctl.example", "zo\u00eb#1@scimctl.example"])
def test_a_look_up_finds_the_one_user_or_nobody(client: Client, name: str) -> None:
    assert look_up(client, name) == []
    client.user("other@scimctl.example")
    made = client.user(name)["id"]
    assert look_up(client, name) == look_up(client, name.upper()) == [made]


def test_read_and_put_back_with_other_values(client: Client) -> None:
    made = client.ok("POST", "/Users", PROFILE)
    read = client.get(f"/Users/{made['id']}")
    new = {"title": "Dr", "name": {"givenName": "Augusta", "familyName": "King"}, ENTERPRISE: {"department": "D"}}
    put = client.ok("PUT", f"/Users/{made['id']}", read | new)
    assert client.last.status == 200
    assert {name: put[name] for name in new} == new
    assert {name: put[name] for name in PROFILE.keys() - new} == {name: PROFILE[name] for name in PROFILE.keys() - new}
    assert client.get(f"/Users/{made['id']}") == put


def test_deactivated_and_reactivated_by_put(client: Client) -> None:
    made = client.ok("POST", "/Users", PROFILE)
    for active in (False, True):
        read = client.get(f"/Users/{made['id']}")
        assert client.ok("PUT", f"/Users/{made['id']}", read | {"active": active})["active"] is active
        assert client.last.status == 200
        assert client.get(f"/Users/{made['id']}")["active"] is active
        assert look_up(client, "ada@scimctl.example") == [made["id"]]


def test_the_profile_comes_back_as_it_was_sent(client: Client) -> None:
    made = client.ok("POST", "/Users", PROFILE | {"password": "secret-1"})
    assert client.last.status == 201
    assert {name: made[name] for name in PROFILE} == PROFILE
    assert "secret-1" not in str(made)
    assert client.get("/Users")["Resources"] == [made]


def test_an_import_walks_all_users_and_groups(client: Client) -> None:
    for number in range(205):
        client.user(f"user{number:03}")
    client.group("g")
    walked = [client.get(f"/Users?startIndex={start}&count=100") for start in (1, 101, 201, 301)]
    assert [(page["totalResults"], len(page["Resources"])) for page in walked] == [
        (205, 100),
        (205, 100),
        (205, 5),
        (205, 0),
    ]
    found = [user for page in walked for user in page["Resources"]]
    assert [user["userName"] for user in found] == [f"user{number:03}" for number in range(205)]
    assert len({user["id"] for user in found}) == 205
    groups = client.get("/Groups?startIndex=1&count=100")
    assert [(group["id"], group["displayName"]) for group in groups["Resources"]] == [("id-206", "g")]


def test_a_group_is_pushed_linked_changed_and_deleted(client: Client) -> None:
    def found(name: str) -> list[str]:
        text = quote(f'displayName eq "{name}"')
        return [group["id"] for group in client.get(f"/Groups?filter={text}&startIndex=1&count=100")["Resources"]]

    ada, bob = client.user("ada")["id"], client.user("bob")["id"]
    assert found("Sales") == []
    group = client.ok("POST", "/Groups", {"schemas": [urns.GROUP], "displayName": "Sales", "members": []})["id"]
    assert found("Sales") == [group]
    target = f"/Groups/{group}"
    client.patch(target, {"op": "add", "path": "members", "value": [{"value": ada}, {"value": bob}]})
    client.patch(target, {"op": "remove", "path": f'members[value eq "{ada}"]'})
    renamed = client.patch(target, {"op": "replace", "value": {"id": group, "displayName": "Sales EU"}})
    assert (renamed["displayName"], [member["value"] for member in renamed["members"]]) == ("Sales EU", [bob])
    assert (found("Sales"), found("Sales EU")) == ([], [group])
    assert client.ok("PUT", target, renamed | {"displayName": "Sales UK"})["displayName"] == "Sales UK"
    client.ok("DELETE", target)
    assert client.get(target)["status"] == "404"
    assert found("Sales UK") == []
