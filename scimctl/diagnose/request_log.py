"""What the SCIM server was asked, as it was written down: the request log of `scimctl serve`, or a HAR file.

Okta keeps no bodies, so a log on the server's side is the only full record of what it sent. Credentials in it are left
out as it is read.
"""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

from scimctl.diagnose.reading import mapping, member, moment, objects, text
from scimctl.diagnostic import usage_error
from scimctl.exchange import Exchange, FaultKind, Headers, Request, Response, TransportFault
from scimctl.jsonvalue import Json, NotJsonError, parse

_LARGEST = 512 << 20
_SECRET_FIELDS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key"})


@dataclass(frozen=True, slots=True)
class Recorded:
    """One exchange of a log; `at` is when the request came, None where the log does not say."""

    at: datetime | None
    exchange: Exchange


def read_requests(path: Path) -> tuple[Recorded, ...]:
    """The exchanges in a HAR file or in a log with a line of JSON for each, in the order of the file.

    Raises InputError when the file cannot be read, or is neither.
    """
    try:
        if path.stat().st_size > _LARGEST:
            raise usage_error(f"{path} is larger than {_LARGEST >> 20} MiB", "cut it down to the time in question")
        content = path.read_bytes()
    except OSError as error:
        raise usage_error(f"{path} cannot be read: {error.strerror}", "name a HAR file or a request log") from error
    found = tuple(_entries(content, path))
    if content.strip() and not found:
        raise usage_error(
            f"{path} has no requests in it",
            "give a HAR file, or what scimctl serve --log-requests wrote: a line of JSON for each request",
        )
    return found


def _entries(content: bytes, path: Path) -> Iterator[Recorded]:
    try:
        whole = parse(content)
    except NotJsonError:
        yield from _lines(content, path)
        return
    if isinstance(whole, dict) and isinstance(whole.get("log"), dict):
        for entry in objects(member(whole, "log", "entries")):
            yield from _recorded(entry, moment(entry.get("startedDateTime")), har=True)
    elif isinstance(whole, dict):
        yield from _recorded(whole, moment(whole.get("at")), har=False)


def _lines(content: bytes, path: Path) -> Iterator[Recorded]:
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            entry = parse(line)
        except NotJsonError as error:
            # The newest line of a log that is still written may be half there.
            if number == len(content.splitlines()):
                return
            raise usage_error(f"{path}:{number} is not JSON: {error}", "give a HAR file or a request log") from error
        if isinstance(entry, dict):
            yield from _recorded(entry, moment(entry.get("at")), har=False)


def _recorded(entry: dict[str, Json], at: datetime | None, *, har: bool) -> Iterator[Recorded]:
    sent, came = mapping(entry, "request"), mapping(entry, "response")
    method, url = text(sent, "method"), text(sent, "url")
    if method is None or url is None:
        return
    try:
        parts = urlsplit(url)
    except ValueError:
        return
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    body = text(sent, "postData", "text") if har else text(sent, "body")
    request = Request(method.upper(), target, _headers(sent.get("headers")), (body or "").encode())
    status = came.get("status")
    if not isinstance(status, int) or isinstance(status, bool) or not status:
        answer: Response | TransportFault = TransportFault(FaultKind.PROTOCOL, "the log has no answer")
    else:
        content = _har_content(mapping(came, "content")) if har else (text(came, "body") or "").encode()
        answer = Response(status, _headers(came.get("headers")), content, _seconds(entry, came, har=har))
    yield Recorded(at, Exchange(request, answer, f"{parts.scheme}://{parts.netloc}"))


def _seconds(entry: dict[str, Json], came: dict[str, Json], *, har: bool) -> float:
    value = entry.get("time") if har else came.get("seconds")
    if not isinstance(value, int | float) or isinstance(value, bool):
        return 0.0
    return value / 1000 if har else float(value)


def _har_content(content: dict[str, Json]) -> bytes:
    body = text(content, "text") or ""
    if content.get("encoding") != "base64":
        return body.encode()
    try:
        return base64.b64decode(body)
    except (ValueError, binascii.Error):
        return b""


def _headers(value: Json) -> Headers:
    """Fields as pairs, or as HAR's objects; those with credentials are left out."""
    pairs: list[tuple[str, str]] = []
    for field in value if isinstance(value, list) else ():
        name, content = (field.get("name"), field.get("value")) if isinstance(field, dict) else (None, None)
        if isinstance(field, list) and len(field) == 2:
            name, content = field
        if isinstance(name, str) and isinstance(content, str) and name.lower() not in _SECRET_FIELDS:
            pairs.append((name, content))
    return Headers(tuple(pairs))
