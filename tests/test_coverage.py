"""Every requirement is tested, or it is told why it cannot be; docs/coverage.md says the same."""

import pytest

from tests.coverage import PAGE, Covered, covered, page, told


@pytest.mark.parametrize("row", covered(), ids=lambda row: str(row.requirement.id))
def test_every_requirement_is_tested_or_has_a_reason(row: Covered) -> None:
    is_named = bool(row.checks or row.scenarios)
    assert is_named or bool(row.by) != bool(row.reason), "name it in a scenario, or say why not in tests/coverage.yaml"
    assert not (is_named and (row.by or row.reason)), "something names it now: take it out of tests/coverage.yaml"


def test_only_requirements_of_the_catalogue_are_told_of() -> None:
    assert set(told()) <= {row.requirement.id for row in covered()}


def test_the_page_is_what_the_suites_say(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--update-golden"):
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page()
