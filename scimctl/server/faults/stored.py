"""What faults do to what is stored: look at it, change it behind the server's back, show it as it is now."""

from dataclasses import replace
from typing import Any

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim.attributes import Resource
from scimctl.server import routes
from scimctl.server.faults.exchanges import content, overwrite, rehearsed
from scimctl.server.faults.registry import Beneath
from scimctl.server.store import Record


def record_of(server: Beneath, request: Request) -> Record | None:
    """What is stored of the resource that the path of a request names; None when there is no such resource."""
    match = routes.find(request.path, server.service.kinds)
    if match is None or match.kind is None or not match.id:
        return None
    return server.service.store.get(match.kind.name, match.id)


def members_of(record: Record | None) -> list[dict[str, Any]]:
    """The members that are stored of a group; empty when there is no group."""
    stored = record.resource.get("members") if record is not None else None
    return [entry for entry in stored if isinstance(entry, dict)] if isinstance(stored, list) else []


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


def refused(server: Beneath, request: Request, refusal: Response) -> Response:
    """A refusal of what would have succeeded; what would have failed fails as it does, and nothing is changed."""
    response = rehearsed(server, request)
    return refusal if response.status < 400 else response


def stored_anew(server: Beneath, record: Record, resource: Resource) -> None:
    """Stores a resource as the next version of a record, without asking whether the rules allow it."""
    server.service.store.put(server.service.record(server.service.kinds[record.kind], resource, record))


def left(server: Beneath, before: Record, values: dict[str, Json]) -> None:
    """Gives a resource other values than a request has left it with; None takes a value away.

    They belong to the change that the request made. If it made none, they are a change of their own, so that the
    version is as true as ever.
    """
    now = server.service.store.get(before.kind, before.id)
    if now is not None and now.version != before.version:
        overwrite(server, now, values)
    elif now is not None:
        resource: Resource = {name: value for name, value in {**now.resource, **values}.items() if value is not None}
        stored_anew(server, now, resource)
