"""The verbs of scenarios, bound to what the mock does; and the requirement behind each request it makes."""

from collections.abc import Callable

from scimctl.engine.state import State
from scimctl.jsonvalue import Json
from scimctl.okta import actions
from scimctl.okta.credentials import test_credentials
from scimctl.okta.directory import OktaGroup, OktaUser
from scimctl.okta.outcome import SUCCESS, Flow, Purpose

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
}
"""What each of Okta's requests asks of a server."""


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


def _update(state: State, argument: Json) -> Flow:
    changes = _part(argument, "set")
    assert isinstance(changes, dict)
    return actions.update_user(state.org, _user(state, _part(argument, "user")), changes)


def _features(state: State, argument: Json) -> Flow:
    assert isinstance(argument, dict)
    switches = {name: (value if isinstance(value, bool) else None) for name, value in argument.items()}
    actions.switch_features(
        state.org,
        create=switches.get("create"),
        update=switches.get("update"),
        deactivate=switches.get("deactivate"),
    )
    return SUCCESS
    # Makes this a generator as every flow is, though it sends nothing.
    yield


_FLOWS: dict[str, Callable[[State, Json], Flow]] = {
    "test_credentials": lambda state, _: test_credentials(),
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
    "features": _features,
}
