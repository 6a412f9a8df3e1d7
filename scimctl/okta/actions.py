"""What an Okta admin does, and the jobs it starts: assignment, membership, lifecycle, profile changes, switches.

Whoever gains the app through an action is provisioned, whoever loses the last assignment is deactivated.
Suspending sends nothing; a deactivated user's own assignment is gone, one through a group comes back with activation.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace

from scimctl.jsonvalue import Json
from scimctl.okta.app import App
from scimctl.okta.directory import Directory, OktaGroup, OktaUser, UserStatus
from scimctl.okta.outcome import Flow, in_turn, skipped
from scimctl.okta.provisioning import Job, deactivate, provision, push_profile


@dataclass(slots=True)
class Org:
    """An Okta org with one app; `rng` makes placeholder passwords."""

    directory: Directory
    app: App
    rng: random.Random

    def job(self, user: OktaUser) -> Job:
        """The provisioning job of `user`."""
        return Job(self.app, user, self.rng)

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


def add_member(org: Org, group: OktaGroup, user: OktaUser) -> Flow:
    """Puts a user into a group."""
    before = org.entitled()
    if user.id not in group.members:
        group.members.append(user.id)
    return (yield from _settle(org, before, "The group brings the user no new app, so Okta sends nothing."))


def remove_member(org: Org, group: OktaGroup, user: OktaUser) -> Flow:
    """Takes a user out of a group."""
    before = org.entitled()
    if user.id in group.members:
        group.members.remove(user.id)
    return (yield from _settle(org, before, "Another assignment remains, so Okta sends nothing."))


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


def retry(org: Org, user: OktaUser) -> Flow:
    """The admin's Provision User or Retry Selected: the assignment job once more."""
    if user.id not in org.entitled():
        return skipped("The user is not assigned to the app, so Okta sends nothing.")
    return (yield from provision(org.job(user)))


def switch_features(org: Org, *, create: bool | None, update: bool | None, deactivate: bool | None) -> None:
    """Switches Create Users, Update User Attributes and Deactivate Users; None leaves a switch as it is."""
    wanted = {"create": create, "update": update, "deactivate": deactivate}
    org.app.features = replace(org.app.features, **{name: on for name, on in wanted.items() if on is not None})


def _settle(org: Org, before: list[str], otherwise: str) -> Flow:
    after = org.entitled()
    users = org.directory.users
    gained = [provision(org.job(users[user_id])) for user_id in after if user_id not in before]
    lost = [deactivate(org.job(users[user_id])) for user_id in before if user_id not in after]
    return (yield from in_turn([*gained, *lost], otherwise))
