"""One diagnosis from end to end: evidence and a way to look at the server in, causes and their surroundings out."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from scimctl.diagnose.accounts import Survey
from scimctl.diagnose.cause import Cause, Certainty, Symptom
from scimctl.diagnose.chain import Step, chain_of
from scimctl.diagnose.evidence import Evidence
from scimctl.diagnose.exclusions import NotLookedAt, RuledOut, not_looked_at, ruled_out
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.gathering import failures, gather, look_at, wish_of
from scimctl.diagnose.log import CALLS, Event, Log, read_log
from scimctl.diagnose.org import Org, read_org
from scimctl.diagnose.probes import Wish
from scimctl.diagnose.proofs import clock
from scimctl.diagnose.ranking import causes_of
from scimctl.diagnose.request_events import body_for
from scimctl.diagnose.rules.grounds import symptom_of
from scimctl.diagnose.subject import find_subject
from scimctl.exchange import Exchange

_MOST_RECORDED = 500
"""Requests of the app's own record that a diagnosis hands on as its proof."""

LookAround = Callable[[Wish], Survey]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Whom or what a diagnosis is about: a user, a group, or both; `symptom` is None when it is to be found out."""

    user: str | None = None
    group: str | None = None
    symptom: Symptom | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Evidence that was read once and serves for many questions."""

    evidence: Evidence
    org: Org
    log: Log


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """How to look around at the app. `own_trust` says that the target is trusted in ways that Okta does not have."""

    look: LookAround
    base_path: str = ""
    own_trust: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What was found about one user or group. `in_step` says that nothing is amiss, as far as could be seen."""

    subject: str
    symptom: Symptom
    summary: str
    causes: tuple[Cause, ...]
    ruled_out: tuple[RuledOut, ...]
    not_looked_at: tuple[NotLookedAt, ...]
    looked_at: tuple[str, ...]
    chain: tuple[Step, ...]
    exchanges: tuple[Exchange, ...]
    events: tuple[Event, ...]
    in_step: bool
    saw_anything: bool


def read_case(evidence: Evidence) -> Case:
    """Reads the documents and the log of the evidence."""
    return Case(evidence=evidence, org=read_org(evidence), log=read_log(evidence.logs or ()))


def failed_users(case: Case) -> tuple[str, ...]:
    """The application user names of everybody whose assignment is in error or whose last attempt failed."""
    by_user: dict[str, list[Event]] = {}
    app_id = case.org.app_id
    for event in case.log.events:
        if event.kind in CALLS and event.user is not None and (not app_id or event.app == app_id):
            by_user.setdefault(event.user, []).append(event)
    names = {one.id: one.user_name for one in case.org.app_users or ()}
    failed = {one.id for one in case.org.app_users or () if one.sync_state == "ERROR"}
    failed |= {user for user, events in by_user.items() if failures(tuple(events))[0] is not None}
    for user, events in by_user.items():
        names[user] = names.get(user) or events[-1].user_name or user
    return tuple(sorted(names.get(user) or user for user in failed))


def diagnose(case: Case, question: Question, server: Server | None = None) -> Diagnosis:
    """The diagnosis of one question."""
    facts = facts_of(case, question, server)
    causes = causes_of(facts)
    symptom = question.symptom or (causes[0].symptom if causes else Symptom.NONE)
    saw_server = facts.survey is not None and bool(facts.survey.seen)
    return Diagnosis(
        subject=facts.who,
        symptom=symptom,
        summary=_summary(facts, causes),
        causes=causes,
        ruled_out=ruled_out(facts, causes),
        not_looked_at=not_looked_at(facts, has_server=server is not None, has_evidence=not case.evidence.is_empty),
        looked_at=tuple(_looked_at(facts)),
        chain=chain_of(facts, causes),
        exchanges=_exchanges(case, facts),
        events=facts.timeline,
        in_step=facts.in_step if facts.subject is not None else bool(facts.mappings) and not causes,
        saw_anything=saw_server or bool(case.evidence.documents) or case.log.total > 0,
    )


def _exchanges(case: Case, facts: Facts) -> tuple[Exchange, ...]:
    """What the app was asked: by Okta as far as there is a record, newest last, and by us."""
    recorded = tuple(one.exchange for one in case.evidence.requests[-_MOST_RECORDED:])
    return recorded + (tuple(one.exchange for one in facts.survey.seen) if facts.survey is not None else ())


def facts_of(case: Case, question: Question, server: Server | None) -> Facts:
    """What is known about the subject of a question, from the evidence and from the server."""
    subject = find_subject(question.user, case.org, case.log) if question.user is not None else None
    facts = gather(
        evidence=case.evidence,
        org=case.org,
        log=case.log,
        subject=subject,
        group_name=question.group,
        symptom=question.symptom.value if question.symptom is not None else None,
    )
    if subject is not None and case.evidence.requests:
        names = frozenset(name.lower() for name in (*subject.names, facts.user_name, facts.who, subject.id or ""))
        facts = replace(facts, sent=body_for(case.evidence.requests, names - {""}, facts.linked_id))
    if server is None:
        return facts
    return look_at(facts, server.look(wish_of(facts, base_path=server.base_path, own_trust=server.own_trust)))


def _summary(facts: Facts, causes: tuple[Cause, ...]) -> str:
    if causes:
        first = causes[0]
        sure = {Certainty.CERTAIN: "", Certainty.LIKELY: "probably: ", Certainty.POSSIBLE: "possibly: "}
        return f"{sure[first.certainty]}{first.title}"
    if facts.subject is None:
        return _group_summary(facts)
    if not facts.knows_okta:
        return _server_summary(facts)
    if not facts.in_step:
        state = symptom_of(facts).value
        return f"no cause was found for {facts.who}, and Okta and {facts.app_label} are not in step ({state})"
    return _in_step(facts)


def _group_summary(facts: Facts) -> str:
    if not facts.mappings:
        return f"no push of a group called {facts.who} is known"
    return f"nothing is wrong with the push of {facts.who}, as far as could be seen"


def _server_summary(facts: Facts) -> str:
    if facts.account is not None:
        return f"the app has the {facts.account.shown}; what Okta wants of it was not looked at"
    if facts.account_missing:
        return f"the app has no account of {facts.who}; why, only Okta's side can tell"
    return f"nothing could be told of {facts.who}"


def _in_step(facts: Facts) -> str:
    resolved = " Earlier failures are resolved: later attempts succeeded." if facts.overtaken else ""
    if not facts.wants_account:
        state = "is inactive (deactivated)" if facts.account is not None else "was not seen"
        return f"nothing is wrong: {facts.who} has left {facts.app_label}, and the account {state}.{resolved}"
    account = f"the account {facts.account.user_name} is active" if facts.account is not None else "it is linked"
    return f"nothing is wrong: {facts.who} is provisioned to {facts.app_label}, and {account}.{resolved}"


def _looked_at(facts: Facts) -> Iterator[str]:
    if facts.log.total:
        yield (
            f"the System Log from {clock(facts.log.start)} to {clock(facts.log.end)}: {facts.log.total} events, "
            f"{len(facts.timeline)} about {facts.who}"
        )
    if facts.person is not None:
        yield f"the Okta user {facts.person.login}"
    if facts.app is not None:
        yield f"the app {facts.app.label} ({facts.app.id})"
    if facts.org.app_users is not None:
        yield f"{len(facts.org.app_users)} assignments"
    if facts.sent is not None:
        yield "the app's own record of what Okta sent"
    if facts.survey is not None:
        yield f"the SCIM server with {len(facts.survey.seen)} read-only requests"
    if facts.attributes and facts.account is not None:
        yield f"{len(facts.attributes)} attributes in Okta and at the app"
