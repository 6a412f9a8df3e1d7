"""Groups for tests of group push: an org, its pushed group, people with accounts, and a server's answers."""

from typing import Any

from scimctl.okta import push_actions
from scimctl.okta.actions import Org
from scimctl.okta.app import AppKind, AppUser
from scimctl.okta.directory import OktaGroup, OktaUser
from scimctl.okta.outcome import ActionOutcome, Flow
from tests.unit.okta.scripted import Told, answer, org, tell

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
GROUP_ID = "abf4dd94-a4c0-4f67-89c9-76b03340cb9b"
PATH = f"/Groups/{GROUP_ID}"


def group_org(kind: AppKind = AppKind.OIN, *, name: str = "Test SCIMv2", **settings: Any) -> tuple[Org, OktaGroup]:
    """An org with an empty group and one user, Test User, who is in nothing."""
    world, _ = org(kind, **settings)
    group = OktaGroup(id="00gTest", name=name)
    world.directory.groups[group.id] = group
    return world, group


def person(world: Org, login: str, scim_id: str | None) -> OktaUser:
    """One more Okta user who is assigned to the app, with an account of that id, or with none yet."""
    user = OktaUser(id=f"00u{login}", profile={"login": login, "email": login, "firstName": "A", "lastName": "B"})
    world.directory.users[user.id] = user
    world.app.direct.add(user.id)
    if scim_id is not None:
        world.app.users[user.id] = AppUser(user.id)
        world.app.users[user.id].link(scim_id)
    return user


def stored_group(*members: dict[str, Any], name: str = "Test SCIMv2", **changes: Any) -> dict[str, Any]:
    """The group as a server returns it, with more than Okta knows."""
    return {
        "schemas": [GROUP],
        "id": GROUP_ID,
        "displayName": name,
        "members": list(members),
        "meta": {"resourceType": "Group", "version": 'W/"1"'},
        **changes,
    }


def pushed(kind: AppKind = AppKind.OIN, **settings: Any) -> tuple[Org, OktaGroup]:
    """An org whose group, without members, was pushed."""
    world, group = group_org(kind, **settings)
    reconciles = kind is AppKind.OIN and settings.get("group_reconcile_after_members") != "false"
    created = [answer(201, stored_group()), *([answer(204)] if reconciles else [])]
    done(push_actions.push_groups(world, [group]), created)
    return world, group


def listed(parts: tuple[Org, OktaGroup]) -> tuple[Org, list[OktaGroup]]:
    """An org and its group as the actions for several groups take them."""
    return parts[0], [parts[1]]


def done(flow: Flow, answers: list[Any]) -> Told:
    """A flow that must succeed."""
    told = tell(flow, answers)
    assert told.result.outcome is ActionOutcome.SUCCESS, told.result
    return told


def failed(flow: Flow, answers: list[Any]) -> str:
    """The text of a flow that must fail."""
    told = tell(flow, answers)
    assert told.result.outcome is ActionOutcome.FAILURE, told.result
    return told.result.reason


def nothing(flow: Flow) -> str:
    """The reason of a flow that must send nothing."""
    told = tell(flow, [])
    assert told.result.outcome is ActionOutcome.SKIPPED, told.result
    return told.result.reason
