"""Faults of groups: which scenario of group push finds each, and what the Okta admin sees of it there."""

import re
from dataclasses import dataclass

import pytest

from scimctl.events import ActionDone
from scimctl.finding import Verdict
from scimctl.okta.parameters import default_settings
from scimctl.server.faults.catalogue import faults
from tests.playing import Played, play, reference

PUSH = "^Unable to update Group Push mapping target App group .*: "
MEMBERS = PUSH + "Error while updating user group membership for group .* "


@dataclass(frozen=True)
class Caught:
    """Where a fault is found: scenario, step, check; how the newest action up to there ended, and its text.

    Okta's own rules fail a server; at `rfc` the level of a rule of the RFCs decides.
    """

    scenario: str
    step: int
    check: str = "expect.body"
    outcome: str = "SUCCESS"
    text: str = "^$"
    rfc: bool = False


def refused(scenario: str, step: int, purpose: str, text: str) -> Caught:
    """A fault at which the push itself fails."""
    return Caught(f"okta.groups.{scenario}", step, f"okta.{purpose}", "FAILURE", text)


CAUGHT: dict[str, Caught] = {
    "filter-escapes": Caught("okta.groups.find-characters[oin,quotation-mark]", 2),
    "filter-group-displayname-case": Caught("okta.groups.find-case", 1, outcome=""),
    "groups-filter-displayname-missing": refused(
        "link[oin]", 2, "group-lookup", PUSH + "Error while verifying if user group .* exists: .* would link that group"
    ),
    "group-add-replaces": Caught("okta.groups.add-member", 5),
    "group-replace-appends": Caught("okta.groups.push-now[oin]", 4),
    "group-member-without-type-ignored": Caught("okta.groups.add-member", 5),
    "group-remove-filtered-ignored": Caught("okta.groups.remove-member[oin]", 5),
    "group-rename-empties": Caught("okta.groups.rename[oin]", 4),
    "group-member-display-rejected": refused(
        "push",
        3,
        "group-create",
        PUSH + "Error while creating user group .*: Bad Request. Errors reported by remote server: .* display$",
    ),
    "group-add-existing-duplicates": Caught("okta.groups.link-member-twice[oin]", 7),
    "group-members-truncated": Caught("okta.groups.large[oin]", 4),
    "group-put-self-conflict": refused(
        "add-member-by-put[aiw]", 4, "group-put", MEMBERS + "Conflict. Errors reported by remote server: "
    ),
    "put-group-drops-members": Caught("okta.groups.add-member-by-put[aiw]", 5),
    "group-create-members-not-stored": Caught("okta.groups.push", 4),
    "group-put-membership-not-applied": Caught("okta.groups.add-member-by-put[aiw]", 5),
    "group-replace-non-atomic": Caught("okta.groups.unknown-member[oin]", 8, outcome="FAILURE", text=MEMBERS),
    "put-group-members-immutable": refused(
        "add-member-by-put[aiw]", 4, "group-put", MEMBERS + "Bad Request. Errors reported by remote server: "
    ),
    "group-delete-leaves-user-groups": Caught("okta.groups.unlink-delete[oin]", 6, rfc=True),
    "group-list-omits-members": Caught("okta.groups.listed[oin]", 4, rfc=True),
    "group-patch-lost-update": Caught("okta.groups.add-members-one-by-one[oin]", 6),
    "group-malformed-member-500": Caught("okta.groups.malformed-member", 2, "expect.status"),
    "patch-add-array-nested": refused("add-member", 4, "group-rename", PUSH + "Error while updating user group "),
    "patch-echoes-request-schema": refused(
        "push-empty[oin]", 1, "group-rename", PUSH + ".*the answer is not the group"
    ),
    "put-unsupported": refused("rename[aiw]", 3, "group-put", MEMBERS + "Not Implemented"),
    "member-value-integer": Caught("okta.groups.push", 4),
}


def last_action(played: Played, scenario: str, step: int) -> tuple[str, str]:
    """Outcome and text of the newest action of a scenario up to a step."""
    done = [e for e in played.events if isinstance(e, ActionDone) and e.scenario == scenario and e.step <= step]
    return (done[-1].outcome, done[-1].reason) if done else ("", "")


@pytest.mark.parametrize("name", CAUGHT)
def test_a_fault_is_found_where_it_shows(name: str) -> None:
    caught = CAUGHT[name]
    played = play(reference(faults=[name]), [caught.scenario])
    seen = {(f.scenario, f.step, f.check): f.verdict for f in played.broken}
    place = (caught.scenario, caught.step, caught.check)
    assert place in seen
    assert caught.rfc or seen[place] is Verdict.FAILED
    outcome, text = last_action(played, caught.scenario, caught.step)
    assert outcome == caught.outcome
    assert re.search(caught.text, text), text


def test_every_fault_of_groups_is_found() -> None:
    assert {name for name, fault in faults().items() if fault.area == "groups" and not fault.hidden} <= CAUGHT.keys()


def test_the_clean_server_shows_none_of_it() -> None:
    played = play(reference(), ["okta.groups"])
    assert played.broken == []
    assert set(played.verdicts.values()) == {Verdict.PASSED}


def test_a_server_without_groups_is_asked_for_none() -> None:
    played = play(reference("wrike"), ["okta.groups"])
    assert set(played.verdicts.values()) == {Verdict.NOT_RUN}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("group_reconcile_after_members", "false"),
        ("find_group_before_push", "true"),
        ("group_push_full_shape", "pathless_members"),
        ("group_push_full_shape", "pathless_with_id"),
        ("space_encoding", "+"),
        ("lookup_value", "email"),
    ],
)
def test_the_clean_server_passes_whatever_a_parameter_is(name: str, value: str) -> None:
    played = play(reference(), ["okta.groups"], parameters=default_settings() | {name: value})
    assert [(f.scenario, f.step, f.check) for f in played.broken] == []
