"""Faults of lists and of paging through them."""

import itertools

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim import etag, urns
from scimctl.server.faults.exchanges import content, error, is_list, is_within, with_content
from scimctl.server.faults.queries import (
    Resources,
    asked,
    asking,
    collection,
    number,
    relisted,
    resources,
    walked,
    window,
)
from scimctl.server.faults.registry import Beneath, fault
from scimctl.server.store import Record

_FIRST = 100
"""How many matches a truncated list has."""

_FOREIGN = "local-administrator"
"""The id of an account that no client has made."""

_LONG_AGO = "2020-01-01T00:00:00.000Z"


@fault("empty-list-404")
def empty_list_404(server: Beneath, request: Request) -> Response:
    response = server(request)
    missed = "filter" in _asked_of(request) and _is_empty(response)
    return error(404, "no resource matches the filter") if missed else response


@fault("empty-list-not-a-listresponse")
def empty_list_bare(server: Beneath, request: Request) -> Response:
    response = server(request)
    return with_content(response, []) if collection(request) is not None and _is_empty(response) else response


@fault("empty-list-without-Resources")
def empty_list_without_resources(server: Beneath, request: Request) -> Response:
    response = server(request)
    if collection(request) is None or not _is_empty(response):
        return response
    return with_content(response, {"schemas": [urns.LIST_RESPONSE], "totalResults": 0})


@fault("list-hides-inactive")
def list_hides_inactive(server: Beneath, request: Request) -> Response:
    return relisted(server, request, lambda matches: [each for each in matches if each.get("active") is not False])


@fault("list-silently-truncated")
def list_truncated(server: Beneath, request: Request) -> Response:
    if collection(request) is None:
        return server(request)
    first, count = window(server, request)
    shown = max(0, min(count, _FIRST - first))
    response = server(asking(request, cursor=None, count=str(shown)) if first + count > _FIRST else request)
    total = number(content(response).get("totalResults")) or 0
    return with_content(response, content(response) | {"totalResults": _FIRST}) if total > _FIRST else response


@fault("list-contains-foreign-users")
def list_contains_foreign_users(server: Beneath, request: Request) -> Response:
    if "made" not in server.memory:
        server.memory["made"] = True
        _make_foreign_user(server)
    response = server(request)
    hidden = is_within(request, "/Users", "GET") and request.path == f"/Users/{_FOREIGN}" and response.status == 200
    return error(404, "this user is not managed by SCIM") if hidden else response


@fault("page-order-unstable")
def page_order_unstable(server: Beneath, request: Request) -> Response:
    if "sortBy" in _asked_of(request):
        return server(request)
    turns = server.memory.setdefault("turns", itertools.count())

    def turned(matches: Resources) -> Resources:
        by = next(turns) % len(matches) if len(matches) > 1 else 0
        return matches[by:] + matches[:by]

    return relisted(server, request, turned)


@fault("paging-per-store")
def paging_per_store(server: Beneath, request: Request) -> Response:
    response = server(request)
    if collection(request) != "/Users" or not is_list(response) or "cursor" in asked(request):
        return response
    matches = walked(server, request)
    first, count = window(server, request)
    # Every other user is in a second store, and each store pages for itself.
    page = [each for store in (matches[::2], matches[1::2]) for each in store[first : first + count]]
    return with_content(response, content(response) | {"itemsPerPage": len(page), "Resources": list[Json](page)})


@fault("startIndex-ignored")
def start_index_ignored(server: Beneath, request: Request) -> Response:
    response = server(request)
    if "startIndex" not in _asked_of(request) or not is_list(response):
        return response
    _, count = window(server, request)
    fits = (number(content(response).get("totalResults")) or 0) <= count
    return server(asking(request, startIndex=None)) if fits else response


@fault("itemsPerPage-echoes-count")
def items_per_page_echoes(server: Beneath, request: Request) -> Response:
    response = server(request)
    count = number(_asked_of(request).get("count"))
    echoed = is_list(response) and count is not None and count >= 0
    return with_content(response, content(response) | {"itemsPerPage": count}) if echoed else response


@fault("startIndex-0-rejected-or-wrong")
def start_index_0_500(server: Beneath, request: Request) -> Response:
    response = server(request)
    index = number(_asked_of(request).get("startIndex"))
    fails = index is not None and index < 1 and response.status == 200
    return error(500, "OFFSET must not be negative") if fails else response


@fault("count-negative")
def count_negative_all(server: Beneath, request: Request) -> Response:
    count = number(_asked_of(request).get("count"))
    if count is None or count >= 0:
        return server(request)
    # A database takes LIMIT -5 for no limit.
    return server(asking(request, count=str(server.service.profile.max_results)))


@fault("count-zero-treated-as-default")
def count_zero_default(server: Beneath, request: Request) -> Response:
    is_zero = number(_asked_of(request).get("count")) == 0
    return server(asking(request, count=None) if is_zero else request)


@fault("paging-nonnumeric-500")
def paging_not_numeric_500(server: Beneath, request: Request) -> Response:
    response = server(request)
    query = _asked_of(request)
    given = [query[name] for name in ("startIndex", "count") if name in query]
    fails = response.status == 400 and any(number(value) is None for value in given)
    return error(500, "invalid literal for int() with base 10") if fails else response


def _asked_of(request: Request) -> dict[str, Json]:
    """What a list request asks for; empty for any other request."""
    return asked(request) if collection(request) is not None else {}


def _is_empty(response: Response) -> bool:
    return is_list(response) and content(response).get("totalResults") == 0 and not resources(response)


def _make_foreign_user(server: Beneath) -> None:
    store = server.service.store
    if "User" not in server.service.kinds or store.get("User", _FOREIGN) is not None:
        return
    account: dict[str, Json] = {
        "schemas": [urns.USER],
        "id": _FOREIGN,
        "userName": f"{_FOREIGN}@local.invalid",
        "active": True,
        "meta": {"resourceType": "User", "created": _LONG_AGO, "lastModified": _LONG_AGO, "version": etag.weak(1)},
    }
    store.put(Record(kind="User", id=_FOREIGN, version=1, resource=account))
