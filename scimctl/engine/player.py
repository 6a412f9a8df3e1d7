"""Plays one scenario: given, steps, clean-up. What it saw comes back as a Record; what happened goes out as events."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from scimctl.engine.cleanup import remove_all
from scimctl.engine.expectations import Held, action_held, captured, response_held, statuses_held
from scimctl.engine.exported import pauses_after, see_to_a_user, suite_held, suite_values
from scimctl.engine.marks import Mark
from scimctl.engine.observer import masked
from scimctl.engine.ownership import Owner
from scimctl.engine.recorder import NotOursError, Recorder
from scimctl.engine.refusals import UNSUPPORTED, refusal
from scimctl.engine.session import StoppedError
from scimctl.engine.state import State, UnboundError
from scimctl.engine.verbs import REQUIREMENT_OF, TITLE_OF, flow_of
from scimctl.events import ActionDone, OrgTold, StepStarted
from scimctl.exchange import Exchange, FaultKind, Headers, Request, Response, TransportFault
from scimctl.finding import Outcome, Problem
from scimctl.jsonvalue import Json, NotJsonError, compact, parse, show
from scimctl.okta import dialect
from scimctl.okta.answers import describe
from scimctl.okta.org_documents import documents
from scimctl.okta.outcome import ActionResult, Purpose
from scimctl.okta.texts import server_words
from scimctl.scenario.model import OktaStep, PauseStep, Scenario, SendSpec, SendStep, Step, SuiteStep, TogetherStep
from scimctl.scenario.target import render_target
from scimctl.scenario.template import render_text
from scimctl.scim.schema import SchemaSet
from scimctl.spec.requirement import Level, Requirement

INTERRUPTED = "the run was interrupted"
_COLLECTION = {"User": "/Users", "Group": "/Groups"}


@dataclass(slots=True, kw_only=True)
class Record:
    """What one scenario came to: marks in the order in which they were made, and why it ended early, if it did.

    `blocker` is the (requirement, status) at which a preparation failed; `unknown` says why the rest cannot be told;
    `stopped` says why the scenario was cut short, or never begun.
    """

    scenario: Scenario
    marks: list[Mark] = field(default_factory=list)
    blocker: tuple[str, int | None] | None = None
    unknown: str = ""
    sent: int = 0
    duration: float = 0.0
    stopped: str = ""


class _ScenarioOverError(Exception):
    """A MUST was broken, or nothing more can be told: later steps are not sent."""


@dataclass(slots=True, kw_only=True)
class Player:
    """Plays `state.scenario` once; `requirement` finds a requirement by id, `schemas` are those in force.

    The steps are played once for each of `rounds`, which are values of `$(…)`. `asks_for_members` adds the wish for
    members to requests for groups, where a server shows them on request alone.
    """

    state: State
    recorder: Recorder
    requirement: Callable[[str], Requirement]
    schemas: SchemaSet
    keep: bool
    tell_org: bool = False
    asks_for_members: bool = False
    record: Record
    rounds: tuple[dict[str, Json], ...] = ({},)

    def play(self) -> Record:
        """Plays the scenario to its end and removes what it made, unless it is to be kept."""
        begun = time.perf_counter()
        try:
            self._given()
            for values in self.rounds:
                self.state.captures |= values
                for step in self.state.scenario.steps:
                    self._step(step)
        except _ScenarioOverError:
            pass
        except StoppedError:
            self.record.stopped = INTERRUPTED
        if self.tell_org:
            self._tell_org()
        if not self.keep and not self.recorder.session.dead:
            self._clean_up()
        self.record.sent = self.recorder.sent
        self.record.duration = time.perf_counter() - begun
        return self.record

    def _tell_org(self) -> None:
        """What the admin would look at, with every secret masked."""
        person = next(iter(self.state.users.values()), None)
        told = documents(self.state.org, person, self.state.base_url)
        masked = parse(self.recorder.redactor.body(compact(told)))
        assert isinstance(masked, dict)
        self.recorder.emit(OrgTold(scenario=self.state.scenario.id, documents=masked))

    def _clean_up(self) -> None:
        recorder = self.recorder
        entries = recorder.ledger.open_entries(recorder.scenario)
        remove_all(entries, recorder.ledger, recorder.unjudged, recorder.emit, proven=recorder.proven)

    def _given(self) -> None:
        for name, spec in self.state.scenario.resources.items():
            collection = _COLLECTION.get(spec.type, f"/{spec.type}s")
            request = dialect.post(collection, self.state.body("POST", collection, spec.body.tree))
            exchange = self.recorder.exchange(request, 0)
            response = exchange.response
            created = response is not None and response.status in (200, 201)
            problem = None if created else Problem("201", describe(exchange.answer))
            title = f"the server creates the {spec.type} that the scenario starts from"
            held = Held("given.resource", title, problem, spec.span, exchange)
            self._mark(held, "post-01", 0, preparation=True)
            self._end_if_broken(problem, exchange, "post-01", preparation=True)
            if response is not None:
                self.state.resources[name] = _document(response)

    def _step(self, step: Step) -> None:
        self.recorder.emit(
            StepStarted(
                scenario=self.state.scenario.id,
                step=step.number,
                text=self.recorder.redactor.text(step.text),
                span=step.span,
            )
        )
        try:
            match step:
                case TogetherStep():
                    self._together(step)
                case OktaStep():
                    self._capture(step, self._okta(step))
                case SendStep():
                    self._capture(step, self._send(step))
                case SuiteStep():
                    self._suite(step)
                case PauseStep():
                    left = pauses_after(self.state.scenario, step)
                    self.recorder.session.pause(step.seconds, f"a pause of the suite; {left:g} s of pauses remain")
        except UnboundError as error:
            self.record.unknown = f"step {step.number} needs `$({error})`, which no earlier answer gave"
            raise _ScenarioOverError from error
        except NotOursError as error:
            self._judge_foreign(error, step)
            raise _ScenarioOverError from error

    def _judge_foreign(self, error: NotOursError, step: Step) -> None:
        """An id that an earlier answer gave leads to somebody else, or nowhere that can be read: nothing is written."""
        proof = error.proof
        if proof.owner is not Owner.OTHERS:
            words = f"whether {error.path} is what this scenario made could not be told: {proof.grounds}"
            self.record.unknown = self.recorder.redactor.text(f"{words}; nothing was written to it")
            return
        problem = Problem("what this scenario made", f"{show(proof.grounds, 80)}, which scimctl leaves alone")
        title = f"{error.path}, an id that the server gave, leads to what it was given for"
        self._mark(Held("own.id", title, problem, step.span, error.exchange), "post-15", step.number)

    def _send(self, step: SendStep) -> Exchange:
        # An author who writes an id out means that resource, whoever made it; a bulk request has its ids in the body.
        anyones = "$(" not in step.send.path and step.send.path != "/Bulk"
        request = self._request(step.send)
        if self.asks_for_members:
            request = _with_members(request)
        exchange = self.recorder.exchange(request, step.number, anyones=anyones)
        self._end_if_unsupported(step, exchange)
        for held in response_held(step.expect, exchange, self.state.resolve):
            self._judge(held, step)
        return exchange

    def _end_if_unsupported(self, step: SendStep, exchange: Exchange) -> None:
        # Who writes a scenario for a server knows what it supports: there a refusal is what it looks like.
        if self.state.scenario.suite.startswith("rfc"):
            noted = refusal(step, exchange, self.schemas, partial(self.recorder.question, step=step.number))
            if noted is not None:
                self._mark(noted, UNSUPPORTED, step.number)
                raise _ScenarioOverError

    def _suite(self, step: SuiteStep) -> None:
        """A request of a suite that others wrote; it goes on after a broken assertion, as with its vendor."""
        if step.needs_user:
            see_to_a_user(self.recorder, self.state)
        request = self._request(step.send, usual=Headers())
        if step.origin:
            exchange = self.recorder.elsewhere(step.origin, request, step.number)
        else:
            exchange = self.recorder.exchange(request, step.number, anyones="$(" not in step.send.path)
        for held in suite_held(step, exchange, self.state):
            for requirement in step.requires:
                self._mark(held, requirement, step.number)
        if self.record.unknown:
            raise _ScenarioOverError
        self.state.captures |= suite_values(step, exchange)

    def _together(self, step: TogetherStep) -> None:
        """Sends several requests at once; one that lost a race is sent again by itself, as a client would."""
        exchanges = self.recorder.together([self._request(send) for send in step.sends], step.number)
        for place, exchange in enumerate(exchanges):
            if step.again is not None and step.again.accepts(exchange.status):
                exchanges[place] = self.recorder.exchange(exchange.request, step.number)
        self._judge(statuses_held(step, exchanges), step)

    def _request(self, spec: SendSpec, usual: Headers | None = None) -> Request:
        """The request of a step; `usual` are its fields beside those that the step has, else Okta's."""
        body: bytes = b""
        if isinstance(spec.body, str):
            body = render_text(spec.body, self.state.resolve).encode("utf-8", "surrogatepass")
        elif spec.body is not None:
            body = compact(self.state.body(spec.method, spec.path, spec.body.tree))
        headers = dialect.READ_HEADERS if spec.method in ("GET", "HEAD", "OPTIONS") else dialect.WRITE_HEADERS
        headers = headers if usual is None else usual
        for name, value in spec.headers:
            if value is None:
                headers = headers.without(name)
            else:
                headers = headers.with_field(name, render_text(value, self.state.resolve))
        return Request(spec.method, render_target(spec.path, self.state.resolve), headers, body, spec.auth)

    def _okta(self, step: OktaStep) -> Exchange | None:
        flow = flow_of(self.state, step.verb, self.state.render(step.argument.tree))
        logged = len(self.state.org.log.events)
        exchanges: list[Exchange] = []
        purposes: list[Purpose] = []
        try:
            call = next(flow)
            while True:
                if call.secret:
                    self.recorder.redactor.learn(call.secret)
                exchange = self.recorder.exchange(call.request, step.number)
                exchanges.append(exchange)
                purposes.append(call.purpose)
                call = flow.send(exchange.answer)
        except StopIteration as stop:
            result: ActionResult = stop.value
        masked = self.recorder.redactor.text(result.reason)
        self.recorder.emit(
            ActionDone(
                scenario=self.state.scenario.id,
                step=step.number,
                verb=step.verb,
                outcome=result.outcome.value,
                reason=masked,
            )
        )
        self._judge_action(step, result, exchanges, purposes, self.state.org.log.events[logged:])
        return exchanges[-1] if exchanges else None

    def _judge_action(
        self,
        step: OktaStep,
        result: ActionResult,
        exchanges: list[Exchange],
        purposes: list[Purpose],
        logged: list[dict[str, Json]],
    ) -> None:
        as_expected = result.outcome in step.expect.outcome
        last = exchanges[-1] if exchanges else None
        refused_at = result.refused_at or ((len(exchanges) - 1,) if result.refusal is not None else ())
        for position, (purpose, exchange) in enumerate(zip(purposes, exchanges, strict=True)):
            if position not in refused_at:
                held = Held(f"okta.{purpose.value}", TITLE_OF[purpose], None, step.span, exchange)
                self._mark(held, REQUIREMENT_OF[purpose], step.number)
        if not as_expected and refused_at:
            self._judge_refusal(step, result, exchanges[refused_at[0]])
            return
        problem = None
        if not as_expected:
            reason = f": {result.reason}" if result.reason else ""
            expected = " or ".join(outcome.value for outcome in step.expect.outcome)
            problem = Problem(expected, self.recorder.redactor.text(result.outcome.value + reason))
        span = step.expect.outcome_span
        self._judge(Held("expect.outcome", "the action ends as expected", problem, span, last), step)
        for held in action_held(step.expect, result, exchanges, logged, self.state.resolve):
            self._judge(held, step)

    def _judge_refusal(self, step: OktaStep, result: ActionResult, refused: Exchange) -> None:
        """The action failed at a call that must work for Okta: one finding, at the requirement behind that call."""
        refusal = result.refusal
        assert refusal is not None
        requirement = REQUIREMENT_OF[refusal.purpose]
        problem = Problem(refusal.expected, refusal.actual, refusal.at)
        held = Held(f"okta.{refusal.purpose.value}", TITLE_OF[refusal.purpose], problem, step.span, refused)
        notes = (f"Okta shows: {result.reason}",) if result.reason else ()
        self._mark(held, requirement, step.number, notes=notes, preparation=not step.expect.stated)
        self._end_if_broken(problem, refused, requirement, preparation=not step.expect.stated)

    def _judge(self, held: Held, step: Step) -> None:
        """Marks an expectation under what the step, or else the scenario, rests on."""
        for requirement in step.requires or self.state.scenario.requires:
            self._mark(held, requirement, step.number)
        for requirement in step.requires or self.state.scenario.requires:
            self._end_if_broken(held.problem, held.exchange, requirement, preparation=False)

    def _mark(
        self,
        held: Held,
        requirement: str,
        step: int,
        *,
        notes: tuple[str, ...] = (),
        preparation: bool = False,
    ) -> None:
        redact = self.recorder.redactor
        outcome = Outcome.HELD
        exchange = held.exchange
        if held.problem is not None:
            outcome = Outcome.BROKEN
            answer = exchange.answer if exchange else None
            unknown = self._untold(answer) if isinstance(answer, TransportFault) else ""
            if held.untold:
                outcome = Outcome.COULD_NOT_TELL
            if unknown:
                outcome = Outcome.COULD_NOT_TELL
                self.record.unknown = redact.text(unknown)
            words = server_words(answer) if answer is not None else ""
            notes = (*notes, f"the server says: {words}") if words else notes
        self.record.marks.append(
            Mark(
                check=held.check,
                requirement=self.requirement(requirement),
                outcome=outcome,
                title=held.title,
                step=step,
                problem=None if held.problem is None else masked(held.problem, redact),
                witness=self.recorder.witness(exchange) if exchange else None,
                span=held.span,
                notes=tuple(redact.text(note) for note in notes),
                preparation=preparation,
            )
        )

    def _untold(self, fault: TransportFault) -> str:
        """Why a missing answer tells nothing about the server; empty when it is the server's fault."""
        session = self.recorder.session
        if fault.kind is FaultKind.RATE_LIMIT:
            return fault.detail
        return "" if session.is_alive() else f"the server stopped answering: {session.dead}"

    def _end_if_broken(
        self, problem: Problem | None, exchange: Exchange | None, requirement: str, *, preparation: bool
    ) -> None:
        if self.record.unknown:
            raise _ScenarioOverError
        if problem is None or (self.requirement(requirement).level is not Level.MUST and not preparation):
            return
        if preparation:
            self.record.blocker = (requirement, exchange.status if exchange else None)
        raise _ScenarioOverError

    def _capture(self, step: OktaStep | SendStep, exchange: Exchange | None) -> None:
        for name, spec in step.capture.items():
            value: Json = captured(spec, exchange) if exchange is not None else None
            if value is None:
                where = f"the header {spec.header}" if spec.header else f"a value at {spec.pointer or 'the root'}"
                problem = Problem(where, "absent", spec.pointer or "")
                self._judge(Held("expect.capture", f"the answer gives `{name}`", problem, spec.span, exchange), step)
                raise _ScenarioOverError
            self.state.captures[name] = value


def _with_members(request: Request) -> Request:
    """The request with the attributes that a group has, if it is about groups and names none itself."""
    of_groups = re.fullmatch(r"/Groups(/[^/.]+)?", request.path) is not None
    if not of_groups or request.method == "DELETE" or "ttributes=" in request.query:
        return request
    mark = "&" if request.query else "?"
    return replace(request, target=f"{request.target}{mark}attributes=displayName,externalId,members,meta")


def _document(response: Response) -> Json:
    try:
        return response.json()
    except NotJsonError:
        return None
