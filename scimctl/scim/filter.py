"""The filter language of RFC 7644 §3.4.2.2: text to tree and back. What a tree means is in matching.py."""

import json
import math
import re
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from scimctl.jsonvalue import Json
from scimctl.scim.errors import invalid_filter
from scimctl.scim.names import is_name

MAX_LENGTH = 16_384
"""Longest filter that is read, in characters."""

MAX_DEPTH = 40
"""Deepest nesting of parentheses and brackets that is read."""


class Operator(Enum):
    """The comparison operators."""

    EQ = "eq"
    NE = "ne"
    CO = "co"
    SW = "sw"
    EW = "ew"
    GT = "gt"
    GE = "ge"
    LT = "lt"
    LE = "le"


@dataclass(frozen=True, slots=True)
class Present:
    """`path pr`."""

    path: str


@dataclass(frozen=True, slots=True)
class Compare:
    """`path operator value`; the value is a JSON string, number, boolean or null."""

    path: str
    operator: Operator
    value: Json


@dataclass(frozen=True, slots=True)
class ValuePath:
    """`path[filter]`: the filter has to hold within one and the same value."""

    path: str
    filter: "Filter"


@dataclass(frozen=True, slots=True)
class Not:
    """`not (filter)`."""

    filter: "Filter"


@dataclass(frozen=True, slots=True)
class And:
    """Two or more filters that all have to hold."""

    terms: tuple["Filter", ...]


@dataclass(frozen=True, slots=True)
class Or:
    """Two or more filters of which one has to hold."""

    terms: tuple["Filter", ...]


Filter: TypeAlias = Present | Compare | ValuePath | Not | And | Or

_TOKEN = re.compile(r'\s*(?:(?P<mark>[()\[\]])|(?P<string>"(?:[^"\\]|\\.)*")|(?P<word>[^\s()\[\]"]+))')
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_OPERATORS = {operator.value: operator for operator in Operator}
_KEYWORDS: dict[str, Json] = {"true": True, "false": False, "null": None}


def parse(text: str) -> Filter:
    """The tree of a filter; operators and names are read without case, precedence is not, and, or.

    Raises ScimError invalidFilter, with the place, for what breaks the grammar, is longer than MAX_LENGTH or nested
    deeper than MAX_DEPTH.
    """
    if len(text) > MAX_LENGTH:
        raise invalid_filter(f"the filter is longer than {MAX_LENGTH} characters")
    parser = _Parser(_tokens(text))
    tree = parser.disjunction()
    parser.end()
    return tree


def _tokens(text: str) -> list[tuple[str, str, int]]:
    out: list[tuple[str, str, int]] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None or match.lastgroup is None:
            raise invalid_filter(f"a quotation mark is not closed, from character {position + 1} on")
        out.append((match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
        position = match.end()
    return out


class _Parser:
    def __init__(self, tokens: list[tuple[str, str, int]]) -> None:
        self._tokens = tokens
        self._next = 0
        self._depth = 0
        self._in_brackets = False

    def _peek(self) -> tuple[str, str]:
        if self._next < len(self._tokens):
            kind, text, _ = self._tokens[self._next]
            return kind, text
        return "end", ""

    def _fail(self, expected: str) -> Exception:
        if self._next < len(self._tokens):
            _, text, at = self._tokens[self._next]
            return invalid_filter(f"expected {expected} at character {at}, found {text[:40]}")
        return invalid_filter(f"expected {expected}, but the filter ends there")

    def _keyword(self, word: str) -> bool:
        kind, text = self._peek()
        if kind == "word" and text.lower() == word:
            self._next += 1
            return True
        return False

    def _mark(self, mark: str) -> None:
        if self._peek() != ("mark", mark):
            raise self._fail(f"{mark}")
        self._next += 1

    def end(self) -> None:
        if self._next < len(self._tokens):
            raise self._fail("'and', 'or' or the end")

    def disjunction(self) -> Filter:
        terms = [self._conjunction()]
        while self._keyword("or"):
            terms.append(self._conjunction())
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _conjunction(self) -> Filter:
        terms = [self._term()]
        while self._keyword("and"):
            terms.append(self._term())
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _term(self) -> Filter:
        if self._peek() == ("mark", "("):
            return self._group("(", ")")
        if self._keyword("not"):
            return Not(self._group("(", ")"))
        return self._attribute()

    def _group(self, opening: str, closing: str) -> Filter:
        self._mark(opening)
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise invalid_filter(f"the filter is nested deeper than {MAX_DEPTH} levels")
        inner = self.disjunction()
        self._mark(closing)
        self._depth -= 1
        return inner

    def _attribute(self) -> Filter:
        kind, path = self._peek()
        if kind != "word" or not is_name(path):
            raise self._fail("an attribute name")
        self._next += 1
        if self._peek() == ("mark", "["):
            if self._in_brackets:
                raise self._fail("an operator")
            self._in_brackets = True
            inner = self._group("[", "]")
            self._in_brackets = False
            return ValuePath(path, inner)
        if self._keyword("pr"):
            return Present(path)
        kind, word = self._peek()
        operator = _OPERATORS.get(word.lower()) if kind == "word" else None
        if operator is None:
            raise self._fail("one of the operators eq ne co sw ew pr gt ge lt le")
        self._next += 1
        return Compare(path, operator, self._value())

    def _value(self) -> Json:
        kind, text = self._peek()
        value: Json
        if kind == "string":
            try:
                value = json.loads(text)
            except ValueError as error:
                raise self._fail("a JSON string") from error
        elif kind == "word" and text in _KEYWORDS:
            value = _KEYWORDS[text]
        elif kind == "word" and _NUMBER.fullmatch(text) and len(text) < 400:
            value = json.loads(text)
            if isinstance(value, float) and not math.isfinite(value):
                raise self._fail("a number of a size that can be compared")
        else:
            raise self._fail("a value: a string in double quotes, a number, true, false or null")
        self._next += 1
        return value


def render(tree: Filter) -> str:
    """The text of a tree, which `parse` reads back to an equal tree."""
    match tree:
        case Present(path):
            return f"{path} pr"
        case Compare(path, operator, value):
            return f"{path} {operator.value} {json.dumps(value, ensure_ascii=False)}"
        case ValuePath(path, inner):
            return f"{path}[{render(inner)}]"
        case Not(inner):
            return f"not ({render(inner)})"
        case And(terms):
            return " and ".join(f"({render(term)})" if isinstance(term, And | Or) else render(term) for term in terms)
        case Or(terms):
            return " or ".join(f"({render(term)})" if isinstance(term, Or) else render(term) for term in terms)
