"""What the text of a failure means: the answer or the fault behind it, and what the app complains of.

Okta's sentence comes first, then the reason phrase of the status, then the app's own words after
`Errors reported by remote server:`. The status tells most; the app's words are only searched for their subject, in
several languages, because every vendor writes them in its own way.
"""

import re
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from http import HTTPStatus

from scimctl.diagnose import wording
from scimctl.diagnose.log import Kind


class Sort(Enum):
    """What lies behind a failure."""

    STATUS = "an error answer"
    TLS = "no trusted TLS connection"
    CONNECT = "no connection"
    TIMEOUT = "no answer in time"
    PARSER = "an answer that is not JSON"
    EMPTY_CREATE = "a create answered without the user"
    NO_MATCH = "no account to match"
    INACTIVE = "an inactive account"
    GONE = "an account that is gone"
    GROUP_GONE = "a group that is gone"
    BEFORE = "an assignment from before provisioning"
    SILENT = "no reason"
    OTHER = "another reason"


class Topic(Enum):
    """What an app's words are about."""

    PASSWORD = "password"
    DOMAIN = "domain"
    SEATS = "seats"
    USER_TYPE = "user type"
    REQUIRED = "required"
    VALUE = "value"
    EXISTS = "exists"
    CREDENTIALS = "credentials"
    PERMISSION = "permission"
    RATE = "rate"
    MEDIA_TYPE = "media type"
    UNKNOWN_MEMBER = "unknown member"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The meaning of one failure's text; `words` are the app's own, as far as they are there.

    `about` is the part that tells the subject: those words, or what Okta says last.
    """

    text: str
    sort: Sort
    status: int | None
    words: str
    about: str
    topics: frozenset[Topic]
    call: Kind | None

    @property
    def status_line(self) -> str:
        """The status with its phrase, such as `403 Forbidden`; empty without a status."""
        if self.status is None:
            return ""
        known = next((one.phrase for one in HTTPStatus if one.value == self.status), "")
        return f"{self.status} {known}".strip()


_REMOTE = re.compile(r"errors? (?:reported|returned) by (?:the )?remote (?:server|app\w*)\s*:?", re.IGNORECASE)
_PHRASES = {
    **{one.phrase.lower(): one.value for one in HTTPStatus if one.value >= 400},
    "unprocessable content": 422,
    "gateway time-out": 504,
    "server error": 500,
    "method not supported": 405,
}
_ANY_PHRASE = re.compile(
    rf"\b(?:{'|'.join(re.escape(phrase) for phrase in sorted(_PHRASES, key=len, reverse=True))})\b", re.IGNORECASE
)
_KNOWN = frozenset(one.value for one in HTTPStatus) | frozenset(range(520, 531))
_CODE = re.compile(
    r"(?:\b(?:http(?:/[\d.]+)?|status(?: code)?|response code|error code|code)\W{0,3}|^\s*|:\s+)"
    r"([45]\d\d)(?=\b(?!\.\d))",
    re.IGNORECASE,
)
_CODE_JOINTS = re.compile(r"(?<=[A-Za-z])[_.-](?=[A-Za-z])|(?<=[a-z])(?=[A-Z])")
"""Where the words of an error code meet, as in `user_limit_reached` and `UserLimitReached`."""
_SORTS: tuple[tuple[Sort, str], ...] = (
    (Sort.EMPTY_CREATE, r"returned (?:an )?empty user|create\w* .{0,40}(?:empty|no) (?:user|response|body)"),
    (Sort.NO_MATCH, r"matching user (?:was )?not found|no matching user"),
    (Sort.INACTIVE, r"user account is (?:inactive|deactivated|disabled|suspended)"),
    (Sort.GONE, r"no user (?:was )?returned for user"),
    (Sort.GROUP_GONE, r"linked group is missing"),
    (Sort.BEFORE, r"assigned .{0,40}before provisioning"),
    (
        Sort.TLS,
        r"pkix|sslhandshake|received fatal alert|ssl ?exception|handshake[_ ](?:failure|failed|error)|certificat|"
        r"certpath|trust anchor|"
        r"(?:terminat|clos|abort|interrupt)\w* .{0,30}handshake|"
        r"\b(?:ssl|tls)\b.{0,60}(?:error|fail|alert|refus|version|untrusted)|peer not authenticated|self.signed",
    ),
    (
        Sort.CONNECT,
        r"\bconnect to \S+.{0,120}failed|connect(?:ion)? (?:timed out|timeout|refused|reset|closed)|"
        r"connect\w* (?:failed|exception)|unable to connect|could not connect|failed to connect|no route to host|"
        r"network is unreachable|host is unreachable|unknown ?host|name or service not known|"
        r"(?:cannot|could not|failed to) (?:be )?resolve|nodename nor servname|"
        r"temporary failure in name resolution",
    ),
    (
        Sort.TIMEOUT,
        r"read timed out|sockettimeout|timed out|time-?out|no response (?:was )?(?:received )?within|"
        r"did not (?:answer|respond)",
    ),
    (
        Sort.PARSER,
        r"unrecognized token|unexpected character|unexpected end.of.(?:input|json|file|data)|"
        r"was expecting .{0,60}json|"
        r"json ?(?:parse|mapping|processing|syntax)\w*|no content to map|cannot deserialize|malformed ?json|"
        r"unexpected token|invalid json|not (?:a )?valid json|expecting value|line:? \d+, column:? \d+",
    ),
)
_TOPICS: tuple[tuple[Topic, str], ...] = (
    (Topic.PASSWORD, wording.PASSWORD),
    (Topic.DOMAIN, wording.DOMAIN),
    (Topic.SEATS, wording.SEATS),
    (Topic.USER_TYPE, wording.USER_TYPE),
    (Topic.REQUIRED, wording.REQUIRED),
    (Topic.VALUE, wording.VALUE),
    (Topic.EXISTS, wording.EXISTS),
    (Topic.CREDENTIALS, wording.CREDENTIALS),
    (Topic.PERMISSION, wording.PERMISSION),
    (Topic.RATE, wording.RATE),
    (Topic.MEDIA_TYPE, wording.MEDIA_TYPE),
    (Topic.UNKNOWN_MEMBER, wording.UNKNOWN_MEMBER),
)
_CALLS: tuple[tuple[Kind, str], ...] = (
    (Kind.LOOKUP, r"while (?:verifying|checking|trying to (?:verify|check|find))|if user .{0,120} exists"),
    (Kind.DEACTIVATE, r"deactivat|deprovision|while (?:trying to )?delet"),
    (Kind.REACTIVATE, r"reactivat|while (?:trying to )?activat"),
    (Kind.PASSWORD, r"password push|push(?:ing)? password"),
    (Kind.CREATE, r"while (?:trying to )?creat|creating user|create new user"),
    (Kind.PROFILE, r"profile (?:push|update)|while (?:trying to )?(?:push|updat)"),
)


@lru_cache(maxsize=4096)
def read_refusal(reason: str | None, kind: Kind | None = None) -> Refusal:
    """The meaning of a failure's text; `kind` is that of its event."""
    whole = (reason or "").strip()
    sentence, words = _halves(whole)
    call = kind if kind not in (None, Kind.SYNC) else _call(sentence)
    status = _status(sentence)
    sort = _sort(sentence, words, status) if whole else Sort.SILENT
    about = words if words else (_last_part(sentence) if sort in (Sort.STATUS, Sort.OTHER) else "")
    shown = status if sort in (Sort.STATUS, Sort.PARSER) else None
    return Refusal(
        text=whole,
        sort=sort,
        status=shown,
        words=words or (about if sort is Sort.OTHER else ""),
        about=about,
        topics=topics_in(about),
        call=call,
    )


@lru_cache(maxsize=4096)
def topics_in(text: str) -> frozenset[Topic]:
    """What a text is about, read as it stands and with the words of its error codes apart."""
    forms = {text, _CODE_JOINTS.sub(" ", text)}
    return frozenset(topic for topic, pattern in _TOPICS if any(_speaks(pattern, form) for form in forms))


def _speaks(pattern: str, text: str) -> bool:
    return _compiled(pattern).search(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    # Compiled when first needed: all of them together take longer than the rest of a command's start.
    return re.compile(pattern, re.IGNORECASE)


def _halves(whole: str) -> tuple[str, str]:
    mark = _REMOTE.search(whole)
    return (whole, "") if mark is None else (whole[: mark.start()].strip(), whole[mark.end() :].strip())


def _last_part(sentence: str) -> str:
    return sentence.rpartition(": ")[2]


def _status(sentence: str) -> int | None:
    """The status in Okta's half: the last phrase or number in it, for names of people and apps come before."""
    best: tuple[int, int] | None = None
    for named in _ANY_PHRASE.finditer(sentence):
        best = (named.end(), _PHRASES[named[0].lower()])
    for found in _CODE.finditer(sentence):
        if int(found[1]) in _KNOWN and (best is None or found.end(1) > best[0]):
            best = (found.end(1), int(found[1]))
    return None if best is None else best[1]


def _sort(sentence: str, words: str, status: int | None) -> Sort:
    if status == HTTPStatus.REQUEST_TIMEOUT:
        return Sort.TIMEOUT
    for sort, pattern in _SORTS:
        if not _speaks(pattern, sentence):
            continue
        if status is not None and sort in (Sort.TIMEOUT, Sort.CONNECT, Sort.TLS):
            return Sort.STATUS
        return sort
    if status is None and not words:
        return Sort.OTHER
    if status is None:
        return next((sort for sort, pattern in _SORTS if _speaks(pattern, words)), Sort.OTHER)
    return Sort.STATUS


def _call(sentence: str) -> Kind | None:
    return next((kind for kind, pattern in _CALLS if _speaks(pattern, sentence)), None)
