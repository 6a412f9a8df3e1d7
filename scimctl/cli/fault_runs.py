"""`scimctl run --reference --fault all`: the plan once for each fault, and what it makes of each."""

from collections.abc import Iterator
from dataclasses import replace

import typer

from scimctl.cli.exit_codes import ExitCode
from scimctl.cli.run_setup import Setup
from scimctl.cli.target import connect
from scimctl.engine.ledger import Ledger
from scimctl.engine.run import Tools, run
from scimctl.events import FindingMade
from scimctl.finding import Finding, Verdict
from scimctl.report.printable import counted
from scimctl.server.faults.catalogue import Fault, faults, visible
from scimctl.spec.catalogue import Catalogue

EVERY = ("all",)
"""What `--fault` holds for one run each."""

_SHOWN = (Verdict.FAILED, Verdict.WARNED, Verdict.NOTED)
_ENOUGH = {"must": _SHOWN[:1], "okta": _SHOWN[:1], "should": _SHOWN[:2], "interop": _SHOWN}


def play_each(setup: Setup) -> int:
    """Plays the plan against the reference server once for each fault, writes a line each, and returns the exit code.

    It is 0 when each fault gives a finding as strong as its level asks for, and 1 when one does not.
    """
    typer.echo(f"{counted(len(setup.plan.run), 'scenario')}, once for each of {len(visible())} faults")
    missed = 0
    for name in visible():
        found = [finding for finding in _findings(setup, name) if finding.verdict in _SHOWN]
        is_found = any(finding.verdict in _ENOUGH[faults()[name].level] for finding in found)
        missed += not is_found
        typer.echo(_row(faults()[name], found, is_found=is_found))
    typer.echo(f"\n{len(visible()) - missed} found, {missed} missed")
    return int(ExitCode.SERVER_WRONG if missed else ExitCode.CONFORMS)


def _findings(setup: Setup, fault: str) -> Iterator[Finding]:
    target = replace(setup.target, faults=(fault,))
    redactor = target.redactor()
    with connect(target, redactor, connections=setup.settings.jobs) as send:
        tools = Tools(
            send=send,
            sleep=target.sleep,
            ledger=Ledger(target.base_url),
            redactor=redactor,
            catalogue=Catalogue.load(),
            deviations=setup.deviations,
        )
        for event in run(setup.plan, setup.settings, tools):
            if isinstance(event, FindingMade):
                yield event.finding


def _row(fault: Fault, found: list[Finding], *, is_found: bool) -> str:
    mark = "found " if is_found else "MISSED"
    counts = ", ".join(
        f"{number} {verdict.value}" for verdict in _SHOWN if (number := sum(f.verdict is verdict for f in found))
    )
    first = min(found, key=lambda finding: _SHOWN.index(finding.verdict), default=None)
    where = f"; {first.scenario}: {first.check}" if first is not None else ""
    return f"{mark} {fault.name} ({fault.level}): {counts or 'nothing'}{where}"
