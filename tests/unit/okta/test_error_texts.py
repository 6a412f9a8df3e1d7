"""What the admin reads for each operation and each way in which the server refuses it."""

from itertools import product

import pytest

from scimctl.exchange import Answer, FaultKind, Headers, Response, TransportFault
from scimctl.okta import actions
from scimctl.okta.actions import Org
from scimctl.okta.app import AppKind, Features
from scimctl.okta.directory import OktaUser
from scimctl.okta.outcome import ActionOutcome, Flow
from tests.unit.okta.scripted import Told, answer, found, org, refused, stored, tell, timed_out

ID = "23a35c27-23d3-4c03-b4c5-6443c09e7173"
PROVISIONING = "Automatic provisioning of user test.user@okta.local to app My App failed: "
PUSH = "Automatic profile push of user Test User to app My App failed: "
DEPROVISIONING = "Automatic deprovisioning of user Test User to app My App failed: "
PASSWORD = "Automatic password push of user Test User to app My App failed: "
VERIFYING = "Error while verifying if user test.user@okta.local exists: "
CREATING = "Error while creating user Test User: "
PUSHING = "Error while trying to push profile update for test.user@okta.local: "
GONE = f"No user returned for user {ID}"
EXPECTED = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"

OPERATIONS: dict[str, str] = {
    "lookup": PROVISIONING + VERIFYING,
    "create": PROVISIONING + CREATING,
    "read on assignment": PROVISIONING + PUSHING,
    "push on assignment": PROVISIONING + PUSHING,
    "read": PUSH + PUSHING,
    "push": PUSH + PUSHING,
    "deactivation": DEPROVISIONING + "Error while trying to deactivate user test.user@okta.local: ",
    "deactivation by PUT": DEPROVISIONING + "Error while trying to deactivate user test.user@okta.local: ",
    "reactivation": PROVISIONING + "Error while trying to reactivate user test.user@okta.local: ",
    "password": PASSWORD + "Error while trying to push password for test.user@okta.local: ",
}
"""What the text of a refused operation begins with."""

PLAIN = Headers((("Content-Type", "text/html"),))
LIMIT = "429 Too Many Requests, 10 times: Okta gives up, and an admin has to retry the task"
REMOTE = ". Errors reported by remote server: words of the server"

ANSWERS: dict[str, tuple[Answer, str]] = {
    "400": (refused(400, "words of the server"), "Bad Request" + REMOTE),
    "401": (refused(401, "words of the server"), "Unauthorized" + REMOTE),
    "401 without a body": (answer(401), "Unauthorized"),
    "403": (refused(403, "words of the server"), "Forbidden" + REMOTE),
    "404": (refused(404, "words of the server"), ""),
    "409": (refused(409, "words of the server"), "Conflict" + REMOTE),
    "429 to the end": (TransportFault(FaultKind.RATE_LIMIT, LIMIT, 0.0, 429), LIMIT),
    "500": (refused(500, "words of the server"), "Internal Server Error" + REMOTE),
    "501": (refused(501, "words of the server"), "Not Implemented" + REMOTE),
    "503": (answer(503), "Service Unavailable"),
    "timeout": (timed_out(), "Read timed out"),
    "refused connection": (TransportFault(FaultKind.REFUSED, "nobody listens", 0.0), "Connection refused"),
    "no JSON": (
        Response(502, PLAIN, b"Bad gateway"),
        f"Unrecognized token 'Bad': was expecting {EXPECTED} at line: 1, column: 4",
    ),
    "HTML": (
        Response(503, PLAIN, b"<html>"),
        f"Unexpected character ('<' (code 60)): expected a valid value {EXPECTED}",
    ),
    "JSON that is no error": (answer(400, {"message": "words"}), "Bad Request"),
}
"""An answer with the second half of the text."""

WHEN_404 = {"create": "Not Found" + REMOTE}
"""What 404 means where it does not mean that the account is gone."""


def assigned(kind: AppKind = AppKind.OIN) -> tuple[Org, OktaUser]:
    world, user = org(kind, features=Features(password=True))
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    return world, user


def flow_of(operation: str) -> tuple[Flow, list[Answer]]:
    """The flow that comes to the operation, and the answers before it."""
    match operation:
        case "lookup":
            return actions.assign(*org()), []
        case "create":
            return actions.assign(*org()), [found()]
        case "read on assignment":
            return actions.assign(*org()), [found(stored())]
        case "push on assignment":
            return actions.assign(*org()), [found(stored()), answer(200, stored())]
        case "reactivation":
            return actions.assign(*org()), [found(stored(active=False))]
        case _:
            return later_flow_of(operation)


def later_flow_of(operation: str) -> tuple[Flow, list[Answer]]:
    """The same for somebody who was assigned before."""
    world, user = assigned(AppKind.AIW if operation == "deactivation by PUT" else AppKind.OIN)
    match operation:
        case "read":
            return actions.update_user(world, user, {"title": "Engineer"}), []
        case "push":
            return actions.update_user(world, user, {"title": "Engineer"}), [answer(200, stored())]
        case "deactivation":
            return actions.unassign(world, user), []
        case "deactivation by PUT":
            return actions.unassign(world, user), [answer(200, stored())]
        case _:
            return actions.change_password(world, user, "secret-1"), []


def met(operation: str, answer: Answer) -> Told:
    flow, before = flow_of(operation)
    return tell(flow, [*before, answer])


@pytest.mark.parametrize(
    ("operation", "how"), [pair for pair in product(OPERATIONS, ANSWERS) if pair != ("lookup", "404")]
)
def test_the_text_of_a_refusal(operation: str, how: str) -> None:
    got, words = ANSWERS[how]
    told = met(operation, got)
    assert told.result.outcome is ActionOutcome.FAILURE
    if how == "404":
        words = WHEN_404.get(operation, GONE)
    assert told.result.reason == OPERATIONS[operation] + words
    # Nothing is sent after the refusal, and nothing is sent twice: what is tried again is a 429 alone, by the driver.
    assert told.result.refusal is not None


def test_404_to_a_lookup_means_that_nobody_was_found() -> None:
    told = tell(actions.assign(*org()), [refused(404, "nobody"), answer(201, stored())])
    assert told.result.outcome is ActionOutcome.SUCCESS


@pytest.mark.parametrize("answers", [[refused(500)], [answer(200, stored()), refused(400)]], ids=["read", "push"])
def test_a_refused_push_keeps_the_link_so_that_the_account_can_be_deactivated(answers: list[Answer]) -> None:
    world, user = assigned()
    tell(actions.update_user(world, user, {"title": "Engineer"}), answers)
    assert tell(actions.unassign(world, user), [answer(204)]).lines == [f"PATCH /Users/{ID}"]


@pytest.mark.parametrize("operation", ["lookup", "create", "read on assignment", "push on assignment", "reactivation"])
def test_a_refused_assignment_stores_no_id_so_that_no_deactivation_follows(operation: str) -> None:
    world, user = org()
    _, before = flow_of(operation)
    tell(actions.assign(world, user), [*before, refused(500)])
    told = tell(actions.unassign(world, user), [])
    assert told.result.reason == "Okta stored no id for this user, so it sends no deactivation."
