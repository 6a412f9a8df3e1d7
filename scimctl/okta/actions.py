"""What an Okta admin does, and the jobs it starts: assignment, membership, lifecycle, profile changes, switches.

Whoever gains the app through an action is provisioned, whoever loses the last assignment is deactivated.
Suspending sends nothing; a deactivated user's own assignment is gone, one through a group comes back with activation.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from scimctl.jsonvalue import Json
from scimctl.okta.app import App
from scimctl.okta.directory import Directory, OktaGroup, OktaUser, UserStatus
from scimctl.okta.entitlements import Grant, grant, revoke
from scimctl.okta.group_push import PushJob, push_members
from scimctl.okta.outcome import Flow, in_turn, skipped
from scimctl.okta.provisioning import Job, deactivate, provision, push_password, push_profile


@dataclass(slots=True)
class Org:
    """An Okta org with one app; `rng` makes placeholder passwords."""

    directory: Directory
    app: App
    rng: random.Random

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
        case None:
            org.app.everyone = False
    return (yield from _settle(org, before, "Another assignment remains, so Okta sends nothing."))


def change_members(org: Org, group: OktaGroup, added: Sequence[OktaUser], removed: Sequence[OktaUser]) -> Flow:
    """Puts users into a group and takes others out, at once; a group that is pushed is then pushed again."""
    before = org.entitled()
    joined = [user for user in added if user.id not in group.members]
    left = [user for user in removed if user.id in group.members]
    group.members += [user.id for user in joined]
    for user in left:
        group.members.remove(user.id)
    pushes = [push_members(org.push_job(group), joined, left)] if group.id in org.app.pushes else []
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
    return (yield from _settle(org, before, "Okta sends nothing for a suspended user."))


def unsuspend(org: Org, user: OktaUser) -> Flow:
    """Lifts a suspension, which reaches no app either."""
    before = org.entitled()
    user.status = UserStatus.ACTIVE
    return (yield from _settle(org, before, "Okta sends nothing when a suspension ends."))


def deactivate_user(org: Org, user: OktaUser) -> Flow:
    """Deactivates the Okta user: the user's own assignment goes, memberships stay."""
    before = org.entitled()
    user.status = UserStatus.DEPROVISIONED
    org.app.direct.discard(user.id)
    return (yield from _settle(org, before, "The user did not have the app, so Okta sends nothing."))


def activate_user(org: Org, user: OktaUser) -> Flow:
    """Activates a staged or deactivated Okta user; assignments through groups take effect again."""
    before = org.entitled()
    user.status = UserStatus.ACTIVE
    return (yield from _settle(org, before, "The user must be assigned again, so Okta sends nothing."))


def update_user(org: Org, user: OktaUser, changes: Mapping[str, Json]) -> Flow:
    """Changes the Okta profile and, for a user of the app, pushes it."""
    user.profile.update(changes)
    if user.id not in org.entitled():
        return skipped("The user is not assigned to the app, so Okta sends nothing.")
    return (yield from push_profile(org.job(user)))


def change_password(org: Org, user: OktaUser, password: str) -> Flow:
    """Changes the Okta password and, where the app syncs passwords, pushes it, or a random one in its place."""
    user.password = password
    if user.id not in org.entitled():
        return skipped("The user is not assigned to the app, so Okta sends nothing.")
    return (yield from push_password(org.job(user)))


def give(org: Org, user: OktaUser, what: Grant) -> Flow:
    """Gives a user of the app the first role, or entitlement, that a discovery found in it."""
    if user.id not in org.entitled():
        return skipped("The user is not assigned to the app, so Okta sends nothing.")
    return (yield from grant(org.job(user), what))


def take(org: Org, user: OktaUser, what: Grant) -> Flow:
    """Takes it from the user again."""
    if user.id not in org.entitled():
        return skipped("The user is not assigned to the app, so Okta sends nothing.")
    return (yield from revoke(org.job(user), what))


def retry(org: Org, user: OktaUser) -> Flow:
    """The admin's Provision User or Retry Selected: the assignment job once more."""
    if user.id not in org.entitled():
        return skipped("The user is not assigned to the app, so Okta sends nothing.")
    return (yield from provision(org.job(user)))


def switch_features(org: Org, switches: Mapping[str, bool]) -> None:
    """Switches features of the app by their names in `Features`; those that are not named stay as they are."""
    org.app.features = replace(org.app.features, **switches)


def _settle(org: Org, before: list[str], otherwise: str, pushes: Sequence[Flow] = ()) -> Flow:
    after = org.entitled()
    users = org.directory.users
    gained = [provision(org.job(users[user_id])) for user_id in after if user_id not in before]
    lost = [deactivate(org.job(users[user_id])) for user_id in before if user_id not in after]
    # Who gains the app has an account only after that, so the group is pushed in between.
    return (yield from in_turn([*gained, *pushes, *lost], otherwise))
