"""The event log: one line an event, as it happens, and readable whatever a server sent."""

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from scimctl.events import Event
from scimctl.report.jsonl import JsonlReporter, event_json
from tests.unit.report.story import everything, hostile, is_harmless


def written(events: list[Event]) -> str:
    stream = io.StringIO()
    reporter = JsonlReporter(None, stream)
    for event in events:
        reporter.handle(event)
    reporter.close()
    return stream.getvalue()


def test_everything_that_can_happen(golden: Callable[[str, str], None]) -> None:
    golden("reports/events.jsonl", written(everything()))


def test_every_event_is_one_line_of_json() -> None:
    lines = written(everything()).splitlines()
    assert [json.loads(line) for line in lines] == [event_json(event) for event in everything()]


@pytest.mark.parametrize("events", [everything(), hostile()], ids=["everything", "hostile"])
def test_a_file_has_the_same_lines_as_stdout(tmp_path: Path, events: list[Event]) -> None:
    path = tmp_path / "e.jsonl"
    reporter = JsonlReporter(path, io.StringIO())
    for event in events:
        reporter.handle(event)
    reporter.close()
    assert path.read_text("utf-8") == written(events)


def test_what_a_hostile_server_sent_is_harmless() -> None:
    text = written(hostile())
    assert is_harmless(text)
    assert len(text.splitlines()) == len(hostile())
    text.encode("utf-8")


def test_a_file_that_cannot_be_made_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        JsonlReporter(tmp_path / "none" / "e.jsonl", io.StringIO()).handle(everything()[0])
