"""What a client asks of a collection: the parameters of a GET, or a SearchRequest (RFC 7644 §3.4.2, §3.4.3)."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from scimctl.jsonvalue import Json, show
from scimctl.scim import urns
from scimctl.scim.attributes import get
from scimctl.scim.errors import ScimError, invalid_count, invalid_syntax, invalid_value

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """The parameters within their limits: `start_index` is at least 1, `count` at least 0; None when not given.

    `cursor` is None when paging by index, empty for the first page by cursor (RFC 9865 §2).
    """

    filter: str | None = None
    sort_by: str | None = None
    descending: bool = False
    start_index: int | None = None
    count: int | None = None
    cursor: str | None = None
    attributes: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


def decode_parameters(query: str) -> dict[str, str]:
    """The parameters of a percent-encoded query string; a plus sign is a space, as HTML forms and Okta once had it.

    Of two of one name the first counts. Raises ScimError invalidValue for what is no UTF-8.
    """
    out: dict[str, str] = {}
    for pair in query.split("&"):
        name, _, value = pair.partition("=")
        if name:
            out.setdefault(_decode(name), _decode(value))
    return out


def _decode(text: str) -> str:
    if text.isascii() and "%" not in text and "+" not in text:
        return text
    try:
        return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")
    except UnicodeDecodeError as error:
        raise invalid_value("the query is not UTF-8") from error


def read_parameters(parameters: dict[str, str]) -> Query:
    """The query of a GET; unknown parameters are ignored (RFC 7644 §3.4.2).

    Raises ScimError invalidValue, or invalidCount for the count of a page by cursor.
    """
    cursor = parameters.get("cursor")
    return Query(
        filter=parameters.get("filter"),
        sort_by=parameters.get("sortBy"),
        descending=_descending(parameters.get("sortOrder")),
        start_index=_start_index(parameters.get("startIndex")),
        count=_count(parameters.get("count"), cursor),
        cursor=cursor,
        attributes=_split(parameters.get("attributes")),
        excluded=_split(parameters.get("excludedAttributes")),
    )


def read_search(body: Json) -> Query:
    """The query of a SearchRequest.

    Raises ScimError invalidSyntax for another message, invalidValue for a value, invalidCount as `read_parameters`.
    """
    if not isinstance(body, dict):
        raise invalid_syntax("a search request is a JSON object")
    schemas = get(body, "schemas")
    listed = schemas if isinstance(schemas, list) else []
    if not any(isinstance(urn, str) and urns.same_urn(urn, urns.SEARCH_REQUEST) for urn in listed):
        raise invalid_syntax(f"schemas does not hold {urns.SEARCH_REQUEST}")
    cursor = _text(get(body, "cursor"), "cursor")
    return Query(
        filter=_text(get(body, "filter"), "filter"),
        sort_by=_text(get(body, "sortBy"), "sortBy"),
        descending=_descending(_text(get(body, "sortOrder"), "sortOrder")),
        start_index=_start_index(get(body, "startIndex")),
        count=_count(get(body, "count"), cursor),
        cursor=cursor,
        attributes=_names(get(body, "attributes"), "attributes"),
        excluded=_names(get(body, "excludedAttributes"), "excludedAttributes"),
    )


def _integer(value: Json, name: str) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    raise invalid_value(f"{name} needs an integer, not {show(value, 60)}")


def _start_index(value: Json) -> int | None:
    index = _integer(value, "startIndex")
    return None if index is None else max(1, index)


def _count(value: Json, cursor: str | None) -> int | None:
    try:
        count = _integer(value, "count")
    except ScimError as error:
        if cursor is None:
            raise
        raise invalid_count(error.detail) from error
    return None if count is None else max(0, count)


def _descending(value: str | None) -> bool:
    if value is None or value.lower() == "ascending":
        return False
    if value.lower() == "descending":
        return True
    raise invalid_value(f"sortOrder is ascending or descending, not {value[:60]!r}")


def _split(value: str | None) -> tuple[str, ...]:
    return _stripped(value.split(",")) if value else ()


def _stripped(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(name.strip() for name in names if name.strip())


def _text(value: Json, name: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise invalid_value(f"{name} needs a text, not {show(value, 60)}")


def _names(value: Json, name: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if isinstance(value, str):
        return _split(value)
    if isinstance(value, list):
        return _stripped(entry for entry in value if isinstance(entry, str))
    raise invalid_value(f"{name} needs an array of names, not {show(value, 60)}")
