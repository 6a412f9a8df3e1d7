"""What faults are written with: which request this is, what a message holds, messages with another content."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json, NotJsonError, compact, parse
from scimctl.scim import messages
from scimctl.server.answers import MAX_DEPTH, answer
from scimctl.server.faults.registry import Beneath
from scimctl.server.paths import segments
from scimctl.server.store import Record

Message = TypeVar("Message", Request, Response)


def content(message: Request | Response) -> dict[str, Any]:
    """The JSON object of a body, new and free to be changed; empty when the body is none.

    It is empty too for a request that is nested deeper than the server reads, so that faults may walk through it.
    """
    try:
        value = parse(message.body)
    except NotJsonError:
        return {}
    if not isinstance(value, dict) or (isinstance(message, Request) and _is_deeper(value, MAX_DEPTH)):
        return {}
    return value


def _is_deeper(value: Json, levels: int) -> bool:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return levels < 0 or any(_is_deeper(each, levels - 1) for each in inner)


def with_content(message: Message, body: Json) -> Message:
    """The same message with another JSON body."""
    return replace(message, body=compact(body))


def error(status: int, detail: str, scim_type: str | None = None) -> Response:
    """An Error answer as the server itself would give it."""
    return answer(status, messages.error(status, detail, scim_type))


def bare(request: Request, response: Response) -> Response:
    """The answer as HEAD has it, if that is the request: without its body, but with the length of it."""
    if request.method != "HEAD":
        return response
    length = str(len(response.body))
    return replace(response, headers=response.headers.with_field("Content-Length", length), body=b"")


def spelt(body: dict[str, Any], name: str) -> str:
    """The key under which an object holds an attribute, whatever its case; `name` itself when it holds none."""
    return next((key for key in body if key.lower() == name.lower()), name)


def with_attribute(message: Message, name: str, value: Json) -> Message:
    """The same message whose object has another value for an attribute, in the place of the one it has."""
    body = content(message)
    return with_content(message, {**body, spelt(body, name): value})


class _RehearsalError(Exception):
    """Ends a transaction that is not meant to be kept."""


def rehearsed(server: Beneath, request: Request) -> Response:
    """The answer that a request would get; what it writes is forgotten.

    This is how a fault refuses what the server would do: only what would have succeeded, with everything else that is
    wrong with the request still looked at first.
    """
    answers: list[Response] = []
    try:
        with server.service.store.transaction():
            answers.append(server(request))
            raise _RehearsalError
    except _RehearsalError:
        return answers[0]


def overwrite(server: Beneath, record: Record, values: dict[str, Json]) -> Record:
    """Stores other values of a record beside every rule, its version as it was; None takes a value away.

    Returns the record as it is stored now.
    """
    meta = record.resource["meta"]
    resource = {name: value for name, value in {**record.resource, **values}.items() if value is not None}
    del resource["meta"]
    changed = Record(kind=record.kind, id=record.id, version=record.version, resource={**resource, "meta": meta})
    server.service.store.put(changed)
    return changed


def is_on(request: Request, collection: str, *methods: str) -> bool:
    """Whether this is a request to the collection itself, such as `/Users`, by one of the methods."""
    return request.method in methods and segments(request.path) == segments(collection)


def is_within(request: Request, collection: str, *methods: str) -> bool:
    """Whether this is a request to one resource of the collection, by one of the methods."""
    parts = segments(request.path) if request.method in methods else None
    return parts is not None and len(parts) == 2 and parts[0] == collection[1:] and parts[1] != ".search"


def parameters(request: Request) -> dict[str, str]:
    """The query parameters, decoded; of two with one name the last."""
    return dict(parse_qsl(request.query, keep_blank_values=True))


def with_parameters(request: Request, **changes: str | None) -> Request:
    """The same request with these parameters; None takes one away."""
    merged = {**parameters(request), **changes}
    query = urlencode({name: value for name, value in merged.items() if value is not None}, quote_via=quote)
    return replace(request, target=f"{request.path}?{query}" if query else request.path)


def operations(request: Request) -> list[dict[str, Any]]:
    """The operations of a PATCH body, those that are objects; empty for any other body."""
    found = next((value for name, value in content(request).items() if name.lower() == "operations"), None)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def with_operations(request: Request, changed: list[dict[str, Any]]) -> Request:
    """The same PATCH with other operations."""
    body = {name: value for name, value in content(request).items() if name.lower() != "operations"}
    return with_content(request, {**body, "Operations": json.loads(json.dumps(changed))})


def is_list(response: Response) -> bool:
    """Whether this is a ListResponse that was given with 200."""
    return response.status == 200 and "totalResults" in content(response)


def resources(response: Response) -> list[dict[str, Any]]:
    """The resources of a ListResponse; empty for any other answer."""
    found = content(response).get("Resources") if is_list(response) else None
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def with_resources(response: Response, shown: list[dict[str, Any]]) -> Response:
    """The same ListResponse with other resources, and with the numbers that go with them."""
    told = {"totalResults": len(shown), "itemsPerPage": len(shown), "Resources": list[Json](shown)}
    return with_content(response, content(response) | told)


def with_each(response: Response, schema: str, change: Callable[[dict[str, Any]], dict[str, Any]]) -> Response:
    """The same answer with each shown resource of a schema, alone or in a list, as `change` makes it.

    `change` gets a copy and may change it. An answer without such a resource stays as it is, byte for byte.
    """
    if response.status not in (200, 201):
        return response
    body = content(response)
    if _is_of(body, schema):
        return with_content(response, change(body))
    listed = body.get("Resources")
    if "totalResults" not in body or not isinstance(listed, list) or not any(_is_of(each, schema) for each in listed):
        return response
    return with_content(response, body | {"Resources": [change(one) if _is_of(one, schema) else one for one in listed]})


def _is_of(value: Json, schema: str) -> bool:
    schemas = value.get("schemas") if isinstance(value, dict) else None
    return isinstance(schemas, list) and schema in schemas


def is_projected(request: Request) -> bool:
    """Whether a request says which attributes the answer is to hold."""
    asked = {*parameters(request), *(content(request) if request.path.endswith("/.search") else ())}
    return any(name.lower() in ("attributes", "excludedattributes") for name in asked)


def without(body: dict[str, Any], *names: str) -> dict[str, Any]:
    """The same object without some members, their names compared without case."""
    gone = {name.lower() for name in names}
    return {name: value for name, value in body.items() if name.lower() not in gone}
