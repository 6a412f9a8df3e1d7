"""docs/okta-test-plan.md: every case of Okta's plan is there, its scenarios are too, and they carry its number."""

import re
from pathlib import Path

import pytest

from scimctl.scenario.selection import load_bundled

PAGE = (Path(__file__).parents[1] / "docs" / "okta-test-plan.md").read_text("utf-8")
ROWS: dict[str, str] = dict(re.findall(r"^\| (C\d+) \| .* \| (.*) \|$", PAGE, re.MULTILINE))
TAG = "test-plan:"

CASES = {
    *(f"C{number}" for number in (9306, 9307, 9309, 9310, 9311, 9312, 9315, 9316, 9317, 9318, 9319, 9320, 9321, 9322)),
    *(f"C{number}" for number in (9290, 9291, 9292, 9293, 9294, 9295, 9300, 9301, 9302, 9303, 9304, 9305)),
    *(f"C{number}" for number in range(9323, 9342)),
    *(f"C{number}" for number in (9359, 9360, 9361, 21902)),
}


def named(case: str) -> set[str]:
    """The scenarios that a row names."""
    return set(re.findall(r"`(okta\.[a-z.-]+)`", ROWS[case]))


def test_every_case_is_there_once() -> None:
    assert set(ROWS) == CASES
    assert len(re.findall(r"^\| C\d", PAGE, re.MULTILINE)) == len(CASES)


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_case_is_what_its_scenarios_say(case: str) -> None:
    tagged = {scenario.base_id for scenario in load_bundled() if TAG + case in scenario.tags}
    assert named(case) == tagged
    assert tagged or ROWS[case].startswith("not automated: ")


def test_no_scenario_carries_another_number() -> None:
    tags = {tag.removeprefix(TAG) for scenario in load_bundled() for tag in scenario.tags if tag.startswith(TAG)}
    assert tags <= CASES
