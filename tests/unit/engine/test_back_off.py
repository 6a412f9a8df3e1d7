"""429 as Okta takes it: what it waits, how often it tries, when it gives up; and what is never tried again."""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scimctl.cli.app import run
from scimctl.cli.reference import VirtualClock
from scimctl.engine.session import Session
from scimctl.exchange import Answer, FaultKind, Headers, Request, Response, TransportFault
from tests.exchanges import is_create
from tests.playing import play, reference

CREATE = Request("POST", "/Users")
LIMITED = "title: Five requests a minute\nresource_types: [User, Group]\nrate_limit: {requests: 5, seconds: 60}\n"


def limited(value: str | None) -> Response:
    return Response(429, Headers((("Retry-After", value),)) if value is not None else Headers(()))


def told(*answers: Answer, patient: bool = True) -> tuple[list[float], Answer, int]:
    """What was waited, the answer in the end, and how many requests went out, when the last answer repeats itself."""
    waited: list[float] = []
    remaining = list(answers)

    def send(request: Request) -> Answer:
        return remaining.pop(0) if len(remaining) > 1 else remaining[0]

    session = Session(send, waited.append, lambda wait: None, threading.Event(), patient)
    return waited, session.send(CREATE), session.requests


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        (None, 300.0),
        ("", 300.0),
        ("null", 300.0),
        ("1.5", 300.0),
        ("-5", 300.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 300.0),
    ],
)
def test_the_first_wait(value: str | None, seconds: float) -> None:
    assert told(limited(value), Response(201)) == ([seconds], Response(201), 2)


def test_each_further_429_doubles_the_wait_whatever_it_asks_for() -> None:
    waited, answer, _ = told(limited("10"), limited("1"), limited(None), Response(201))
    assert waited == [10.0, 20.0, 40.0]
    assert answer == Response(201)


def test_ten_attempts_and_no_more() -> None:
    waited, answer, requests = told(limited(None))
    assert waited == [300.0 * 2**number for number in range(9)]
    assert requests == 10
    assert isinstance(answer, TransportFault)
    assert answer.kind is FaultKind.RATE_LIMIT
    assert answer.detail == "429 Too Many Requests, 10 times: Okta gives up, and an admin has to retry the task"


@pytest.mark.parametrize(
    ("value", "waits", "next_wait"), [("61", [], 61), (None, [], 300), ("25", [25.0, 50.0], 100), ("60", [60.0], 120)]
)
def test_on_a_socket_waits_are_bounded(value: str | None, waits: list[float], next_wait: int) -> None:
    waited, answer, _ = told(limited(value), patient=False)
    assert waited == waits
    assert isinstance(answer, TransportFault)
    assert answer.detail == f"429 Too Many Requests, and Okta would wait {next_wait} s before the next try"


@pytest.mark.parametrize(
    "answer",
    [
        *(Response(status) for status in (400, 401, 403, 404, 409, 500, 501, 502, 503)),
        TransportFault(FaultKind.READ_TIMEOUT, "slow", 60.0),
    ],
)
def test_nothing_else_is_tried_again(answer: Answer) -> None:
    assert told(answer) == ([], answer, 1)


def test_a_503_with_retry_after_is_no_rate_limit() -> None:
    answer = Response(503, Headers((("Retry-After", "5"),)))
    assert told(answer) == ([], answer, 1)


def test_the_virtual_clock_shows_what_was_slept() -> None:
    clock = VirtualClock()
    clock.sleep(3600)
    clock.sleep(60)
    assert timedelta(minutes=61) <= clock.now() - datetime.now(UTC) + timedelta(seconds=1) < timedelta(minutes=62)


def test_a_server_with_a_limit_is_played_through_without_waiting(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile = tmp_path / "limited.yaml"
    profile.write_text(LIMITED, encoding="utf-8")
    code = run(["run", "okta.users.create", "okta.users.update", "--reference", "--profile", str(profile)])
    shown = capsys.readouterr()
    assert code == 0
    assert "429" in shown.out + shown.err


def test_a_limit_without_an_end_is_what_the_admin_reads() -> None:
    server = reference()
    played = play(lambda request: limited("1") if is_create(request) else server(request), ("okta.users.create[oin]",))
    (done,) = (event for event in played.events if type(event).__name__ == "ActionDone")
    assert "Error while creating user Ada Lovelace: 429 Too Many Requests, 10 times: Okta gives up" in str(done)
