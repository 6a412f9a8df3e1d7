"""Each fault of sorting: what the broken server does, and that the server without it does right."""

from collections.abc import Callable
from typing import Any

from scimctl.scim import urns
from tests.faults.pairs import Pair

Make = Callable[..., Pair]


def with_users(servers: Pair) -> Pair:
    for client in (servers.right, servers.wrong):
        for name, title in (("AEUSER", "b"), ("admin", "A"), ("AAUSER", "a")):
            client.user(name, title=title)
        client.user("nobody")
    return servers


def names(listed: Any) -> list[str]:
    return [each["userName"] for each in listed["Resources"]]


def test_sort_breaks_request(pair: Make) -> None:
    servers = with_users(pair("sort-breaks-request"))
    search = {"schemas": [urns.SEARCH_REQUEST], "sortBy": "userName"}

    assert servers.statuses("GET", "/Users?sortBy=userName") == (200, 501)
    assert servers.statuses("POST", "/Users/.search", search) == (200, 501)
    assert servers.statuses("GET", "/Users") == (200, 200)
    right, wrong = servers.both("GET", "/ServiceProviderConfig")
    assert (right["sort"], wrong["sort"]) == ({"supported": True}, {"supported": False})


def test_sort_wrong_collation(pair: Make) -> None:
    servers = with_users(pair("sort-wrong-collation"))

    right, wrong = servers.both("GET", "/Users?sortBy=userName")
    assert names(right) == ["AAUSER", "admin", "AEUSER", "nobody"]
    assert names(wrong) == ["AAUSER", "AEUSER", "admin", "nobody"]
    right, wrong = servers.both("GET", "/Users?sortBy=title&sortOrder=descending&attributes=userName")
    assert names(right) == ["nobody", "AEUSER", "admin", "AAUSER"]
    assert names(wrong) == ["nobody", "AEUSER", "AAUSER", "admin"]
    assert sorted(wrong["Resources"][0]) == ["id", "schemas", "userName"]
    assert names(servers.wrong.get("/Users?sortBy=meta.created")) == ["AEUSER", "admin", "AAUSER", "nobody"]


def test_sort_wrong_collation_pages(pair: Make) -> None:
    servers = with_users(pair("sort-wrong-collation"))
    search = {"schemas": [urns.SEARCH_REQUEST], "sortBy": "USERNAME", "startIndex": 2, "count": 2}

    right, wrong = servers.both("POST", "/Users/.search", search)
    assert names(right) == ["admin", "AEUSER"]
    assert names(wrong) == ["AEUSER", "admin"]
    assert {**right, "Resources": []} == {**wrong, "Resources": []}
