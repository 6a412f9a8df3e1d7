"""The reference server, or one that is wrong on purpose, on a socket in a thread of the test."""

import contextlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

from scimctl.exchange import Answer, Request, Response
from scimctl.server import asgi
from scimctl.server.core import ReferenceServer, build

TOKEN = "socket-token-0123456789"


class Changed:
    """A handler that puts a function between the socket and the reference server."""

    def __init__(
        self, server: ReferenceServer, change: Callable[[Request, Callable[[Request], Answer]], Answer]
    ) -> None:
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
) -> Iterator[str]:
    """Serves until the block ends, and gives the base URL; the token is TOKEN."""
    handler = Changed(build(profile, token=TOKEN), change)
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
