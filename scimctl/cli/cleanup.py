"""`scimctl cleanup`: removes what interrupted runs left on a server."""

from typing import Annotated

import typer

from scimctl.cli.exit_codes import ExitCode
from scimctl.cli.options import TargetOptions, takes_target


@takes_target
def command(
    run: Annotated[
        str | None, typer.Argument(metavar="[RUN]", help="One run, as listed; without it, all of them.")
    ] = None,
    *,
    options: TargetOptions,
    listing: Annotated[bool, typer.Option("--list", help="Shows what was left, and removes nothing.")] = False,
) -> None:
    """Removes the accounts and groups that interrupted runs left behind.

    Each run notes what it makes before it makes it. Ends with 0 when nothing is left, with 3 when something is.
    """
    from scimctl.cli.cleaning import left_runs, remove_left

    ledgers = left_runs(run)
    if listing:
        for path, ledger in ledgers:
            typer.echo(f"{path.stem}  {ledger.base_url}  {len(ledger.open_entries())} left")
        if not ledgers:
            typer.echo("nothing was left behind")
        return
    if not ledgers:
        typer.echo("nothing was left behind")
        return
    left = remove_left(ledgers, options)
    raise typer.Exit(int(ExitCode.UNKNOWN if left else ExitCode.CONFORMS))
