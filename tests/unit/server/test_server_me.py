"""`/Me` of the reference server: the user for whom a token stands."""

from collections.abc import Callable

import pytest

from scimctl.scim import urns
from tests.unit.server.reference_client import BASE_URL, Client

LOCATION = f"{BASE_URL}/Users/id-2"


@pytest.fixture
def ada(make: Callable[..., Client]) -> Client:
    """A client whose token stands for the second of two users."""
    client = make(me="ADA")
    client.user("bob")
    client.user("ada")
    return client


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE"])
def test_a_token_that_stands_for_nobody(client: Client, method: str) -> None:
    client.user("ada")
    assert client.send(method, "/Me")["status"] == "501"
    assert client.get("/Users")["totalResults"] == 1


def test_it_is_the_user_itself(ada: Client) -> None:
    assert ada.get("/Me") == ada.get("/Users/id-2")
    assert ada.get("/Me?attributes=userName") == {"schemas": [urns.USER], "id": "id-2", "userName": "ada"}
    assert (ada.last.status, ada.last.headers.get("Location")) == (200, LOCATION)
    assert ada.send("HEAD", "/Me") is None
    assert ada.last.headers.get("Location") == LOCATION


def test_every_change_is_one_of_the_user(ada: Client) -> None:
    ada.ok("PUT", "/Me", {"schemas": [urns.USER], "userName": "Ada", "title": "Countess"})
    assert ada.last.headers.get("Location") == LOCATION
    ada.patch("/Me", {"op": "add", "path": "nickName", "value": "A"})
    assert (ada.last.status, ada.last.headers.get("Location")) == (200, LOCATION)
    user = ada.get("/Users/id-2")
    assert (user["userName"], user["title"], user["nickName"]) == ("Ada", "Countess", "A")
    ada.ok("DELETE", "/Me")
    assert (ada.last.status, ada.last.headers.get("Location")) == (204, LOCATION)
    assert ada.get("/Me")["status"] == "404"
    assert ada.found("userName pr") == ["bob"]


def test_refusals_and_conditions_name_the_user_too(ada: Client) -> None:
    assert ada.patch("/Me", {"op": "add", "path": "nosuch", "value": 1})["scimType"] == "invalidPath"
    assert (ada.last.status, ada.last.headers.get("Location")) == (400, LOCATION)
    assert ada.send("DELETE", "/Me", If_Match='W/"9"')["status"] == "412"
    assert ada.last.headers.get("Location") == LOCATION
    ada.get("/Me", If_None_Match='W/"1"')
    assert (ada.last.status, ada.last.headers.get("Location")) == (304, LOCATION)


def test_nobody_is_created_through_it(ada: Client) -> None:
    assert ada.send("POST", "/Me", {"schemas": [urns.USER], "userName": "eve"})["status"] == "501"
    assert ada.get("/Users")["totalResults"] == 2


def test_a_token_that_may_only_read_may_not_change_it(ada: Client) -> None:
    assert ada.as_token("reader").get("/Me")["id"] == "id-2"
    assert ada.as_token("reader").send("DELETE", "/Me")["status"] == "403"
    assert ada.as_token(None).get("/Me")["status"] == "401"
