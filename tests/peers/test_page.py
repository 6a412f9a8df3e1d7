"""docs/peers.md says what was measured, and names tests that exist (`pytest --update-golden` writes it)."""

from typing import Any

import pytest

from scimctl.server.faults.catalogue import visible
from tests.conformance import functions
from tests.peers.page import PAGE, ROOT, TESTERS, page, results, traps


def test_the_page_is_what_was_measured(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--update-golden"):
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page()


def test_the_faults_are_those_that_there_are() -> None:
    measured = results()["faults"]
    assert set(measured) <= set(visible())
    assert {tuple(row) for row in measured.values()} == {TESTERS}


@pytest.mark.parametrize("told", traps(), ids=lambda told: str(told["trap"]))
def test_each_mistake_is_shown_by_tests_that_exist(told: dict[str, Any]) -> None:
    assert told["tests"]
    for test in told["tests"]:
        file, _, function = test.partition("::")
        assert (ROOT / file).exists()
        assert not function or function in functions(ROOT / file), test
