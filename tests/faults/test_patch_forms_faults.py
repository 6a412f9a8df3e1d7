"""Each fault of how a PATCH is read: what the broken server does, and that the server without it does right."""

from collections.abc import Callable

import pytest

from scimctl.scim import urns
from tests.faults.bodies import DEPARTMENT, add_members, group, okta, patch, replace, user
from tests.faults.pairs import Pair

Make = Callable[..., Pair]

WORK = {"value": "ada@scimctl.example", "type": "work"}
HOME = {"value": "ada@home.example", "type": "home"}


def test_patch_pathless_active_rejected(pair: Make) -> None:
    servers = pair("patch-pathless-active-rejected")
    servers.both("POST", "/Users", user())

    assert servers.statuses("PATCH", "/Users/id-1", patch(okta(active=False))) == (200, 400)
    assert servers.wrong.get("/Users/id-1")["active"] is True
    assert servers.statuses("PATCH", "/Users/id-1", patch(okta(title="Countess"))) == (200, 200)
    assert servers.statuses("PATCH", "/Users/id-1", patch(replace("active", False))) == (200, 200)
    assert servers.wrong.get("/Users/id-1")["active"] is False
    assert servers.statuses("PATCH", "/Users/id-2", patch(okta(active=False))) == (404, 404)


def test_patch_urn_path_split_at_dot(pair: Make) -> None:
    servers = pair("patch-urn-path-split-at-dot")
    servers.both("POST", "/Users", user())

    right, wrong = servers.both("PATCH", "/Users/id-1", patch(replace(DEPARTMENT, "Looms"), replace("title", "x")))
    assert right[urns.ENTERPRISE_USER] == {"department": "Looms"}
    assert urns.ENTERPRISE_USER not in wrong
    assert wrong["urn:ietf:params:scim:schemas:extension:enterprise:2"] == {"0:User:department": "Looms"}
    assert wrong["title"] == "x"
    right, wrong = servers.both("GET", "/Users/id-1")
    assert wrong["urn:ietf:params:scim:schemas:extension:enterprise:2"] == {"0:User:department": "Looms"}
    assert servers.statuses("PATCH", "/Users/id-1", patch(replace(f"{DEPARTMENT}s", "x"))) == (400, 400)
    enterprise = {urns.ENTERPRISE_USER: {"costCenter": "7"}}
    right, wrong = servers.both("PATCH", "/Users/id-1", patch(okta(**enterprise)))
    assert wrong[urns.ENTERPRISE_USER] == {"costCenter": "7"}


def test_patch_urn_path_split_at_dot_for_a_removal(pair: Make) -> None:
    servers = pair("patch-urn-path-split-at-dot")
    servers.both("POST", "/Users", user(**{urns.ENTERPRISE_USER: {"department": "Looms"}}))

    right, wrong = servers.both("PATCH", "/Users/id-1", patch({"op": "remove", "path": DEPARTMENT}))
    assert urns.ENTERPRISE_USER not in right
    assert wrong[urns.ENTERPRISE_USER] == {"department": "Looms"}


def test_patch_valuepath_ignores_filter(pair: Make) -> None:
    servers = pair("patch-valuepath-ignores-filter")
    servers.both("POST", "/Users", user(emails=[WORK, HOME]))

    right, wrong = servers.both("PATCH", "/Users/id-1", patch(replace('emails[type eq "work"].value', "new@x.example")))
    assert [email["value"] for email in right["emails"]] == ["new@x.example", "ada@home.example"]
    assert [email["value"] for email in wrong["emails"]] == ["new@x.example", "new@x.example"]
    only = {"value": "only@x.example", "type": "work"}
    right, wrong = servers.both("PATCH", "/Users/id-1", patch(replace('emails[type eq "work"]', only)))
    assert (len(right["emails"]), wrong["emails"]) == (2, [only])


def test_patch_valuepath_ignores_filter_leaves_removals_alone(pair: Make) -> None:
    servers = pair("patch-valuepath-ignores-filter")
    servers.both("POST", "/Users", user(emails=[WORK, HOME]))

    right, wrong = servers.both("PATCH", "/Users/id-1", patch({"op": "remove", "path": 'emails[type eq "work"]'}))
    assert wrong == right


def test_patch_valuepath_rejected(pair: Make) -> None:
    servers = pair("patch-valuepath-rejected")
    servers.both("POST", "/Users", user(emails=[WORK, HOME]))

    assert servers.statuses("PATCH", "/Users/id-1", patch(replace('emails[type eq "work"].value', "x"))) == (200, 400)
    assert servers.wrong.get("/Users/id-1")["emails"] == [WORK, HOME]
    assert servers.statuses("PATCH", "/Users/id-1", patch(replace("emails", [WORK]))) == (200, 200)


def test_patch_extension_subattr_rejected(pair: Make) -> None:
    servers = pair("patch-extension-subattr-rejected")
    servers.both("POST", "/Users", user())

    manager = f"{urns.ENTERPRISE_USER}:manager"
    assert servers.statuses("PATCH", "/Users/id-1", patch(replace(f"{manager}.value", "7"))) == (200, 400)
    assert urns.ENTERPRISE_USER not in servers.wrong.get("/Users/id-1")
    assert servers.statuses("PATCH", "/Users/id-1", patch(replace(manager, {"value": "7"}))) == (200, 200)
    assert servers.statuses("PATCH", "/Users/id-1", patch(replace(DEPARTMENT, "Looms"))) == (200, 200)


@pytest.mark.parametrize(
    "operation",
    [
        replace("doesNotExist", "x"),
        replace("name.nothing", "x"),
        replace("urn:example:nothing:shoeSize", 42),
        {"op": "remove", "path": "doesNotExist"},
        okta(doesNotExist="x"),
    ],
)
def test_patch_unknown_path_200(pair: Make, operation: object) -> None:
    servers = pair("patch-unknown-path-200")
    servers.both("POST", "/Users", user())

    assert servers.statuses("PATCH", "/Users/id-1", patch(operation, okta(title="Countess"))) == (400, 200)
    assert servers.wrong.get("/Users/id-1")["title"] == "Countess"
    assert servers.statuses("PATCH", "/Users/id-1", patch(operation)) == (400, 200)


def test_patch_unknown_path_200_leaves_malformed_ones_alone(pair: Make) -> None:
    servers = pair("patch-unknown-path-200")
    servers.both("POST", "/Users", user())

    for operation in (replace("emails[", "x"), {"op": "replace", "path": "nothing"}, {"op": "set", "path": "nothing"}):
        assert servers.statuses("PATCH", "/Users/id-1", patch(operation)) == (400, 400)
    body = patch(replace("doesNotExist", "x"))
    assert servers.statuses("PATCH", "/Users/id-1", body, Authorization="Bearer reader") == (403, 403)


def test_patch_op_case(pair: Make) -> None:
    servers = pair("patch-op-case")
    servers.both("POST", "/Users", user())

    capital = {"op": "Replace", "path": "title", "value": "x"}
    assert servers.statuses("PATCH", "/Users/id-1", patch(capital)) == (200, 400)
    assert "title" not in servers.wrong.get("/Users/id-1")
    assert servers.statuses("PATCH", "/Users/id-1", patch(replace("title", "x"))) == (200, 200)


def test_patch_op_order(pair: Make) -> None:
    servers = pair("patch-op-order")
    servers.both("POST", "/Users", user())

    for first, second in ((replace("title", "A"), replace("title", "B")), (okta(title="A"), okta(title="B"))):
        right, wrong = servers.both("PATCH", "/Users/id-1", patch(first, second))
        assert (right["title"], wrong["title"]) == ("B", "A")
    right, wrong = servers.both("PATCH", "/Users/id-1", patch(okta(title="C")))
    assert wrong["title"] == "C"


def test_patch_replace_without_value(pair: Make) -> None:
    servers = pair("patch-replace-without-value")
    servers.both("POST", "/Users", user(title="Countess"))

    assert servers.statuses("PATCH", "/Users/id-1", patch({"op": "replace", "path": "title"})) == (400, 200)
    assert "title" not in servers.wrong.get("/Users/id-1")
    assert servers.statuses("PATCH", "/Users/id-1", patch({"op": "add", "path": "title"})) == (400, 400)


def test_patch_boolean_string_misread(pair: Make) -> None:
    servers = pair("patch-boolean-string-misread")
    servers.both("POST", "/Users", user(active=False))

    for operation in (replace("active", "False"), okta(active="false")):
        assert servers.statuses("PATCH", "/Users/id-1", patch(operation)) == (400, 200)
        assert servers.wrong.get("/Users/id-1")["active"] is True
        right, wrong = servers.both("PATCH", "/Users/id-1", patch(replace("active", False)))
        assert (right["active"], wrong["active"]) == (False, False)


def test_patch_echoes_request_schema(pair: Make) -> None:
    servers = pair("patch-echoes-request-schema")
    servers.both("POST", "/Users", user())
    servers.both("POST", "/Groups", group())

    body = patch(add_members("id-1"))
    right, wrong = servers.both("PATCH", "/Groups/id-2", body)
    assert (right["schemas"], wrong) == ([urns.GROUP], body)
    right, wrong = servers.both("GET", "/Groups/id-2")
    assert wrong == right
    right, wrong = servers.both("PATCH", "/Users/id-1", patch(okta(title="x")))
    assert wrong == right


def test_patch_204_with_attributes(pair: Make) -> None:
    servers = pair("patch-204-with-attributes")
    servers.both("POST", "/Users", user())

    assert servers.statuses("PATCH", "/Users/id-1?attributes=userName", patch(okta(title="x"))) == (200, 204)
    assert (servers.wrong.last.body, servers.wrong.last.headers.get("ETag")) == (b"", 'W/"2"')
    assert servers.wrong.get("/Users/id-1")["title"] == "x"
    assert servers.statuses("PATCH", "/Users/id-1", patch(okta(title="y"))) == (200, 200)
