"""A server that serves Okta well, or keeps the RFCs, in an unusual but legal way passes their suites."""

import itertools

import pytest

from scimctl.finding import Verdict
from tests import legal_rfc
from tests.legal import HABITS, legal
from tests.playing import Played, play, reference


@pytest.mark.parametrize("name", HABITS)
def test_the_suite_passes(name: str) -> None:
    played = play(legal(name, reference()))
    assert played.failures == set()
    assert played.finished.exit_code == 0
    assert set(played.verdicts.values()) <= {Verdict.PASSED, Verdict.NOT_RUN, Verdict.WARNED}


def _accuses_nobody(played: Played) -> bool:
    assert [finding for finding in played.broken if finding.verdict is not Verdict.NOTED] == []
    return set(played.verdicts.values()) <= {Verdict.PASSED, Verdict.NOT_RUN, Verdict.NOTED}


@pytest.mark.parametrize("name", legal_rfc.HABITS)
def test_all_suites_pass(name: str) -> None:
    act, server = legal_rfc.HABITS[name], reference()
    suites = legal_rfc.SUITES.get(name, ("okta", "rfc"))
    assert _accuses_nobody(play(lambda request: act(request, server), suites, rfc_selected=True))


@pytest.mark.parametrize("beginning", ['a"b\\c', "tenant/users/", "a b+c%20d ", "ß漢字😀"])
def test_ids_have_any_characters(beginning: str) -> None:
    numbers = itertools.count()
    server = reference(new_id=lambda: f"{beginning}{next(numbers)}")
    assert _accuses_nobody(play(server, ("okta", "rfc"), rfc_selected=True))
