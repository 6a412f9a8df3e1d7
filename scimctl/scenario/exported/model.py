"""What an exported suite asserts, as values. Templates in them are scimctl's own by now."""

from dataclasses import dataclass
from enum import Enum

from scimctl.source import Span


class Source(Enum):
    """The part of an answer that an assertion or a variable looks at."""

    STATUS = "response_status"
    HEADERS = "response_headers"
    JSON = "response_json"
    SIZE = "response_size"
    TEXT = "response_text"
    TIME = "response_time"


class Comparison(Enum):
    """How an assertion compares."""

    EMPTY = "empty"
    NOT_EMPTY = "not_empty"
    EQUAL = "equal"
    NOT_EQUAL = "not_equal"
    CONTAINS = "contains"
    DOES_NOT_CONTAIN = "does_not_contain"
    IS_A_NUMBER = "is_a_number"
    EQUAL_NUMBER = "equal_number"
    IS_LESS_THAN = "is_less_than"
    IS_LESS_THAN_OR_EQUAL = "is_less_than_or_equal"
    IS_GREATER_THAN = "is_greater_than"
    IS_GREATER_THAN_OR_EQUAL = "is_greater_than_or_equal"
    HAS_KEY = "has_key"
    HAS_VALUE = "has_value"
    IS_NULL = "is_null"


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertion:
    """One assertion: `place` names the part of the source, `value` is a template."""

    check: str
    source: Source
    place: str
    comparison: Comparison
    value: str
    span: Span

    @property
    def title(self) -> str:
        """The assertion in words, such as `response_json totalResults is_a_number`."""
        return " ".join(part for part in (self.source.value, self.place, self.comparison.value, self.value) if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """A JavaScript snippet that ran after the answer, or before the request.

    `user_name` is the template of the user name that the suite sends, which some of them look up.
    """

    check: str
    text: str
    user_name: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Variable:
    """A value of the answer that later steps use under `name`."""

    name: str
    source: Source
    place: str
    span: Span
