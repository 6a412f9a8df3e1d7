"""Servers that are wrong before any HTTP: addresses that lead nowhere, certificates of every wrong kind."""

import contextlib
import socket
import ssl
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

import trustme

from tests import servers
from tests.hostile.cases import QUICK, SMALL, Case, Site, Zoo, fixed
from tests.hostile.lines import HEAD, LIST

FUTURE = datetime(2090, 1, 1, tzinfo=UTC)
PAST = datetime(2020, 1, 1, tzinfo=UTC)


@cache
def authority() -> trustme.CA:
    """The authority that the commands are told to trust."""
    return trustme.CA()


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="scimctl-zoo-")


def trusted() -> str:
    """The file with the certificate of that authority."""
    path = Path(_folder().name) / "authority.pem"
    if not path.exists():
        authority().cert_pem.write_to_path(str(path))
    return str(path)


def context_of(certificate: trustme.LeafCert) -> ssl.SSLContext:
    """What a server with that certificate needs."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def good() -> ssl.SSLContext:
    """A certificate as it should be."""
    return context_of(authority().issue_cert("127.0.0.1"))


def wants_a_certificate() -> ssl.SSLContext:
    """A server that takes only clients with a certificate of its own authority."""
    context = good()
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(trusted())
    return context


CERTIFICATES: dict[str, tuple[str, Callable[[], ssl.SSLContext]]] = {
    "certificate-untrusted": (
        "has a certificate of an authority that nobody trusts",
        lambda: context_of(trustme.CA().issue_cert("127.0.0.1")),
    ),
    "certificate-expired": (
        "has a certificate that has expired",
        lambda: context_of(authority().issue_cert("127.0.0.1", not_after=PAST)),
    ),
    "certificate-not-yet-valid": (
        "has a certificate that is valid from 2090 on",
        lambda: context_of(
            authority().issue_cert("127.0.0.1", not_before=FUTURE, not_after=datetime(2095, 1, 1, tzinfo=UTC))
        ),
    ),
    "certificate-of-another-host": (
        "has a certificate for another host",
        lambda: context_of(authority().issue_cert("other.example")),
    ),
    "certificate-without-names": (
        "has a certificate with a common name alone",
        lambda: context_of(authority().issue_cert("x@scimctl.example", common_name="127.0.0.1")),
    ),
    "client-certificate-wanted": ("wants a certificate of ours, and there is none", wants_a_certificate),
}


def _encrypted(
    make: Callable[[], ssl.SSLContext], behaviour: servers.Behaviour
) -> Callable[[], contextlib.AbstractContextManager[Site]]:
    @contextlib.contextmanager
    def start() -> Iterator[Site]:
        with servers.running(behaviour, make()) as server:
            yield Site(server.base_url, ("--ca-file", trusted()))

    return start


def _as_https(behaviour: servers.Behaviour) -> Callable[[], contextlib.AbstractContextManager[Site]]:
    """A plain server at an address that says https: it reads what comes first, and behaves."""

    @contextlib.contextmanager
    def start() -> Iterator[Site]:
        listener = socket.create_server(("127.0.0.1", 0))

        def converse(connection: socket.socket) -> None:
            with contextlib.suppress(OSError), connection:
                behaviour(connection, connection.recv(65536))

        def accept() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=converse, args=(listener.accept()[0],), daemon=True).start()

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield Site(f"https://127.0.0.1:{listener.getsockname()[1]}/scim/v2", ("--ca-file", trusted()))
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            listener.close()
            thread.join(2)

    return start


@contextlib.contextmanager
def _tls_at_http() -> Iterator[Site]:
    with servers.running(servers.answering(), good()) as server:
        yield Site(f"http://127.0.0.1:{server.port}/scim/v2")


@contextlib.contextmanager
def _closed_port() -> Iterator[Site]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    yield Site(f"http://127.0.0.1:{port}/scim/v2")


def _cut_off(connection: socket.socket, request: bytes) -> None:
    """Breaks the connection below TLS in the middle of the answer."""
    connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n" + LIST)
    # Without unwrap there is no close_notify.
    connection.shutdown(socket.SHUT_RDWR)


def add_to(zoo: Zoo) -> None:
    """Adds every server of this module."""
    zoo.add(Case(name="closed-port", does="does not listen", start=_closed_port))
    zoo.add(
        Case(name="unknown-host", does="has a name that does not exist", start=fixed("http://nowhere.invalid/scim/v2"))
    )
    for name, (does, make) in CERTIFICATES.items():
        zoo.add(Case(name=name, does=does, start=_encrypted(make, servers.answering()), timeout=10 * QUICK))
    zoo.add(
        Case(name="tls-cut", does="breaks the connection in the middle of the answer", start=_encrypted(good, _cut_off))
    )
    zoo.add(Case(name="tls-at-http", does="speaks TLS at an http address", start=_tls_at_http))
    plain = servers.sending(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    zoo.add(Case(name="http-at-https", does="speaks plain HTTP at an https address", start=_as_https(plain)))
    zoo.add(Case(name="tls-hang-up", does="closes in the TLS handshake", start=_as_https(servers.hanging_up)))
    alert = servers.sending(b"\x15\x03\x03\x00\x02\x02\x28")
    zoo.add(Case(name="tls-alert", does="answers the TLS handshake with an alert", start=_as_https(alert)))
    zoo.add(
        Case(
            name="tls-silence",
            does="never answers the TLS handshake",
            start=_as_https(servers.silent),
            timeout=QUICK,
            plays=SMALL[:1],
        )
    )
