"""The verbs of scenarios, bound to what the mock does; and the requirement behind each request it makes."""

from collections.abc import Callable

from scimctl.engine.state import State
from scimctl.jsonvalue import Json
from scimctl.okta import actions, push_actions
from scimctl.okta.actions import Org
from scimctl.okta.credentials import test_credentials
from scimctl.okta.directory import OktaGroup, OktaUser
from scimctl.okta.entitlements import Grant, discover
from scimctl.okta.importing import Imported, Wanted, run_import
from scimctl.okta.outcome import SUCCESS, Flow, Purpose
from scimctl.okta.push_mapping import PushRule

REQUIREMENT_OF: dict[Purpose, str] = {
    Purpose.TEST_USERS: "okta-01",
    Purpose.TEST_GROUPS: "okta-24",
    Purpose.LOOKUP: "okta-03",
    Purpose.CREATE: "okta-04",
    Purpose.READ: "okta-07",
    Purpose.UPDATE: "okta-07",
    Purpose.ACTIVATE: "okta-10",
    Purpose.ACTIVATE_PUT: "okta-10",
    Purpose.DEACTIVATE: "okta-08",
    Purpose.DEACTIVATE_PUT: "okta-09",
    Purpose.PASSWORD: "okta-12",
    Purpose.PASSWORD_PUT: "okta-12",
    Purpose.IMPORT: "okta-13",
    Purpose.DISCOVER: "okta-16",
    Purpose.DELETE: "okta-11",
    Purpose.GROUP_LOOKUP: "okta-15",
    Purpose.GROUP_CREATE: "okta-14",
    Purpose.GROUP_READ: "okta-14",
    Purpose.GROUP_RENAME: "okta-14",
    Purpose.GROUP_MEMBERS: "okta-14",
    Purpose.GROUP_OVERWRITE: "okta-14",
    Purpose.GROUP_PUT: "okta-14",
    Purpose.GROUP_DELETE: "okta-14",
}
"""What each of Okta's requests asks of a server."""

TITLE_OF: dict[Purpose, str] = {
    Purpose.TEST_USERS: "Test API Credentials gets a list of users",
    Purpose.TEST_GROUPS: "the save gets a list of groups",
    Purpose.LOOKUP: "the lookup by userName gets a usable answer",
    Purpose.CREATE: "the create is answered with the new user",
    Purpose.READ: "the read before a change gets the user",
    Purpose.UPDATE: "the profile push is accepted",
    Purpose.ACTIVATE: "the reactivation by PATCH is accepted",
    Purpose.ACTIVATE_PUT: "the reactivation by PUT is accepted",
    Purpose.DEACTIVATE: "the deactivation by PATCH is accepted",
    Purpose.DEACTIVATE_PUT: "the deactivation by PUT is accepted",
    Purpose.PASSWORD: "the password push by PATCH is accepted",
    Purpose.PASSWORD_PUT: "the password push by PUT is accepted",
    Purpose.DISCOVER: "the discovery finds roles and entitlements",
    Purpose.DELETE: "the deletion of a user is accepted",
    Purpose.IMPORT: "the import comes to its end with everybody",
    Purpose.GROUP_LOOKUP: "the lookup by displayName gets a usable answer",
    Purpose.GROUP_CREATE: "the create is answered with the new group",
    Purpose.GROUP_READ: "the read of a pushed group gets the group",
    Purpose.GROUP_RENAME: "Okta's renaming of a group is accepted",
    Purpose.GROUP_MEMBERS: "the change of members by PATCH is accepted",
    Purpose.GROUP_OVERWRITE: "the full push of members by PATCH is accepted",
    Purpose.GROUP_PUT: "the replacement of a group is accepted",
    Purpose.GROUP_DELETE: "the deletion of a group is accepted",
}
"""What is well when the server does it."""


def flow_of(state: State, verb: str, argument: Json) -> Flow:
    """The flow of `verb` with its rendered argument, in the state's org. The parser has checked both."""
    return _FLOWS[verb](state, argument)


def _whom(state: State, name: Json) -> OktaUser | OktaGroup | None:
    if name == "everyone":
        return None
    return state.users.get(str(name)) or state.groups[str(name)]


def _user(state: State, argument: Json) -> OktaUser:
    return state.users[str(argument)]


def _part(argument: Json, name: str) -> Json:
    assert isinstance(argument, dict)
    return argument[name]


def _membership(state: State, argument: Json) -> tuple[OktaGroup, OktaUser]:
    return state.groups[str(_part(argument, "group"))], _user(state, _part(argument, "user"))


def _names(argument: Json) -> list[str]:
    """The names in an argument that is one name, or a list of them."""
    return [str(name) for name in argument] if isinstance(argument, list) else [str(argument)]


def _groups(state: State, argument: Json) -> list[OktaGroup]:
    return [state.groups[name] for name in _names(argument)]


def _change_members(state: State, argument: Json) -> Flow:
    assert isinstance(argument, dict)
    added, removed = ([state.users[name] for name in _names(argument.get(key, []))] for key in ("add", "remove"))
    return actions.change_members(state.org, state.groups[str(argument["group"])], added, removed)


def _link_group(state: State, argument: Json) -> Flow:
    assert isinstance(argument, dict)
    group = state.groups[str(argument["group"])]
    target = str(argument.get("to", group.name))
    return push_actions.link_group(state.org, group, target, renames=argument.get("rename") is not False)


def _push_rule(state: State, argument: Json) -> Flow:
    assert isinstance(argument, dict)
    rule = PushRule(
        name=str(argument["name"]),
        starts_with=str(argument.get("starts_with", "")),
        ends_with=str(argument.get("ends_with", "")),
        contains=str(argument.get("contains", "")),
    )
    return push_actions.add_push_rule(state.org, rule)


def _scim_ids(state: State, name: str, kind: Imported) -> list[str]:
    """The ids behind a name: of the resource, of the user, of the pushed group; for users a group means its members."""
    if kind is Imported.USERS and name in state.groups:
        members = state.org.directory.members(state.groups[name])
        records = (state.org.app.users.get(member.id) for member in members)
        return [record.known_id for record in records if record is not None and record.known_id is not None]
    return [str(state.resolve(f"{name}.id" if name in state.scenario.resources else f"{name}.scim_id"))]


def _import(state: State, argument: Json) -> Flow:
    asked = argument if isinstance(argument, dict) else {"of": argument}
    kind = Imported.USERS if asked["of"] == "users" else Imported.GROUPS
    present, absent = (
        [identifier for name in _names(asked.get(key, [])) for identifier in _scim_ids(state, name, kind)]
        for key in ("with", "without")
    )
    return state.org.journal.import_job(run_import(state.org.app, kind, Wanted(present, absent)))


def _update(state: State, argument: Json) -> Flow:
    changes = _part(argument, "set")
    assert isinstance(changes, dict)
    return actions.update_user(state.org, _user(state, _part(argument, "user")), changes)


def _grant(state: State, argument: Json) -> tuple[Org, OktaUser, Grant]:
    return state.org, _user(state, _part(argument, "user")), Grant[str(_part(argument, "what")).upper()]


def _change_password(state: State, name: Json) -> Flow:
    return actions.change_password(state.org, _user(state, name), state.new_password())


def _features(state: State, argument: Json) -> Flow:
    assert isinstance(argument, dict)
    actions.switch_features(state.org, {name: value is True for name, value in argument.items()})
    return SUCCESS
    # Makes this a generator as every flow is, though it sends nothing.
    yield


_FLOWS: dict[str, Callable[[State, Json], Flow]] = {
    "test_credentials": lambda state, _: state.org.journal.credentials_job(test_credentials()),
    "assign": lambda state, name: actions.assign(state.org, _whom(state, name)),
    "unassign": lambda state, name: actions.unassign(state.org, _whom(state, name)),
    "add_member": lambda state, names: actions.add_member(state.org, *_membership(state, names)),
    "remove_member": lambda state, names: actions.remove_member(state.org, *_membership(state, names)),
    "suspend": lambda state, name: actions.suspend(state.org, _user(state, name)),
    "unsuspend": lambda state, name: actions.unsuspend(state.org, _user(state, name)),
    "deactivate": lambda state, name: actions.deactivate_user(state.org, _user(state, name)),
    "activate": lambda state, name: actions.activate_user(state.org, _user(state, name)),
    "update": _update,
    "provision": lambda state, name: actions.retry(state.org, _user(state, name)),
    "change_password": _change_password,
    "discover_entitlements": lambda state, _: discover(state.org.app),
    "grant": lambda state, names: actions.give(*_grant(state, names)),
    "revoke": lambda state, names: actions.take(*_grant(state, names)),
    "features": _features,
    "import": _import,
    "change_members": _change_members,
    "push_group": lambda state, names: push_actions.push_groups(state.org, _groups(state, names)),
    "link_group": _link_group,
    "rename_group": lambda state, names: push_actions.rename_group(
        state.org, state.groups[str(_part(names, "group"))], str(_part(names, "name"))
    ),
    "push_group_now": lambda state, names: push_actions.push_groups_now(state.org, _groups(state, names)),
    "deactivate_push": lambda state, names: push_actions.deactivate_push(state.org, _groups(state, names)),
    "activate_push": lambda state, names: push_actions.activate_push(state.org, _groups(state, names)),
    "unlink_group": lambda state, names: push_actions.unlink_groups(
        state.org, _groups(state, _part(names, "group")), delete=_part(names, "delete") is True
    ),
    "push_rule": _push_rule,
    "deactivate_push_rule": lambda state, name: push_actions.deactivate_push_rule(state.org, str(name)),
    "delete_push_rule": lambda state, names: push_actions.delete_push_rule(
        state.org, str(_part(names, "name")), delete=_part(names, "delete") is True
    ),
}
