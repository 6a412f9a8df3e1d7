"""A server that serves Okta well in an unusual but legal way passes the Okta suite."""

import pytest

from scimctl.finding import Verdict
from tests.legal import HABITS, legal
from tests.playing import play, reference


@pytest.mark.parametrize("name", HABITS)
def test_the_suite_passes(name: str) -> None:
    played = play(legal(name, reference()))
    assert played.failures == set()
    assert played.finished.exit_code == 0
    assert set(played.verdicts.values()) <= {Verdict.PASSED, Verdict.NOT_RUN, Verdict.WARNED}
