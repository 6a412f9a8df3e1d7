"""Faults of versions, conditional requests and changes that come at the same time."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zlib import crc32

from scimctl.exchange import Request, Response
from scimctl.scim import etag, urns
from scimctl.scim.errors import ScimError
from scimctl.server.faults.exchanges import content, is_within, overwrite, with_each
from scimctl.server.faults.patches import would_be
from scimctl.server.faults.registry import Beneath, fault
from scimctl.server.faults.stored import as_stored, record_of
from scimctl.server.store import Record

_AT_ONCE = timedelta(milliseconds=100)
"""Changes nearer to each other than this do not see each other."""


def _is_resource(request: Request, *methods: str) -> bool:
    return is_within(request, "/Users", *methods) or is_within(request, "/Groups", *methods)


def _modified(record: Record) -> datetime:
    meta = record.resource["meta"]
    assert isinstance(meta, dict)
    return datetime.fromisoformat(str(meta["lastModified"]))


@fault("group-patch-lost-update")
def group_patch_lost_update(server: Beneath, request: Request) -> Response:
    before = record_of(server, request)
    response = server(request)
    after = record_of(server, request)
    if not is_within(request, "/Groups", "PATCH", "PUT") or response.status != 200 or not before or not after:
        return response
    if after.version == before.version:
        return response
    stale: Record | None = server.memory.get(before.id)
    server.memory[before.id] = before
    if request.method == "PUT" or stale is None or _modified(after) - _modified(before) >= _AT_ONCE:
        return response
    # The group as it was read before the last change, with this change alone.
    alone = would_be(server, request, stale)
    try:
        alone = server.service.with_references(alone) if alone is not None else None
    except ScimError:
        # A member of then is not there any more.
        return response
    if alone is None:
        return response
    overwrite(server, after, {"members": alone.get("members"), "displayName": alone.get("displayName")})
    return as_stored(server, request, response)


@fault("if-match-check-not-atomic")
def if_match_check_not_atomic(server: Beneath, request: Request) -> Response:
    if not _is_resource(request, "PUT", "PATCH"):
        return server(request)
    before = record_of(server, request)
    tag = server.ask("GET", request.path).headers.get("ETag")
    response = server(request)
    condition = request.headers.get("If-Match")
    if before is None:
        return response
    former: str | None = server.memory.get(before.id)
    if response.status == 200:
        server.memory[before.id] = tag
    if response.status != 412 or former is None or condition is None or not etag.names(condition, former):
        return response
    if server.service.clock() - _modified(before) >= _AT_ONCE:
        return response
    return server(replace(request, headers=request.headers.without("If-Match")))


@fault("version-constant")
def version_constant(server: Beneath, request: Request) -> Response:
    def constant(resource: dict[str, Any]) -> dict[str, Any]:
        if isinstance(resource.get("meta"), dict) and "version" in resource["meta"]:
            resource["meta"]["version"] = _constant(str(resource.get("id")))
        return resource

    record = record_of(server, request)
    response = server(request if record is None else _with_real_tags(request, _constant(record.id)))
    for schema in (urns.USER, urns.GROUP):
        response = with_each(response, schema, constant)
    named = record.id if record is not None else str(content(response).get("id"))
    if response.headers.get("ETag") is None:
        return response
    return replace(response, headers=response.headers.with_field("ETag", _constant(named)))


def _constant(resource_id: str) -> str:
    return etag.weak(f"{crc32(resource_id.encode('utf-8', 'surrogatepass')):x}")


def _with_real_tags(request: Request, constant: str) -> Request:
    """The request with conditions that the server beneath takes for true when they name the constant tag."""
    headers = request.headers
    for name in ("If-Match", "If-None-Match"):
        condition = headers.get(name)
        if condition is not None and etag.names(condition, constant):
            headers = headers.with_field(name, "*")
    return replace(request, headers=headers)


@fault("delete-if-match-ignored")
def delete_if_match_ignored(server: Beneath, request: Request) -> Response:
    if _is_resource(request, "DELETE"):
        return server(replace(request, headers=request.headers.without("If-Match")))
    return server(request)


@fault("if-none-match-ignored")
def if_none_match_ignored(server: Beneath, request: Request) -> Response:
    if _is_resource(request, "GET", "HEAD"):
        return server(replace(request, headers=request.headers.without("If-None-Match")))
    return server(request)
