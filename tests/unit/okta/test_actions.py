"""Who has the app: what each action of an admin starts, and for whom."""

from scimctl.okta import actions
from scimctl.okta.actions import Org
from scimctl.okta.directory import OktaGroup, OktaUser
from scimctl.okta.outcome import ActionOutcome, Flow
from tests.unit.okta.scripted import Told, answer, found, org, stored, tell


def assigned_by(*names: str) -> tuple[Org, OktaUser, dict[str, OktaGroup]]:
    """Test User as a member of groups of these names, none assigned."""
    world, user = org()
    groups = {name: OktaGroup(id=f"00g{name}", name=name, members=[user.id]) for name in names}
    world.directory.groups |= {group.id: group for group in groups.values()}
    return world, user, groups


def created(flow: Flow) -> Told:
    return tell(flow, [found(), answer(201, stored())])


def nothing(flow: Flow) -> str:
    told = tell(flow, [])
    assert told.result.outcome is ActionOutcome.SKIPPED
    return told.result.reason


def deactivated(flow: Flow) -> None:
    told = tell(flow, [answer(204)])
    assert told.requests[0].method == "PATCH"
    assert told.result.outcome is ActionOutcome.SUCCESS


def test_only_the_last_assignment_counts() -> None:
    world, user, groups = assigned_by("sales", "staff")
    created(actions.assign(world, groups["sales"]))
    nothing(actions.assign(world, groups["staff"]))
    nothing(actions.assign(world, user))
    assert nothing(actions.unassign(world, user)) == "Another assignment remains, so Okta sends nothing."
    nothing(actions.remove_member(world, groups["sales"], user))
    deactivated(actions.unassign(world, groups["staff"]))


def test_everyone() -> None:
    world, user, _ = assigned_by()
    created(actions.assign(world, None))
    nothing(actions.assign(world, user))
    nothing(actions.unassign(world, None))
    deactivated(actions.unassign(world, user))


def test_joining_an_assigned_group() -> None:
    world, user, groups = assigned_by("sales")
    actions_before = actions.remove_member(world, groups["sales"], user)
    nothing(actions_before)
    nothing(actions.assign(world, groups["sales"]))
    created(actions.add_member(world, groups["sales"], user))


def test_suspension_reaches_no_app() -> None:
    world, user, _ = assigned_by()
    created(actions.assign(world, user))
    assert nothing(actions.suspend(world, user)) == "Okta sends nothing for a suspended user."
    nothing(actions.unsuspend(world, user))


def test_a_deactivated_user_loses_the_own_assignment_and_keeps_the_group_s() -> None:
    world, user, groups = assigned_by("sales")
    created(actions.assign(world, user))
    deactivated(actions.deactivate_user(world, user))
    nothing(actions.activate_user(world, user))
    created(actions.assign(world, groups["sales"]))
    deactivated(actions.deactivate_user(world, user))
    created(actions.activate_user(world, user))


def test_a_change_of_somebody_without_the_app_is_not_sent() -> None:
    world, user, _ = assigned_by()
    assert nothing(actions.update_user(world, user, {"title": "Engineer"})).startswith("The user is not assigned")


def test_a_retry_repeats_the_assignment_job() -> None:
    world, user, _ = assigned_by()
    tell(actions.assign(world, user), [found(), answer(500)])
    created(actions.retry(world, user))


def test_a_group_whose_first_member_fails_goes_on_with_the_next() -> None:
    world, user, groups = assigned_by("sales")
    other = OktaUser(id="00uother", profile={"login": "b@b.example", "email": "b@b.example"})
    world.directory.users[other.id] = other
    groups["sales"].members.append(other.id)
    told = tell(actions.assign(world, groups["sales"]), [found(), answer(500), found(), answer(201, stored(id="2"))])
    assert told.result.outcome is ActionOutcome.FAILURE
    assert told.result.reason.startswith("Automatic provisioning of user test.user@okta.local")
    assert told.result.refused_at == (1,)
    assert (world.app.users[user.id].scim_id, world.app.users[other.id].scim_id) == (None, "2")
