"""The JUnit report: what CI servers count, and XML whatever a server sent."""

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

from scimctl.events import Event
from scimctl.report.junit import JunitReporter
from tests.unit.report.story import everything, hostile, is_harmless


def written(events: list[Event]) -> str:
    stream = io.StringIO()
    reporter = JunitReporter(None, stream)
    for event in events:
        reporter.handle(event)
    reporter.close()
    return stream.getvalue()


def test_everything_that_can_happen(golden: Callable[[str, str], None]) -> None:
    golden("reports/junit.xml", written(everything()))


def test_each_verdict_becomes_what_ci_knows() -> None:
    suite = ET.fromstring(written(everything())).find("testsuite")
    assert suite is not None
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "10",
        "failures": "2",
        "errors": "1",
        "skipped": "2",
    }
    assert {case.get("name"): [child.tag for child in case] for case in suite} == {
        "okta.users.create[oin]": [],
        "okta.users.deactivate": ["failure"],
        "okta.b": ["skipped"],
        "okta.c": ["error"],
        "okta.d": ["system-out"],
        "okta.e": ["system-out"],
        "okta.f": ["failure"],
        "okta.g": ["system-out"],
        "okta.h": ["skipped"],
        "create.location": ["system-out"],
    }


def test_what_a_hostile_server_sent_is_xml_and_harmless(tmp_path: Path) -> None:
    text = written(hostile())
    assert ET.fromstring(text).tag == "testsuites"
    assert is_harmless(text)
    reporter = JunitReporter(tmp_path / "j.xml", io.StringIO())
    for event in hostile():
        reporter.handle(event)
    reporter.close()
    assert (tmp_path / "j.xml").read_text("utf-8") == text
