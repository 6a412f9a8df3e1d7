"""Following the log: who has newly failed, each job once, through pages and refusals."""

from datetime import UTC, datetime
from typing import Any

from scimctl.diagnose.diagnosis import Question
from scimctl.diagnose.following import NewFailures, follow_log
from scimctl.diagnose.management_api import ManagementApi, RefusedError
from scimctl.exchange import Answer, Request
from tests.unit.diagnose.okta_api import ADA, APP, ORIGIN, OktaApi, error

NOW = datetime(2026, 5, 9, tzinfo=UTC)
PUSH = "application.provision.user.push"


def event(number: int, login: str = "ada@acme.example", result: str = "FAILURE", **changes: Any) -> dict[str, Any]:
    return {
        "uuid": f"new-{number}",
        "published": f"2026-05-09T00:00:{number:02}.000Z",
        "eventType": PUSH,
        "outcome": {"result": result, "reason": "Bad Request"},
        "transaction": {"type": "JOB", "id": f"puj{number}"},
        "target": [
            {"type": "AppUser", "id": "0ua1", "alternateId": login},
            {"type": "AppInstance", "id": APP, "displayName": "Widgets"},
            {"type": "User", "id": ADA, "alternateId": login},
        ],
        **changes,
    }


def test_each_job_that_failed_is_asked_about_once() -> None:
    failures = NewFailures()
    job: dict[str, Any] = {"transaction": {"type": "JOB", "id": "puj1"}}
    page: list[Any] = [event(1), event(2, **job), event(3, "bo@acme.example"), event(4, result="SUCCESS")]
    assert failures.among(page) == [Question(user="ada@acme.example"), Question(user="bo@acme.example")]
    assert failures.among([event(5, **job)]) == []
    assert failures.among([event(6)]) == [Question(user="ada@acme.example")]


def test_a_group_push_that_failed_is_asked_about_by_the_groups_name() -> None:
    kind = "application.provision.group_push.mapping.update.or.delete.failed.with.error"
    target = [{"type": "AppInstance", "id": APP}, {"type": "UserGroup", "id": "00g1", "displayName": "Engines"}]
    assert NewFailures().among([event(1, eventType=kind, target=target)]) == [Question(group="Engines")]


class Clock:
    """Sleeps end nothing but the test, after so many."""

    def __init__(self, sleeps: int) -> None:
        self.left = sleeps
        self.waited: list[str] = []

    def sleep(self, seconds: float) -> None:
        assert seconds == 15
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt

    def waiting(self, seconds: float, reason: str) -> None:
        self.waited.append(reason)


def followed(okta: OktaApi, clock: Clock, answers: list[Answer]) -> list[Question]:
    """What was asked until the clock ran out; `answers` come in place of the log's, one by one."""

    def send(request: Request) -> Answer:
        return answers.pop(0) if answers else okta.send(request)

    api = ManagementApi(origin=ORIGIN, send=send, sleep=clock.sleep, now=lambda: NOW, waiting=clock.waiting)
    told: list[Question] = []
    try:
        for questions in follow_log(api, APP, 15):
            told += questions
    except (KeyboardInterrupt, RefusedError):
        return told
    raise AssertionError("the log came to an end")


def test_the_log_is_followed_over_pages_and_quiet_times() -> None:
    okta = OktaApi(page=1, events=[event(1), event(2, "bo@acme.example")])
    assert followed(okta, Clock(3), []) == [Question(user="ada@acme.example"), Question(user="bo@acme.example")]
    assert {request.method for request in okta.requests} == {"GET"}
    assert "until=" not in okta.requests[0].target


def test_a_look_that_fails_is_made_again() -> None:
    clock = Clock(3)
    refused: list[Answer] = [error(503, "E0000010", "Service is in read only mode")]
    assert followed(OktaApi(events=[event(1)]), clock, refused) == [Question(user="ada@acme.example")]
    assert clock.waited == ["Okta: 503 Service Unavailable, E0000010: Service is in read only mode"]


def test_an_okta_that_keeps_refusing_ends_it() -> None:
    clock = Clock(100)
    assert followed(OktaApi(), clock, [error(401, "E0000011", "Invalid token provided")] * 10) == []
    assert clock.left == 91
