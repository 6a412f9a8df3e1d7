"""What faults are written with: which request this is, what a message holds, messages with another content."""

import json
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json, NotJsonError, compact, parse
from scimctl.scim import messages
from scimctl.server.answers import answer

Message = TypeVar("Message", Request, Response)


def content(message: Request | Response) -> dict[str, Any]:
    """The JSON object of a body, new and free to be changed; empty when the body is none."""
    try:
        value = parse(message.body)
    except NotJsonError:
        return {}
    return value if isinstance(value, dict) else {}


def with_content(message: Message, body: Json) -> Message:
    """The same message with another JSON body."""
    return replace(message, body=compact(body))


def error(status: int, detail: str, scim_type: str | None = None) -> Response:
    """An Error answer as the server itself would give it."""
    return answer(status, messages.error(status, detail, scim_type))


def is_on(request: Request, collection: str, *methods: str) -> bool:
    """Whether this is a request to the collection itself, such as `/Users`, by one of the methods."""
    return request.path == collection and request.method in methods


def is_within(request: Request, collection: str, *methods: str) -> bool:
    """Whether this is a request to one resource of the collection, by one of the methods."""
    rest = request.path.removeprefix(f"{collection}/")
    return rest not in (request.path, "", ".search") and "/" not in rest and request.method in methods


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


def with_resources(response: Response, shown: list[dict[str, Any]]) -> Response:
    """The same ListResponse with other resources, and with the numbers that go with them."""
    told = {"totalResults": len(shown), "itemsPerPage": len(shown), "Resources": list[Json](shown)}
    return with_content(response, content(response) | told)
