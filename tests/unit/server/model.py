"""What a SCIM server is to have stored, in the simplest words: dictionaries, and loops over them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Values = dict[str, Any]
"""The attributes of a user or a group by name; `name` and each of `emails` are dictionaries."""

EXACT = {"externalId"}
"""Attributes whose letters' case counts."""


class Refused(Exception):
    """The status, and the scimType, that the server has to answer with."""

    def __init__(self, status: int, scim_type: str | None = None) -> None:
        super().__init__(status, scim_type)
        self.told = (status, scim_type)


@dataclass(slots=True)
class Model:
    """Users and groups by id, in the order of their creation."""

    users: dict[str, Values] = field(default_factory=dict)
    groups: dict[str, Values] = field(default_factory=dict)

    def create_user(self, user_id: str, values: Values) -> Values:
        self._check_name(values["userName"], None)
        self.users[user_id] = {"active": True} | values
        return self.users[user_id]

    def replace_user(self, user_id: str, values: Values) -> Values:
        old = self.user(user_id)
        self._check_name(values["userName"], user_id)
        self.users[user_id] = {"active": old["active"]} | values
        return self.users[user_id]

    def patch_user(self, user_id: str, operations: list[Values]) -> Values:
        new = {name: _copy(value) for name, value in self.user(user_id).items()}
        for operation in operations:
            _apply(new, operation)
        if "userName" not in new:
            raise Refused(400, "mutability")
        self._check_name(new["userName"], user_id)
        self.users[user_id] = new
        return new

    def delete_user(self, user_id: str) -> None:
        self.user(user_id)
        del self.users[user_id]
        for group in self.groups.values():
            group["members"] = [member for member in group["members"] if member != user_id]

    def user(self, user_id: str) -> Values:
        if user_id not in self.users:
            raise Refused(404)
        return self.users[user_id]

    def group(self, group_id: str) -> Values:
        if group_id not in self.groups:
            raise Refused(404)
        return self.groups[group_id]

    def set_members(self, group_id: str, members: list[str]) -> None:
        group = self.group(group_id)
        if any(member not in self.users for member in members):
            raise Refused(400, "invalidValue")
        group["members"] = list(dict.fromkeys(members))

    def groups_of(self, user_id: str) -> set[str]:
        return {group_id for group_id, group in self.groups.items() if user_id in group["members"]}

    def matching(self, test: Callable[[Values], bool]) -> list[str]:
        return [user_id for user_id, values in self.users.items() if test(values)]

    def _check_name(self, name: str, own_id: str | None) -> None:
        if any(user["userName"].casefold() == name.casefold() for key, user in self.users.items() if key != own_id):
            raise Refused(409, "uniqueness")


def holds(values: Values, attribute: str, operator: str, wanted: str) -> bool:
    """Whether a comparison holds, of an attribute with one text; `name.givenName` leads into an object."""
    outer, _, inner = attribute.partition(".")
    value = values.get(outer, {}).get(inner) if inner else values.get(outer)
    if operator == "pr":
        return value is not None
    if value is None:
        return operator == "ne"
    if attribute not in EXACT:
        value, wanted = value.casefold(), wanted.casefold()
    found: bool = {
        "eq": value == wanted,
        "ne": value != wanted,
        "co": wanted in value,
        "sw": value.startswith(wanted),
        "ew": value.endswith(wanted),
        "gt": value > wanted,
        "le": value <= wanted,
    }[operator]
    return found


def _apply(values: Values, operation: Values) -> None:
    path, value = operation.get("path"), _copy(operation.get("value"))
    if path is None:
        for name, each in value.items():
            _apply(values, {"op": operation["op"], "path": name, "value": each})
        return
    if path == 'emails[type eq "work"].value':
        works = [email for email in values.get("emails", []) if email["type"] == "work"]
        if not works:
            raise Refused(400, "noTarget")
        for email in works:
            email["value"] = value
        values["emails"] = [email for at, email in enumerate(values["emails"]) if email not in values["emails"][:at]]
        return
    outer, _, inner = path.partition(".")
    if operation["op"] == "remove":
        _remove(values, outer, inner)
    elif inner:
        values.setdefault(outer, {})[inner] = value
    elif isinstance(value, dict):
        values[outer] = values.get(outer, {}) | value
    elif isinstance(value, list) and operation["op"] == "add":
        held = values.setdefault(outer, [])
        held += [each for each in value if each not in held]
    else:
        values[outer] = value


def _remove(values: Values, outer: str, inner: str) -> None:
    if outer == "userName":
        raise Refused(400, "mutability")
    if not inner:
        values.pop(outer, None)
        return
    values.get(outer, {}).pop(inner, None)
    if not values.get(outer):
        values.pop(outer, None)


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _copy(each) for name, each in value.items()}
    return [_copy(each) for each in value] if isinstance(value, list) else value
