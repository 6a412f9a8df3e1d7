"""What the mock's jobs and an admin's clicks write into the System Log.

A job is followed call by call, and logged when it is over: each call that a person would see, and then the whole job.
Okta's own log was seen of creates, links, profile pushes and failed look-ups and pushes of groups; the failures of
deactivations and passwords are logged as these are.
"""

from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum

from scimctl.exchange import Answer, FaultKind, TransportFault
from scimctl.okta import event_types as event
from scimctl.okta import texts
from scimctl.okta.answers import Found, read_lookup
from scimctl.okta.app import App
from scimctl.okta.directory import OktaGroup, OktaUser
from scimctl.okta.event_types import EventType
from scimctl.okta.mapping import app_user_name, full_name
from scimctl.okta.outcome import ActionOutcome, ActionResult, Call, Flow, Purpose
from scimctl.okta.system_log import SystemLog, Target, derived_id

_APP_NAME = "scim2headerauth"
"""What Okta calls the template app in `debugContext`."""
_UNSEEN = (Purpose.READ, Purpose.GROUP_READ)
"""Reads before a change, which Okta does not log."""


class JobKind(Enum):
    """Why a job runs; only that of an assignment is logged as a whole when it went well."""

    ASSIGNMENT = "assignment"
    CHANGE = "change"
    DEACTIVATION = "deactivation"


@dataclass(slots=True)
class _Heard:
    """The calls of a job with their answers."""

    calls: list[tuple[Purpose, Answer]]


@dataclass(frozen=True, slots=True)
class Journal:
    """Writes what happens in one app into the org's log."""

    log: SystemLog
    app: App

    def app_target(self) -> Target:
        """The app, as events name it."""
        return Target("AppInstance", self.app.id, self.app.label, self.app.label)

    def user_targets(self, user: OktaUser) -> list[Target]:
        """A user of the app, in the order that Okta has: the app user, the app, the user."""
        name = full_name(user.profile)
        app_user = app_user_name(user.profile, self.app.parameters)
        return [
            Target("AppUser", derived_id("0ua", self.app.id, user.id), app_user, name),
            self.app_target(),
            Target("User", user.id, user.login, name),
        ]

    def group_targets(self, group: OktaGroup) -> list[Target]:
        """A pushed group: the app, the group, the mapping."""
        mapping = Target("GroupPushMapping", mapping_id(self.app, group), "unknown", "unknown")
        return [self.app_target(), Target("UserGroup", group.id, "unknown", group.name), mapping]

    def click(self, kind: EventType, *targets: Target) -> None:
        """Logs what an admin did."""
        self.log.write(kind, targets)

    def assignment(self, user: OktaUser, *, lost: bool) -> None:
        """Logs that a user gained, or lost, the app."""
        self.log.write(event.UNASSIGNED if lost else event.ASSIGNED, self.user_targets(user))

    def person(self, kind: EventType, user: OktaUser) -> None:
        """Logs a change of an Okta user, which no app has a part in."""
        self.click(kind, Target("User", user.id, user.login, full_name(user.profile)))

    def membership(self, user: OktaUser, group: OktaGroup, *, left: bool) -> None:
        """Logs that a user joined, or left, a group."""
        person = Target("User", user.id, user.login, full_name(user.profile))
        self.click(event.LEFT if left else event.JOINED, person, Target("UserGroup", group.id, "unknown", group.name))

    def user_job(self, user: OktaUser, kind: JobKind, flow: Flow) -> Flow:
        """Runs the job of one user and logs it."""
        heard = _Heard([])
        result = yield from _followed(flow, heard)
        job = self.log.new_id("puj")
        targets = self.user_targets(user)
        failed = result.outcome is ActionOutcome.FAILURE
        refused = failed and result.refusal is not None
        done = heard.calls[:-1] if refused else heard.calls
        for purpose, answer in done:
            if purpose not in _UNSEEN and (purpose is not Purpose.LOOKUP or _found(answer)):
                self._write(event.OF_USERS[purpose], targets, job)
        silent = result.refusal is not None and result.refusal.purpose is Purpose.LOOKUP and bool(result.refusal.at)
        if refused and not silent:
            purpose, answer = heard.calls[-1]
            self._connection(answer, job)
            kind_of_call = event.DEACTIVATE if kind is JobKind.DEACTIVATION else event.OF_USERS[purpose]
            self._write(kind_of_call, targets, job, failed=True, reason=_remote(result.reason))
        if failed or (kind is JobKind.ASSIGNMENT and result.outcome is ActionOutcome.SUCCESS):
            # A look-up whose numbers are no numbers ends the job without a word.
            self._write(event.SYNC, targets, job, failed=failed, reason=None if silent else result.reason)
        return result

    def group_job(self, group: OktaGroup, flow: Flow, *kinds: EventType) -> Flow:
        """Runs the push of one group and logs it: as `kinds` when it went well."""
        heard = _Heard([])
        targets = self.group_targets(group)
        result = yield from _followed(flow, heard)
        job = self.log.new_id("puj")
        if result.outcome is ActionOutcome.SUCCESS:
            for kind in kinds:
                self._write(kind, targets, job)
        if result.outcome is ActionOutcome.FAILURE:
            purpose, answer = heard.calls[result.refused_at[0] if result.refused_at else -1]
            self._connection(answer, job)
            # An answer that was no error, and yet not what Okta needs, has no words of its own.
            told = result.reason if answer.status == 200 else texts.remote_error(answer)
            self._write(event.OF_GROUPS[purpose], targets, job, failed=True, reason=told)
            self._write(event.MAPPING_FAILED, targets, job, failed=True, reason=result.reason)
        return result

    def import_job(self, flow: Flow) -> Flow:
        """Runs an import and logs its beginning and its end."""
        heard = _Heard([])
        job = self.log.new_id("puj")
        targets = [self.app_target()]
        self._write(event.IMPORT_STARTED, targets, job)
        result = yield from _followed(flow, heard)
        failed = result.outcome is ActionOutcome.FAILURE
        if failed and result.refusal is not None:
            self._connection(heard.calls[-1][1], job)
            self._write(event.IMPORT_USERS, targets, job, failed=True, reason=result.reason)
        elif failed:
            self._write(event.IMPORT_HELD, targets, job, failed=True, reason=result.reason)
        else:
            self._write(event.IMPORT_ENDED, targets, job, reason=result.reason)
        return result

    def credentials_job(self, flow: Flow) -> Flow:
        """Runs *Test API Credentials* and logs it when it fails."""
        heard = _Heard([])
        result = yield from _followed(flow, heard)
        if result.outcome is ActionOutcome.FAILURE:
            job = self.log.new_id("puj")
            self._connection(heard.calls[-1][1], job)
            self._write(event.BAD_CREDENTIALS, [self.app_target()], job, failed=True, reason=result.reason)
        return result

    def _connection(self, answer: Answer, job: str) -> None:
        """Logs what is not about a user at all: the credentials, the rate, the connection."""
        told = texts.remote_error(answer)
        kind = None
        if answer.status == 401:
            kind = event.REFUSED_LOGIN
        elif answer.status == 429 or (isinstance(answer, TransportFault) and answer.kind is FaultKind.RATE_LIMIT):
            kind = event.RATE_LIMITED
        elif isinstance(answer, TransportFault):
            kind, told = event.NO_CONNECTION, f"Error authenticating: {told}"
        if kind is not None:
            self._write(kind, [self.app_target()], job, failed=True, reason=told)

    def _write(
        self,
        kind: EventType,
        targets: list[Target],
        job: str,
        *,
        failed: bool = False,
        reason: str | None = None,
    ) -> None:
        self.log.write(kind, targets, job=job, app=_APP_NAME, failed=failed, reason=reason)


def mapping_id(app: App, group: OktaGroup) -> str:
    """The id of a group's push mapping."""
    return derived_id("gPm", app.id, group.id)


def _followed(flow: Flow, heard: _Heard) -> Generator[Call, Answer, ActionResult]:
    """Runs a flow through and keeps what it asked and was told."""
    try:
        call = next(flow)
        while True:
            answer = yield call
            heard.calls.append((call.purpose, answer))
            call = flow.send(answer)
    except StopIteration as stop:
        result: ActionResult = stop.value
        return result


def _found(answer: Answer) -> bool:
    found = read_lookup(answer)
    return isinstance(found, Found) and bool(found.resources)


def _remote(text: str) -> str:
    """What stands behind Okta's sentence and its operation: the words about the server."""
    return text.split(": ", 2)[-1]
