"""How faults read and change lists: what is asked, the filter as a tree, the matches before they are paged."""

from collections.abc import Callable
from typing import Any, TypeAlias

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim.attributes import get
from scimctl.scim.errors import ScimError
from scimctl.scim.filter import And, Compare, Filter, Not, Or, Present, ValuePath, parse, render
from scimctl.server.faults.exchanges import (
    content,
    is_list,
    parameters,
    with_content,
    with_parameters,
)
from scimctl.server.faults.registry import Beneath
from scimctl.server.paths import segments

_NO_RESOURCES = frozenset({"Schemas", "ResourceTypes", "ServiceProviderConfig", "Me", "Bulk"})
_NAMES = (
    "filter",
    "sortBy",
    "sortOrder",
    "startIndex",
    "count",
    "cursor",
    "attributes",
    "excludedAttributes",
)

Leaf: TypeAlias = Compare | Present | ValuePath
"""A filter that is about one attribute."""

Resources: TypeAlias = list[dict[str, Any]]


def collection(request: Request) -> str | None:
    """The collection that a request lists, such as `/Users`; empty for resources of every type, None for no list.

    It is listed by GET, and by POST to its `.search`.
    """
    parts = segments(request.path)
    if parts is None:
        return None
    if request.method == "POST" and parts[-1:] == (".search",):
        parts = parts[:-1]
    elif request.method != "GET":
        return None
    if len(parts) > 1 or not _NO_RESOURCES.isdisjoint(parts):
        return None
    return f"/{parts[0]}" if parts else ""


def asked(request: Request) -> dict[str, Any]:
    """What a list request asks for, by the names of the parameters, whether they stand in a query or in a body."""
    if request.method == "GET":
        return parameters(request)
    body = content(request)
    return {name: value for name in _NAMES if (value := get(body, name)) is not None}


def asking(request: Request, **changes: str | None) -> Request:
    """The same list request with these parameters; None takes one away."""
    if request.method == "GET":
        return with_parameters(request, **changes)
    wanted = {name.lower() for name in changes}
    kept = {name: value for name, value in content(request).items() if name.lower() not in wanted}
    given: dict[str, Json] = {name: value for name, value in changes.items() if value is not None}
    return with_content(request, {**kept, **given})


def number(value: object) -> int | None:
    """The integer that a parameter holds, None for anything else."""
    if isinstance(value, str):
        text = value.strip()
        return int(text) if text.removeprefix("-").isdecimal() and len(text) < 19 else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def window(server: Beneath, request: Request) -> tuple[int, int]:
    """Which matches a request asks for: how many are passed over, and how many are shown at most."""
    query, profile = asked(request), server.service.profile
    start, count = number(query.get("startIndex")), number(query.get("count"))
    shown = profile.page_size if count is None else count
    return max(1, start or 1) - 1, max(0, min(shown, profile.max_results))


def filter_tree(request: Request) -> Filter | None:
    """The filter of a list request; None when there is none, or none that can be read."""
    text = asked(request).get("filter")
    try:
        return parse(text) if isinstance(text, str) else None
    except ScimError:
        return None


def with_filter(request: Request, change: Callable[[Filter], Filter]) -> Request:
    """The same list request with another filter; as it is when it has none that can be read, or the filter stays."""
    tree = filter_tree(request) if collection(request) is not None else None
    if tree is None:
        return request
    changed = change(tree)
    if changed == tree:
        return request
    # Half of a surrogate pair can come as an escape, and could go over the wire in no other form.
    return asking(request, filter=render(changed).encode("utf-8", "backslashreplace").decode("utf-8"))


def with_leaves(change: Callable[[Leaf], Filter]) -> Callable[[Filter], Filter]:
    """A function that changes each comparison of a filter, also those in brackets, and what has the brackets itself."""

    def changed(tree: Filter) -> Filter:
        match tree:
            case Compare() | Present():
                return change(tree)
            case ValuePath(path, inner):
                return change(ValuePath(path, changed(inner)))
            case Not(inner):
                return Not(changed(inner))
            case And(terms):
                return And(tuple(changed(term) for term in terms))
            case Or(terms):
                return Or(tuple(changed(term) for term in terms))

    return changed


def resources(response: Response) -> Resources:
    """The resources of a ListResponse; empty for any other answer."""
    found = content(response).get("Resources")
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def walked(server: Beneath, request: Request) -> Resources:
    """All that matches a list request, page after page; as many as come when a page comes without any."""
    found: Resources = []
    size = str(server.service.profile.max_results)
    while True:
        page = server(asking(request, startIndex=str(len(found) + 1), count=size))
        shown = resources(page)
        found += shown
        if not shown or len(found) >= (number(content(page).get("totalResults")) or 0):
            return found


def relisted(server: Beneath, request: Request, change: Callable[[Resources], Resources]) -> Response:
    """The answer to a list request when its matches are changed before they are paged.

    `change` gets whole resources, also when fewer attributes are asked for, and returns some of them in any order. By
    cursor, where the server keeps the matches of the first page, it gets the resources of each page.
    """
    response = server(request)
    if collection(request) is None or not is_list(response):
        return response
    if "cursor" in asked(request):
        return with_content(response, content(response) | {"Resources": change(resources(response))})
    plain = asking(request, attributes=None, excludedAttributes=None)
    matches = change(walked(server, plain))
    first, count = window(server, request)
    page = matches[first : first + count]
    if asked(plain) != asked(request):
        shown = {each.get("id"): each for each in walked(server, request)}
        page = [shown.get(each.get("id"), each) for each in page]
    told = {"totalResults": len(matches), "itemsPerPage": len(page), "Resources": list[Json](page)}
    return with_content(response, content(response) | told)
