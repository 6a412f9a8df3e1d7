"""One cause is shown in full once: findings of the same shape point to the first of them."""

import io

import pytest

from scimctl.report.console import console_reporter
from scimctl.report.likeness import kind_of_path, shape
from tests.playing import Played, play, reference


def shown(played: Played) -> str:
    stream = io.StringIO()
    reporter = console_reporter(stream, color=False)
    for event in played.events:
        reporter.handle(event)
    reporter.close()
    return stream.getvalue()


def test_one_cause_is_told_in_full_once() -> None:
    played = play(reference(faults=["empty-list-404"]), ("rfc7644.s3-4-2.filter-injection",), rfc_selected=True)
    text = shown(played)
    failures = len(played.failures)
    assert failures > 10
    assert text.count("error: FAILED") == 1
    as_in = "  as in rfc7644.s3-4-2.filter-injection[sql]: GET /Users?filter → 404, expected 200"
    assert text.count(as_in) == failures - 1
    assert f"The {failures} failures of scenarios are of one kind" in text


def test_what_differs_is_told_in_full_each_time() -> None:
    played = play(
        reference(faults=["put-unsupported", "delete-unknown-204"]),
        ("rfc7644.s3-5-1.replace", "rfc7644.s3-6.unknown"),
        rfc_selected=True,
    )
    text = shown(played)
    assert text.count("error: FAILED") == len(played.failures) == 2
    assert "as in" not in text
    assert "kinds" not in text


def test_the_shape_has_no_values() -> None:
    played = play(reference(faults=["patch-active-noop"]), ("rfc7644.s3-5-2.active",), rfc_selected=True)
    shapes = {shape(finding) for finding in played.broken}
    assert shapes == {("FAILED", "expect.body", "GET", "/Users/…", "200", "/active", "true")}


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/Users", "/Users"),
        ("/Users/2819c223-7f76", "/Users/…"),
        ("/Users?startIndex=1&count=2&filter=x", "/Users?count&filter&startIndex"),
        ("/Users/1?attributes=title", "/Users/…?attributes"),
        ("/", "/"),
    ],
)
def test_paths_of_one_kind(path: str, kind: str) -> None:
    assert kind_of_path(path) == kind
