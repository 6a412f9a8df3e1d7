"""The reference server on a socket: plain ASGI, run by uvicorn. Nothing else in the project listens."""

import logging
import socket
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any, Protocol, TypeAlias

import uvicorn

from scimctl.diagnostic import usage_error
from scimctl.exchange import Headers, Request, Response
from scimctl.scim.errors import not_found
from scimctl.server.answers import MAX_BODY, refusal

BASE_PATH = "/scim/v2"

# ASGI's messages are dictionaries of mixed types (asgiref's own typing leaves them so).
Message: TypeAlias = dict[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Emit: TypeAlias = Callable[[Message], Awaitable[None]]
AccessLog: TypeAlias = Callable[[str, str, int, float], None]
"""Takes method, target, status and seconds of each request."""


class Handler(Protocol):
    """What answers requests: a ReferenceServer, or something around one."""

    def handle(self, request: Request, *, base_url: str) -> Response:
        """The answer to a request relative to the base URL."""


class Application:
    """The ASGI application: requests below BASE_PATH go to the handler, everything else is a 404 Error."""

    def __init__(self, handler: Handler, *, public_url: str | None = None, log: AccessLog | None = None) -> None:
        self._handler = handler
        self._public_url = public_url
        self._log = log

    async def __call__(self, scope: Message, receive: Receive, send: Emit) -> None:
        """Serves one request; other ASGI events than requests are not asked for (lifespan is off)."""
        started = perf_counter()
        request, host = _request(scope, await _body(receive))
        # In the event loop, because a thread would cost more than most requests take.
        response = self._answer(request, host)
        # Logged before it is sent, so that whoever has an answer finds its line.
        if self._log is not None:
            self._log(request.method, request.target, response.status, perf_counter() - started)
        await _send(response, send)

    def _answer(self, request: Request, host: str) -> Response:
        path = request.target
        if path != BASE_PATH and not path.startswith((f"{BASE_PATH}/", f"{BASE_PATH}?")):
            return refusal(not_found(f"the base URL ends in {BASE_PATH}: there is nothing at {request.path[:200]!r}"))
        relative = Request(request.method, path[len(BASE_PATH) :], request.headers, request.body)
        return self._handler.handle(relative, base_url=self._public_url or f"http://{host}{BASE_PATH}")


async def _body(receive: Receive) -> bytes:
    """The body, cut a byte after MAX_BODY: the rest is read and forgotten, so that 413 can be answered."""
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        if length <= MAX_BODY:
            parts.append(part[: MAX_BODY + 1 - length])
        length += len(part)
        if message["type"] != "http.request" or not message.get("more_body", False):
            return b"".join(parts)


def _request(scope: Message, body: bytes) -> tuple[Request, str]:
    fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    headers = Headers(fields)
    query = scope["query_string"].decode("latin-1")
    target = scope["raw_path"].decode("latin-1") + (f"?{query}" if query else "")
    host, port = scope["server"]
    return Request(scope["method"], target, headers, body), headers.get("Host") or f"{host}:{port}"


async def _send(response: Response, send: Emit) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in response.headers]
    if response.headers.get("Content-Length") is None and response.status not in (204, 304):
        headers.append((b"content-length", str(len(response.body)).encode()))
    await send({"type": "http.response.start", "status": response.status, "headers": headers})
    await send({"type": "http.response.body", "body": response.body})


def bind(host: str, port: int) -> socket.socket:
    """A socket that listens on host and port; port 0 takes a free one. Raises InputError when that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio switches Nagle off for TCP by name alone: 44 ms a kept-alive request.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(1024)
    except (OSError, OverflowError) as error:
        listener.close()
        reason = getattr(error, "strerror", None) or str(error)
        remedy = "choose another with --port, or --port 0 for a free one"
        raise usage_error(f"cannot listen on {host} port {port}: {reason}", remedy) from error
    return listener


def base_url_of(listener: socket.socket) -> str:
    """The base URL that a listening socket serves."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}{BASE_PATH}"


def make_server(application: Application) -> uvicorn.Server:
    """A uvicorn server without a banner and without logs of its own requests; it stops within 2 s of being asked to."""
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    return uvicorn.Server(config)


def run(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serves until SIGTERM or SIGINT, which take their usual effect once the server has stopped."""
    log = logging.getLogger("uvicorn.error")

    def is_of_interest(_: logging.LogRecord) -> bool:
        # A request that is cut off by the end is no news; uvicorn would show its traceback.
        return not server.should_exit

    log.addFilter(is_of_interest)
    try:
        server.run(sockets=[listener])
    finally:
        log.removeFilter(is_of_interest)
