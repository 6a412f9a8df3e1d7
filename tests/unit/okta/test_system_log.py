"""The System Log of the mock's org: which events an action writes, and what they look like."""

from datetime import UTC, datetime
from typing import Any

import pytest

from scimctl.exchange import Answer, FaultKind, TransportFault
from scimctl.okta import actions, push_actions
from scimctl.okta.actions import Org
from scimctl.okta.app import AppKind, Features
from scimctl.okta.directory import OktaUser
from scimctl.okta.importing import Imported, run_import
from scimctl.okta.org_documents import documents
from scimctl.okta.outcome import Flow
from scimctl.okta.system_log import SystemLog
from tests.unit.okta.grouped import group_org, person, stored_group
from tests.unit.okta.scripted import LIST, answer, found, org, refused, stored, tell, timed_out

ADD = ("application.user_membership.add", "SUCCESS", None)
REMOVE = ("application.user_membership.remove", "SUCCESS", None)
PUSH = "application.provision.user.push"
SYNC = "application.provision.user.sync"
PROFILE = "application.provision.user.push_profile"


def events(world: Org) -> list[tuple[str, str, str | None]]:
    """Type, result and reason of each event."""
    told: list[Any] = world.log.events
    return [(event["eventType"], event["outcome"]["result"], event["outcome"]["reason"]) for event in told]


def after(world: Org, flow: Flow, *answers: Answer) -> list[tuple[str, str, str | None]]:
    """The events that one action writes."""
    before = len(world.log.events)
    tell(flow, answers)
    return events(world)[before:]


def assigned(kind: AppKind = AppKind.OIN, features: Features | None = None) -> tuple[Org, OktaUser]:
    """An org whose user has the app and an account in it."""
    world, user = org(kind, features=features)
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    return world, user


def test_an_event_is_in_the_form_of_the_system_log_api() -> None:
    world, user = org()
    world.log = SystemLog("golden", now=lambda: datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC))
    tell(actions.assign(world, user), [found(), refused(409, "userName is taken")])

    event: Any = world.log.events[-1]
    assert list(event) == [
        "actor",
        "client",
        "device",
        "authenticationContext",
        "displayMessage",
        "eventType",
        "outcome",
        "published",
        "securityContext",
        "severity",
        "debugContext",
        "legacyEventType",
        "transaction",
        "uuid",
        "version",
        "request",
        "target",
    ]
    assert (event["displayMessage"], event["eventType"]) == ("Sync user in external application", SYNC)
    assert event["legacyEventType"] == "app.user_management.provision_user_failed"
    assert event["severity"] == "ERROR"
    assert event["published"] == "2026-03-01T12:00:00.252Z"
    assert event["transaction"]["type"] == "JOB"
    assert event["transaction"]["id"].startswith("puj")
    assert event["debugContext"] == {"debugData": {"appname": "scim2headerauth"}}
    assert [(target["type"], target["id"][:3], target["alternateId"]) for target in event["target"]] == [
        ("AppUser", "0ua", "test.user@okta.local"),
        ("AppInstance", "0oa", "My App"),
        ("User", "00u", "test.user@okta.local"),
    ]


def test_a_create() -> None:
    world, user = org()
    told = after(world, actions.assign(world, user), found(), answer(201, stored()))
    assert told == [ADD, (PUSH, "SUCCESS", None), (SYNC, "SUCCESS", None)]


def test_a_link_with_reactivation() -> None:
    world, user = org()
    verify = ("application.provision.user.verify_exists", "SUCCESS", None)
    reactivate = ("application.provision.user.reactivate", "SUCCESS", None)
    told = after(
        world,
        actions.assign(world, user),
        found(stored(active=False)),
        answer(204),
        answer(200, stored()),
        answer(200, stored()),
    )
    assert told == [ADD, verify, reactivate, (PROFILE, "SUCCESS", None), (SYNC, "SUCCESS", None)]


def test_a_create_that_is_refused() -> None:
    world, user = org()
    told = after(world, actions.assign(world, user), found(), refused(403, "no seat left"))
    reason = "Forbidden. Errors reported by remote server: no seat left"
    assert told == [
        ADD,
        (PUSH, "FAILURE", reason),
        (
            SYNC,
            "FAILURE",
            "Automatic provisioning of user test.user@okta.local to app My App failed: "
            f"Error while creating user Test User: {reason}",
        ),
    ]


def test_a_lookup_with_numbers_that_are_texts_ends_without_a_word() -> None:
    world, user = org()
    page = answer(200, {"schemas": [LIST], "totalResults": 0, "startIndex": "1", "Resources": []})
    assert after(world, actions.assign(world, user), page) == [ADD, (SYNC, "FAILURE", None)]


@pytest.mark.parametrize(
    ("reply", "kind", "severity"),
    [
        (refused(401, "expired"), "application.integration.authentication_failure", "ERROR"),
        (refused(429, "slow down"), "application.integration.rate_limit_exceeded", "WARN"),
        (TransportFault(FaultKind.RATE_LIMIT, "gave up", 1.0), "application.integration.rate_limit_exceeded", "WARN"),
        (timed_out(), "application.integration.general_failure", "ERROR"),
    ],
)
def test_what_is_about_the_connection_is_logged_of_the_app(reply: Answer, kind: str, severity: str) -> None:
    world, user = org()
    tell(actions.assign(world, user), [reply])
    event: Any = world.log.events[1]
    assert (event["eventType"], event["severity"]) == (kind, severity)
    assert [target["type"] for target in event["target"]] == ["AppInstance"]
    assert [name for name, _, _ in events(world)[2:]] == ["application.provision.user.verify_exists", SYNC]


def test_a_user_who_has_no_match_while_creating_is_off() -> None:
    world, user = org(features=Features(create=False))
    told = after(world, actions.assign(world, user), found())
    text = "Automatic provisioning of user test.user@okta.local to app My App failed: Matching user not found."
    assert told == [ADD, (SYNC, "FAILURE", text)]


def test_a_change_and_a_push_that_fails() -> None:
    world, user = assigned()
    changed = ("user.account.update_profile", "SUCCESS", None)
    told = after(world, actions.update_user(world, user, {"title": "Boss"}), answer(404))
    reason = "No user returned for user 23a35c27-23d3-4c03-b4c5-6443c09e7173"
    assert told[:2] == [changed, (PROFILE, "FAILURE", reason)]
    assert told[2][:2] == (SYNC, "FAILURE")


def test_a_deactivation_and_what_follows_a_refusal() -> None:
    world, user = assigned(AppKind.AIW)
    told = after(world, actions.unassign(world, user), answer(200, stored()), refused(501, "no PUT"))
    deactivate = "application.provision.user.deactivate"
    assert told[:2] == [REMOVE, (deactivate, "FAILURE", "Not Implemented. Errors reported by remote server: no PUT")]
    assert told[2][:2] == (SYNC, "FAILURE")

    world, user = assigned()
    told = after(world, actions.deactivate_user(world, user), answer(204))
    assert told == [("user.lifecycle.deactivate", "SUCCESS", None), REMOVE, (deactivate, "SUCCESS", None)]


def test_what_sends_nothing_leaves_the_clicks_alone() -> None:
    world, user = assigned(features=Features(deactivate=False))
    assert after(world, actions.suspend(world, user)) == [("user.lifecycle.suspend", "SUCCESS", None)]
    assert after(world, actions.unsuspend(world, user)) == [("user.lifecycle.unsuspend", "SUCCESS", None)]
    actions.switch_features(world, {"update": False})
    assert events(world)[-1] == ("application.lifecycle.update", "SUCCESS", None)
    assert after(world, actions.unassign(world, user)) == [REMOVE]


def test_the_push_of_a_group_and_one_that_fails() -> None:
    world, group = group_org()
    push = "application.provision.group_push."
    told = after(world, push_actions.push_groups(world, [group]), answer(201, stored_group()), answer(204))
    assert told == [(f"{push}mapping.created", "SUCCESS", None), (f"{push}pushed", "SUCCESS", None)]

    ada = person(world, "ada@example.com", "1")
    told = after(
        world,
        actions.add_member(world, group, ada),
        refused(404, "User not found"),
        answer(200, stored_group()),
    )
    reason = "Not Found. Errors reported by remote server: User not found"
    assert told == [
        ("group.user_membership.add", "SUCCESS", None),
        ("application.provision.group_membership.update", "FAILURE", reason),
        (
            f"{push}mapping.update.or.delete.failed.with.error",
            "FAILURE",
            "Unable to update Group Push mapping target App group Test SCIMv2: "
            f"Error while updating user group membership for group Test SCIMv2 {reason}",
        ),
    ]


def test_an_import_and_the_safeguard() -> None:
    world, _ = org()

    def imported(*ids: str) -> list[tuple[str, str, str | None]]:
        people = [{"id": identifier, "userName": identifier, "active": True} for identifier in ids]
        return after(world, world.journal.import_job(run_import(world.app, Imported.USERS)), found(*people))

    start = ("system.import.start", "SUCCESS", None)
    assert [kind for kind, _, _ in imported("1", "2")] == ["system.import.start", "system.import.complete"]
    held = imported("1")
    assert held == [
        start,
        (
            "system.import.roadblock",
            "FAILURE",
            "Import from app My App stopped by the import safeguard: 1 of 2 would be removed",
        ),
    ]


def test_no_two_events_have_one_time_and_the_ids_are_those_of_the_log() -> None:
    told = []
    for _ in range(2):
        world, user = org()
        world.log = SystemLog("one", now=lambda: datetime(2026, 3, 1, tzinfo=UTC))
        tell(actions.assign(world, user), [found(), answer(201, stored())])
        told.append(world.log.events)
    first: list[Any] = told[0]
    assert told[0] == told[1]
    assert len({event["published"] for event in first}) == len(first)


def test_a_long_reason_is_cut_as_okta_cuts_it() -> None:
    world, user = org()
    told = after(world, actions.assign(world, user), found(), refused(400, "x" * 500))
    assert [len(reason or "") for _, _, reason in told] == [0, 255, 255]


def test_the_documents_of_the_management_api_follow_the_org() -> None:
    world, user = assigned()
    told: Any = documents(world, user, "https://app.example/scim/v2")
    assert told["app"]["features"][:4] == [
        "PUSH_NEW_USERS",
        "PUSH_PROFILE_UPDATES",
        "PUSH_USER_DEACTIVATION",
        "REACTIVATE_USERS",
    ]
    assert told["app"]["settings"]["app"]["baseUrl"] == "https://app.example/scim/v2"
    mine = told["app-users"][0]
    assert (mine["id"], mine["externalId"]) == (user.id, "23a35c27-23d3-4c03-b4c5-6443c09e7173")
    assert (mine["scope"], mine["status"], mine["syncState"]) == ("USER", "PROVISIONED", "SYNCHRONIZED")
    assert mine["created"] == next(event["published"] for event in told["logs"])
    named = told["app-schema"]["definitions"]["custom"]["properties"]
    assert named["email"]["externalName"] == "emails.^[primary==true].value"
    assert told["user"]["profile"]["login"] == "test.user@okta.local"
    assert told["user"]["status"] == "ACTIVE"

    tell(actions.update_user(world, user, {"title": "Boss"}), [refused(500)])
    failing: Any = documents(world, user, "https://app.example/scim/v2")["app-users"]
    assert failing[0]["syncState"] == "ERROR"
    tell(actions.unassign(world, user), [answer(204)])
    assert documents(world, user, "")["app-users"] == []


def test_a_failed_push_is_told_of_in_the_mapping() -> None:
    world, group = group_org()
    tell(push_actions.push_groups(world, [group]), [refused(403, "no groups")])
    told: Any = documents(world, None, "")["group-push-mappings"]
    assert [(mapping["status"], mapping["sourceGroupId"]) for mapping in told] == [("ERROR", group.id)]
    assert told[0]["errorSummary"].startswith("Unable to update Group Push mapping target App group Test SCIMv2: ")
