"""The part of an answer that an exported suite names: `Resources[0].name.familyName`, a header, the status."""

import re

from scimctl.exchange import Response
from scimctl.jsonvalue import Json, NotJsonError
from scimctl.scenario.exported.model import Source
from scimctl.scenario.matchers import MISSING, Actual, Missing

_PART = re.compile(
    r"""\.?(?:(?P<name>[^.\[\]'"]+)|\[(?P<index>-?\d+)\]|\[(?P<quote>['"])(?P<quoted>.*?)(?P=quote)\])"""
)


def parts_of(place: str) -> tuple[str | int, ...] | None:
    """The names and indexes of a path; None for one that is no path. The whole document has none."""
    parts: list[str | int] = []
    position = 0
    while position < len(place):
        found = _PART.match(place, position)
        if found is None:
            return None
        if found["index"] is not None:
            parts.append(int(found["index"]))
        else:
            parts.append(found["name"] or found["quoted"])
        position = found.end()
    return tuple(parts)


def value_at(response: Response, source: Source, place: str) -> Actual:
    """What `place` of the answer holds; MISSING where there is nothing, or no JSON to look in.

    Times are whole milliseconds, sizes bytes. Names are looked up as they are spelled, as JavaScript does.
    """
    match source:
        case Source.STATUS:
            return response.status
        case Source.TIME:
            return round(response.elapsed * 1000)
        case Source.SIZE:
            return len(response.body)
        case Source.TEXT:
            return response.body.decode("utf-8", "replace")
        case Source.HEADERS:
            value = response.headers.get(place)
            return MISSING if value is None else value
        case Source.JSON:
            return _in_json(response, place)


def _in_json(response: Response, place: str) -> Actual:
    try:
        value: Json = response.json()
    except NotJsonError:
        return MISSING
    for part in parts_of(place) or ():
        inner = _inside(value, part)
        if isinstance(inner, Missing):
            return MISSING
        value = inner
    return value


def _inside(value: Json, part: str | int) -> Actual:
    if isinstance(part, int):
        return value[part] if isinstance(value, list) and -len(value) <= part < len(value) else MISSING
    return value[part] if isinstance(value, dict) and part in value else MISSING


def pointer_of(place: str) -> str:
    """The RFC 6901 pointer of a path."""
    parts = (str(part).replace("~", "~0").replace("/", "~1") for part in parts_of(place) or ())
    return "".join(f"/{part}" for part in parts)
