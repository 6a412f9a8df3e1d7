"""Each fault of versions and of changes at the same time: what the broken server does, and what the other one does."""

from collections.abc import Callable
from datetime import timedelta

from tests.faults.bodies import add_members, group, member_ids, okta, patch, user
from tests.faults.pairs import Pair

Make = Callable[..., Pair]

SOON = timedelta(milliseconds=30)
LATER = timedelta(milliseconds=100)


def with_group(servers: Pair) -> Pair:
    """The servers with the users id-1 to id-3 and the group id-4."""
    for name in ("ada", "grace", "alan"):
        servers.both("POST", "/Users", user(name))
    servers.both("POST", "/Groups", group())
    return servers


def test_group_patch_lost_update(pair: Make) -> None:
    servers = with_group(pair("group-patch-lost-update", step=SOON))

    for member in ("id-1", "id-2", "id-3"):
        assert servers.statuses("PATCH", "/Groups/id-4", patch(add_members(member))) == (200, 200)
    assert member_ids(servers.right.get("/Groups/id-4")) == ["id-1", "id-2", "id-3"]
    # The second was added to the group as it was before the first, the third to the one before the second.
    assert member_ids(servers.wrong.get("/Groups/id-4")) == ["id-1", "id-3"]
    assert "groups" not in servers.wrong.get("/Users/id-2")


def test_group_patch_lost_update_only_at_once(pair: Make) -> None:
    servers = with_group(pair("group-patch-lost-update", step=LATER))

    for member in ("id-1", "id-2", "id-3"):
        right, wrong = servers.both("PATCH", "/Groups/id-4", patch(add_members(member)))
    assert (member_ids(wrong), wrong) == (["id-1", "id-2", "id-3"], right)


def test_if_match_check_not_atomic(pair: Make) -> None:
    servers = pair("if-match-check-not-atomic", step=SOON)
    servers.both("POST", "/Users", user())

    assert servers.statuses("PUT", "/Users/id-1", user(title="1"), If_Match='W/"1"') == (200, 200)
    assert servers.statuses("PUT", "/Users/id-1", user(title="2"), If_Match='W/"1"') == (412, 200)
    assert servers.right.get("/Users/id-1")["title"] == "1"
    assert servers.wrong.get("/Users/id-1")["title"] == "2"
    assert servers.statuses("PUT", "/Users/id-1", user(title="3"), If_Match='W/"0"') == (412, 412)


def test_if_match_check_not_atomic_only_at_once(pair: Make) -> None:
    servers = pair("if-match-check-not-atomic", step=LATER)
    servers.both("POST", "/Users", user())

    assert servers.statuses("PUT", "/Users/id-1", user(title="1"), If_Match='W/"1"') == (200, 200)
    assert servers.statuses("PUT", "/Users/id-1", user(title="2"), If_Match='W/"1"') == (412, 412)


def test_version_constant(pair: Make) -> None:
    servers = pair("version-constant")
    servers.both("POST", "/Users", user())
    first = servers.wrong.last.headers.get("ETag")

    right, wrong = servers.both("PATCH", "/Users/id-1", patch(okta(title="Countess")))
    assert (right["meta"]["version"], wrong["meta"]["version"]) == ('W/"2"', first)
    right, wrong = servers.both("GET", "/Users")
    assert wrong["Resources"][0]["meta"]["version"] == first
    assert first is not None
    assert servers.wrong.send("PUT", "/Users/id-1", user(title="x"), If_Match=first)["title"] == "x"
    servers.wrong.get("/Users/id-1", If_None_Match=first)
    assert (servers.wrong.last.status, servers.wrong.last.headers.get("ETag")) == (304, first)
    assert servers.statuses("PUT", "/Users/id-1", user(), If_Match='W/"0"') == (412, 412)
    servers.wrong.ok("POST", "/Users", user("grace"))
    assert servers.wrong.last.headers.get("ETag") not in (None, first)


def test_delete_if_match_ignored(pair: Make) -> None:
    servers = pair("delete-if-match-ignored")
    servers.both("POST", "/Users", user())

    assert servers.statuses("PUT", "/Users/id-1", user(title="x"), If_Match='W/"0"') == (412, 412)
    assert servers.statuses("DELETE", "/Users/id-1", If_Match='W/"0"') == (412, 204)
    assert servers.statuses("GET", "/Users/id-1") == (200, 404)


def test_if_none_match_ignored(pair: Make) -> None:
    servers = pair("if-none-match-ignored")
    servers.both("POST", "/Users", user())

    assert servers.statuses("GET", "/Users/id-1", If_None_Match='W/"1"') == (304, 200)
    assert servers.statuses("GET", "/Users/id-1", If_None_Match='W/"0"') == (200, 200)
    assert servers.statuses("PUT", "/Users/id-1", user(title="x"), If_None_Match="*") == (412, 412)
