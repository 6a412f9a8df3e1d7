"""What the checks saw, one mark a time, and how marks become findings: one a scenario, check and requirement."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scimctl.finding import Finding, Outcome, Problem, Verdict, Witness
from scimctl.source import Span
from scimctl.spec.requirement import Requirement

PASSIVE = "passive"
"""The scenario name under which findings of passive checks stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One thing that was seen, `times` times over; the rest is of the first time.

    `preparation` marks belong to a step that only sets the scene.
    """

    check: str
    requirement: Requirement
    outcome: Outcome
    title: str
    step: int | None = None
    problem: Problem | None = None
    witness: Witness | None = None
    span: Span | None = None
    notes: tuple[str, ...] = ()
    preparation: bool = False
    times: int = 1


_WORST_FIRST = (Outcome.BROKEN, Outcome.COULD_NOT_TELL, Outcome.HELD, Outcome.NOT_APPLICABLE)


def findings_of(scenario: str, marks: Iterable[Mark], verdict: Callable[[Mark], Verdict]) -> list[Finding]:
    """The findings that `marks` come to, in the order in which their checks were first seen.

    The worst outcome stands with its first mark; NOT_APPLICABLE makes no finding. `verdict` judges the standing mark.
    """
    grouped: dict[tuple[str, str], list[Mark]] = {}
    for mark in marks:
        if mark.outcome is not Outcome.NOT_APPLICABLE:
            grouped.setdefault((mark.check, mark.requirement.id), []).append(mark)
    findings = []
    for group in grouped.values():
        outcome = min((mark.outcome for mark in group), key=_WORST_FIRST.index)
        worst = [mark for mark in group if mark.outcome is outcome]
        first = worst[0]
        findings.append(
            Finding(
                scenario=scenario,
                step=first.step,
                check=first.check,
                requirement=first.requirement,
                outcome=outcome,
                verdict=verdict(first),
                title=first.title,
                problem=first.problem,
                times=sum(mark.times for mark in worst),
                witness=first.witness,
                span=first.span,
                notes=first.notes,
            )
        )
    return findings
