"""docs/interpretations.md names requirements that there are."""

import re
from pathlib import Path

import pytest

from scimctl.spec.catalogue import Catalogue

PAGE = Path(__file__).parents[1] / "docs" / "interpretations.md"
ROWS = [line for line in PAGE.read_text("utf-8").splitlines() if re.match(r"\| [a-z0-9]+-\d\d", line)]


def test_there_are_rows() -> None:
    assert len(ROWS) > 20


@pytest.mark.parametrize("row", ROWS)
def test_every_row_names_requirements_of_the_catalogue(row: str) -> None:
    named = re.findall(r"[a-z0-9]+-\d\d\b", row.split("|")[1])
    assert named
    assert [name for name in named if name not in Catalogue.load()] == []
