"""The suites of the RFCs find every fault that they can see, and accuse no server that is right."""

from functools import cache

import pytest

from scimctl.finding import Verdict
from scimctl.scenario.plan import Plan
from scimctl.server.faults.catalogue import faults, visible
from tests.playing import plan_of, play, reference

FAULTY = (Verdict.FAILED, Verdict.WARNED, Verdict.NOTED)
UNSEEN = {
    "slow-response": "needs a clock: a connection has one, and --reference, but not this file's server",
    "tenant-isolation": "needs the token of another tenant, which this file's server has not",
}
"""Faults that no scenario brings out here, with the reason."""


@cache
def plan(suite: str) -> Plan:
    return plan_of(suite)


@pytest.mark.parametrize("profile", ["standard", "minimal", "okta-strict", "entitlements"])
def test_nothing_is_found_on_a_right_server(profile: str) -> None:
    played = play(reference(profile), ("all",), rfc_selected=True)

    assert played.broken == []
    assert set(played.verdicts.values()) <= {Verdict.PASSED, Verdict.NOT_RUN}


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in visible() if name not in UNSEEN])
def test_the_fault_is_found(name: str) -> None:
    wanted = FAULTY[: 1 if faults()[name].level in ("must", "okta") else 3]
    # Most are found by the RFCs alone, and what is found there need not be looked for in Okta's suite.
    found = (
        finding.check
        for suite in ("rfc", "okta")
        for finding in play(reference(faults=[name]), plan(suite), rfc_selected=True).findings
        if finding.verdict in wanted
    )
    assert next(found, None) is not None
