"""The chain from Okta to the app, link by link, with what was seen of each and the first one that is broken."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from scimctl.diagnose.cause import Cause, Link
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.probes import Look
from scimctl.diagnose.proofs import clock, listed
from scimctl.exchange import Response


class State(Enum):
    """How a link stands."""

    HOLDS = "holds"
    BROKEN = "broken"
    UNKNOWN = "not looked at"
    BEYOND = "not reached"


@dataclass(frozen=True, slots=True)
class Step:
    """One link of the chain with what was seen of it."""

    link: Link
    state: State
    text: str


def chain_of(facts: Facts, causes: tuple[Cause, ...]) -> tuple[Step, ...]:
    """Every link in order; what lies beyond the first broken one is not reached."""
    broken = causes[0].code.link if causes else None
    order = list(Link)
    steps: list[Step] = []
    for link in order:
        seen = _SEEN[link](facts)
        if link is broken:
            steps.append(Step(link, State.BROKEN, causes[0].title))
        elif broken is not None and order.index(link) > order.index(broken):
            steps.append(Step(link, State.BEYOND, ""))
        elif seen is None:
            steps.append(Step(link, State.UNKNOWN, ""))
        else:
            steps.append(Step(link, State.HOLDS, seen))
    return tuple(steps)


def _user(facts: Facts) -> str | None:
    if facts.person is None:
        return None
    return f"{facts.person.login} is {facts.person.status or 'without a status'}"


def _integration(facts: Facts) -> str | None:
    if facts.app is None:
        return None
    return f"{facts.app.label} is {facts.app.status or 'without a status'}"


def _feature(facts: Facts) -> str | None:
    if facts.app is None or facts.app.features is None:
        return None
    return listed(sorted(one for one in facts.app.features if one.startswith("PUSH_")), 6) or "nothing is on"


def _assigned(facts: Facts) -> str | None:
    if facts.is_assigned is None:
        return None
    if facts.app_user is None:
        return f"not assigned to {facts.app_label}"
    groups = listed(group.shown for group in facts.assigned_groups)
    way = f"through {groups}" if facts.app_user.scope == "GROUP" and groups else "directly"
    way = "through a group" if facts.app_user.scope == "GROUP" and not groups else way
    return f"{way}, as {facts.app_user.user_name}, {facts.app_user.status} / {facts.app_user.sync_state}"


def _in_time(facts: Facts) -> str | None:
    if facts.app_user is None or facts.app_user.created is None:
        return None
    return f"since {clock(facts.app_user.created)}"


def _attempted(facts: Facts) -> str | None:
    if not facts.calls:
        return None
    last = facts.calls[-1]
    return f"{len(facts.calls)} events, the last {clock(last.at)}: {last.kind.value}"


def _connection(facts: Facts) -> str | None:
    if facts.survey is None or facts.survey.fault is not None or not facts.survey.seen:
        return None
    return f"{facts.survey.seen[0].exchange.base_url} answers"


def _credentials(facts: Facts) -> str | None:
    if facts.survey is None or not facts.survey.reads_users:
        return None
    return "users can be read with this token (whether it may write is not probed)"


def _lookup(facts: Facts) -> str | None:
    exchange = facts.survey.first(Look.LOOKUP) if facts.survey is not None else None
    if exchange is None or not isinstance(exchange.answer, Response) or facts.survey is None:
        return None
    return f"userName eq {facts.survey.wish.names[0]} finds {facts.survey.lookup_total}"


def _account(facts: Facts) -> str | None:
    if facts.account is not None:
        return f"{facts.account.shown}" + (", linked" if facts.account.id == facts.linked_id else "")
    return "there is none" if facts.account_missing else None


def _profile(facts: Facts) -> str | None:
    if facts.app_user is None or facts.app_user.last_sync is None:
        return None
    return f"last in step {clock(facts.app_user.last_sync)}"


def _attributes(facts: Facts) -> str | None:
    if facts.account is None or facts.app_user is None:
        return None
    differing = [one.title for one in facts.attributes if one.differs]
    return f"different: {listed(differing)}" if differing else f"{len(facts.attributes)} compared, all alike"


def _active(facts: Facts) -> str | None:
    return f"the account is {facts.account.state}" if facts.account is not None else None


def _groups(facts: Facts) -> str | None:
    if not facts.mappings:
        return None
    return listed(f"{facts.group(one.source).shown} {one.status}" for one in facts.mappings)


_SEEN: dict[Link, Callable[[Facts], str | None]] = {
    Link.USER: _user,
    Link.INTEGRATION: _integration,
    Link.FEATURE: _feature,
    Link.ASSIGNED: _assigned,
    Link.IN_TIME: _in_time,
    Link.ATTEMPTED: _attempted,
    Link.CONNECTION: _connection,
    Link.CREDENTIALS: _credentials,
    Link.LOOKUP: _lookup,
    Link.ACCOUNT: _account,
    Link.PROFILE: _profile,
    Link.ATTRIBUTES: _attributes,
    Link.ACTIVE: _active,
    Link.GROUPS: _groups,
}
