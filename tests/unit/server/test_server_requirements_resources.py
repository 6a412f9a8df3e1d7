"""Resources of the reference server, requirement by requirement (RFC 7643 §2 to §4, RFC 7644 §3.3, §3.5.1, §3.6)."""

import json
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from scimctl.scim import urns
from scimctl.scim.schema import Attribute, Type
from tests.unit.server.reference_client import BASE_URL, Client

ENTERPRISE = urns.ENTERPRISE_USER


def body(name: str = "ada", /, **attributes: object) -> dict[str, object]:
    return {"schemas": [urns.USER], "userName": name, **attributes}


def follow(client: Client, url: str) -> Any:
    """What an address of the server leads to."""
    assert url.startswith(f"{BASE_URL}/")
    return client.ok("GET", url.removeprefix(BASE_URL))


def test_schemas_name_the_type_and_its_extensions_once(client: Client) -> None:
    twice = [ENTERPRISE, urns.USER, urns.USER, "urn:example:other"]
    plain = client.ok("POST", "/Users", body("a", schemas=twice))
    assert plain["schemas"] == [urns.USER]
    extended = [
        client.ok("POST", "/Users", body(name, schemas=schemas, **{ENTERPRISE: {"department": "D"}}))
        for name, schemas in (("b", [urns.USER, ENTERPRISE]), ("c", [ENTERPRISE, urns.USER]), ("d", [urns.USER]))
    ]
    assert [user["schemas"] for user in extended] == [[urns.USER, ENTERPRISE]] * 3
    assert [user[ENTERPRISE] for user in extended] == [{"department": "D"}] * 3
    assert client.group("g")["schemas"] == [urns.GROUP]


def test_ids_are_the_servers_own_and_stay(client: Client) -> None:
    user = client.ok("POST", "/Users", body(id="bulkId:mine", externalId="E-1"))
    other = client.group("g")
    assert user["id"] != other["id"]
    assert "bulkid" not in (user["id"] + other["id"]).lower()
    client.ok("PUT", f"/Users/{user['id']}", body("renamed", id="mine"))
    client.patch(f"/Users/{user['id']}", {"op": "replace", "path": "userName", "value": "again"})
    assert [each["id"] for each in client.get("/Users")["Resources"]] == [user["id"]]
    client.ok("DELETE", f"/Users/{user['id']}")
    assert client.user("ada")["id"] not in (user["id"], other["id"])


def test_external_ids_are_the_clients(client: Client) -> None:
    assert "externalId" not in client.user("a")
    for name in ("b", "c"):
        assert client.user(name, externalId="Ext-ID \u00e9+&")["externalId"] == "Ext-ID \u00e9+&"
    assert client.found('externalId eq "Ext-ID \u00e9+&"') == ["b", "c"]
    assert client.found('externalId eq "ext-id \u00e9+&"') == []


def test_meta_is_the_servers(client: Client) -> None:
    sent = {"resourceType": "Cat", "created": "1999-01-01T00:00:00Z", "location": "x", "version": "x", "own": 1}
    made = client.ok("POST", "/Users", body(meta=sent))
    put = client.ok("PUT", "/Users/id-1", body(title="Dr", meta=sent))
    for user in (made, put):
        assert user["meta"]["resourceType"] == "User"
        assert user["meta"]["location"] == f"{BASE_URL}/Users/id-1" == client.last.headers.get("Content-Location")
        assert datetime.fromisoformat(user["meta"]["created"]) >= datetime.fromisoformat("2026-01-01T00:00:00Z")
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", user["meta"]["lastModified"])
        assert user["meta"]["version"].startswith('W/"')
    assert made["meta"]["created"] == made["meta"]["lastModified"] == put["meta"]["created"]
    assert put["meta"]["lastModified"] > made["meta"]["lastModified"]
    assert follow(client, put["meta"]["location"]) == put


def test_references_lead_to_what_they_name(client: Client) -> None:
    boss = client.user("boss")
    ada = client.user("ada", **{ENTERPRISE: {"manager": {"value": boss["id"]}}})
    group = client.group("g", ada["id"])
    assert follow(client, ada[ENTERPRISE]["manager"]["$ref"])["id"] == boss["id"]
    (member,) = group["members"]
    assert (follow(client, member["$ref"])["id"], member["type"]) == (ada["id"], "User")
    (shown,) = client.get(f"/Users/{ada['id']}")["groups"]
    assert follow(client, shown["$ref"])["id"] == shown["value"] == group["id"]


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_one_value_is_primary_and_none_is_there_twice(client: Client, method: str) -> None:
    client.user("bob")
    target, name = ("/Users", "ada") if method == "POST" else ("/Users/id-1", "bob")
    two = [{"value": "a", "primary": True}, {"value": "b", "primary": True}]
    assert client.send(method, target, body(name, emails=two))["scimType"] == "invalidValue"
    same = [{"value": "a", "type": "work"}, {"value": "A", "type": "work"}, {"value": "a", "type": "home"}]
    assert len(client.ok(method, target, body(name, emails=same))["emails"]) == 2


@pytest.mark.parametrize("nothing", [None, []])
def test_null_and_an_empty_list_are_nothing(client: Client, nothing: object) -> None:
    empty: dict[str, object] = {"title": None, "emails": nothing, "groups": nothing}
    made = client.ok("POST", "/Users", body(**empty))
    assert not made.keys() & empty.keys()
    client.ok("PUT", "/Users/id-1", body(title="Dr", emails=[{"value": "a"}]))
    assert not client.ok("PUT", "/Users/id-1", body(**empty)).keys() & empty.keys()


def test_the_order_of_members_makes_no_difference(client: Client) -> None:
    first = client.ok("POST", "/Users", body("a", title="T", name={"givenName": "G", "familyName": "F"}))
    backwards = {"name": {"familyName": "F", "givenName": "G"}, "title": "T", "userName": "a", "schemas": [urns.USER]}
    assert client.ok("PUT", "/Users/id-1", backwards)["meta"] == first["meta"]


def test_types_of_values(device: Callable[..., Client]) -> None:
    client = device(
        Attribute(name="size", type=Type.INTEGER),
        Attribute(name="seen", type=Type.DATE_TIME),
        Attribute(name="key", type=Type.BINARY),
        Attribute(name="on", type=Type.BOOLEAN),
    )
    good = {"size": 5, "seen": "2026-01-02T03:04:05Z", "key": "AQID", "on": False}
    made = client.ok("POST", "/Devices", {"schemas": ["urn:example:device"], **good})
    assert {name: made[name] for name in good} == good
    bad: dict[str, list[object]] = {
        "size": [5.0, "5", True],
        "seen": ["2026-01-02", "now", 5],
        "key": ["***", "A"],
        "on": ["false", 0],
    }
    for name, values in bad.items():
        for value in values:
            error = client.send("POST", "/Devices", {"schemas": ["urn:example:device"], name: value})
            assert (client.last.status, error["scimType"]) == (400, "invalidValue"), (name, value)
    error = client.send("POST", "/Devices", b'{"schemas":["urn:example:device"],"size":1e2}')
    assert (client.last.status, error["scimType"]) == (400, "invalidValue")


def test_an_extension_that_schemas_does_not_name_is_stored(client: Client) -> None:
    user = client.ok("POST", "/Users", body(**{ENTERPRISE: {"costCenter": "7"}}))
    assert user[ENTERPRISE] == {"costCenter": "7"}
    assert client.get("/Users/id-1") == user


def test_enterprise_attributes_come_back(client: Client) -> None:
    sent = {
        "employeeNumber": "1",
        "costCenter": "2",
        "organization": "O",
        "division": "V",
        "department": "D",
        "manager": {"value": "elsewhere", "$ref": "https://x.example/9"},
    }
    assert client.user("ada", **{ENTERPRISE: sent})[ENTERPRISE] == sent
    assert client.get("/Users/id-1")[ENTERPRISE] == sent
    assert client.ok("PUT", "/Users/id-1", body(**{ENTERPRISE: sent}))[ENTERPRISE] == sent
    error = client.send("POST", "/Users", body("bob", **{ENTERPRISE: {"manager": "boss"}}))
    assert (client.last.status, error["scimType"]) == (400, "invalidValue")


def test_values_of_a_user_come_back_as_they_were_sent(client: Client) -> None:
    sent = {
        "emails": [{"value": "Ada@X.example", "type": "other", "display": "A"}],
        "phoneNumbers": [{"value": "tel:+1-201-555-0123", "type": "work"}, {"value": "0123 / 4", "type": "fax"}],
        "ims": [{"value": "ada", "type": "xmpp"}],
        "photos": [{"value": "https://x.example/ada.png", "type": "photo"}],
        "roles": [{"value": "Author", "display": "Writes"}],
        "entitlements": [{"value": "e1", "primary": True}],
        "name": {"formatted": "Ms Ada L", "familyName": "L", "givenName": "Ada", "honorificPrefix": "Ms"},
        "displayName": "A. L.",
        "addresses": [{"country": "GB", "type": "home", "streetAddress": "1 High St\nLondon"}],
        "x509Certificates": [{"value": "AQID"}],
    }
    user = client.user("ada", **sent)
    assert {name: user[name] for name in sent} == sent
    assert client.get("/Users/id-1") == user


@pytest.mark.parametrize("value", ["en-US", "en_US", "de", "zh-Hant-TW"])
def test_languages_and_zones_are_taken_as_they_come(client: Client, value: str) -> None:
    sent = {"preferredLanguage": value, "locale": value, "timezone": "America/Los_Angeles"}
    user = client.user("ada", **sent)
    assert {name: user[name] for name in sent} == sent


def test_active_is_switched_off_and_on(client: Client) -> None:
    client.user("ada")
    for active in (False, True, False):
        assert client.ok("PUT", "/Users/id-1", body(active=active))["active"] is active
        assert client.get("/Users/id-1")["active"] is active
        assert client.found("active eq false") == ([] if active else ["ada"])
    assert client.ok("PUT", "/Users/id-1", body())["active"] is False
    assert client.patch("/Users/id-1", {"op": "replace", "value": {"active": True}})["active"] is True
    assert client.get("/Users/id-1")["active"] is True


@pytest.mark.parametrize("change", ["POST", "PUT", "PATCH"])
def test_the_groups_of_a_user_are_changed_through_groups_alone(client: Client, change: str) -> None:
    group = client.group("g")
    client.user("bob")
    sent = [{"value": group["id"]}]
    if change == "PATCH":
        error = client.patch("/Users/id-2", {"op": "add", "path": "groups", "value": sent})
        assert error["scimType"] == "mutability"
    elif change == "PUT":
        assert "groups" not in client.ok("PUT", "/Users/id-2", body("bob", groups=sent))
    else:
        assert "groups" not in client.user("ada", groups=sent)
    assert "members" not in client.get("/Groups/id-1")


def test_a_large_group(client: Client) -> None:
    ids = [client.user(f"user{number}")["id"] for number in range(1000)]
    group = client.group("all", *ids)
    assert len(group["members"]) == 1000
    removed = client.patch(f"/Groups/{group['id']}", {"op": "remove", "path": f'members[value eq "{ids[500]}"]'})
    assert [member["value"] for member in removed["members"]] == ids[:500] + ids[501:]
    client.get(f"/Groups/{group['id']}?excludedAttributes=members")
    assert len(client.last.body) < 1000


@pytest.mark.parametrize(
    ("attributes", "status"),
    [({"schemas": []}, 400), ({"schemas": None}, 400), ({"schemas": [urns.GROUP]}, 400), ({"nosuch": 1}, 201)],
)
def test_what_a_create_needs_and_ignores(client: Client, attributes: dict[str, object], status: int) -> None:
    answer = client.send("POST", "/Users", body(**attributes))
    assert client.last.status == status
    assert "nosuch" not in answer
    assert client.get("/Users")["totalResults"] == (1 if status == 201 else 0)


@pytest.mark.parametrize("name", [None, "", "   "])
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_user_needs_a_name(client: Client, method: str, name: object) -> None:
    client.user("ada")
    error = client.send(method, "/Users" if method == "POST" else "/Users/id-1", body(userName=name))
    assert (client.last.status, error["scimType"]) == (400, "invalidValue")
    assert client.found("userName pr") == ["ada"]


def test_a_create_that_is_sent_again_makes_no_second_user(client: Client) -> None:
    client.user("ada", externalId="1")
    for _ in range(2):
        error = client.send("POST", "/Users", body("ADA", externalId="1"))
        assert (client.last.status, error["scimType"]) == (409, "uniqueness")
    assert client.get("/Users")["totalResults"] == 1


def test_a_put_of_a_group_sets_its_members_exactly(client: Client) -> None:
    ids = [client.user(name)["id"] for name in ("a", "b", "c")]
    group = client.group("g", ids[0], ids[1])
    sent = {"schemas": [urns.GROUP], "displayName": "g", "members": [{"value": each} for each in ids[1:]]}
    assert [each["value"] for each in client.ok("PUT", f"/Groups/{group['id']}", sent)["members"]] == ids[1:]
    assert "groups" not in client.get(f"/Users/{ids[0]}")
    assert "members" not in client.ok("PUT", f"/Groups/{group['id']}", sent | {"members": []})
    assert "groups" not in client.get(f"/Users/{ids[2]}")


def test_a_put_to_an_unknown_id_creates_nothing(client: Client) -> None:
    assert client.send("PUT", "/Users/mine", body())["status"] == "404"
    assert client.get("/Users")["totalResults"] == 0


@pytest.mark.parametrize(
    "target", ["/Users", "/Groups", "/Schemas", "/ResourceTypes/User", "/ServiceProviderConfig", "/"]
)
def test_a_delete_of_something_else_deletes_nothing(client: Client, target: str) -> None:
    client.user("ada")
    client.send("DELETE", target)
    assert client.last.status == 405
    assert client.get("/Users")["totalResults"] == 1
    assert client.get("/ResourceTypes/User")["name"] == "User"


def test_a_deactivated_user_is_still_there(client: Client) -> None:
    client.user("ada")
    client.patch("/Users/id-1", {"op": "replace", "value": {"active": False}})
    assert client.get("/Users/id-1")["active"] is False
    assert client.found('userName eq "ada"') == ["ada"]
    assert client.get("/Users")["totalResults"] == 1


def test_a_version_is_that_of_the_last_change(client: Client) -> None:
    first = client.user("ada")["meta"]["version"]
    assert first == client.last.headers.get("ETag")
    client.get("/Users/id-1")
    assert client.last.headers.get("ETag") == first
    second = client.patch("/Users/id-1", {"op": "add", "path": "title", "value": "Dr"}, If_Match=first)
    assert second["meta"]["version"] == client.last.headers.get("ETag") != first
    lost = client.send("PUT", "/Users/id-1", body(title="other"), If_Match=first)
    assert (client.last.status, lost["status"]) == (412, "412")
    assert client.get("/Users/id-1") == second
    third = client.ok("PUT", "/Users/id-1", body(title="third"), If_Match=second["meta"]["version"])
    assert third["meta"]["version"] == client.last.headers.get("ETag")
    assert third["meta"]["version"] not in (first, second["meta"]["version"])


@pytest.mark.parametrize(
    "text",
    [
        "\U0001f600 \U0001f468\u200d\U0001f469\u200d\U0001f467",
        "\u65e5\u672c\u8a9e",
        "\u05e9\u05dc\u05d5\u05dd \u0645\u0631\u062d\u0628\u0627",
        "e\u0301\u0327 \u0000 \u2028 \ufeff",
        'quo"te \\ <b> & +',
        "x" * 256,
        "\u00e9" * 1024,
        "line\nbreak\ttab",
    ],
)
def test_text_comes_back_as_it_was_sent(client: Client, text: str) -> None:
    assert client.user("ada", displayName=text, nickName=text)["displayName"] == text
    assert client.get("/Users/id-1")["nickName"] == text
    assert client.get("/Users")["Resources"][0]["displayName"] == text
    assert client.found(f"displayName eq {json.dumps(text)}") == ["ada"]
