"""`--report FORMAT=PATH`: which formats there are, and the reporters that a command line asks for."""

import os
import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import TextIO

from scimctl.cli.errors import wants_color
from scimctl.diagnostic import usage_error
from scimctl.report.console import console_reporter
from scimctl.report.json_report import JsonReporter
from scimctl.report.jsonl import JsonlReporter
from scimctl.report.junit import JunitReporter
from scimctl.report.okta_log import OktaLogReporter
from scimctl.report.reporter import Reporter

FORMATS: dict[str, Callable[[Path | None, TextIO], Reporter]] = {
    "json": JsonReporter,
    "jsonl": JsonlReporter,
    "junit": JunitReporter,
}


def reporters(requested: Sequence[str], okta_log: str | None = None) -> list[Reporter]:
    """The console, the reporters of `requested` (`FORMAT=PATH`, `-` is stdout), and that of the System Log.

    The console gives stdout up to a report that goes there. `okta_log` is a file, or a folder: one that is there, or a
    name that ends in a slash. Raises InputError for an unknown format, a path in a folder that is not there, and for
    two reports on stdout.
    """
    files = [_file_reporter(text) for text in requested]
    to_stdout = [text for text in requested if text.partition("=")[2] == "-"]
    if len(to_stdout) > 1:
        raise usage_error(f"{' and '.join(to_stdout)} both go to stdout", "give one of them a file name")
    stream = sys.stderr if to_stdout else sys.stdout
    logs = [_log_reporter(okta_log)] if okta_log is not None else []
    return [console_reporter(stream, color=wants_color(stream)), *files, *logs]


def _log_reporter(text: str) -> Reporter:
    path = Path(text)
    as_folder = path.is_dir() or text.endswith(("/", os.sep))
    if not path.absolute().parent.is_dir():
        raise usage_error(
            f"--okta-log {text}: {path} lies in a folder that does not exist",
            "name a file or a folder in a folder that exists",
        )
    return OktaLogReporter(path, as_folder)


def _file_reporter(text: str) -> Reporter:
    name, mark, where = text.partition("=")
    if not mark or not where:
        raise usage_error(
            f"--report {text} names no file", "write --report FORMAT=PATH, such as --report junit=report.xml"
        )
    if name not in FORMATS:
        near = get_close_matches(name, FORMATS, n=1)
        known = ", ".join(FORMATS)
        raise usage_error(
            f"there is no report format {name}", f"did you mean {near[0]}?" if near else f"formats: {known}"
        )
    path = None if where == "-" else Path(where)
    if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
        problem = "is a folder" if path.is_dir() else "lies in a folder that does not exist"
        raise usage_error(f"--report {text}: {path} {problem}", "name a file in a folder that exists")
    return FORMATS[name](path, sys.stdout)
