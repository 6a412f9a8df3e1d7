"""What the evidence and the probes say about one person in one app. Facts only: what they mean is for the rules."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scimctl.diagnose.accounts import Account, Survey
from scimctl.diagnose.attributes import Attribute, compare
from scimctl.diagnose.evidence import Evidence, Piece
from scimctl.diagnose.log import CALLS, Event, Kind, Log
from scimctl.diagnose.org import NOT_ACTIVE, App, AppUser, Group, Org, Person, PushMapping
from scimctl.diagnose.probes import Look, Wish
from scimctl.diagnose.reading import text
from scimctl.diagnose.refusal import Refusal, Sort, read_refusal
from scimctl.diagnose.subject import Subject

_OVERTAKING = frozenset({Kind.CREATE, Kind.SYNC, Kind.PROFILE, Kind.REACTIVATE, Kind.DEACTIVATE})
_LEAVING = frozenset({Kind.UNASSIGNED, Kind.USER_DEACTIVATED, Kind.USER_DELETED})
_ONE_JOB = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A failed attempt: its events, the one that says most, and what its text means."""

    events: tuple[Event, ...]
    event: Event
    refusal: Refusal

    @property
    def call(self) -> Kind | None:
        """What Okta tried, as far as event or text tell."""
        return self.refusal.call

    @property
    def at(self) -> datetime:
        """When the last event of it was."""
        return self.events[-1].at


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One person, or one group, in one app.

    `timeline` holds the person's events in this app and those of the person in Okta; `app_events` all events of the
    app. `failure` is the last attempt that failed and that no later success has overtaken; `overtaken` are those that
    one has. `survey` is None when no SCIM server was given.
    """

    subject: Subject | None
    group_name: str | None
    symptom: str | None
    org: Org
    log: Log
    has_log: bool
    absent: dict[Piece, str]
    timeline: tuple[Event, ...]
    app_events: tuple[Event, ...]
    failure: Failure | None
    overtaken: tuple[Failure, ...]
    survey: Survey | None = None
    account: Account | None = None
    attributes: tuple[Attribute, ...] = ()

    @property
    def app(self) -> App | None:
        """The app integration."""
        return self.org.app

    @property
    def app_label(self) -> str:
        """The name of the app for people."""
        return self.org.app.label if self.org.app is not None else "the app"

    @property
    def person(self) -> Person | None:
        """The Okta user."""
        return self.subject.person if self.subject is not None else None

    @property
    def app_user(self) -> AppUser | None:
        """The assignment."""
        return self.subject.app_user if self.subject is not None else None

    @property
    def who(self) -> str:
        """The person's name for people."""
        if self.subject is None:
            return self.group_name or "the group"
        return self.subject.person.login if self.subject.person is not None else self.subject.asked

    @property
    def user_name(self) -> str:
        """The application user name: that of the assignment, else the last one in the log, else the login."""
        if self.app_user is not None and self.app_user.user_name:
            return self.app_user.user_name
        names = self.old_names
        return names[0] if names else self.who

    @property
    def old_names(self) -> tuple[str, ...]:
        """The application user names in the app's log, newest first."""
        names = (event.user_name for event in reversed(self.timeline) if event.kind in _OF_APP)
        return tuple(dict.fromkeys(name for name in names if name is not None and name.lower() != "unknown"))

    @property
    def linked_id(self) -> str | None:
        """The id under which Okta knows the account."""
        return self.app_user.linked_id if self.app_user is not None else None

    @property
    def is_active_in_okta(self) -> bool:
        """Whether assignments of the Okta user do something; so too when the user was not given."""
        return self.person is None or self.person.status not in NOT_ACTIVE

    @property
    def is_suspended(self) -> bool:
        """Whether the Okta user is suspended."""
        return self.person is not None and self.person.status == "SUSPENDED"

    @property
    def is_assigned(self) -> bool | None:
        """Whether there is an assignment; None when the app's users were not given."""
        if self.app_user is not None:
            return True
        return None if self.org.app_users is None else False

    @property
    def wants_account(self) -> bool:
        """Whether an active account is to be expected."""
        return self.is_assigned is True and self.is_active_in_okta and not self.is_suspended

    @property
    def assigned_groups(self) -> tuple[Group, ...]:
        """The user's groups that have the app."""
        names = {group.id: group.name for group in self.org.user_groups or ()}
        return tuple(
            Group(group.id, group.name or names[group.id]) for group in self.org.app_groups or () if group.id in names
        )

    @property
    def now(self) -> datetime | None:
        """The newest event of the log."""
        return self.log.end

    def newest(self, *kinds: Kind) -> Event | None:
        """The person's newest event of these kinds."""
        return next((event for event in reversed(self.timeline) if event.kind in kinds), None)

    def newest_success(self, *kinds: Kind) -> Event | None:
        """The person's newest event of these kinds that succeeded."""
        return next((event for event in reversed(self.timeline) if event.kind in kinds and event.succeeded), None)

    @property
    def leaving(self) -> Event | None:
        """The newest event by which the person lost the app, unless it was assigned again since."""
        event = self.newest(*_LEAVING)
        again = self.newest(Kind.ASSIGNED)
        return None if event is None or (again is not None and again.at > event.at) else event

    @property
    def calls(self) -> tuple[Event, ...]:
        """What Okta did at the app for this person."""
        return tuple(event for event in self.timeline if event.kind in CALLS)

    def others_since(self, when: datetime, *kinds: Kind, succeeded: bool) -> tuple[Event, ...]:
        """Calls for other people in this app since `when` that succeeded, or that failed."""
        wanted = kinds or tuple(CALLS)
        return tuple(
            event
            for event in self.app_events
            if event.at >= when
            and event.kind in wanted
            and (event.succeeded if succeeded else event.failed)
            and event.user is not None
            and not (self.subject is not None and self.subject.owns(event))
        )

    @property
    def peers(self) -> tuple[AppUser, ...]:
        """The other assignments that are linked to accounts."""
        mine = self.subject.id if self.subject is not None else None
        return tuple(one for one in self.org.app_users or () if one.linked_id is not None and one.id != mine)

    @property
    def is_refused_because(self) -> Refusal | None:
        """The meaning of the failure."""
        return self.failure.refusal if self.failure is not None else None

    @property
    def account_missing(self) -> bool:
        """Whether the app could be read and has no account of this person."""
        return self.survey is not None and self.survey.reads_users and self.account is None

    @property
    def has_live_account(self) -> bool:
        """Whether an account was seen that is not inactive."""
        return self.account is not None and self.account.active is not False

    @property
    def in_step(self) -> bool:
        """Whether Okta and the app agree on the account, as far as can be seen."""
        if not self.wants_account:
            return self.account is None or self.account.active is False
        if self.linked_id is None or self.failure is not None:
            return False
        return self.survey is None or not self.survey.reads_users or self.has_live_account

    @property
    def mappings(self) -> tuple[PushMapping, ...]:
        """The pushes of the group that was asked for, else of the user's groups."""
        if self.group_name is not None:
            wanted = self.group_name.lower()
            named = {group.id for group in self.known_groups if group.name.lower() == wanted}
            ids = frozenset(named | {self.group_name})
        else:
            ids = self.group_ids
        return tuple(one for one in self.org.mappings or () if one.source in ids)

    @property
    def group_ids(self) -> frozenset[str]:
        """The ids of the user's groups; by the log where the list was not given."""
        if self.org.user_groups is not None:
            return frozenset(group.id for group in self.org.user_groups)
        joined: set[str] = set()
        for event in self.timeline:
            ids = {identifier for identifier, _ in event.groups}
            if event.kind is Kind.GROUP_JOINED:
                joined |= ids
            elif event.kind is Kind.GROUP_LEFT:
                joined -= ids
        return frozenset(joined)

    @property
    def known_groups(self) -> tuple[Group, ...]:
        """Every group whose name is known, from lists and events."""
        found = {group.id: group for group in (*(self.org.user_groups or ()), *(self.org.app_groups or ()))}
        for event in self.log.events:
            for identifier, name in event.groups:
                if name and not (identifier in found and found[identifier].name):
                    found[identifier] = Group(identifier, name)
        return tuple(found.values())

    def group(self, identifier: str) -> Group:
        """The group with that id, with its name where one is known."""
        return next((one for one in self.known_groups if one.id == identifier), Group(identifier, ""))


_OF_APP = CALLS | {Kind.ASSIGNED, Kind.UNASSIGNED, Kind.ASSIGNMENT_CHANGED, Kind.USERNAME_CHANGED}
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
    app_id = org.app.id if org.app is not None else None
    app_events = tuple(event for event in log.events if event.app is not None and (not app_id or event.app == app_id))
    timeline = () if subject is None else tuple(_timeline(subject, log, app_id))
    failure, overtaken = failures(timeline)
    if failure is not None and _is_past(failure, subject):
        overtaken, failure = (*overtaken, failure), None
    return Facts(
        subject=subject,
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


def _timeline(subject: Subject, log: Log, app_id: str | None) -> Iterator[Event]:
    for event in log.events:
        if not subject.owns(event):
            continue
        if event.kind in _OF_PERSON or (event.kind in _OF_APP and (not app_id or event.app == app_id)):
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
        attributes=compare(facts.org, profile, assigned, None if account is None else account.resource),
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
