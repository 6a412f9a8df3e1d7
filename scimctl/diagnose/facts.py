"""What the evidence and the probes say about one person in one app. Facts only: what they mean is for the rules."""

from dataclasses import dataclass
from datetime import datetime

from scimctl.diagnose.accounts import Account, Survey
from scimctl.diagnose.attributes import Attribute
from scimctl.diagnose.evidence import Piece
from scimctl.diagnose.log import CALLS, Event, Kind, Log
from scimctl.diagnose.org import NOT_ACTIVE, App, AppUser, Group, Org, Person, PushMapping
from scimctl.diagnose.refusal import Refusal
from scimctl.diagnose.subject import Subject
from scimctl.jsonvalue import Json

OF_APP = CALLS | {Kind.ASSIGNED, Kind.UNASSIGNED, Kind.ASSIGNMENT_CHANGED, Kind.USERNAME_CHANGED}
"""What happens to an assignment."""
_LEAVING = frozenset({Kind.UNASSIGNED, Kind.USER_DEACTIVATED, Kind.USER_DELETED})


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
    one has. `survey` is None when no SCIM server was given, `sent` when the app has no record of a user that Okta sent.
    """

    subject: Subject | None
    app_id: str | None
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
    sent: dict[str, Json] | None = None

    @property
    def app(self) -> App | None:
        """The app integration."""
        return self.org.app

    @property
    def app_label(self) -> str:
        """The name of the app for people."""
        if self.org.app is not None:
            return self.org.app.label
        return next((event.app_label for event in self.app_events if event.app_label is not None), "the app")

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
        names = (event.user_name for event in reversed(self.timeline) if event.kind in OF_APP)
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
        """Whether there is an assignment that stands; by the log where the app's users were not given, else None."""
        if self.app_user is not None:
            return not self.app_user.is_over
        if self.org.app_users is not None or self.leaving is not None:
            return False
        return True if self.newest(Kind.ASSIGNED) is not None else None

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
    def knows_okta(self) -> bool:
        """Whether anything of Okta's side says what should be at the app."""
        return self.person is not None or self.org.app_users is not None or bool(self.timeline)

    @property
    def in_step(self) -> bool:
        """Whether Okta and the app agree on the account, as far as seen; without Okta's side, whether it lives."""
        if not self.knows_okta:
            return self.has_live_account
        if self.is_assigned is None and self.is_active_in_okta:
            # Whether an account is to be there was not seen.
            return False
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
