"""The command line: which commands there are, and what becomes of their errors.

Only the module of the command that was asked for is imported, so that `--help` costs no more than typer does.
"""

import io
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Annotated

import typer

from scimctl import __version__
from scimctl.cli.exit_codes import ExitCode
from scimctl.diagnostic import InputError

_COMPLETION = "_SCIMCTL_COMPLETE"
"""Set by the shell when it asks for completions; then every command is needed."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """One command: where its function, or its typer app with commands of its own, is found, and its line of help."""

    module: str
    attribute: str
    summary: str


_COMMANDS = {
    "test-credentials": _Entry("test_credentials", "command", "Does what Okta's Test API Credentials button does."),
    "run": _Entry("run", "command", "Plays scenarios against a SCIM server."),
    "diagnose": _Entry("diagnose", "command", "Finds out why a user or a group did not arrive."),
    "cleanup": _Entry("cleanup", "command", "Removes what interrupted runs left behind."),
    "serve": _Entry("serve", "serve", "Serves the built-in reference SCIM server."),
    "scenarios": _Entry("scenarios", "app", "Lists, shows, plans, checks and starts scenarios."),
    "checks": _Entry("checks", "app", "Lists the checks that look at every exchange."),
    "explain": _Entry("explain", "command", "Explains a requirement, check, scenario, fault, verdict or cause."),
    "schemas": _Entry("schemas", "app", "Lists and shows SCIM schemas, holds files against them."),
}


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scimctl {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Shows the version and ends."),
    ] = False,
) -> None:
    """Tests SCIM 2.0 servers the way Okta and the RFCs use them."""


def _not_asked_for() -> None:
    """Stands for a command in the list of commands."""


def build_app(arguments: list[str]) -> typer.Typer:
    """The typer app for one command line; commands that it does not name are there by name and summary alone."""
    # Help without panels: rich would cost every --help more than all the rest.
    app = typer.Typer(
        name="scimctl",
        callback=_root,
        no_args_is_help=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    asked_for = next((argument for argument in arguments if not argument.startswith("-")), None)
    for name, entry in _COMMANDS.items():
        if name != asked_for and _COMPLETION not in os.environ:
            app.command(name, short_help=entry.summary)(_not_asked_for)
            continue
        found: Callable[..., None] | typer.Typer = getattr(
            import_module(f"scimctl.cli.{entry.module}"), entry.attribute
        )
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=name, short_help=entry.summary)
        else:
            app.command(name, short_help=entry.summary)(found)
    return app


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A file or pipe may have an encoding without our signs, as on Windows: show their escapes then.
            stream.reconfigure(errors="backslashreplace")
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command and returns its exit code; says on stderr what went wrong."""
    try:
        result = build_app(arguments)(arguments, standalone_mode=False, prog_name="scimctl")
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except (typer.TyperException, InputError) as error:
        _show_fault(error, arguments)
        return ExitCode.INPUT_WRONG
    except SystemExit as done:
        # typer turns a closed pipe into this one, wherever it is met.
        return _pipe_closed() if done.code == 1 else ExitCode.OUR_BUG
    except BrokenPipeError:
        return _pipe_closed()
    except Exception as error:  # noqa: BLE001 -- the command line's last line: whatever comes here is our bug
        from scimctl.cli.errors import show_bug

        show_bug(error, arguments)
        return ExitCode.OUR_BUG
    return result if isinstance(result, int) else ExitCode.CONFORMS


def _show_fault(error: typer.TyperException | InputError, arguments: list[str]) -> None:
    from scimctl.cli.errors import show_input_error, show_usage

    if isinstance(error, InputError):
        show_input_error(error)
    else:
        show_usage(error, arguments)


def _pipe_closed() -> int:
    # Whoever read our output has gone, as with `| head`. The interpreter must not complain again at exit, and what
    # was not read to its end is no verdict.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.UNKNOWN
