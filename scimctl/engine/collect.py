"""From records to findings and verdicts, in plan order: blocked scenarios, passive findings, deviations, counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from scimctl.engine.marks import PASSIVE, Mark, findings_of
from scimctl.engine.player import Record
from scimctl.engine.tallies import Tallies, Tally
from scimctl.engine.verdicts import Deviation, capped, exit_code, verdict_of, worst
from scimctl.events import Event, FindingMade, ScenarioFinished, ScenarioStarted
from scimctl.finding import Finding, Outcome, Verdict
from scimctl.scenario.deviations import EVERY_SCENARIO, Deviations
from scimctl.spec.catalogue import Catalogue
from scimctl.spec.requirement import Level

_SUMMARY_OF = {
    Verdict.PASSED: "passed",
    Verdict.FAILED: "failed",
    Verdict.WARNED: "warned",
    Verdict.NOTED: "noted",
    Verdict.UNKNOWN: "unknown",
    Verdict.KNOWN: "known",
    Verdict.STALE: "stale",
}

Blocker = tuple[str, int | None]


@dataclass(slots=True, kw_only=True)
class Collector:
    """Takes the records of a run in plan order and gives the events that finish each scenario."""

    catalogue: Catalogue
    deviations: Deviations
    rfc_selected: bool
    fail_on: Level
    findings: list[Finding] = field(default_factory=list)
    scenarios: dict[str, Verdict] = field(default_factory=dict)
    _passive: Tallies = field(default_factory=Tallies)
    _blockers: dict[Blocker, str] = field(default_factory=dict)

    @property
    def failed_scenarios(self) -> int:
        """How many scenarios have failed so far."""
        return sum(1 for verdict in self.scenarios.values() if verdict is Verdict.FAILED)

    def take(self, record: Record, passive: Iterable[Tally]) -> Iterator[Event]:
        """The findings and the verdict of one scenario that was played; `passive` is what the passive checks saw."""
        self._passive.add(passive)
        scenario = record.scenario
        culprit = self._blockers.get(record.blocker) if record.blocker is not None else None
        marks = record.marks
        if culprit is not None:
            marks = [mark for mark in marks if not (mark.preparation and mark.outcome is Outcome.BROKEN)]
        findings = findings_of(scenario.id, marks, lambda mark: self._verdict(mark, scenario.id))
        yield from self._made(findings)
        verdict, reason = _scenario_verdict(record, findings, culprit)
        if record.blocker is not None and verdict in (Verdict.FAILED, Verdict.UNKNOWN):
            # A known deviation blocks nobody: BLOCKED must name what counts.
            self._blockers.setdefault(record.blocker, scenario.id)
        self.scenarios[scenario.id] = verdict
        yield ScenarioFinished(
            id=scenario.id, title=scenario.title, verdict=verdict, reason=reason, duration=record.duration
        )

    def take_passive(self, tallies: Iterable[Tally]) -> None:
        """What the passive checks saw outside any scenario."""
        self._passive.add(tallies)

    def not_run(self, scenario_id: str, title: str, reason: str) -> Iterator[Event]:
        """A planned scenario for which nothing was sent."""
        self.scenarios[scenario_id] = Verdict.NOT_RUN
        yield ScenarioStarted(id=scenario_id, title=title)
        yield ScenarioFinished(id=scenario_id, title=title, verdict=Verdict.NOT_RUN, reason=reason, duration=0.0)

    def finish(self) -> Iterator[Event]:
        """The findings of the passive checks, one a check, over the whole run; and the deviations that none needed."""
        yield from self._made(findings_of(PASSIVE, self._passive.marks(self.catalogue), self._passive_verdict))
        yield from self._made(self._stale())

    def _stale(self) -> list[Finding]:
        """One finding for each check that is listed for every scenario and was seen in this run, but never broken."""
        stale = []
        for entry in self.deviations.entries:
            if entry.scenario != EVERY_SCENARIO:
                continue
            seen = [finding for finding in self.findings if finding.check == entry.check]
            if seen and all(finding.outcome is Outcome.HELD for finding in seen):
                stale.append(replace(seen[0], scenario=EVERY_SCENARIO, verdict=Verdict.STALE, step=None))
        return stale

    def summary(self) -> dict[str, int]:
        """The counts of the JSON report: findings, but for `blocked` and `not_run`, which count scenarios."""
        counts = dict.fromkeys(
            ("passed", "failed", "warned", "noted", "unknown", "blocked", "known", "stale", "not_run"), 0
        )
        for finding in self.findings:
            counts[_SUMMARY_OF[finding.verdict]] += 1
        verdicts = list(self.scenarios.values())
        counts["blocked"] = verdicts.count(Verdict.BLOCKED)
        counts["not_run"] = verdicts.count(Verdict.NOT_RUN)
        return counts

    def exit_code(self, *, unreachable: bool) -> int:
        """The exit code of the run; a server that could not be reached at all is 3, whatever else."""
        if unreachable:
            return 3
        verdicts = [*self.scenarios.values(), *(finding.verdict for finding in self.findings)]
        ran = any(verdict is not Verdict.NOT_RUN for verdict in self.scenarios.values())
        return exit_code(verdicts, any_ran=ran, fail_on=self.fail_on)

    def _made(self, findings: list[Finding]) -> Iterator[Event]:
        self.findings += findings
        for finding in findings:
            yield FindingMade(finding=finding)

    def _verdict(self, mark: Mark, scenario: str) -> Verdict:
        listed = self.deviations.covers(scenario, mark.check)
        if listed and mark.outcome is Outcome.HELD and not self.deviations.names(scenario, mark.check):
            # An entry for every scenario is stale only when the check held in all of them: `_stale` looks at that.
            listed = False
        return verdict_of(mark.outcome, mark.requirement.level, Deviation.LISTED if listed else Deviation.NOT_LISTED)

    def _passive_verdict(self, mark: Mark) -> Verdict:
        level = capped(mark.requirement.level, mark.requirement.document, self.rfc_selected)
        adjusted = replace(mark, requirement=replace(mark.requirement, level=level))
        return self._verdict(adjusted, PASSIVE)


def _scenario_verdict(record: Record, findings: list[Finding], culprit: str | None) -> tuple[Verdict, str | None]:
    """The scenario's verdict and the reason that goes with it, worst first."""
    verdicts = [finding.verdict for finding in findings]
    reason: str | None = None
    if culprit is not None:
        verdicts.append(Verdict.BLOCKED)
        reason = f"blocked by the failure of {culprit}"
    if record.unknown:
        verdicts.append(Verdict.UNKNOWN)
        reason = record.unknown
    if record.stopped:
        verdicts.append(Verdict.UNKNOWN if record.sent else Verdict.NOT_RUN)
        reason = record.stopped
    verdict = worst(verdicts)
    return verdict, reason if verdict in (Verdict.BLOCKED, Verdict.UNKNOWN, Verdict.NOT_RUN) else None
