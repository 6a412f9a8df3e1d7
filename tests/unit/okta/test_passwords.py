"""Password sync: what is pushed, when, in which form, and that nobody gets to read it."""

import json
from dataclasses import replace

import pytest

from scimctl.exchange import Answer, Request, Response
from scimctl.finding import Verdict
from scimctl.okta import actions
from scimctl.okta.app import AppKind, Features
from scimctl.okta.outcome import ActionOutcome, Purpose
from tests.playing import play, reference
from tests.unit.okta.scripted import answer, found, org, refused, stored, tell, timed_out

ID = "23a35c27-23d3-4c03-b4c5-6443c09e7173"
ON = Features(password=True)
CANARY = "canary-7Gq!"


def test_the_patch_is_that_of_an_activation_with_a_password() -> None:
    world, user = org(features=ON)
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    told = tell(actions.change_password(world, user, CANARY), [answer(204)])
    assert told.lines == [f"PATCH /Users/{ID}"]
    assert told.requests[0].body == (
        b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],'
        b'"Operations":[{"op":"replace","value":{"password":"canary-7Gq!"}}]}'
    )
    assert told.result.outcome is ActionOutcome.SUCCESS


@pytest.mark.parametrize("kind", [AppKind.AIW, AppKind.OIN_NO_PATCH])
def test_the_put_is_what_was_read_with_a_password(kind: AppKind) -> None:
    world, user = org(kind, features=ON)
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    told = tell(actions.change_password(world, user, CANARY), [answer(200, stored()), answer(200, stored())])
    assert told.lines == [f"GET /Users/{ID}", f"PUT /Users/{ID}"]
    assert told.body(1) == stored(password=CANARY)


def test_a_random_password_goes_in_place_of_okta_s() -> None:
    world, user = org(features=ON, password_sync="random")
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    sent = [tell(actions.change_password(world, user, CANARY), [answer(204)]).body(0) for _ in range(2)]
    first, second = (body["Operations"][0]["value"]["password"] for body in sent)
    assert CANARY not in (first, second)
    assert first != second
    assert len(first) == 16
    assert first.isalnum()


def test_a_create_has_the_placeholder_also_where_passwords_are_synced() -> None:
    world, user = org(features=ON)
    user.password = CANARY
    told = tell(actions.assign(world, user), [found(), answer(201, stored())])
    assert told.body(1)["password"] != CANARY
    assert len(told.body(1)["password"]) == 8


def test_when_no_password_is_pushed() -> None:
    world, user = org()
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    assert tell(actions.change_password(world, user, CANARY), []).result.reason.startswith("Sync Password is off")
    world, user = org(features=ON)
    assert "not assigned" in tell(actions.change_password(world, user, CANARY), []).result.reason
    tell(actions.assign(world, user), [refused(401)])
    assert "not linked" in tell(actions.change_password(world, user, CANARY), []).result.reason


@pytest.mark.parametrize(
    ("got", "words"),
    [
        (refused(400, "too weak"), "Bad Request. Errors reported by remote server: too weak"),
        (refused(404), f"No user returned for user {ID}"),
        (refused(500, "boom"), "Internal Server Error. Errors reported by remote server: boom"),
        (timed_out(), "Read timed out"),
    ],
    ids=["400", "404", "500", "timeout"],
)
def test_a_refused_password_tells_the_admin_and_keeps_the_link(got: Answer, words: str) -> None:
    world, user = org(features=ON)
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    told = tell(actions.change_password(world, user, CANARY), [got])
    start = "Automatic password push of user Test User to app My App failed: "
    assert told.result.reason == f"{start}Error while trying to push password for test.user@okta.local: {words}"
    assert told.result.refusal is not None
    assert told.result.refusal.purpose is Purpose.PASSWORD
    assert world.app.users[user.id].scim_id == ID


def test_a_password_that_comes_back_is_in_no_event() -> None:
    server = reference()
    seen: list[str] = []

    def leaking(request: Request) -> Answer:
        if request.method == "PATCH" and b"password" in request.body:
            password = json.loads(request.body)["Operations"][0]["value"]["password"]
            seen.append(password)
            given = refused(400, f"{password} is too weak")
            return replace(given, headers=given.headers.with_field("X-Debug", password))
        return server(request)

    played = play(leaking, ("okta.passwords.push",))
    assert played.verdicts == {"okta.passwords.push": Verdict.FAILED}
    assert len(seen) == 1
    assert any("*** is too weak" in str(event) for event in played.events)
    assert not any(seen[0] in str(event) for event in played.events)


def test_a_password_that_is_returned_is_found() -> None:
    server = reference()

    def echoing(request: Request) -> Answer:
        got = server(request)
        if request.method != "PUT" or b"password" not in request.body or not isinstance(got, Response):
            return got
        return replace(got, body=json.dumps({**json.loads(got.body), "password": CANARY}).encode())

    name = "okta.passwords.push-by-put[aiw]"
    assert play(echoing, (name,)).failures == {(name, 2, "expect.body")}


def test_an_answer_without_a_body_is_right() -> None:
    server = reference()

    def silent(request: Request) -> Answer:
        got = server(request)
        return answer(204) if request.method == "PATCH" else got

    assert set(play(silent, ("okta.passwords",)).verdicts.values()) == {Verdict.PASSED}
