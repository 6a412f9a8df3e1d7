"""The jobs of one user: what is sent, how it ends, what the admin reads, and what Okta remembers."""

from typing import Any

import pytest

from scimctl.exchange import Answer
from scimctl.okta import actions
from scimctl.okta.app import AppKind, Features
from scimctl.okta.directory import UserStatus
from scimctl.okta.outcome import ActionOutcome, Purpose
from tests.unit.okta.scripted import answer, found, org, refused, stored, tell, timed_out

ID = "23a35c27-23d3-4c03-b4c5-6443c09e7173"
PREFIX = "Automatic provisioning of user test.user@okta.local to app My App failed: "


def test_a_new_user_is_looked_up_and_created() -> None:
    world, user = org()
    told = tell(actions.assign(world, user), [found(), answer(201, stored())])
    assert told.result.outcome is ActionOutcome.SUCCESS
    assert world.app.users[user.id].scim_id == ID


def test_404_is_not_found() -> None:
    world, user = org()
    told = tell(actions.assign(world, user), [refused(404, "none"), answer(201, stored())])
    assert told.lines[1] == "POST /Users"


@pytest.mark.parametrize(
    ("answers", "text", "purpose"),
    [
        (
            [refused(401, "Invalid SCIM token, please check your configuration")],
            "Error while verifying if user test.user@okta.local exists: Unauthorized. "
            "Errors reported by remote server: Invalid SCIM token, please check your configuration",
            Purpose.LOOKUP,
        ),
        (
            [found(), answer(201)],
            "Error while creating user Test User: Create new user returned empty user.",
            Purpose.CREATE,
        ),
        (
            [found(), refused(409, "User already exists in the database.")],
            "Error while creating user Test User: Conflict. Errors reported by remote server: "
            "User already exists in the database.",
            Purpose.CREATE,
        ),
        (
            [found(stored()), refused(404)],
            f"Error while trying to push profile update for test.user@okta.local: No user returned for user {ID}",
            Purpose.READ,
        ),
        (
            [found(stored()), answer(200, stored()), refused(400, "Bad Request. Invalid parameter")],
            "Error while trying to push profile update for test.user@okta.local: Bad Request. "
            "Errors reported by remote server: Bad Request. Invalid parameter",
            Purpose.UPDATE,
        ),
        (
            [timed_out()],
            "Error while verifying if user test.user@okta.local exists: Read timed out",
            Purpose.LOOKUP,
        ),
    ],
    ids=["lookup-401", "create-empty", "create-409", "link-gone", "push-400", "timeout"],
)
def test_a_failed_assignment_tells_the_admin_and_stores_no_id(
    answers: list[Answer], text: str, purpose: Purpose
) -> None:
    world, user = org()
    told = tell(actions.assign(world, user), answers)
    assert told.result.outcome is ActionOutcome.FAILURE
    assert told.result.reason == PREFIX + text
    assert told.result.refusal is not None
    assert told.result.refusal.purpose is purpose
    assert world.app.users[user.id].scim_id is None
    # No id, no deactivation: this is how access is left behind.
    left = tell(actions.unassign(world, user), [])
    assert left.result.outcome is ActionOutcome.SKIPPED


def test_paging_numbers_that_are_strings_end_the_job() -> None:
    world, user = org()
    page = {"totalResults": 0, "startIndex": "1", "itemsPerPage": 0, "Resources": []}
    told = tell(actions.assign(world, user), [answer(200, page)])
    assert len(told.requests) == 1
    assert told.result.refusal is not None
    assert (told.result.refusal.at, told.result.refusal.actual) == ("/startIndex", '"1"')


def test_two_matches_end_the_job() -> None:
    told = tell(actions.assign(*org()), [found(stored(), stored(id="2"))])
    assert told.result.outcome is ActionOutcome.FAILURE
    assert "matched 2 users" in told.result.reason


def test_a_lookup_that_answers_with_somebody_else_is_not_followed() -> None:
    boss = stored(id="1", userName="boss@example.com", emails=[])
    told = tell(actions.assign(*org()), [found(boss)])
    assert len(told.requests) == 1
    assert told.result.outcome is ActionOutcome.FAILURE
    assert "boss@example.com" in told.result.reason


def test_names_in_lower_case_are_read() -> None:
    page: dict[str, Any] = {"totalresults": 0, "startindex": 1, "itemsperpage": 0, "resources": []}
    told = tell(actions.assign(*org()), [answer(200, page), answer(201, stored())])
    assert told.result.outcome is ActionOutcome.SUCCESS


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (AppKind.OIN, ["GET /Users", f"PATCH /Users/{ID}", f"GET /Users/{ID}", f"PUT /Users/{ID}"]),
        (AppKind.AIW, ["GET /Users", *[f"GET /Users/{ID}", f"PUT /Users/{ID}"] * 2]),
        (AppKind.OIN_NO_PATCH, ["GET /Users", *[f"GET /Users/{ID}", f"PUT /Users/{ID}"] * 2]),
    ],
)
def test_an_inactive_account_is_reactivated_and_brought_up_to_date(kind: AppKind, expected: list[str]) -> None:
    world, user = org(kind)
    later = [answer(200, stored(active=False)) for _ in expected[1:]]
    told = tell(actions.assign(world, user), [found(stored(active=False)), *later])
    assert [line.partition("?")[0] for line in told.lines] == expected
    assert told.result.outcome is ActionOutcome.SUCCESS


def test_no_patch_fallback() -> None:
    world, user = org()
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    told = tell(actions.unassign(world, user), [refused(501, "no PATCH")])
    assert len(told.requests) == 1
    assert told.result.outcome is ActionOutcome.FAILURE
    assert told.result.reason.startswith("Automatic deprovisioning of user Test User to app My App failed: ")


def test_create_off_looks_up_and_stops() -> None:
    told = tell(actions.assign(*org(features=Features(create=False))), [found()])
    assert told.result.reason == PREFIX + "Matching user not found."


def test_deactivate_off_neither_deactivates_nor_reactivates() -> None:
    world, user = org(features=Features(deactivate=False))
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    assert tell(actions.unassign(world, user), []).result.outcome is ActionOutcome.SKIPPED
    told = tell(actions.assign(world, user), [found(stored(active=False))])
    assert told.result.reason == PREFIX + "User account is inactive."


def test_update_off_sends_nothing_and_skips_the_push_of_a_link() -> None:
    world, user = org(features=Features(update=False))
    assert len(tell(actions.assign(world, user), [found(stored())]).requests) == 1
    told = tell(actions.update_user(world, user, {"title": "Engineer"}), [])
    assert told.result.outcome is ActionOutcome.SKIPPED


def test_a_non_json_error_shows_the_parsers_words() -> None:
    plain = answer(400)
    told = tell(actions.assign(*org()), [found(), type(plain)(400, plain.headers, b"Unsupported media")])
    expected = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
    assert f"Unrecognized token 'Unsupported': was expecting {expected} at line: 1, column: 12" in told.result.reason


@pytest.mark.parametrize("status", [UserStatus.STAGED, UserStatus.DEPROVISIONED])
def test_who_is_not_active_in_okta_is_not_provisioned(status: UserStatus) -> None:
    world, user = org()
    user.status = status
    assert tell(actions.assign(world, user), []).result.outcome is ActionOutcome.SKIPPED


@pytest.mark.parametrize(
    ("empty_as", "expected"), [("empty_string", {"title": ""}), ("null", {"title": None}), ("omit", {})]
)
def test_a_blanked_attribute_in_a_put(empty_as: str, expected: dict[str, Any]) -> None:
    world, user = org(empty_as=empty_as)
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    told = tell(
        actions.update_user(world, user, {"title": ""}), [answer(200, stored(title="Boss")), answer(200, stored())]
    )
    assert {name: value for name, value in told.body(1).items() if name == "title"} == expected


def test_a_blanked_phone_number_takes_only_okta_s_element_out() -> None:
    home = {"value": "+1", "type": "home"}
    world, user = org()
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    numbers = [home, {"value": "+2", "type": "work", "primary": True}]
    told = tell(
        actions.update_user(world, user, {"primaryPhone": ""}),
        [answer(200, stored(phoneNumbers=numbers)), answer(200, stored())],
    )
    assert told.body(1)["phoneNumbers"] == [home]


def test_what_a_put_keeps() -> None:
    extra = {"nickName": "T", "urn:example:custom": {"a": 1}, "meta": {"version": "v1"}}
    world, user = org()
    told = tell(actions.assign(world, user), [found(stored()), answer(200, stored(**extra)), answer(200, stored())])
    assert {name: told.body(2)[name] for name in extra} == extra


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("userType", {"userType": "External"}),
        ("urn:example:2.0:User:licence", {"urn:example:2.0:User": {"licence": "External"}}),
        ("roles.^[primary==true].value", {"roles": [{"primary": True, "value": "External"}]}),
        ("roles.^[type=='base'].value", {"roles": [{"type": "base", "value": "External"}]}),
    ],
)
def test_where_the_user_type_lies(place: str, expected: dict[str, Any]) -> None:
    profile = {
        "login": "a@b.example",
        "email": "a@b.example",
        "firstName": "A",
        "lastName": "B",
        "userType": "External",
    }
    told = tell(actions.assign(*org(profile=profile, user_type_attribute=place)), [found(), answer(201, stored())])
    body = told.body(1)
    assert {name: body[name] for name in expected} == expected
    assert [urn for urn in body["schemas"] if urn.startswith("urn:example")] == [n for n in expected if ":" in n]


def test_parameters_change_what_is_sent() -> None:
    told = tell(actions.assign(*org(send_password="false")), [found(), answer(201, stored())])
    assert "password" not in told.body(1)
    other = {"login": "adal", "email": "ada@b.example", "firstName": "A", "lastName": "B"}
    told = tell(actions.assign(*org(profile=other, lookup_value="email")), [found(), answer(201, stored())])
    assert "ada%40b.example" in told.lines[0]
    assert told.body(1)["userName"] == "ada@b.example"
    world, user = org(get_before_patch="true")
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    told = tell(actions.unassign(world, user), [answer(200, stored()), answer(204)])
    assert told.lines == [f"GET /Users/{ID}", f"PATCH /Users/{ID}"]
    world, user = org(profile_update="patch")
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    told = tell(actions.update_user(world, user, {"title": "Engineer"}), [answer(204)])
    assert told.lines == [f"PATCH /Users/{ID}"]
    assert told.body(0)["Operations"][0]["value"]["title"] == "Engineer"
