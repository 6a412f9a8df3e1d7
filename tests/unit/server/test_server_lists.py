"""Lists of the reference server: filters, paging, sorting, projection, search requests."""

from dataclasses import replace
from urllib.parse import quote

import pytest

from scimctl.scim import urns
from scimctl.server.core import ReferenceServer
from scimctl.server.settings import read_profile
from scimctl.server.tokens import Tokens
from tests.unit.server.reference_client import Client

PEOPLE = (
    ("Bob", {"name": {"familyName": "young"}, "title": "x"}),
    ("ada", {"name": {"familyName": "Abel"}, "externalId": "E1"}),
    ("Eve", {"emails": [{"value": "Eve@X.example", "type": "work"}], "active": False}),
)


@pytest.fixture
def people(client: Client) -> Client:
    """The three users of PEOPLE, and a group of one of them."""
    for name, attributes in PEOPLE:
        client.user(name, **attributes)
    client.group("Admins", "id-2")
    return client


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ('userName eq "ADA"', ["ada"]),
        ('id eq "id-2"', ["ada"]),
        ('id eq "ID-2"', []),
        ('externalId eq "E1"', ["ada"]),
        ('externalId eq "e1"', []),
        ('emails.value eq "eve@x.EXAMPLE"', ["Eve"]),
        ('emails eq "eve@x.example"', ["Eve"]),
        ('emails[type eq "work"]', ["Eve"]),
        (f'{urns.USER}:userName eq "bob"', ["Bob"]),
        ("active eq false", ["Eve"]),
        ("active eq true and title pr", ["Bob"]),
        ("groups pr", ["ada"]),
        ('groups.display eq "admins"', ["ada"]),
        ('meta.resourceType eq "User"', ["Bob", "ada", "Eve"]),
        ('userName eq "x\\" or \\"1\\" eq \\"1"', []),
        ('name.familyName gt "b"', ["Bob"]),
    ],
)
def test_filters(people: Client, text: str, names: list[str]) -> None:
    assert people.found(text) == names


def test_a_broken_filter_gets_400_and_not_everything(people: Client) -> None:
    error = people.get("/Users?filter=userName%20is%20ada")
    assert (people.last.status, error["scimType"]) == (400, "invalidFilter")
    assert people.get("/Users?filter=")["scimType"] == "invalidFilter"


def test_a_group_is_found_by_its_name(people: Client) -> None:
    listed = people.get("/Groups?filter=displayName%20eq%20%22ADMINS%22&startIndex=1&count=100")
    assert [group["id"] for group in listed["Resources"]] == ["id-4"]


@pytest.mark.parametrize(
    ("query", "names", "start"),
    [
        ("", ["Bob", "ada", "Eve"], 1),
        ("startIndex=1&count=2", ["Bob", "ada"], 1),
        ("startIndex=3&count=2", ["Eve"], 3),
        ("startIndex=4", [], 4),
        ("startIndex=101&count=100", [], 101),
        ("startIndex=0", ["Bob", "ada", "Eve"], 1),
        ("startIndex=-7&count=1", ["Bob"], 1),
        ("count=0", [], 1),
        ("count=-1", [], 1),
        ("count=99999999", ["Bob", "ada", "Eve"], 1),
    ],
)
def test_pages(people: Client, query: str, names: list[str], start: int) -> None:
    listed = people.get(f"/Users?{query}")
    assert [user["userName"] for user in listed["Resources"]] == names
    assert listed["totalResults"] == 3
    assert listed["startIndex"] == start
    assert listed["itemsPerPage"] == len(names)
    assert listed["schemas"] == [urns.LIST_RESPONSE]


def test_a_page_is_never_longer_than_announced(client: Client) -> None:
    for number in range(1010):
        client.user(f"user{number}")
    announced = client.get("/ServiceProviderConfig")["filter"]["maxResults"]
    assert client.get("/Users?count=5000&attributes=id")["itemsPerPage"] == announced == 1000
    assert client.get("/Users?attributes=id")["itemsPerPage"] == 100


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("sortBy=userName", ["ada", "Bob", "Eve"]),
        ("sortBy=userName&sortOrder=descending", ["Eve", "Bob", "ada"]),
        ("sortBy=name.familyName", ["ada", "Bob", "Eve"]),
        ("sortBy=emails.value", ["Eve", "Bob", "ada"]),
        ("sortBy=active", ["Eve", "Bob", "ada"]),
        ("sortBy=nosuch", ["Bob", "ada", "Eve"]),
        ("sortBy=meta.created&filter=active%20eq%20true&count=1&startIndex=2", ["ada"]),
    ],
)
def test_sorting(people: Client, query: str, names: list[str]) -> None:
    assert [user["userName"] for user in people.get(f"/Users?{query}")["Resources"]] == names


def test_a_listed_resource_is_as_complete_as_a_read_one(people: Client) -> None:
    assert people.get("/Users")["Resources"] == [people.get(f"/Users/id-{number}") for number in (1, 2, 3)]


def test_projection_of_lists(people: Client) -> None:
    assert people.get("/Users?attributes=userName&count=1")["Resources"] == [
        {"schemas": [urns.USER], "id": "id-1", "userName": "Bob"}
    ]
    assert "members" not in people.get("/Groups?excludedAttributes=members")["Resources"][0]
    assert people.get("/Users?attributes=id&excludedAttributes=name")["scimType"] == "invalidValue"


def test_the_root_lists_every_type(people: Client) -> None:
    assert [entry["id"] for entry in people.get("/")["Resources"]] == ["id-1", "id-2", "id-3", "id-4"]
    assert [entry["id"] for entry in people.get("/?startIndex=3&count=2")["Resources"]] == ["id-3", "id-4"]
    assert [entry["id"] for entry in people.get("/?startIndex=4&count=9")["Resources"]] == ["id-4"]
    assert people.get("/?startIndex=2&count=1")["totalResults"] == 4
    text = quote('userName eq "ada" or displayName eq "admins"')
    assert [entry["id"] for entry in people.get(f"?filter={text}")["Resources"]] == ["id-2", "id-4"]
    listed = people.get("/?sortBy=displayName&sortOrder=ascending&attributes=id")["Resources"]
    assert listed[0]["id"] == "id-4"


def test_a_query_that_too_many_match() -> None:
    profile = replace(read_profile("standard"), max_matches=2)
    client = Client(ReferenceServer(profile=profile, tokens=Tokens(("right",))))
    client.user("ada")
    client.user("bob")
    assert client.get("/Users")["totalResults"] == 2
    client.group("Admins")
    for target in ("/", "/?count=1", "/?cursor=", "/?filter=id%20pr", "/?sortBy=id"):
        answer = client.get(target)
        assert (client.last.status, answer["scimType"]) == (400, "tooMany")
    assert client.get("/?filter=displayName%20pr")["totalResults"] == 1


def test_search_is_the_same_as_get(people: Client) -> None:
    body = {
        "schemas": [urns.SEARCH_REQUEST],
        "filter": "active eq true",
        "attributes": ["userName"],
        "sortBy": "userName",
        "startIndex": 1,
        "count": 1,
    }
    asked = "/Users?filter=active%20eq%20true&attributes=userName&sortBy=userName&startIndex=1&count=1"
    assert people.send("POST", "/Users/.search", body) == people.get(asked)
    assert people.last.status == 200
    assert people.send("POST", "/.search", {"schemas": [urns.SEARCH_REQUEST]})["totalResults"] == 4
    far = {"schemas": [urns.SEARCH_REQUEST], "startIndex": 10**30, "count": 10**30}
    assert people.send("POST", "/Users/.search", far)["Resources"] == []
    assert people.send("POST", "/Users/.search", {"filter": "active eq true"})["scimType"] == "invalidSyntax"
