"""What an answer must be like: matching a JSON value against an expectation. Pure; templates are rendered before.

An expectation is a JSON value. An object asks for the members it names and no others (names fall back to any case,
RFC 7643 §2.1); a list asks for the same length and order; null asks for no value, as `$absent: true` does (RFC 7643
§2.5); everything else asks for equality. An object whose keys begin with `$` is a matcher.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import TypeAlias

from scimctl.finding import Problem
from scimctl.jsonvalue import Json, pointer, show
from scimctl.scenario.schemas import schema_errors

MAX_REGEX_INPUT = 4096
"""How long a text may be, in characters, that an expression is tried on."""


class Missing(Enum):
    """The value of a member that is not there."""

    MISSING = "absent"


MISSING = Missing.MISSING
Actual: TypeAlias = "Json | Missing"


def match(expected: Json, actual: Actual, at: str = "") -> Iterator[Problem]:
    """Every way in which `actual` is not what `expected` asks for; none when it is. `at` is the pointer of `actual`."""
    if is_matcher(expected):
        assert isinstance(expected, dict)
        for name, argument in expected.items():
            yield from MATCHERS[name].check(argument, actual, at)
    elif isinstance(expected, dict):
        if not isinstance(actual, dict):
            yield _wrong(show(expected), actual, at)
            return
        for name, wanted in expected.items():
            yield from match(wanted, member(actual, name), at + pointer((name,)))
    elif isinstance(expected, list):
        yield from _match_list(expected, actual, at)
    elif expected is None:
        if not _unassigned(actual):
            yield _wrong("no value", actual, at)
    elif not _same(expected, actual):
        yield _wrong(show(expected), actual, at)


def _wrong(expected: str, actual: Actual, at: str) -> Problem:
    return Problem(expected, _show(actual), at)


def member(tree: Json, name: str) -> Actual:
    """A member of an object by its exact name, else in any case (RFC 7643 §2.1); MISSING when there is none."""
    if not isinstance(tree, dict):
        return MISSING
    if name in tree:
        return tree[name]
    folded = name.lower()
    return next((value for key, value in tree.items() if key.lower() == folded), MISSING)


def _show(actual: Actual) -> str:
    return "absent" if isinstance(actual, Missing) else show(actual)


def _unassigned(actual: Actual) -> bool:
    return isinstance(actual, Missing) or actual is None or actual == []


def _same(left: Json, right: Actual) -> bool:
    """Equality as JSON has it: true is not 1, and 1 is 1.0."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(_same(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(_same(left[name], right[name]) for name in left)
    return left == right


def _match_list(expected: list[Json], actual: Actual, at: str) -> Iterator[Problem]:
    if not expected and _unassigned(actual):
        return
    if not isinstance(actual, list):
        yield _wrong(show(expected), actual, at)
        return
    if len(actual) != len(expected):
        yield _wrong(f"{len(expected)} items: {show(expected)}", actual, at)
        return
    for index, (wanted, item) in enumerate(zip(expected, actual, strict=True)):
        yield from match(wanted, item, at + pointer((index,)))


def is_matcher(expected: Json) -> bool:
    """Whether an expectation is a matcher: an object with a key that a matcher has (`$ref` is data)."""
    return isinstance(expected, dict) and any(name in MATCHERS for name in expected)


def _holds(expected: Json, actual: Actual, at: str) -> bool:
    return next(match(expected, actual, at), None) is None


_DATE_TIME = re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?")
_TYPES: dict[str, Callable[[Actual], bool]] = {
    "string": lambda value: isinstance(value, str),
    "number": lambda value: _number(value) is not None,
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
    "boolean": lambda value: isinstance(value, bool),
    "array": lambda value: isinstance(value, list),
    "object": lambda value: isinstance(value, dict),
    "null": lambda value: value is None,
    "dateTime": lambda value: isinstance(value, str) and _DATE_TIME.fullmatch(value) is not None,
}


def _type(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    names = argument if isinstance(argument, list) else [argument]
    if not any(_TYPES[str(name)](actual) for name in names):
        yield _wrong("a value of type " + " or ".join(map(str, names)), actual, at)


@cache
def _compiled(expression: str) -> re.Pattern[str]:
    return re.compile(expression)


def _regex(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    if isinstance(actual, str) and len(actual) > MAX_REGEX_INPUT:
        yield _wrong(f"text that matches {argument}, at most {MAX_REGEX_INPUT} characters long", actual, at)
    elif not isinstance(actual, str) or _compiled(str(argument)).search(actual) is None:
        yield _wrong(f"text that matches {argument}", actual, at)


def _absent(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    if argument is not _unassigned(actual):
        yield _wrong("no value" if argument else "a value", actual, at)


def _any_of(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    choices = argument if isinstance(argument, list) else [argument]
    if not any(_holds(choice, actual, at) for choice in choices):
        yield _wrong("any of " + ", ".join(show(choice) for choice in choices), actual, at)


def _unordered(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    wanted: list[Json] = argument if isinstance(argument, list) else [argument]
    if not wanted and _unassigned(actual):
        return
    if not isinstance(actual, list) or len(actual) != len(wanted):
        yield _wrong(f"{len(wanted)} items in any order: {show(wanted)}", actual, at)
        return
    lonely = _pair_up(wanted, actual, at)
    if lonely is not None:
        yield _wrong(f"an item like {show(wanted[lonely])}", actual, at)


def _pair_up(wanted: list[Json], actual: list[Json], at: str) -> int | None:
    """Gives each wanted item one of its own; the index of one that goes without, or None (augmenting paths)."""
    owner: dict[int, int] = {}

    def settle(index: int, tried: set[int]) -> bool:
        for candidate, item in enumerate(actual):
            if candidate in tried or not _holds(wanted[index], item, at):
                continue
            tried.add(candidate)
            if candidate not in owner or settle(owner[candidate], tried):
                owner[candidate] = index
                return True
        return False

    return next((index for index in range(len(wanted)) if not settle(index, set())), None)


def _contains(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    if isinstance(argument, str) and isinstance(actual, str):
        if argument not in actual:
            yield _wrong(f"text that contains {show(argument)}", actual, at)
        return
    for wanted in argument if isinstance(argument, list) else [argument]:
        if not isinstance(actual, list) or not any(_holds(wanted, item, at) for item in actual):
            yield _wrong(f"an item like {show(wanted)}", actual, at)


def _count(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    if not _unassigned(actual) and not isinstance(actual, list):
        yield _wrong("a list", actual, at)
    elif not _holds(argument, len(actual) if isinstance(actual, list) else 0, at):
        yield _wrong(f"{show(argument)} items", len(actual) if isinstance(actual, list) else 0, at)


def _schema(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    if isinstance(actual, Missing):
        yield _wrong(f"a value that keeps the schema {argument}", actual, at)
        return
    for error in schema_errors(str(argument), actual):
        yield Problem(error.expected, show(error.actual), at + pointer(error.path))


def _ci(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    if not isinstance(actual, str) or actual.casefold() != str(argument).casefold():
        yield _wrong(f"{show(argument)} in any case", actual, at)


def _not(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    if _holds(argument, actual, at):
        yield _wrong(f"anything but {show(argument)}", actual, at)


def _exactly(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    if isinstance(actual, Missing) or not _same(argument, actual):
        yield _wrong(f"exactly {show(argument)}", actual, at)


def _number(value: Actual) -> int | float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _at_least(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    limit, number = _number(argument), _number(actual)
    if limit is None or number is None or number < limit:
        yield _wrong(f"at least {show(argument)}", actual, at)


def _at_most(argument: Json, actual: Actual, at: str) -> Iterator[Problem]:
    limit, number = _number(argument), _number(actual)
    if limit is None or number is None or number > limit:
        yield _wrong(f"at most {show(argument)}", actual, at)


@dataclass(frozen=True, slots=True)
class Matcher:
    """One matcher: its check, the JSON Schema of its argument, whether that holds expectations, doc and example."""

    check: Callable[[Json, Actual, str], Iterator[Problem]]
    schema: dict[str, Json]
    nested: bool
    doc: str
    example: str


_TYPE_NAMES: list[Json] = list(_TYPES)
_NUMBER: dict[str, Json] = {"type": "number"}

MATCHERS: dict[str, Matcher] = {
    "$type": Matcher(
        _type,
        {"oneOf": [{"enum": _TYPE_NAMES}, {"type": "array", "items": {"enum": _TYPE_NAMES}, "minItems": 1}]},
        False,
        "The value has this JSON type (or `dateTime`), or one of several.",
        "id: {$type: string}",
    ),
    "$regex": Matcher(
        _regex,
        {"type": "string"},
        False,
        f"The text matches a Python expression somewhere; at most {MAX_REGEX_INPUT} characters are looked at.",
        "detail: {$regex: 'already|exists'}",
    ),
    "$absent": Matcher(
        _absent,
        {"type": "boolean"},
        False,
        "`true`: there is no value (absent, `null` or `[]`); `false`: there is one.",
        "password: {$absent: true}",
    ),
    "$any_of": Matcher(
        _any_of,
        {"type": "array", "minItems": 1},
        True,
        "One of the expectations holds.",
        "scimType: {$any_of: [uniqueness, null]}",
    ),
    "$unordered": Matcher(
        _unordered,
        {"type": "array"},
        True,
        "A list with these items and no others, in any order.",
        "schemas: {$unordered: [urn:a, urn:b]}",
    ),
    "$contains": Matcher(
        _contains,
        {},
        True,
        "A list that has an item like this one, or like each of several; or a text with this part.",
        "emails: {$contains: {type: work}}",
    ),
    "$count": Matcher(
        _count,
        {"type": ["integer", "object"]},
        True,
        "A list of this many items; a number, or a matcher for the number.",
        "Resources: {$count: 1}",
    ),
    "$schema": Matcher(
        _schema,
        {"type": "string", "minLength": 1},
        False,
        "The value keeps a SCIM schema, by its URN, or a message's, by its name.",
        "$schema: urn:ietf:params:scim:schemas:core:2.0:User",
    ),
    "$ci": Matcher(_ci, {"type": "string"}, False, "The same text in any case.", "userName: {$ci: ADA@EXAMPLE.COM}"),
    "$not": Matcher(_not, {}, True, "The expectation does not hold.", "id: {$not: $(old_id)}"),
    "$exactly": Matcher(
        _exactly,
        {},
        False,
        "The value is this one with no member more; `null` is a null that is there.",
        "groups: {$exactly: []}",
    ),
    "$at_least": Matcher(_at_least, _NUMBER, False, "A number that is not smaller.", "totalResults: {$at_least: 1}"),
    "$at_most": Matcher(_at_most, _NUMBER, False, "A number that is not larger.", "itemsPerPage: {$at_most: 2}"),
}
"""Every matcher by its key, in the order of the documentation."""
