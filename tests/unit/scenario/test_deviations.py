"""The deviations file: reading, expiry, faults, writing."""

from datetime import date
from pathlib import Path

import pytest

from scimctl.diagnostic import InputError
from scimctl.scenario.deviations import Deviation, Deviations, dump, load_deviations

TODAY = date(2026, 6, 1)
ENTRIES = [
    Deviation(
        scenario="okta.users.create[aiw]", check="expect.status", reason='a "quoted" é', expires=date(2026, 6, 1)
    ),
    Deviation(scenario="*", check="http.media-type", reason="known: later", expires=date(2027, 1, 31)),
]


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "deviations.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    read = load_deviations(write(tmp_path, dump(ENTRIES)), TODAY)
    assert read.entries == tuple(ENTRIES)
    assert read.warnings == ()


@pytest.mark.parametrize(
    ("scenario", "check", "wanted"),
    [
        ("okta.users.create[aiw]", "expect.status", True),
        ("okta.users.create[oin]", "expect.status", False),
        ("okta.users.create[aiw]", "expect.body", False),
        ("anything", "http.media-type", True),
        ("passive", "http.media-type", True),
    ],
)
def test_a_deviation_covers_a_scenario_and_a_check(scenario: str, check: str, wanted: bool) -> None:
    assert Deviations(tuple(ENTRIES)).covers(scenario, check) is wanted


def test_an_expired_one_is_ignored_with_a_warning(tmp_path: Path) -> None:
    path = write(tmp_path, dump(ENTRIES))
    read = load_deviations(path, date(2026, 6, 2))
    assert [entry.scenario for entry in read.entries] == ["*"]
    assert read.warnings == (
        f"{path}: the deviation expect.status of okta.users.create[aiw] expired on 2026-06-01 and is ignored",
    )


def test_an_empty_file_has_none(tmp_path: Path) -> None:
    assert load_deviations(write(tmp_path, dump([])), TODAY) == Deviations()


ENTRY = "- {scenario: a, check: b, reason: c, expires: 2027-01-31}\n"


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("- {scenario: a, check: b, reason: c}\n", "`expires` is missing"),
        ("- {scenario: a, check: b, reason: c, expires: soon}\n", '`expires` is "soon"'),
        ("- {scenario: a, check: b, reason: c, expires: 2027-02-30}\n", "there is no day 2027-02-30"),
        (ENTRY + ENTRY, "b of a is listed twice"),
        ("a: b\n", "the file is a mapping"),
    ],
)
def test_a_fault_is_told_with_its_place(tmp_path: Path, text: str, title: str) -> None:
    with pytest.raises(InputError) as caught:
        load_deviations(write(tmp_path, text), TODAY)
    (fault,) = caught.value.diagnostics
    assert fault.title == title
    assert fault.span is not None


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.yaml cannot be read: no such file or directory"):
        load_deviations(tmp_path / "nowhere.yaml", TODAY)
