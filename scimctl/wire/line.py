"""The way to one origin: one request in, one bounded answer out. Faults are values.

This stands on httpcore, the transport of httpx: `httpx.Client` would read every Location and Set-Cookie, decode bodies
without a limit, and cost each request about 0.2 ms more.
"""

from collections.abc import Callable
from typing import cast
from urllib.parse import unquote, urlsplit

import httpcore

from scimctl.diagnostic import usage_error
from scimctl.exchange import Answer, FaultKind, Headers, Response, TransportFault
from scimctl.wire import coding, headers, tls
from scimctl.wire.bounded import BoundedBackend, Progress
from scimctl.wire.faults import HTTP_ERRORS, transport_fault
from scimctl.wire.pool import Pool
from scimctl.wire.proxies import proxy_for
from scimctl.wire.settings import WireSettings

_KEEP_ALIVE = 3.0
"""Seconds an idle connection is kept: less than the five that Node, uvicorn and Apache wait before they close."""

_DEFAULT_PORTS = {"http": 80, "https": 443}


class Line:
    """Connections to the origin of one URL; safe to use from several threads."""

    def __init__(self, url: str, settings: WireSettings) -> None:
        """Opens nothing yet. Raises InputError for certificate files and proxies that cannot be used."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        self._scheme = parts.scheme
        self._port = parts.port or _DEFAULT_PORTS[parts.scheme]
        self._host = host.encode("idna") if not host.isascii() else host.encode("ascii")
        self._authority = _authority(self._host.decode("ascii"), self._port, parts.scheme)
        self._settings = settings
        self._backend = BoundedBackend()
        proxy = proxy_for(parts.scheme, host, settings.proxy)
        self._proxied = proxy is not None
        self._pool = Pool(self._maker(proxy), settings.connections)

    def _maker(self, proxy: str | None) -> Callable[[], httpcore.ConnectionInterface]:
        settings = self._settings
        # A plain-http target needs no trust store, and making one is the slowest part of a short run.
        context = tls.context(settings) if self._scheme == "https" else None
        backend = cast(httpcore.NetworkBackend, self._backend)
        origin = httpcore.Origin(self._scheme.encode("ascii"), self._host, self._port)
        if proxy is None:
            return lambda: httpcore.HTTPConnection(
                origin, ssl_context=context, keepalive_expiry=_KEEP_ALIVE, network_backend=backend
            )
        parts = urlsplit(proxy)
        if parts.scheme != "http" or parts.hostname is None:
            raise usage_error(
                f"the proxy is given as a {parts.scheme or 'plain'} address; scimctl speaks to http:// proxies",
                "--proxy http://proxy.example.com:3128",
            )
        user = (unquote(parts.username or ""), unquote(parts.password or ""))
        proxied = httpcore.HTTPProxy(
            proxy_url=httpcore.URL(scheme="http", host=parts.hostname, port=parts.port or 80, target="/"),
            proxy_auth=(user[0].encode(), user[1].encode()) if parts.username is not None else None,
            ssl_context=context,
            keepalive_expiry=_KEEP_ALIVE,
            network_backend=backend,
        )
        return lambda: proxied.create_connection(origin)

    def close(self) -> None:
        """Closes every connection."""
        self._pool.close()

    def exchange(self, method: str, target: str, fields: Headers, body: bytes) -> Answer:
        """Sends one request and reads its answer whole.

        `target` is the path from the root, with its query, percent-encoded. A GET or HEAD that met a kept connection
        which the server had just closed goes out once more (RFC 9112 §9.3.1).
        """
        announced = fields.get("Content-Length")
        if announced is not None and announced != str(len(body)):
            words = f"HTTP cannot carry a body of {len(body)} bytes under Content-Length: {announced[:40]}"
            return TransportFault(FaultKind.PROTOCOL, words)
        progress, answer = self._attempt(method, target, fields, body)
        stale = (
            isinstance(answer, TransportFault)
            and answer.kind is FaultKind.PROTOCOL
            and not progress.connected
            and progress.received == 0
        )
        if stale and method in {"GET", "HEAD"}:
            return self._attempt(method, target, fields, body)[1]
        return answer

    def _attempt(self, method: str, target: str, fields: Headers, body: bytes) -> tuple[Progress, Answer]:
        progress = self._backend.begin(self._settings.answer_timeout)
        status: int | None = None
        try:
            with self._pool.connection() as connection:
                response = connection.handle_request(self._request(method, target, fields, body))
                status = response.status
                received = Headers(tuple((_text(name), _text(value)) for name, value in response.headers))
                try:
                    content = self._read(response, received, progress)
                finally:
                    response.close()
        except coding.TooLargeError as error:
            fault = TransportFault(FaultKind.TOO_LARGE, str(error), progress.elapsed(), status)
            return progress, fault
        except coding.CodingError as error:
            fault = TransportFault(FaultKind.ENCODING, str(error), progress.elapsed(), status)
            return progress, fault
        except HTTP_ERRORS as error:
            tunnelled = self._proxied and self._scheme == "https"
            fault = transport_fault(
                error, progress, tunnelled=tunnelled, proxied=self._proxied, elapsed=progress.elapsed(), status=status
            )
            return progress, fault
        return progress, Response(status, received, content, progress.elapsed())

    def _request(self, method: str, target: str, fields: Headers, body: bytes) -> httpcore.Request:
        whole = headers.complete(fields, method=method, body=body, host=self._authority)
        seconds = self._settings.timeout
        return httpcore.Request(
            method=method.encode("utf-8"),
            url=httpcore.URL(
                scheme=self._scheme.encode("ascii"),
                host=self._host,
                port=self._port,
                target=target.encode("utf-8", "surrogatepass"),
            ),
            headers=[(_bytes(name), _bytes(value)) for name, value in whole],
            content=body,
            extensions={"timeout": {"connect": seconds, "read": seconds, "write": seconds, "pool": None}},
        )

    def _read(self, response: httpcore.Response, received: Headers, progress: Progress) -> bytes:
        limit = self._settings.max_body
        announced = received.get("Content-Length") or ""
        if announced.isdecimal() and len(announced) < 20 and int(announced) > limit and not _bodyless(response):
            raise coding.TooLargeError(f"Content-Length is {announced}, more than {limit} bytes")
        whole = bytearray()
        for chunk in response.iter_stream():
            whole += chunk
            if len(whole) > limit:
                raise coding.TooLargeError(f"more than {limit} bytes")
        chunked = "chunked" in (received.get("Transfer-Encoding") or "").lower()
        # Bytes beyond Content-Length, or a body after HEAD or 204, would begin the next answer on this connection; and
        # a server that failed may yet break it. Either would be laid at the door of another request.
        if response.status >= 500 or (not chunked and progress.has_stray(len(whole))):
            response.extensions["network_stream"].close()
        return coding.decode(bytes(whole), ",".join(received.get_all("Content-Encoding")), limit)


def _bodyless(response: httpcore.Response) -> bool:
    return response.status in {204, 304}


def _authority(host: str, port: int, scheme: str) -> str:
    name = f"[{host}]" if ":" in host else host
    return name if port == _DEFAULT_PORTS[scheme] else f"{name}:{port}"


def _text(raw: bytes) -> str:
    return raw.decode("latin-1")


def _bytes(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
