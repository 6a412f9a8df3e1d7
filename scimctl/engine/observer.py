"""What is made of a scenario's exchanges once they are over: masked for events, held against the passive checks.

This runs in the scenario's own thread, while the server works on its next request.
"""

from dataclasses import dataclass, field

from scimctl.checks.context import Context, view
from scimctl.checks.registry import Check
from scimctl.engine.tallies import Tally
from scimctl.events import ExchangeDone
from scimctl.exchange import Exchange
from scimctl.finding import Outcome, Problem, Witness
from scimctl.redact import Redactor


@dataclass(frozen=True, slots=True)
class Sent:
    """An exchange as it went over the wire, with its secrets; clean-up and questions of our own are not judged."""

    exchange: Exchange
    step: int
    is_judged: bool = True


@dataclass(slots=True, kw_only=True)
class Observer:
    """Sees every exchange of one scenario, in order."""

    scenario: str
    redactor: Redactor
    context: Context
    checks: tuple[Check, ...]
    _tallies: dict[tuple[str, Outcome], Tally] = field(default_factory=dict)

    def see(self, sent: Sent) -> ExchangeDone:
        """Runs the passive checks, and returns the event that shows the exchange."""
        shown = self.redactor.exchange(sent.exchange)
        if sent.is_judged:
            self._judge(sent, witness_of(shown))
        return ExchangeDone(
            scenario=self.scenario,
            step=sent.step,
            number=shown.number,
            exchange=shown,
            cleanup=not sent.is_judged,
        )

    def tallies(self) -> list[Tally]:
        """What the passive checks saw, one tally a check and outcome."""
        return list(self._tallies.values())

    def _judge(self, sent: Sent, witness: Witness) -> None:
        seen = view(sent.exchange, self.context)
        if seen is None:
            return
        for check in self.checks:
            if check.applies(seen):
                problem = next(iter(check.judge(seen)), None)
                outcome = Outcome.HELD if problem is None else Outcome.BROKEN
                tally = self._tallies.get((check.id, outcome))
                if tally is None:
                    shown = None if problem is None else masked(problem, self.redactor)
                    tally = Tally(check, outcome, self.scenario, sent.step, witness, shown)
                    self._tallies[check.id, outcome] = tally
                tally.times += 1


def masked(problem: Problem, redactor: Redactor) -> Problem:
    """`problem` without secrets."""
    return Problem(redactor.text(problem.expected), redactor.text(problem.actual), redactor.text(problem.at))


def witness_of(shown: Exchange) -> Witness:
    """A masked exchange as findings cite it."""
    return Witness(shown.number, shown.request.method, shown.request.target, shown.status)
