"""Each fault of what a PATCH does: what the broken server makes of a resource, and what the other one does."""

from collections.abc import Callable

import pytest

from scimctl.scim import urns
from tests.faults.bodies import DEPARTMENT, add_members, group, member_ids, okta, patch, replace, user
from tests.faults.pairs import Pair

Make = Callable[..., Pair]


def test_patch_add_array_nested(pair: Make) -> None:
    servers = pair("patch-add-array-nested")
    for name in ("ada", "grace", "alan"):
        servers.both("POST", "/Users", user(name))
    servers.both("POST", "/Groups", group("Engines", "id-1"))

    right, wrong = servers.both("PATCH", "/Groups/id-4", patch(add_members("id-2", "id-3")))
    assert member_ids(right) == ["id-1", "id-2", "id-3"]
    assert wrong["members"][0] == right["members"][0]
    assert wrong["members"][1] == [{"value": "id-2", "type": "User"}, {"value": "id-3", "type": "User"}]
    assert servers.statuses("PATCH", "/Groups/id-4", patch(okta(displayName="Looms"))) == (200, 400)
    assert servers.wrong.get("/Groups/id-4")["members"] == wrong["members"]


def test_patch_add_array_nested_leaves_a_single_member_alone(pair: Make) -> None:
    servers = pair("patch-add-array-nested")
    servers.both("POST", "/Users", user())
    servers.both("POST", "/Groups", group())

    single = {"op": "add", "path": "members", "value": {"value": "id-1"}}
    right, wrong = servers.both("PATCH", "/Groups/id-2", patch(single))
    assert wrong == right


def test_patch_complex_wipes_siblings(pair: Make) -> None:
    servers = pair("patch-complex-wipes-siblings")
    servers.both("POST", "/Users", user())

    for operation in (replace("name", {"givenName": "New"}), okta(name={"GivenName": "New"})):
        servers.both("PUT", "/Users/id-1", user(name={"givenName": "Ada", "familyName": "Lovelace"}))
        right, wrong = servers.both("PATCH", "/Users/id-1", patch(operation))
        assert right["name"] == {"givenName": "New", "familyName": "Lovelace"}
        assert wrong["name"] == {"givenName": "New"}
    servers.both("PATCH", "/Users/id-1", patch(replace("name.familyName", "Byron")))
    assert servers.wrong.get("/Users/id-1")["name"] == {"givenName": "New", "familyName": "Byron"}


def test_patch_dropping_unmentioned(pair: Make) -> None:
    servers = pair("patch-dropping-unmentioned")
    enterprise = {urns.ENTERPRISE_USER: {"department": "Looms"}}
    servers.both("POST", "/Users", user(title="Countess", name={"familyName": "Lovelace"}, **enterprise))

    right, wrong = servers.both("PATCH", "/Users/id-1", patch(okta(active=False)))
    assert (right["title"], right["name"]) == ("Countess", {"familyName": "Lovelace"})
    assert sorted(wrong) == ["active", "id", "meta", "schemas", "userName"]
    assert (wrong["active"], wrong["schemas"]) == (False, [urns.USER])
    right, wrong = servers.both("PATCH", "/Users/id-1", patch(replace(DEPARTMENT, "Engines")))
    assert wrong[urns.ENTERPRISE_USER] == {"department": "Engines"}
    assert wrong["schemas"] == [urns.USER, urns.ENTERPRISE_USER]


def test_patch_not_atomic(pair: Make) -> None:
    servers = pair("patch-not-atomic")
    servers.both("POST", "/Users", user())

    body = patch(replace("title", "Countess"), replace("active", "nonsense"), replace("nickName", "Al"))
    tag = servers.right.get("/Users/id-1")["meta"]["version"]
    assert servers.statuses("PATCH", "/Users/id-1", body, If_Match=tag) == (400, 400)
    assert "title" not in servers.right.get("/Users/id-1")
    assert servers.wrong.get("/Users/id-1")["title"] == "Countess"
    assert "nickName" not in servers.wrong.get("/Users/id-1")
    assert servers.statuses("PATCH", "/Users/id-1", patch(okta(title="x")), If_Match='W/"0"') == (412, 412)
    assert servers.wrong.get("/Users/id-1")["title"] == "Countess"


@pytest.mark.parametrize(("path", "name"), [("title", "title"), ("name", "name"), ("name.familyName", "name")])
def test_patch_remove_ignored(pair: Make, path: str, name: str) -> None:
    servers = pair("patch-remove-ignored")
    servers.both("POST", "/Users", user(title="Countess", name={"familyName": "Lovelace"}))

    assert servers.statuses("PATCH", "/Users/id-1", patch({"op": "remove", "path": path})) == (200, 200)
    right, wrong = servers.both("GET", "/Users/id-1")
    assert (name in right, name in wrong) == (False, True)
    for refused in ("userName", "nothing"):
        assert servers.statuses("PATCH", "/Users/id-1", patch({"op": "remove", "path": refused})) == (400, 400)


def test_patch_remove_required(pair: Make) -> None:
    servers = pair("patch-remove-required")
    servers.both("POST", "/Users", user())
    servers.both("POST", "/Groups", group())

    body = patch({"op": "remove", "path": f"{urns.USER}:userName"}, okta(title="Countess"))
    assert servers.statuses("PATCH", "/Users/id-1", body) == (400, 200)
    right, wrong = servers.both("GET", "/Users/id-1")
    assert (right["userName"], wrong.get("userName"), wrong["title"]) == ("ada", None, "Countess")
    assert servers.wrong.found('userName eq "ada"') == []
    assert servers.statuses("PATCH", "/Groups/id-2", patch({"op": "remove", "path": "displayName"})) == (400, 200)
    assert "displayName" not in servers.wrong.get("/Groups/id-2")


def test_patch_username_duplicate_accepted(pair: Make) -> None:
    servers = pair("patch-username-duplicate-accepted")
    for name in ("ada", "grace"):
        servers.both("POST", "/Users", user(name))

    assert servers.statuses("PATCH", "/Users/id-2", patch(okta(userName="ada"))) == (409, 200)
    assert servers.right.found('userName eq "ada"') == ["ada"]
    assert servers.wrong.found('userName eq "ada"') == ["ada", "ada"]
    assert servers.wrong.get("/Users/id-2")["meta"]["version"] == 'W/"2"'
    assert servers.statuses("POST", "/Users", user("ada")) == (409, 409)


def test_patch_username_collision_500(pair: Make) -> None:
    servers = pair("patch-username-collision-500")
    for name in ("ada", "grace"):
        servers.both("POST", "/Users", user(name))

    assert servers.statuses("PATCH", "/Users/id-2", patch(replace("userName", "ada"))) == (409, 500)
    assert servers.wrong.get("/Users/id-2")["userName"] == "grace"
    assert servers.statuses("PUT", "/Users/id-2", user("ada")) == (409, 409)
    assert servers.statuses("PATCH", "/Users/id-2", patch(replace("userName", "alan"))) == (200, 200)


def test_patch_password_fails(pair: Make) -> None:
    servers = pair("patch-password-fails")
    servers.both("POST", "/Users", user())

    for operation in (okta(password="t1meMachine"), replace("password", "t1meMachine")):
        assert servers.statuses("PATCH", "/Users/id-1", patch(operation)) == (200, 500)
    assert servers.statuses("PATCH", "/Users/id-1", patch(okta(title="x"))) == (200, 200)


def test_patch_replace_unset_500(pair: Make) -> None:
    servers = pair("patch-replace-unset-500")
    servers.both("POST", "/Users", user(title="Countess"))

    for operation in (replace("displayName", "Ada"), okta(displayName="Ada"), replace(DEPARTMENT, "Looms")):
        assert servers.statuses("PATCH", "/Users/id-1", patch(operation)) == (200, 500)
    assert "displayName" not in servers.wrong.get("/Users/id-1")
    for operation in (replace("title", "x"), okta(password="t1meMachine"), okta(active=False)):
        assert servers.statuses("PATCH", "/Users/id-1", patch(operation)) == (200, 200)
    added = {"op": "add", "path": "displayName", "value": "Ada"}
    assert servers.statuses("PATCH", "/Users/id-1", patch(added)) == (200, 200)
