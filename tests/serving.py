"""The reference server, or one that is wrong on purpose, on a socket in a thread of the test."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from scimctl.exchange import Answer, Request, Response
from scimctl.server import asgi
from scimctl.server.core import build
from scimctl.server.faults.catalogue import with_faults
from scimctl.server.faults.registry import FaultyServer

TOKEN = "socket-token-0123456789"


class Changed:
    """A handler that puts a function between the socket and the reference server."""

    def __init__(self, server: FaultyServer, change: Callable[[Request, Callable[[Request], Answer]], Answer]) -> None:
        self._server = server
        self._change = change

    def handle(self, request: Request, *, base_url: str) -> Response:
        def ask(inner: Request) -> Answer:
            # Questions that the change asks on its own have the token; the client's have what the client sent.
            if inner is not request and inner.headers.get("Authorization") is None:
                inner = replace(inner, headers=inner.headers.with_field("Authorization", f"Bearer {TOKEN}"))
            return self._server.handle(inner, base_url=base_url)

        answer = self._change(request, ask)
        assert isinstance(answer, Response)
        return answer


@contextlib.contextmanager
def served(
    profile: str = "standard",
    change: Callable[[Request, Callable[[Request], Answer]], Answer] = lambda request, server: server(request),
    faults: Sequence[str] = (),
) -> Iterator[str]:
    """Serves until the block ends, and gives the base URL; the token is TOKEN."""
    handler = Changed(with_faults(build(profile, token=TOKEN), faults), change)
    listener = asgi.bind("127.0.0.1", 0)
    server = asgi.make_server(asgi.Application(handler))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        yield asgi.base_url_of(listener)
    finally:
        server.should_exit = True
        thread.join(timeout=5)
        listener.close()
