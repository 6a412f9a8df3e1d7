"""The Okta org's people and groups, as values that the mock's actions change."""

from dataclasses import dataclass, field
from enum import Enum

from scimctl.jsonvalue import Json


class UserStatus(Enum):
    """The states of an Okta user that matter to provisioning."""

    STAGED = "STAGED"
    ACTIVE = "ACTIVE"
    SUSPENDED = "SUSPENDED"
    DEPROVISIONED = "DEPROVISIONED"


@dataclass(slots=True, kw_only=True)
class OktaUser:
    """A person in Okta; `profile` has Okta's names (`login`, `email`, `firstName`, …)."""

    id: str
    profile: dict[str, Json]
    status: UserStatus = UserStatus.ACTIVE
    password: str = field(default="", repr=False)

    @property
    def login(self) -> str:
        """The Okta login."""
        return str(self.profile.get("login") or "")


@dataclass(slots=True, kw_only=True)
class OktaGroup:
    """An Okta group; `members` are ids of users."""

    id: str
    name: str
    members: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Directory:
    """All users and groups, by id."""

    users: dict[str, OktaUser] = field(default_factory=dict)
    groups: dict[str, OktaGroup] = field(default_factory=dict)

    def groups_of(self, user: OktaUser) -> list[OktaGroup]:
        """The groups that `user` is a member of."""
        return [group for group in self.groups.values() if user.id in group.members]

    def members(self, group: OktaGroup) -> list[OktaUser]:
        """The members of `group`, in the order in which they joined."""
        return [self.users[user_id] for user_id in group.members if user_id in self.users]
