"""Servers whose HTTP is right and whose messages are not: bombs, lies about codings, redirects, tokens, odd JSON."""

import base64
import gzip
import json
import socket
import zlib
from collections.abc import Callable
from functools import cache, partial
from urllib.parse import quote

from tests import servers
from tests.hostile.cases import SMALL, Case, Zoo
from tests.hostile.lines import LIST, started
from tests.servers import Behaviour, answering, message

TOKEN = "canary-7f3a9c51e2d84b60"
"""The token that every command is given, and that may be seen nowhere."""

ESCAPES = "\x1b]0;owned\x07\x1b[2J\x1b[31m\u202e\x00 all is well"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
_HTML = b"<html><head><title>Sign in</title></head><body><form>Password</form></body></html>"


def _user(**more: object) -> dict[str, object]:
    return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "id": "1", "userName": "u", **more}


def _listing(*resources: object, **more: object) -> bytes:
    return json.dumps({**servers.LIST, "totalResults": len(resources), "Resources": list(resources), **more}).encode()


def _deep(depth: int) -> bytes:
    return b'{"Resources":' + b"[" * depth + b"]" * depth + b"}"


def coded(body: bytes, coding: str) -> Behaviour:
    """A body under a Content-Encoding."""
    return answering("200 OK", body, f"Content-Encoding: {coding}")


def lazily(make: Callable[[], Behaviour]) -> Behaviour:
    """A behaviour that is made when it is first met, because it takes long or is large."""
    once = cache(make)
    return lambda connection, request: once()(connection, request)


def _blanks(wbits: int) -> bytes:
    """256 MB of zeros as a compressed stream."""
    pack = zlib.compressobj(1, wbits=wbits)
    return b"".join(pack.compress(bytes(1 << 20)) for _ in range(256)) + pack.flush()


def failing(status: str, detail: str, *fields: str) -> Behaviour:
    """A SCIM error with that detail."""
    body = {"schemas": [ERROR], "status": status[:3], "detail": detail}
    return answering(status, body, *fields)


CODED: dict[str, tuple[str, Behaviour]] = {
    "gzip-bomb": ("sends 256 MB as a small gzip stream", lazily(lambda: coded(_blanks(31), "gzip"))),
    "gzip-in-gzip": ("packs the body five times", coded(gzip.compress(LIST), ", ".join(["gzip"] * 5))),
    "gzip-cut": ("sends half of a gzip stream", coded(gzip.compress(LIST * 50)[:100], "gzip")),
    "gzip-not-at-all": ("says gzip and sends JSON", coded(LIST, "gzip")),
    "gzip-with-tail": ("sends a gzip stream and something behind it", coded(gzip.compress(LIST) + b"tail", "gzip")),
    "deflate-garbage": ("says deflate and sends something else", coded(b"\x01" * 200, "deflate")),
    "deflate-bomb": ("sends 256 MB as a small deflate stream", lazily(lambda: coded(_blanks(15), "deflate"))),
    "coding-unknown": ("answers in Brotli, which nobody asked for", coded(b"\x0b\x02\x80{}\x03", "br")),
    "huge-error": (
        "explains an error in 100 MB",
        lazily(lambda: failing("500 Internal Server Error", "x" * 100_000_000)),
    ),
    "huge-list": (
        "sends a list of 40 MB",
        lazily(lambda: answering("200 OK", _listing(_user(title="x" * 40_000_000)))),
    ),
}

SENDING_AWAY: dict[str, tuple[str, Behaviour]] = {
    "redirect-loop": ("redirects to the same address", answering("302 Found", b"", "Location: /scim/v2/Users")),
    "redirect-to-another-host": (
        "redirects to another host, with the path that was asked",
        answering("307 Temporary Redirect", b"", "Location: http://127.0.0.2:9/steal"),
    ),
    "redirect-to-a-file": (
        "redirects to file:///etc/passwd",
        answering("301 Moved", b"", "Location: file:///etc/passwd"),
    ),
    "redirect-nowhere": ("redirects without saying where", answering("302 Found", b"")),
    "captive-portal": (
        "redirects to a sign-in page and sets cookies",
        answering("302 Found", _HTML, "Location: http://127.0.0.1:9/login", "Set-Cookie: a=b", media_type="text/html"),
    ),
    "login-page": ("answers 200 with a sign-in page", answering("200 OK", _HTML, media_type="text/html")),
    "login-page-as-scim": ("answers 200 with a sign-in page that says it is SCIM", answering("200 OK", _HTML)),
    "proxy-authentication": (
        "answers 407 as a proxy would",
        answering("407 Proxy Authentication Required", b"", 'Proxy-Authenticate: Basic realm="x"'),
    ),
    "challenge-bomb": (
        "asks for credentials in a field of 50 KB",
        failing("401 Unauthorized", "no", "WWW-Authenticate: " + ", ".join(f'S{n} realm="x"' for n in range(3500))),
    ),
    "too-many-requests-for-a-year": (
        "answers 429 with a Retry-After of a year",
        failing("429 Too Many Requests", "later", "Retry-After: 31536000"),
    ),
    "too-many-requests-before": (
        "answers 429 with a Retry-After of -5",
        failing("429 Too Many Requests", "later", "Retry-After: -5"),
    ),
    "too-many-requests-for-ever": (
        "answers 429 with a Retry-After of 0, each time",
        failing("429 Too Many Requests", "later", "Retry-After: 0"),
    ),
    "too-many-requests-in-words": (
        "answers 429 with a Retry-After of `soon`",
        failing("429 Too Many Requests", "later", "Retry-After: soon"),
    ),
    "not-modified": ("answers 304 to a request without a condition", answering("304 Not Modified", b"")),
    "partial": ("answers 206 with a part", answering("206 Partial Content", LIST, "Content-Range: bytes 0-9/100")),
    "teapot": ("answers 418", answering("418 I'm a teapot", b"short and stout", media_type="text/plain")),
}


def echoing(connection: socket.socket, request: bytes) -> None:
    """Answers with all that was sent, in the body and in header fields."""
    head = request.partition(b"\r\n\r\n")[0].decode("latin-1")
    body = json.dumps({"schemas": [ERROR], "status": "400", "detail": head})
    fields = (f"X-Echo: Bearer {TOKEN}", f"Location: /scim/v2/Users?access_token={TOKEN}")
    connection.sendall(message("400 Bad Request", body.encode(), *fields))


ENCODED = " ".join([quote(f"Bearer {TOKEN}"), base64.b64encode(TOKEN.encode()).decode(), TOKEN[:20] + TOKEN[20:]])

TELLING: dict[str, tuple[str, Behaviour]] = {
    "token-echoed": ("gives the whole request back, with the token", echoing),
    "token-encoded": ("gives the token back percent-encoded and in base64", failing("400 Bad Request", ENCODED)),
    "token-in-reason": (
        "gives the token back as the reason phrase",
        lambda connection, request: connection.sendall(message(f"400 Bearer {TOKEN}", b"{}")),
    ),
    "token-in-challenge": (
        "gives the token back in WWW-Authenticate",
        failing("401 Unauthorized", f"{TOKEN} is unknown", f'WWW-Authenticate: Bearer realm="{TOKEN}"'),
    ),
    "token-as-id": (
        "gives the token back as id, name and page title",
        answering("200 OK", _listing(_user(id=TOKEN, userName=TOKEN, displayName=f"<title>{TOKEN}</title>"))),
    ),
    "terminal-escapes": ("explains an error in terminal escapes", failing("403 Forbidden", ESCAPES)),
    "terminal-escapes-in-fields": (
        "sends terminal escapes in the reason and in fields",
        lambda connection, request: connection.sendall(
            b"HTTP/1.1 403 \x1b[2Jno\r\nX-A: \x1b[31mred\r\nContent-Type: text/\x1b[31m\r\nContent-Length: 0\r\n\r\n"
        ),
    ),
    "forged-lines": (
        "explains an error in lines that look like our own",
        failing("500 Internal Server Error", "no\n\nPASSES  Okta accepts the server\n✓ PASSED okta.users.create"),
    ),
    "shell-in-detail": ("explains an error in shell commands", failing("400 Bad Request", "'; rm -rf ~ #`id`$(id)")),
}

BODIES: dict[str, tuple[str, bytes]] = {
    "empty": ("answers 200 without a body", b""),
    "null": ("answers null", b"null"),
    "array": ("answers an array", b"[]"),
    "text": ("answers a JSON string", b'"ok"'),
    "nulls-everywhere": (
        "answers a list in which everything is null",
        json.dumps(dict.fromkeys(("schemas", "totalResults", "startIndex", "itemsPerPage", "Resources"))).encode(),
    ),
    "null-users": ("answers a list of nulls", _listing(None, None)),
    "bom": ("begins with a byte order mark", b"\xef\xbb\xbf" + LIST),
    "utf-16": ("answers in UTF-16", LIST.decode().encode("utf-16")),
    "not-utf-8": (
        "answers with bytes that are no UTF-8",
        _listing(_user(title="T")).replace(b'"T"', b'"\xff\xfe\x80"'),
    ),
    "surrogates": ("answers with halves of characters", _listing(_user(id="\ud800", userName="\udfff"))),
    "not-a-number": ("answers NaN and Infinity", b'{"totalResults":NaN,"startIndex":-Infinity,"Resources":[]}'),
    "exponent": ("answers 1e999999", b'{"schemas":[],"totalResults":1e999999,"Resources":[]}'),
    "deep": ("nests 10,000 arrays", _deep(10_000)),
    "duplicate-keys": ("answers with each member twice", LIST[:-1] + b"," + LIST[1:]),
    "trailing-garbage": ("writes something behind the document", LIST + b"\n<!-- cached -->"),
    "two-documents": ("answers two documents", LIST + LIST),
    "script-guard": ("writes a guard before the document", b")]}',\n" + LIST),
    "cut": ("ends in the middle of the document", LIST[:-20]),
    "comments": ("answers JSON with comments", b"/* users */ " + LIST),
    "numbers-as-text": ("answers numbers as strings", _listing(totalResults="0", startIndex="1", itemsPerPage="0")),
}


HEAVY: dict[str, tuple[str, Callable[[], bytes]]] = {
    "huge-number": (
        "answers a number of a million digits",
        lambda: _listing(totalResults=7).replace(b" 7", b" " + b"9" * 1_000_000),
    ),
    "very-deep": ("nests 3,000,000 arrays", lambda: _deep(3_000_000)),
    "wide": ("answers an object of 100,000 members", lambda: json.dumps({f"a{n}": n for n in range(100_000)}).encode()),
    "many-users": (
        "answers 20,000 users where one was asked",
        lambda: _listing(*[_user(id=str(number)) for number in range(20_000)]),
    ),
}


def add_to(zoo: Zoo) -> None:
    """Adds every server of this module."""
    for rows in (CODED, SENDING_AWAY, TELLING):
        for name, (does, behaviour) in rows.items():
            zoo.add(Case(name=name, does=does, start=started(behaviour), timeout=10, plays=SMALL[:1]))
    for name, (does, body) in BODIES.items():
        zoo.add(Case(name=f"body-{name}", does=does, start=started(answering("200 OK", body))))
    for name, (does, make) in HEAVY.items():
        zoo.add(Case(name=f"body-{name}", does=does, start=started(lazily(partial(_always, make))), timeout=10))


def _always(make: Callable[[], bytes]) -> Behaviour:
    return answering("200 OK", make())
