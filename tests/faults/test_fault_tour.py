"""A fault changes what it is about, and nothing else: what differs on a tour of the server is written down."""

from pathlib import Path

import pytest

from scimctl.document import load
from scimctl.server.faults.catalogue import visible
from scimctl.source import SourceText
from tests.faults.tour import STOPS, differences

_FOLDER = Path(__file__).parent / "touched"
"""Fault → stops of the tour at which it shows, reviewed by hand; one file an area."""


def _touched() -> dict[str, list[str]]:
    out: dict[str, list[str]] = {}
    for path in sorted(_FOLDER.glob("*.yaml")):
        tree = load(SourceText(path.name, path.read_text("utf-8"))).tree
        assert isinstance(tree, dict)
        for name, stops in tree.items():
            assert isinstance(stops, list)
            assert name not in out, name
            out[name] = [str(stop) for stop in stops]
    return out


TOUCHED = _touched()


def test_the_tour_is_the_same_twice() -> None:
    assert differences([]) == []


def test_every_fault_has_its_list() -> None:
    assert sorted(TOUCHED) == sorted(visible())


@pytest.mark.parametrize("name", sorted(TOUCHED))
def test_it_shows_where_it_should_and_nowhere_else(name: str) -> None:
    found = differences([name])

    assert found == TOUCHED[name]
    assert len(found) < len(STOPS) - 10
