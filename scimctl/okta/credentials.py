"""What Okta's *Test API Credentials* button asks of a server, and what the answer means."""

import re
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from scimctl.exchange import CONNECTION_FAULTS, Answer, FaultKind, Response, TransportFault
from scimctl.jsonvalue import Json, NotJsonError, show
from scimctl.okta import advice, dialect
from scimctl.okta.advice import Advice
from scimctl.okta.outcome import SUCCESS, ActionOutcome, ActionResult, Call, Flow, Purpose, Refusal

USERS_TARGET = "/Users?startIndex=1&count=2"
GROUPS_TARGET = "/Groups?startIndex=1&count=100"

_ASKED_FOR = 2
_NUMBERS = ("totalResults", "startIndex", "itemsPerPage")
_MEMBERS = ("Resources", *_NUMBERS)
_JSON_TYPES = frozenset({"application/scim+json", "application/json", "text/json"})
_ERROR_URN = "urn:ietf:params:scim:api:messages:2.0:error"
_LOGIN = re.compile(r"log-?in|sign-?in|sso|saml|oauth|authorize|idp|auth0|okta\.com", re.IGNORECASE)
_TLS_FAULTS = frozenset({FaultKind.TLS, FaultKind.TLS_EXPIRED, FaultKind.TLS_HOSTNAME, FaultKind.TLS_UNTRUSTED})


class Severity(Enum):
    """What a credential test comes to; UNREACHABLE when no connection was made, so that nothing is known."""

    PASSES = "passes"
    FAILS = "fails"
    UNREACHABLE = "unreachable"


@dataclass(frozen=True, slots=True, kw_only=True)
class CredentialsResult:
    """The verdict over the answer to the credential test.

    `code` is permanent. `okta_text` is what the Okta admin reads, None where no document or capture tells. `notes` are
    departures that Okta tolerates. `actual` says in short what came, `at` the JSON pointer that decided.
    """

    ok: bool
    severity: Severity
    code: str
    title: str
    cause: str = ""
    remedy: str = ""
    okta_text: str | None = None
    notes: tuple[str, ...] = ()
    actual: str = ""
    at: str = ""


def test_credentials(*, include_groups: bool = True) -> Flow:  # noqa: PT028 -- Okta's name for it, not a test
    """The button, and with `include_groups` the save after it, which asks for groups. Only the users decide."""
    result = judge_users_answer((yield Call(dialect.get(USERS_TARGET), Purpose.TEST_USERS)))
    if not result.ok:
        refusal = Refusal(Purpose.TEST_USERS, "200 with a ListResponse of users", result.actual, result.at)
        return ActionResult(ActionOutcome.FAILURE, result.okta_text or "", refusal)
    if include_groups:
        yield Call(dialect.get(GROUPS_TARGET), Purpose.TEST_GROUPS)
    return SUCCESS


def judge_users_answer(answer: Answer, base_url: str = "") -> CredentialsResult:
    """Whether Okta accepts the answer to `GET /Users?startIndex=1&count=2`; `base_url` only serves the texts."""
    if isinstance(answer, TransportFault):
        return _judge_fault(answer, base_url)
    if answer.status != 200:
        return _fails(_advice_for_status(answer), answer, notes=_error_notes(answer))
    return _judge_list(answer)


def groups_notes(answer: Answer) -> tuple[str, ...]:
    """What to say of the answer to `GET /Groups`, which never decides: empty when there is nothing to say."""
    if isinstance(answer, TransportFault):
        return (f"GET /Groups brings no answer ({answer.kind.value}: {answer.detail}); pushing groups would fail",)
    if answer.status in (404, 501):
        return (f"GET /Groups answers {answer.status}: the server offers no groups, which Okta accepts",)
    if answer.status != 200:
        status = f"{answer.status} {answer.reason}".strip()
        return (
            f"GET /Groups answers {status}; Okta verifies the app with it when it saves, and needs it to push groups",
        )
    try:
        body = answer.json()
    except NotJsonError:
        return ("GET /Groups answers 200 with a body that is not JSON; Okta needs at least JSON there",)
    if not isinstance(body, dict) or not isinstance(_member(body, "Resources"), list):
        return ("GET /Groups answers 200 without a list in Resources; importing and pushing groups would fail",)
    return ()


def url_advice(base_url: str) -> tuple[str, ...]:
    """What Okta asks of a base URL beyond its being right (okta-19)."""
    parts = urlsplit(base_url)
    notes: list[str] = []
    if parts.scheme != "https":
        notes.append("Okta connects to https only; this base URL is http")
    if "_" in (parts.hostname or ""):
        notes.append(f"the host {parts.hostname} has an underscore, which Okta does not take in a base URL")
    return tuple(notes)


def _judge_fault(fault: TransportFault, base_url: str) -> CredentialsResult:
    parts = urlsplit(base_url)
    host = parts.hostname or "the host"
    known = advice.FAULTS[fault.kind]
    address = f"{host}:{parts.port or (80 if parts.scheme == 'http' else 443)}"
    unreachable = fault.kind in CONNECTION_FAULTS - _TLS_FAULTS
    return CredentialsResult(
        ok=False,
        severity=Severity.UNREACHABLE if unreachable else Severity.FAILS,
        code=known.code,
        title=known.title.format(host=host),
        cause=known.cause,
        remedy=known.remedy,
        okta_text=None if known.okta_text is None else known.okta_text.format(host=host, address=address),
        actual=f"no answer ({fault.kind.value}: {fault.detail})",
    )


def _advice_for_status(answer: Response) -> Advice:
    status = answer.status
    if 300 <= status < 400 and status != 304:
        return advice.LOGIN_REDIRECT if _LOGIN.search(answer.headers.get("Location") or "") else advice.REDIRECT
    if status < 400:
        return advice.UNEXPECTED_STATUS
    return advice.STATUSES.get(status) or (advice.SERVER_ERROR if status >= 500 else advice.CLIENT_ERROR)


def _error_notes(answer: Response) -> tuple[str, ...]:
    location = answer.headers.get("Location")
    if 300 <= answer.status < 400 and answer.status != 304:
        return (f"it points to {location[:200]}",) if location else ("it has no Location",)
    retry_after = answer.headers.get("Retry-After")
    notes = [f"Retry-After is {retry_after[:60]}"] if answer.status in (429, 503) and retry_after else []
    challenge = answer.headers.get("WWW-Authenticate")
    if answer.status == 401 and challenge:
        notes.append(f"the server asks for {challenge[:120]} (WWW-Authenticate)")
    try:
        is_object = isinstance(answer.json(), dict)
    except NotJsonError:
        is_object = False
    if answer.status >= 400 and not is_object:
        notes.append("the error is not SCIM JSON (RFC 7644 §3.12), so Okta cannot show what the server says")
    return tuple(notes)


def _judge_list(answer: Response) -> CredentialsResult:
    if not answer.body.strip():
        return _fails(advice.EMPTY_BODY, answer, "200 with an empty body")
    try:
        body = answer.json()
    except NotJsonError as error:
        is_page = "html" in answer.media_type or answer.body.lstrip()[:1] == b"<"
        return _fails(advice.HTML if is_page else advice.NOT_JSON, answer, f"200 with a body that is not JSON: {error}")
    if body is None:
        return _fails(advice.NULL, answer, "200 with null")
    if isinstance(body, list):
        return _fails(advice.ARRAY, answer, f"200 with {show(body, 60)}")
    if not isinstance(body, dict):
        return _fails(advice.OTHER_JSON, answer, f"200 with {show(body, 60)}")
    return _judge_members(body, answer)


def _judge_members(body: dict[str, Json], answer: Response) -> CredentialsResult:
    resources = _member(body, "Resources")
    if resources is None:
        return _fails(_without_resources(body), answer, "200 without Resources", "/Resources")
    if not isinstance(resources, list) or not all(isinstance(entry, dict) for entry in resources):
        return _fails(advice.RESOURCES_NOT_LIST, answer, show(resources, 60), "/Resources")
    for name in _NUMBERS:
        value = _member(body, name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            return _fails(advice.NUMBERS, answer, show(value, 60), f"/{name}")
    users = [entry for entry in resources if isinstance(entry, dict)]
    return CredentialsResult(
        ok=True,
        severity=Severity.PASSES,
        code="ok",
        title="Okta's credential test passes",
        notes=(*_list_notes(body, answer), *_user_notes(users)),
        actual="200 with a ListResponse",
    )


def _without_resources(body: dict[str, Json]) -> Advice:
    schemas = body.get("schemas")
    if isinstance(schemas, list) and any(str(urn).lower() == _ERROR_URN for urn in schemas):
        return advice.ERROR_AS_200
    return advice.OTHER_JSON if all(_member(body, name) is None for name in _NUMBERS) else advice.NO_RESOURCES


def _list_notes(body: dict[str, Json], answer: Response) -> list[str]:
    notes = [
        f"the list has {name.lower()} in place of {name}: Okta accepts it, RFC 7644 §3.4.2 writes {name}"
        for name in _MEMBERS
        if name not in body and name.lower() in body
    ]
    notes += [f"the list has no {name}; imports page by it" for name in _NUMBERS if _member(body, name) is None]
    if answer.media_type not in _JSON_TYPES:
        shown = answer.media_type or "missing"
        notes.append(f"Content-Type is {shown[:80]}: Okta does not mind, RFC 7644 §3.8 wants application/scim+json")
    return notes


def _user_notes(users: list[dict[str, Json]]) -> list[str]:
    notes = [f"{len(users)} users came, {_ASKED_FOR} were asked for"] if len(users) > _ASKED_FOR else []
    notes += [
        f"a user in the list has no {name}, which Okta needs to link accounts"
        for name in ("id", "userName")
        if any(not isinstance(user.get(name), str) or not user[name] for user in users)
    ]
    return notes


def _member(body: dict[str, Json], name: str) -> Json:
    return body.get(name, body.get(name.lower()))


def _fails(
    known: Advice, answer: Response, actual: str = "", at: str = "", notes: tuple[str, ...] = ()
) -> CredentialsResult:
    status = f"{answer.status} {answer.reason}".strip()
    return CredentialsResult(
        ok=False,
        severity=Severity.FAILS,
        code=known.code,
        title=known.title.format(status=status, member=at.lstrip("/"), value=actual),
        cause=known.cause,
        remedy=known.remedy,
        okta_text=known.okta_text,
        notes=notes,
        actual=actual or status,
        at=at,
    )
