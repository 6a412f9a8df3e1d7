"""Each fault of changing groups with PATCH: what the broken server does, and what the other one does."""

from collections.abc import Callable

import pytest

from tests.faults.bodies import add_members, group, member_ids, okta, patch, replace, with_group
from tests.faults.pairs import Pair

Make = Callable[..., Pair]


def pathless(op: str, **values: object) -> dict[str, object]:
    return {"op": op, "value": values}


def members_after(servers: Pair, *operations: object) -> tuple[list[str], list[str]]:
    assert servers.statuses("PATCH", "/Groups/id-4", patch(*operations)) == (200, 200)
    right, wrong = servers.both("GET", "/Groups/id-4")
    return member_ids(right), member_ids(wrong)


@pytest.mark.parametrize("operation", [add_members("id-3"), pathless("Add", Members=[{"value": "id-3"}])])
def test_group_add_replaces(pair: Make, operation: object) -> None:
    servers = with_group(pair("group-add-replaces"), "id-1", "id-2")

    assert members_after(servers, operation) == (["id-1", "id-2", "id-3"], ["id-3"])
    assert "groups" not in servers.wrong.get("/Users/id-1")


def test_group_add_replaces_nothing_else(pair: Make) -> None:
    servers = with_group(pair("group-add-replaces"), "id-1", "id-2")

    added = pathless("add", displayName="Looms", externalId="7")
    assert members_after(servers, added) == (["id-1", "id-2"], ["id-1", "id-2"])


@pytest.mark.parametrize("operation", [replace("members", [{"value": "id-2"}]), okta(members=[{"value": "id-2"}])])
def test_group_replace_appends(pair: Make, operation: object) -> None:
    servers = with_group(pair("group-replace-appends"), "id-1")

    assert members_after(servers, operation) == (["id-2"], ["id-1", "id-2"])
    assert members_after(servers, replace("members", [])) == ([], ["id-1", "id-2"])
    right, wrong = servers.both("PUT", "/Groups/id-4", group("Engines", "id-3"))
    assert (member_ids(right), member_ids(wrong)) == (["id-3"], ["id-3"])


def test_group_member_without_type_ignored(pair: Make) -> None:
    servers = with_group(pair("group-member-without-type-ignored"))

    okta_form = {"op": "add", "path": "members", "value": [{"value": "id-1", "display": "ada"}]}
    assert members_after(servers, okta_form) == (["id-1"], [])
    typed = {"op": "add", "path": "members", "value": [{"value": "id-2", "type": "User"}, {"value": "id-3"}]}
    assert members_after(servers, typed) == (["id-1", "id-2", "id-3"], ["id-2"])


def test_group_remove_filtered_ignored(pair: Make) -> None:
    servers = with_group(pair("group-remove-filtered-ignored"), "id-1", "id-2")

    removal = {"op": "remove", "path": 'members[value eq "id-1"]'}
    assert members_after(servers, removal) == (["id-2"], ["id-1", "id-2"])
    assert "groups" in servers.wrong.get("/Users/id-1")
    assert members_after(servers, {"op": "remove", "path": "members"}) == ([], [])


def test_group_rename_empties(pair: Make) -> None:
    servers = with_group(pair("group-rename-empties"), "id-1", "id-2")

    assert members_after(servers, okta(id="id-4", displayName="Looms")) == (["id-1", "id-2"], [])
    assert servers.wrong.get("/Groups/id-4")["displayName"] == "Looms"


def test_group_rename_empties_only_when_there_is_no_path(pair: Make) -> None:
    servers = with_group(pair("group-rename-empties"), "id-1")

    assert members_after(servers, replace("displayName", "Looms")) == (["id-1"], ["id-1"])
    assert members_after(servers, okta(externalId="7")) == (["id-1"], ["id-1"])


def test_group_member_display_rejected(pair: Make) -> None:
    servers = with_group(pair("group-member-display-rejected"))
    shown = {"value": "id-1", "display": "ada"}

    assert servers.statuses("POST", "/Groups", group("Looms", members=[shown])) == (201, 400)
    assert servers.statuses("PUT", "/Groups/id-4", group("Engines", members=[shown])) == (200, 400)
    for operation in ({"op": "add", "path": "members", "value": [shown]}, okta(members=shown)):
        assert servers.statuses("PATCH", "/Groups/id-4", patch(operation)) == (200, 400)
    assert "members" not in servers.wrong.get("/Groups/id-4")
    assert members_after(servers, add_members("id-2")) == (["id-1", "id-2"], ["id-2"])


def test_group_add_existing_duplicates(pair: Make) -> None:
    servers = with_group(pair("group-add-existing-duplicates"), "id-1")

    assert members_after(servers, add_members("id-1")) == (["id-1"], ["id-1", "id-1"])
    assert members_after(servers, add_members("id-2")) == (["id-1", "id-2"], ["id-1", "id-2", "id-1"])
    removal = {"op": "remove", "path": 'members[value eq "id-1"]'}
    assert members_after(servers, removal) == (["id-2"], ["id-2", "id-1"])
    assert "groups" in servers.wrong.get("/Users/id-1")
    assert members_after(servers, removal) == (["id-2"], ["id-2"])
    assert members_after(servers, add_members("id-2"), replace("members", [{"value": "id-3"}])) == (["id-3"], ["id-3"])
