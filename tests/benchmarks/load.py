"""A client that costs little: requests as bytes over a few raw connections, answers read by their length alone."""

import select
import socket
import time
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True)
class Target:
    """A server under load."""

    base_url: str
    token: str

    @property
    def address(self) -> tuple[str, int]:
        parts = urlsplit(self.base_url)
        return parts.hostname or "127.0.0.1", parts.port or 80

    def request(self, method: str, target: str, body: bytes = b"") -> bytes:
        """The bytes of a request; `target` is relative to the base URL and percent-encoded."""
        parts = urlsplit(self.base_url)
        fields = [f"Host: {parts.netloc}", f"Authorization: Bearer {self.token}", "Accept: application/scim+json"]
        if body:
            fields += ["Content-Type: application/scim+json; charset=utf-8", f"Content-Length: {len(body)}"]
        head = "\r\n".join([f"{method} {parts.path}{target} HTTP/1.1", *fields])
        return head.encode() + b"\r\n\r\n" + body


@dataclass(frozen=True, slots=True)
class Answer:
    """A status, the body, and the seconds it took."""

    status: int
    body: bytes
    seconds: float


class _Line:
    """One connection with at most one request on its way; made anew where the server closes it."""

    def __init__(self, address: tuple[str, int]) -> None:
        self._address = address
        self._socket: socket.socket | None = None
        self._read = b""
        self._body_at = self._end = 0
        self._began = 0.0

    def send(self, request: bytes) -> int:
        """Sends a request, and returns the file number to wait for."""
        self._began = time.perf_counter()
        self._read, self._end = b"", 0
        if self._socket is None:
            self._socket = socket.create_connection(self._address)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.sendall(request)
        return self._socket.fileno()

    def receive(self) -> Answer | None:
        """Reads what is there: the answer once it is whole."""
        assert self._socket is not None
        part = self._socket.recv(262_144)
        self._read += part
        if not part:
            raise ConnectionError(f"the server closed the connection within an answer: {self._read[:200]!r}")
        if self._end == 0:
            at = self._read.find(b"\r\n\r\n")
            if at < 0:
                return None
            head = self._read[:at].lower()
            length = head.find(b"\r\ncontent-length:")
            size = int(head[length + 17 :].partition(b"\r\n")[0]) if length >= 0 else 0
            self._body_at, self._end = at + 4, at + 4 + size
        if len(self._read) < self._end:
            return None
        if self._read.startswith(b"HTTP/1.0"):
            self.close()
        seconds = time.perf_counter() - self._began
        return Answer(int(self._read[9:12]), self._read[self._body_at : self._end], seconds)

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None


def exchange(target: Target, requests: Iterator[bytes], connections: int) -> Iterator[Answer]:
    """Sends the requests, as many at a time as there are connections, and yields the answers as they come."""
    lines = [_Line(target.address) for _ in range(connections)]
    waiting: dict[int, _Line] = {}
    poll = select.poll()

    def send(line: _Line) -> None:
        request = next(requests, None)
        if request is not None:
            number = line.send(request)
            waiting[number] = line
            poll.register(number, select.POLLIN)

    for line in lines:
        send(line)
    while waiting:
        for number, _ in poll.poll():
            line = waiting[number]
            answer = line.receive()
            if answer is not None:
                poll.unregister(number)
                del waiting[number]
                send(line)
                yield answer
    for line in lines:
        line.close()
