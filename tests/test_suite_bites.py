"""The Okta suite finds the defects that real servers had: each variant fails at the step that is meant for it."""

import json
from pathlib import Path

import pytest

from scimctl.finding import Verdict
from tests.broken import VARIANTS, broken
from tests.playing import play, reference

SHARED = Path(__file__).parents[2] / "shared"

CAUGHT_AT: dict[str, tuple[str, int, str]] = {
    "create-returns-wrong-id": ("okta.users.create[oin]", 2, "expect.status"),
    "duplicate-accepted": ("okta.users.create-duplicate", 1, "expect.status"),
    "create-active-ignored": ("okta.users.create-existing-inactive[oin]", 1, "expect.body"),
    "duplicate-500": ("okta.users.create-duplicate", 1, "expect.status"),
    "create-upserts": ("okta.users.create-duplicate", 1, "expect.status"),
    "externalId-dropped": ("okta.users.create-external-id", 2, "expect.body"),
    "get-unknown-200": ("okta.users.read-unknown[00919288221112222]", 1, "expect.status"),
    "empty-list-404": ("okta.users.lookup-miss", 1, "expect.status"),
    "list-hides-inactive": ("okta.users.deactivate-still-found", 3, "expect.body"),
    "empty-list-not-a-listresponse": ("okta.users.create[oin]", 1, "okta.lookup"),
    "filter-ignored-returns-all": ("okta.users.lookup-hit", 2, "okta.lookup"),
    "filter-username-case-sensitive": ("okta.users.lookup-case", 3, "expect.body"),
    "filter-apostrophe-truncates": ("okta.users.lookup-characters[']", 2, "expect.body"),
    "put-unsupported": ("okta.users.update[oin]", 2, "okta.update"),
    "username-change-ignored": ("okta.users.update-user-name[oin]", 3, "expect.body"),
    "patch-pathless-active-rejected": ("okta.users.deactivate", 2, "okta.deactivate"),
    "patch-dropping-unmentioned": ("okta.users.deactivate-keeps-profile[oin]", 3, "expect.body"),
    "deactivate-deletes-mapping": ("okta.users.deactivate", 3, "expect.status"),
    "patch-active-noop": ("okta.users.deactivate", 3, "expect.body"),
    "put-active-ignored": ("okta.users.deactivate-by-put[aiw]", 3, "expect.body"),
    "reactivation-of-inactive-conflicts": ("okta.users.reactivate[oin]", 4, "okta.activate"),
    "boolean-false-stored-as-true": ("okta.users.deactivate", 3, "expect.body"),
    "extension-key-not-urn": ("okta.users.create-all-attributes", 3, "expect.body"),
    "scim-json-415": ("okta.users.create[oin]", 1, "okta.create"),
    "auth-missing-token-not-401": ("okta.credentials.wrong-token", 1, "expect.status"),
    "auth-writes-unprotected": ("okta.credentials.write-wrong-token", 1, "expect.status"),
    "password-returned": ("okta.users.create-password-not-returned", 2, "expect.body"),
    "html-200": ("okta.credentials.test", 1, "okta.test-users"),
    "patch-complex-wipes-siblings": ("okta.users.update-name", 3, "expect.body"),
    "auth-401-not-scim-error": ("okta.credentials.wrong-token", 1, "expect.body"),
    "create-without-name-500": ("okta.users.create-non-ascii", 1, "okta.create"),
}


def test_every_variant_is_expected_somewhere() -> None:
    assert CAUGHT_AT.keys() == VARIANTS.keys()


@pytest.mark.parametrize("name", CAUGHT_AT)
def test_the_suite_fails_at_the_right_step(name: str) -> None:
    played = play(broken(name, reference()))
    assert CAUGHT_AT[name] in played.failures, sorted(played.failures, key=str)
    assert played.finished.exit_code == 1


@pytest.mark.parametrize("profile", ["standard", "wrike"])
def test_the_clean_server_passes(profile: str) -> None:
    played = play(reference(profile))
    assert played.broken == []
    assert set(played.verdicts.values()) <= {Verdict.PASSED, Verdict.NOT_RUN}
    assert played.finished.exit_code == 0


def test_the_variants_are_defects_that_admins_felt() -> None:
    if not SHARED.is_dir():
        pytest.skip("the list of defects is not part of the project")
    severity = {entry["name"]: entry["severity"] for entry in json.loads((SHARED / "facts/defects.json").read_text())}
    felt = [name for name in CAUGHT_AT if severity[name] in ("critical", "high")]
    assert len(felt) >= 20
