"""Each fault of deactivating and deleting users: what the broken server does, and what the other one does."""

from collections.abc import Callable

import pytest

from scimctl.scim import urns
from tests.faults.bodies import okta, patch, replace, user
from tests.faults.pairs import Pair

Make = Callable[..., Pair]

LOOKUP = "/Users?filter=userName%20eq%20%22ada%22"
SEARCH = {"schemas": [urns.SEARCH_REQUEST], "filter": 'userName eq "ada"', "attributes": ["userName"]}


@pytest.mark.parametrize("operation", [okta(active=False), replace("active", False)])
def test_deactivate_deletes_mapping(pair: Make, operation: object) -> None:
    servers = pair("deactivate-deletes-mapping")
    servers.both("POST", "/Users", user())

    right, wrong = servers.both("PATCH", "/Users/id-1", patch(operation))
    assert wrong == right
    assert servers.statuses("GET", "/Users/id-1") == (200, 404)
    assert servers.statuses("PATCH", "/Users/id-1", patch(okta(active=True))) == (200, 404)


def test_deactivate_deletes_mapping_leaves_other_changes_alone(pair: Make) -> None:
    servers = pair("deactivate-deletes-mapping")
    servers.both("POST", "/Users", user(active=False))

    assert servers.statuses("PATCH", "/Users/id-1", patch(okta(title="Countess"))) == (200, 200)
    assert servers.statuses("PUT", "/Users/id-1", user(active=False)) == (200, 200)
    assert servers.statuses("GET", "/Users/id-1") == (200, 200)


@pytest.mark.parametrize("operation", [okta(active=False), replace("active", False)])
def test_patch_active_noop(pair: Make, operation: object) -> None:
    servers = pair("patch-active-noop")
    servers.both("POST", "/Users", user())

    right, wrong = servers.both("PATCH", "/Users/id-1", patch(operation, okta(title="Countess")))
    assert (right["active"], wrong["active"]) == (False, False)
    right, wrong = servers.both("GET", "/Users/id-1")
    assert (right["active"], wrong["active"]) == (False, True)
    assert wrong["title"] == "Countess"
    right, wrong = servers.both("PUT", "/Users/id-1", user(active=False))
    assert servers.wrong.get("/Users/id-1")["active"] is False


def test_patch_active_noop_needs_the_permission(pair: Make) -> None:
    servers = pair("patch-active-noop")
    servers.both("POST", "/Users", user())

    body = patch(okta(active=False))
    assert servers.statuses("PATCH", "/Users/id-1", body, Authorization="Bearer reader") == (403, 403)


def test_put_active_ignored(pair: Make) -> None:
    servers = pair("put-active-ignored")
    servers.both("POST", "/Users", user())

    right, wrong = servers.both("PUT", "/Users/id-1", user(Active=False, title="Countess"))
    assert (right["active"], wrong["active"], wrong["title"]) == (False, True, "Countess")
    assert servers.wrong.get("/Users/id-1")["active"] is True
    servers.both("PATCH", "/Users/id-1", patch(okta(active=False)))
    assert servers.wrong.get("/Users/id-1")["active"] is False


def test_reactivation_of_inactive_conflicts(pair: Make) -> None:
    servers = pair("reactivation-of-inactive-conflicts")
    servers.both("POST", "/Users", user())
    assert servers.wrong.get(LOOKUP)["totalResults"] == 1
    servers.both("PATCH", "/Users/id-1", patch(okta(active=False)))

    for request in (("GET", LOOKUP), ("POST", "/Users/.search", SEARCH)):
        right, wrong = servers.both(*request)
        assert (right["totalResults"], right["Resources"][0]["userName"]) == (1, "ada")
        assert (wrong["totalResults"], wrong["itemsPerPage"], wrong["Resources"]) == (0, 0, [])
    assert servers.statuses("POST", "/Users", user()) == (409, 409)
    assert servers.wrong.get("/Users")["totalResults"] == 1
    assert servers.wrong.get("/Users/id-1")["active"] is False


def test_deleted_user_still_uniqueness_conflict(pair: Make) -> None:
    servers = pair("deleted-user-still-uniqueness-conflict")
    servers.both("POST", "/Users", user())
    assert servers.statuses("DELETE", "/Users/id-1") == (204, 204)

    assert servers.statuses("POST", "/Users", user("ADA")) == (201, 409)
    assert servers.wrong.get(LOOKUP)["totalResults"] == 0
    assert servers.statuses("POST", "/Users", user("grace")) == (201, 201)
    assert servers.statuses("POST", "/Users", user(active="x")) == (400, 400)


def test_delete_not_204(pair: Make) -> None:
    servers = pair("delete-not-204")
    servers.both("POST", "/Users", user())

    assert servers.statuses("DELETE", "/Users/id-1") == (204, 200)
    assert servers.wrong.last.json() is not None
    assert servers.statuses("GET", "/Users/id-1") == (404, 404)
    assert servers.statuses("DELETE", "/Users/id-1") == (404, 404)


def test_delete_unknown_204(pair: Make) -> None:
    servers = pair("delete-unknown-204")
    servers.both("POST", "/Users", user())

    assert servers.statuses("DELETE", "/Users/nobody") == (404, 204)
    assert servers.wrong.last.body == b""
    assert servers.statuses("DELETE", "/Users/nobody", Authorization="Bearer reader") == (403, 403)
    assert servers.statuses("GET", "/Users/nobody") == (404, 404)
