"""Okta's System Log: events of many types made into a few kinds, and how far the log reaches.

Targets are found by their type, never by their place. Newer exports name an event by `eventType`, older ones by
`legacyEventType`; either will do.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from sys import intern

from scimctl.diagnose.evidence import Damage, LogEntry
from scimctl.diagnose.reading import moment, objects, text, word
from scimctl.jsonvalue import Json


class Kind(Enum):
    """What an event tells, as far as provisioning is concerned."""

    ASSIGNED = "assigned"
    UNASSIGNED = "unassigned"
    ASSIGNMENT_CHANGED = "assignment changed"
    USERNAME_CHANGED = "application user name changed"
    LOOKUP = "lookup"
    CREATE = "create"
    SYNC = "job"
    PROFILE = "profile push"
    REACTIVATE = "reactivation"
    DEACTIVATE = "deactivation"
    PASSWORD = "password push"
    GROUP_CALL = "group call"
    GROUP_PUSHED = "group push"
    GROUP_PUSH_FAILED = "failed group push"
    AUTH_FAILURE = "refused credentials"
    RATE_LIMITED = "rate limit"
    CONNECTION_PROBLEM = "connection problem"
    APP_CHANGED = "app changed"
    APP_STOPPED = "app deactivated"
    APP_STARTED = "app activated"
    GROUP_ASSIGNED = "app assigned to a group"
    GROUP_UNASSIGNED = "app taken from a group"
    USER_CREATED = "user created"
    USER_ACTIVATED = "user activated"
    USER_DEACTIVATED = "user deactivated"
    USER_SUSPENDED = "user suspended"
    USER_UNSUSPENDED = "user unsuspended"
    USER_DELETED = "user deleted"
    USER_CHANGED = "profile changed"
    GROUP_JOINED = "joined a group"
    GROUP_LEFT = "left a group"
    IMPORT_HELD = "import held"
    IMPORT_WENT_ON = "import went on"
    IMPORTED = "user imported"
    SIGN_ON = "sign-on"


CALLS = frozenset({Kind.LOOKUP, Kind.CREATE, Kind.SYNC, Kind.PROFILE, Kind.REACTIVATE, Kind.DEACTIVATE, Kind.PASSWORD})
"""What Okta does at the app for one user."""

_KINDS = {
    "application.user_membership.add": Kind.ASSIGNED,
    "application.user_membership.provision": Kind.ASSIGNED,
    "application.user_membership.approve": Kind.ASSIGNED,
    "application.user_membership.remove": Kind.UNASSIGNED,
    "application.user_membership.revoke": Kind.UNASSIGNED,
    "application.user_membership.deprovision": Kind.UNASSIGNED,
    "application.user_membership.update": Kind.ASSIGNMENT_CHANGED,
    "application.user_membership.change_username": Kind.USERNAME_CHANGED,
    "application.provision.user.verify_exists": Kind.LOOKUP,
    "application.provision.user.push": Kind.CREATE,
    "application.provision.user.sync": Kind.SYNC,
    "application.provision.user.push_profile": Kind.PROFILE,
    "application.provision.user.reactivate": Kind.REACTIVATE,
    "application.provision.user.activate": Kind.REACTIVATE,
    "application.provision.user.deactivate": Kind.DEACTIVATE,
    "application.provision.user.deprovision": Kind.DEACTIVATE,
    "application.provision.user.delete": Kind.DEACTIVATE,
    "application.provision.user.password": Kind.PASSWORD,
    "application.provision.user.push_password": Kind.PASSWORD,
    "application.provision.user.push_okta_password": Kind.PASSWORD,
    "application.provision.user.import": Kind.IMPORTED,
    "application.provision.user.import_profile": Kind.IMPORTED,
    "application.provision.group_push.mapping.update.or.delete.failed": Kind.GROUP_PUSH_FAILED,
    "application.provision.group_push.mapping.update.or.delete.failed.with.error": Kind.GROUP_PUSH_FAILED,
    "application.integration.authentication_failure": Kind.AUTH_FAILURE,
    "application.configuration.update": Kind.APP_CHANGED,
    "application.integration.rate_limit_exceeded": Kind.RATE_LIMITED,
    "application.integration.general_failure": Kind.CONNECTION_PROBLEM,
    "application.integration.api_query": Kind.CONNECTION_PROBLEM,
    "application.lifecycle.update": Kind.APP_CHANGED,
    "application.lifecycle.deactivate": Kind.APP_STOPPED,
    "application.lifecycle.activate": Kind.APP_STARTED,
    "group.application_assignment.add": Kind.GROUP_ASSIGNED,
    "group.application_assignment.remove": Kind.GROUP_UNASSIGNED,
    "group.application_assignment.update": Kind.GROUP_ASSIGNED,
    "user.lifecycle.create": Kind.USER_CREATED,
    "user.lifecycle.activate": Kind.USER_ACTIVATED,
    "user.lifecycle.reactivate": Kind.USER_ACTIVATED,
    "user.lifecycle.deactivate": Kind.USER_DEACTIVATED,
    "user.lifecycle.suspend": Kind.USER_SUSPENDED,
    "user.lifecycle.unsuspend": Kind.USER_UNSUSPENDED,
    "user.lifecycle.delete.initiated": Kind.USER_DELETED,
    "user.lifecycle.delete.completed": Kind.USER_DELETED,
    "user.lifecycle.delete": Kind.USER_DELETED,
    "user.account.update_profile": Kind.USER_CHANGED,
    "group.user_membership.add": Kind.GROUP_JOINED,
    "group.user_membership.remove": Kind.GROUP_LEFT,
    "system.import.roadblock": Kind.IMPORT_HELD,
    "system.import.complete": Kind.IMPORT_WENT_ON,
    "user.authentication.sso": Kind.SIGN_ON,
}
_LEGACY = {
    "app.generic.provision.assign_user_to_app": Kind.ASSIGNED,
    "app.generic.provision.deactivate_user_from_app": Kind.UNASSIGNED,
    "app.generic.config.app_user_property_update": Kind.ASSIGNMENT_CHANGED,
    "app.generic.config.app_username_update": Kind.USERNAME_CHANGED,
    "app.api.error.check_user_exists": Kind.LOOKUP,
    "app.user_management.verified_user_with_thirdparty": Kind.LOOKUP,
    "app.api.error.create_user": Kind.CREATE,
    "app.user_management.push_new_user": Kind.CREATE,
    "app.user_management.push_new_user_success": Kind.CREATE,
    "app.user_management.provision_user": Kind.SYNC,
    "app.user_management.provision_user_failed": Kind.SYNC,
    "app.api.error.push_profile_update": Kind.PROFILE,
    "app.user_management.push_profile_success": Kind.PROFILE,
    "app.user_management.push_profile_failure": Kind.PROFILE,
    "app.api.error.reactivate_user": Kind.REACTIVATE,
    "app.user_management.reactivate_user": Kind.REACTIVATE,
    "app.api.error.deactivate_user": Kind.DEACTIVATE,
    "app.user_management.deactivate_user": Kind.DEACTIVATE,
    "app.api.error.push_password_update": Kind.PASSWORD,
    "app.user_management.push_password_update": Kind.PASSWORD,
    "app.user_management.grouppush.mapping.update.or.delete.failed": Kind.GROUP_PUSH_FAILED,
    "app.user_management.grouppush.mapping.update.or.delete.failed.with.error": Kind.GROUP_PUSH_FAILED,
    "app.api.error.auth": Kind.AUTH_FAILURE,
    "app.api.error.rate.limit.exceeded": Kind.RATE_LIMITED,
    "app.api.error.generic": Kind.CONNECTION_PROBLEM,
    "core.user.config.user_creation.success": Kind.USER_CREATED,
    "core.user.config.user_activated": Kind.USER_ACTIVATED,
    "core.user.config.user_reactivation.success": Kind.USER_ACTIVATED,
    "core.user.config.user_deactivated": Kind.USER_DEACTIVATED,
    "core.user.config.user_status.suspended": Kind.USER_SUSPENDED,
    "core.user.config.user_status.unsuspended": Kind.USER_UNSUSPENDED,
    "core.user.config.profile_update.success": Kind.USER_CHANGED,
    "core.user_group_member.user_add": Kind.GROUP_JOINED,
    "core.user_group_member.user_remove": Kind.GROUP_LEFT,
    "app.auth.sso": Kind.SIGN_ON,
}
_PREFIXES = (
    ("system.import.roadblock.", Kind.IMPORT_WENT_ON),
    ("application.provision.group_push.mapping.", Kind.GROUP_PUSHED),
    ("application.provision.group_membership.", Kind.GROUP_CALL),
    ("application.provision.group.", Kind.GROUP_CALL),
    ("app.user_management.grouppush.mapping.", Kind.GROUP_PUSHED),
    ("app.api.error.add_group_membership", Kind.GROUP_CALL),
    ("app.api.error.update_group_membership", Kind.GROUP_CALL),
    ("app.api.error.remove_group_membership", Kind.GROUP_CALL),
    ("app.api.error.create.group", Kind.GROUP_CALL),
    ("app.api.error.update.group", Kind.GROUP_CALL),
)
_FAILED = frozenset({"FAILURE", "RATE_LIMIT", "ABANDONED", "UNANSWERED", "DENY"})
_PEOPLE = frozenset({"User", "AppUser"})
_UNKNOWN_NAMES = frozenset({"", "unknown"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event that concerns provisioning, without what a diagnosis does not need.

    `user` is the Okta id of the person it is about; `names` are what it calls the person, in lower case; `user_name`
    is the application user name. `groups` are pairs of id and name. `job` ties together what one job did.
    """

    at: datetime
    kind: Kind
    type: str
    succeeded: bool
    failed: bool
    reason: str | None
    user: str | None
    names: tuple[str, ...]
    user_name: str | None
    app: str | None
    app_label: str | None
    groups: tuple[tuple[str, str], ...]
    mapping: str | None
    job: str | None
    uuid: str
    note: str | None

    def is_about(self, names: frozenset[str]) -> bool:
        """Whether the event calls its person by one of these names, which are in lower case."""
        return any(name in names for name in self.names)


@dataclass(frozen=True, slots=True, kw_only=True)
class Log:
    """The events that concern provisioning, oldest first, and the time the whole log covers.

    `end` is what a diagnosis takes for now. `damage` says what could not be read.
    """

    events: tuple[Event, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    total: int = 0
    damage: tuple[str, ...] = ()

    def covers(self, when: datetime | None) -> bool:
        """Whether an event of that time would be in the log; a log that breaks off covers nothing."""
        return when is not None and self.start is not None and self.start <= when and not self.damage


@dataclass(slots=True)
class _Reader:
    events: list[Event] = field(default_factory=list)
    damage: list[str] = field(default_factory=list)
    start: datetime | None = None
    end: datetime | None = None
    total: int = 0
    odd: int = 0

    def take(self, entry: LogEntry) -> None:
        if isinstance(entry, Damage):
            self.damage.append(entry.reason)
            return
        at = moment(entry.get("published")) if isinstance(entry, dict) else None
        if at is None or not isinstance(entry, dict):
            self.odd += 1
            return
        self.total += 1
        self.start = at if self.start is None else min(self.start, at)
        self.end = at if self.end is None else max(self.end, at)
        kind = _kind(entry)
        if kind is not None:
            self.events.append(_event(entry, kind, at))


def read_log(entries: Iterable[LogEntry]) -> Log:
    """The log made of raw events in any order; what is no event is counted in `damage`."""
    reader = _Reader()
    seen: set[str] = set()
    for entry in entries:
        reader.take(entry)
    if reader.odd:
        reader.damage.append(f"{reader.odd} entries of the log are no events: they have no readable `published`")
    unique: list[Event] = []
    for event in reader.events:
        # Pages of a log that is read while it grows overlap.
        if not event.uuid or event.uuid not in seen:
            unique.append(event)
            seen.add(event.uuid)
    unique.sort(key=lambda event: event.at)
    return Log(
        events=tuple(unique), start=reader.start, end=reader.end, total=reader.total, damage=tuple(reader.damage)
    )


def _kind(entry: dict[str, Json]) -> Kind | None:
    for name in (text(entry, "eventType"), text(entry, "legacyEventType")):
        if name is None:
            continue
        kind = _KINDS.get(name) or _LEGACY.get(name)
        if kind is not None:
            return kind
        for prefix, meant in _PREFIXES:
            if name.startswith(prefix):
                return meant
    return None


def _event(entry: dict[str, Json], kind: Kind, at: datetime) -> Event:
    targets = list(objects(entry.get("target")))
    people = [target for target in targets if text(target, "type") in _PEOPLE]
    user = next((target for target in people if text(target, "type") == "User"), None)
    app_user = next((target for target in people if text(target, "type") == "AppUser"), None)
    app = next((target for target in targets if text(target, "type") == "AppInstance"), None)
    result = word(entry, "outcome", "result")
    return Event(
        at=at,
        kind=kind,
        type=intern(text(entry, "eventType") or text(entry, "legacyEventType") or ""),
        succeeded=result == "SUCCESS",
        failed=result in _FAILED,
        reason=_shared(text(entry, "outcome", "reason")),
        user=_shared(text(user, "id")),
        names=tuple(intern(name) for name in dict.fromkeys(_names(people))),
        user_name=_shared(text(app_user, "alternateId")),
        app=_shared(text(app, "id")),
        app_label=_shared(_label(app)),
        groups=tuple(_group(target) for target in targets if text(target, "type") in ("UserGroup", "AppGroup")),
        mapping=next((text(target, "id") for target in targets if text(target, "type") == "GroupPushMapping"), None),
        job=_shared(text(entry, "transaction", "id")),
        uuid=text(entry, "uuid") or "",
        note=text(entry, "debugContext", "debugData", "customMessage"),
    )


def _shared(value: str | None) -> str | None:
    return None if value is None else intern(value)


def _label(app: Json) -> str | None:
    for key in ("displayName", "alternateId"):
        name = text(app, key)
        if name is not None and name.lower() not in _UNKNOWN_NAMES:
            return name
    return None


def _names(people: list[dict[str, Json]]) -> Iterable[str]:
    for target in people:
        for key in ("id", "alternateId"):
            name = text(target, key)
            if name is not None and name.lower() not in _UNKNOWN_NAMES:
                yield name.lower()


def _group(target: dict[str, Json]) -> tuple[str, str]:
    return intern(text(target, "id") or ""), intern(_label(target) or "")
