"""Queries of the reference server, requirement by requirement (RFC 7644 §3.4.2, §3.4.3, §3.9)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from scimctl.scim import urns
from scimctl.scim.schema import Attribute, Returned, Type
from tests.unit.server.reference_client import BASE_URL, Client

ENTERPRISE = urns.ENTERPRISE_USER


@pytest.fixture
def people(client: Client) -> Client:
    """Three users with different values, and a group of the first."""
    client.user(
        "ada", externalId="B", title="", nickName="Z", displayName="Zo\u00eb", emails=[{"value": "z@x.example"}]
    )
    client.user("Bob", externalId="a", active=False, **{ENTERPRISE: {"department": "Sales"}})
    client.user(
        "eve",
        externalId="C",
        title="Dr",
        phoneNumbers=[],
        emails=[{"value": "y@x.example", "type": "home"}, {"value": "a@x.example", "type": "work", "primary": True}],
    )
    client.group("Admins", "id-1")
    return client


def names(client: Client, **parameters: object) -> list[str]:
    return [user["userName"] for user in client.ok("GET", f"/Users?{urlencode(parameters)}")["Resources"]]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('userName ne "ada"', ["Bob", "eve"]),
        ('userName co "O"', ["Bob"]),
        ('userName sw "AD"', ["ada"]),
        ('userName ew "VE"', ["eve"]),
        ("nickName pr", ["ada"]),
        ("title pr", ["eve"]),
        ("phoneNumbers pr", []),
        ("not (nickName pr)", ["Bob", "eve"]),
        ("not (not ((title pr)))", ["eve"]),
        ('not (userName eq "ada" or (userName eq "eve"))', ["Bob"]),
        ('userName eq "ada" or userName eq "eve" and title pr', ["ada", "eve"]),
        ('(userName eq "ada" or userName eq "eve") and title pr', ["eve"]),
        ('emails[type eq "home" and value sw "y"]', ["eve"]),
        ('emails[type eq "home" and value sw "a"]', []),
        ('emails.value ew "X.EXAMPLE"', ["ada", "eve"]),
        (f'{urns.USER}:userName eq "BOB"', ["Bob"]),
        (f'{urns.USER}:emails.value sw "z"', ["ada"]),
        (f'{ENTERPRISE}:department eq "sales"', ["Bob"]),
        (f'schemas eq "{ENTERPRISE}"', ["Bob"]),
        ("active eq true", ["ada", "eve"]),
        ('externalId eq "A"', []),
        ('displayName eq "zoe\u0308"', ["ada"]),
        ('displayName co "ZO\u00cb"', ["ada"]),
    ],
)
def test_what_filters_select(people: Client, text: str, found: list[str]) -> None:
    assert people.found(text) == found


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('meta.created eq "2026-01-02T04:04:05.678+01:00"', 3),
        ('meta.created lt "2026-01-02T04:04:05.678+01:00"', 0),
        ('meta.created le "2026-01-01T22:04:05.678-05:00"', 3),
        ('meta.lastModified gt "2026-01-02T03:04:05.677Z"', 3),
        ('meta.lastModified ge "2026-01-02T03:04:05.679Z"', 0),
    ],
)
def test_points_in_time_are_compared_by_when_they_are(people: Client, text: str, count: int) -> None:
    assert len(people.found(text)) == count


@pytest.fixture
def related(client: Client) -> Client:
    """Two users of whom one manages the other, and a group of each, in another order than their names."""
    client.user("boss", displayName="Zoe")
    client.user("ada", displayName="Ada", **{ENTERPRISE: {"manager": {"value": "id-1"}}})
    client.group("second", "id-1")
    client.group("first", "id-2")
    return client


@pytest.mark.parametrize(
    ("target", "text", "ids"),
    [
        ("/Groups", 'members.display eq "ada"', ["id-4"]),
        ("/Groups", 'members[type eq "User" and display sw "Z"]', ["id-3"]),
        ("/Groups", f'members.$ref eq "{BASE_URL}/Users/id-2"', ["id-4"]),
        ("/Users", f'{ENTERPRISE}:manager.displayName eq "Zoe"', ["id-2"]),
        ("/Users", 'groups.display eq "first"', ["id-2"]),
        ("/Users", f'meta.location eq "{BASE_URL}/Users/id-1"', ["id-1"]),
    ],
)
def test_filters_see_what_is_shown_of_others(related: Client, target: str, text: str, ids: list[str]) -> None:
    assert [each["id"] for each in related.ok("GET", f"{target}?filter={quote(text)}")["Resources"]] == ids


@pytest.mark.parametrize(
    ("target", "path", "ids"),
    [
        ("/Groups", "members.display", ["id-4", "id-3"]),
        ("/Users", "groups.display", ["id-2", "id-1"]),
        ("/Users", f"{ENTERPRISE}:manager.displayName", ["id-2", "id-1"]),
        ("/Users", "meta.location", ["id-1", "id-2"]),
    ],
)
def test_orders_follow_what_is_shown_of_others(related: Client, target: str, path: str, ids: list[str]) -> None:
    assert [each["id"] for each in related.ok("GET", f"{target}?sortBy={path}")["Resources"]] == ids
    asked = f"{target}?sortBy={path}&sortOrder=descending"
    assert [each["id"] for each in related.ok("GET", asked)["Resources"]] == ids[::-1]


@pytest.mark.parametrize("operator", ["gt", "ge", "lt", "le"])
@pytest.mark.parametrize(
    ("path", "value"), [("active", "true"), ("emails.primary", "false"), ("x509Certificates.value", '"AQID"')]
)
def test_booleans_and_binaries_have_no_order(people: Client, path: str, operator: str, value: str) -> None:
    error = people.get(f"/Users?filter={quote(f'{path} {operator} {value}')}")
    assert (people.last.status, error["scimType"]) == (400, "invalidFilter")


@pytest.mark.parametrize("text", ['userName like "ada"', 'userName regex "a"', "userName eq ada", 'userName eq "a', ""])
def test_a_filter_that_cannot_be_is_refused(people: Client, text: str) -> None:
    error = people.get(f"/Users?filter={quote(text)}")
    assert (people.last.status, error["scimType"]) == (400, "invalidFilter")
    assert "Resources" not in error


def test_what_the_server_set_is_filtered_by(client: Client) -> None:
    client.user("ada")
    client.user("bob", active=False)
    assert client.found("active eq true") == ["ada"]
    assert client.found("active pr") == ["ada", "bob"]
    assert client.found('meta.resourceType eq "User"') == ["ada", "bob"]


@pytest.mark.parametrize("text", ["password pr", 'password eq "x"', 'not (password sw "x")'])
def test_passwords_cannot_be_asked_for(people: Client, text: str) -> None:
    error = people.get(f"/Users?filter={quote(text)}")
    assert (people.last.status, error["scimType"]) == (403, "sensitive")


def test_long_filters_are_answered_or_refused(people: Client) -> None:
    assert people.found(f'title eq "{"x" * 1000}"') == []
    assert people.found(
        " or ".join(f'userName eq "user{number}"' for number in range(50)) + ' or userName eq "ADA"'
    ) == ["ada"]
    error = people.get(f"/Users?filter={quote('title eq ' + chr(34) + 'x' * 20_000 + chr(34))}")
    assert (people.last.status, error["scimType"]) == (400, "invalidFilter")


def test_a_root_query_takes_what_a_type_lacks_as_no_value(people: Client) -> None:
    def found(text: str) -> list[str]:
        return [entry["id"] for entry in people.ok("GET", f"/?filter={quote(text)}")["Resources"]]

    assert found("members pr") == ["id-4"]
    assert found("userName pr") == ["id-1", "id-2", "id-3"]
    assert found("not (userName pr)") == ["id-4"]
    assert found('userName eq "ada" or displayName eq "admins"') == ["id-1", "id-4"]
    assert found('meta.resourceType eq "Group"') == ["id-4"]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        ({"sortBy": "userName"}, ["ada", "Bob", "eve"]),
        ({"sortBy": "userName", "sortOrder": "ascending"}, ["ada", "Bob", "eve"]),
        ({"sortBy": "userName", "sortOrder": "descending"}, ["eve", "Bob", "ada"]),
        ({"sortBy": "externalId"}, ["ada", "eve", "Bob"]),
        ({"sortBy": f"{urns.USER}:EXTERNALID", "sortOrder": "descending"}, ["Bob", "eve", "ada"]),
        ({"sortBy": "emails"}, ["eve", "ada", "Bob"]),
        ({"sortBy": "emails.value", "sortOrder": "descending"}, ["Bob", "ada", "eve"]),
        ({"sortBy": "nickName"}, ["ada", "Bob", "eve"]),
        ({"sortBy": "nickName", "sortOrder": "descending"}, ["Bob", "eve", "ada"]),
        ({"sortBy": f"{ENTERPRISE}:department"}, ["Bob", "ada", "eve"]),
        ({"sortBy": "active", "filter": "active pr"}, ["Bob", "ada", "eve"]),
    ],
)
def test_orders(people: Client, parameters: dict[str, object], expected: list[str]) -> None:
    assert names(people, **parameters) == expected


def test_pages_of_a_filtered_and_sorted_result(client: Client) -> None:
    for name in "hgfedcba":
        client.user(name, active=name != "d")
    asked: dict[str, object] = {"filter": "active eq true", "sortBy": "userName", "count": 3}
    walked = [names(client, **asked, startIndex=start) for start in (1, 4, 7, 8)]
    assert walked == [["a", "b", "c"], ["e", "f", "g"], ["h"], []]
    assert client.get(f"/Users?{urlencode(asked | {'startIndex': 4})}")["totalResults"] == 7


@pytest.mark.parametrize("count", ["many", "1.5", "1e3", ""])
def test_a_count_that_is_no_number_is_refused(people: Client, count: str) -> None:
    error = people.get(f"/Users?count={count}")
    assert (people.last.status, error["scimType"]) == (400, "invalidValue")


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        ("userName", {"userName": "eve"}),
        ("USERNAME,nosuch", {"userName": "eve"}),
        ("emails.type", {"emails": [{"type": "home"}, {"type": "work"}]}),
        (f"{urns.USER}:title", {"title": "Dr"}),
        ("meta.resourceType", {"meta": {"resourceType": "User"}}),
        ("password", {}),
    ],
)
def test_attributes_that_are_asked_for(people: Client, asked: str, shown: dict[str, object]) -> None:
    expected = {"schemas": [urns.USER], "id": "id-3"} | shown
    assert people.get(f"/Users/id-3?attributes={asked}") == expected
    assert people.get(f"/Users?count=1&startIndex=3&attributes={asked}")["Resources"] == [expected]
    body = {"schemas": [urns.SEARCH_REQUEST], "attributes": asked.split(","), "startIndex": 3}
    assert people.send("POST", "/Users/.search", body)["Resources"] == [expected]


@pytest.mark.parametrize(
    ("left_out", "gone"),
    [
        ("title,meta", {"title", "meta"}),
        ("ID,schemas,title", {"title"}),
        (f"{urns.USER}:emails", {"emails"}),
        ("nosuch", set()),
    ],
)
def test_attributes_that_are_left_out(people: Client, left_out: str, gone: set[str]) -> None:
    whole = people.get("/Users/id-3")
    expected = {name: value for name, value in whole.items() if name not in gone}
    assert people.get(f"/Users/id-3?excludedAttributes={left_out}") == expected
    assert people.get(f"/Users?startIndex=3&excludedAttributes={left_out}")["Resources"] == [expected]
    body = {"schemas": [urns.SEARCH_REQUEST], "excludedAttributes": left_out.split(","), "startIndex": 3}
    assert people.send("POST", "/Users/.search", body)["Resources"] == [expected]


def test_extensions_and_their_parts_are_chosen(people: Client) -> None:
    department = {"schemas": [urns.USER, ENTERPRISE], "id": "id-2", ENTERPRISE: {"department": "Sales"}}
    assert people.get(f"/Users/id-2?attributes={ENTERPRISE}:department") == department
    assert people.get(f"/Users/id-2?attributes={ENTERPRISE.upper()}") == department
    assert ENTERPRISE not in people.get(f"/Users/id-2?excludedAttributes={ENTERPRISE}")


def test_both_parameters_at_once_are_refused(people: Client) -> None:
    for target in ("/Users", "/Users/id-1"):
        error = people.get(f"{target}?attributes=title&excludedAttributes=meta")
        assert (people.last.status, error["scimType"]) == (400, "invalidValue")


def test_what_is_returned_always_on_request_and_never(device: Callable[..., Client]) -> None:
    client = device(
        Attribute(name="serial", returned=Returned.ALWAYS),
        Attribute(name="log", returned=Returned.REQUEST),
        Attribute(name="pin", returned=Returned.NEVER),
        Attribute(name="size", type=Type.INTEGER),
    )
    body = {"schemas": ["urn:example:device"], "serial": "S", "log": "L", "pin": "1234", "size": 5}
    minimum = {"schemas": ["urn:example:device"], "id": "id-1", "serial": "S"}
    assert client.ok("POST", "/Devices?attributes=size", body) == minimum | {"size": 5}
    assert client.get("/Devices/id-1").keys() == {*minimum, "size", "meta"}
    assert client.get("/Devices/id-1?attributes=log,pin") == minimum | {"log": "L"}
    assert client.get("/Devices/id-1?excludedAttributes=id,serial,size,meta") == minimum
    assert client.get("/Devices?filter=pin%20eq%20%221234%22")["scimType"] == "sensitive"


def test_a_search_gives_what_a_get_gives(people: Client) -> None:
    asked: dict[str, Any] = {"filter": "active eq true", "sortBy": "userName", "sortOrder": "descending", "count": 1}
    body = {"schemas": [urns.SEARCH_REQUEST], **asked}
    for target in ("/Users", "/Groups", ""):
        assert people.send("POST", f"{target}/.search", body) == people.get(f"{target}?{urlencode(asked)}")
        assert people.last.status == 200
    everything = people.ok("POST", "/.search", {"schemas": [urns.SEARCH_REQUEST]})
    assert [entry["id"] for entry in everything["Resources"]] == ["id-1", "id-2", "id-3", "id-4"]


@pytest.mark.parametrize("schemas", [None, [], [urns.PATCH_OP]])
def test_a_search_request_needs_its_urn(people: Client, schemas: object) -> None:
    error = people.send("POST", "/Users/.search", {"schemas": schemas, "filter": "title pr"})
    assert (people.last.status, error["scimType"]) == (400, "invalidSyntax")
