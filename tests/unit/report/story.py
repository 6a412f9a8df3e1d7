"""Runs as lists of events: one in which everything happens, and one against a server that means harm."""

from dataclasses import replace

from scimctl.events import (
    ActionDone,
    Event,
    ExchangeDone,
    FindingMade,
    LeftBehind,
    Noted,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ScenarioStarted,
    StepStarted,
    Waiting,
)
from scimctl.exchange import Auth, Exchange, FaultKind, Headers, Request, Response, TransportFault
from scimctl.finding import Finding, Outcome, Problem, Verdict, Witness
from scimctl.source import SourceText, Span
from scimctl.spec.requirement import Level, Requirement

BASE_URL = "https://scim.example/v2"
SOURCE = SourceText("users.yaml", "- id: okta.users.deactivate\n  steps:\n    - expect: {body: {active: false}}\n")
SPAN = Span(SOURCE, 3, 29, 5)
OKTA = Requirement(
    id="okta-08", document="Okta", section="deprovisioning", level=Level.MUST, rule="a deactivated user stays readable"
)
LOCATION = Requirement(
    id="crud-05",
    document="RFC 7644",
    section="3.3",
    level=Level.SHOULD,
    rule="an answer to a create has the address",
    quote="SHALL include a Location",
)
ADVICE = Requirement(
    id="etag-01", document="RFC 7644", section="3.14", level=Level.MAY, rule="versions may be there", derived=True
)
DENIED = Headers((("Content-Type", "application/scim+json"), ("X-Note", "a'b")))


def finding(scenario: str, verdict: Verdict, requirement: Requirement = OKTA, **changes: object) -> Finding:
    """A finding that is broken at `/active`, unless `changes` say otherwise."""
    plain = Finding(
        scenario=scenario,
        step=2,
        check="expect.body",
        requirement=requirement,
        outcome=Outcome.BROKEN,
        verdict=verdict,
        title="the body is as expected",
        problem=Problem("false", "true", "/active"),
        witness=Witness(4, "PATCH", "/Users/2819c223", 200),
        span=SPAN,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def held(scenario: str) -> Finding:
    """A finding that is as it should be."""
    return finding(scenario, Verdict.PASSED, outcome=Outcome.HELD, problem=None, times=3)


def patch(scenario: str, number: int = 4, detail: str = '{"active":true}') -> ExchangeDone:
    """A PATCH that deactivates, and an answer."""
    request = Request("PATCH", "/Users/2819c223", DENIED, b'{"active":false,"note":"it\'s"}')
    answer = Response(200, Headers((("ETag", 'W/"1"'),)), detail.encode("utf-8", "surrogatepass"), 0.0125)
    return ExchangeDone(
        scenario=scenario, step=2, number=number, exchange=Exchange(request, answer, BASE_URL, number), cleanup=False
    )


def scenario(name: str, *middle: Event, verdict: Verdict, reason: str | None = None) -> list[Event]:
    """A scenario from its beginning to its end."""
    title = f"The title of {name}"
    return [
        ScenarioStarted(id=name, title=title, span=SPAN),
        *middle,
        ScenarioFinished(id=name, title=title, verdict=verdict, reason=reason, duration=0.03),
    ]


def everything() -> list[Event]:
    """A run in which each verdict and each kind of event comes up."""
    read_only = Request("DELETE", "/Users/1", auth=Auth.READ_ONLY)
    silence = TransportFault(FaultKind.READ_TIMEOUT, "timed out after 60 s", 60.0)
    started = RunStarted(
        scimctl="0.1.0", base_url=BASE_URL, started="2026-01-02T03:04:05Z", planned=("okta.users.create[oin]", "b", "c")
    )
    summary = {
        "passed": 1, "failed": 1, "warned": 2, "noted": 1, "unknown": 1, "blocked": 1, "known": 1, "stale": 1,
        "not_run": 1,
    }  # fmt: skip
    create, deactivate = "okta.users.create[oin]", "okta.users.deactivate"
    return [
        started,
        Noted(text="known.yaml: the deviation expect.body of * expired on 2025-12-31 and is ignored"),
        *scenario(create, FindingMade(finding=held(create)), verdict=Verdict.PASSED),
        *scenario(
            deactivate,
            StepStarted(scenario=deactivate, step=2, text="okta unassign: user", span=SPAN),
            patch(deactivate),
            ActionDone(scenario=deactivate, step=2, verb="unassign", outcome="FAILURE", reason="Error updating user"),
            Waiting(seconds=2.0, reason="429 with Retry-After"),
            FindingMade(
                finding=finding(deactivate, Verdict.FAILED, notes=("the server says: nothing to do",), times=2)
            ),
            verdict=Verdict.FAILED,
        ),
        *scenario("okta.b", verdict=Verdict.BLOCKED, reason=f"its preparation fails as in {deactivate}"),
        *scenario(
            "okta.c",
            ExchangeDone(scenario="okta.c", step=1, number=1, exchange=Exchange(read_only, silence, BASE_URL, 1)),
            FindingMade(
                finding=finding(
                    "okta.c",
                    Verdict.UNKNOWN,
                    outcome=Outcome.COULD_NOT_TELL,
                    problem=Problem("an answer", "timed out after 60 s"),
                    witness=Witness(1, "DELETE", "/Users/1", None),
                    span=None,
                )
            ),
            verdict=Verdict.UNKNOWN,
            reason="the server stopped answering",
        ),
        *scenario(
            "okta.d",
            FindingMade(finding=finding("okta.d", Verdict.WARNED, LOCATION, witness=None)),
            verdict=Verdict.WARNED,
        ),
        *scenario("okta.e", FindingMade(finding=finding("okta.e", Verdict.KNOWN)), verdict=Verdict.KNOWN),
        *scenario(
            "okta.f",
            FindingMade(finding=finding("okta.f", Verdict.STALE, outcome=Outcome.HELD, problem=None)),
            verdict=Verdict.STALE,
        ),
        *scenario("okta.g", FindingMade(finding=finding("okta.g", Verdict.NOTED, ADVICE)), verdict=Verdict.NOTED),
        *scenario("okta.h", verdict=Verdict.NOT_RUN, reason="the server denies patch"),
        FindingMade(
            finding=finding(
                "passive",
                Verdict.WARNED,
                LOCATION,
                check="create.location",
                title="An answer to a create has its address",
                step=None,
                span=None,
                problem=Problem("Location", "no Location"),
                times=12,
                notes=("first seen in okta.users.create[oin]",),
            )
        ),
        FindingMade(finding=held("passive")),
        LeftBehind(scenario=deactivate, resource_type="User", name="ada@scimctl.example", reason="405 for DELETE"),
        RunFinished(duration=1.25, requests=512, summary=summary, exit_code=1),
    ]


EVIL = "\x1b]0;owned\x07\x1b[2J\x9b31m\r\b\x00\u202e\ud83d\udc00 ok\u2028\nforged ✓ PASSED"
"""Takes over a terminal's title, clears the screen, colours, goes back, ends the string, turns the text round, is no
Unicode, and forges a line of our own."""


def hostile() -> list[Event]:
    """A run against a server that puts EVIL wherever a server can put anything."""
    name = "okta.users.deactivate"
    request = Request("PUT", "/Users/1", Headers((("X-Evil", EVIL),)), EVIL.encode("utf-8", "surrogatepass"))
    answer = Response(200, Headers((("ETag", EVIL),)), EVIL.encode("utf-8", "surrogatepass"), 0.001)
    exchange = Exchange(request, answer, BASE_URL, 4)
    broken = finding(name, Verdict.FAILED, problem=Problem(EVIL, EVIL, "/" + EVIL), notes=(EVIL,), title=EVIL)
    fault = TransportFault(FaultKind.PROTOCOL, EVIL, 0.1)
    return [
        RunStarted(scimctl="0.1.0", base_url=BASE_URL, started="2026-01-02T03:04:05Z", planned=(name,)),
        Noted(text=EVIL),
        ScenarioStarted(id=name, title=EVIL, span=SPAN),
        StepStarted(scenario=name, step=1, text=EVIL),
        ExchangeDone(scenario=name, step=1, number=4, exchange=exchange),
        ExchangeDone(scenario=name, step=1, number=5, exchange=Exchange(request, fault, BASE_URL, 5)),
        ActionDone(scenario=name, step=1, verb="assign", outcome="FAILURE", reason=EVIL),
        Waiting(seconds=1.0, reason=EVIL),
        FindingMade(finding=broken),
        ScenarioFinished(id=name, title=EVIL, verdict=Verdict.FAILED, reason=EVIL, duration=0.1),
        *scenario("okta.b", verdict=Verdict.UNKNOWN, reason=EVIL),
        *scenario("okta.c", verdict=Verdict.NOT_RUN, reason=EVIL),
        FindingMade(finding=replace(broken, scenario="passive", step=None, span=None)),
        LeftBehind(scenario=name, resource_type="User", name=EVIL, reason=EVIL),
        RunFinished(duration=1.0, requests=2, summary={"failed": 2}, exit_code=1),
    ]


def is_harmless(text: str) -> bool:
    """Whether a terminal shows the text as it is: line ends are the only control characters, and nothing turns."""
    return all(char == "\n" or char.isprintable() for char in text)
