"""The small Management API behind a socket, with a token, and a record of what it was asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

from scimctl.exchange import Headers, Request, Response
from tests.unit.diagnose.okta_api import ORIGIN, OktaApi, error

OKTA_TOKEN = "00canary-okta-token-0123456789"


@contextmanager
def okta_org(okta: OktaApi) -> Iterator[str]:
    """Serves `okta` and yields its address; every request is in `okta.requests`, also those that were refused."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def answer(self) -> None:
            length = int(self.headers.get("Content-Length", "0"))
            request = Request(self.command, self.path, Headers(tuple(self.headers.items())), self.rfile.read(length))
            response: Any = okta.send(request)
            if self.headers.get("Authorization") != f"SSWS {OKTA_TOKEN}":
                response = error(401, "E0000011", "Invalid token provided")
            here = f"http://127.0.0.1:{self.server.server_address[1]}"
            assert isinstance(response, Response)
            self.send_response(response.status)
            for name, value in response.headers:
                self.send_header(name, value.replace(ORIGIN, here))
            self.send_header("Content-Length", str(len(response.body)))
            self.end_headers()
            self.wfile.write(response.body)

        do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = answer

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 -- the name of http.server's parameter
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
