"""The JSON report: the contract with CI, member by member, whole on disk, and readable whatever a server sent."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from scimctl.events import Event
from scimctl.report.json_report import JsonReporter
from tests.unit.report.story import EVIL, everything, hostile, is_harmless


def written(events: list[Event]) -> str:
    stream = io.StringIO()
    reporter = JsonReporter(None, stream)
    for event in events:
        reporter.handle(event)
    reporter.close()
    return stream.getvalue()


def document(events: list[Event]) -> dict[str, Any]:
    value = json.loads(written(events))
    assert isinstance(value, dict)
    return value


def test_everything_that_can_happen(golden: Callable[[str, str], None]) -> None:
    golden("reports/report.json", written(everything()))


def test_held_findings_are_there() -> None:
    held = [finding for finding in document(everything())["findings"] if finding["outcome"] == "HELD"]
    assert [(finding["scenario"], finding["verdict"], finding["expected"]) for finding in held] == [
        ("okta.users.create[oin]", "PASSED", None),
        ("okta.f", "STALE", None),
        ("passive", "PASSED", None),
    ]


def test_a_file_is_written_whole_at_the_end(tmp_path: Path) -> None:
    reporter = JsonReporter(tmp_path / "r.json", io.StringIO())
    events = everything()
    for event in events[:-1]:
        reporter.handle(event)
    reporter.close()
    assert list(tmp_path.iterdir()) == []
    reporter.handle(events[-1])
    reporter.close()
    assert [path.name for path in tmp_path.iterdir()] == ["r.json"]
    assert (tmp_path / "r.json").read_text("utf-8") == written(events)


def test_what_a_hostile_server_sent_is_there_and_harmless(tmp_path: Path) -> None:
    text = written(hostile())
    assert is_harmless(text)
    assert document(hostile())["findings"][0]["actual"] == json.loads(json.dumps(EVIL))
    text.encode("utf-8")
    reporter = JsonReporter(tmp_path / "r.json", io.StringIO())
    for event in hostile():
        reporter.handle(event)
    reporter.close()
    assert (tmp_path / "r.json").read_text("utf-8") == text
