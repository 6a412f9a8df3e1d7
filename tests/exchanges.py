"""What servers of tests are changed with: which request this is, what a message holds, the same with another body."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from scimctl.exchange import Answer, Request, Response, Send
from scimctl.server.faults import exchanges

Variant = Callable[[Request, Send], Answer]
"""A server in a test: the answer to a request, given a server that is right."""

Message = TypeVar("Message", Request, Response)


def content(message: Request | Response) -> dict[str, Any]:
    """The JSON object of a body; empty when there is none."""
    value = json.loads(message.body) if message.body else {}
    return value if isinstance(value, dict) else {}


def with_content(message: Message, body: object) -> Message:
    return replace(message, body=json.dumps(body).encode())


def ok(response: Answer) -> Response:
    assert isinstance(response, Response)
    return response


def error(status: int, detail: str = "broken on purpose", scim_type: str | None = None) -> Response:
    return exchanges.error(status, detail, scim_type)


def is_create(request: Request) -> bool:
    return request.method == "POST" and request.path == "/Users"


def on_one_user(request: Request, *methods: str) -> bool:
    return request.path.startswith("/Users/") and request.method in methods


def is_listing(request: Request) -> bool:
    return request.method == "GET" and request.path == "/Users"


def filter_of(request: Request) -> str:
    return exchanges.parameters(request).get("filter", "")
