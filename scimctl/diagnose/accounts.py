"""What the probes saw: the accounts of a person at the app, and how the app answers."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scimctl.diagnose.probes import Look, Seen, Wish, is_list, is_scim, is_service, total_of
from scimctl.diagnose.reading import is_blank, moment, objects
from scimctl.exchange import CONNECTION_FAULTS, Exchange, FaultKind, Response, TransportFault, document
from scimctl.jsonvalue import Json
from scimctl.okta.credentials import judge_users_answer
from scimctl.scim.attributes import get

SLOW = 45.0
"""Seconds from which an answer counts as too slow for Okta, which waits 60."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One user resource of the app. `active` is None when it does not say; `exchange` is where it was first seen."""

    id: str
    user_name: str
    active: bool | None
    external_id: str | None
    emails: tuple[str, ...]
    created: datetime | None
    modified: datetime | None
    resource: dict[str, Json]
    exchange: Exchange

    @property
    def state(self) -> str:
        """`active` as a person reads it."""
        return {True: "active", False: "inactive", None: "without `active`"}[self.active]

    @property
    def shown(self) -> str:
        """The account in short."""
        return f"account {self.user_name or self.id} (id {self.id}, {self.state})"


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """All that was seen at the app. `wish` is what was looked for."""

    wish: Wish
    seen: tuple[Seen, ...]

    def all(self, look: Look) -> tuple[Seen, ...]:
        """What was seen of one kind, in order."""
        return tuple(one for one in self.seen if one.probe.look is look)

    def first(self, look: Look) -> Exchange | None:
        """The first exchange of one kind."""
        return next((one.exchange for one in self.seen if one.probe.look is look), None)

    @property
    def fault(self) -> Exchange | None:
        """The exchange in which no connection was made, also where only public authorities fail to trust it."""
        met = next((one.exchange for one in self.seen if _fault_kind(one.exchange) in CONNECTION_FAULTS), None)
        if met is not None or self.slow is not None or any(one.exchange.response is not None for one in self.seen):
            return met
        # Connections that are closed before a word of HTTP was spoken.
        return self.seen[0].exchange if self.seen else None

    @property
    def slow(self) -> Exchange | None:
        """The first exchange that ran into the time-out, or nearly."""
        return next(
            (
                one.exchange
                for one in self.seen
                if _fault_kind(one.exchange) is FaultKind.READ_TIMEOUT or one.exchange.answer.elapsed >= SLOW
            ),
            None,
        )

    @property
    def refused(self) -> Exchange | None:
        """The read of users that was answered with 401 or 403."""
        for look in (Look.LOOKUP, Look.LIST):
            exchange = self.first(look)
            if exchange is not None and exchange.status in (401, 403):
                return exchange
        return None

    @property
    def reads_users(self) -> bool:
        """Whether a list of users was answered, so that a missing account is missing."""
        return any(is_list(one.exchange.answer) for one in self.seen if one.probe.look in (Look.LOOKUP, Look.LIST))

    @property
    def base_is_wrong(self) -> bool:
        """Whether nothing under the base URL is a SCIM service."""
        asked = [one.exchange for one in self.seen if one.probe.look in (Look.CONFIGURATION, Look.LOOKUP, Look.LIST)]
        if not asked or any(one.response is None for one in asked) or len(asked) < 2:
            return False
        return not any(is_scim(one.answer) for one in asked)

    @property
    def elsewhere(self) -> str | None:
        """The path on the host under which the service was found."""
        return next((one.probe.base_path for one in self.all(Look.ELSEWHERE) if is_service(one.exchange.answer)), None)

    @property
    def patch_supported(self) -> bool | None:
        """What the configuration says of PATCH."""
        exchange = self.first(Look.CONFIGURATION)
        body = None if exchange is None or exchange.status != 200 else document(exchange.answer)
        patch = body.get("patch") if isinstance(body, dict) else None
        supported = patch.get("supported") if isinstance(patch, dict) else None
        return supported if isinstance(supported, bool) else None

    def error_without_json(self) -> Exchange | None:
        """An error answer with a body that is no JSON."""
        for one in self.seen:
            answer = one.exchange.answer
            if one.probe.look is Look.ELSEWHERE or not isinstance(answer, Response) or answer.status < 400:
                continue
            if answer.body.strip() and document(answer) is None:
                return one.exchange
        return None

    def accounts(self, *looks: Look) -> tuple[Account, ...]:
        """The accounts that these looks brought, each once; without looks, all of them."""
        found: dict[str, Account] = {}
        for one in self.seen:
            if looks and one.probe.look not in looks:
                continue
            for account in _accounts(one):
                found.setdefault(account.id, account)
        return tuple(found.values())

    def by_name(self, name: str) -> tuple[Account, ...]:
        """The accounts with that user name, whatever the case."""
        return tuple(one for one in self.accounts() if one.user_name.lower() == name.lower())

    @property
    def looked_up(self) -> tuple[Account, ...]:
        """What the lookup brought under the name that was asked for; a filter that is ignored brings others too."""
        name = self.wish.names[0].lower() if self.wish.names else ""
        return tuple(one for one in self.accounts(Look.LOOKUP) if one.user_name.lower() == name)

    @property
    def lookup_total(self) -> int | None:
        """How many accounts the lookup found; None when it was not answered with a list. 404 counts as none."""
        exchange = self.first(Look.LOOKUP)
        if exchange is None:
            return None
        if exchange.status == 404 and not self.base_is_wrong:
            return 0
        if not is_list(exchange.answer):
            return None
        total = total_of(exchange.answer)
        return len(self.accounts(Look.LOOKUP)) if total is None else total

    @property
    def malformed_lookup(self) -> tuple[Exchange, str] | None:
        """The lookup's answer when it is 200 and Okta cannot use it, with what is wrong."""
        exchange = self.first(Look.LOOKUP)
        if exchange is None or exchange.status != 200:
            return None
        result = judge_users_answer(exchange.answer, exchange.base_url)
        if not result.ok:
            place = result.at.lstrip("/")
            at = f"{place} is {result.actual}: " if place and result.actual and place not in result.title else ""
            return exchange, f"{at}{result.title}"
        if any(is_blank(get(user, "id")) for user in _resources(exchange)):
            return exchange, "a user in Resources has no id"
        return None

    @property
    def odd_lookup(self) -> tuple[Exchange, str] | None:
        """The lookup's answer when it is a list whose number of results is missing, or cannot be that of its users."""
        exchange = self.first(Look.LOOKUP)
        if exchange is None or not is_list(exchange.answer):
            return None
        total, shown = total_of(exchange.answer), len(tuple(_resources(exchange)))
        if total is None:
            return exchange, "totalResults is missing or no number"
        wrong = total < shown or (total > 0 and shown == 0)
        return (exchange, f"totalResults is {total}, Resources has {shown}") if wrong else None

    def gone(self, look: Look) -> tuple[Seen, ...]:
        """The probes of single accounts that were answered with 404 or 410."""
        return tuple(one for one in self.all(look) if one.exchange.status in (404, 410))

    def has_group(self, name: str) -> bool | None:
        """Whether a group of that name is there; None when the groups could not be read."""
        asked = [*self.all(Look.GROUP), *self.all(Look.GROUP_LIST)]
        read = [one for one in asked if is_list(one.exchange.answer)]
        if not read:
            return None
        names = {(_said(group, "displayName") or "").lower() for one in read for group in _resources(one.exchange)}
        return name.lower() in names


def _fault_kind(exchange: Exchange) -> FaultKind | None:
    return exchange.answer.kind if isinstance(exchange.answer, TransportFault) else None


def _resources(exchange: Exchange) -> Iterator[dict[str, Json]]:
    body = document(exchange.answer)
    if isinstance(body, dict):
        yield from objects(get(body, "Resources"))


def _accounts(seen: Seen) -> Iterator[Account]:
    if seen.probe.look in (Look.LINKED, Look.MEMBER):
        body = document(seen.exchange.answer)
        if seen.exchange.status == 200 and isinstance(body, dict):
            yield from _account(body, seen.exchange)
        return
    if seen.probe.look not in (Look.LOOKUP, Look.OTHER_NAME, Look.EMAIL, Look.EXTERNAL_ID, Look.LIST):
        return
    if seen.exchange.status == 200:
        for resource in _resources(seen.exchange):
            yield from _account(resource, seen.exchange)


def _account(resource: dict[str, Json], exchange: Exchange) -> Iterator[Account]:
    # The names of attributes are compared without case (RFC 7643 §2.1).
    identifier = get(resource, "id")
    user_name = _said(resource, "userName") or ""
    if not isinstance(identifier, str | int) and not user_name:
        return
    active, meta = get(resource, "active"), get(resource, "meta")
    times = meta if isinstance(meta, dict) else {}
    yield Account(
        id=str(identifier) if isinstance(identifier, str | int) else "",
        user_name=user_name,
        active=_flag(active),
        external_id=_said(resource, "externalId"),
        emails=tuple(
            address.lower()
            for entry in objects(get(resource, "emails"))
            if (address := _said(entry, "value")) is not None
        ),
        created=moment(get(times, "created")),
        modified=moment(get(times, "lastModified")),
        resource=resource,
        exchange=exchange,
    )


def _said(resource: dict[str, Json], name: str) -> str | None:
    value = get(resource, name)
    return value if isinstance(value, str) and value.strip() else None


def _flag(value: Json) -> bool | None:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    return value if isinstance(value, bool) else None
