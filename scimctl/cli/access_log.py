"""The access log of `scimctl serve`: one line a request, to be read while it runs."""

from datetime import UTC, datetime
from typing import TextIO
from urllib.parse import unquote, unquote_plus

from scimctl.report.printable import printable
from scimctl.server.watching import Note, Noted

_COLORS = {2: "32", 3: "36", 4: "33", 5: "31"}
_LONGEST = 400


def access_log(stream: TextIO, *, color: bool) -> Note:
    """Takes notes by writing time of day, status, method, target, milliseconds, and the detail of an error.

    The target is percent-decoded, so that filters can be read; what could steer a terminal is escaped.
    """
    second, time_of_day = datetime.min.replace(tzinfo=UTC), ""

    def write(noted: Noted) -> None:
        # Most requests come within the second of the one before.
        nonlocal second, time_of_day
        if noted.at.replace(microsecond=0) != second:
            second = noted.at.replace(microsecond=0)
            time_of_day = f"{second.astimezone():%H:%M:%S}"
        code = _COLORS.get(noted.status // 100, "0")
        shown = f"\x1b[{code}m{noted.status}\x1b[0m" if color else str(noted.status)
        path, question, query = noted.target.partition("?")
        target = printable(unquote(path) + question + unquote_plus(query))
        error = f"  {_cut(printable(noted.error))}" if noted.error else ""
        stream.write(
            f"{time_of_day} {shown} {printable(noted.method):<6} {_cut(target)}  {noted.seconds * 1000:.1f} ms{error}\n"
        )

    return write


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
