"""The JSON report: the contract with CI."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from scimctl.events import Event, FindingMade, RunFinished, RunStarted, ScenarioFinished
from scimctl.finding import Finding
from scimctl.jsonvalue import Json
from scimctl.report.printable import safe_json
from scimctl.report.reporter import write_whole


@dataclass(slots=True)
class JsonReporter:
    """Collects a run and writes one JSON document when it is over; None as path is stdout."""

    path: Path | None
    stdout: TextIO
    _started: RunStarted | None = None
    _finished: RunFinished | None = None
    _scenarios: list[Json] = field(default_factory=list)
    _findings: list[Json] = field(default_factory=list)

    def handle(self, event: Event) -> None:
        """Takes one event."""
        match event:
            case RunStarted():
                self._started = event
            case ScenarioFinished():
                self._scenarios.append(
                    {
                        "id": event.id,
                        "title": event.title,
                        "verdict": event.verdict.value,
                        "reason": event.reason,
                        "duration_seconds": round(event.duration, 6),
                    }
                )
            case FindingMade(finding=finding):
                self._findings.append(finding_json(finding))
            case RunFinished():
                self._finished = event
            case _:
                pass

    def close(self) -> None:
        """Writes the document, once the run has finished. Raises OSError."""
        started, finished = self._started, self._finished
        if started is None or finished is None:
            return
        document: dict[str, Json] = {
            "format": 1,
            "scimctl": started.scimctl,
            "target": {"base_url": started.base_url},
            "started": started.started,
            "duration_seconds": round(finished.duration, 6),
            "requests": finished.requests,
            "exit_code": finished.exit_code,
            "summary": dict(finished.summary),
            "scenarios": self._scenarios,
            "findings": self._findings,
        }
        text = safe_json(json.dumps(document, indent=2, ensure_ascii=False))
        write_whole(text + "\n", self.path, self.stdout)


def finding_json(finding: Finding) -> dict[str, Json]:
    """A finding in the form of the contract."""
    problem, witness = finding.problem, finding.witness
    request: Json = None
    if witness is not None:
        request = {"method": witness.method, "path": witness.path, "status": witness.status}
    return {
        "scenario": finding.scenario,
        "step": finding.step,
        "check": finding.check,
        "requirement": finding.requirement.id,
        "level": finding.requirement.level.value,
        "source": finding.requirement.source,
        "outcome": finding.outcome.value,
        "verdict": finding.verdict.value,
        "title": finding.title,
        "expected": problem.expected if problem else None,
        "actual": problem.actual if problem else None,
        "at": problem.at if problem else None,
        "times": finding.times,
        "exchange": witness.number if witness else None,
        "request": request,
    }
