"""Bodies that the tests of faults send."""

from typing import Any

from scimctl.scim import urns
from tests.faults.pairs import Pair

DEPARTMENT = f"{urns.ENTERPRISE_USER}:department"


def user(name: str = "ada", /, **attributes: object) -> dict[str, Any]:
    """A user to be created, or to take the place of one."""
    return {"schemas": [urns.USER], "userName": name, **attributes}


def group(name: str = "Engines", /, *members: str, **attributes: object) -> dict[str, Any]:
    """A group with these members."""
    listed = {"members": [{"value": member} for member in members]} if members else {}
    return {"schemas": [urns.GROUP], "displayName": name, **listed, **attributes}


def patch(*operations: object) -> dict[str, Any]:
    """A PatchOp."""
    return {"schemas": [urns.PATCH_OP], "Operations": list(operations)}


def replace(path: str, value: object) -> dict[str, Any]:
    """An operation that replaces what is at a path."""
    return {"op": "replace", "path": path, "value": value}


def okta(**values: object) -> dict[str, Any]:
    """An operation in Okta's form: without a path."""
    return {"op": "replace", "value": values}


def add_members(*members: str) -> dict[str, Any]:
    """An operation that adds members as Okta does."""
    return {"op": "add", "path": "members", "value": [{"value": member} for member in members]}


def member_ids(group: dict[str, Any]) -> list[str]:
    """The ids of a group's members."""
    return [entry["value"] for entry in group.get("members", [])]


def with_group(servers: Pair, *members: str) -> Pair:
    """The servers with the users id-1 to id-3 and the group id-4."""
    for name in ("ada", "grace", "alan"):
        servers.both("POST", "/Users", user(name))
    servers.both("POST", "/Groups", group("Engines", *members))
    return servers
