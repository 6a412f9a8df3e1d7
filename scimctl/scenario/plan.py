"""What a run will play and what it will not, and why not."""

from collections.abc import Iterable
from dataclasses import dataclass

from scimctl.scenario.model import Scenario

HEAVY_REASON = "it makes more than 20 accounts; run it with --heavy"


@dataclass(frozen=True, slots=True)
class NotRun:
    """A selected scenario that will not be played."""

    id: str
    title: str
    reason: str


@dataclass(frozen=True, slots=True)
class Plan:
    """The scenarios in the order in which they are played and reported, and those left out."""

    run: tuple[Scenario, ...]
    not_run: tuple[NotRun, ...] = ()


def make_plan(scenarios: Iterable[Scenario], *, allow_heavy: bool) -> Plan:
    """The plan for selected scenarios: their order is kept, but those that run alone come last.

    Without `allow_heavy` the heavy ones are left out with the reason. What a scenario `needs` shows only at run time.
    """
    run: list[Scenario] = []
    not_run: list[NotRun] = []
    for scenario in scenarios:
        if scenario.heavy and not allow_heavy:
            not_run.append(NotRun(scenario.id, scenario.title, HEAVY_REASON))
        else:
            run.append(scenario)
    run.sort(key=lambda scenario: scenario.alone)
    return Plan(tuple(run), tuple(not_run))
