"""What an Okta admin does, and the jobs it starts: assignment, membership, lifecycle, profile changes, switches.

Whoever gains the app through an action is provisioned, whoever loses the last assignment is deactivated.
Suspending sends nothing; a deactivated user's own assignment is gone, one through a group comes back with activation.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from scimctl.jsonvalue import Json
from scimctl.okta import event_types as event
from scimctl.okta.app import App
from scimctl.okta.directory import Directory, OktaGroup, OktaUser, UserStatus
from scimctl.okta.entitlements import Grant, grant, revoke
from scimctl.okta.group_push import PushJob, push_members
from scimctl.okta.journal import JobKind, Journal
from scimctl.okta.outcome import Flow, in_turn, skipped
from scimctl.okta.provisioning import Job, deactivate, provision, push_password, push_profile
from scimctl.okta.system_log import SystemLog, Target


@dataclass(slots=True)
class Org:
    """An Okta org with one app; `rng` makes placeholder passwords, `log` is the System Log."""

    directory: Directory
    app: App
    rng: random.Random
    log: SystemLog = field(default_factory=SystemLog)

    @property
    def journal(self) -> Journal:
        """Writes what happens in the app into the log."""
        return Journal(self.log, self.app)

    def job(self, user: OktaUser) -> Job:
        """The provisioning job of `user`."""
        return Job(self.app, user, self.rng)

    def push_job(self, group: OktaGroup) -> PushJob:
        """The push of `group`."""
        return PushJob(self.app, group, self.directory)

    def entitled(self) -> list[str]:
        """Ids of everybody whom an assignment reaches."""
        return [user.id for user in self.app.entitled(self.directory)]


def assign(org: Org, whom: OktaUser | OktaGroup | None) -> Flow:
    """Assigns the app to a person, to a group, or to everyone (None)."""
    before = org.entitled()
    match whom:
        case OktaUser():
            org.app.direct.add(whom.id)
        case OktaGroup():
            org.app.groups.add(whom.id)
            _group_click(org, event.GROUP_ASSIGNED, whom)
        case None:
            org.app.everyone = True
    return (yield from _settle(org, before, "Nobody gains the app by this assignment, so Okta sends nothing."))


def unassign(org: Org, whom: OktaUser | OktaGroup | None) -> Flow:
    """Takes an assignment away; who keeps another one keeps the app."""
    before = org.entitled()
    match whom:
        case OktaUser():
            org.app.direct.discard(whom.id)
        case OktaGroup():
            org.app.groups.discard(whom.id)
            _group_click(org, event.GROUP_UNASSIGNED, whom)
        case None:
            org.app.everyone = False
    return (yield from _settle(org, before, "Another assignment remains, so Okta sends nothing."))


def change_members(org: Org, group: OktaGroup, added: Sequence[OktaUser], removed: Sequence[OktaUser]) -> Flow:
    """Puts users into a group and takes others out, at once; a group that is pushed is then pushed again."""
    before = org.entitled()
    joined = [user for user in added if user.id not in group.members]
    left = [user for user in removed if user.id in group.members]
    group.members += [user.id for user in joined]
    for user in joined:
        org.journal.membership(user, group, left=False)
    for user in left:
        group.members.remove(user.id)
        org.journal.membership(user, group, left=True)
    push = push_members(org.push_job(group), joined, left)
    pushes = [org.journal.group_job(group, push, event.MAPPING_MEMBERS)] if group.id in org.app.pushes else []
    otherwise = "The group brings no app to those who join, and takes none from those who leave, so Okta sends nothing."
    return (yield from _settle(org, before, otherwise, pushes))


def add_member(org: Org, group: OktaGroup, user: OktaUser) -> Flow:
    """Puts a user into a group."""
    return (yield from change_members(org, group, [user], []))


def remove_member(org: Org, group: OktaGroup, user: OktaUser) -> Flow:
    """Takes a user out of a group."""
    return (yield from change_members(org, group, [], [user]))


def suspend(org: Org, user: OktaUser) -> Flow:
    """Suspends the Okta user, which reaches no app."""
    before = org.entitled()
    user.status = UserStatus.SUSPENDED
    org.journal.person(event.USER_SUSPENDED, user)
    return (yield from _settle(org, before, "Okta sends nothing for a suspended user."))


def unsuspend(org: Org, user: OktaUser) -> Flow:
    """Lifts a suspension, which reaches no app either."""
    before = org.entitled()
    user.status = UserStatus.ACTIVE
    org.journal.person(event.USER_UNSUSPENDED, user)
    return (yield from _settle(org, before, "Okta sends nothing when a suspension ends."))


def deactivate_user(org: Org, user: OktaUser) -> Flow:
    """Deactivates the Okta user: the user's own assignment goes, memberships stay."""
    before = org.entitled()
    user.status = UserStatus.DEPROVISIONED
    org.journal.person(event.USER_DEACTIVATED, user)
    org.app.direct.discard(user.id)
    return (yield from _settle(org, before, "The user did not have the app, so Okta sends nothing."))


def activate_user(org: Org, user: OktaUser) -> Flow:
    """Activates a staged or deactivated Okta user; assignments through groups take effect again."""
    before = org.entitled()
    user.status = UserStatus.ACTIVE
    org.journal.person(event.USER_ACTIVATED, user)
    return (yield from _settle(org, before, "The user must be assigned again, so Okta sends nothing."))


def update_user(org: Org, user: OktaUser, changes: Mapping[str, Json]) -> Flow:
    """Changes the Okta profile and, for a user of the app, pushes it."""
    user.profile.update(changes)
    org.journal.person(event.PROFILE_CHANGED, user)
    if user.id not in org.entitled():
        return skipped("The user is not assigned to the app, so Okta sends nothing.")
    return (yield from org.journal.user_job(user, JobKind.CHANGE, push_profile(org.job(user))))


def change_password(org: Org, user: OktaUser, password: str) -> Flow:
    """Changes the Okta password and, where the app syncs passwords, pushes it, or a random one in its place."""
    user.password = password
    org.journal.person(event.PASSWORD_CHANGED, user)
    if user.id not in org.entitled():
        return skipped("The user is not assigned to the app, so Okta sends nothing.")
    return (yield from org.journal.user_job(user, JobKind.CHANGE, push_password(org.job(user))))


def give(org: Org, user: OktaUser, what: Grant) -> Flow:
    """Gives a user of the app the first role, or entitlement, that a discovery found in it."""
    if user.id not in org.entitled():
        return skipped("The user is not assigned to the app, so Okta sends nothing.")
    return (yield from org.journal.user_job(user, JobKind.CHANGE, grant(org.job(user), what)))


def take(org: Org, user: OktaUser, what: Grant) -> Flow:
    """Takes it from the user again."""
    if user.id not in org.entitled():
        return skipped("The user is not assigned to the app, so Okta sends nothing.")
    return (yield from org.journal.user_job(user, JobKind.CHANGE, revoke(org.job(user), what)))


def retry(org: Org, user: OktaUser) -> Flow:
    """The admin's Provision User or Retry Selected: the assignment job once more."""
    if user.id not in org.entitled():
        return skipped("The user is not assigned to the app, so Okta sends nothing.")
    return (yield from org.journal.user_job(user, JobKind.ASSIGNMENT, provision(org.job(user))))


def switch_features(org: Org, switches: Mapping[str, bool]) -> None:
    """Switches features of the app by their names in `Features`; those that are not named stay as they are."""
    org.app.features = replace(org.app.features, **switches)
    org.journal.click(event.APP_CHANGED, org.journal.app_target())


def _group_click(org: Org, kind: event.EventType, group: OktaGroup) -> None:
    org.journal.click(kind, Target("UserGroup", group.id, "unknown", group.name), org.journal.app_target())


def _settle(org: Org, before: list[str], otherwise: str, pushes: Sequence[Flow] = ()) -> Flow:
    after = org.entitled()
    users = org.directory.users
    gained = [users[user_id] for user_id in after if user_id not in before]
    lost = [users[user_id] for user_id in before if user_id not in after]
    for user in gained:
        org.journal.assignment(user, lost=False)
    for user in lost:
        org.journal.assignment(user, lost=True)
    journal = org.journal
    come = [journal.user_job(user, JobKind.ASSIGNMENT, provision(org.job(user))) for user in gained]
    gone = [journal.user_job(user, JobKind.DEACTIVATION, deactivate(org.job(user))) for user in lost]
    # Who gains the app has an account only after that, so the group is pushed in between.
    return (yield from in_turn([*come, *pushes, *gone], otherwise))
