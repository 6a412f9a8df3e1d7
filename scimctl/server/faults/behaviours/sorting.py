"""Faults of sorting."""

from collections.abc import Callable
from functools import partial
from typing import Any

from scimctl.exchange import Request, Response
from scimctl.scim.names import Resolved, resolve
from scimctl.scim.schema import Type
from scimctl.server.faults.exchanges import content, error, is_on, with_content
from scimctl.server.faults.queries import Resources, asked, collection, relisted
from scimctl.server.faults.registry import Beneath, fault


@fault("sort-breaks-request")
def sort_breaks_request(server: Beneath, request: Request) -> Response:
    response = server(request)
    if is_on(request, "/ServiceProviderConfig", "GET") and response.status == 200:
        return with_content(response, content(response) | {"sort": {"supported": False}})
    sorts = collection(request) is not None and "sortBy" in asked(request)
    return error(501, "sorting is not supported") if sorts and response.status == 200 else response


@fault("sort-wrong-collation")
def sort_wrong_collation(server: Beneath, request: Request) -> Response:
    text = _sorted_by(server, request)
    if text is None:
        return server(request)
    descending = str(asked(request).get("sortOrder")).lower() == "descending"
    return relisted(server, request, lambda matches: _sorted(matches, text, descending=descending))


def _sorted_by(server: Beneath, request: Request) -> Callable[[dict[str, Any]], str | None] | None:
    """What a list is sorted by when that is a text without case that a resource has once; else None."""
    place = collection(request)
    kind = next((kind for kind in server.service.kinds.values() if kind.endpoint == place), None)
    path = asked(request).get("sortBy") if kind is not None else None
    found = resolve(path, kind) if kind is not None and isinstance(path, str) else None
    if found is None or found.attribute is None or found.attribute.multi_valued:
        return None
    leaf = found.sub or found.attribute
    return partial(_text, found) if leaf.type is Type.STRING and not leaf.compares_case else None


def _text(found: Resolved, resource: dict[str, Any]) -> str | None:
    value: Any = resource
    places = (found.extension.id if found.extension else None, found.attribute and found.attribute.name)
    for name in (*places, found.sub and found.sub.name):
        if name is not None:
            value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, str) else None


def _sorted(matches: Resources, text: Callable[[dict[str, Any]], str | None], *, descending: bool) -> Resources:
    return sorted(matches, key=lambda each: (text(each) is None, text(each) or ""), reverse=descending)
