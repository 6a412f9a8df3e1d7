"""What passive checks saw, counted: a mark for every exchange and check would outweigh the run itself."""

from collections.abc import Iterable
from dataclasses import dataclass

from scimctl.checks.registry import Check
from scimctl.engine.marks import Mark
from scimctl.finding import Outcome, Problem, Witness
from scimctl.spec.catalogue import Catalogue


@dataclass(slots=True)
class Tally:
    """How often a check had an outcome, with the scenario, step, witness and problem of the first time."""

    check: Check
    outcome: Outcome
    scenario: str
    step: int
    witness: Witness
    problem: Problem | None = None
    times: int = 0


class Tallies:
    """The tallies of a run, added up in plan order."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, Outcome], Tally] = {}

    def add(self, tallies: Iterable[Tally]) -> None:
        """Adds what one scenario saw; the first to see something stands for it."""
        for tally in tallies:
            first = self._first.setdefault((tally.check.id, tally.outcome), tally)
            if first is not tally:
                first.times += tally.times

    def marks(self, catalogue: Catalogue) -> list[Mark]:
        """One mark a check and outcome."""
        return [
            Mark(
                check=tally.check.id,
                requirement=catalogue.get(tally.check.requires),
                outcome=tally.outcome,
                title=tally.check.title,
                step=tally.step,
                problem=tally.problem,
                witness=tally.witness,
                notes=(f"first seen in {tally.scenario}",) if tally.problem is not None else (),
                times=tally.times,
            )
            for tally in self._first.values()
        ]
