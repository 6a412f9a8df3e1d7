"""Paging by cursor on the reference server (RFC 9865)."""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest

from scimctl.scim import urns
from scimctl.scim.errors import ScimError
from scimctl.server.core import build
from scimctl.server.cursors import MAX_WALKS, Cursors
from tests.unit.server.reference_client import Client


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 1, 2, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def people(client: Client) -> Client:
    """Users a to g."""
    for name in "abcdefg":
        client.user(name)
    return client


def page(client: Client, target: str = "/Users", **parameters: object) -> Any:
    return client.get(f"{target}?{urlencode(parameters)}")


def names(listed: Any) -> str:
    return "".join(user["userName"] for user in listed["Resources"])


def walk(client: Client, **parameters: object) -> list[str]:
    """The names on each page, from the first to the last."""
    listed = page(client, cursor="", **parameters)
    found = [names(listed)]
    while "nextCursor" in listed:
        listed = page(client, cursor=listed["nextCursor"], **parameters)
        found.append(names(listed))
    return found


def test_the_configuration_announces_it(client: Client, make: Callable[..., Client]) -> None:
    assert client.get("/ServiceProviderConfig")["pagination"] == {
        "cursor": True,
        "index": True,
        "defaultPaginationMethod": "index",
        "defaultPageSize": 100,
        "maxPageSize": 1000,
        "cursorTimeout": 600,
    }
    assert "pagination" not in make("wrike").get("/ServiceProviderConfig")


def test_a_profile_without_cursors_does_not_know_the_parameter(make: Callable[..., Client]) -> None:
    client = make("wrike")
    client.user("ada@scimctl.example")
    client.user("bob@scimctl.example")
    listed = page(client, cursor="nonsense", count=1)
    assert (listed["totalResults"], listed["startIndex"], listed["itemsPerPage"]) == (2, 1, 1)


def test_the_walk_is_that_of_the_index(people: Client) -> None:
    assert walk(people, count=3) == ["abc", "def", "g"]
    assert walk(people, count=7) == ["abcdefg"]
    assert walk(people, count=1) == list("abcdefg")
    assert walk(people) == ["abcdefg"]
    assert walk(people, count=2, filter='userName gt "b"', sortBy="userName", sortOrder="descending") == [
        "gf",
        "ed",
        "c",
    ]


def test_what_each_page_tells(people: Client) -> None:
    first = page(people, cursor="", count=3)
    assert first.keys() == {"schemas", "totalResults", "itemsPerPage", "nextCursor", "Resources"}
    assert (first["totalResults"], first["itemsPerPage"]) == (7, 3)
    second = page(people, cursor=first["nextCursor"], count=3)
    assert {"nextCursor", "previousCursor"} < second.keys()
    last = page(people, cursor=second["nextCursor"], count=3)
    assert (last["totalResults"], last["itemsPerPage"]) == (7, 1)
    assert "nextCursor" not in last
    back = page(people, cursor=last["previousCursor"], count=3)
    assert names(back) == "def"
    again = page(people, cursor=back["previousCursor"], count=3)
    assert again == first
    assert re.fullmatch(r"[A-Za-z0-9._~-]+", first["nextCursor"])


def test_the_first_page_has_an_empty_cursor_or_a_bare_one(people: Client) -> None:
    empty, bare = people.get("/Users?cursor=&count=3"), people.get("/Users?cursor&count=3")
    assert names(empty) == names(bare) == "abc"
    assert names(page(people, cursor=bare["nextCursor"], count=3)) == "def"
    assert "previousCursor" not in empty.keys() | bare.keys()


@pytest.mark.parametrize("count", [1, 3, 6, 7, 8])
def test_no_page_is_longer_than_asked_for(people: Client, count: int) -> None:
    walked = walk(people, count=count)
    assert max(map(len, walked)) == min(count, 7)
    assert "".join(walked) == "abcdefg"


def test_a_list_without_the_parameter_is_paged_by_index(people: Client) -> None:
    listed = page(people, count=3)
    assert listed["startIndex"] == 1
    assert not listed.keys() & {"nextCursor", "previousCursor"}
    assert page(people, startIndex=1, cursor="")["scimType"] == "invalidValue"


def test_a_walk_is_not_moved_by_changes(people: Client) -> None:
    first = page(people, cursor="", count=3, sortBy="userName")
    people.user("aa")
    people.user("z")
    people.ok("DELETE", "/Users/id-1")
    people.ok("DELETE", "/Users/id-5")
    people.patch("/Users/id-4", {"op": "replace", "path": "title", "value": "now"})
    second = page(people, cursor=first["nextCursor"], count=3, sortBy="userName")
    assert (names(second), second["itemsPerPage"], second["totalResults"]) == ("df", 2, 7)
    assert second["Resources"][0]["title"] == "now"
    last = page(people, cursor=second["nextCursor"], count=3, sortBy="userName")
    assert names(last) == "g"


def test_count_zero_tells_the_total_alone(people: Client) -> None:
    for count in (0, -4):
        listed = page(people, cursor="", count=count)
        assert (listed["totalResults"], listed["Resources"]) == (7, [])
        assert not listed.keys() & {"nextCursor", "previousCursor"}


@pytest.mark.parametrize("count", ["1001", "ten", "1.5", ""])
def test_a_count_that_cannot_be(people: Client, count: str) -> None:
    answer = page(people, cursor="", count=count)
    assert (people.last.status, answer["scimType"]) == (400, "invalidCount")


@pytest.mark.parametrize("cursor", ["x", "none", "é", "A" * 40, "%", "-" * 5000])
def test_a_forged_cursor(people: Client, cursor: str) -> None:
    answer = page(people, cursor=cursor, count=3)
    assert (people.last.status, answer["scimType"]) == (400, "invalidCursor")


def test_a_cursor_that_was_changed(people: Client) -> None:
    raw = bytearray(base64.urlsafe_b64decode(page(people, cursor="", count=3)["nextCursor"]))
    for at in range(len(raw)):
        changed = bytes([*raw[:at], raw[at] ^ 1, *raw[at + 1 :]])
        cursor = base64.urlsafe_b64encode(changed).decode()
        assert page(people, cursor=cursor, count=3)["scimType"] == "invalidCursor"


@pytest.mark.parametrize(
    "other",
    [{"count": 2}, {"filter": "active eq true"}, {"sortBy": "userName"}, {"attributes": "userName"}],
    ids=["count", "filter", "sortBy", "attributes"],
)
def test_other_parameters_need_another_cursor(people: Client, other: dict[str, object]) -> None:
    cursor = page(people, cursor="", count=3)["nextCursor"]
    assert page(people, **({"count": 3, "cursor": cursor} | other))["scimType"] == "invalidCursor"
    assert page(people, "/Groups", count=3, cursor=cursor)["scimType"] == "invalidCursor"


def test_a_cursor_is_its_owners_alone(people: Client) -> None:
    cursor = page(people, cursor="", count=3)["nextCursor"]
    answer = page(people.as_token("reader"), cursor=cursor, count=3)
    assert answer["scimType"] == "invalidCursor"
    assert "Resources" not in answer
    people.get(f"/Users?count=3&cursor={cursor}", Authorization="bearer right")
    assert people.last.status == 200


def test_cursors_expire_when_they_are_not_used() -> None:
    clock = Clock()
    client = Client(build("standard", token="right", clock=clock))
    for name in "abc":
        client.user(name)
    first = page(client, cursor="", count=1)
    clock.advance(600)
    second = page(client, cursor=first["nextCursor"], count=1)
    assert names(second) == "b"
    clock.advance(600)
    assert names(page(client, cursor=second["nextCursor"], count=1)) == "c"
    clock.advance(600.001)
    answer = page(client, cursor=second["nextCursor"], count=1)
    assert (client.last.status, answer["scimType"]) == (400, "expiredCursor")


def test_the_oldest_walk_makes_room(people: Client) -> None:
    cursors = [page(people, cursor="", count=3)["nextCursor"] for _ in range(MAX_WALKS)]
    assert names(page(people, cursor=cursors[0], count=3)) == "def"
    page(people, cursor="", count=3)
    assert names(page(people, cursor=cursors[0], count=3)) == "def"
    assert page(people, cursor=cursors[1], count=3)["scimType"] == "expiredCursor"


def test_large_results_make_room_for_each_other() -> None:
    cursors = Cursors(600, Clock(), max_ids=5)
    kept = [cursors.cursor(cursors.begin(["id"] * size), 0, "") for size in (2, 2, 2)]
    assert [len(cursors.resume(cursor, "")[2]) for cursor in kept[1:]] == [2, 2]
    with pytest.raises(ScimError, match="was not used for 600 s, or newer"):
        cursors.resume(kept[0], "")
    huge = cursors.cursor(cursors.begin(["id"] * 9), 0, "")
    assert len(cursors.resume(huge, "")[2]) == 9
    with pytest.raises(ScimError):
        cursors.resume(kept[2], "")


@pytest.mark.parametrize("target", ["/Users/.search", "/.search"])
def test_search_requests(people: Client, target: str) -> None:
    body: dict[str, object] = {"schemas": [urns.SEARCH_REQUEST], "filter": "userName pr", "count": 4, "cursor": ""}
    first = people.send("POST", target, body)
    second = people.send("POST", target, body | {"cursor": first["nextCursor"]})
    assert (people.last.status, names(first), names(second)) == (200, "abcd", "efg")
    assert people.send("POST", target, body | {"count": "four"})["scimType"] == "invalidCount"
    assert people.send("POST", target, body | {"cursor": 5})["scimType"] == "invalidValue"


def test_the_root_is_walked_over_all_types(people: Client) -> None:
    people.group("Admins", "id-1")
    first = page(people, "/", cursor="", count=6)
    second = page(people, "/", cursor=first["nextCursor"], count=6)
    assert [entry["id"] for entry in second["Resources"]] == ["id-7", "id-8"]
