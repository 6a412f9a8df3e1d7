"""The access log of `scimctl serve`: one line a request, to be read while it runs."""

from collections.abc import Callable
from typing import TextIO
from urllib.parse import unquote, unquote_plus

from scimctl.jsonvalue import NotJsonError
from scimctl.report.printable import printable
from scimctl.server.watching import Served

_COLORS = {2: "32", 3: "36", 4: "33", 5: "31"}
_LONGEST = 400


def access_log(stream: TextIO, *, color: bool) -> Callable[[Served], None]:
    """A watcher that writes time of day, status, method, target, milliseconds, and the detail of an error.

    The target is percent-decoded, so that filters can be read; what could steer a terminal is escaped.
    """

    def write(served: Served) -> None:
        status = served.response.status
        code = _COLORS.get(status // 100, "0")
        shown = f"\x1b[{code}m{status}\x1b[0m" if color else str(status)
        path, question, query = served.request.target.partition("?")
        target = printable(unquote(path) + question + unquote_plus(query))
        detail = _detail(served)
        stream.write(
            f"{served.at.astimezone():%H:%M:%S} {shown} {printable(served.request.method):<6} {_cut(target)}"
            f"  {served.seconds * 1000:.1f} ms{f'  {_cut(printable(detail))}' if detail else ''}\n"
        )

    return write


def _detail(served: Served) -> str:
    if served.response.status < 400:
        return ""
    try:
        body = served.response.json()
    except NotJsonError:
        return ""
    if not isinstance(body, dict):
        return ""
    words = (body.get("scimType"), body.get("detail"))
    return ": ".join(str(word) for word in words if word)


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
