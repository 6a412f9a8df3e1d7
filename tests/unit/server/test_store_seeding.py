"""Made-up users: the same ones every time, each once, within the rules of the profile."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from scimctl.diagnostic import InputError
from scimctl.scim.attributes import read_resource
from scimctl.server.core import build
from scimctl.server.seeding import seed
from scimctl.server.sqlite_store import SqliteStore
from tests.unit.server.reference_client import Client


def users(client: Client) -> list[dict[str, Any]]:
    first = client.get("/Users?count=1000")
    found: list[dict[str, Any]] = first["Resources"]
    assert first["totalResults"] == len(found)
    return found


def test_the_users_are_those_that_requests_would_have_made(client: Client) -> None:
    assert seed(client.server.service, 300) == 300
    seeded = users(client)
    kind = client.server.service.kinds["User"]
    for user in seeded:
        record = client.server.service.store.get("User", user["id"])
        assert record is not None
        shown = {name: value for name, value in record.resource.items() if name not in ("id", "meta")}
        assert read_resource(record.resource, kind) == shown
    for unique in ("userName", "externalId", "id"):
        assert len({user[unique] for user in seeded}) == 300
    assert all(user["emails"][0]["value"].isascii() for user in seeded)
    assert sum(not user["active"] for user in seeded) == 15
    assert seeded[0]["userName"] == "ada.abara@people.example"
    assert client.found('userName eq "ADA.ABARA@people.example"') == ["ada.abara@people.example"]
    assert client.found('externalId eq "00u00000000000000299"') == [seeded[299]["userName"]]


def test_every_name_is_there_once(client: Client) -> None:
    seed(client.server.service, 3000)
    assert client.found('displayName eq "Ada Abara"') == ["ada.abara@people.example"]
    assert client.found('displayName eq "Chloé Abara-Berg"') == ["chloe.abara-berg@people.example"]
    shown = [record.resource["displayName"] for record in client.server.service.store.scan("User")]
    assert len(set(shown)) == client.server.service.store.count("User") == 3000


def test_two_servers_get_the_same_users(make: Callable[..., Client]) -> None:
    first, second = make(), make()
    seed(first.server.service, 50)
    seed(second.server.service, 50)
    assert users(first) == users(second)


def test_users_that_are_there_are_not_made_again(tmp_path: Path) -> None:
    for wanted, made in ((1200, 1200), (1200, 0), (2500, 1300)):
        store = SqliteStore(tmp_path / "data")
        seen: list[int] = []
        assert seed(build("standard", token="right", store=store).service, wanted, seen.append) == made
        assert seen == [min(end, wanted) for end in range(1000, wanted + 1000, 1000)]
        assert store.count("User") == wanted
        store.close()


def test_the_rules_of_the_profile_hold(make: Callable[..., Client]) -> None:
    client = make("wrike", seats=10)
    seed(client.server.service, 30)
    seeded = users(client)
    assert {user["userName"].partition("@")[2] for user in seeded} == {"scimctl.example"}
    assert {user["userType"] for user in seeded} == {"Regular"}
    assert [user["active"] for user in seeded] == [True] * 10 + [False] * 20
    assert [entry.event for entry in client.server.billed] == ["created"] * 30


def test_a_full_disk_is_told(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "data")
    store._execute(f"PRAGMA max_page_count = {store._execute('PRAGMA page_count')[0][0] + 600}")
    service = build("standard", token="right", store=store).service
    with pytest.raises(InputError, match=r"no more than 1000 users could be made: .* disk is full"):
        seed(service, 5000)
    assert store.count("User") == 1000
    store.close()


def test_a_profile_without_users_is_told(client: Client) -> None:
    service = client.server.service
    del service.kinds["User"]
    with pytest.raises(InputError, match="the profile standard has no users to make"):
        seed(service, 1)
