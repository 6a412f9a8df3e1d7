"""What every store does, whatever it keeps the resources in."""

import random
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scimctl.jsonvalue import Json
from scimctl.scim.errors import ScimError
from scimctl.server.memory_store import MemoryStore
from scimctl.server.sqlite_store import SqliteStore
from scimctl.server.store import EMAIL, ID, Billed, Record, Store


@pytest.fixture(params=["memory", "sqlite"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    made: Store = MemoryStore() if request.param == "memory" else SqliteStore(tmp_path / "data")
    yield made
    made.close()


def user(number: int | str, version: int = 1, **attributes: Json) -> Record:
    resource: dict[str, Json] = {"id": f"u{number}", "userName": f"name{number}", **attributes, "meta": {"x": version}}
    return Record(kind="User", id=f"u{number}", version=version, resource=resource)


def group(number: int, *members: str, version: int = 1) -> Record:
    entries: list[Json] = [{"value": member} for member in members]
    resource: dict[str, Json] = {"id": f"g{number}", "displayName": f"Team {number}", "members": entries, "meta": {}}
    return Record(kind="Group", id=f"g{number}", version=version, resource=resource)


def ids(records: list[Record]) -> list[str]:
    return [record.id for record in records]


def contents(store: Store) -> dict[str, object]:
    """Everything that can be seen of a store that holds the users 0 to 9 and the groups 0 to 4 at most."""
    kinds = ("User", "Group")
    every = [*(f"u{number}" for number in range(10)), *(f"g{number}" for number in range(5))]
    keys = [("userName", f"name{n}") for n in range(10)] + [("displayName", f"team {n}") for n in range(5)]
    keys += [(EMAIL, f"{letter}@x") for letter in "abc"] + [("externalId", letter) for letter in "AB"]
    return {
        "records": [[(each.id, each.version, each.resource) for each in store.scan(kind)] for kind in kinds],
        "ids": [store.ids(kind) for kind in kinds],
        "pages": [[ids(store.page(kind, first, 2)) for first in range(12)] for kind in kinds],
        "counts": [(store.count(kind), store.count_active(kind)) for kind in kinds],
        "groups": [ids(store.groups_of(each)) for each in every],
        "got": [[bool(store.get(kind, each)) for kind in kinds] + [bool(store.find_member(each))] for each in every],
        "found": [[ids(store.find(kind, *key)) for kind in kinds] for key in keys],
        "any": [ids(store.find_any(kind, keys)) for kind in kinds],
        "billed": store.billed(),
        "setting": store.setting("a"),
    }


def test_a_record_comes_back_as_it_was_put(store: Store) -> None:
    odd: Json = {"value": 'Zoë 😀 \x00 \\ "quoted"', "deep": [[{"n": 1.5}], None, True, 10**30]}
    store.put(user(1, version=7, odd=odd))
    found = store.get("User", "u1")
    assert found is not None
    assert (found.kind, found.id, found.version) == ("User", "u1", 7)
    assert found.resource == {"id": "u1", "userName": "name1", "odd": odd, "meta": {"x": 7}}
    assert list(found.resource)[-1] == "meta"
    assert found.encoded.endswith(b',"meta":{"x":7}}')


def test_a_record_is_found_by_its_type_and_id_alone(store: Store) -> None:
    store.put(user(1))
    assert store.get("Group", "u1") is None
    assert store.get("User", "U1") is None
    assert store.get("User", "\ud800") is None
    member = store.find_member("u1")
    assert member is not None
    assert member.kind == "User"
    assert store.find_member("u2") is None


def test_indexes_follow_changes(store: Store) -> None:
    store.put(user(1, displayName="Ada", externalId="X1", emails=[{"value": "A@x"}, {"value": "b@x"}, {"type": "w"}]))
    looked_up = [("userName", "name1"), ("displayName", "ada"), ("externalId", "X1"), (EMAIL, "a@x"), (EMAIL, "b@x")]
    assert [ids(store.find("User", *key)) for key in looked_up] == [["u1"]] * 5
    assert store.find("User", "externalId", "x1") == []
    assert store.find("Group", "displayName", "ada") == []
    changed = user(1, version=2, displayName="Ada", emails=[{"value": "b@x"}, {"value": "c@x"}])
    changed.resource["userName"] = "Other"
    store.put(changed)
    assert [ids(store.find("User", *key)) for key in looked_up] == [[], ["u1"], [], [], ["u1"]]
    assert ids(store.find("User", "userName", "other")) == ids(store.find("User", EMAIL, "c@x")) == ["u1"]
    store.remove(changed)
    assert store.find_any("User", [*looked_up, ("userName", "other"), (ID, "u1")]) == []


def test_several_records_of_one_key_come_oldest_first_and_once(store: Store) -> None:
    for number in (3, 1, 2):
        store.put(user(number, displayName="Same", emails=[{"value": "a@x"}]))
    store.put(user(3, version=2, displayName="Same"))
    assert ids(store.find("User", "displayName", "same")) == ["u3", "u1", "u2"]
    keys = [(ID, "u2"), (EMAIL, "a@x"), ("userName", "name3"), ("userName", "\ud800"), (ID, "g1")]
    assert ids(store.find_any("User", keys)) == ["u3", "u1", "u2"]
    store.remove(user(1))
    assert ids(store.find("User", "displayName", "same")) == ["u3", "u2"]
    assert store.find_any("User", []) == []


def test_the_order_is_that_of_creation_and_stays(store: Store) -> None:
    for number in (5, 1, 4, 2, 3):
        store.put(user(number))
    store.put(user(1, version=2))
    store.remove(user(4))
    store.put(user(4))
    assert ids(list(store.scan("User"))) == store.ids("User") == ["u5", "u1", "u2", "u3", "u4"]
    assert [record.version for record in store.page("User", 0, 2)] == [1, 2]


def test_pages_are_right_wherever_they_lie(store: Store) -> None:
    chosen = random.Random(1)
    with store.transaction():
        for number in range(5000):
            store.put(user(number))
        for number in chosen.sample(range(5000), 2000):
            store.remove(user(number))
        for number in range(5000, 5100):
            store.put(user(number))
    every = store.ids("User")
    assert len(every) == store.count("User") == 3100
    for first in [0, 1, 255, 256, 1000, 2047, 2048, 3000, 3099, *chosen.sample(range(3100), 20)]:
        assert ids(store.page("User", first, 50)) == every[first : first + 50]
    assert ids(store.page("User", 0, 4000)) == every
    assert store.page("User", 3100, 10) == store.page("User", 10**30, 10) == store.page("User", 0, 0) == []
    assert store.page("Group", 0, 10) == []


def test_active_records_are_counted(store: Store) -> None:
    assert store.count_active("User") == 0
    for number, active in enumerate([True, True, False, None, "true"]):
        store.put(user(number, active=active))
    assert (store.count("User"), store.count_active("User")) == (5, 2)
    store.put(user(2, version=2, active=True))
    store.put(user(0, version=2, active=True))
    assert store.count_active("User") == 3
    store.put(user(1, version=2, active=False))
    assert store.count_active("User") == 2
    store.remove(user(2))
    assert (store.count("User"), store.count_active("User"), store.count("Group")) == (4, 1, 0)


def test_groups_of_a_member_follow_changes(store: Store) -> None:
    store.put(user(1))
    store.put(group(1, "u1"))
    store.put(group(2, "u1", "g1"))
    assert ids(store.groups_of("u1")) == ["g1", "g2"]
    assert ids(store.groups_of("g1")) == ["g2"]
    store.put(group(1, version=2))
    store.remove(group(2))
    assert store.groups_of("u1") == store.groups_of("g1") == []
    store.put(group(1, "u1", version=3))
    assert [each.version for each in store.groups_of("u1")] == [3]


def test_what_is_not_there_can_be_removed(store: Store) -> None:
    store.remove(user(1))
    assert store.count("User") == 0


def test_settings_and_the_ledger_are_kept(store: Store) -> None:
    entries = tuple(Billed(when=f"2026-01-0{day}T00:00:00Z", user_id="u1", event="created") for day in (2, 1))
    for entry in entries:
        store.bill(entry)
    store.set_setting("token", "one")
    store.set_setting("token", "two")
    assert store.billed() == entries
    assert (store.setting("token"), store.setting("other")) == ("two", None)


def test_a_transaction_that_fails_leaves_no_trace(store: Store) -> None:
    store.put(user(0, active=True, emails=[{"value": "a@x"}]))
    store.put(user(1, externalId="A", displayName="Team 1"))
    store.put(group(0, "u0"))
    store.put(group(1, "u0", "u1"))
    store.set_setting("a", "before")
    before = contents(store)
    with pytest.raises(ScimError):
        _write_and_fail(store)
    assert contents(store) == before
    store.put(user(3))
    assert store.ids("User") == ["u0", "u1", "u3"]


def _write_and_fail(store: Store) -> None:
    with store.transaction():
        store.put(user(2, active=True))
        store.put(user(0, version=2, emails=[{"value": "b@x"}]))
        store.remove(group(0))
        store.put(group(1, "u1", "u2", version=2))
        with store.transaction():
            store.remove(user(1))
            store.put(user(1, externalId="B"))
        store.bill(Billed(when="", user_id="u0", event="created"))
        store.set_setting("a", "after")
        assert store.count("User") == 3
        raise ScimError(400, "no")


_STEPS = st.one_of(
    st.tuples(
        st.just("user"),
        st.integers(0, 9),
        st.fixed_dictionaries(
            {},
            optional={
                "active": st.booleans(),
                "displayName": st.sampled_from(["Team 1", "TEAM 2", ""]),
                "externalId": st.sampled_from(["A", "B"]),
                "emails": st.lists(st.sampled_from("abcABC").map(lambda one: {"value": f"{one}@x"}), max_size=3),
            },
        ),
    ),
    st.tuples(st.just("group"), st.integers(0, 4), st.lists(st.sampled_from(["u1", "u2", "g0", "g1"]), max_size=3)),
    st.tuples(st.sampled_from(["remove u", "remove g"]), st.integers(0, 9), st.none()),
    st.tuples(st.sampled_from(["begin", "fail", "end"]), st.just(0), st.none()),
)


def _take(store: Store, step: tuple[str, int, object], version: int) -> None:
    match step:
        case ("user", number, dict(attributes)):
            store.put(user(number, version, **attributes))
        case ("group", number, list(members)):
            store.put(group(number, *members, version=version))
        case ("remove u", number, _):
            store.remove(user(number))
        case ("remove g", number, _):
            store.remove(group(number))
        case _:
            assert step[0] in ("begin", "fail", "end")


def _play(store: Store, steps: list[tuple[str, int, object]]) -> None:
    """Takes the steps; what lies between `begin` and `fail` is undone, `end` or the next `begin` keeps it."""
    parts: list[list[tuple[str, int, object]]] = [[]]
    for step in steps:
        if step[0] == "begin":
            parts.append([])
        parts[-1].append(step)
    version = 0
    for part in parts:
        try:
            with store.transaction():
                for step in part:
                    version += 1
                    _take(store, step, version)
                    if step[0] == "fail":
                        raise ScimError(400, "no")
        except ScimError:
            pass


@given(st.lists(_STEPS, max_size=40))
@settings(max_examples=60, deadline=None)
def test_both_stores_show_the_same_after_any_history(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int, object]]
) -> None:
    memory, sqlite = MemoryStore(), SqliteStore(tmp_path_factory.mktemp("store") / "data")
    try:
        _play(memory, steps)
        _play(sqlite, steps)
        assert contents(memory) == contents(sqlite)
    finally:
        sqlite.close()


def test_only_one_thread_writes_at_a_time(store: Store) -> None:
    store.put(user(0, count=0))

    def add() -> None:
        for _ in range(50):
            with store.transaction():
                record = store.get("User", "u0")
                assert record is not None
                count = record.resource["count"]
                assert isinstance(count, int)
                store.put(user(0, version=record.version + 1, count=count + 1))

    threads = [threading.Thread(target=add) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    record = store.get("User", "u0")
    assert record is not None
    assert (record.version, record.resource["count"]) == (201, 200)
