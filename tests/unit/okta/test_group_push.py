"""Group push: what each action sends for each kind of app, what it keeps, and how it fails."""

from typing import Any

import pytest

from scimctl.okta import actions, push_actions
from scimctl.okta.app import AppKind
from scimctl.okta.directory import OktaGroup, UserStatus
from scimctl.okta.outcome import ActionOutcome, Purpose
from scimctl.okta.push_mapping import PushStatus
from tests.unit.okta.grouped import (
    GROUP_ID,
    PATH,
    done,
    failed,
    group_org,
    listed,
    nothing,
    person,
    pushed,
    stored_group,
)
from tests.unit.okta.scripted import answer, found, refused, tell, timed_out

RECONCILED: list[Any] = [answer(204), answer(200, stored_group()), answer(204)]
BY_PUT = [AppKind.AIW, AppKind.OIN_NO_PATCH]
HEAD = "Unable to update Group Push mapping target App group Test SCIMv2: "


@pytest.mark.parametrize("kind", BY_PUT)
def test_members_change_by_reading_and_putting_back(kind: AppKind) -> None:
    world, group = pushed(kind)
    ada, grace = person(world, "ada@example.com", "1"), person(world, "grace@example.com", "2")
    done(actions.add_member(world, group, ada), [answer(200, stored_group()), answer(200, stored_group())])
    before = stored_group({"value": "1", "display": "Ada"}, {"value": "7", "type": "User"})
    told = done(actions.change_members(world, group, [grace], [ada]), [answer(200, before), answer(200, before)])
    assert told.lines == [f"GET {PATH}", f"PUT {PATH}"]
    assert told.body(1)["members"] == [{"value": "7", "display": None}, {"value": "2", "display": "grace@example.com"}]


@pytest.mark.parametrize("kind", BY_PUT)
def test_push_now_puts_exactly_the_members(kind: AppKind) -> None:
    world, group = pushed(kind)
    group.members += [person(world, "ada@example.com", "1").id, person(world, "grace@example.com", "2").id]
    before = stored_group({"value": "2"}, {"value": "9", "display": "A stranger"})
    told = done(push_actions.push_groups_now(world, [group]), [answer(200, before), answer(200, before)])
    assert told.body(1)["members"] == [{"value": "1", "display": "ada@example.com"}, {"value": "2", "display": None}]


def test_who_has_no_account_is_left_out() -> None:
    world, group = group_org()
    ada = person(world, "ada@example.com", "1")
    unlinked = person(world, "unlinked@example.com", None)
    unassigned = person(world, "unassigned@example.com", "3")
    world.app.direct.discard(unassigned.id)
    deactivated = person(world, "deactivated@example.com", "4")
    deactivated.status = UserStatus.DEPROVISIONED
    group.members += [ada.id, unlinked.id, unassigned.id, deactivated.id]
    told = done(push_actions.push_groups(world, [group]), [answer(201, stored_group()), answer(204)])
    assert [member["value"] for member in told.body(0)["members"]] == ["1"]
    assert "account" in nothing(actions.remove_member(world, group, unlinked))


def test_who_joins_and_gets_an_account_by_that_is_pushed_after_it() -> None:
    world, group = pushed()
    world.app.groups.add(group.id)
    user = next(iter(world.directory.users.values()))
    made = answer(201, {"id": "u-1", "userName": user.login})
    told = done(actions.add_member(world, group, user), [found(), made, *RECONCILED])
    assert [line.partition("?")[0] for line in told.lines[:3]] == ["GET /Users", "POST /Users", f"PATCH {PATH}"]
    assert told.body(2)["Operations"][0]["value"] == [{"value": "u-1", "display": user.login}]


def test_the_name_after_members_is_a_parameter() -> None:
    world, group = pushed(group_reconcile_after_members="false")
    told = done(actions.add_member(world, group, person(world, "a@example.com", "1")), [answer(204)])
    assert told.lines == [f"PATCH {PATH}"]


def test_a_name_that_has_changed_is_sent_without_the_parameter_too() -> None:
    world, group = pushed(group_reconcile_after_members="false")
    nothing(push_actions.deactivate_push(world, [group]))
    nothing(push_actions.rename_group(world, group, "Another"))
    told = done(push_actions.activate_push(world, [group]), [answer(204), answer(204)])
    assert told.body(1)["Operations"][0]["value"]["displayName"] == "Another"
    told = done(push_actions.push_groups_now(world, [group]), [answer(204)])
    assert told.lines == [f"PATCH {PATH}"]


def test_looking_before_a_push_is_a_parameter() -> None:
    world, group = group_org(find_group_before_push="true", space_encoding="+")
    told = done(push_actions.push_groups(world, [group]), [found(), answer(201, stored_group()), answer(204)])
    assert told.lines[0] == "GET /Groups?filter=displayName+eq+%22Test+SCIMv2%22&startIndex=1&count=100"
    world, group = group_org(find_group_before_push="true")
    told = done(push_actions.push_groups(world, [group]), [found(stored_group()), answer(204)])
    assert [request.method for request in told.requests] == ["GET", "PATCH"]
    assert world.app.known_groups == {group.id: GROUP_ID}


def test_a_link_adds_the_members_and_renames() -> None:
    world, group = group_org(name="New name")
    group.members.append(person(world, "ada@example.com", "1").id)
    old = stored_group({"value": "9"}, name="Old name")
    flow = push_actions.link_group(world, group, "Old name", renames=True)
    told = done(flow, [found(old), answer(204), answer(200, old), answer(204)])
    assert told.body(1)["Operations"][0]["op"] == "add"
    assert told.body(3)["Operations"][0]["value"] == {"id": GROUP_ID, "displayName": "New name"}


def test_a_link_without_renaming_keeps_the_app_s_name() -> None:
    world, group = group_org(name="New name")
    group.members.append(person(world, "ada@example.com", "1").id)
    old = stored_group(name="Old name")
    flow = push_actions.link_group(world, group, "Old name", renames=False)
    told = done(flow, [found(old), answer(204), answer(200, old), answer(204)])
    assert told.body(3)["Operations"][0]["value"]["displayName"] == "Old name"
    assert "without renaming" in nothing(push_actions.rename_group(world, group, "Newest name"))


def test_a_link_without_renaming_keeps_the_app_s_spelling() -> None:
    world, group = group_org(name="New name")
    group.members.append(person(world, "ada@example.com", "1").id)
    old = stored_group(name="OLD name")
    flow = push_actions.link_group(world, group, "old NAME", renames=False)
    told = done(flow, [found(old), answer(204), answer(200, old), answer(204)])
    assert told.body(3)["Operations"][0]["value"]["displayName"] == "OLD name"


def test_a_link_by_put_keeps_who_was_there() -> None:
    world, group = group_org(AppKind.AIW, name="New name")
    group.members.append(person(world, "ada@example.com", "1").id)
    old = stored_group({"value": "9", "display": "Old"}, name="Old name")
    flow = push_actions.link_group(world, group, "Old name", renames=True)
    told = done(flow, [found(old), answer(200, old), answer(200, old)])
    assert told.body(2)["displayName"] == "New name"
    assert [member["value"] for member in told.body(2)["members"]] == ["9", "1"]


@pytest.mark.parametrize(
    ("resources", "words"),
    [
        ([], "no group of this name is in My App"),
        ([stored_group(name="Admins")], "the lookup answered with Admins"),
        ([stored_group(), stored_group(id="2")], "the lookup matched 2 groups"),
        ([stored_group(id=None)], "the group has no id"),
        (["no group"], "the answer is not the group."),
    ],
)
def test_a_link_that_finds_nothing_to_link(resources: list[Any], words: str) -> None:
    world, group = group_org()
    reason = failed(push_actions.link_group(world, group, "Test SCIMv2", renames=True), [found(*resources)])
    assert reason.startswith(f"{HEAD}Error while verifying if user group Test SCIMv2 exists: {words}")
    assert group.id not in world.app.pushes


def test_a_pause_holds_changes_back_until_the_push_is_active_again() -> None:
    world, group = pushed()
    nothing(push_actions.deactivate_push(world, [group]))
    nothing(actions.add_member(world, group, person(world, "a@example.com", "1")))
    nothing(push_actions.rename_group(world, group, "Another"))
    nothing(push_actions.push_groups_now(world, [group]))
    told = done(push_actions.activate_push(world, [group]), RECONCILED)
    assert told.body(0)["Operations"] == [
        {"op": "replace", "path": "members", "value": [{"value": "1", "display": "a@example.com"}]}
    ]
    assert told.body(2)["Operations"][0]["value"]["displayName"] == "Another"
    assert nothing(push_actions.activate_push(world, [group])) == "The push is active already."


def test_unlinking() -> None:
    world, group = pushed()
    assert "leaves the group" in nothing(push_actions.unlink_groups(world, [group], delete=False))
    assert world.app.pushes == {}
    assert world.app.known_groups == {group.id: GROUP_ID}
    assert nothing(push_actions.unlink_groups(world, [group], delete=True)).startswith("The group is not pushed")


def test_one_unknown_member_stops_the_group_until_it_is_pushed_again() -> None:
    world, group = pushed()
    ada, grace = person(world, "ada@example.com", "1"), person(world, "grace@example.com", "2")
    told = tell(actions.add_member(world, group, ada), [refused(404, "User not found."), answer(200, stored_group())])
    assert told.lines == [f"PATCH {PATH}", f"GET {PATH}"]
    assert told.result.reason == (
        f"{HEAD}Error while updating user group membership for group Test SCIMv2 "
        "Not Found. Errors reported by remote server: User not found."
    )
    assert told.result.refused_at == (0,)
    assert told.result.refusal is not None
    assert told.result.refusal.purpose is Purpose.GROUP_MEMBERS
    assert world.app.pushes[group.id].status is PushStatus.ERROR
    assert "in error" in nothing(actions.add_member(world, group, grace))
    done(push_actions.push_groups_now(world, [group]), RECONCILED)
    done(actions.remove_member(world, group, ada), RECONCILED)


@pytest.mark.parametrize("kind", AppKind)
def test_a_group_that_is_gone_from_the_app(kind: AppKind) -> None:
    world, group = pushed(kind)
    answers = [refused(404), refused(404)] if kind is AppKind.OIN else [refused(404)]
    told = tell(actions.add_member(world, group, person(world, "a@example.com", "1")), answers)
    assert told.result.reason == (
        "Linked group is missing in My App. Change the linked group to resume pushing group memberships."
    )
    assert told.result.refused_at == (len(answers) - 1,)


def test_the_texts_of_refusals() -> None:
    world, group = group_org()
    text = failed(push_actions.push_groups(world, [group]), [refused(409, "A team with this slug already exists.")])
    assert text == (
        f"{HEAD}Error while creating user group Test SCIMv2: "
        "Conflict. Errors reported by remote server: A team with this slug already exists."
    )
    text = failed(push_actions.push_groups_now(world, [group]), [timed_out()])
    assert text == f"{HEAD}Error while creating user group Test SCIMv2: Read timed out"
    done(push_actions.push_groups_now(world, [group]), [answer(201, stored_group()), answer(204)])
    assert failed(push_actions.rename_group(world, group, "New"), [refused(400)]) == (
        "Unable to update Group Push mapping target App group New: Error while updating user group New: Bad Request"
    )
    text = failed(push_actions.unlink_groups(world, [group], delete=True), [refused(501)])
    assert text.endswith("Error while deleting user group New: Not Implemented")
    assert group.id in world.app.pushes


@pytest.mark.parametrize(
    ("reply", "at"),
    [
        (answer(201), ""),
        (answer(201, {"displayName": "Test SCIMv2"}), "/id"),
        (answer(201, {"id": "1"}), "/displayName"),
        (refused(501), ""),
    ],
)
def test_a_create_must_give_id_and_name(reply: Any, at: str) -> None:
    told = tell(push_actions.push_groups(*listed(group_org())), [reply])
    assert told.result.outcome is ActionOutcome.FAILURE
    assert told.result.refusal is not None
    assert (told.result.refusal.purpose, told.result.refusal.at) == (Purpose.GROUP_CREATE, at)


def test_an_answer_that_says_it_is_something_else_is_refused() -> None:
    world, group = pushed()
    told = tell(push_actions.rename_group(world, group, "New"), [answer(200, {"schemas": ["urn:x"], "id": GROUP_ID})])
    assert told.result.refusal is not None
    assert told.result.refusal.at == "/schemas"
    done(push_actions.push_groups_now(world, [group]), RECONCILED)


@pytest.mark.parametrize("body", [None, [], {"id": GROUP_ID}, {"schemas": []}, stored_group()])
def test_other_answers_to_a_change_are_taken(body: Any) -> None:
    world, group = pushed()
    done(push_actions.rename_group(world, group, "New"), [answer(200, body)])


def test_a_group_is_pushed_once() -> None:
    world, group = pushed()
    assert nothing(push_actions.push_groups(world, [group])) == "The group is pushed already, so Okta sends nothing."


def test_several_groups_are_pushed_one_after_the_other_whatever_becomes_of_the_first() -> None:
    world, group = group_org()
    other = OktaGroup(id="00gOther", name="Other")
    world.directory.groups[other.id] = other
    answers = [refused(500), answer(201, stored_group(id="2", name="Other")), answer(204)]
    told = tell(push_actions.push_groups(world, [group, other]), answers)
    assert (told.result.outcome, told.result.refused_at) == (ActionOutcome.FAILURE, (0,))
    assert [push.status for push in world.app.pushes.values()] == [PushStatus.ERROR, PushStatus.ACTIVE]
