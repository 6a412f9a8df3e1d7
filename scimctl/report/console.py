"""The run on a terminal: a line a scenario as it ends, what is wrong under it, passive findings and sums below."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TextIO

from rich.console import Console
from rich.status import Status
from rich.text import Text

from scimctl.diagnostic import Diagnostic
from scimctl.events import (
    Event,
    ExchangeDone,
    FindingMade,
    LeftBehind,
    Noted,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ScenarioStarted,
    StepStarted,
    Waiting,
)
from scimctl.exchange import Exchange
from scimctl.finding import Finding, Outcome, Verdict
from scimctl.report.carets import render
from scimctl.report.curl import curl
from scimctl.report.finding_words import expected_and_actual, ground, is_run_wide, witness_line
from scimctl.report.likeness import Shape, kind_of_path, shape
from scimctl.report.printable import counted, printable

_SIGN = {
    Verdict.FAILED: ("✗", "bold red"),
    Verdict.STALE: ("✗", "bold red"),
    Verdict.UNKNOWN: ("?", "bold magenta"),
    Verdict.BLOCKED: ("⊘", "magenta"),
    Verdict.WARNED: ("!", "yellow"),
    Verdict.KNOWN: ("~", "cyan"),
    Verdict.NOTED: ("·", "cyan"),
    Verdict.PASSED: ("✓", "green"),
    Verdict.NOT_RUN: ("-", "dim"),
}
_EXPLAINED = (Verdict.FAILED, Verdict.STALE, Verdict.UNKNOWN, Verdict.WARNED, Verdict.NOTED)
_EXIT_WORDS = {
    0: "The server conforms to what was run.",
    1: "The server is wrong.",
    3: "It could not be told whether the server is right.",
    4: "Nothing was run.",
    130: "The run was interrupted.",
}


def console_reporter(stream: TextIO, *, color: bool) -> "ConsoleReporter":
    """A reporter that writes to `stream`, with colour or without."""
    console = Console(file=stream, no_color=not color, color_system="auto" if color else None, highlight=False)
    return ConsoleReporter(console)


@dataclass(slots=True)
class ConsoleReporter:
    """Shows a run as it happens; on a terminal with a line of what is going on now."""

    console: Console
    _status: Status | None = None
    _planned: int = 0
    _done: int = 0
    _exchanges: dict[int, Exchange] = field(default_factory=dict)
    _findings: list[Finding] = field(default_factory=list)
    _passive: list[Finding] = field(default_factory=list)
    _left: list[LeftBehind] = field(default_factory=list)
    _not_run: str | None = None
    _alike: int = 0
    _first_of: dict[Shape, str] = field(default_factory=dict)
    _failures: int = 0

    def handle(self, event: Event) -> None:
        """Takes one event."""
        match event:
            case RunStarted():
                self._begin(event)
            case ScenarioStarted():
                self._exchanges.clear()
                self._findings.clear()
                self._show(f"{event.id}")
            case StepStarted():
                self._show(f"{event.scenario}  {event.text}")
            case ExchangeDone():
                self._exchanges[event.number] = event.exchange
            case FindingMade(finding=finding):
                (self._passive if is_run_wide(finding) else self._findings).append(finding)
            case ScenarioFinished():
                self._done += 1
                self._scenario(event)
            case LeftBehind():
                self._left.append(event)
            case Waiting():
                self._line(f"  waiting {event.seconds:.0f} s: {event.reason}", "yellow")
            case Noted():
                self._line(f"note: {event.text}", "cyan")
            case RunFinished():
                self._finish(event)
            case _:
                pass

    def close(self) -> None:
        """Takes the line of progress away."""
        if self._status is not None:
            self._status.stop()

    def _begin(self, event: RunStarted) -> None:
        self._planned = len(event.planned)
        self._line(f"scimctl {event.scimctl} → {event.base_url}: {counted(self._planned, 'scenario')}", "bold")
        if self.console.is_terminal:
            self._status = self.console.status("")
            self._status.start()

    def _show(self, text: str) -> None:
        if self._status is not None:
            line = f"[{self._done + 1}/{self._planned}] {printable(text)}"
            self._status.update(Text(line, overflow="ellipsis", no_wrap=True))

    def _line(self, text: str, style: str = "") -> None:
        self.console.print(Text(printable(text), style=style), soft_wrap=True)

    def _scenario(self, event: ScenarioFinished) -> None:
        if event.verdict is Verdict.NOT_RUN and event.reason == self._not_run:
            # After an interruption, or without a server, the same sentence would push what matters off the screen.
            self._alike += 1
            return
        self._tell_alike()
        self._not_run = event.reason if event.verdict is Verdict.NOT_RUN else None
        sign, style = _SIGN[event.verdict]
        line = Text.assemble((f"{sign} {event.verdict.value:<7}", style), f" {event.id}")
        if event.verdict is not Verdict.NOT_RUN:
            line.append(f"  {event.duration * 1000:.0f} ms", "dim")
        if event.reason:
            line.append(f"  {printable(event.reason)}", "dim")
        self.console.print(line, soft_wrap=True)
        for finding in self._findings:
            if finding.verdict in _EXPLAINED and event.verdict is not Verdict.BLOCKED:
                self._tell(finding)

    def _tell(self, finding: Finding) -> None:
        """A finding in full when it is the first of its kind; in two lines when an earlier one looks like it."""
        self._failures += finding.verdict is Verdict.FAILED
        first = self._first_of.setdefault(shape(finding), finding.scenario)
        if first == finding.scenario:
            self._explain(finding)
            return
        witness = finding.witness
        request = f"{witness.method} {kind_of_path(witness.path)} → {witness.status}, " if witness is not None else ""
        self._line(f"  as in {first}: {request}{expected_and_actual(finding)}"[:300])
        self._line(f"    {ground(finding)}", "dim")

    def _tell_alike(self) -> None:
        if self._alike:
            self._line(f"- NOT_RUN {self._alike} more for the same reason", "dim")
        self._alike = 0

    def _explain(self, finding: Finding) -> None:
        """A finding under its scenario: what was expected where, what came, on what grounds, how to repeat it."""
        witness = finding.witness
        exchange = self._exchanges.get(witness.number) if witness is not None else None
        notes = [printable(line) for line in (witness_line(finding), *finding.notes, ground(finding)) if line]
        diagnostic = Diagnostic(
            title=f"{finding.verdict.value}: {finding.title}: {expected_and_actual(finding)}",
            span=finding.span,
            label=f"got {finding.problem.actual}" if finding.problem else "",
            notes=tuple(notes),
            help=f"reproduce: {curl(exchange)}" if exchange is not None else "",
        )
        text = render(diagnostic, color=self.console.color_system is not None)
        indented = "\n".join(f"  {line}" if line else "" for line in text.splitlines())
        self.console.print(Text.from_ansi(indented), soft_wrap=True)
        self.console.print()

    def _finish(self, event: RunFinished) -> None:
        self.close()
        self._tell_alike()
        self._passive_findings()
        for left in self._left:
            self._line(f"LEFT BEHIND {left.resource_type} {left.name}: {left.reason}", "bold yellow")
        counts = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in event.summary.items() if count)
        self._line("")
        self._line(f"{counts or 'no findings'}; {counted(event.requests, 'request')} in {event.duration:.1f} s")
        kinds = sum(1 for kind in self._first_of if kind[0] == Verdict.FAILED.value)
        if 0 < kinds < self._failures:
            many = "one kind" if kinds == 1 else f"{kinds} kinds"
            self._line(
                f"The {self._failures} failures of scenarios are of {many}; what is of a kind may have one cause."
            )
        style = {0: "bold green", 1: "bold red"}.get(event.exit_code, "bold yellow")
        self._line(_EXIT_WORDS.get(event.exit_code, ""), style)

    def _passive_findings(self) -> None:
        broken = [f for f in self._passive if f.outcome is Outcome.BROKEN or f.verdict is Verdict.STALE]
        if not broken:
            return
        self._line("")
        self._line("Seen in all answers, whatever the scenario:", "bold")
        for finding in sorted(broken, key=lambda f: list(Verdict).index(f.verdict)):
            self._passive_finding(finding)

    def _passive_finding(self, finding: Finding) -> None:
        sign, style = _SIGN[finding.verdict]
        title = printable(f"{finding.check}: {finding.title}")
        head = Text.assemble((f"{sign} {finding.verdict.value:<7}", style), f" {title}")
        self.console.print(head, soft_wrap=True)
        for line in _grounds(finding):
            self._line(f"    {line}", "dim")


def _grounds(finding: Finding) -> Iterable[str]:
    once = (expected_and_actual(finding), witness_line(finding), *finding.notes, ground(finding))
    return (line for line in once if line)
