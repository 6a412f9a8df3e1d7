"""Ten thousand random steps: the server has what a simple model has, in memory and in a file."""

import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from scimctl.scim import urns
from scimctl.server.core import build
from scimctl.server.memory_store import MemoryStore
from scimctl.server.sqlite_store import SqliteStore
from scimctl.server.store import Store
from tests.unit.server.model import Model, Refused, Values, holds
from tests.unit.server.reference_client import Client

STEPS = 10_000
EXAMPLES = 220
"""Walks of fifty steps each that hypothesis makes; it ends a few early."""

WORDS = st.sampled_from(
    ["ada", "Ada", "ADA", "grace", "o'brien", 'quo"te', "back\\slash", "zoë", "ß", "日本", "a b", "42"]
)
TEXTS = st.one_of(WORDS, st.text("aB1 é", min_size=1, max_size=4).filter(str.strip))
NAMES = st.sampled_from(["ada", "ADA", "grace", "Grace", "alan", "o'brien", 'quo"te', "back\\slash", "mary"])
TEXT_PLACES = ["title", "nickName", "displayName", "externalId", "name.givenName", "name.familyName"]
FULL_NAME = st.fixed_dictionaries({}, optional={"givenName": TEXTS, "familyName": TEXTS}).filter(bool)
EMAIL = st.fixed_dictionaries(
    {"value": st.sampled_from(["a@x.example", "b@x.example"]), "type": st.sampled_from(["work", "home"])}
)
EMAILS = st.lists(EMAIL, min_size=1, max_size=3, unique_by=lambda email: (email["value"], email["type"]))
ATTRIBUTES = {
    "title": TEXTS,
    "nickName": TEXTS,
    "displayName": TEXTS,
    "externalId": TEXTS,
    "active": st.booleans(),
    "name": FULL_NAME,
    "emails": EMAILS,
}
USER = st.fixed_dictionaries({"userName": NAMES}, optional=ATTRIBUTES)


def _op(parts: tuple[str, str | None, Any]) -> Values:
    kind, path, value = parts
    return {"op": kind} | ({"path": path} if path is not None else {}) | ({"value": value} if kind != "remove" else {})


_KINDS = st.sampled_from(["add", "replace"])
_SETTABLE = [*ATTRIBUTES.items(), ("userName", NAMES), *((place, TEXTS) for place in TEXT_PLACES)]
OPERATION = st.one_of(
    *(st.tuples(_KINDS, st.just(place), values).map(_op) for place, values in _SETTABLE),
    st.tuples(_KINDS, st.none(), st.fixed_dictionaries({}, optional=ATTRIBUTES).filter(bool)).map(_op),
    st.tuples(st.just("replace"), st.just('emails[type eq "work"].value'), st.just("c@x.example")).map(_op),
    st.tuples(st.just("remove"), st.sampled_from([*TEXT_PLACES, "name", "emails", "userName"]), st.none()).map(_op),
)
PLACES = st.sampled_from([*TEXT_PLACES, "userName"])
OPERATORS = st.sampled_from(["eq", "ne", "co", "sw", "ew", "pr"])
COMPARISON = st.tuples(PLACES, OPERATORS, TEXTS)
TWISTS: dict[str, Callable[[str], str]] = {
    "same": lambda text: text,
    "upper": str.upper,
    "lower": str.lower,
    "start": lambda text: text[:2],
    "end": lambda text: text[-2:],
    "middle": lambda text: text[1:-1] or text,
    "longer": lambda text: text + "x",
}


def written(comparison: tuple[str, str, str]) -> str:
    place, operator, text = comparison
    return f"{place} pr" if operator == "pr" else f"{place} {operator} {json.dumps(text)}"


class Walk(RuleBasedStateMachine):
    """Does everything twice, to the server and to the model, and compares."""

    store: Callable[[], Store] = MemoryStore
    steps = 0
    users: Bundle[str] = Bundle("users")
    groups: Bundle[str] = Bundle("groups")

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.held = type(self).store()
        self.client = Client(build("standard", token="right", store=self.held))

    def teardown(self) -> None:
        self.held.close()

    @rule(target=users, values=USER)
    def create(self, values: Values) -> Any:
        answer = self.client.send("POST", "/Users", {"schemas": [urns.USER], **values})
        made = self.client.last.status == 201
        self.same(answer, 201, lambda: self.model.create_user(answer["id"] if made else "none", values))
        return answer["id"] if made else multiple()

    @rule(user_id=users, values=USER)
    def replace(self, user_id: str, values: Values) -> None:
        answer = self.client.send("PUT", f"/Users/{user_id}", {"schemas": [urns.USER], **values})
        self.same(answer, 200, lambda: self.model.replace_user(user_id, values))

    @rule(user_id=users, operations=st.lists(OPERATION, min_size=1, max_size=3))
    def patch(self, user_id: str, operations: list[Values]) -> None:
        answer = self.client.patch(f"/Users/{user_id}", *operations)
        self.same(answer, 200, lambda: self.model.patch_user(user_id, operations))

    @rule(user_id=consumes(users))
    def delete(self, user_id: str) -> None:
        self.same(self.client.send("DELETE", f"/Users/{user_id}"), 204, lambda: self.model.delete_user(user_id))
        assert self.client.get(f"/Users/{user_id}")["status"] == "404"

    @rule(target=groups, name=TEXTS, members=st.lists(users, max_size=3))
    def create_group(self, name: str, members: list[str]) -> str:
        group = self.client.group(name, *members)
        self.model.groups[group["id"]] = {"displayName": name, "members": []}
        self.model.set_members(group["id"], members)
        return str(group["id"])

    @rule(group_id=groups, members=st.lists(users, max_size=3), kind=st.sampled_from(["add", "replace", "remove"]))
    def change_members(self, group_id: str, members: list[str], kind: str) -> None:
        held = self.model.group(group_id)["members"]
        if kind == "remove":
            operations = [{"op": "remove", "path": f'members[value eq "{member}"]'} for member in members]
            wanted = [member for member in held if member not in members]
        else:
            operations = [{"op": kind, "path": "members", "value": [{"value": member} for member in members]}]
            wanted = [*held, *members] if kind == "add" else members
        if operations:
            self.client.patch(f"/Groups/{group_id}", *operations)
            assert self.client.last.status == 200
            self.model.set_members(group_id, wanted)

    @rule(group_id=consumes(groups))
    def delete_group(self, group_id: str) -> None:
        self.client.ok("DELETE", f"/Groups/{group_id}")
        del self.model.groups[group_id]

    @rule(first=COMPARISON, second=COMPARISON, form=st.sampled_from(["{}", "not ({})", "{} and {}", "{} or {}"]))
    def find(self, first: tuple[str, str, str], second: tuple[str, str, str], form: str) -> None:
        text = form.format(written(first), written(second))
        tests: dict[str, Callable[[Values], bool]] = {
            "{}": lambda user: holds(user, *first),
            "not ({})": lambda user: not holds(user, *first),
            "{} and {}": lambda user: holds(user, *first) and holds(user, *second),
            "{} or {}": lambda user: holds(user, *first) or holds(user, *second),
        }
        answer = self.client.ok("GET", f"/Users?filter={quote(text)}")
        assert [user["id"] for user in answer["Resources"]] == self.model.matching(tests[form])

    @rule(user_id=users, place=PLACES, operator=OPERATORS, twist=st.sampled_from(sorted(TWISTS)))
    def find_like(self, user_id: str, place: str, operator: str, twist: str) -> None:
        """A search for what somebody has, or nearly has."""
        outer, _, inner = place.partition(".")
        value = self.model.user(user_id).get(outer, "nobody")
        text = TWISTS[twist](value.get(inner, "nobody") if isinstance(value, dict) else value)
        self.find_where((place, operator, text))

    def find_where(self, comparison: tuple[str, str, str]) -> None:
        answer = self.client.ok("GET", f"/Users?filter={quote(written(comparison))}")
        wanted = self.model.matching(lambda user: holds(user, *comparison))
        assert [user["id"] for user in answer["Resources"]] == wanted

    @rule(start=st.integers(-1, 12), count=st.integers(-1, 8))
    def page(self, start: int, count: int) -> None:
        answer = self.client.ok("GET", f"/Users?startIndex={start}&count={count}")
        ids, first = list(self.model.users), max(start, 1) - 1
        assert answer["totalResults"] == len(ids)
        assert [user["id"] for user in answer["Resources"]] == ids[first : first + max(count, 0)]

    @invariant()
    def count(self) -> None:
        type(self).steps += 1

    @invariant()
    def everybody_is_as_in_the_model(self) -> None:
        users = self.client.ok("GET", "/Users?count=1000")["Resources"]
        assert {user["id"]: attributes(user) for user in users} == self.model.users
        shown = {user["id"]: {group["value"] for group in user.get("groups", [])} for user in users}
        assert shown == {user_id: self.model.groups_of(user_id) for user_id in self.model.users}
        groups = self.client.ok("GET", "/Groups?count=1000")["Resources"]
        members = {group["id"]: [member["value"] for member in group.get("members", [])] for group in groups}
        assert members == {group_id: group["members"] for group_id, group in self.model.groups.items()}

    def same(self, answer: Any, status: int, expected: Callable[[], Values | None]) -> None:
        """Compares an answer with what the model does, be it a refusal."""
        values: Values | None = None
        told: tuple[int, str | None] = (status, None)
        try:
            values = expected()
        except Refused as refused:
            told = refused.told
        assert (self.client.last.status, (answer or {}).get("scimType")) == told, answer
        assert values is None or attributes(answer) == values


def attributes(user: Values) -> Values:
    """What the model knows of a user."""
    return {name: value for name, value in user.items() if name not in ("schemas", "id", "meta", "groups")}


def walk(store: Callable[[], Store]) -> int:
    """Walks with stores that are made so, and returns the number of steps."""
    machine = type("Walk", (Walk,), {"store": staticmethod(store), "steps": 0})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
    return machine.steps


def test_the_store_in_memory_differs_in_no_step() -> None:
    assert walk(MemoryStore) >= STEPS


@pytest.mark.slow
def test_the_store_in_a_file_differs_in_no_step() -> None:
    with tempfile.TemporaryDirectory() as folder:
        numbers = iter(range(10**9))
        assert walk(lambda: SqliteStore(Path(folder) / f"{next(numbers)}.sqlite")) >= STEPS
