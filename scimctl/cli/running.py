"""The parts of `scimctl run` after its options: asking, playing, writing what was found."""

import gc
import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import typer

from scimctl.cli.errors import warn
from scimctl.cli.exit_codes import ExitCode
from scimctl.cli.preview import preview
from scimctl.cli.run_setup import Setup
from scimctl.cli.suites import elsewhere, origins, pauses
from scimctl.cli.target import connect
from scimctl.diagnostic import usage_error
from scimctl.engine.ledger import Ledger, state_folder
from scimctl.engine.run import Tools, run
from scimctl.events import Event, FindingMade, RunFinished
from scimctl.finding import Finding, Outcome, Verdict
from scimctl.report.printable import counted
from scimctl.report.reporter import FanOut, Reporter
from scimctl.scenario.deviations import Deviation, dump
from scimctl.spec.catalogue import Catalogue
from scimctl.wire.settings import is_loopback

_DEVIATIONS_LAST = timedelta(days=90)


def show_requests(setup: Setup) -> None:
    """Prints every request that the plan would send, and says that none was sent."""
    shown = preview(setup.plan, setup.settings)
    current = ""
    others = origins(setup.plan.run)
    for scenario, exchange in shown.exchanges:
        if scenario != current:
            typer.echo(scenario)
            current = scenario
        request = exchange.request
        base_url = exchange.base_url if exchange.base_url in others else setup.target.base_url
        typer.echo(f"  {request.method} {base_url}{request.target}")
        if request.body:
            typer.echo(f"    {request.body.decode('utf-8', 'replace')}")
    for scenario, reason in shown.cut.items():
        typer.echo(f"{scenario}: the rest is not known before it is sent: {reason}")
    for left_out in setup.plan.not_run:
        typer.echo(f"{left_out.id}: not run: {left_out.reason}")
    typer.echo(
        f"Dry run: {counted(len(shown.exchanges), 'request')}, {counted(shown.accounts, 'account')}, "
        "played against the built-in server; "
        "ids are its own, and nothing was sent."
    )


def confirm(setup: Setup, *, yes: bool) -> None:
    """Says how many accounts a run elsewhere will create, and asks once. Raises InputError without an answer."""
    others = [origin for origin in origins(setup.plan.run) if not is_loopback(urlsplit(origin).hostname or "")]
    if setup.target.is_local and not others:
        return
    accounts = preview(setup.plan, setup.settings).accounts
    warning = f"this run creates {counted(accounts, 'account')} on {setup.target.base_url}, which may be billed"
    if others:
        warning = f"this run asks and changes {', '.join(others)}, as its suite says, and the target with it"
    if yes:
        warn(warning)
        return
    if not sys.stdin.isatty():
        raise usage_error(f"{warning}, and nobody is there to ask", "add --yes to agree, or --dry-run to look first")
    if not typer.confirm(f"{warning[0].upper()}{warning[1:]}. Go on?", err=True):
        raise usage_error("nothing was sent", "use --dry-run to see what a run sends")


def play(setup: Setup, shown_by: Sequence[Reporter], write_deviations: Path | None) -> int:
    """Runs the plan, lets the reporters show and write what they make of it, and returns the exit code."""
    target = setup.target
    redactor = target.redactor()
    fan_out = FanOut(shown_by)
    path = (
        None
        if target.is_reference
        else state_folder() / f"{setup.settings.started.replace(':', '')}-{setup.settings.seed}.jsonl"
    )
    findings: list[Finding] = []
    code = int(ExitCode.OUR_BUG)
    if not target.is_reference and (seconds := pauses(setup.plan.run)):
        warn(f"the suite pauses for {seconds:g} s in all, as its author wrote; --fast leaves the pauses out")
    connected = connect(target, redactor, connections=setup.settings.jobs)
    others = elsewhere(target, setup.plan.run)
    with fan_out, connected as send, others as other, _stop_on_interrupt() as stop, _calm_collector():
        tools = Tools(
            send=send,
            sleep=target.sleep,
            ledger=Ledger(target.base_url, path),
            redactor=redactor,
            catalogue=Catalogue.load(),
            deviations=setup.deviations,
            stop=stop,
            elsewhere=other,
        )
        for event in run(setup.plan, setup.settings, tools):
            fan_out.handle(event)
            code = _noted(event, findings, code)
    if write_deviations is not None:
        _write_deviations(findings, write_deviations)
    for failure in fan_out.failures:
        warn(failure)
    return code if not fan_out.failures or code else int(ExitCode.UNKNOWN)


@contextmanager
def _calm_collector() -> Iterator[None]:
    """Keeps the garbage collector from walking all that was loaded, a tenth of a run's time, again and again.

    What is there before the run stays until its end, and the run itself makes hardly a circle.
    """
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(50_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def _noted(event: Event, findings: list[Finding], code: int) -> int:
    if isinstance(event, FindingMade):
        findings.append(event.finding)
    return event.exit_code if isinstance(event, RunFinished) else code


@contextmanager
def _stop_on_interrupt() -> Iterator[threading.Event]:
    """An event that the first Ctrl-C sets, so that the run ends in order; the second ends it at once."""
    stop = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()
        warn("interrupted: removing what was made; press Ctrl-C again to leave it behind")

    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _write_deviations(findings: list[Finding], path: Path) -> None:
    expires = date.today() + _DEVIATIONS_LAST
    failed = {(f.scenario, f.check): f for f in findings if f.outcome is Outcome.BROKEN and f.verdict is Verdict.FAILED}
    entries = [
        Deviation(scenario=scenario, check=check, reason=f"seen on {date.today()}: {finding.title}", expires=expires)
        for (scenario, check), finding in failed.items()
    ]
    try:
        path.write_text(dump(entries), "utf-8")
    except OSError as error:
        raise usage_error(f"{path} cannot be written: {error.strerror}", "name another file") from error
    typer.echo(f"{len(entries)} deviations written to {path}; each expires on {expires}", err=True)
