"""Matching answers against expectations: each matcher holds and breaks, with the problem's facts."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimctl.finding import Problem
from scimctl.jsonvalue import Json
from scimctl.scenario.matchers import MATCHERS, MAX_REGEX_INPUT, MISSING, is_matcher, match, member
from scimctl.validation import Validator

USER_URN = "urn:ietf:params:scim:schemas:core:2.0:User"
ERROR: Json = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "404", "detail": "x"}
USER: Json = {
    "schemas": [USER_URN],
    "id": "1",
    "userName": "ada",
    "meta": {
        "resourceType": "User",
        "created": "2026-01-01T00:00:00Z",
        "lastModified": "2026-01-01T00:00:00Z",
        "location": "https://x.example/Users/1",
    },
}

HOLDS: list[tuple[Json, Json]] = [
    ("a", "a"),
    (1, 1.0),
    (None, None),
    (None, []),
    ([], None),
    ({"a": 1}, {"a": 1, "b": 2}),
    ({"username": "x"}, {"userName": "x"}),
    ({"a": {"b": 1}}, {"a": {"b": 1, "c": 2}}),
    ({"a": None}, {}),
    ({"a": []}, {}),
    ([{"a": 1}, 2], [{"a": 1, "b": 2}, 2]),
    ({"$ref": "x"}, {"$ref": "x"}),
    ({"$type": "string"}, "x"),
    ({"$type": ["string", "null"]}, None),
    ({"$type": "integer"}, 1),
    ({"$type": "number"}, 1.5),
    ({"$type": "boolean"}, True),
    ({"$type": "array"}, []),
    ({"$type": "object"}, {}),
    ({"$type": "dateTime"}, "2026-01-31T10:00:00.5Z"),
    ({"$regex": "^a.c"}, "abcd"),
    ({"a": {"$absent": True}}, {}),
    ({"$absent": True}, []),
    ({"$absent": False}, ""),
    ({"$any_of": [1, "a", {"$type": "boolean"}]}, False),
    ({"$unordered": [{"a": 1}, {}]}, [{"b": 1}, {"a": 1}]),
    ({"$unordered": []}, None),
    ({"$contains": {"a": 1}}, [{"b": 1}, {"a": 1, "c": 2}]),
    ({"$contains": [1, 2]}, [2, 3, 1]),
    ({"$contains": "part"}, "a part of it"),
    ({"$count": 2}, [1, 2]),
    ({"a": {"$count": 0}}, {}),
    ({"$count": {"$at_least": 1}}, [1, 2]),
    ({"$schema": "error"}, ERROR),
    ({"$schema": USER_URN}, USER),
    ({"$ci": "ADA"}, "ada"),
    ({"$not": 1}, 2),
    ({"a": {"$not": "x"}}, {}),
    ({"$exactly": {"a": [1]}}, {"a": [1]}),
    ({"a": {"$exactly": None}}, {"a": None}),
    ({"$at_least": 1}, 1),
    ({"$at_most": 1.5}, 1),
    ({"$type": "string", "$regex": "a"}, "a"),
]

BREAKS: list[tuple[Json, Json, Problem]] = [
    ("a", "b", Problem('"a"', '"b"', "")),
    (True, 1, Problem("true", "1", "")),
    (1, True, Problem("1", "true", "")),
    (0, False, Problem("0", "false", "")),
    ("1", 1, Problem('"1"', "1", "")),
    (None, "x", Problem("no value", '"x"', "")),
    ({"a": 1}, {}, Problem("1", "absent", "/a")),
    ({"a": 1}, [], Problem('{"a": 1}', "[]", "")),
    ({"a": {"b/c": 1}}, {"a": {"b/c": 2}}, Problem("1", "2", "/a/b~1c")),
    ([1], [1, 2], Problem("1 items: [1]", "[1, 2]", "")),
    ([1, 2], [3, 2], Problem("1", "3", "/0")),
    ([1], "1", Problem("[1]", '"1"', "")),
    ({"$type": "string"}, 1, Problem("a value of type string", "1", "")),
    ({"$type": "integer"}, True, Problem("a value of type integer", "true", "")),
    ({"$type": "number"}, True, Problem("a value of type number", "true", "")),
    ({"$type": ["string", "null"]}, [], Problem("a value of type string or null", "[]", "")),
    ({"$type": "dateTime"}, "2026-01-31", Problem("a value of type dateTime", '"2026-01-31"', "")),
    ({"$regex": "^b"}, "abc", Problem("text that matches ^b", '"abc"', "")),
    ({"$regex": "1"}, 1, Problem("text that matches 1", "1", "")),
    ({"a": {"$absent": True}}, {"a": ""}, Problem("no value", '""', "/a")),
    ({"a": {"$absent": False}}, {}, Problem("a value", "absent", "/a")),
    ({"$any_of": [1, 2]}, 3, Problem("any of 1, 2", "3", "")),
    ({"$unordered": [1, 2]}, [1], Problem("2 items in any order: [1, 2]", "[1]", "")),
    ({"$unordered": [1, 2]}, [1, 1], Problem("an item like 2", "[1, 1]", "")),
    ({"$contains": 3}, [1, 2], Problem("an item like 3", "[1, 2]", "")),
    ({"$contains": [1, 3]}, [1, 2], Problem("an item like 3", "[1, 2]", "")),
    ({"$contains": "x"}, "abc", Problem('text that contains "x"', '"abc"', "")),
    ({"$contains": 1}, None, Problem("an item like 1", "null", "")),
    ({"$count": 2}, [1], Problem("2 items", "1", "")),
    ({"$count": 2}, "ab", Problem("a list", '"ab"', "")),
    ({"a": {"$schema": "error"}}, {}, Problem("a value that keeps the schema error", "absent", "/a")),
    ({"$ci": "a"}, "b", Problem('"a" in any case', '"b"', "")),
    ({"$not": {"$type": "string"}}, "x", Problem('anything but {"$type": "string"}', '"x"', "")),
    ({"$exactly": {"a": 1}}, {"a": 1, "b": 2}, Problem('exactly {"a": 1}', '{"a": 1, "b": 2}', "")),
    ({"$exactly": []}, None, Problem("exactly []", "null", "")),
    ({"$exactly": [True]}, [1], Problem("exactly [true]", "[1]", "")),
    ({"$at_least": 2}, 1, Problem("at least 2", "1", "")),
    ({"$at_least": 0}, True, Problem("at least 0", "true", "")),
    ({"$at_most": 2}, "1", Problem("at most 2", '"1"', "")),
]


@pytest.mark.parametrize(("expected", "actual"), HOLDS, ids=[str(expected) for expected, _ in HOLDS])
def test_it_holds(expected: Json, actual: Json) -> None:
    assert list(match(expected, actual)) == []


@pytest.mark.parametrize(("expected", "actual", "problem"), BREAKS, ids=[str(row[0]) for row in BREAKS])
def test_it_breaks(expected: Json, actual: Json, problem: Problem) -> None:
    assert list(match(expected, actual)) == [problem]


def test_every_matcher_is_shown_on_both_sides() -> None:
    def used(rows: list[Json]) -> set[str]:
        return {name for name in MATCHERS if any(f"'{name}'" in str(row) for row in rows)}

    assert used([row[0] for row in HOLDS]) == set(MATCHERS)
    assert used([row[0] for row in BREAKS]) == set(MATCHERS)


def test_all_problems_are_told_with_their_places() -> None:
    expected: Json = {"a": 1, "b": [{"c": 2}]}
    found = list(match(expected, {"a": 2, "b": [{"c": 3}]}, at="/Resources/0"))
    assert [problem.at for problem in found] == ["/Resources/0/a", "/Resources/0/b/0/c"]


def test_a_schema_tells_each_departure() -> None:
    wrong: Json = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": 404}
    assert list(match({"error": {"$schema": "error"}}, {"error": wrong})) == [
        Problem("a string", "404", "/error/status")
    ]
    assert isinstance(USER, dict)
    assert list(match({"$schema": USER_URN}, {**USER, "active": "true"})) == [
        Problem("a boolean or null", '"true"', "/active")
    ]


def test_a_long_text_is_not_searched() -> None:
    found = list(match({"$regex": "(a+)+b"}, "a" * (MAX_REGEX_INPUT + 1)))
    assert [problem.expected for problem in found] == ["text that matches (a+)+b, at most 4096 characters long"]


def test_members_are_found_exactly_and_then_in_any_case() -> None:
    assert member({"username": 1, "userName": 2}, "userName") == 2
    assert member({"USERNAME": 1}, "userName") == 1
    assert member({}, "userName") is MISSING
    assert member([1], "0") is MISSING


def test_only_known_dollar_words_are_matchers() -> None:
    assert is_matcher({"$type": "string"})
    assert not is_matcher({"$ref": "x"})
    assert not is_matcher({})
    assert not is_matcher("$type")


def test_a_missing_value_is_absent() -> None:
    assert list(match({"$absent": True}, MISSING)) == []
    assert list(match(1, MISSING)) == [Problem("1", "absent", "")]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", max_size=2), inner, max_size=3),
    max_leaves=8,
)


@given(VALUES)
def test_every_value_is_like_itself(value: Json) -> None:
    assert list(match(value, value)) == []
    assert list(match({"$exactly": value}, value)) == []


@given(st.lists(VALUES, max_size=4))
def test_order_makes_no_difference_to_unordered(items: list[Json]) -> None:
    assert list(match({"$unordered": items}, sorted(items, key=repr))) == []


@pytest.mark.parametrize("name", MATCHERS)
def test_the_example_of_a_matcher_uses_it(name: str) -> None:
    assert name in MATCHERS[name].example
    assert MATCHERS[name].doc.endswith(".")
    assert isinstance(Validator(MATCHERS[name].schema).is_valid(None), bool)
