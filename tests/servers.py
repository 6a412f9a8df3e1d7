"""Servers on 127.0.0.1 that misbehave in one way each: raw sockets, one thread a connection, a free port.

A behaviour is a function that gets a connection whose request was read, and what was read. It may write anything.
"""

import contextlib
import gzip
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import trustme

Behaviour = Callable[[socket.socket, bytes], None]

LIST = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    "totalResults": 0,
    "startIndex": 1,
    "itemsPerPage": 0,
    "Resources": [],
}
"""What a good server answers to the credential test when it has no users."""


@dataclass(slots=True)
class Server:
    """A running server: where it is, what it read, how many connections came."""

    port: int
    scheme: str = "http"
    requests: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def base_url(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}/scim/v2"


@contextlib.contextmanager
def running(behaviour: Behaviour, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    """Serves with `behaviour` until the block ends; with `context` under TLS."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener.getsockname()[1], "http" if context is None else "https")
    over = threading.Event()
    open_connections: list[socket.socket] = []

    def accept() -> None:
        while not over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            server.connections += 1
            open_connections.append(connection)
            threading.Thread(target=converse, args=(connection,), daemon=True).start()

    def converse(connection: socket.socket) -> None:
        with contextlib.suppress(OSError), connection:
            plain = connection if context is None else context.wrap_socket(connection, server_side=True)
            with plain:
                while request := read_request(plain):
                    server.requests.append(request)
                    behaviour(plain, request)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        over.set()
        with contextlib.suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for connection in open_connections:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        thread.join(2)


def read_request(connection: socket.socket) -> bytes:
    """One request with the body that its Content-Length announces; empty at the end of the connection."""
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        data += chunk
    head, _, body = data.partition(b"\r\n\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    while len(body) < length:
        body += connection.recv(65536)
    return head + b"\r\n\r\n" + body


def message(
    status: str = "200 OK", body: bytes = b"{}", *fields: str, media_type: str = "application/scim+json"
) -> bytes:
    """A whole HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Type: {media_type}", f"Content-Length: {len(body)}", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1") + body


def answering(
    status: str = "200 OK", body: object = None, *fields: str, media_type: str = "application/scim+json"
) -> Behaviour:
    """Answers every request alike; a body that is not bytes goes out as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(LIST if body is None else body).encode()
    whole = message(status, content, *fields, media_type=media_type)
    return lambda connection, request: connection.sendall(whole)


def sending(raw: bytes) -> Behaviour:
    """Writes `raw` and closes."""

    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_RDWR)

    return behave


def silent(connection: socket.socket, request: bytes) -> None:
    """Reads and never answers."""
    connection.recv(1)


def hanging_up(connection: socket.socket, request: bytes) -> None:
    """Closes without a word."""
    connection.shutdown(socket.SHUT_RDWR)


def dripping(raw: bytes, pause: float) -> Behaviour:
    """Writes `raw` byte for byte, for ever: the last byte is repeated. Slowness is what this server is for."""

    def behave(connection: socket.socket, request: bytes) -> None:
        for byte in raw:
            connection.sendall(bytes([byte]))
            time.sleep(pause)
        while True:
            connection.sendall(raw[-1:])
            time.sleep(pause)

    return behave


def broken_gzip() -> Behaviour:
    """Says gzip and sends something else."""
    return answering("200 OK", b"this is not gzip", "Content-Encoding: gzip")


def gzip_bomb(size: int) -> Behaviour:
    """Sends `size` zero bytes, compressed to a thousandth."""
    return answering("200 OK", gzip.compress(bytes(size)), "Content-Encoding: gzip")


def once_per_connection(behaviour: Behaviour) -> Behaviour:
    """Keeps the connection after the first answer, and hangs up on the second request without reading more of it."""
    served: set[int] = set()
    lock = threading.Lock()

    def behave(connection: socket.socket, request: bytes) -> None:
        with lock:
            stale = id(connection) in served
            served.add(id(connection))
        if stale:
            connection.shutdown(socket.SHUT_RDWR)
        else:
            behaviour(connection, request)

    return behave


@dataclass(frozen=True, slots=True)
class Certificates:
    """A certificate authority that nobody trusts, and contexts with certificates of it."""

    ca_file: Path
    good: ssl.SSLContext
    expired: ssl.SSLContext
    wrong_host: ssl.SSLContext
    client_cert: Path


def make_certificates(folder: Path) -> Certificates:
    """Makes the authority and its certificates in `folder`."""
    authority = trustme.CA()
    ca_file = folder / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    client = folder / "client.pem"
    authority.issue_cert("client@scimctl.example").private_key_and_cert_chain_pem.write_to_path(client)
    return Certificates(
        ca_file=ca_file,
        good=_context(authority.issue_cert("127.0.0.1", "localhost")),
        expired=_context(authority.issue_cert("127.0.0.1", not_after=datetime(2020, 1, 1, tzinfo=UTC))),
        wrong_host=_context(authority.issue_cert("other.example")),
        client_cert=client,
    )


def _context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
