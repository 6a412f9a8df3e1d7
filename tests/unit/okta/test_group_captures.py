"""What the mock sends for groups, byte for byte beside the captures and documents of Okta."""

from scimctl.okta import actions, push_actions
from scimctl.okta.app import AppKind
from scimctl.okta.dialect import WRITE_HEADERS
from scimctl.scim.urns import PATCH_OP
from tests.unit.okta.grouped import PATH, done, group_org, listed, person, pushed, stored_group
from tests.unit.okta.scripted import answer, found

OPERATIONS = f'{{"schemas":["{PATCH_OP}"],"Operations":'.encode()


def test_an_empty_group_is_created() -> None:
    told = done(push_actions.push_groups(*listed(group_org())), [answer(201, stored_group()), answer(204)])
    assert told.lines == ["POST /Groups", f"PATCH {PATH}"]
    assert told.requests[0].headers == WRITE_HEADERS
    assert told.requests[0].body == (
        b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Test SCIMv2","members":[]}'
    )


def test_a_group_is_created_with_its_members() -> None:
    world, group = group_org(name="Example Group")
    steve = person(world, "steve@ad.oktatest.com", "85467bb36e1c4f8991750501bf491962")
    bob = person(world, "bob@ad.oktatest.com", "2fabb15c24a2440c93a0214599603bcb")
    group.members += [steve.id, bob.id]
    told = done(push_actions.push_groups(world, [group]), [answer(201, stored_group(members=None)), answer(200)])
    assert told.requests[0].body == (
        b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"displayName":"Example Group",'
        b'"members":[{"value":"85467bb36e1c4f8991750501bf491962","display":"steve@ad.oktatest.com"},'
        b'{"value":"2fabb15c24a2440c93a0214599603bcb","display":"bob@ad.oktatest.com"}]}'
    )


def test_the_lookup_line() -> None:
    world, group = group_org()
    told = done(push_actions.link_group(world, group, "Test SCIMv2", renames=False), [found(stored_group())])
    assert told.lines == ["GET /Groups?filter=displayName%20eq%20%22Test%20SCIMv2%22&startIndex=1&count=100"]
    assert told.requests[0].body == b""
    assert told.requests[0].headers.get("Content-Type") is None


def test_the_renaming_has_the_id_in_its_value() -> None:
    world, group = pushed()
    told = done(push_actions.rename_group(world, group, "Test SCIMv2"), [answer(200, stored_group())])
    assert told.lines == [f"PATCH {PATH}"]
    assert told.requests[0].body == OPERATIONS + (
        b'[{"op":"replace","value":{"id":"abf4dd94-a4c0-4f67-89c9-76b03340cb9b","displayName":"Test SCIMv2"}}]}'
    )


def test_a_member_is_added_and_the_name_follows() -> None:
    world, group = pushed()
    baker = person(world, "ABaker@Gradle.Example", "2900df44-a197-4ca6-bad2-3c1b5641ac8e")
    told = done(actions.add_member(world, group, baker), [answer(204), answer(200, stored_group()), answer(204)])
    assert told.lines == [f"PATCH {PATH}", f"GET {PATH}", f"PATCH {PATH}"]
    assert told.requests[0].body == OPERATIONS + (
        b'[{"op":"add","path":"members","value":[{"value":"2900df44-a197-4ca6-bad2-3c1b5641ac8e",'
        b'"display":"ABaker@Gradle.Example"}]}]}'
    )
    assert told.requests[2].body == OPERATIONS + (
        b'[{"op":"replace","value":{"id":"abf4dd94-a4c0-4f67-89c9-76b03340cb9b","displayName":"Test SCIMv2"}}]}'
    )


def test_removals_come_first_in_one_request() -> None:
    world, group = pushed(group_reconcile_after_members="false")
    leaving = [person(world, f"{name}@example.com", name) for name in ("removeUser1", "removeUser2")]
    joining = [person(world, f"{name}@example.com", name) for name in ("addUser1", "addUser2")]
    done(actions.change_members(world, group, leaving, []), [answer(204)])
    told = done(actions.change_members(world, group, joining, leaving), [answer(204)])
    assert told.lines == [f"PATCH {PATH}"]
    assert told.requests[0].body == OPERATIONS + (
        b'[{"op":"remove","path":"members[value eq \\"removeUser1\\"]"},'
        b'{"op":"remove","path":"members[value eq \\"removeUser2\\"]"},'
        b'{"op":"add","path":"members","value":[{"value":"addUser1","display":"addUser1@example.com"},'
        b'{"value":"addUser2","display":"addUser2@example.com"}]}]}'
    )


def test_push_now_of_an_empty_group() -> None:
    world, group = pushed()
    told = done(push_actions.push_groups_now(world, [group]), [answer(204), answer(200, stored_group()), answer(204)])
    assert told.requests[0].body == OPERATIONS + b'[{"op":"replace","path":"members","value":[]}]}'


def test_push_now_without_a_path_but_with_id_and_name() -> None:
    world, group = group_org(name="org-cd1:viewer", group_push_full_shape="pathless_with_id")
    created = stored_group(id="org-cd1:viewer", name="org-cd1:viewer")
    done(push_actions.push_groups(world, [group]), [answer(201, created), answer(204)])
    told = done(push_actions.push_groups_now(world, [group]), [answer(204)])
    assert told.lines == ["PATCH /Groups/org-cd1%3Aviewer"]
    assert told.requests[0].body == OPERATIONS + (
        b'[{"op":"replace","value":{"members":[],"id":"org-cd1:viewer","displayName":"org-cd1:viewer"}}]}'
    )


def test_push_now_without_a_path() -> None:
    world, group = pushed(group_push_full_shape="pathless_members", group_reconcile_after_members="false")
    group.members.append(person(world, "a@example.com", "1").id)
    told = done(push_actions.push_groups_now(world, [group]), [answer(204)])
    assert told.requests[0].body == OPERATIONS + (
        b'[{"op":"replace","value":{"members":[{"value":"1","display":"a@example.com"}]}}]}'
    )


def test_a_group_is_put_back_with_null_for_what_the_read_did_not_give() -> None:
    world, group = group_org(AppKind.AIW, name="KOTestGroup")
    identifier = "fc0a8962-65c4-4402-aae5-bd2fcbe19f40"
    before = stored_group(
        {"value": "e07986cd-6ce9-47f0-8ba7-c7d316311653", "type": "User"},
        {"value": "6c320c45-0033-4d10-bdda-3c711d720025", "$ref": "…"},
        id=identifier,
        name="KOTestGroup",
    )
    done(push_actions.push_groups(world, [group]), [answer(201, before)])
    told = done(push_actions.rename_group(world, group, "KOTestGroup Test"), [answer(200, before), answer(200, before)])
    assert told.lines == [f"GET /Groups/{identifier}", f"PUT /Groups/{identifier}"]
    assert told.requests[1].body == (
        b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"id":"fc0a8962-65c4-4402-aae5-bd2fcbe19f40",'
        b'"displayName":"KOTestGroup Test","members":[{"value":"e07986cd-6ce9-47f0-8ba7-c7d316311653","display":null},'
        b'{"value":"6c320c45-0033-4d10-bdda-3c711d720025","display":null}]}'
    )


def test_the_deletion_has_a_media_type_and_no_body() -> None:
    world, group = pushed()
    told = done(push_actions.unlink_groups(world, [group], delete=True), [answer(204)])
    assert told.lines == [f"DELETE {PATH}"]
    assert told.requests[0].body == b""
    assert told.requests[0].headers.get("Content-Type") == "application/scim+json; charset=utf-8"
