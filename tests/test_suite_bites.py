"""The Okta suite finds the defects that real servers had: each fault is found at the step that is meant for it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from scimctl.exchange import Answer, Auth, Request, Send
from scimctl.finding import Verdict
from tests.exchanges import Variant, content, error, is_create, ok, on_one_user, with_content
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
    "reactivation-of-inactive-conflicts": ("okta.users.create-existing-inactive[oin]", 2, "okta.create"),
    "boolean-false-stored-as-true": ("okta.users.deactivate-by-put[aiw]", 3, "expect.body"),
    "extension-key-not-urn": ("okta.users.create-all-attributes", 3, "expect.body"),
    "scim-json-415": ("okta.users.create[oin]", 1, "okta.create"),
    "password-returned": ("okta.users.create-password-not-returned", 2, "expect.body"),
    "html-200": ("okta.credentials.test", 1, "okta.test-users"),
    "auth-401-not-scim-error": ("okta.credentials.wrong-token", 1, "expect.body"),
}


def wrong_token_accepted(request: Request, server: Send) -> Answer:
    if request.method == "GET":
        request = replace(request, headers=request.headers.without("Authorization"), auth=Auth.TARGET)
    return server(request)


def writes_unprotected(request: Request, server: Send) -> Answer:
    if request.method != "GET":
        request = replace(request, headers=request.headers.without("Authorization"), auth=Auth.TARGET)
    return server(request)


def half_a_name_kept(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    body = content(response)
    if on_one_user(request, "GET") and body.get("name", {}).get("givenName") == "Augusta":
        return with_content(response, body | {"name": {"givenName": "Augusta"}})
    return response


def names_beyond_ascii_500(request: Request, server: Send) -> Answer:
    return error(500, "no such letter") if is_create(request) and not request.body.isascii() else server(request)


CAUGHT_BESIDES: dict[Variant, tuple[str, int, str]] = {
    wrong_token_accepted: ("okta.credentials.wrong-token", 1, "expect.status"),
    writes_unprotected: ("okta.credentials.write-wrong-token", 1, "expect.status"),
    half_a_name_kept: ("okta.users.update-name", 3, "expect.body"),
    names_beyond_ascii_500: ("okta.users.create-non-ascii", 1, "okta.create"),
}
"""Servers that are wrong in ways for which there is no fault."""


@pytest.mark.parametrize("name", CAUGHT_AT)
def test_the_suite_fails_at_the_right_step(name: str) -> None:
    played = play(reference(faults=[name]))
    assert CAUGHT_AT[name] in played.failures, sorted(played.failures, key=str)
    assert played.finished.exit_code == 1


@pytest.mark.parametrize("variant", CAUGHT_BESIDES, ids=lambda variant: variant.__name__)
def test_the_suite_finds_what_no_fault_does(variant: Variant) -> None:
    server = reference()
    played = play(lambda request: variant(request, server))
    assert CAUGHT_BESIDES[variant] in played.failures, sorted(played.failures, key=str)


@pytest.mark.parametrize("profile", ["standard", "wrike"])
def test_the_clean_server_passes(profile: str) -> None:
    played = play(reference(profile, seats=1000))
    assert played.broken == []
    assert set(played.verdicts.values()) <= {Verdict.PASSED, Verdict.NOT_RUN}
    assert played.finished.exit_code == 0


def test_the_faults_are_defects_that_admins_felt() -> None:
    if not SHARED.is_dir():
        pytest.skip("the list of defects is not part of the project")
    severity = {entry["name"]: entry["severity"] for entry in json.loads((SHARED / "facts/defects.json").read_text())}
    felt = [name for name in CAUGHT_AT if severity[name] in ("critical", "high")]
    assert len(felt) >= 20
