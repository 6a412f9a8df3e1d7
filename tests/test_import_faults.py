"""Faults that meet an import: which scenario finds each, and what the admin reads after *Import Now*."""

import re

import pytest

from scimctl.events import ActionDone
from scimctl.server.faults.catalogue import faults
from tests.playing import Played, play, reference

FAILED = "^Import from app SCIM app failed: "

CAUGHT: dict[str, tuple[str, int, str, str, str]] = {
    "list-silently-truncated": (
        "okta.import.many",
        2,
        "okta.import",
        FAILED + "[0-9a-f-]{36} is on no page$",
        "An import misses users",
    ),
    "page-order-unstable": (
        "okta.import.many",
        2,
        "okta.import",
        FAILED + "[0-9a-f-]{36} a second time$",
        "Each import misses other users",
    ),
    "startIndex-ignored": (
        "okta.import.page-past-the-end",
        3,
        "expect.body",
        "^$",
        "An import reads users twice",
    ),
    "itemsPerPage-echoes-count": (
        "okta.import.page-past-the-end",
        3,
        "expect.body",
        "^$",
        "review for Okta's catalogue",
    ),
    "html-200": (
        "okta.import.users",
        2,
        "okta.import",
        FAILED + "200 with a body that is not JSON: ",
        "no users were returned",
    ),
}
"""By fault: scenario, step, check, the text of the newest action up to there, and words of `in_okta` it stands for."""

BESIDE_OKTA = {
    "paging-per-store": "pages of a hundred are too long, but nobody is missing from them",
    "list-contains-foreign-users": "an import cannot know whose account it is until Okta writes to it",
    "group-list-omits-members": "a group without members is a whole group to an import",
    "list-hides-inactive": "an import leaves the inactive out anyway",
    "empty-list-without-Resources": "an import asks for pages that are not empty",
}
"""Faults of lists that no import meets, with the reason. The suites of the RFCs find them."""


def _text(played: Played, scenario: str, step: int) -> str:
    """What the newest action of a scenario up to a step told the admin."""
    done = [e for e in played.events if isinstance(e, ActionDone) and e.scenario == scenario and e.step <= step]
    return done[-1].reason


@pytest.mark.parametrize("name", CAUGHT)
def test_okta_shows_what_a_fault_does_to_an_import(name: str) -> None:
    scenario, step, check, text, impact = CAUGHT[name]
    played = play(reference(faults=[name]), [scenario])
    assert (scenario, step, check) in played.failures
    assert re.search(text, _text(played, scenario, step))
    assert impact in faults()[name].in_okta


@pytest.mark.parametrize("name", BESIDE_OKTA)
def test_what_an_import_does_not_meet(name: str) -> None:
    assert play(reference(faults=[name]), ["okta.import"]).failures == set()


def test_faults_that_speak_of_imports_are_all_spoken_of() -> None:
    impact = {name for name, fault in faults().items() if "mport" in fault.in_okta and fault.area == "list/pagination"}
    assert impact <= CAUGHT.keys() | BESIDE_OKTA.keys()
