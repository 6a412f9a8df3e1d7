"""The reference server on a socket: plain ASGI, run by uvicorn. Nothing else in the project listens."""

import asyncio
import gc
import logging
import socket
import ssl
from collections.abc import Awaitable, Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from types import MappingProxyType
from typing import Any, Protocol, TypeAlias
from urllib.parse import quote

import uvicorn

from scimctl.diagnostic import usage_error
from scimctl.exchange import Headers, Request, Response
from scimctl.redact import Redactor
from scimctl.scim.errors import not_found
from scimctl.server.answers import MAX_BODY, refusal
from scimctl.server.watching import Note, Noted, Served, Watcher, error_of

BASE_PATH = "/scim/v2"

PAGES = "/_/"
"""Where the inspector is."""

MOST_CONNECTIONS = 1000
"""Connections that are served at once; one more is answered 503."""

# ASGI's messages are dictionaries of mixed types (asgiref's own typing leaves them so).
Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Emit: TypeAlias = Callable[[Message], Awaitable[None]]
Asgi: TypeAlias = Callable[[Message, Receive, Emit], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Tls:
    """The PEM files of a server's certificate and key."""

    certificate: Path
    key: Path


_MOST_TOKENS = 1000
"""Accepted tokens that are remembered to mask them where they come back."""


class Handler(Protocol):
    """What answers requests: a ReferenceServer, or something around one."""

    def handle(self, request: Request, *, base_url: str) -> Response:
        """The answer to a request relative to the base URL."""


class Application:
    """The ASGI application: requests below BASE_PATH go to the handler, everything else is a 404 Error.

    A tenant's handler has `/tenants/NAME` before its BASE_PATH. `public_url` is the base URL in answers, instead of one
    that is made from the Host field. `pages` is an ASGI application that gets what is below PAGES. `note` is told of
    each request, `watchers` see each exchange, both with secrets masked; `redactor` knows the secrets. `closing` is
    called when the server stops.
    """

    def __init__(
        self,
        handler: Handler,
        *,
        tenants: Mapping[str, Handler] = MappingProxyType({}),
        public_url: str | None = None,
        note: Note | None = None,
        watchers: Sequence[Watcher] = (),
        redactor: Redactor | None = None,
        pages: Asgi | None = None,
        closing: Callable[[], object] = lambda: None,
    ) -> None:
        self._mounts = [(f"/tenants/{name}{BASE_PATH}", tenant) for name, tenant in tenants.items()]
        self._mounts.append((BASE_PATH, handler))
        self._public_root = public_url.rstrip("/").removesuffix(BASE_PATH) if public_url is not None else None
        self._public_url = public_url.rstrip("/") if public_url is not None else None
        self._note = note
        self._watchers = tuple(watchers)
        self._redactor = redactor or Redactor()
        self._pages = pages
        self._closing = closing
        self._learnt: set[str] = set()

    async def __call__(self, scope: Message, receive: Receive, send: Emit) -> None:
        """Serves one request; a web server that tells of its start and its end is told that all is well."""
        if scope["type"] != "http":
            await self._live(scope, receive, send)
            return
        if self._pages is not None and (scope["path"] + "/").startswith(PAGES):
            await self._pages(scope, receive, send)
            return
        started = perf_counter()
        request, origin = _request(scope, await _body(receive))
        # In the event loop, because a thread would cost more than most requests take.
        response = self._answer(request, origin, scope.get("root_path", ""))
        if self._note is not None or self._watchers:
            self._tell(request, origin, response, perf_counter() - started)
        if response.elapsed > 0:
            await asyncio.sleep(response.elapsed)
        await _send(response, send)

    async def _live(self, scope: Message, receive: Receive, send: Emit) -> None:
        if scope["type"] != "lifespan":
            raise ValueError(f"a SCIM server speaks HTTP alone, not {scope['type']}")
        while (await receive())["type"] == "lifespan.startup":
            await send({"type": "lifespan.startup.complete"})
        # Here and not after the server's end, because the signal that ends it may end the process.
        self._closing()
        await send({"type": "lifespan.shutdown.complete"})

    def _answer(self, request: Request, origin: str, root: str) -> Response:
        path = request.target.removeprefix(root)
        for mount, handler in self._mounts:
            if path.startswith(mount) and path[len(mount) : len(mount) + 1] in ("", "/", "?"):
                relative = Request(request.method, path[len(mount) :], request.headers, request.body)
                return handler.handle(relative, base_url=self._base_url(mount, origin + root))
        return refusal(not_found(f"the base URL ends in {BASE_PATH}: there is nothing at {request.path[:200]!r}"))

    def _base_url(self, mount: str, origin: str) -> str:
        if self._public_url is None or self._public_root is None:
            return origin + mount
        return self._public_url if mount == BASE_PATH else self._public_root + mount

    def _learn(self, authorization: str | None, status: int) -> None:
        """Makes a token known that was accepted: of those that a store keeps, nobody has the text before."""
        if authorization is None or status == 401 or authorization in self._learnt:
            return
        if len(self._learnt) < _MOST_TOKENS:
            self._learnt.add(authorization)
            self._redactor.learn(authorization)

    def _tell(self, request: Request, origin: str, response: Response, seconds: float) -> None:
        self._learn(request.headers.get("Authorization"), response.status)
        at = datetime.now(UTC)
        if self._note is not None:
            target, error = self._redactor.text(request.target), self._redactor.text(error_of(response))
            noted = Noted(
                at=at, method=request.method, target=target, status=response.status, seconds=seconds, error=error
            )
            self._note(noted)
        if not self._watchers:
            return
        served = Served(
            at=at,
            origin=self._redactor.text(origin),
            request=self._redactor.request(request),
            response=replace(
                response, headers=self._redactor.headers(response.headers), body=self._redactor.body(response.body)
            ),
            seconds=seconds,
        )
        for watcher in self._watchers:
            watcher(served)


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
    """The request, with the scheme and the host that it was sent to."""
    fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"])
    headers = Headers(fields)
    query = scope["query_string"].decode("latin-1")
    # `raw_path` is optional in ASGI.
    path = (scope.get("raw_path") or quote(scope["path"]).encode()).decode("latin-1")
    target = path + (f"?{query}" if query else "")
    host, port = scope.get("server") or ("localhost", 80)
    return Request(
        scope["method"], target, headers, body
    ), f"{scope['scheme']}://{headers.get('Host') or f'{host}:{port}'}"


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


def base_url_of(listener: socket.socket, scheme: str = "http") -> str:
    """The base URL that a listening socket serves."""
    host, port = listener.getsockname()[:2]
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{BASE_PATH}"


def make_server(application: Application, tls: Tls | None = None) -> uvicorn.Server:
    """A uvicorn server without a banner and without logs of its own requests; it stops within 2 s of being asked to.

    Raises InputError for a certificate or key that cannot be used.
    """
    config = uvicorn.Config(
        application,
        log_config=None,
        access_log=False,
        lifespan="on",
        server_header=False,
        timeout_graceful_shutdown=2,
        limit_concurrency=MOST_CONNECTIONS,
        ssl_certfile=tls.certificate if tls is not None else None,
        ssl_keyfile=tls.key if tls is not None else None,
    )
    if tls is not None:
        _check_certificate(config, tls)
    return uvicorn.Server(config)


def _check_certificate(config: uvicorn.Config, tls: Tls) -> None:
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        reason = getattr(error, "strerror", None) or getattr(error, "reason", None) or str(error)
        raise usage_error(
            f"cannot serve TLS with {tls.certificate} and {tls.key}: {reason}",
            "give a certificate (with its chain) and the key that belongs to it, both as PEM files",
        ) from error


def run(server: uvicorn.Server, listener: socket.socket) -> None:
    """Serves until SIGTERM or SIGINT, which take their usual effect once the server has stopped."""
    log = logging.getLogger("uvicorn.error")

    def is_of_interest(_: logging.LogRecord) -> bool:
        # A request that is cut off by the end is no news; uvicorn would show its traceback.
        return not server.should_exit

    # What the start has made stays until the end; the garbage collector need not walk it again and again.
    gc.freeze()
    log.addFilter(is_of_interest)
    try:
        server.run(sockets=[listener])
    finally:
        log.removeFilter(is_of_interest)
