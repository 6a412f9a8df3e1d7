"""Reads JSON of which nothing is certain: what is missing or of another type is None, or empty."""

from collections.abc import Iterator
from datetime import UTC, datetime

from scimctl.jsonvalue import Json


def member(document: Json, *names: str) -> Json:
    """The value under a path of names; None where one is missing or something else than an object is on the way."""
    for name in names:
        if not isinstance(document, dict):
            return None
        document = document.get(name)
    return document


def text(document: Json, *names: str) -> str | None:
    """The text under a path of names; None for what is no text, and for an empty one."""
    value = member(document, *names)
    return value if isinstance(value, str) and value.strip() else None


def word(document: Json, *names: str) -> str:
    """The text under a path of names in upper case, as Okta writes its enumerations; empty when there is none."""
    return (text(document, *names) or "").upper()


def objects(document: Json) -> Iterator[dict[str, Json]]:
    """The objects in a list; nothing for what is no list."""
    for entry in document if isinstance(document, list) else ():
        if isinstance(entry, dict):
            yield entry


def mapping(document: Json, *names: str) -> dict[str, Json]:
    """The object under a path of names; empty when there is none."""
    value = member(document, *names)
    return value if isinstance(value, dict) else {}


def moment(value: Json) -> datetime | None:
    """A time of ISO 8601 as Okta and SCIM write it, in UTC; None for anything else. Without a zone it counts as UTC."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
        return (read if read.tzinfo is not None else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def is_blank(value: Json) -> bool:
    """Whether an attribute has no value: null, a text of blanks, a list or object without content."""
    return value is None or (isinstance(value, str) and not value.strip()) or value == [] or value == {}
