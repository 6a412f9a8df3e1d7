"""The suites of the RFCs find every fault that they can see, and accuse no server that is right."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from scimctl import document
from scimctl.finding import Finding, Verdict
from scimctl.scenario.plan import Plan, make_plan
from scimctl.scenario.selection import select
from scimctl.server.faults.catalogue import faults, visible
from scimctl.source import SourceText
from scimctl.spec.catalogue import Catalogue
from tests.playing import plan_of, play, reference

FAULTY = (Verdict.FAILED, Verdict.WARNED, Verdict.NOTED)
UNSEEN = {
    "slow-response": "needs a clock: a connection has one, and --reference, but not this file's server",
    "tenant-isolation": "needs the token of another tenant, which this file's server has not",
}
"""Faults that no scenario brings out here, with the reason."""
STRICT = {
    "active-missing-in-response": "what a client wrote, and what is returned by default, has to come back",
    "bulk-response-shape": "RFC 7644 §3.7 says that Operations is a list",
}
"""Faults that real clients overlook, and that break a MUST of the RFCs all the same."""
_FILE = Path(__file__).parent / "faults" / "meant.yaml"


@cache
def meant() -> dict[str, str]:
    """The requirement at which each fault is to be found."""
    told: Any = document.load(SourceText(_FILE.name, _FILE.read_text("utf-8"))).tree
    return {name: told[name] if isinstance(told[name], str) else told[name]["requirement"] for name in told}


@cache
def plan(suite: str) -> Plan:
    return plan_of(suite)


@cache
def plan_for(requirement: str) -> Plan:
    """The scenarios that name a requirement: most faults are found by these alone, and sooner than by a whole suite."""
    resting = [
        scenario
        for scenario in select(["all"])
        if requirement in scenario.requires or any(requirement in step.requires for step in scenario.steps)
    ]
    return make_plan(resting, allow_heavy=True)


def found(name: str) -> Iterator[Finding]:
    """What is found on a server with a fault: by the scenarios of the requirement, by the RFCs, by Okta's suite."""
    for some in (plan_for(meant()[name]), plan("rfc"), plan("okta")):
        yield from play(reference(faults=[name]), some, rfc_selected=True).findings


@pytest.mark.parametrize("profile", ["standard", "minimal", "okta-strict", "entitlements"])
def test_nothing_is_found_on_a_right_server(profile: str) -> None:
    played = play(reference(profile), ("all",), rfc_selected=True)

    assert played.broken == []
    assert set(played.verdicts.values()) <= {Verdict.PASSED, Verdict.NOT_RUN}


def test_each_fault_is_meant_for_a_requirement() -> None:
    assert set(meant()) == set(visible())
    assert [requirement for requirement in meant().values() if requirement not in Catalogue.load()] == []


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in visible() if name not in UNSEEN])
def test_the_fault_is_found_where_it_is_meant_to_be(name: str) -> None:
    wanted = FAULTY[: 1 if faults()[name].level in ("must", "okta") else 3]
    at = (finding for finding in found(name) if finding.requirement.id == meant()[name] and finding.verdict in wanted)
    assert next(at, None) is not None


@pytest.mark.slow
@pytest.mark.parametrize("name", [n for n in visible() if faults()[n].level == "interop" and n not in UNSEEN | STRICT])
def test_what_the_rfcs_leave_open_fails_nobody(name: str) -> None:
    played = play(reference(faults=[name]), plan("rfc"), rfc_selected=True)
    assert played.failures == set()
