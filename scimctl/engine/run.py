"""Runs a plan: requests go out through `send`, events come back, in plan order whatever the number of jobs."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from scimctl.checks import all_checks
from scimctl.checks.context import Context
from scimctl.engine.cleanup import remove_all
from scimctl.engine.collect import Collector
from scimctl.engine.discovery import Announced, discover
from scimctl.engine.filling import Filling
from scimctl.engine.ledger import Ledger
from scimctl.engine.observer import Observer, Sent
from scimctl.engine.player import INTERRUPTED, Player, Record
from scimctl.engine.recorder import Recorder
from scimctl.engine.restrictions import Restriction, restrictions
from scimctl.engine.session import CANARY, Session, StoppedError, no_life
from scimctl.engine.state import State, begin
from scimctl.engine.uses import uses_of
from scimctl.engine.workers import Item, Job, Track, Workers
from scimctl.events import Event, Noted, RunFinished, RunStarted, ScenarioStarted
from scimctl.exchange import Answer, Auth, Request, Send
from scimctl.redact import Redactor
from scimctl.scenario.deviations import Deviations
from scimctl.scenario.model import Scenario
from scimctl.scenario.plan import Plan
from scimctl.spec.catalogue import Catalogue
from scimctl.spec.requirement import Level

OUTSIDE = "discovery"
"""The name under which the canary and the reading of the discovery endpoints stand."""
_MISSING_CREDENTIALS = {
    Auth.TARGET: "needs credentials, and none were given",
    Auth.OTHER: "needs another tenant's token (--other-token)",
    Auth.READ_ONLY: "needs a token that may not write (--read-only-token)",
}
_POLL = 0.1
_GRACE = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How a run is to be done.

    `started` is UTC as RFC 3339 text; `parameters` are the mock's by name; `rfc_selected` lets RFC findings of passive
    checks count in full; `in_process` says that no socket is between us and the server; `max_failures` ends the run
    after so many failed scenarios; `auths` are the credentials there are; `tell_org` asks for OrgTold events.
    """

    scimctl: str
    base_url: str
    started: str
    seed: str
    parameters: dict[str, str]
    test_domain: str
    jobs: int = 1
    keep: bool = False
    max_failures: int | None = None
    fail_on: Level = Level.MUST
    rfc_selected: bool = False
    in_process: bool = False
    auths: frozenset[Auth] = frozenset(Auth)
    tell_org: bool = False


@dataclass(slots=True, kw_only=True)
class Tools:
    """What a run needs of the world: the wire, a way to wait, the ledger, the secrets to mask, a flag that stops it.

    `elsewhere` sends to the address of another server, as exported suites ask for it; without it none is asked.
    """

    send: Send
    sleep: Callable[[float], None]
    ledger: Ledger
    redactor: Redactor
    catalogue: Catalogue
    deviations: Deviations
    stop: threading.Event = field(default_factory=threading.Event)
    elsewhere: Callable[[str, Request], Answer] | None = None


def run(plan: Plan, settings: Settings, tools: Tools) -> Iterator[Event]:
    """Plays `plan` and yields what happens; the last event is RunFinished, also when `tools.stop` is set.

    Raises InputError before the first request when a scenario's parameters are wrong.
    """
    # A parameter that is wrong shows here, before anything is sent.
    states = {
        scenario.id: begin(
            scenario,
            seed=settings.seed,
            domain=settings.test_domain,
            settings=settings.parameters,
            base_url=settings.base_url,
        )
        for scenario in plan.run
    }
    yield from _Run(plan, settings, tools).events(states)


class _Run:
    """One run in progress; its methods run in the caller's thread, the scenarios in workers."""

    def __init__(self, plan: Plan, settings: Settings, tools: Tools) -> None:
        self.plan = plan
        self.settings = settings
        self.tools = tools
        self.live: queue.SimpleQueue[Event] = queue.SimpleQueue()
        self.session = Session(tools.send, tools.sleep, self.live.put, tools.stop, settings.in_process, tools.elsewhere)
        self.context = Context.of_bundle()
        self.checks = all_checks()
        self.announced = Announced(in_process=settings.in_process)
        self.restrictions: tuple[Restriction, ...] = ()
        self.filling = Filling()
        self.collector = Collector(
            catalogue=tools.catalogue,
            deviations=tools.deviations,
            rfc_selected=settings.rfc_selected,
            fail_on=settings.fail_on,
        )
        self.unreachable = False

    def events(self, states: dict[str, State]) -> Iterator[Event]:
        begun = time.perf_counter()
        yield RunStarted(
            scimctl=self.settings.scimctl,
            base_url=self.settings.base_url,
            started=self.settings.started,
            planned=tuple(scenario.id for scenario in self.plan.run),
        )
        for warning in self.tools.deviations.warnings:
            yield Noted(text=warning)
        yield from self._open()
        if not self.unreachable:
            yield from self._scenarios(states)
            yield from self._close()
        for left_out in self.plan.not_run:
            yield from self.collector.not_run(left_out.id, left_out.title, left_out.reason)
        yield from self.collector.finish()
        self.tools.ledger.close()
        interrupted = self.tools.stop.is_set()
        yield RunFinished(
            duration=time.perf_counter() - begun,
            requests=self.session.requests,
            summary=self.collector.summary(),
            exit_code=130 if interrupted else self.collector.exit_code(unreachable=self.unreachable),
            interrupted=interrupted,
        )

    def _open(self) -> Iterator[Event]:
        """The first canary, then discovery; without life every scenario is accounted for as not run."""
        made: list[Item] = []
        recorder, observer = self._recorder(OUTSIDE, made.append), self._observer(OUTSIDE)
        try:
            first = recorder.exchange(CANARY, 0)
            self.session.dead = no_life(first.answer)
            if not self.session.dead:
                needs = {need for scenario in self.plan.run for need in scenario.needs}
                self.announced = discover(
                    lambda request: recorder.exchange(request, 0),
                    ask_groups="type:Group" in needs,
                    in_process=self.settings.in_process,
                )
                self.context = self.context.with_announced(
                    self.announced.schemas or (), self.announced.resource_types or (), self.announced.config
                )
                self.restrictions = restrictions(self.announced.schemas, self.context.bundled)
                self.filling = Filling.of(self.announced.schemas, self.context.bundled)
        except StoppedError:
            self.session.dead = INTERRUPTED
        yield from (observer.see(item) if isinstance(item, Sent) else item for item in made)
        self.collector.take_passive(observer.tallies())
        self.unreachable = bool(self.session.dead)
        if self.unreachable:
            reason = f"the first request got no usable answer: {self.tools.redactor.text(self.session.dead)}"
            for scenario in self.plan.run:
                yield from self.collector.not_run(scenario.id, scenario.title, reason)

    def _close(self) -> Iterator[Event]:
        """Removes what interrupted scenarios left, and asks the canary once more."""
        made: list[Item] = []
        recorder, observer = self._recorder(OUTSIDE, made.append), self._observer(OUTSIDE)
        ledger = self.tools.ledger
        # Each scenario removes its own; only one that an interruption caught in a hanging request cannot.
        if self.tools.stop.is_set() and not self.settings.keep and not self.session.dead:
            remove_all(ledger.open_entries(), ledger, recorder.unjudged, made.append)
        asks = not self.session.dead and not self.tools.stop.is_set()
        gone = no_life(recorder.exchange(CANARY, 0).answer) if asks else ""
        yield from (observer.see(item) if isinstance(item, Sent) else item for item in made)
        self.collector.take_passive(observer.tallies())
        if gone:
            words = self.tools.redactor.text(gone)
            yield Noted(text=f"after the last scenario the server did not answer any more: {words}")

    def _scenarios(self, states: dict[str, State]) -> Iterator[Event]:
        """Plays the plan with a window of scenarios that may be under way; with one job, one after the other."""
        jobs = self.settings.jobs
        denials = {scenario.id: self._denial(states[scenario.id]) for scenario in self.plan.run}
        ahead = iter([s for s in self.plan.run if not s.alone and denials[s.id] is None])
        tracks: dict[str, Track] = {}
        with Workers(jobs) as workers:

            def start(count: int) -> None:
                for scenario in islice(ahead, count):
                    tracks[scenario.id] = self._start(workers, states[scenario.id])

            def advance() -> None:
                if not self._over():
                    start(1)

            # The next one waits in the queue, so that no worker waits; but not where this one's verdict decides on it.
            start(1 if jobs == 1 and self.settings.max_failures is not None else 2 * jobs)
            for scenario in self.plan.run:
                denial = denials[scenario.id] or self._halted(tracks.get(scenario.id))
                if denial is not None:
                    yield from self.collector.not_run(scenario.id, scenario.title, denial)
                elif scenario.id in tracks:
                    yield from self._follow(scenario, tracks[scenario.id], advance)
                else:
                    yield from self._follow(scenario, self._start(workers, states[scenario.id]), lambda: None)

    def _start(self, workers: Workers, state: State) -> Track:
        return workers.start(self._job(state), self._observer(state.scenario.id))

    def _denial(self, state: State) -> str | None:
        """Why a scenario is not run: credentials that are missing, or what the server says it does not have.

        One that is run is told what the server's schemas require besides.
        """
        scenario = state.scenario
        for auth in Auth:
            if auth in scenario.auths - self.settings.auths:
                return _MISSING_CREDENTIALS[auth]
        for need in scenario.needs:
            if (why := self.announced.denial(need)) is not None:
                return why
        if not scenario.suite or not (self.restrictions or self.filling.required):
            # Who writes a scenario for a server knows its schemas: it is played as it stands.
            return None
        uses = uses_of(state)
        state.filling = self.filling.beside({kind: each.words for kind, each in uses.items()})
        return next((one.reason for one in self.restrictions if one.type in uses and one.hinders(uses[one.type])), None)

    def _halted(self, track: Track | None) -> str | None:
        """Why a scenario that has not begun is not to begin any more."""
        if track is not None and not track.withdraw_if(self._over()):
            return None
        return self._over() or None

    def _cut_short(self) -> str:
        """Why no request makes sense any more; empty while it does. Asked from any thread."""
        if self.tools.stop.is_set():
            return INTERRUPTED
        return f"the server stopped answering: {self.session.dead}" if self.session.dead else ""

    def _over(self) -> str:
        if why := self._cut_short():
            return why
        limit = self.settings.max_failures
        if limit is not None and self.collector.failed_scenarios >= limit:
            return f"the run ended after {limit} failed scenarios"
        return ""

    def _follow(self, scenario: Scenario, track: Track, advance: Callable[[], None]) -> Iterator[Event]:
        """The events of one scenario as they come; `advance` lets the next one begin."""
        # Whether a further one may begin hangs on this one's verdict only when failures are counted.
        counts_failures = self.settings.max_failures is not None
        yield ScenarioStarted(id=scenario.id, title=scenario.title, span=scenario.span)
        deadline: float | None = None
        observer = track.observer
        while True:
            while not self.live.empty():
                yield self.live.get()
            item = track.next(_POLL)
            if isinstance(item, Record):
                if not counts_failures:
                    advance()
                yield from self.collector.take(item, observer.tallies())
                if counts_failures:
                    advance()
                return
            if item is not None:
                yield item
            elif self.tools.stop.is_set():
                # A worker that hangs in a read is not waited for; what it made is removed by _close.
                deadline = deadline or time.monotonic() + _GRACE
                if time.monotonic() > deadline:
                    yield from self.collector.take(
                        Record(scenario=scenario, stopped=INTERRUPTED, sent=1), observer.tallies()
                    )
                    return

    def _job(self, state: State) -> Job:
        def play(emit: Callable[[Item], None]) -> Record:
            # It may have been queued while the server still lived.
            if why := self._cut_short():
                return Record(scenario=state.scenario, stopped=why)
            return Player(
                state=state,
                recorder=self._recorder(state.scenario.id, emit),
                requirement=self.tools.catalogue.get,
                schemas=self.context.schemas,
                keep=self.settings.keep,
                tell_org=self.settings.tell_org,
                record=Record(scenario=state.scenario),
                asks_for_members=self.announced.shows_members_on_request and bool(state.scenario.suite),
                rounds=self.announced.rounds() if state.scenario.each_type else ({},),
            ).play()

        return play

    def _recorder(self, name: str, emit: Callable[[Item], None]) -> Recorder:
        return Recorder(
            scenario=name,
            session=self.session,
            ledger=self.tools.ledger,
            redactor=self.tools.redactor,
            emit=emit,
            base_url=self.settings.base_url,
        )

    def _observer(self, name: str) -> Observer:
        return Observer(scenario=name, redactor=self.tools.redactor, context=self.context, checks=self.checks)
