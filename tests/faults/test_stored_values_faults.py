"""Each fault of what is accepted and stored: what the broken server keeps, and what the other one does."""

from collections.abc import Callable

import pytest

from scimctl.scim import urns
from tests.faults.bodies import add_members, group, member_ids, okta, patch, user
from tests.faults.pairs import Pair

Make = Callable[..., Pair]

WORK = {"value": "ada@scimctl.example", "type": "work", "primary": True}
HOME = {"value": "ada@home.example", "type": "home", "primary": False}


def test_boolean_false_stored_as_true(pair: Make) -> None:
    servers = pair("boolean-false-stored-as-true")

    right, wrong = servers.both("POST", "/Users", user(active=False, emails=[WORK, HOME]))
    assert (right["active"], wrong["active"]) == (False, True)
    assert [email["primary"] for email in right["emails"]] == [True, False]
    assert [email["primary"] for email in wrong["emails"]] == [True, True]
    assert servers.wrong.last.headers.get("Location") == "https://reference.invalid/scim/v2/Users/id-1"
    assert servers.wrong.get("/Users/id-1")["active"] is True
    right, wrong = servers.both("PUT", "/Users/id-1", user(active=False))
    assert (right["active"], wrong["active"]) == (False, True)
    right, wrong = servers.both("PATCH", "/Users/id-1", patch(okta(active=False)))
    assert (right["active"], wrong["active"]) == (False, False)


def test_groups_attribute_writable(pair: Make) -> None:
    servers = pair("groups-attribute-writable")
    servers.both("POST", "/Groups", group("Administrators"))

    right, wrong = servers.both("POST", "/Users", user(groups=[{"value": "id-1"}, {"value": "no/body"}, 7]))
    assert ("groups" in right, [entry["value"] for entry in wrong["groups"]]) == (False, ["id-1"])
    assert "members" not in servers.right.get("/Groups/id-1")
    assert member_ids(servers.wrong.get("/Groups/id-1")) == ["id-2"]
    assert "groups" not in servers.wrong.ok("POST", "/Users", user("grace"))


def test_body_attrname_case_sensitive(pair: Make) -> None:
    servers = pair("body-attrname-case-sensitive")

    assert servers.statuses("POST", "/Users", {"schemas": [urns.USER], "UserName": "ada"}) == (201, 400)
    enterprise = {urns.ENTERPRISE_USER: {"Department": "Looms", "costCenter": "7"}}
    body = user("grace", Title="Admiral", name={"GivenName": "Grace", "familyName": "Hopper"}, **enterprise)
    emails = [{"Value": "grace@scimctl.example", "type": "work"}]
    servers.right.ok("POST", "/Users", {**body, "emails": emails})
    wrong = servers.wrong.ok("POST", "/Users", {**body, "emails": emails})
    assert ("title" in wrong, wrong["name"]) == (False, {"familyName": "Hopper"})
    assert wrong[urns.ENTERPRISE_USER] == {"costCenter": "7"}
    assert wrong["emails"] == [{"type": "work"}]
    assert servers.right.get("/Users/id-2")["title"] == "Admiral"
    right, wrong = servers.both("POST", "/Groups", {**group(), "DisplayName": "Looms"})
    assert (right["displayName"], wrong["displayName"]) == ("Looms", "Engines")


def test_last_modified_not_updated(pair: Make) -> None:
    servers = pair("lastModified-not-updated")
    servers.both("POST", "/Users", user())
    servers.both("POST", "/Groups", group())

    right, wrong = servers.both("PATCH", "/Groups/id-2", patch(add_members("id-1")))
    assert (right["meta"]["created"], right["meta"]["lastModified"]) == (
        "2026-01-02T03:04:06.000Z",
        "2026-01-02T03:04:07.000Z",
    )
    assert wrong["meta"]["lastModified"] == wrong["meta"]["created"] == right["meta"]["created"]
    assert wrong["meta"]["version"] == right["meta"]["version"] == 'W/"2"'
    newer = "/Groups?filter=meta.lastModified%20gt%20%222026-01-02T03:04:06.500Z%22"
    right, wrong = servers.both("GET", newer)
    assert (right["totalResults"], wrong["totalResults"]) == (1, 0)
    right, wrong = servers.both("PATCH", "/Users/id-1", patch(okta(title="x")))
    assert wrong == right


@pytest.mark.parametrize(
    "values", [{"externalId": None}, {"emails": None}, {urns.ENTERPRISE_USER: None}, {"name": {"givenName": None}}]
)
def test_null_rejected(pair: Make, values: dict[str, object]) -> None:
    servers = pair("null-rejected")
    servers.both("POST", "/Users", user("grace"))

    assert servers.statuses("POST", "/Users", user(**values)) == (201, 400)
    assert servers.statuses("PUT", "/Users/id-1", user("grace", **values)) == (200, 400)
    assert servers.statuses("PUT", "/Users/id-1", user("grace", emails=[])) == (200, 200)
    assert servers.statuses("PUT", "/Users/nobody", user(**values)) == (404, 404)


def test_primary_flag_lost(pair: Make) -> None:
    servers = pair("primary-flag-lost")

    right, wrong = servers.both("POST", "/Users", user(emails=[WORK, HOME]))
    assert right["emails"] == [WORK, HOME]
    assert wrong["emails"] == [{"value": each["value"], "type": each["type"]} for each in (WORK, HOME)]
    found = "/Users?filter=emails%5Bprimary%20eq%20true%5D"
    right, wrong = servers.both("GET", found)
    assert (right["totalResults"], wrong["totalResults"]) == (1, 0)
    for request in (("PUT", user(emails=[WORK])), ("PATCH", patch(okta(emails=[WORK])))):
        right, wrong = servers.both(request[0], "/Users/id-1", request[1])
        assert wrong["emails"] == [{"value": WORK["value"], "type": "work"}]
        assert wrong["meta"]["version"] == servers.wrong.last.headers.get("ETag")


def test_required_empty_string(pair: Make) -> None:
    servers = pair("required-empty-string")

    for target, body in (("/Users", user("")), ("/Users", user("")), ("/Groups", group("  "))):
        assert servers.statuses("POST", target, body) == (400, 201)
    assert servers.wrong.get("/Users/id-1")["userName"] == ""
    assert servers.wrong.get("/Groups/id-3")["displayName"] == "  "
    assert servers.statuses("POST", "/Users", user("", active="x")) == (400, 400)
    assert servers.statuses("POST", "/Users", {"schemas": [urns.USER]}) == (400, 400)


def test_response_null_members(pair: Make) -> None:
    servers = pair("response-null-members")
    servers.both("POST", "/Users", user(emails=[WORK], name={"givenName": "Ada"}))
    servers.both("POST", "/Users", user("grace"))
    right, wrong = servers.both("GET", "/Users/id-1")
    assert wrong == right

    servers.both("PATCH", "/Users/id-1", patch(okta(title="Countess")))
    right, wrong = servers.both("GET", "/Users/id-1")
    assert wrong["emails"] == [{"value": WORK["value"], "display": None, "type": "work", "primary": True}]
    assert (wrong["name"]["givenName"], wrong["name"]["familyName"]) == ("Ada", None)
    assert servers.statuses("PATCH", "/Users/id-1", patch(okta(active=False))) == (200, 400)
    assert servers.statuses("PUT", "/Users/id-1", user()) == (200, 400)
    for _ in range(2):
        assert servers.statuses("PATCH", "/Users/id-2", patch(okta(title="Admiral"))) == (200, 200)
