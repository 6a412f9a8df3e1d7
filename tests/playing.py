"""Playing plans against functions: the engine with a server that is a Python function, and what it found."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from scimctl.engine.ledger import Ledger
from scimctl.engine.run import Settings, Tools, run
from scimctl.events import Event, ExchangeDone, FindingMade, RunFinished, ScenarioFinished
from scimctl.exchange import Answer, Headers, Request, Send
from scimctl.finding import Finding, Outcome, Verdict
from scimctl.okta.parameters import default_settings
from scimctl.redact import Redactor
from scimctl.scenario.deviations import Deviations
from scimctl.scenario.parser import File, read_files
from scimctl.scenario.plan import Plan, make_plan
from scimctl.scenario.selection import select
from scimctl.server.core import build
from scimctl.server.faults.catalogue import with_faults
from scimctl.source import SourceText
from scimctl.spec.catalogue import Catalogue

BASE_URL = "https://reference.invalid/scim/v2"
TOKEN = "test-token-of-the-reference-server"


def reference(profile: str = "standard", faults: Sequence[str] = (), **options: Any) -> Send:
    """A fresh reference server, with faults if there are names, as a function that adds the token as the wire does."""
    server = with_faults(build(profile, token=TOKEN, read_only_token="read-only-" + TOKEN, **options), faults)
    tokens = {"target": TOKEN, "read_only": "read-only-" + TOKEN}

    def send(request: Request) -> Answer:
        if request.headers.get("Authorization") is None and request.auth.value in tokens:
            headers = request.headers.with_field("Authorization", f"Bearer {tokens[request.auth.value]}")
            request = replace(request, headers=headers)
        return server.handle(request, base_url=BASE_URL)

    return send


@dataclass(frozen=True, slots=True)
class Played:
    """The events of a run, with the questions that tests ask of them."""

    events: list[Event]

    @property
    def findings(self) -> list[Finding]:
        return [event.finding for event in self.events if isinstance(event, FindingMade)]

    @property
    def broken(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.outcome is Outcome.BROKEN]

    @property
    def verdicts(self) -> dict[str, Verdict]:
        return {event.id: event.verdict for event in self.events if isinstance(event, ScenarioFinished)}

    @property
    def reasons(self) -> dict[str, str | None]:
        return {event.id: event.reason for event in self.events if isinstance(event, ScenarioFinished)}

    @property
    def failures(self) -> set[tuple[str, int | None, str]]:
        """(scenario, step, check) of every FAILED finding."""
        return {(f.scenario, f.step, f.check) for f in self.findings if f.verdict is Verdict.FAILED}

    @property
    def exchanges(self) -> list[ExchangeDone]:
        return [event for event in self.events if isinstance(event, ExchangeDone)]

    @property
    def finished(self) -> RunFinished:
        event = self.events[-1]
        assert isinstance(event, RunFinished)
        return event


def settings(**changes: object) -> Settings:
    """Settings for tests: nothing random, nothing of the outside."""
    plain = Settings(
        scimctl="0.0.0",
        base_url=BASE_URL,
        started="2026-01-01T00:00:00Z",
        seed="seed",
        parameters=default_settings(),
        test_domain="scimctl.example",
        in_process=True,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # mypy cannot pair names with types


def tools(send: Send, **changes: object) -> Tools:
    """Tools for tests: the ledger in memory, waiting that takes no time."""
    plain = Tools(
        send=send,
        sleep=lambda seconds: None,
        ledger=Ledger(BASE_URL),
        redactor=Redactor([TOKEN]),
        catalogue=Catalogue.load(),
        deviations=Deviations(),
        stop=threading.Event(),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # mypy cannot pair names with types


def plan_of(*selectors: str) -> Plan:
    """The plan of some selectors, heavy scenarios included."""
    return make_plan(select(list(selectors)), allow_heavy=True)


def plan_written(text: str, *, allow_heavy: bool = True) -> Plan:
    """The plan of scenarios that a test writes out."""
    parsed = read_files([File(SourceText("test.yaml", text), "okta")], Catalogue.load())
    return make_plan(parsed, allow_heavy=allow_heavy)


def play(
    send: Send,
    selectors: Sequence[str] | Plan = ("okta",),
    *,
    on_event: Callable[[Event], None] = lambda event: None,
    tools_changes: dict[str, object] | None = None,
    **changes: object,
) -> Played:
    """Plays selectors or a plan against `send`; other arguments change the settings."""
    plan = selectors if isinstance(selectors, Plan) else plan_of(*selectors)
    events: list[Event] = []
    for event in run(plan, settings(**changes), tools(send, **(tools_changes or {}))):
        on_event(event)
        events.append(event)
    return Played(events)


def header(name: str, value: str) -> Headers:
    """One header field."""
    return Headers(((name, value),))
