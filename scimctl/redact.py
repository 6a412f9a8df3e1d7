"""Masks secrets, once, before anything is shown or written."""

import json
import re
from base64 import b64decode, b64encode, urlsafe_b64encode
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache
from html import escape
from threading import Lock
from urllib.parse import quote, quote_plus

from scimctl.exchange import Answer, Exchange, Headers, Request, TransportFault
from scimctl.jsonvalue import Json, NotJsonError, compact, parse

MASK = "***"
_MOST_FIELDS = 1024
_QUOTED_MASK = b'"***"'
_SHORTEST = 4
"""Shorter secrets are masked where the place gives them away, not in running text: they would blot out words."""

_SCHEME = re.compile(r"(Bearer|Basic|Digest|SSWS|Token) +(?=\S)", re.IGNORECASE)
_SECRET_FIELDS = frozenset({"authorization", "proxy-authorization", "cookie", "set-cookie"})
_SECRET_WORDS = re.compile(
    r"token|secret|api-?key|passw|auth-key|credential|access-key|subscription-key", re.IGNORECASE
)

_PASSWORD_MEMBER = re.compile(rb'("(?:[^"\\]*:)?password"\s*:\s*)"(?:[^"\\]|\\.)*"', re.IGNORECASE | re.DOTALL)
_VALUE_MEMBER = re.compile(rb'("value"\s*:\s*)("(?:[^"\\]|\\.)*")', re.IGNORECASE | re.DOTALL)


@lru_cache(maxsize=1024)
def is_secret_field(name: str) -> bool:
    """Whether the header field `name` carries a credential, to judge by its name."""
    return name.lower() in _SECRET_FIELDS or _SECRET_WORDS.search(name) is not None


class Redactor:
    """Knows the secrets of a run and the shapes in which they come back: encoded, escaped, without their scheme."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._forms: set[str] = set()
        self._lock = Lock()
        self._signs: tuple[str, ...] = ()
        self._byte_signs: tuple[bytes, ...] = ()
        self._fields: dict[tuple[str, str], str] = {}
        self._text: re.Pattern[str] | None = None
        self._bytes: re.Pattern[bytes] | None = None
        for secret in secrets:
            self.learn(secret)

    def learn(self, secret: str) -> None:
        """Adds a secret that came up on the way, such as a token fetched through OAuth."""
        with self._lock:
            self._add({form for form in _forms(secret) if len(form) >= _SHORTEST} - self._forms)

    def _add(self, added: set[str]) -> None:
        if not added:
            return
        self._forms |= added
        self._fields.clear()
        # The longest first, so that a secret which begins like another is masked whole.
        ordered = sorted(self._forms, key=lambda form: (-len(form), form))
        # Where a form is, each form within it is too; so these tell whether any is there.
        self._signs = tuple(form for form in ordered if not any(other in form for other in self._forms - {form}))
        self._byte_signs = tuple(sign.encode("utf-8", "surrogateescape") for sign in self._signs)
        self._text = re.compile("|".join(re.escape(form) for form in ordered))
        self._bytes = re.compile(b"|".join(re.escape(form.encode("utf-8", "surrogateescape")) for form in ordered))

    def text(self, text: str) -> str:
        """`text` with every known secret masked."""
        # Searching for each is far faster than one pattern of them all, and mostly none is there.
        if self._text is None or not any(map(text.__contains__, self._signs)):
            return text
        return self._text.sub(MASK, text)

    def body(self, body: bytes) -> bytes:
        """A body with known secrets and JSON passwords masked, and byte for byte the same beside them."""
        if not body:
            return body
        masked = body
        if self._bytes is not None and any(map(body.__contains__, self._byte_signs)):
            masked = self._bytes.sub(MASK.encode(), body)
        lowered = masked.lower()
        return _without_passwords(masked) if b"password" in lowered or b"\\u00" in lowered else masked

    def headers(self, headers: Headers) -> Headers:
        """Fields with credentials masked by name and by value; a known scheme such as Bearer stays."""
        return Headers(tuple((name, self._known_field(name, value)) for name, value in headers))

    def answer(self, answer: Answer) -> Answer:
        """An answer or a fault, masked."""
        if isinstance(answer, TransportFault):
            return replace(answer, detail=self.text(answer.detail))
        return replace(answer, headers=self.headers(answer.headers), body=self.body(answer.body))

    def request(self, request: Request) -> Request:
        """A request, masked."""
        return replace(
            request,
            target=self.text(request.target),
            headers=self.headers(request.headers),
            body=self.body(request.body),
        )

    def exchange(self, exchange: Exchange) -> Exchange:
        """An exchange, masked: target, fields, bodies, the words of a fault."""
        return replace(
            exchange,
            request=self.request(exchange.request),
            answer=self.answer(exchange.answer),
            base_url=self.text(exchange.base_url),
        )

    def _known_field(self, name: str, value: str) -> str:
        # The same fields come with every exchange of a run.
        masked = self._fields.get((name, value))
        if masked is None:
            if len(self._fields) >= _MOST_FIELDS:
                self._fields.clear()
            masked = self._fields[name, value] = self._field(name, value)
        return masked

    def _field(self, name: str, value: str) -> str:
        if not is_secret_field(name):
            return self.text(value)
        scheme = _SCHEME.match(value) if name.lower().endswith("authorization") else None
        return MASK if scheme is None else f"{scheme[1]} {MASK}"


def _forms(secret: str) -> Iterator[str]:
    for bare in _bare(secret):
        raw = bare.encode("utf-8", "surrogateescape")
        yield bare
        yield quote(bare, safe="", errors="surrogateescape")
        yield quote(bare, errors="surrogateescape")
        yield quote_plus(bare, errors="surrogateescape")
        yield json.dumps(bare)[1:-1]
        yield json.dumps(bare).replace("/", "\\/")[1:-1]
        yield escape(bare)
        yield escape(bare, quote=False)
        for encoded in (b64encode(raw), urlsafe_b64encode(raw)):
            yield encoded.decode("ascii")
            yield encoded.decode("ascii").rstrip("=")


def _bare(secret: str) -> Iterator[str]:
    secret = secret.strip()
    yield secret
    scheme = _SCHEME.match(secret)
    if scheme is None:
        return
    credential = secret[scheme.end() :].strip()
    yield credential
    if scheme[1].lower() == "basic":
        try:
            pair = b64decode(credential, validate=True).decode("utf-8")
        except ValueError:
            return
        yield pair
        yield pair.partition(":")[2]


def _without_passwords(body: bytes) -> bytes:
    masked = _PASSWORD_MEMBER.sub(lambda found: found[1] + _QUOTED_MASK, body)
    try:
        return _without_nested_passwords(masked)
    except (NotJsonError, RecursionError):
        return masked


def _without_nested_passwords(masked: bytes) -> bytes:
    document = parse(masked)
    hidden = _operation_passwords(document)
    if hidden:
        masked = _VALUE_MEMBER.sub(
            lambda found: found[1] + _QUOTED_MASK if parse(found[2]) in hidden else found[0],
            masked,
        )
        document = parse(masked)
    wanted = _masked_tree(document)
    # Numbers, objects and escaped names are rare: there the bytes give way to the secret.
    return masked if document == wanted else compact(wanted)


def _names_password(path: Json) -> bool:
    return isinstance(path, str) and path.rpartition(":")[2].lower() == "password"


def _operation_passwords(value: Json) -> list[Json]:
    """The text values of PATCH operations, at any depth, whose path is a password."""
    if isinstance(value, list):
        return [found for entry in value for found in _operation_passwords(entry)]
    if not isinstance(value, dict):
        return []
    if _names_password(value.get("path")) and isinstance(value.get("value"), str):
        return [value["value"]]
    return [found for entry in value.values() for found in _operation_passwords(entry)]


def _masked_tree(value: Json) -> Json:
    if isinstance(value, list):
        return [_masked_tree(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    operation = _names_password(value.get("path"))
    out: dict[str, Json] = {}
    for name, entry in value.items():
        secret = _names_password(name) or (operation and name.lower() == "value")
        if not secret or entry is None or isinstance(entry, bool):
            out[name] = _masked_tree(entry)
        else:
            out[name] = MASK
    return out
