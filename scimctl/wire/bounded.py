"""Sockets for httpcore that know how long one exchange may still take and how far it came."""

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from ssl import SSLContext
from typing import Any

import httpcore

from scimctl import waiting

_HEAD_END = b"\r\n\r\n"
_NOTICEABLE = 0.001
"""Seconds of an exchange that matter to somebody."""


class Phase(Enum):
    """Where an exchange is."""

    CONNECTING = "connecting"
    TLS = "tls"
    HTTP = "http"


@dataclass(slots=True)
class Progress:
    """One exchange on its way; `received` counts bytes of HTTP, `connected` and `secured` what was set up for it.

    `begun` and `deadline` are times of the monotonic clock; `ours` are the seconds in which we did something else while
    the server had done its part.
    """

    begun: float
    deadline: float
    ours: float = 0.0
    phase: Phase = Phase.HTTP
    connected: bool = False
    secured: bool = False
    received: int = 0
    _head: int = 0
    _tail: bytes = b""

    def came(self, data: bytes) -> None:
        """Counts what was read, and finds where the header fields end."""
        if not self._head:
            seen = self._tail + data
            end = seen.find(_HEAD_END)
            if end >= 0:
                self._head = self.received - len(self._tail) + end + len(_HEAD_END)
            self._tail = seen[1 - len(_HEAD_END) :]
        self.received += len(data)

    def secure(self) -> None:
        """What came until now was the proxy's; the target speaks from here on."""
        self.secured = True
        self.received, self._head, self._tail = 0, 0, b""

    def has_stray(self, body_length: int) -> bool:
        """Whether more came than header fields and a body of that length."""
        return 0 < self._head < self.received - body_length

    def elapsed(self) -> float:
        """Seconds that connecting and the server took until now."""
        return time.monotonic() - self.begun - self.ours

    def left(self, timeout: float | None) -> float:
        """Seconds that the next wait may take: `timeout`, less when the deadline is nearer."""
        remaining = max(self.deadline - time.monotonic(), 0.001)
        return remaining if timeout is None else min(timeout, remaining)


class BoundedBackend:
    """An httpcore.NetworkBackend whose waits end with the exchange they belong to.

    httpcore bounds each read alone, so a server that sends a byte a minute would hold a request for ever. A request is
    made and read in one thread, which is why the progress is kept by thread.
    """

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()
        self._local = threading.local()

    def begin(self, seconds: float) -> Progress:
        """Starts the clock of this thread's next exchange."""
        now = time.monotonic()
        progress = Progress(begun=now, deadline=now + seconds)
        self._local.progress = progress
        return progress

    @property
    def progress(self) -> Progress:
        """This thread's exchange."""
        progress: Progress = self._local.progress
        return progress

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> "BoundedStream":
        """A new connection; a name that DNS cannot hold counts as a name that does not exist."""
        progress = self.progress
        progress.phase = Phase.CONNECTING
        seconds = waiting.begins()
        progress.ours += seconds
        progress.deadline += seconds
        try:
            stream = self._inner.connect_tcp(host, port, progress.left(timeout), local_address, socket_options)
        except UnicodeError as error:
            raise httpcore.ConnectError("the host is not a name that DNS can hold") from error
        progress.connected = True
        progress.phase = Phase.HTTP
        return BoundedStream(stream, self)


class BoundedStream:
    """An httpcore.NetworkStream that ends its waits with the exchange and counts what came."""

    def __init__(self, inner: httpcore.NetworkStream, backend: BoundedBackend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """At most `max_bytes`; httpcore.ReadTimeout at the deadline."""
        progress = self._backend.progress
        if time.monotonic() >= progress.deadline:
            raise httpcore.ReadTimeout("the answer keeps coming in small pieces and does not end")
        seconds = waiting.begins()
        progress.deadline += seconds
        # Only where the answer has come meanwhile may it be that the server did not take so long.
        if seconds > _NOTICEABLE and self._inner.get_extra_info("is_readable"):
            progress.ours += seconds
        data = self._inner.read(max_bytes, progress.left(timeout))
        progress.came(data)
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Sends all of `buffer`."""
        self._inner.write(buffer, self._backend.progress.left(timeout))

    def close(self) -> None:
        """Closes the socket."""
        self._inner.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "BoundedStream":
        """The same connection under TLS."""
        progress = self._backend.progress
        progress.phase = Phase.TLS
        stream = self._inner.start_tls(ssl_context, server_hostname, progress.left(timeout))
        progress.phase = Phase.HTTP
        progress.secure()
        return BoundedStream(stream, self._backend)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 -- httpcore's own signature
        """What httpcore asks about the socket, such as whether it is readable."""
        return self._inner.get_extra_info(info)
