"""The bodies of group push, to the byte as documents and captures have them: order of keys, no `type`, no `$ref`."""

import json
from collections.abc import Iterable, Sequence

from scimctl.jsonvalue import Json
from scimctl.okta import mapping
from scimctl.okta.directory import OktaUser
from scimctl.okta.parameters import Parameters
from scimctl.scim.attributes import get
from scimctl.scim.urns import GROUP, PATCH_OP


def member(scim_id: str, user: OktaUser, parameters: Parameters) -> dict[str, Json]:
    """A member as Okta sends one: the id of the account, and the user name to show."""
    return {"value": scim_id, "display": mapping.app_user_name(user.profile, parameters)}


def new_group(name: str, members: Iterable[dict[str, Json]]) -> dict[str, Json]:
    """The body of a create; without `externalId`."""
    return {"schemas": [GROUP], "displayName": name, "members": [*members]}


def membership_change(added: list[dict[str, Json]], removed: Sequence[str]) -> dict[str, Json]:
    """A PATCH that removes the ids `removed`, one operation each, and then adds members in one operation."""
    operations: list[Json] = [{"op": "remove", "path": f"members[value eq {json.dumps(value)}]"} for value in removed]
    if added:
        operations.append({"op": "add", "path": "members", "value": [*added]})
    return _patch(operations)


def renaming(identifier: str, name: str) -> dict[str, Json]:
    """The PATCH that names a group, with the id inside its value."""
    return _patch([{"op": "replace", "value": {"id": identifier, "displayName": name}}])


def full_push(shape: str, members: list[dict[str, Json]], identifier: str, name: str) -> dict[str, Json]:
    """The PATCH of a full push in one of the three shapes that have been seen."""
    if shape == "path_members":
        return _patch([{"op": "replace", "path": "members", "value": [*members]}])
    if shape == "pathless_members":
        return _patch([{"op": "replace", "value": {"members": [*members]}}])
    return _patch([{"op": "replace", "value": {"members": [*members], "id": identifier, "displayName": name}}])


def whole_group(identifier: str, name: str, members: list[Json]) -> dict[str, Json]:
    """The body of a PUT: the four attributes that Okta knows, nothing else of what the GET gave."""
    return {"schemas": [GROUP], "id": identifier, "displayName": name, "members": members}


def changed_members(current: dict[str, Json], added: list[dict[str, Json]], removed: Sequence[str]) -> list[Json]:
    """The members that the GET gave, less the removed, plus the added; `display` is null where the GET had none."""
    kept = [entry for entry in _members(current) if str(entry["value"]) not in removed]
    there = {str(entry["value"]) for entry in kept}
    return [*kept, *(entry for entry in added if str(entry["value"]) not in there)]


def overwritten_members(current: dict[str, Json], members: list[dict[str, Json]]) -> list[Json]:
    """`members` and no others; who is in the group already keeps the `display` that the GET gave."""
    there = {str(entry["value"]): entry for entry in _members(current)}
    return [there.get(str(entry["value"]), entry) for entry in members]


def _members(group: dict[str, Json]) -> list[dict[str, Json]]:
    found = get(group, "members")
    entries = found if isinstance(found, list) else []
    return [
        {"value": get(entry, "value"), "display": get(entry, "display")} for entry in entries if isinstance(entry, dict)
    ]


def _patch(operations: list[Json]) -> dict[str, Json]:
    return {"schemas": [PATCH_OP], "Operations": operations}
