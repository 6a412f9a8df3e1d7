"""Requests that go out at the same moment: servers that read, let others in, and then write, are found out."""

import threading
from collections.abc import Callable
from dataclasses import replace

import pytest

from scimctl.diagnostic import InputError
from scimctl.engine.session import StoppedError
from scimctl.engine.together import at_once
from scimctl.exchange import Answer, Request, Response, Send
from scimctl.finding import Outcome, Verdict
from scimctl.okta import dialect
from scimctl.scenario.plan import Plan
from tests.exchanges import content, error, is_create, ok, with_content
from tests.playing import plan_written, play, reference

Racing = Callable[[Send, threading.Barrier], Send]


def duplicates(server: Send, all_in: threading.Barrier) -> Send:
    """A uniqueness check and the create after it, with time for others between the two."""
    unchecked = reference(faults=["duplicate-accepted"])

    def send(request: Request) -> Answer:
        if is_create(request):
            query = dialect.filter_query("userName", content(request)["userName"])
            found = content(ok(unchecked(dialect.get(f"/Users?{query}"))))["totalResults"]
            all_in.wait()
            if found:
                return error(409, "taken", "uniqueness")
        return unchecked(request)

    return send


def lost_updates(server: Send, all_in: threading.Barrier) -> Send:
    """A change is made to what was read before others changed it."""
    one_by_one = threading.Lock()

    def send(request: Request) -> Answer:
        if request.method != "PATCH":
            return server(request)
        read = ok(server(dialect.get(request.path)))
        all_in.wait()
        with one_by_one:
            server(dialect.put(request.path, content(read)))
            return server(request)

    return send


def stale_versions(server: Send, all_in: threading.Barrier) -> Send:
    """The version is compared, and the change is made later."""

    def send(request: Request) -> Answer:
        if request.method != "PUT":
            return server(request)
        current = ok(server(dialect.get(request.path))).headers.get("ETag")
        all_in.wait()
        if current != request.headers.get("If-Match"):
            return error(412)
        return server(replace(request, headers=request.headers.without("If-Match")))

    return send


@pytest.mark.parametrize(
    ("racing", "scenario", "requests", "check"),
    [
        (duplicates, "rfc7644.s3-3.create-at-once", 4, "expect.statuses"),
        (lost_updates, "rfc7644.s3-5-2.changes-at-once", 4, "expect.body"),
        (lost_updates, "rfc7643.s4-2.members-at-once", 4, "expect.body"),
        (stale_versions, "rfc7644.s3-14.if-match-at-once", 3, "expect.statuses"),
    ],
)
def test_a_race_is_found(racing: Racing, scenario: str, requests: int, check: str) -> None:
    played = play(racing(reference(), threading.Barrier(requests)), (scenario,))
    assert {name for _, _, name in played.failures} == {check}
    assert play(reference(), (scenario,)).verdicts == {scenario: Verdict.PASSED}


def plan(step: str) -> Plan:
    text = f"- id: my.race\n  title: A race\n  steps:\n    - {step}\n"
    return plan_written(text)


TWO = "together: [{request: GET /Users?count=1}, GET /Users/none]"


def test_statuses_may_come_in_any_order() -> None:
    assert play(reference(), plan(f"{{{TWO}, expect: {{statuses: [404, [200, 204]]}}}}")).verdicts == {
        "my.race": Verdict.PASSED
    }


def test_another_set_of_statuses_is_a_finding_with_the_odd_exchange() -> None:
    (finding,) = play(reference(), plan(f"{{{TWO}, expect: {{statuses: [200, 200]}}}}")).broken
    assert (finding.check, finding.outcome, finding.step) == ("expect.statuses", Outcome.BROKEN, 1)
    assert finding.problem is not None
    assert finding.problem.expected == "200, 200, in any order"
    assert finding.problem.actual.startswith("200 OK, 404 Not Found")
    assert finding.witness is not None
    assert (finding.witness.path, finding.witness.status) == ("/Users/none", 404)


def test_a_request_that_lost_is_sent_again_by_itself() -> None:
    server = reference()
    refused: list[str] = []

    def refuse_once(request: Request) -> Answer:
        if request.path == "/Users/none" and not refused:
            refused.append(request.path)
            return error(409)
        return server(request)

    played = play(refuse_once, plan(f"{{{TWO}, again: [409, 412], expect: {{statuses: [200, 404]}}}}"))
    assert played.verdicts == {"my.race": Verdict.PASSED}
    assert [event.exchange.status for event in played.exchanges if event.step == 1] == [200, 409, 404]


def test_the_answers_come_in_the_order_of_the_requests() -> None:
    others = threading.Barrier(8)

    def echo(request: Request) -> Answer:
        others.wait()
        return with_content(Response(200), request.target)

    requests = [Request("GET", f"/{number}") for number in range(8)]
    answers = at_once(echo, requests)
    assert [ok(answer).body for answer in answers] == [f'"/{number}"'.encode() for number in range(8)]


def test_what_a_thread_raises_is_raised() -> None:
    def stopped(request: Request) -> Answer:
        raise StoppedError

    with pytest.raises(StoppedError):
        at_once(stopped, [Request("GET", "/Users"), Request("GET", "/Groups")])


@pytest.mark.parametrize(
    ("step", "title"),
    [
        (f"{{{TWO}, expect: {{statuses: [200, 200, 404]}}}}", "2 requests go out and 3 statuses are expected"),
        (f"{{{TWO}, send: GET /Users}}", "a step has both `send` and `together`"),
        ("{together: [{request: get /Users}, GET /Users]}", "method `get` is not in capitals"),
        (f"{{{TWO}, capture: {{id: /id}}}}", "`capture` stands beside `together`"),
        ("{send: GET /Users, again: 409}", "`again` stands beside `send`"),
    ],
)
def test_what_is_wrong_with_such_a_step_is_said(step: str, title: str) -> None:
    with pytest.raises(InputError) as caught:
        plan(step)
    assert title in [diagnostic.title for diagnostic in caught.value.diagnostics]
