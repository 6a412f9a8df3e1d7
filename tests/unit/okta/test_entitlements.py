"""Roles and entitlements: what Okta reads to find them, what it needs of each answer, and what a user is given."""

from typing import Any

import pytest

from scimctl.engine.discovery import Announced
from scimctl.exchange import Answer
from scimctl.finding import Verdict
from scimctl.okta import actions
from scimctl.okta.actions import Org
from scimctl.okta.app import AppKind, Features
from scimctl.okta.directory import OktaUser
from scimctl.okta.entitlements import Grant, discover
from scimctl.okta.outcome import ActionOutcome, Purpose
from tests.playing import play, reference
from tests.unit.okta.scripted import LIST, answer, found, org, refused, stored, tell

ID = "23a35c27-23d3-4c03-b4c5-6443c09e7173"
ROLE = "urn:okta:scim:schemas:core:1.0:Role"
ENTITLEMENT = "urn:okta:scim:schemas:core:1.0:Entitlement"
USERS = {"name": "User", "endpoint": "/Users", "schema": "urn:ietf:params:scim:schemas:core:2.0:User"}
ROLES = {"name": "Role", "endpoint": "/Roles", "schema": ROLE}
LICENSES = {"name": "License", "endpoint": "/Licenses", "schema": ENTITLEMENT}
FIRST_ROLE = {"schemas": [ROLE], "id": "role-1", "displayName": "First Role"}
FIRST_LICENSE = {"schemas": [ENTITLEMENT], "id": "lic-1", "displayName": "Full", "type": "License"}


def page(*entries: dict[str, Any], **changes: Any) -> Answer:
    numbers = {"totalResults": len(entries), "startIndex": 1, "itemsPerPage": len(entries)}
    return answer(200, {"schemas": [LIST], **numbers, "Resources": list(entries), **changes})


SCHEMAS = page({"id": "urn:example:custom"})


def discovered(kind: AppKind) -> tuple[Org, OktaUser]:
    world, user = org(kind)
    told = tell(discover(world.app), [page(USERS, ROLES, LICENSES), SCHEMAS, page(FIRST_ROLE), page(FIRST_LICENSE)])
    assert told.result.outcome is ActionOutcome.SUCCESS
    return world, user


def test_the_requests_of_a_discovery() -> None:
    world, _ = org()
    answers = [page(USERS, ROLES, LICENSES), SCHEMAS, page(FIRST_ROLE), page(FIRST_LICENSE)]
    assert tell(discover(world.app), answers).lines == [
        "GET /ResourceTypes",
        "GET /Schemas",
        "GET /Roles?count=1&startIndex=1",
        "GET /Licenses?count=1&startIndex=1",
    ]
    assert world.app.offers == {
        "roles": {"value": "role-1", "display": "First Role"},
        "entitlements": {"value": "lic-1", "display": "Full", "type": "License"},
    }


@pytest.mark.parametrize(
    ("answers", "at", "actual"),
    [
        ([refused(404)], "", "404 Not Found"),
        ([page()], "/Resources", "200 with"),
        ([page(ROLES), refused(500)], "", "500 Internal Server Error"),
        ([page(USERS), SCHEMAS], "/Resources", "none"),
        ([page({**ROLES, "endpoint": "https://elsewhere.example/Roles"}), SCHEMAS], "/Resources/0", '"Role", "https'),
        ([page(ROLES), SCHEMAS, page()], "/Resources", "200 with"),
        ([page(ROLES), SCHEMAS, page(FIRST_ROLE, itemsPerPage="1")], "/itemsPerPage", '"1"'),
        ([page(ROLES), SCHEMAS, page(FIRST_ROLE, itemsPerPage=100)], "/itemsPerPage", "100"),
        ([page(ROLES), SCHEMAS, page({"displayName": "R"})], "/Resources/0", '{"displayName"'),
        ([page(LICENSES), SCHEMAS, page({**FIRST_LICENSE, "type": "Role"})], "/Resources/0/type", '"Role"'),
    ],
    ids=["404", "empty", "schemas", "no-type", "elsewhere", "no-roles", "text", "page", "no-id", "type"],
)
def test_what_a_discovery_needs(answers: list[Answer], at: str, actual: str) -> None:
    world, _ = org()
    told = tell(discover(world.app), answers)
    assert told.result.outcome is ActionOutcome.FAILURE
    assert told.result.reason.startswith("Discovery of roles and entitlements of app My App failed: ")
    refusal = told.result.refusal
    assert refusal is not None
    assert (refusal.purpose, refusal.at) == (Purpose.DISCOVER, at)
    assert refusal.actual.startswith(actual)


@pytest.mark.parametrize("kind", AppKind)
def test_a_grant_is_a_profile_push_with_all_that_okta_gave(kind: AppKind) -> None:
    world, user = discovered(kind)
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    other = stored(roles=[{"value": "role-9"}])
    told = tell(actions.give(world, user, Grant.ROLE), [answer(200, other), answer(200, stored())])
    assert told.lines == [f"GET /Users/{ID}", f"PUT /Users/{ID}"]
    assert told.body(1)["roles"] == [{"value": "role-1", "display": "First Role"}]
    assert "entitlements" not in told.body(1)
    told = tell(actions.give(world, user, Grant.ENTITLEMENT), [answer(200, stored()), answer(200, stored())])
    assert told.body(1)["entitlements"] == [{"value": "lic-1", "display": "Full", "type": "License"}]
    assert told.body(1)["roles"] == [{"value": "role-1", "display": "First Role"}]
    told = tell(actions.take(world, user, Grant.ROLE), [answer(200, stored()), answer(200, stored())])
    assert told.body(1)["roles"] == []


def test_nothing_is_sent_without_a_discovery_or_a_grant() -> None:
    world, user = org()
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    assert tell(actions.give(world, user, Grant.ROLE), []).result.reason.startswith("Okta knows of no role")
    assert tell(actions.take(world, user, Grant.ROLE), []).result.reason.startswith("Okta gave the user no role")


def test_who_lost_the_app_is_given_nothing() -> None:
    world, user = discovered(AppKind.OIN)
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    tell(actions.unassign(world, user), [answer(204)])
    assert "not assigned" in tell(actions.give(world, user, Grant.ROLE), []).result.reason
    assert "not assigned" in tell(actions.take(world, user, Grant.ROLE), []).result.reason
    assert world.app.users[user.id].granted == {}


@pytest.mark.parametrize("kind", AppKind)
def test_the_stale_active_race(kind: AppKind) -> None:
    inactive = stored(active=False)
    world, user = org(kind, stale_active_race="true")
    later = 3 if kind is AppKind.OIN else 4
    told = tell(actions.assign(world, user), [found(inactive), *(answer(200, inactive) for _ in range(later))])
    activation, push = (1, 3) if kind is AppKind.OIN else (2, 4)
    sent = told.body(activation)
    assert (sent["Operations"][0]["value"] if kind is AppKind.OIN else sent)["active"] is True
    assert told.body(push)["active"] is False
    # Without the race a push repeats what was read, and an active account is never pushed as inactive.
    world, user = org(kind, stale_active_race="true")
    told = tell(actions.assign(world, user), [found(stored()), answer(200, stored()), answer(200, stored())])
    assert told.body(2)["active"] is True


@pytest.mark.parametrize("kind", AppKind)
def test_granular_deprovisioning_deletes_after_the_deactivation(kind: AppKind) -> None:
    world, user = org(kind, granular_deprovisioning="true")
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    before = [answer(204)] if kind is AppKind.OIN else [answer(200, stored()), answer(200, stored())]
    told = tell(actions.unassign(world, user), [*before, answer(204)])
    assert told.lines[-1] == f"DELETE /Users/{ID}"
    assert told.requests[-1].headers.get("Content-Type") == "application/scim+json; charset=utf-8"
    assert world.app.users[user.id].scim_id is None
    world, user = org(kind)
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    assert "DELETE" not in str(tell(actions.unassign(world, user), before).lines)


def test_a_refused_delete_keeps_the_id() -> None:
    world, user = org(granular_deprovisioning="true", features=Features())
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    told = tell(actions.unassign(world, user), [answer(204), refused(501, "no DELETE")])
    words = (
        "Error while trying to delete user test.user@okta.local: Not Implemented. Errors reported by remote server: "
    )
    assert told.result.reason.endswith(words + "no DELETE")
    assert world.app.users[user.id].scim_id == ID


def test_a_server_without_delete_is_only_noted() -> None:
    server = reference()
    played = play(lambda r: refused(501) if r.method == "DELETE" else server(r), ("okta.deprovisioning.granular[oin]",))
    assert played.verdicts == {"okta.deprovisioning.granular[oin]": Verdict.NOTED}


def test_a_schema_that_a_resource_type_names_is_announced() -> None:
    assert Announced(schemas=({"id": "urn:a"},), resource_types=({"schema": ROLE},)).denial(f"schema:{ROLE}") is None
    assert Announced(schemas=({"id": ROLE},)).denial(f"schema:{ROLE}") is None
    denial = Announced(schemas=({"id": "urn:a"},), resource_types=({"schema": "urn:a"},)).denial(f"schema:{ROLE}")
    assert denial == f"/Schemas does not list {ROLE}"
    # Few apps have entitlements: a server that says nothing of itself does not offer them.
    assert Announced().denial(f"schema:{ROLE}") == denial
    assert Announced().denial("schema:urn:a") is None
