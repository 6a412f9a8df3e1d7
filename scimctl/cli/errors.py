"""How a command fails: a faulty input with its place, a bug of ours with its traceback."""

import io
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from typing import TextIO

import typer

from scimctl.diagnostic import InputError
from scimctl.redact import MASK, Redactor

_RESOLVED = Redactor()
"""Knows every secret that a target was made of, wherever it was read: a traceback may come at any time after."""

_SECRET_OPTIONS = ("token", "basic", "header", "oauth-client-secret", "other-token", "read-only-token", "proxy")


def wants_color(stream: TextIO) -> bool:
    """Whether to colour what goes to `stream`: only on a terminal, and never with NO_COLOR set (no-color.org)."""
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def show_input_error(error: InputError) -> None:
    """Writes every fault of the user's input to stderr."""
    from scimctl.report.carets import render

    color = wants_color(sys.stderr)
    for diagnostic in error.diagnostics:
        sys.stderr.write(render(diagnostic, color=color).rstrip("\n") + "\n")


def warn(text: str) -> None:
    """Writes one line to stderr that a person should see beside the result."""
    label = "\x1b[33;1mwarning\x1b[0m" if wants_color(sys.stderr) else "warning"
    sys.stderr.write(f"{label}: {text}\n")


def keep_from_tracebacks(secrets: Iterable[str]) -> None:
    """Makes secrets known that `show_bug` must mask, such as those of a token file or a token that was fetched."""
    for secret in secrets:
        _RESOLVED.learn(secret)


def show_bug(error: BaseException, arguments: list[str]) -> None:
    """Writes the traceback of a bug to stderr, without the secrets that were given or came up."""
    trace = "".join(traceback.format_exception(error))
    sys.stderr.write(Redactor(_given_secrets(arguments)).text(_RESOLVED.text(trace)))
    sys.stderr.write("\nthis is a bug in scimctl; please report it with the lines above\n")


def show_usage(error: typer.TyperException, arguments: list[str]) -> None:
    """Writes what typer says of a faulty command line to stderr, without the rest of a token that the shell split."""
    text = io.StringIO()
    # typer's own faults know how to show the usage line; only their public base class does not promise it.
    show = getattr(error, "show", None)
    if callable(show):
        show(file=text)
    else:
        text.write(f"{error.format_message()}\n")
    shown = text.getvalue()
    extra = shown.find("extra argument")
    if extra >= 0 and _has_split_secret(arguments):
        shown = shown[: shown.find(" (", extra)] + f" ({MASK})\na value with a blank in it needs quotation marks\n"
    sys.stderr.write(shown)


def _has_split_secret(arguments: list[str]) -> bool:
    """Whether words follow a secret option's value, as in `--token Bearer abc`: they may be the rest of it."""
    for index, argument in enumerate(arguments):
        name, equals, _ = argument.removeprefix("--").partition("=")
        after = arguments[index + (1 if equals else 2) :]
        if argument.startswith("--") and name in _SECRET_OPTIONS and after and not after[0].startswith("-"):
            return True
    return False


def _given_secrets(arguments: list[str]) -> Iterator[str]:
    for name in _SECRET_OPTIONS:
        yield from os.environ.get(f"SCIMCTL_{name.replace('-', '_').upper()}", "").splitlines()
        for index, argument in enumerate(arguments):
            if argument == f"--{name}":
                yield from arguments[index + 1 : index + 2]
            elif argument.startswith(f"--{name}="):
                yield argument.partition("=")[2]
