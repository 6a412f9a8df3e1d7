"""The engine through its one seam: a plan and a server in, events out."""

import threading
from dataclasses import replace
from datetime import date

import pytest

from scimctl.events import Event, LeftBehind, Noted, RunFinished, ScenarioStarted, Waiting
from scimctl.exchange import Answer, FaultKind, Headers, Request, Response, TransportFault
from scimctl.finding import Outcome, Verdict
from scimctl.scenario.deviations import Deviation, Deviations
from tests.exchanges import error, is_create, is_listing, on_one_user
from tests.playing import plan_of, play, reference


def test_a_run_accounts_for_every_scenario() -> None:
    plan = plan_of("okta")
    played = play(reference(), plan)
    assert list(played.verdicts) == [scenario.id for scenario in plan.run]
    assert sum(played.finished.summary[name] for name in ("failed", "unknown", "blocked")) == 0
    assert played.finished.summary["not_run"] == sum("entitlements" in scenario.tags for scenario in plan.run)
    assert played.finished.summary["passed"] == len(played.findings)


def test_one_cause_is_one_failure_and_the_rest_is_blocked() -> None:
    server = reference()

    def no_creates(request: Request) -> Answer:
        return error(500, "no disk space") if is_create(request) else server(request)

    played = play(no_creates)
    blocked = [name for name, verdict in played.verdicts.items() if verdict is Verdict.BLOCKED]
    assert len(blocked) > 30
    for name in blocked:
        reason = played.reasons[name] or ""
        culprit = reason.removeprefix("blocked by the failure of ")
        assert played.verdicts[culprit] in (Verdict.FAILED, Verdict.UNKNOWN)
    assert played.finished.exit_code == 1


def test_a_broken_must_ends_the_scenario() -> None:
    played = play(reference(faults=["patch-active-noop"]), ("okta.users.deactivate-twice",))
    assert played.failures == {("okta.users.deactivate-twice", 4, "expect.body")}
    played = play(reference(faults=["scim-json-415"]), ("okta.users.deactivate-twice",))
    methods = [event.exchange.request.method for event in played.exchanges if not event.cleanup and event.step > 0]
    assert methods == ["GET", "POST"]


@pytest.mark.parametrize("jobs", [2, 8])
def test_the_verdicts_do_not_depend_on_the_jobs(jobs: int) -> None:
    for name in ("patch-active-noop", "duplicate-500"):
        alone = play(reference(faults=[name]))
        beside = play(reference(faults=[name]), jobs=jobs)
        assert list(alone.verdicts.items()) == list(beside.verdicts.items())
        # How often a check held depends on who else is on a listed page; what it found does not.
        seen = [[(f.scenario, f.check, f.outcome, f.step) for f in run.findings] for run in (alone, beside)]
        assert seen[0] == seen[1]


def test_two_runs_with_one_seed_send_the_same_names() -> None:
    sent = [
        [event.exchange.request.target for event in play(reference(), ("okta.users.lookup-hit",)).exchanges][4]
        for _ in range(2)
    ]
    assert sent[0] == sent[1]
    assert "scimctl-" in sent[0]


def test_everything_that_was_made_is_removed() -> None:
    server = reference()
    play(server, ("okta",), jobs=4)
    left = server(Request("GET", "/Users"))
    assert isinstance(left, Response)
    assert b'"totalResults":0' in left.body.replace(b" ", b"")


def test_keep_leaves_it() -> None:
    server = reference()
    play(server, ("okta.users.lookup-hit",), keep=True)
    left = server(Request("GET", "/Users"))
    assert isinstance(left, Response)
    assert b'"totalResults":2' in left.body.replace(b" ", b"")


@pytest.mark.parametrize("status", [405, 501])
def test_a_server_that_does_not_delete_keeps_a_deactivated_account(status: int) -> None:
    server = reference()

    def undeletable(request: Request) -> Answer:
        return error(status) if request.method == "DELETE" else server(request)

    played = play(undeletable, ("okta.users.create-external-id",))
    left = [event for event in played.events if isinstance(event, LeftBehind)]
    assert [event.reason for event in left] == [f"the server does not delete ({status}), it was deactivated instead"]
    users = server(Request("GET", "/Users"))
    assert isinstance(users, Response)
    assert b'"active":false' in users.body.replace(b" ", b"")
    assert played.finished.exit_code == 0


def test_what_came_without_an_id_is_found_by_its_name() -> None:
    server = reference()

    def silent(request: Request) -> Answer:
        answer = server(request)
        assert isinstance(answer, Response)
        return replace(answer, body=b"") if is_create(request) else answer

    play(silent, ("okta.users.create[oin]",))
    left = server(Request("GET", "/Users"))
    assert isinstance(left, Response)
    assert b'"totalResults":0' in left.body.replace(b" ", b"")


def test_clean_up_never_removes_somebody_else() -> None:
    server = reference()
    other = b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"boss@example.com"}'
    server(Request("POST", "/Users", Headers((("Content-Type", "application/scim+json"),)), other))

    def unfiltered(request: Request) -> Answer:
        return server(replace(request, target="/Users") if is_listing(request) else request)

    play(unfiltered)
    left = server(Request("GET", '/Users?filter=userName%20eq%20"boss@example.com"'))
    assert isinstance(left, Response)
    assert b'"totalResults":1' in left.body.replace(b" ", b"")
    assert b'"active":true' in left.body.replace(b" ", b"")


@pytest.mark.parametrize(
    "answer",
    [
        TransportFault(FaultKind.REFUSED, "Connection refused"),
        TransportFault(FaultKind.DNS, "Name or service not known"),
        error(401, "who are you"),
        error(403, "not you"),
    ],
    ids=["refused", "dns", "401", "403"],
)
def test_a_server_that_cannot_be_reached_is_3_and_nothing_is_sent(answer: Answer) -> None:
    played = play(lambda request: answer)
    assert played.finished.exit_code == 3
    assert played.finished.requests == 1
    assert set(played.verdicts.values()) == {Verdict.NOT_RUN}


def test_any_other_answer_is_alive() -> None:
    played = play(lambda request: error(406), ("okta.credentials.test",))
    assert played.verdicts == {"okta.credentials.test": Verdict.FAILED}
    assert played.finished.exit_code == 1


def test_a_fault_on_a_living_server_breaks_the_step() -> None:
    server = reference()
    fault = TransportFault(FaultKind.READ_TIMEOUT, "nothing came", 60.0)
    played = play(
        lambda request: fault if on_one_user(request, "PUT") else server(request), ("okta.users.update[oin]",)
    )
    assert played.verdicts == {"okta.users.update[oin]": Verdict.FAILED}
    assert played.broken[0].check == "okta.update"


def test_a_server_that_dies_cannot_be_told() -> None:
    server = reference()
    dead = threading.Event()

    def dies(request: Request) -> Answer:
        if on_one_user(request, "PUT"):
            dead.set()
        return TransportFault(FaultKind.REFUSED, "Connection refused") if dead.is_set() else server(request)

    played = play(dies, ("okta.users.update", "okta.users.lookup-miss"))
    assert played.verdicts["okta.users.update[oin]"] is Verdict.UNKNOWN
    assert played.verdicts["okta.users.update[aiw]"] is Verdict.NOT_RUN
    assert played.finished.exit_code == 3


def test_no_scenario_begins_on_a_dead_server_though_the_report_lags_behind() -> None:
    server = reference()
    dead, asked_again = threading.Event(), threading.Event()

    def dies(request: Request) -> Answer:
        if dead.is_set() and "filter=" in request.query:
            asked_again.set()
        if on_one_user(request, "PUT"):
            dead.set()
        return TransportFault(FaultKind.REFUSED, "Connection refused") if dead.is_set() else server(request)

    def lag(event: Event) -> None:
        if isinstance(event, ScenarioStarted):
            dead.wait(5)
            asked_again.wait(0.2)

    played = play(dies, ("okta.users.update",), on_event=lag)
    assert not asked_again.is_set()
    assert played.verdicts["okta.users.update[aiw]"] is Verdict.NOT_RUN
    assert "the server stopped answering" in (played.reasons["okta.users.update[aiw]"] or "")


def test_429_is_waited_out_and_tried_again() -> None:
    server = reference()
    refusals = [Response(429, Headers((("Retry-After", "7"),))), Response(429)]
    waited: list[float] = []

    def busy(request: Request) -> Answer:
        return refusals.pop(0) if is_create(request) and refusals else server(request)

    played = play(busy, ("okta.users.create[oin]",), tools_changes={"sleep": waited.append})
    assert waited == [7.0, 14.0]
    assert [event.seconds for event in played.events if isinstance(event, Waiting)] == [7.0, 14.0]
    assert played.verdicts == {"okta.users.create[oin]": Verdict.PASSED}


def test_429_without_an_end_cannot_be_told() -> None:
    server = reference()
    played = play(lambda request: Response(429) if is_create(request) else server(request), ("okta.users.create[oin]",))
    assert [finding.outcome for finding in played.broken if finding.scenario != "passive"] == []
    assert played.verdicts == {"okta.users.create[oin]": Verdict.UNKNOWN}
    assert played.finished.exit_code == 3


def test_an_interrupted_run_removes_what_it_made_and_says_so() -> None:
    server = reference()
    stop = threading.Event()

    def watch(request: Request) -> Answer:
        answer = server(request)
        if is_create(request):
            stop.set()
        return answer

    played = play(watch, ("okta",), tools_changes={"stop": stop})
    assert isinstance(played.events[-1], RunFinished)
    assert played.finished.exit_code == 130
    assert played.finished.interrupted
    assert len(played.verdicts) == len(plan_of("okta").run)
    left = server(Request("GET", "/Users"))
    assert isinstance(left, Response)
    assert b'"totalResults":0' in left.body.replace(b" ", b"")


def test_a_hanging_request_does_not_keep_an_interrupted_run() -> None:
    server = reference()
    stop, release = threading.Event(), threading.Event()

    def hangs(request: Request) -> Answer:
        answer = server(request)
        if is_create(request):
            stop.set()
            release.wait(30)
        return answer

    played = play(hangs, ("okta.users.create[oin]",), tools_changes={"stop": stop})
    release.set()
    assert played.verdicts == {"okta.users.create[oin]": Verdict.UNKNOWN}
    left = server(Request("GET", "/Users"))
    assert isinstance(left, Response)
    assert b'"totalResults":0' in left.body.replace(b" ", b"")


def test_max_failures() -> None:
    played = play(reference(faults=["empty-list-not-a-listresponse"]), ("okta",), max_failures=2)
    verdicts = list(played.verdicts.values())
    assert verdicts.count(Verdict.FAILED) == 2
    reasons = {reason for reason in played.reasons.values() if reason and "ended" in reason}
    assert reasons == {"the run ended after 2 failed scenarios"}


def listed(scenario: str) -> dict[str, object]:
    entry = Deviation(scenario=scenario, check="expect.body", reason="known", expires=date(2099, 1, 1))
    return {"deviations": Deviations((entry,), ("one expired",))}


@pytest.mark.parametrize("scenario", ["okta.users.deactivate", "*"])
def test_a_deviation_is_known_while_broken(scenario: str) -> None:
    server = reference(faults=["patch-active-noop"])
    played = play(server, ("okta.users.deactivate", "okta.users.lookup-miss"), tools_changes=listed(scenario))
    assert played.verdicts["okta.users.deactivate"] is Verdict.KNOWN
    # It held elsewhere, which makes an entry for every scenario no less needed.
    assert played.verdicts["okta.users.lookup-miss"] is Verdict.PASSED
    assert played.finished.exit_code == 0
    assert [event.text for event in played.events if isinstance(event, Noted)] == ["one expired"]


def test_a_deviation_is_stale_once_it_holds() -> None:
    played = play(reference(), ("okta.users.deactivate",), tools_changes=listed("okta.users.deactivate"))
    assert played.verdicts == {"okta.users.deactivate": Verdict.STALE}
    assert played.finished.exit_code == 1
    everywhere = play(reference(), ("okta.users.deactivate",), tools_changes=listed("*"))
    stale = [(f.scenario, f.check) for f in everywhere.findings if f.verdict is Verdict.STALE]
    assert stale == [("*", "expect.body")]
    assert everywhere.finished.exit_code == 1


def test_nothing_is_blocked_by_a_failure_that_is_known() -> None:
    server = reference()

    def no_deactivation(request: Request) -> Answer:
        return error(500) if request.method == "PATCH" else server(request)

    entry = Deviation(
        scenario="okta.users.deactivate-keeps-profile[oin]",
        check="okta.deactivate",
        reason="known",
        expires=date(2099, 1, 1),
    )
    selectors = ("okta.users.deactivate-keeps-profile", "okta.users.deactivate-still-found")
    played = play(no_deactivation, selectors, tools_changes={"deviations": Deviations((entry,))})
    assert played.verdicts["okta.users.deactivate-keeps-profile[oin]"] is Verdict.KNOWN
    assert played.verdicts["okta.users.deactivate-still-found"] is Verdict.FAILED
    assert played.finished.exit_code == 1


def test_a_deviation_of_what_was_not_run_is_left_alone() -> None:
    played = play(reference(), ("okta.credentials.no-token",), tools_changes=listed("okta.users.deactivate"))
    assert played.finished.exit_code == 0


def test_needs_that_are_denied_are_not_run_with_the_reason() -> None:
    played = play(reference("wrike"), ("okta.attributes.groups-read-only",))
    assert played.reasons == {"okta.attributes.groups-read-only": "/ResourceTypes does not list Group"}
    assert played.finished.exit_code == 4


def test_unreadable_discovery_excuses_nothing() -> None:
    server = reference()

    def undiscovered(request: Request) -> Answer:
        paths = ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas")
        return error(404, "nothing here") if request.path in paths else server(request)

    played = play(undiscovered, ("okta.attributes.groups-read-only",))
    assert played.verdicts == {"okta.attributes.groups-read-only": Verdict.PASSED}
    broken_checks = {f.check: f.verdict for f in played.broken}
    assert broken_checks == dict.fromkeys(
        ("discovery.provider-config", "discovery.resource-types", "discovery.schemas"), Verdict.WARNED
    )


def test_passive_findings_of_the_rfc_count_in_full_only_when_the_rfcs_were_asked_for() -> None:
    server = reference()

    def untyped(request: Request) -> Answer:
        answer = server(request)
        assert isinstance(answer, Response)
        return replace(answer, headers=answer.headers.without("Location")) if is_create(request) else answer

    capped = play(untyped, ("okta.users.create[oin]",))
    assert {f.check: f.verdict for f in capped.broken} == {"create.location": Verdict.WARNED}
    assert capped.finished.exit_code == 0
    full = play(untyped, ("okta.users.create[oin]",), rfc_selected=True)
    assert {f.check: f.verdict for f in full.broken} == {"create.location": Verdict.FAILED}
    assert full.finished.exit_code == 1


def test_of_a_group_only_the_refused_call_is_broken() -> None:
    server = reference()
    creates: list[str] = []

    def refuses_the_first(request: Request) -> Answer:
        if is_create(request):
            creates.append(request.target)
        return error(400, "no") if creates and len(creates) == 1 and is_create(request) else server(request)

    played = play(refuses_the_first, ("okta.assignment.everyone",))
    findings = [finding for finding in played.findings if finding.scenario != "passive"]
    made = {(f.check, f.outcome, f.times, f.witness.number if f.witness else 0) for f in findings}
    assert made == {("okta.lookup", Outcome.HELD, 2, 1), ("okta.create", Outcome.BROKEN, 1, 2)}


def test_a_finding_keeps_its_first_exchange_and_counts() -> None:
    server = reference()

    def paged_wrong(request: Request) -> Answer:
        answer = server(request)
        assert isinstance(answer, Response)
        return (
            replace(answer, body=answer.body.replace(b'"startIndex":1', b'"startIndex":"1"'))
            if is_listing(request)
            else answer
        )

    played = play(paged_wrong, ("okta.users.lookup-miss",))
    finding = next(f for f in played.findings if f.check == "okta.list-numbers")
    # The two canaries, and the lookup of the scenario.
    assert (finding.outcome, finding.times, finding.scenario) == (Outcome.BROKEN, 3, "passive")
    assert finding.witness is not None
    assert finding.witness.path == "/Users?startIndex=1&count=1"
