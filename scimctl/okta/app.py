"""The Okta app: its kind, its provisioning features, who is assigned, and what Okta knows of each account."""

from dataclasses import dataclass, field
from enum import Enum

from scimctl.jsonvalue import Json
from scimctl.okta.directory import Directory, OktaUser, UserStatus
from scimctl.okta.mapping import AppAttribute, default_attributes
from scimctl.okta.parameters import Parameters
from scimctl.okta.push_mapping import GroupPush, PushRule


class AppKind(Enum):
    """The three kinds of app, which differ in verbs."""

    OIN = "oin"
    AIW = "aiw"
    OIN_NO_PATCH = "oin_no_patch"

    @property
    def patches(self) -> bool:
        """Whether activation, deactivation and groups are changed by PATCH; the others read and replace."""
        return self is AppKind.OIN


@dataclass(frozen=True, slots=True, kw_only=True)
class Features:
    """The switches under Provisioning > To App; `password` is Sync Password, the one that is off at first."""

    create: bool = True
    update: bool = True
    deactivate: bool = True
    password: bool = False


@dataclass(slots=True)
class AppUser:
    """What Okta keeps of one assigned user: the SCIM id (Okta's `externalId`) once linked, and the last error.

    `known_id` is the newest id that any answer gave, for those who look at the account after Okta has let go of it.
    `granted` has what the user was given of the app's roles and entitlements, by the attribute that holds it.
    """

    user_id: str
    scim_id: str | None = None
    known_id: str | None = None
    error: str = ""
    granted: dict[str, list[Json]] = field(default_factory=dict)

    def link(self, scim_id: str) -> None:
        """Stores the id of the account."""
        self.scim_id = self.known_id = scim_id


@dataclass(slots=True, kw_only=True)
class App:
    """An app integration with SCIM provisioning switched on; `id` is Okta's.

    `groups` are those it is assigned to, `pushes` those that are pushed to it, by Okta's id. `known_groups` are the
    newest ids of pushed groups in the app, for those who look at one after Okta has let go of it. `imported` has what
    the last import of `users` and of `groups` brought: a digest of each resource by its id. `offers` are the first role
    and the first entitlement that a discovery found, by the attribute of a user that holds them.
    """

    id: str = "0oascimctlscimctlscim"
    label: str = "SCIM app"
    kind: AppKind = AppKind.OIN
    features: Features = Features()
    parameters: Parameters = field(default_factory=Parameters)
    attributes: tuple[AppAttribute, ...] = ()
    everyone: bool = False
    direct: set[str] = field(default_factory=set)
    groups: set[str] = field(default_factory=set)
    users: dict[str, AppUser] = field(default_factory=dict)
    imported: dict[str, dict[str, bytes]] = field(default_factory=dict)
    pushes: dict[str, GroupPush] = field(default_factory=dict)
    push_rules: dict[str, PushRule] = field(default_factory=dict)
    known_groups: dict[str, str] = field(default_factory=dict)
    offers: dict[str, dict[str, Json]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.attributes:
            self.attributes = default_attributes(self.parameters)

    def is_entitled(self, user: OktaUser, directory: Directory) -> bool:
        """Whether any assignment reaches `user` (directly, by a group, by everyone), and the user's state lets it."""
        if user.status in (UserStatus.STAGED, UserStatus.DEPROVISIONED):
            return False
        if self.everyone or user.id in self.direct:
            return True
        return any(group.id in self.groups for group in directory.groups_of(user))

    def entitled(self, directory: Directory) -> list[OktaUser]:
        """Everybody whom an assignment reaches, in directory order."""
        return [user for user in directory.users.values() if self.is_entitled(user, directory)]
