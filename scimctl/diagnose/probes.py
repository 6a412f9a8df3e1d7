"""Which read-only requests a diagnosis makes at the SCIM server, and in which order. No I/O: `seen = yield probe`.

Every probe is a GET. Their number is bounded, and each later one is only made when an earlier answer calls for it.
"""

from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from scimctl.exchange import CONNECTION_FAULTS, Answer, Auth, Exchange, FaultKind, Request, Response, document
from scimctl.okta import dialect
from scimctl.scim.attributes import get

MOST_PAGES = 10
MOST_MEMBERS = 40
MOST_PROBES = 120
MOST_SECONDS = 100.0
UNKNOWN_ID = "00000000-0000-4000-8000-000000000000"

_TLS_FAULTS = frozenset({FaultKind.TLS, FaultKind.TLS_EXPIRED, FaultKind.TLS_HOSTNAME, FaultKind.TLS_UNTRUSTED})
_USUAL_PATHS = (
    "/scim/v2",
    "/scim",
    "/api/scim/v2",
    "/api/scim",
    "/scim2",
    "/v2",
    "/api/v2/scim",
    "/api/v1/scim/v2",
    "/api/v1/scim",
    "/rest/scim/v2",
    "/services/scim/v2",
    "/identity/scim/v2",
    "/scim/v1",
    "",
)


class Look(Enum):
    """What a probe looks at."""

    TRUST = "the certificate, by public authorities alone"
    UNCHECKED = "the service, without checking its certificate"
    CONFIGURATION = "the service provider configuration"
    LOOKUP = "the account by user name, as Okta asks"
    OTHER_NAME = "an account under another name"
    EMAIL = "an account with the e-mail address"
    EXTERNAL_ID = "an account with the Okta id"
    LIST = "the list of accounts"
    LINKED = "the linked account"
    UNKNOWN_ID = "an id that does not exist"
    SCHEMAS = "the schemas"
    GROUP = "the group by name"
    GROUP_LIST = "the list of groups"
    MEMBER = "the linked account of a member"
    ELSEWHERE = "another path on the host"


class Way(Enum):
    """How a probe is sent."""

    CONFIGURED = "as configured"
    PUBLIC = "trusting public authorities alone, without credentials"
    UNCHECKED = "without checking the certificate, without credentials"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """One request; `base_path` replaces the path of the base URL, `subject` is the name or id that is asked for."""

    look: Look
    request: Request
    subject: str = ""
    way: Way = Way.CONFIGURED
    base_path: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A probe with what came back."""

    probe: Probe
    exchange: Exchange


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the probes look for.

    The first of `names` is the one that Okta sends. `members` are linked ids of other people, looked at for a group
    push. `own_trust` says that the target is reached with authorities or leniency that Okta does not have.
    """

    names: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    okta_id: str | None = None
    linked_id: str | None = None
    groups: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    base_path: str = ""
    own_trust: bool = False


Probes: TypeAlias = Generator[Probe, Exchange, None]
SendProbe: TypeAlias = Callable[[Probe], Exchange]


def play(wish: Wish, send: SendProbe) -> tuple[Seen, ...]:
    """Makes the probes with `send` and returns what was seen; ends early when they take too long."""
    flow = probes(wish)
    seen: list[Seen] = []
    spent = 0.0
    try:
        probe = next(flow)
        while True:
            exchange = send(probe)
            seen.append(Seen(probe=probe, exchange=exchange))
            spent += exchange.answer.elapsed
            if spent > MOST_SECONDS or len(seen) >= MOST_PROBES:
                flow.close()
                return tuple(seen)
            probe = flow.send(exchange)
    except StopIteration:
        return tuple(seen)


def probes(wish: Wish) -> Probes:
    """The probes for one user or group: the base first, then the accounts, then the groups."""
    if wish.own_trust:
        yield Probe(look=Look.TRUST, request=_open("/ServiceProviderConfig"), way=Way.PUBLIC)
    configuration = yield Probe(look=Look.CONFIGURATION, request=dialect.get("/ServiceProviderConfig"))
    if not isinstance(configuration.answer, Response):
        if configuration.answer.kind in _TLS_FAULTS:
            yield Probe(look=Look.UNCHECKED, request=_open("/ServiceProviderConfig"), way=Way.UNCHECKED)
        if configuration.answer.kind in CONNECTION_FAULTS or configuration.answer.kind is FaultKind.READ_TIMEOUT:
            return
    first = (yield _lookup(Look.LOOKUP, wish.names[0])) if wish.names else (yield _page(1))
    if first.response is None or first.status == 401:
        return
    if not is_list(first.answer):
        listed = yield _page(1)
        if not any(is_scim(one.answer) for one in (configuration, first, listed)):
            yield from _elsewhere(wish.base_path)
            return
    yield from _accounts(wish, total_of(first.answer))
    yield Probe(look=Look.UNKNOWN_ID, request=dialect.get(f"/Users/{UNKNOWN_ID}"), subject=UNKNOWN_ID)
    yield Probe(look=Look.SCHEMAS, request=dialect.get("/Schemas"))
    yield from _groups(wish)


def is_list(answer: Answer) -> bool:
    """Whether an answer is 200 with an object that has Resources or totalResults."""
    body = document(answer)
    names = {name.lower() for name in body} if answer.status == 200 and isinstance(body, dict) else set()
    return "resources" in names or "totalresults" in names


def is_scim(answer: Answer) -> bool:
    """Whether a SCIM service is behind an answer: any but 404 and redirects with a JSON object that names schemas."""
    body = document(answer)
    if answer.status is None or answer.status in (404, 405, 410) or 300 <= answer.status < 400:
        return False
    return answer.status in (401, 403, 406, 415, 429) or answer.status >= 500 or (isinstance(body, dict) and bool(body))


def total_of(answer: Answer) -> int | None:
    """`totalResults`, also where it is written as a text; None when there is none."""
    body = document(answer)
    total = get(body, "totalResults") if isinstance(body, dict) else None
    if isinstance(total, str) and total.strip().isdigit():
        return int(total)
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def _open(target: str) -> Request:
    return Request("GET", target, dialect.READ_HEADERS, auth=Auth.NONE)


def _lookup(look: Look, name: str, attribute: str = "userName") -> Probe:
    query = dialect.filter_query(attribute, name)
    return Probe(look=look, request=dialect.get(f"/Users?{query}"), subject=name)


def _page(start: int) -> Probe:
    return Probe(look=Look.LIST, request=dialect.get(f"/Users?{dialect.list_query(start)}"), subject=str(start))


def _accounts(wish: Wish, found: int | None) -> Probes:
    if wish.linked_id is not None:
        target = dialect.resource_target("/Users", wish.linked_id)
        yield Probe(look=Look.LINKED, request=dialect.get(target), subject=wish.linked_id)
    if wish.okta_id is not None:
        yield _lookup(Look.EXTERNAL_ID, wish.okta_id, "externalId")
    for name in _other_names(wish, found):
        yield _lookup(Look.OTHER_NAME, name)
    if not found:
        for address in wish.emails[:2]:
            yield _lookup(Look.EMAIL, address, "emails.value")
    yield from _pages(searching=bool(wish.names) and not found)


def _other_names(wish: Wish, found: int | None) -> Iterator[str]:
    """Names under which the account may be: earlier ones, and spellings of the present one when it was not found."""
    if not wish.names:
        return
    first = wish.names[0]
    spellings = () if found else (first.lower(), first.upper(), *wish.emails)
    known = {first}
    for name in (*wish.names[1:6], *spellings):
        if name not in known:
            known.add(name)
            yield name


def _pages(*, searching: bool) -> Probes:
    start = 1
    for _ in range(MOST_PAGES if searching else 1):
        seen = yield _page(start)
        body = document(seen.answer)
        resources = get(body, "Resources") if isinstance(body, dict) else None
        total = total_of(seen.answer)
        if not isinstance(resources, list) or not resources or total is None or start + len(resources) > total:
            return
        start += len(resources)


def _groups(wish: Wish) -> Probes:
    if not wish.groups:
        return
    for name in wish.groups[:5]:
        query = dialect.filter_query("displayName", name)
        yield Probe(look=Look.GROUP, request=dialect.get(f"/Groups?{query}"), subject=name)
    yield Probe(look=Look.GROUP_LIST, request=dialect.get(f"/Groups?{dialect.list_query()}"))
    for member in wish.members[:MOST_MEMBERS]:
        target = dialect.resource_target("/Users", member)
        yield Probe(look=Look.MEMBER, request=dialect.get(target), subject=member)


def _elsewhere(configured: str) -> Probes:
    """Looks whether the service is under another path of the host; stops at the first where it is."""
    here = configured.rstrip("/")
    parts = here.split("/")[1:]
    nearer = [here + more for more in ("/scim/v2", "/v2", "/scim")]
    nearer += ["".join(f"/{part}" for part in parts[:keep]) + "/scim/v2" for keep in range(len(parts) - 1, 0, -1)]
    nearer += ["".join(f"/{part}" for part in parts[:keep]) for keep in range(len(parts) - 1, 0, -1)]
    if here.startswith("/scim"):
        nearer.append(f"/api{here}")
    for path in dict.fromkeys((*nearer, *_USUAL_PATHS)):
        if path == here:
            continue
        seen = yield Probe(
            look=Look.ELSEWHERE, request=dialect.get("/ServiceProviderConfig"), subject=path, base_path=path
        )
        if is_service(seen.answer):
            return


def is_service(answer: Answer) -> bool:
    """Whether an answer is a service provider configuration."""
    body = document(answer)
    if answer.status != 200 or not isinstance(body, dict):
        return False
    schemas = body.get("schemas")
    named = isinstance(schemas, list) and any("ServiceProviderConfig" in str(urn) for urn in schemas)
    return named or isinstance(body.get("patch"), dict)
