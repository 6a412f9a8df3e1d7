"""What Okta keeps of the groups that it pushes to an app, and of the rules that choose them.

Pushing a group is something else than assigning it: an assignment gives its members accounts, a push makes the group
itself in the app, with the members who have accounts there.
"""

from dataclasses import dataclass, field
from enum import Enum

from scimctl.okta.directory import OktaGroup


class PushStatus(Enum):
    """The push status of a group, in the words of Okta's Push Groups tab."""

    ACTIVE = "Active"
    INACTIVE = "Inactive"
    ERROR = "Error"


@dataclass(slots=True, kw_only=True)
class GroupPush:
    """A Group Push mapping: one Okta group and its group in the app.

    `scim_id` is None until the group was created or linked. `app_name` is the name that the app's group has, as far as
    Okta knows; `renames` tells whether it follows the name of Okta's group. `members` are those whom Okta has told the
    app, by Okta's id, with their SCIM id. `rule` is the name of the rule that made the mapping, empty for a person's.
    """

    group_id: str
    scim_id: str | None = None
    renames: bool = True
    app_name: str = ""
    status: PushStatus = PushStatus.ACTIVE
    members: dict[str, str] = field(default_factory=dict)
    rule: str = ""


@dataclass(slots=True, kw_only=True)
class PushRule:
    """A rule that finds the groups to push by their names; an empty part holds for every name."""

    name: str
    starts_with: str = ""
    ends_with: str = ""
    contains: str = ""
    active: bool = True

    def matches(self, group: OktaGroup) -> bool:
        """Whether the rule, while it is active, pushes `group`. Case does not count."""
        name = group.name.casefold()
        return (
            self.active
            and name.startswith(self.starts_with.casefold())
            and name.endswith(self.ends_with.casefold())
            and self.contains.casefold() in name
        )
