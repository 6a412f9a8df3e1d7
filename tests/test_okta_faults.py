"""Faults that meet users who come, change, leave and come back: which scenario finds each, and what the admin reads."""

import re
from dataclasses import dataclass

import pytest

from scimctl.events import ActionDone
from scimctl.finding import Verdict
from scimctl.okta.parameters import default_settings
from scimctl.server.faults.catalogue import faults
from tests.playing import Played, play, reference

PROVISIONING = "^Automatic provisioning of user .* to app SCIM app failed: "
PUSH = "^Automatic profile push of user .* to app SCIM app failed: Error while trying to push profile update for .*: "
CONFLICT = PROVISIONING + "Error while creating user .*: Conflict. Errors reported by remote server: "


@dataclass(frozen=True)
class Caught:
    """Where a fault is found; how the newest action up to there ended, its text, and words of `in_okta` it stands for.

    An action that ends in SUCCESS is the impact itself: Okta shows it as done.
    """

    scenario: str
    step: int
    check: str
    outcome: str
    text: str
    impact: str


CAUGHT: dict[str, Caught] = {
    "list-hides-inactive": Caught(
        "okta.users.reassign-with-changes", 4, "okta.create", "FAILURE", CONFLICT, "creates it, and gets 409"
    ),
    "reactivation-of-inactive-conflicts": Caught(
        "okta.users.reassign-with-changes", 4, "okta.create", "FAILURE", CONFLICT, "create fails as a conflict"
    ),
    "deactivate-deletes-mapping": Caught(
        "okta.users.reactivate[oin]", 5, "expect.status", "SUCCESS", "^$", "Okta makes a second account"
    ),
    "patch-active-noop": Caught(
        "okta.users.deactivate", 3, "expect.body", "SUCCESS", "^$", "shows the deprovisioning as done"
    ),
    "put-active-ignored": Caught(
        "okta.users.deactivate-by-put[aiw]", 3, "expect.body", "SUCCESS", "^$", "the leaver keeps access"
    ),
    "boolean-false-stored-as-true": Caught(
        "okta.users.deactivate-by-put[aiw]", 3, "expect.body", "SUCCESS", "^$", "inactive in Okta is active in the app"
    ),
    "active-missing-in-response": Caught(
        "okta.users.reactivate[oin]", 5, "expect.body", "SUCCESS", "^$", "cannot tell who is active"
    ),
    "patch-pathless-active-rejected": Caught(
        "okta.users.deactivate",
        2,
        "okta.deactivate",
        "FAILURE",
        "^Automatic deprovisioning of user .*: Error while trying to deactivate user .*: Bad Request",
        "Automatic deprovisioning of user",
    ),
    "patch-password-fails": Caught(
        "okta.passwords.push",
        2,
        "okta.password",
        "FAILURE",
        "^Automatic password push of user .*: Error while trying to push password for .*: Internal Server Error",
        "The password push fails",
    ),
    "password-returned": Caught(
        "okta.passwords.push", 3, "expect.body", "SUCCESS", "^$", "The password is in the System Log"
    ),
    "password-stored-unverified": Caught(
        "okta.users.create[oin]",
        1,
        "okta.create",
        "FAILURE",
        PROVISIONING + "Error while creating user .*: Bad Request. Errors reported by remote server: ",
        "Each create fails with 400",
    ),
    "username-change-ignored": Caught(
        "okta.users.update-user-name[oin]", 3, "expect.body", "SUCCESS", "^$", "renamed user keeps the old name"
    ),
    "patch-dropping-unmentioned": Caught(
        "okta.users.deactivate-keeps-profile[oin]", 3, "expect.body", "SUCCESS", "^$", "deactivation loses the profile"
    ),
    "put-unsupported": Caught(
        "okta.users.update[aiw]", 2, "okta.update", "FAILURE", PUSH + "Not Implemented", "no update"
    ),
    "create-returns-wrong-id": Caught(
        "okta.attributes.mobile-beside-work[oin]",
        2,
        "okta.read",
        "FAILURE",
        PUSH + "No user returned for user",
        "fails with 404",
    ),
    "id-integer": Caught("okta.users.create[oin]", 1, "expect.body", "SUCCESS", "^$", "Okta is lenient"),
}

BESIDE_OKTA = {
    "empty-list-without-Resources": "the mock reads a look-up without Resources as a miss, as the RFC has it",
    "name-subattributes-null": "Okta sends both names with each user",
    "deleted-user-still-uniqueness-conflict": "Okta deletes nobody, and a scenario that does makes nobody anew",
}
"""Faults that no action of an admin meets, with the reason."""

SCENARIOS = ("okta.users", "okta.passwords", "okta.deprovisioning", "okta.attributes", "okta.features")


def last_action(played: Played, caught: Caught) -> tuple[str, str]:
    """Outcome and text of the newest action of a scenario up to a step."""
    done = [e for e in played.events if isinstance(e, ActionDone) and e.scenario == caught.scenario]
    newest = [event for event in done if event.step <= caught.step][-1]
    return newest.outcome, newest.reason


@pytest.mark.parametrize("name", CAUGHT)
def test_okta_shows_what_a_fault_does(name: str) -> None:
    caught = CAUGHT[name]
    played = play(reference(faults=[name]), [caught.scenario])
    assert (caught.scenario, caught.step, caught.check) in played.failures
    outcome, text = last_action(played, caught)
    assert outcome == caught.outcome
    assert re.search(caught.text, text), text
    assert caught.impact in faults()[name].in_okta


@pytest.mark.parametrize("name", BESIDE_OKTA)
def test_what_okta_does_not_meet(name: str) -> None:
    assert play(reference(faults=[name]), SCENARIOS).failures == set()


def test_faults_of_deactivation_are_all_spoken_of() -> None:
    known = CAUGHT.keys() | BESIDE_OKTA.keys()
    area = {name for name, fault in faults().items() if fault.area == "delete/deactivate" and not fault.hidden}
    assert {name for name in area if not name.startswith("delete-")} <= known


def test_a_second_account_is_what_a_lost_mapping_comes_to() -> None:
    scenario = "okta.users.reactivate[oin]"
    played = play(reference(faults=["deactivate-deletes-mapping"]), [scenario])
    mine = [event.exchange for event in played.exchanges if event.scenario == scenario and not event.cleanup]
    assert [exchange.status for exchange in mine if exchange.request.method == "POST"] == [201, 201]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("profile_update", "patch"),
        ("empty_as", "null"),
        ("empty_as", "omit"),
        ("send_password", "false"),
        ("get_before_patch", "true"),
        ("password_sync", "random"),
        ("space_encoding", "+"),
    ],
)
def test_the_clean_server_passes_whatever_a_parameter_is(name: str, value: str) -> None:
    played = play(reference(), ["okta.passwords", "okta.deprovisioning"], parameters=default_settings() | {name: value})
    assert set(played.verdicts.values()) == {Verdict.PASSED}
