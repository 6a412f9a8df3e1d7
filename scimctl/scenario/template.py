"""`$(...)` in the texts of a scenario: finding the marks, and putting values in their place.

What a name means is decided by the resolver that the engine passes in; `$$(` stands for the two characters `$(`.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TypeAlias
from urllib.parse import quote

from scimctl.jsonvalue import Json, compact

Resolve: TypeAlias = Callable[[str], Json]
"""The value of a name such as `user.login`."""

_WEST = timezone(timedelta(hours=-11))
_MARK = re.compile(r"\$\$\(|\$\((?P<inside>[^()]*)\)|\$\(")
_INSIDE = re.compile(r"\s*(?P<name>[A-Za-z_][\w-]*(?:\.[\w-]+)*)\s*(?P<filters>(?:\|\s*\w+\s*)*)")


def _escape_filter(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)[1:-1]


def escape_segment(text: str) -> str:
    """`text` percent-encoded whole, as one segment of a path or one value of a query (RFC 3986 §2.1)."""
    return quote(text.encode("utf-8", "surrogatepass"), safe="")


def _thousandfold(text: str) -> str:
    return text * 1000


def _hour_later(text: str) -> str:
    """The moment an hour later, so far west that by text alone it is earlier; one without a time zone stays without."""
    try:
        later = datetime.fromisoformat(text) + timedelta(hours=1)
        return (later.astimezone(_WEST) if later.tzinfo else later).isoformat()
    except (ValueError, OverflowError):
        return text


FILTERS: dict[str, tuple[Callable[[str], str], str]] = {
    "filter": (_escape_filter, "Escapes quotation marks and backslashes for a SCIM filter between double quotes."),
    "path": (escape_segment, "Encodes the text for a segment of a path, as `send` does; for bulk requests."),
    "upper": (str.upper, "Turns the text into capitals."),
    "lower": (str.lower, "Turns the text into small letters."),
    "regex": (re.escape, "Escapes the text for use inside `$regex`."),
    "thousandfold": (_thousandfold, "The text a thousand times, to see what becomes of a long one."),
    "hour_later": (_hour_later, "A date-time an hour later, written in the time zone eleven hours behind UTC."),
}
"""What may follow a name after `|`: the function and what it does in a sentence."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One `$(...)`: the text of it with its marks, its place in the string, the name and the filters."""

    text: str
    start: int
    name: str
    filters: tuple[str, ...]
    well_formed: bool = True


def marks(text: str) -> list[Mark]:
    """Every `$(...)` in `text`, the malformed ones as well, in order; escaped ones are none."""
    return [mark for mark, _ in _find(text) if mark is not None]


def names_in(text: str) -> tuple[str, ...]:
    """The names that `text` uses, in order, each once."""
    return tuple(dict.fromkeys(mark.name for mark in marks(text) if mark.well_formed))


def _find(text: str) -> Iterator[tuple[Mark | None, re.Match[str]]]:
    """Each mark with its match; None for an escaped one."""
    for found in _MARK.finditer(text):
        if found[0] == "$$(":
            yield None, found
            continue
        inside = _INSIDE.fullmatch(found["inside"] or "")
        if inside is None:
            yield Mark(found[0], found.start(), "", (), well_formed=False), found
        else:
            filters = tuple(part.strip() for part in inside["filters"].split("|") if part.strip())
            yield Mark(found[0], found.start(), inside["name"], filters), found


def _value(mark: Mark, resolve: Resolve) -> Json:
    value = resolve(mark.name)
    for name in mark.filters:
        value = FILTERS[name][0](as_text(value))
    return value


def as_text(value: Json) -> str:
    """How a value stands inside a longer text: strings as they are, everything else as JSON."""
    return value if isinstance(value, str) else compact(value).decode("utf-8")


def render_text(
    text: str, resolve: Resolve, encode: Callable[[str], str] = str, literal: Callable[[str], str] = str
) -> str:
    """`text` with each mark replaced by its value.

    `encode` is applied to each value, `literal` to the text between them. The text has passed the parser, so every
    mark is well formed; what `resolve` raises is passed on.
    """
    out: list[str] = []
    position = 0
    for mark, found in _find(text):
        out.append(literal(text[position : found.start()]))
        out.append(literal("$(") if mark is None else encode(as_text(_value(mark, resolve))))
        position = found.end()
    out.append(literal(text[position:]))
    return "".join(out)


def render(tree: Json, resolve: Resolve) -> Json:
    """`tree` with every string rendered, keys too; a string that is one mark becomes the value with its JSON type."""
    if isinstance(tree, str):
        found = marks(tree)
        if len(found) == 1 and found[0].text == tree:
            return _value(found[0], resolve)
        return render_text(tree, resolve)
    if isinstance(tree, list):
        return [render(item, resolve) for item in tree]
    if isinstance(tree, dict):
        return {render_text(name, resolve): render(value, resolve) for name, value in tree.items()}
    return tree
