"""Push by rule: which groups a rule finds, and what becomes of them when it goes."""

import pytest

from scimctl.okta import push_actions
from scimctl.okta.actions import Org
from scimctl.okta.directory import OktaGroup
from scimctl.okta.push_mapping import PushRule
from tests.unit.okta.grouped import done, group_org, nothing, stored_group
from tests.unit.okta.scripted import answer


def teams() -> tuple[Org, dict[str, OktaGroup]]:
    """An org with Team Red, Team Blue and Staff."""
    world, group = group_org(name="Team Red")
    groups = {
        "red": group,
        "blue": OktaGroup(id="00gBlue", name="team blue"),
        "staff": OktaGroup(id="00g3", name="Staff"),
    }
    world.directory.groups |= {each.id: each for each in groups.values()}
    return world, groups


def made(identifier: str) -> list[object]:
    return [answer(201, stored_group(id=identifier)), answer(204)]


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        (PushRule(name="r", starts_with="Team"), {"Team Red", "team blue"}),
        (PushRule(name="r", ends_with="red"), {"Team Red"}),
        (PushRule(name="r", contains="a"), {"Team Red", "team blue", "Staff"}),
        (PushRule(name="r", starts_with="Team", ends_with="ue"), {"team blue"}),
        (PushRule(name="r", contains="a", active=False), set()),
    ],
)
def test_a_rule_finds_groups_by_their_names(rule: PushRule, names: set[str]) -> None:
    _, groups = teams()
    assert {group.name for group in groups.values() if rule.matches(group)} == names


def test_a_rule_pushes_what_it_finds_now_and_later() -> None:
    world, groups = teams()
    told = done(push_actions.add_push_rule(world, PushRule(name="r", starts_with="Team")), made("1") + made("2"))
    assert [told.body(0)["displayName"], told.body(2)["displayName"]] == ["Team Red", "team blue"]
    done(push_actions.rename_group(world, groups["staff"], "Team Staff"), made("3"))
    nothing(push_actions.deactivate_push_rule(world, "r"))
    assert set(world.app.pushes) == {group.id for group in groups.values()}


def test_a_rule_that_is_off_finds_nothing_more() -> None:
    world, groups = teams()
    done(push_actions.add_push_rule(world, PushRule(name="r", starts_with="Team R")), made("1"))
    nothing(push_actions.deactivate_push_rule(world, "r"))
    nothing(push_actions.rename_group(world, groups["staff"], "Team Rest"))
    told = done(push_actions.rename_group(world, groups["red"], "Red"), [answer(204)])
    assert told.lines == ["PATCH /Groups/1"]


def test_a_deleted_rule_takes_its_pushes_along_and_no_others() -> None:
    world, groups = teams()
    done(push_actions.push_groups(world, [groups["red"]]), made("1"))
    done(push_actions.add_push_rule(world, PushRule(name="r", starts_with="Team")), made("2"))
    told = done(push_actions.delete_push_rule(world, "r", delete=True), [answer(204)])
    assert told.lines == ["DELETE /Groups/2"]
    assert set(world.app.pushes) == {groups["red"].id}
    assert world.app.push_rules == {}


def test_a_deleted_rule_may_leave_the_groups() -> None:
    world, _ = teams()
    done(push_actions.add_push_rule(world, PushRule(name="r", contains="blue")), made("2"))
    assert "leaves the group" in nothing(push_actions.delete_push_rule(world, "r", delete=False))
    assert world.app.pushes == {}


def test_a_rule_that_nobody_made() -> None:
    world, _ = teams()
    nothing(push_actions.deactivate_push_rule(world, "r"))
    nothing(push_actions.delete_push_rule(world, "r", delete=True))
