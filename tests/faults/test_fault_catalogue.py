"""The catalogue of faults: whole, described, and about what real servers did."""

import json
from pathlib import Path

import pytest

from scimctl.diagnostic import InputError
from scimctl.server.faults.catalogue import faults, visible, with_faults
from scimctl.server.faults.registry import behaviours
from tests.faults.pairs import server

_DEFECTS = Path(__file__).parents[2].parent / "shared" / "facts" / "defects.json"
LEVELS = {"must", "okta", "should", "interop"}


def test_every_visible_fault_has_a_behaviour_and_every_behaviour_its_fault() -> None:
    with_faults(server(), [])

    assert sorted(behaviours()) == sorted(visible())


def test_every_fault_is_described() -> None:
    for fault in faults().values():
        assert fault.level in LEVELS, fault.name
        assert fault.asked, fault.name
        assert fault.wrong, fault.name
        assert fault.right, fault.name
        assert fault.rule.startswith("RFC ") or fault.rule.startswith("Okta"), fault.name
        assert all(link.startswith("https://") for link in fault.links), fault.name


def test_the_catalogue_has_the_defects_that_were_seen() -> None:
    if not _DEFECTS.exists():
        pytest.skip("the list of defects is not part of the project")
    seen = {entry["name"]: entry for entry in json.loads(_DEFECTS.read_text("utf-8"))}

    assert sorted(set(seen) - set(faults())) == []
    for name, entry in seen.items():
        assert faults()[name].area == entry["area"], name


def test_an_unknown_fault_is_an_error_with_a_suggestion() -> None:
    with pytest.raises(InputError) as caught:
        with_faults(server(), ["create-20"])

    assert caught.value.diagnostics[0].help == "did you mean create-200?"


def test_faults_stand_beside_each_other() -> None:
    both = with_faults(server(), visible()[:2])

    assert both.server is not None
