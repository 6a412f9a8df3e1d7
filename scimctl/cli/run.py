"""`scimctl run`: plays scenarios against a SCIM server and reports what it found."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from scimctl.cli.errors import warn
from scimctl.cli.options import TargetOptions, takes_target


class AppKindChoice(Enum):
    """Which rows of the scenarios to play."""

    OIN = "oin"
    AIW = "aiw"
    OIN_NO_PATCH = "oin_no_patch"
    ALL = "all"


class FailOn(Enum):
    """The weakest broken requirement that makes the exit code 1."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"


_SELECTORS_HELP = "A suite (okta, rfc, all, wrike), an id, an id prefix, tag:NAME, or a path. [default: okta]"


@takes_target
def command(
    selectors: Annotated[list[str] | None, typer.Argument(metavar="[SELECTOR]...", help=_SELECTORS_HELP)] = None,
    *,
    options: TargetOptions,
    skip: Annotated[list[str] | None, typer.Option("--skip", metavar="SELECTOR", help="Leaves these out.")] = None,
    app_kind: Annotated[
        AppKindChoice, typer.Option("--app-kind", help="The kind of Okta app to play; it decides PATCH or PUT.")
    ] = AppKindChoice.ALL,
    settings: Annotated[
        list[str] | None, typer.Option("--set", metavar="NAME=VALUE", help="Sets a parameter of the mock or the app.")
    ] = None,
    jobs: Annotated[int, typer.Option("--jobs", "-j", metavar="N", help="Plays N scenarios beside each other.")] = 1,
    report: Annotated[
        list[str] | None,
        typer.Option("--report", metavar="FORMAT=PATH", help="Writes json, jsonl or junit; `-` is stdout."),
    ] = None,
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="The level from which a broken requirement makes the exit code 1.")
    ] = FailOn.MUST,
    deviations: Annotated[
        Path | None, typer.Option("--deviations", metavar="FILE", help="Known deviations, each with reason and expiry.")
    ] = None,
    write_deviations: Annotated[
        Path | None,
        typer.Option("--write-deviations", metavar="FILE", help="Writes what failed as deviations to start from."),
    ] = None,
    okta_log: Annotated[
        str | None,
        typer.Option(
            "--okta-log",
            metavar="PATH",
            help="Writes the mock's System Log to a file; to a folder (`NAME/`), all that diagnose reads.",
        ),
    ] = None,
    test_domain: Annotated[
        str, typer.Option("--test-domain", metavar="DOMAIN", help="The e-mail domain of the accounts that are made.")
    ] = "scimctl.example",
    heavy: Annotated[bool, typer.Option("--heavy", help="Plays scenarios that make more than 20 accounts.")] = False,
    keep: Annotated[bool, typer.Option("--keep", help="Leaves what was made on the server.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Shows every request and sends none.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Does not ask before accounts are made elsewhere.")] = False,
    max_failures: Annotated[
        int | None, typer.Option("--max-failures", metavar="N", help="Ends the run after N failed scenarios.")
    ] = None,
    seed: Annotated[
        str | None, typer.Option("--seed", metavar="TEXT", help="Makes the same names again for the same text.")
    ] = None,
    var: Annotated[
        list[str] | None,
        typer.Option("--var", metavar="NAME=VALUE", help="Gives a variable of an exported suite; may be repeated."),
    ] = None,
    fast: Annotated[bool, typer.Option("--fast", help="Leaves out the pauses of exported suites.")] = False,
) -> None:
    """Plays scenarios that mirror what Okta sends and judges the answers.

    Ends with 0 when the server conforms, 1 when it is wrong, 3 when that could not be told, 4 when nothing was run.
    """
    from scimctl.cli import run_setup, running
    from scimctl.cli.reports import reporters

    setup = run_setup.set_up(
        run_setup.RunOptions(
            selectors=selectors or [],
            skip=skip or [],
            app_kind=app_kind.value,
            settings=settings or [],
            jobs=jobs,
            fail_on=fail_on.value,
            deviations=deviations,
            test_domain=test_domain,
            heavy=heavy,
            keep=keep,
            max_failures=max_failures,
            seed=seed,
            tell_org=okta_log is not None,
            variables=var or [],
            fast=fast,
        ),
        options,
    )
    for text in setup.target.warnings:
        warn(text)
    if setup.target.faults == ("all",):
        from scimctl.cli.fault_runs import play_each

        raise typer.Exit(play_each(setup))
    if dry_run:
        running.show_requests(setup)
        return
    running.confirm(setup, yes=yes)
    raise typer.Exit(running.play(setup, reporters(report or [], okta_log), write_deviations))
