"""The console reporter: what a person reads, with and without a terminal, also of a server that means harm."""

import io
import re
from collections.abc import Callable

import pytest
from rich.console import Console

from scimctl.events import Event, RunFinished, RunStarted
from scimctl.report.console import ConsoleReporter, console_reporter
from tests.unit.report.story import BASE_URL, EVIL, everything, hostile, is_harmless


def shown(events: list[Event]) -> str:
    """What goes to a pipe."""
    stream = io.StringIO()
    reporter = console_reporter(stream, color=False)
    for event in events:
        reporter.handle(event)
    reporter.close()
    return stream.getvalue()


def on_terminal(events: list[Event]) -> str:
    """What goes to a terminal of 100 columns with colours."""
    stream = io.StringIO()
    console = Console(
        file=stream, force_terminal=True, color_system="standard", width=100, highlight=False, _environ={}
    )
    reporter = ConsoleReporter(console)
    for event in events:
        reporter.handle(event)
    reporter.close()
    return stream.getvalue()


def test_everything_that_can_happen(golden: Callable[[str, str], None]) -> None:
    golden("reports/console.txt", shown(everything()))


def test_a_pipe_gets_no_escape_sequences() -> None:
    assert is_harmless(shown(everything()))


def test_a_terminal_gets_colours_and_a_line_of_progress() -> None:
    text = on_terminal(everything())
    assert "\x1b[1;31m✗ FAILED \x1b[0m okta.users.deactivate" in text
    assert "[2/3] okta.users.deactivate  okta unassign: user" in text
    assert "\x1b[?25h" in text  # the cursor is there again


def test_a_hostile_server_forges_nothing(golden: Callable[[str, str], None]) -> None:
    text = shown(hostile())
    golden("reports/hostile.txt", text)
    assert is_harmless(text)
    signs = [line[0] for line in text.splitlines() if line[:1] not in ("", " ")]
    assert "".join(signs) == "sn✗?-S✗L2T"
    text.encode("utf-8")


def test_a_hostile_server_does_not_steer_a_terminal() -> None:
    text = on_terminal(hostile())
    # What is left are colours, and the cursor that the line of progress moves.
    left = re.sub(r"\x1b\[(?:[\d;]*m|\?25[lh]|2K|1A)|\r", "", text)
    assert is_harmless(left)
    assert EVIL[:4] not in text


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0, "The server conforms to what was run."),
        (1, "The server is wrong."),
        (3, "It could not be told whether the server is right."),
        (4, "Nothing was run."),
        (130, "The run was interrupted."),
    ],
)
def test_the_last_line_says_how_the_run_ended(code: int, words: str) -> None:
    begun = RunStarted(scimctl="0.1.0", base_url=BASE_URL, started="2026-01-02T03:04:05Z", planned=())
    over = RunFinished(duration=0.04, requests=0, summary={"passed": 0}, exit_code=code)
    assert shown([begun, over]).splitlines() == [
        f"scimctl 0.1.0 → {BASE_URL}: 0 scenarios",
        "",
        "no findings; 0 requests in 0.0 s",
        words,
    ]
