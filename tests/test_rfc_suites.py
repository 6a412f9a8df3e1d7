"""The suites of the RFCs find every fault that they can see, and accuse no server that is right."""

from functools import cache

import pytest

from scimctl.finding import Verdict
from scimctl.scenario.plan import Plan
from scimctl.server.faults.catalogue import faults, visible
from tests.playing import plan_of, play, reference

FAULTY = (Verdict.FAILED, Verdict.WARNED, Verdict.NOTED)
UNSEEN = {
    "group-members-truncated": "needs a group of more than 100 members",
    "list-silently-truncated": "needs more than 100 users",
    "slow-response": "needs a clock: a connection has one, and --reference, but not this file's server",
    "tenant-isolation": "needs the token of another tenant, which this file's server has not",
}
"""Faults that no scenario brings out yet, with the reason."""


@cache
def plan() -> Plan:
    return plan_of("all")


@pytest.mark.parametrize("profile", ["standard", "minimal", "okta-strict", "entitlements"])
def test_nothing_is_found_on_a_right_server(profile: str) -> None:
    played = play(reference(profile), ("all",), rfc_selected=True)

    assert played.broken == []
    assert set(played.verdicts.values()) <= {Verdict.PASSED, Verdict.NOT_RUN}


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in visible() if name not in UNSEEN])
def test_the_fault_is_found(name: str) -> None:
    played = play(reference(faults=[name]), plan(), rfc_selected=True)

    must_fail = faults()[name].level in ("must", "okta")
    found = {finding.check for finding in played.findings if finding.verdict in FAULTY[: 1 if must_fail else 3]}
    assert found, played.broken
