"""Who looks on while the server works: the access log, the request log, the inspector."""

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO, TypeAlias

from scimctl.diagnostic import usage_error
from scimctl.exchange import Headers, Request, Response
from scimctl.jsonvalue import Json, NotJsonError


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """One request that was answered, with secrets masked.

    The request's target follows `origin`, which is scheme and host. `at` is when it came, an aware datetime; `seconds`
    is how long the answer took to be made.
    """

    at: datetime
    origin: str
    request: Request
    response: Response
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What is told of every request, with secrets masked: cheap, where a Served costs as much as an answer.

    `at` is when it came, an aware datetime; `seconds` is how long the answer took to be made. `error` is what an Error
    answer says, empty for every other.
    """

    at: datetime
    method: str
    target: str
    status: int
    seconds: float
    error: str = ""


Note: TypeAlias = Callable[[Noted], None]
"""Is called with each request before its answer is sent."""

Watcher: TypeAlias = Callable[[Served], None]
"""Is called with each exchange before its answer is sent, so that whoever has an answer finds it told."""


class RequestLog:
    """Writes each exchange as one line of JSON, as it happens.

    A line has `at` (RFC 3339, UTC), `request` with method, url, headers (name and value each) and body, and `response`
    with status, headers, body and seconds.
    """

    def __init__(self, path: Path) -> None:
        """Opens the file to append to it; raises InputError when it cannot be written."""
        self._lock = threading.Lock()
        try:
            self._file: TextIO = path.open("a", encoding="utf-8", buffering=1)
        except OSError as error:
            title = f"cannot write the request log {path}: {error.strerror}"
            raise usage_error(
                title, "give the path of a file in a folder that is there and that you may write"
            ) from error

    def __call__(self, served: Served) -> None:
        """Writes one exchange."""
        line = json.dumps(as_json(served), ensure_ascii=False)
        with self._lock:
            self._file.write(line + "\n")

    def close(self) -> None:
        """Closes the file."""
        self._file.close()


def as_json(served: Served) -> Json:
    """An exchange as a line of the request log has it."""
    request, response = served.request, served.response
    return {
        "at": served.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "request": {
            "method": request.method,
            "url": served.origin + request.target,
            "headers": _headers(request.headers),
            "body": _text(request.body),
        },
        "response": {
            "status": response.status,
            "headers": _headers(response.headers),
            "body": _text(response.body),
            "seconds": round(served.seconds, 6),
        },
    }


def error_of(response: Response) -> str:
    """The scimType and the detail of an Error answer; empty for any other answer."""
    if response.status < 400:
        return ""
    try:
        body = response.json()
    except NotJsonError:
        return ""
    words = (body.get("scimType"), body.get("detail")) if isinstance(body, dict) else ()
    return ": ".join(str(word) for word in words if word)


def _headers(headers: Headers) -> list[Json]:
    return [[name, value] for name, value in headers]


def _text(body: bytes) -> str:
    # A lone surrogate cannot be written as UTF-8, nor can what is no UTF-8 be shown: both become U+FFFD.
    return body.decode("utf-8", "replace")
