"""Every requirement is told of in tests/conformance.yaml, with tests that exist; docs/conformance.md says the same."""

from pathlib import Path

import pytest

from tests.conformance import PAGE, ROOT, Row, client_rows, functions, page, requirements, server_rows, told_ids

ROWS = server_rows() + client_rows()


def test_every_requirement_is_told_of() -> None:
    ids = {requirement.id for requirement in requirements()}
    assert ids - told_ids() == set(), "say in tests/conformance.yaml how the reference server meets these"
    assert told_ids() - ids == set(), "these are no requirements of the catalogue"


def test_duties_of_clients_are_no_requirements_of_servers() -> None:
    assert not {row.id for row in client_rows()} & {requirement.id for requirement in requirements()}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row.id))
def test_what_is_kept_is_shown_by_tests_that_exist(row: Row) -> None:
    assert row.tests or not row.is_met, "what is kept is shown by a test"
    missing = [test for test in row.tests if test.partition("::")[2] not in functions(ROOT / test.partition("::")[0])]
    assert missing == []
    assert row.told.endswith(".")


def test_a_test_that_is_not_there_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "test_x.py"
    assert functions(path) == frozenset()
    path.write_text("def test_one() -> None:\n    test_two = 1\n\ndef other(): ...\n")
    functions.cache_clear()
    assert functions(path) == {"test_one"}


def test_the_page_is_what_the_data_says(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--update-golden"):
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page()
