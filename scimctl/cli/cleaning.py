"""The parts of `scimctl cleanup` after its options: finding ledgers, removing what they name."""

import threading
import time
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path

import typer

from scimctl.cli.errors import warn
from scimctl.cli.options import TargetOptions
from scimctl.cli.target import connect, resolve_target
from scimctl.diagnostic import usage_error
from scimctl.engine.cleanup import remove_all
from scimctl.engine.ledger import Ledger, read, state_folder
from scimctl.engine.session import Session
from scimctl.events import Event, LeftBehind
from scimctl.exchange import Exchange, Request


def left_runs(run: str | None) -> list[tuple[Path, Ledger]]:
    """The ledgers that still name something, oldest first. Raises InputError for a run that is not there."""
    paths = sorted(state_folder().glob("*.jsonl"))
    if run is not None and run not in [path.stem for path in paths]:
        near = get_close_matches(run, [path.stem for path in paths], n=1)
        raise usage_error(
            f"there is no run {run}", f"did you mean {near[0]}?" if near else "scimctl cleanup --list shows them"
        )
    ledgers: list[tuple[Path, Ledger]] = []
    for path in paths:
        if run is not None and path.stem != run:
            continue
        try:
            ledger = read(path)
        except (OSError, ValueError) as error:
            warn(f"{path} is passed over: {error}")
            continue
        if ledger.open_entries():
            ledgers.append((path, ledger))
        else:
            path.unlink(missing_ok=True)
    return ledgers


def remove_left(ledgers: Sequence[tuple[Path, Ledger]], options: TargetOptions) -> int:
    """Removes what the ledgers name on the target's server, and returns how many things are still left.

    A run against another base URL is left alone and told. Raises InputError when none is for this target.
    """
    target = resolve_target(options)
    ours = [(path, ledger) for path, ledger in ledgers if ledger.base_url == target.base_url]
    for path, ledger in ledgers:
        if ledger.base_url != target.base_url:
            warn(f"{path.stem} ran against {ledger.base_url}; give its base URL and token to clean it up")
    if not ours:
        raise usage_error(
            f"no run left anything on {target.base_url}", "scimctl cleanup --list shows what is left where"
        )
    redactor = target.redactor()
    left: list[LeftBehind] = []

    def emit(event: Event) -> None:
        if isinstance(event, LeftBehind):
            left.append(event)

    with connect(target, redactor) as send:
        session = Session(send, time.sleep, lambda wait: warn(wait.reason), threading.Event())

        def unjudged(request: Request) -> Exchange:
            return Exchange(request, session.send(request), target.base_url)

        for path, ledger in ours:
            entries = ledger.open_entries()
            remove_all(entries, ledger, unjudged, emit)
            ledger.close()
            typer.echo(f"{path.stem}: {len(entries) - len(ledger.open_entries())} of {len(entries)} removed")
    for event in left:
        typer.echo(f"LEFT BEHIND {event.resource_type} {redactor.text(event.name)}: {redactor.text(event.reason)}")
    return len(left)
