"""Servers that misbehave below HTTP or in its framing: silence, lies about lengths, endless answers."""

import contextlib
import itertools
import json
import socket
import struct
import time
from collections.abc import Callable, Iterator

from tests import servers
from tests.hostile.cases import QUICK, SMALL, Case, Site, Zoo
from tests.servers import Behaviour, message, sending

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/scim+json\r\n"
LIST = json.dumps(servers.LIST).encode()
BLOCK = b"x" * 65536


def started(behaviour: Behaviour) -> Callable[[], contextlib.AbstractContextManager[Site]]:
    """Starts a server with that behaviour."""

    @contextlib.contextmanager
    def start() -> Iterator[Site]:
        with servers.running(behaviour) as server:
            yield Site(server.base_url)

    return start


def then_waiting(raw: bytes) -> Behaviour:
    """Writes `raw`, and nothing more, and keeps the connection."""

    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(raw)
        connection.recv(1)

    return behave


def endless(head: bytes, block: Callable[[int], bytes]) -> Behaviour:
    """Writes `head`, then blocks for as long as anybody reads."""

    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(head)
        for number in itertools.count():
            connection.sendall(block(number))

    return behave


def resetting(raw: bytes) -> Behaviour:
    """Writes `raw` and resets the connection, so that the reader may lose what it has not read."""

    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(raw)
        time.sleep(0.05)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return behave


def dripping(head: bytes, piece: bytes) -> Behaviour:
    """Writes `head`, then a piece now and then, faster than any time-out and for ever."""

    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(piece)
            time.sleep(0.05)

    return behave


def counted(body: bytes) -> bytes:
    """A body with its length before it."""
    return b"Content-Length: %d\r\n\r\n" % len(body) + body


CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
_BOTH = b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n%x\r\n"
_TWICE = message("200 OK", LIST)

SLOW: dict[str, tuple[str, Behaviour]] = {
    "silence": ("takes the request and never answers", servers.silent),
    "body-too-short-and-open": (
        "announces 1,000 bytes, sends fewer, and keeps the connection",
        then_waiting(HEAD + b"Content-Length: 1000\r\n\r\n" + LIST),
    ),
    "length-astronomical": (
        "announces 10^30 bytes",
        then_waiting(HEAD + b"Content-Length: 1" + b"0" * 30 + b"\r\n\r\n" + LIST),
    ),
    "chunks-without-end": (
        "sends a chunk and never the last one",
        then_waiting(CHUNKED + b"%x\r\n" % len(LIST) + LIST + b"\r\n"),
    ),
    "head-unfinished": ("sends half of the header fields and stops", then_waiting(HEAD)),
    "drips-body": ("sends the body byte by byte, for ever", dripping(HEAD + b"Content-Length: 100000\r\n\r\n", b" ")),
    "drips-fields": ("sends header fields letter by letter, for ever", dripping(HEAD + b"X-Slow: ", b"a")),
    "drips-chunks": ("sends chunks of one byte, for ever", dripping(CHUNKED, b"1\r\n \r\n")),
    "endless-1xx": (
        "sends 100 Continue without end",
        endless(b"", lambda number: b"HTTP/1.1 100 Continue\r\n\r\n" * 200),
    ),
    "drips-1xx": ("sends 100 Continue now and then, for ever", dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n")),
}
"""Name: what it does, and how; the client has to end these by its own clock."""

FAST: dict[str, tuple[str, Behaviour]] = {
    "hang-up": ("closes the connection without a word", servers.hanging_up),
    "reset": ("resets the connection without a word", resetting(b"")),
    "reset-in-mid-answer": (
        "resets the connection in the middle of the body",
        resetting(HEAD + b"Content-Length: 1000\r\n\r\n" + LIST),
    ),
    "body-too-short": (
        "announces 1,000 bytes, sends fewer, and closes",
        sending(HEAD + b"Content-Length: 1000\r\n\r\n" + LIST),
    ),
    "body-too-long": ("announces 10 bytes and sends more", sending(HEAD + b"Content-Length: 10\r\n\r\n" + LIST)),
    "length-negative": ("announces -1 bytes", sending(HEAD + b"Content-Length: -1\r\n\r\n" + LIST)),
    "length-no-number": ("announces `many` bytes", sending(HEAD + b"Content-Length: many\r\n\r\n" + LIST)),
    "length-twice": (
        "announces two lengths",
        sending(HEAD + b"Content-Length: 5\r\nContent-Length: %d\r\n\r\n" % len(LIST) + LIST),
    ),
    "length-and-chunks": (
        "announces a length and chunks",
        sending(HEAD + _BOTH % len(LIST) + LIST + b"\r\n0\r\n\r\n"),
    ),
    "chunk-size-garbage": ("sends a chunk whose size is no number", sending(CHUNKED + b"zz\r\n{}\r\n0\r\n\r\n")),
    "chunk-cut": ("closes in the middle of a chunk", sending(CHUNKED + b"ffff\r\n" + LIST)),
    "chunk-size-endless": ("sends a chunk size of a million digits", sending(CHUNKED + b"f" * 1_000_000)),
    "transfer-coding-unknown": (
        "sends the body in a transfer coding of its own",
        sending(HEAD + b"Transfer-Encoding: rot13\r\n\r\n" + LIST),
    ),
    "endless-body": ("sends a body that never ends", endless(HEAD + b"\r\n", lambda number: BLOCK)),
    "endless-chunks": (
        "sends chunks that never end",
        endless(CHUNKED, lambda number: b"10000\r\n" + BLOCK + b"\r\n"),
    ),
    "endless-fields": (
        "sends header fields that never end",
        endless(HEAD, lambda number: b"X-%d: " % number + BLOCK[:1000] + b"\r\n"),
    ),
    "endless-field": ("sends a header field that never ends", endless(HEAD + b"X-Long: ", lambda number: BLOCK)),
    "endless-status-line": ("sends a status line that never ends", endless(b"HTTP/1.1 200 ", lambda number: BLOCK)),
    "early-hints": (
        "sends 103 Early Hints three times, then a good answer",
        sending(b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" * 3 + HEAD + counted(LIST)),
    ),
    "switches-protocols": (
        "answers 101 Switching Protocols",
        sending(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n\x81\x05hello"),
    ),
    "two-answers": ("sends each answer twice", lambda connection, request: connection.sendall(_TWICE * 2)),
    "no-content-with-body": (
        "answers 204 with a body",
        lambda connection, request: connection.sendall(b"HTTP/1.1 204 No Content\r\n" + counted(LIST)),
    ),
    "closes-kept-connections": (
        "closes each connection after one answer without saying so",
        servers.once_per_connection(servers.answering()),
    ),
    "field-without-colon": ("sends a header field without a colon", sending(HEAD + b"nonsense\r\n" + counted(LIST))),
    "field-with-nul": ("sends a header field with a NUL in it", sending(HEAD + b"X-Nul: a\x00b\r\n" + counted(LIST))),
    "field-folded": ("folds a header field over two lines", sending(HEAD + b"X-Fold: a\r\n  b\r\n" + counted(LIST))),
    "field-with-blank-name": (
        "sends a header field with a blank before the colon",
        sending(HEAD + b"X-Blank : a\r\n" + counted(LIST)),
    ),
    "fields-by-the-thousand": (
        "sends 100,000 header fields",
        sending(HEAD + b"".join(b"X-%d: y\r\n" % number for number in range(100_000)) + counted(LIST)),
    ),
    "fields-of-megabytes": (
        "sends a header field of 5 MB",
        sending(HEAD + b"X-Big: " + b"y" * 5_000_000 + b"\r\n\r\n"),
    ),
    "status-99": ("answers with the status 99", sending(b"HTTP/1.1 99 Low\r\n" + counted(LIST))),
    "status-999": ("answers with the status 999", sending(b"HTTP/1.1 999 High\r\n" + counted(LIST))),
    "status-no-number": ("answers with the status `OK`", sending(b"HTTP/1.1 OK\r\n" + counted(LIST))),
    "http-0.9": ("answers with the body alone", sending(LIST)),
    "http-3.7": ("says that it speaks HTTP/3.7", sending(b"HTTP/3.7 200 OK\r\n" + counted(LIST))),
    "http-2": ("answers in frames of HTTP/2", sending(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\x00" * 18)),
    "ssh": ("speaks SSH", sending(b"SSH-2.0-OpenSSH_9.6\r\n")),
    "smtp": ("speaks SMTP", sending(b"220 mail.example ESMTP\r\n")),
    "noise": ("answers with random bytes", sending(bytes((number * 7919) % 251 for number in range(4096)))),
}
"""Name: what it does, and how; these show themselves at once."""


def _patience(name: str) -> float:
    # An answer that keeps coming is given five times the time-out.
    return QUICK / 2 if name.startswith(("drips", "endless")) else QUICK


def add_to(zoo: Zoo) -> None:
    """Adds every server of this module."""
    for name, (does, behaviour) in SLOW.items():
        zoo.add(Case(name=name, does=does, start=started(behaviour), timeout=_patience(name), plays=SMALL[:1]))
    for name, (does, behaviour) in FAST.items():
        zoo.add(Case(name=name, does=does, start=started(behaviour)))
