"""One request and its answer, as values. Bodies are bytes: what was sent stays what was sent."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from http import HTTPStatus
from typing import TypeAlias

from scimctl.jsonvalue import Json, NotJsonError, parse


@dataclass(frozen=True, slots=True)
class Headers:
    """Header fields in their order; names are compared without case (RFC 9110 §5.1)."""

    fields: tuple[tuple[str, str], ...] = ()
    _first: dict[str, str] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self.fields)

    def get(self, name: str) -> str | None:
        """The first value of `name`, or None."""
        if not self._first:
            # Kept, because the reference server asks half a dozen times a request. Filled in one go, for other threads.
            self._first.update({key.lower(): value for key, value in reversed(self.fields)})
        return self._first.get(name.lower())

    def get_all(self, name: str) -> tuple[str, ...]:
        """Every value of `name`, in order."""
        wanted = name.lower()
        return tuple(value for key, value in self.fields if key.lower() == wanted)

    def with_field(self, name: str, value: str) -> "Headers":
        """The same fields with `name` set once: in its old place, else at the end."""
        wanted = name.lower()
        out: list[tuple[str, str]] = []
        placed = False
        for key, old in self.fields:
            if key.lower() != wanted:
                out.append((key, old))
            elif not placed:
                out.append((key, value))
                placed = True
        if not placed:
            out.append((name, value))
        return Headers(tuple(out))

    def without(self, name: str) -> "Headers":
        """The same fields without `name`."""
        return Headers(tuple((key, value) for key, value in self.fields if key.lower() != name.lower()))


class Auth(Enum):
    """Whose credentials a request carries; the sender adds them, so that a request never holds a secret."""

    TARGET = "target"
    NONE = "none"
    OTHER = "other"
    READ_ONLY = "read_only"


@dataclass(frozen=True, slots=True)
class Request:
    """A request relative to the base URL.

    `target` starts with a slash (or is empty for the base itself), holds the query, and is percent-encoded already. An
    `Authorization` field among `headers` is sent as it stands, whatever `auth` says.
    """

    method: str
    target: str
    headers: Headers = Headers()
    body: bytes = b""
    auth: Auth = Auth.TARGET

    @property
    def path(self) -> str:
        """The target without its query, still percent-encoded."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The query without its question mark, still percent-encoded; empty when there is none."""
        return self.target.partition("?")[2]


@dataclass(frozen=True, slots=True)
class Response:
    """An HTTP answer; `body` is the content with transfer and content codings undone, `elapsed` is in seconds."""

    status: int
    headers: Headers = Headers()
    body: bytes = b""
    elapsed: float = 0.0
    _parsed: list[Json] = field(default_factory=list, init=False, repr=False, compare=False)

    @property
    def reason(self) -> str:
        """The standard reason phrase of the status, such as `Not Found`; empty for a status without one."""
        try:
            return HTTPStatus(self.status).phrase
        except ValueError:
            return ""

    @property
    def media_type(self) -> str:
        """The content type in lower case without parameters; empty when there is none."""
        return (self.headers.get("Content-Type") or "").partition(";")[0].strip().lower()

    def json(self) -> Json:
        """The body as JSON, read once and so not to be changed; raises jsonvalue.NotJsonError."""
        if not self._parsed:
            self._parsed.append(parse(self.body))
        return self._parsed[0]


class FaultKind(Enum):
    """Why no usable answer came."""

    DNS = "dns"
    REFUSED = "refused"
    CONNECT_TIMEOUT = "connect-timeout"
    CONNECT = "connect"
    TLS_EXPIRED = "tls-expired"
    TLS_HOSTNAME = "tls-hostname"
    TLS_UNTRUSTED = "tls-untrusted"
    TLS = "tls"
    READ_TIMEOUT = "read-timeout"
    PROTOCOL = "protocol"
    ENCODING = "encoding"
    TOO_LARGE = "too-large"
    PROXY = "proxy"
    OAUTH = "oauth"
    RATE_LIMIT = "rate-limit"


CONNECTION_FAULTS = frozenset(
    {
        FaultKind.DNS,
        FaultKind.REFUSED,
        FaultKind.CONNECT_TIMEOUT,
        FaultKind.CONNECT,
        FaultKind.TLS_EXPIRED,
        FaultKind.TLS_HOSTNAME,
        FaultKind.TLS_UNTRUSTED,
        FaultKind.TLS,
        FaultKind.PROXY,
        FaultKind.OAUTH,
    }
)
"""The faults that come before any HTTP was spoken."""


@dataclass(frozen=True, slots=True)
class TransportFault:
    """No usable answer: the kind, the library's or system's own words, seconds until it showed.

    `status` is set when the status line had come before the fault (a broken gzip body, an answer too large).
    """

    kind: FaultKind
    detail: str
    elapsed: float = 0.0
    status: int | None = None


Answer: TypeAlias = Response | TransportFault


def document(answer: Answer) -> Json:
    """The JSON document of an answer; None when it has none."""
    if not isinstance(answer, Response):
        return None
    try:
        return answer.json()
    except NotJsonError:
        return None


Send: TypeAlias = Callable[[Request], Answer]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request with what came back; `number` counts within the scenario or command, from 1."""

    request: Request
    answer: Answer
    base_url: str = field(default="", compare=False)
    number: int = field(default=0, compare=False)

    @property
    def response(self) -> Response | None:
        """The answer if it is one, None for a transport fault."""
        return self.answer if isinstance(self.answer, Response) else None

    @property
    def status(self) -> int | None:
        """The HTTP status, where one was received."""
        return self.answer.status
