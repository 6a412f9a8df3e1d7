"""What `scimctl diagnose` needs of the network: a way to look around at a SCIM server, by GETs alone."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from urllib.parse import urlsplit, urlunsplit

from scimctl.cli.options import TargetOptions
from scimctl.cli.target import Target, connect
from scimctl.diagnose.accounts import Survey
from scimctl.diagnose.diagnosis import Server
from scimctl.diagnose.probes import Probe, Way, Wish, play
from scimctl.exchange import Exchange, Send
from scimctl.redact import Redactor

_TARGET = ("base_url", "target", "reference")


def names_a_server(options: TargetOptions) -> bool:
    """Whether command line or environment name a SCIM server to look at."""
    return any(name in layer for layer in (options.command_line, options.environment) for name in _TARGET)


@contextmanager
def server_of(target: Target, redactor: Redactor) -> Iterator[Server]:
    """A Server for the target. Its exchanges are masked; its connections are closed afterwards."""
    with ExitStack() as opened:
        lines = _Lines(target, redactor, opened)
        own_trust = target.wire.insecure or target.wire.ca_file is not None
        yield Server(
            look=lines.look,
            base_path=urlsplit(target.base_url).path,
            own_trust=own_trust and target.base_url.lower().startswith("https:"),
        )


class _Lines:
    """One connection for each way and base path that a probe asks for, opened when it is first asked for."""

    def __init__(self, target: Target, redactor: Redactor, opened: ExitStack) -> None:
        self._target = target
        self._redactor = redactor
        self._opened = opened
        self._lines: dict[tuple[Way, str | None], tuple[Send, str]] = {}

    def look(self, wish: Wish) -> Survey:
        """Makes the probes for `wish`."""
        count = 0

        def send(probe: Probe) -> Exchange:
            nonlocal count
            count += 1
            line, base_url = self._line(probe.way, probe.base_path)
            exchange = Exchange(probe.request, line(probe.request), base_url, count)
            return self._redactor.exchange(exchange)

        return Survey(wish=wish, seen=play(wish, send))

    def _line(self, way: Way, base_path: str | None) -> tuple[Send, str]:
        key = (way, base_path)
        if key not in self._lines:
            target = _as_asked(self._target, way, base_path)
            self._lines[key] = (self._opened.enter_context(connect(target, self._redactor)), target.base_url)
        return self._lines[key]


def _as_asked(target: Target, way: Way, base_path: str | None) -> Target:
    wire, base_url = target.wire, target.base_url
    if base_path is not None:
        base_url = urlunsplit(urlsplit(base_url)._replace(path=base_path))
    match way:
        case Way.PUBLIC:
            wire = replace(wire, insecure=False, ca_file=None)
        case Way.UNCHECKED:
            wire = replace(wire, insecure=True)
        case Way.CONFIGURED:
            pass
    return replace(target, base_url=base_url, wire=replace(wire, base_url=base_url))
