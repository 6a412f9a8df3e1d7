"""Makes facts of evidence, and of what the probes saw."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from scimctl.diagnose.accounts import Account, Survey
from scimctl.diagnose.attributes import compare
from scimctl.diagnose.evidence import Evidence
from scimctl.diagnose.facts import OF_APP, Facts, Failure
from scimctl.diagnose.log import CALLS, Event, Kind, Log
from scimctl.diagnose.org import Org
from scimctl.diagnose.probes import Look, Wish
from scimctl.diagnose.reading import text
from scimctl.diagnose.refusal import Sort, read_refusal
from scimctl.diagnose.subject import Subject

_OVERTAKING = frozenset({Kind.CREATE, Kind.SYNC, Kind.PROFILE, Kind.REACTIVATE, Kind.DEACTIVATE})
_ONE_JOB = timedelta(minutes=2)
_OF_PERSON = frozenset(
    {
        Kind.USER_CREATED,
        Kind.USER_ACTIVATED,
        Kind.USER_DEACTIVATED,
        Kind.USER_SUSPENDED,
        Kind.USER_UNSUSPENDED,
        Kind.USER_DELETED,
        Kind.USER_CHANGED,
        Kind.GROUP_JOINED,
        Kind.GROUP_LEFT,
        Kind.IMPORTED,
    }
)


def gather(
    *, evidence: Evidence, org: Org, log: Log, subject: Subject | None, group_name: str | None, symptom: str | None
) -> Facts:
    """The facts that Okta's side gives; `look_at` adds those of the app."""
    app_id = org.app_id or _only_app(subject, log)
    app_events = tuple(event for event in log.events if event.app is not None and (not app_id or event.app == app_id))
    timeline = () if subject is None else tuple(_timeline(subject, log, app_id))
    failure, overtaken = failures(timeline)
    if failure is not None and _is_past(failure, subject):
        overtaken, failure = (*overtaken, failure), None
    return Facts(
        subject=subject,
        app_id=app_id,
        group_name=group_name,
        symptom=symptom,
        org=org,
        log=log,
        has_log=evidence.logs is not None and log.total > 0,
        absent=dict(evidence.absent),
        timeline=timeline,
        app_events=app_events,
        failure=failure,
        overtaken=overtaken,
    )


def _is_past(failure: Failure, subject: Subject | None) -> bool:
    """Whether the assignment came into step after the failure, by an event that the log does not have."""
    user = subject.app_user if subject is not None else None
    if user is None or user.linked_id is None or user.sync_state != "SYNCHRONIZED" or user.last_sync is None:
        return False
    return user.last_sync > failure.at and failure.call is not Kind.PASSWORD


def _only_app(subject: Subject | None, log: Log) -> str | None:
    """Where no document names the app: the only one that the log has calls of, else the last one of the person."""
    calls = [event for event in log.events if event.kind in CALLS and event.app is not None]
    apps = {event.app for event in calls}
    mine = [event.app for event in calls if subject is not None and subject.owns(event)]
    return apps.pop() if len(apps) == 1 else (mine[-1] if mine else None)


def _timeline(subject: Subject, log: Log, app_id: str | None) -> Iterator[Event]:
    for event in log.events:
        if not subject.owns(event):
            continue
        if event.kind in _OF_PERSON or (event.kind in OF_APP and (not app_id or event.app == app_id)):
            yield event


def failures(timeline: tuple[Event, ...]) -> tuple[Failure | None, tuple[Failure, ...]]:
    """The failure that stands, and the failures that later successes have overtaken, oldest first."""
    overtaken: list[Failure] = []
    open_events: list[Event] = []
    for event in timeline:
        if event.kind not in CALLS:
            continue
        if event.failed:
            open_events.append(event)
        elif event.succeeded and event.kind in _OVERTAKING and open_events:
            kept = [one for one in open_events if one.kind is Kind.PASSWORD]
            gone = [one for one in open_events if one.kind is not Kind.PASSWORD]
            if gone:
                overtaken.append(_failure(gone))
            open_events = kept
        elif event.succeeded and event.kind is Kind.PASSWORD:
            open_events = [one for one in open_events if one.kind is not Kind.PASSWORD]
    standing = [one for one in open_events if one.kind is not Kind.PASSWORD] or open_events
    return (_failure(standing) if standing else None), tuple(overtaken)


def _failure(events: list[Event]) -> Failure:
    last = events[-1]
    together = [one for one in events if one.job == last.job or last.at - one.at <= _ONE_JOB]
    readings = [(one, read_refusal(one.reason, one.kind)) for one in together]
    # The job's own text names the operation; that of the call it made is not cut at 255 characters.
    calls = [pair for pair in readings if pair[0].kind is not Kind.SYNC and pair[0].job == last.job]
    telling = [pair for pair in (*reversed(calls), *reversed(readings)) if pair[1].sort is not Sort.SILENT]
    event, refusal = telling[0] if telling else readings[-1]
    if refusal.call is None:
        refusal = replace(refusal, call=next((one.call for _, one in readings if one.call is not None), None))
    return Failure(events=tuple(events), event=event, refusal=refusal)


def wish_of(facts: Facts, *, base_path: str, own_trust: bool) -> Wish:
    """What the probes should look for."""
    names = [facts.user_name, *facts.old_names] if facts.subject is not None else []
    emails: list[str] = []
    if facts.person is not None:
        names.append(facts.person.login)
        emails += facts.person.emails
    if facts.app_user is not None:
        address = text(facts.app_user.profile, "email")
        emails += [address] if address is not None else []
    broken = [one for one in facts.mappings if one.status != "ACTIVE"]
    groups = [facts.group(one.source).name for one in broken] + ([facts.group_name] if facts.group_name else [])
    return Wish(
        names=tuple(dict.fromkeys(names)),
        emails=tuple(dict.fromkeys(emails)),
        okta_id=facts.subject.id if facts.subject is not None else None,
        linked_id=facts.linked_id,
        groups=tuple(dict.fromkeys(name for name in groups if name)),
        members=tuple(one.linked_id for one in facts.org.app_users or () if one.linked_id is not None)
        if broken
        else (),
        base_path=base_path,
        own_trust=own_trust,
    )


def look_at(facts: Facts, survey: Survey) -> Facts:
    """The facts with what the probes saw."""
    account = _account(facts, survey)
    profile = facts.person.profile if facts.person is not None else {}
    assigned = facts.app_user.profile if facts.app_user is not None else {}
    return replace(
        facts,
        survey=survey,
        account=account,
        attributes=compare(facts.org, profile, assigned, None if account is None else account.resource, facts.sent),
    )


def _account(facts: Facts, survey: Survey) -> Account | None:
    """The account of the person: the linked one, the one under the user name, or the one with the Okta id."""
    if facts.subject is None:
        return None
    candidates = [*survey.accounts(Look.LINKED)]
    if not candidates:
        candidates += [*survey.looked_up, *survey.by_name(facts.user_name)]
        identifier = facts.subject.id
        candidates += [one for one in survey.accounts() if identifier is not None and one.external_id == identifier]
    return candidates[0] if candidates else None
