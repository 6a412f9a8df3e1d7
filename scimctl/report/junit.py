"""JUnit XML, as CI servers read it: one test case a scenario, and one for each passive check that found something."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from scimctl.events import Event, FindingMade, RunFinished, RunStarted, ScenarioFinished
from scimctl.finding import Finding, Outcome, Verdict
from scimctl.report.finding_words import expected_and_actual, ground, is_run_wide, witness_line
from scimctl.report.reporter import write_whole

_FAILURES = (Verdict.FAILED, Verdict.STALE)
# XML 1.0 §2.2: what no document may hold, even escaped. Beside that, what would steer a terminal.
_FORBIDDEN = re.compile(
    "[^\t\n\u0020-\u007e\u00a0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)


@dataclass(slots=True)
class JunitReporter:
    """Collects a run and writes one XML document when it is over; None as path is stdout."""

    path: Path | None
    stdout: TextIO
    _started: RunStarted | None = None
    _finished: RunFinished | None = None
    _scenarios: list[ScenarioFinished] = field(default_factory=list)
    _findings: dict[str, list[Finding]] = field(default_factory=dict)

    def handle(self, event: Event) -> None:
        """Takes one event."""
        match event:
            case RunStarted():
                self._started = event
            case ScenarioFinished():
                self._scenarios.append(event)
            case FindingMade(finding=finding):
                self._findings.setdefault(finding.scenario, []).append(finding)
            case RunFinished():
                self._finished = event
            case _:
                pass

    def close(self) -> None:
        """Writes the document, once the run has finished. Raises OSError."""
        if self._started is None or self._finished is None:
            return
        cases = [self._scenario_case(finished) for finished in self._scenarios]
        run_wide = [finding for group in self._findings.values() for finding in group if is_run_wide(finding)]
        cases += [_run_wide_case(finding) for finding in run_wide if finding.verdict is not Verdict.PASSED]
        suite = ET.Element(
            "testsuite",
            {
                "name": "scimctl",
                "tests": str(len(cases)),
                "failures": str(sum(1 for case in cases if case.find("failure") is not None)),
                "errors": str(sum(1 for case in cases if case.find("error") is not None)),
                "skipped": str(sum(1 for case in cases if case.find("skipped") is not None)),
                "time": f"{self._finished.duration:.3f}",
                "timestamp": self._started.started.removesuffix("Z"),
                "hostname": _clean(self._started.base_url),
            },
        )
        suite.extend(cases)
        root = ET.Element("testsuites", dict(suite.attrib))
        root.append(suite)
        ET.indent(root)
        text = '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
        write_whole(text, self.path, self.stdout)

    def _scenario_case(self, finished: ScenarioFinished) -> ET.Element:
        case = _case(finished.id.rpartition(".")[0], finished.id, finished.duration)
        findings = self._findings.get(finished.id, [])
        match finished.verdict:
            case Verdict.FAILED | Verdict.STALE:
                for finding in findings:
                    if finding.verdict in _FAILURES:
                        _add(case, "failure", finding.title, finding)
            case Verdict.UNKNOWN:
                ET.SubElement(case, "error", {"message": _clean(finished.reason or "could not tell")})
            case Verdict.BLOCKED | Verdict.NOT_RUN:
                ET.SubElement(case, "skipped", {"message": _clean(finished.reason or "")})
            case _:
                lines = [_text(f) for f in findings if f.outcome is Outcome.BROKEN]
                if lines:
                    ET.SubElement(case, "system-out").text = _clean("\n\n".join(lines))
        return case


def _case(classname: str, name: str, seconds: float) -> ET.Element:
    return ET.Element("testcase", {"classname": classname, "name": name, "time": f"{seconds:.3f}"})


def _run_wide_case(finding: Finding) -> ET.Element:
    case = _case(finding.scenario, finding.check, 0.0)
    if finding.verdict in _FAILURES:
        _add(case, "failure", finding.title, finding)
    else:
        ET.SubElement(case, "system-out").text = _clean(_text(finding))
    return case


def _add(case: ET.Element, kind: str, title: str, finding: Finding) -> None:
    message = _clean(f"{title}: {expected_and_actual(finding)}")
    ET.SubElement(case, kind, {"message": message, "type": finding.requirement.id}).text = _clean(_text(finding))


def _text(finding: Finding) -> str:
    place = finding.span.place if finding.span else ""
    lines = [f"{finding.verdict.value} {finding.title}", expected_and_actual(finding), ground(finding)]
    lines += [line for line in (witness_line(finding), place, *finding.notes) if line]
    return "\n".join(lines)
