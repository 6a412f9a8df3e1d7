"""Each fault of groups as whole resources: what the broken server does, and what the other one does."""

from collections.abc import Callable
from typing import Any

import pytest

from scimctl.scim import urns
from tests.faults.bodies import add_members, group, member_ids, okta, patch, replace, user, with_group
from tests.faults.pairs import Pair

Make = Callable[..., Pair]


def shown(servers: Pair, target: str = "/Groups/id-4") -> tuple[list[str], list[str]]:
    right, wrong = servers.both("GET", target)
    return member_ids(right), member_ids(wrong)


def test_group_members_truncated(pair: Make) -> None:
    servers = pair("group-members-truncated")
    for number in range(103):
        servers.both("POST", "/Users", user(f"user-{number}"))
    everyone = [f"id-{number}" for number in range(1, 104)]
    servers.both("POST", "/Groups", group("Engines", *everyone[:102]))

    assert shown(servers, "/Groups/id-104") == (everyone[:102], everyone[:100])
    assert servers.wrong.get("/Users/id-102")["groups"][0]["value"] == "id-104"
    servers.both("PATCH", "/Groups/id-104", patch({"op": "remove", "path": 'members[value eq "id-1"]'}))
    assert shown(servers, "/Groups/id-104") == (everyone[1:102], everyone[1:100])
    assert "groups" in servers.right.get("/Users/id-102")
    assert "groups" not in servers.wrong.get("/Users/id-102")
    servers.both("PATCH", "/Groups/id-104", patch(add_members("id-103")))
    assert shown(servers, "/Groups/id-104") == (everyone[1:], [*everyone[1:100], "id-103"])


def test_group_put_self_conflict(pair: Make) -> None:
    servers = with_group(pair("group-put-self-conflict"))

    assert servers.statuses("PUT", "/Groups/id-4", group("engines", "id-1")) == (200, 409)
    assert "members" not in servers.wrong.get("/Groups/id-4")
    assert servers.statuses("PUT", "/Groups/id-4", group("Looms")) == (200, 200)
    assert servers.statuses("PUT", "/Groups/nothing", group("Looms")) == (404, 404)


def test_put_group_drops_members(pair: Make) -> None:
    servers = with_group(pair("put-group-drops-members"), "id-1")

    right, wrong = servers.both("PUT", "/Groups/id-4", group("Engines", "id-1", "id-2"))
    assert (member_ids(right), "members" in wrong) == (["id-1", "id-2"], False)
    assert shown(servers) == (["id-1", "id-2"], [])
    assert "groups" not in servers.wrong.get("/Users/id-1")
    servers.both("PATCH", "/Groups/id-4", patch(add_members("id-3")))
    assert shown(servers) == (["id-1", "id-2", "id-3"], ["id-3"])


def test_group_create_members_not_stored(pair: Make) -> None:
    servers = with_group(pair("group-create-members-not-stored"))

    right, wrong = servers.both("POST", "/Groups", group("Looms", "id-1"))
    assert wrong == right
    assert shown(servers, "/Groups/id-5") == (["id-1"], [])
    assert "groups" not in servers.wrong.get("/Users/id-1")
    assert servers.statuses("POST", "/Groups", group("Looms", "nobody")) == (400, 400)


def test_group_put_membership_not_applied(pair: Make) -> None:
    servers = with_group(pair("group-put-membership-not-applied"))

    servers.both("PUT", "/Groups/id-4", group("Engines", "id-1"))
    assert shown(servers) == (["id-1"], [])
    assert servers.wrong.get("/Users/id-1")["groups"][0]["value"] == "id-4"
    servers.both("PATCH", "/Groups/id-4", patch(add_members("id-2")))
    assert shown(servers) == (["id-1", "id-2"], ["id-2"])


BAD = [{"value": "id-2"}, {"value": "nobody"}]


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("PUT", group("Engines", members=BAD)),
        ("PATCH", patch(replace("members", BAD))),
        ("PATCH", patch(okta(members=BAD))),
    ],
)
def test_group_replace_non_atomic(pair: Make, method: str, body: dict[str, Any]) -> None:
    servers = with_group(pair("group-replace-non-atomic"), "id-1")

    assert servers.statuses(method, "/Groups/id-4", body) == (400, 400)
    assert shown(servers) == (["id-1"], [])


def test_group_replace_non_atomic_leaves_other_refusals_alone(pair: Make) -> None:
    servers = with_group(pair("group-replace-non-atomic"), "id-1")

    assert servers.statuses("PUT", "/Groups/id-4", group("", "id-2")) == (400, 400)
    assert servers.statuses("PATCH", "/Groups/id-4", patch(add_members("nobody"))) == (400, 400)
    assert shown(servers) == (["id-1"], ["id-1"])


def test_groups_filter_displayname_missing(pair: Make) -> None:
    servers = with_group(pair("groups-filter-displayname-missing"))
    servers.both("POST", "/Groups", group("Looms"))

    search = {"schemas": [urns.SEARCH_REQUEST], "filter": 'displayName eq "Looms"', "count": 10}
    for request in (
        ("GET", "/Groups?filter=displayName%20eq%20%22Looms%22&count=10"),
        ("POST", "/Groups/.search", search),
    ):
        right, wrong = servers.both(*request)
        assert [each["displayName"] for each in right["Resources"]] == ["Looms"]
        assert [each["displayName"] for each in wrong["Resources"]] == ["Engines", "Looms"]
    right, wrong = servers.both("GET", "/Groups?filter=id%20eq%20%22id-5%22")
    assert wrong == right


def test_put_group_members_immutable(pair: Make) -> None:
    servers = with_group(pair("put-group-members-immutable"))

    assert servers.statuses("PUT", "/Groups/id-4", group("Engines", "id-1")) == (200, 200)
    right, wrong = servers.both("PUT", "/Groups/id-4", group("Engines", "id-1", "id-2"))
    assert (member_ids(right), wrong["scimType"]) == (["id-1", "id-2"], "mutability")
    assert shown(servers) == (["id-1", "id-2"], ["id-1"])
    assert servers.statuses("PUT", "/Groups/id-4", group("Looms", "id-1")) == (200, 200)
    assert servers.statuses("PUT", "/Groups/id-4", group("Looms")) == (200, 200)


def test_group_delete_leaves_user_groups(pair: Make) -> None:
    servers = with_group(pair("group-delete-leaves-user-groups"), "id-1")
    before = servers.right.get("/Users/id-1")["groups"]

    assert servers.statuses("DELETE", "/Groups/id-4") == (204, 204)
    right, wrong = servers.both("GET", "/Users/id-1")
    assert ("groups" in right, wrong["groups"]) == (False, before)
    right, wrong = servers.both("GET", "/Users")
    assert wrong["Resources"][0]["groups"] == before
    assert wrong["Resources"][1:] == right["Resources"][1:]
    assert servers.statuses("GET", "/Groups/id-4") == (404, 404)
    right, wrong = servers.both("GET", "/Users/id-1?attributes=userName")
    assert wrong == right


def test_group_list_omits_members(pair: Make) -> None:
    servers = with_group(pair("group-list-omits-members"), "id-1")

    search = {"schemas": [urns.SEARCH_REQUEST], "filter": 'displayName eq "Engines"'}
    for request in (("GET", "/Groups"), ("POST", "/Groups/.search", search)):
        right, wrong = servers.both(*request)
        assert ["members" in each for each in right["Resources"]] == [True]
        assert ["members" in each for each in wrong["Resources"]] == [False]
    assert shown(servers) == (["id-1"], ["id-1"])
