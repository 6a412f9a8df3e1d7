"""What faults do to what is stored: look at it, change it behind the server's back, show it as it is now."""

from dataclasses import replace
from typing import Any

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.server import routes
from scimctl.server.faults.exchanges import content
from scimctl.server.faults.registry import Beneath
from scimctl.server.store import Record


def record_of(server: Beneath, request: Request) -> Record | None:
    """What is stored of the resource that the path of a request names; None when there is no such resource."""
    match = routes.find(request.path, server.service.kinds)
    if match is None or match.kind is None or not match.id:
        return None
    return server.service.store.get(match.kind.name, match.id)


def rewrite(server: Beneath, record: Record, resource: dict[str, Json]) -> None:
    """Stores another content for a record, unchecked, with the version that it has."""
    rest = {name: value for name, value in resource.items() if name != "meta"}
    # A record's `meta` is its last member.
    changed = {**rest, "meta": resource["meta"]}
    server.service.store.put(Record(kind=record.kind, id=record.id, version=record.version, resource=changed))


def members_of(record: Record | None) -> list[dict[str, Any]]:
    """The members that are stored of a group; empty when there is no group."""
    stored = record.resource.get("members") if record is not None else None
    return [entry for entry in stored if isinstance(entry, dict)] if isinstance(stored, list) else []


def with_members(resource: dict[str, Json], members: list[Json]) -> dict[str, Json]:
    """The same group with other members."""
    rest = {name: value for name, value in resource.items() if name != "members"}
    return {**rest, "members": members} if members else rest


def made(server: Beneath, request: Request, response: Response) -> Record | None:
    """What is stored of the resource that a POST to a collection has just made; None when it made none."""
    if response.status != 201:
        return None
    return record_of(server, replace(request, target=f"{request.path}/{content(response).get('id')}"))


def as_stored(server: Beneath, request: Request, response: Response) -> Response:
    """The same answer with the resource as a GET shows it now; one that is no resource stays as it is."""
    if response.status not in (200, 201):
        return response
    target = request.target
    if request.method == "POST":
        query = f"?{request.query}" if request.query else ""
        target = f"{request.path}/{content(response).get('id')}{query}"
    headers = request.headers.without("If-Match").without("If-None-Match")
    found = server(replace(request, method="GET", target=target, headers=headers, body=b""))
    if found.status != 200:
        return response
    tag = found.headers.get("ETag")
    headers = response.headers if tag is None else response.headers.with_field("ETag", tag)
    return replace(response, headers=headers, body=found.body)


def may_write(server: Beneath) -> bool:
    """Whether the credentials of the request allow a change: a POST that has no chance gets as far as its body."""
    return server.ask("POST", "/Users", {}).status == 400
