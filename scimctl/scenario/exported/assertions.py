"""Judging the assertions of an exported suite: comparisons as their vendor means them."""

import re
from collections.abc import Callable

from scimctl.exchange import Response
from scimctl.finding import Problem
from scimctl.jsonvalue import Json, show
from scimctl.scenario.exported.model import Assertion, Comparison, Source
from scimctl.scenario.exported.places import pointer_of, value_at
from scimctl.scenario.matchers import Actual, Missing
from scimctl.scenario.template import Resolve, as_text, render_text

_NUMBER = re.compile(r"[+-]?\d{1,300}(\.\d+)?([eE][+-]?\d{1,3})?")


def problem_of(assertion: Assertion, response: Response, resolve: Resolve) -> Problem | None:
    """What is wrong with `response`; None when the assertion holds. What `resolve` raises is passed on."""
    expected = render_text(assertion.value, resolve)
    actual = value_at(response, assertion.source, assertion.place)
    if _HOLDS[assertion.comparison](actual, expected):
        return None
    wanted = " ".join(part for part in (assertion.comparison.value, expected) if part)
    at = pointer_of(assertion.place) if assertion.source is Source.JSON else ""
    return Problem(wanted, "absent" if isinstance(actual, Missing) else show(actual), at)


def _text(actual: Actual) -> str | None:
    """How a value is compared as text; None when there is none."""
    return None if isinstance(actual, Missing) else as_text(actual)


def _number(value: Actual) -> float | None:
    """A number, or a text that is one."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        try:
            return float(value)
        except OverflowError:
            return None
    return float(value) if isinstance(value, str) and _NUMBER.fullmatch(value.strip()) else None


def _is_empty(actual: Actual) -> bool:
    return isinstance(actual, Missing) or actual is None or actual in ("", [], {})


def _contains(actual: Actual, expected: str) -> bool:
    if isinstance(actual, list):
        return _has_value(actual, expected)
    text = _text(actual)
    return text is not None and expected in text


def _has_value(actual: Actual, expected: str) -> bool:
    values: list[Json] = []
    if isinstance(actual, dict):
        values = list(actual.values())
    elif isinstance(actual, list):
        values = actual
    return any(as_text(value) == expected for value in values)


def _compared(test: Callable[[float, float], bool]) -> Callable[[Actual, str], bool]:
    def holds(actual: Actual, expected: str) -> bool:
        left, right = _number(actual), _number(expected)
        return left is not None and right is not None and test(left, right)

    return holds


_HOLDS: dict[Comparison, Callable[[Actual, str], bool]] = {
    Comparison.EMPTY: lambda actual, expected: _is_empty(actual),
    Comparison.NOT_EMPTY: lambda actual, expected: not _is_empty(actual),
    Comparison.EQUAL: lambda actual, expected: _text(actual) == expected,
    Comparison.NOT_EQUAL: lambda actual, expected: _text(actual) != expected,
    Comparison.CONTAINS: _contains,
    Comparison.DOES_NOT_CONTAIN: lambda actual, expected: not _contains(actual, expected),
    # A number in quotation marks is none: Okta's imports find nobody then.
    Comparison.IS_A_NUMBER: lambda actual, expected: not isinstance(actual, str) and _number(actual) is not None,
    Comparison.EQUAL_NUMBER: _compared(lambda left, right: left == right),
    Comparison.IS_LESS_THAN: _compared(lambda left, right: left < right),
    Comparison.IS_LESS_THAN_OR_EQUAL: _compared(lambda left, right: left <= right),
    Comparison.IS_GREATER_THAN: _compared(lambda left, right: left > right),
    Comparison.IS_GREATER_THAN_OR_EQUAL: _compared(lambda left, right: left >= right),
    Comparison.HAS_KEY: lambda actual, expected: isinstance(actual, dict) and expected in actual,
    Comparison.HAS_VALUE: _has_value,
    Comparison.IS_NULL: lambda actual, expected: isinstance(actual, Missing) or actual is None,
}
