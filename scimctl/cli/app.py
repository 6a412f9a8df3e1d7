"""The command line: which commands there are, and what becomes of their errors."""

import os
import sys
from typing import Annotated

import typer

from scimctl import __version__
from scimctl.cli import cleanup, scenarios, schemas, test_credentials
from scimctl.cli import run as run_command
from scimctl.cli.errors import show_bug, show_input_error, show_usage
from scimctl.cli.exit_codes import ExitCode
from scimctl.cli.serve import serve
from scimctl.diagnostic import InputError

# Help without panels: rich would cost every --help more than all the rest.
app = typer.Typer(
    name="scimctl",
    help="Tests SCIM 2.0 servers the way Okta and the RFCs use them.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scimctl {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Shows the version and ends."),
    ] = False,
) -> None:
    pass


_CREDENTIALS = "Does what Okta's Test API Credentials button does."
app.command("test-credentials", short_help=_CREDENTIALS)(test_credentials.command)
app.command("run", short_help="Plays scenarios against a SCIM server.")(run_command.command)
app.command("cleanup", short_help="Removes what interrupted runs left behind.")(cleanup.command)
app.command("serve", short_help="Serves the built-in reference SCIM server.")(serve)
app.add_typer(scenarios.app, name="scenarios", short_help="Lists, shows, plans, checks and starts scenarios.")
app.add_typer(schemas.app, name="schemas", short_help="Lists and shows SCIM schemas, holds files against them.")


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Runs one command and returns its exit code; says on stderr what went wrong."""
    try:
        result = app(arguments, standalone_mode=False, prog_name="scimctl")
        sys.stdout.flush()
    except (KeyboardInterrupt, typer.Abort):
        return ExitCode.INTERRUPTED
    except typer.TyperException as error:
        show_usage(error, arguments)
        return ExitCode.INPUT_WRONG
    except InputError as error:
        show_input_error(error)
        return ExitCode.INPUT_WRONG
    except SystemExit as done:
        # typer turns a closed pipe into this one, wherever it is met.
        return _pipe_closed() if done.code == 1 else ExitCode.OUR_BUG
    except BrokenPipeError:
        return _pipe_closed()
    except Exception as error:  # noqa: BLE001 -- the command line's last line: whatever comes here is our bug
        show_bug(error, arguments)
        return ExitCode.OUR_BUG
    return result if isinstance(result, int) else ExitCode.CONFORMS


def _pipe_closed() -> int:
    # Whoever read our output has gone, as with `| head`. The interpreter must not complain again at exit, and what
    # was not read to its end is no verdict.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.UNKNOWN
