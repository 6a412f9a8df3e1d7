"""Each fault of lists and paging: what the broken server does, and that the server without it does right."""

from collections.abc import Callable
from typing import Any

import pytest

from scimctl.scim import urns
from tests.faults.pairs import Pair

Make = Callable[..., Pair]
NOBODY = "filter=userName%20eq%20%22nobody%22"
NONE_MATCH = {"schemas": [urns.SEARCH_REQUEST], "filter": 'userName eq "nobody"'}


def with_users(servers: Pair, count: int) -> Pair:
    for client in (servers.right, servers.wrong):
        for number in range(1, count + 1):
            client.user(f"u{number}")
    return servers


def names(listed: Any) -> list[str]:
    return [each["userName"] for each in listed["Resources"]]


def numbered(first: int, last: int) -> list[str]:
    return [f"u{number}" for number in range(first, last + 1)]


def searching(**query: object) -> dict[str, object]:
    return {"schemas": [urns.SEARCH_REQUEST], **query}


def test_empty_list_404(pair: Make) -> None:
    servers = pair("empty-list-404")

    assert servers.statuses("GET", f"/Users?{NOBODY}") == (200, 404)
    assert servers.statuses("POST", "/Users/.search", NONE_MATCH) == (200, 404)
    assert servers.statuses("GET", "/Groups?filter=displayName%20eq%20%22none%22") == (200, 404)
    assert servers.statuses("GET", "/Users") == (200, 200)
    with_users(servers, 1)
    assert servers.statuses("GET", f"/Users?{NOBODY}") == (200, 404)
    assert servers.wrong.found('userName eq "u1"') == ["u1"]


def test_empty_list_not_a_list_response(pair: Make) -> None:
    servers = pair("empty-list-not-a-listresponse")

    right, wrong = servers.both("GET", "/Users?startIndex=1&count=2")
    assert (right["totalResults"], wrong) == (0, [])
    with_users(servers, 1)
    for method, target, body in (("GET", f"/Users?{NOBODY}", None), ("POST", "/Users/.search", NONE_MATCH)):
        assert servers.both(method, target, body)[1] == []
    assert servers.wrong.get("/Users?count=0")["totalResults"] == 1
    assert servers.wrong.get("/Users?startIndex=9")["totalResults"] == 1


def test_empty_list_without_resources(pair: Make) -> None:
    servers = with_users(pair("empty-list-without-Resources"), 1)

    right, wrong = servers.both("GET", f"/Users?{NOBODY}")
    assert right["Resources"] == []
    assert wrong == {"schemas": [urns.LIST_RESPONSE], "totalResults": 0}
    assert servers.wrong.get("/Users?startIndex=9")["Resources"] == []


def test_list_hides_inactive(pair: Make) -> None:
    servers = with_users(pair("list-hides-inactive"), 4)
    for client in (servers.right, servers.wrong):
        client.patch("/Users/id-2", {"op": "replace", "value": {"active": False}})
        client.group("Engines")

    right, wrong = servers.both("GET", "/Users?attributes=userName&count=2")
    assert (right["totalResults"], names(right)) == (4, ["u1", "u2"])
    assert (wrong["totalResults"], names(wrong)) == (3, ["u1", "u3"])
    assert sorted(wrong["Resources"][0]) == ["id", "schemas", "userName"]
    assert (servers.right.found('userName eq "u2"'), servers.wrong.found('userName eq "u2"')) == (["u2"], [])
    right, wrong = servers.both("POST", "/Users/.search", searching(filter="active eq false"))
    assert (names(right), names(wrong)) == (["u2"], [])
    assert servers.wrong.get("/Users/id-2")["active"] is False
    assert servers.wrong.get("/Groups")["totalResults"] == 1
    right, wrong = servers.both("GET", "/Users?cursor&count=2")
    assert (names(right), names(wrong)) == (["u1", "u2"], ["u1"])


def test_list_hides_inactive_where_filters_are_few(pair: Make) -> None:
    servers = pair("list-hides-inactive", profile="wrike")
    for client in (servers.right, servers.wrong):
        client.user("ada@scimctl.example", active=False)

    lookup = 'userName eq "ada@scimctl.example"'
    assert (servers.right.found(lookup), servers.wrong.found(lookup)) == (["ada@scimctl.example"], [])


def test_list_silently_truncated(pair: Make) -> None:
    servers = with_users(pair("list-silently-truncated"), 103)

    right, wrong = servers.both("GET", "/Users?startIndex=101&count=100")
    assert (right["totalResults"], names(right)) == (103, numbered(101, 103))
    assert (wrong["totalResults"], names(wrong)) == (100, [])
    right, wrong = servers.both("POST", "/Users/.search", searching(startIndex=99, count=4))
    assert (right["totalResults"], names(right)) == (103, numbered(99, 102))
    assert (wrong["totalResults"], names(wrong)) == (100, numbered(99, 100))
    assert servers.wrong.get("/Users?startIndex=1&count=200")["itemsPerPage"] == 100
    assert servers.wrong.found('userName eq "u103"') == ["u103"]


def test_list_contains_foreign_users(pair: Make) -> None:
    servers = with_users(pair("list-contains-foreign-users"), 1)

    right, wrong = servers.both("GET", "/Users")
    assert names(right) == ["u1"]
    (foreign,) = (user for user in wrong["Resources"] if user["userName"] != "u1")
    target = f"/Users/{foreign['id']}"
    assert servers.statuses("GET", target) == (404, 404)
    assert servers.wrong.patch(target, {"op": "replace", "path": "active", "value": False})["active"] is False
    assert servers.wrong.found("active eq false") == [foreign["userName"]]
    assert servers.statuses("DELETE", target) == (404, 204)
    assert names(servers.wrong.get("/Users")) == ["u1"]


def test_page_order_unstable(pair: Make) -> None:
    servers = with_users(pair("page-order-unstable"), 6)

    pages = [servers.both("GET", f"/Users?startIndex={start}&count=2") for start in (1, 3, 5)]
    assert [name for right, _ in pages for name in names(right)] == numbered(1, 6)
    assert [name for _, wrong in pages for name in names(wrong)] == ["u1", "u2", "u4", "u5", "u1", "u2"]
    assert all(wrong["totalResults"] == 6 for _, wrong in pages)
    assert names(servers.wrong.get("/Users?sortBy=userName")) == numbered(1, 6)
    assert servers.wrong.found('userName eq "u6"') == ["u6"]


def test_paging_per_store(pair: Make) -> None:
    servers = with_users(pair("paging-per-store"), 6)

    right, wrong = servers.both("GET", "/Users?startIndex=3&count=10")
    assert names(right) == numbered(3, 6)
    assert names(wrong) == ["u5", "u6"]
    right, wrong = servers.both("POST", "/Users/.search", searching(count=1))
    assert (names(right), names(wrong)) == (["u1"], ["u1", "u2"])
    assert (wrong["totalResults"], wrong["itemsPerPage"]) == (6, 2)
    assert servers.wrong.found('userName eq "u6"') == ["u6"]


def test_start_index_ignored(pair: Make) -> None:
    servers = with_users(pair("startIndex-ignored"), 3)

    for method, target, body in (
        ("GET", "/Users?startIndex=3&count=4", None),
        ("GET", "/Users?startIndex=3", None),
        ("POST", "/Users/.search", searching(startIndex=3, count=3)),
    ):
        right, wrong = servers.both(method, target, body)
        assert (names(right), names(wrong)) == (["u3"], numbered(1, 3))
    assert names(servers.wrong.get("/Users?startIndex=3&count=2")) == ["u3"]


def test_items_per_page_echoes_count(pair: Make) -> None:
    servers = with_users(pair("itemsPerPage-echoes-count"), 2)

    right, wrong = servers.both("GET", "/Users?startIndex=1&count=100")
    assert (right["itemsPerPage"], wrong["itemsPerPage"]) == (2, 100)
    assert names(wrong) == names(right)
    right, wrong = servers.both("POST", "/Users/.search", searching(count=5))
    assert (right["itemsPerPage"], wrong["itemsPerPage"]) == (2, 5)
    assert servers.wrong.get("/Users")["itemsPerPage"] == 2


@pytest.mark.parametrize("query", ["startIndex=0&count=2", "startIndex=-1"])
def test_start_index_0(pair: Make, query: str) -> None:
    servers = with_users(pair("startIndex-0-rejected-or-wrong"), 2)

    assert servers.statuses("GET", f"/Users?{query}") == (200, 500)
    assert servers.statuses("POST", "/Users/.search", searching(startIndex=0)) == (200, 500)
    assert servers.statuses("GET", "/Users?startIndex=1") == (200, 200)
    assert servers.statuses("GET", "/Users?startIndex=abc") == (400, 400)


def test_count_negative(pair: Make) -> None:
    servers = with_users(pair("count-negative"), 2)

    for method, target, body in (("GET", "/Users?count=-5", None), ("POST", "/Users/.search", searching(count=-1))):
        right, wrong = servers.both(method, target, body)
        assert (right["totalResults"], names(right)) == (2, [])
        assert (wrong["totalResults"], names(wrong)) == (2, ["u1", "u2"])
    assert names(servers.wrong.get("/Users?count=1")) == ["u1"]
    assert names(servers.wrong.get("/Users?count=0")) == []


def test_count_zero_treated_as_default(pair: Make) -> None:
    servers = with_users(pair("count-zero-treated-as-default"), 2)

    for method, target, body in (("GET", "/Users?count=0", None), ("POST", "/Users/.search", searching(count=0))):
        right, wrong = servers.both(method, target, body)
        assert (names(right), names(wrong)) == ([], ["u1", "u2"])
    assert names(servers.wrong.get("/Users?count=-1")) == []


@pytest.mark.parametrize("query", ["startIndex=abc", "count=", "count=x"])
def test_paging_not_numeric_500(pair: Make, query: str) -> None:
    servers = with_users(pair("paging-nonnumeric-500"), 1)

    assert servers.statuses("GET", f"/Users?{query}") == (400, 500)
    assert servers.statuses("POST", "/Users/.search", searching(count="x")) == (400, 500)
    assert servers.statuses("GET", "/Users?filter=broken&count=2") == (400, 400)
    assert names(servers.wrong.get("/Users?startIndex=1&count=2")) == ["u1"]
