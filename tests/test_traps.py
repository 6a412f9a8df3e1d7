"""Mistakes that other testers make, each with a server that would show that we make it too.

`tests/peers/traps.yaml` has the whole list, with the tests of other files that belong to it.
"""

import json
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

import pytest

from scimctl.exchange import Answer, Headers, Request, Response, Send
from scimctl.finding import Verdict
from tests.exchanges import Variant, content, ok, with_content
from tests.playing import Played, play, reference

CREATING = "rfc7644.s3-3"
PATCHING = "rfc7644.s3-5-2"
GROUPS = "rfc7643.s4-2"
READING_AND_WRITING = [CREATING, "rfc7644.s3-4", "rfc7644.s3-5-1", "rfc7644.s3-6", "rfc7644.s3-14"]
FINE = {Verdict.PASSED, Verdict.NOT_RUN}
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def played(variant: Variant, *selectors: str, **changes: Any) -> Played:
    """What the suites say of the reference server behind a function."""
    server = reference()
    return play(lambda request: variant(request, server), selectors, rfc_selected=True, **changes)


def no_content_for_patch(request: Request, server: Send) -> Answer:
    """204 without the user, which RFC 7644 §3.5.2 allows where no attributes are asked for."""
    response = ok(server(request))
    is_plain = request.method == "PATCH" and response.status == 200 and not request.query
    return Response(204, response.headers.without("Content-Type")) if is_plain else response


def location_of_creates_alone(request: Request, server: Send) -> Answer:
    """Only a create has to have the header Location."""
    response = ok(server(request))
    return response if response.status == 201 else replace(response, headers=response.headers.without("Location"))


def no_versions(request: Request, server: Send) -> Answer:
    """Neither ETag nor meta.version, and no word of them in the configuration."""
    response = ok(server(request))
    response = replace(response, headers=response.headers.without("ETag"))
    body = content(response)
    if request.path == "/ServiceProviderConfig":
        return with_content(response, body | {"etag": {"supported": False}})
    for resource in (body, *body.get("Resources", ())):
        if "version" in resource.get("meta", {}):
            del resource["meta"]["version"]
    return with_content(response, body) if body else response


def only_known_members(request: Request, server: Send) -> Answer:
    """Members whom nobody knows are left out in silence."""
    body = content(request)
    if request.path != "/Groups" or "members" not in body:
        return server(request)

    def is_known(member: Any) -> bool:
        headers = request.headers.without("If-Match")
        paths = (f"/{kind}/{member['value']}" for kind in ("Users", "Groups"))
        return any(ok(server(Request("GET", path, headers))).status == 200 for path in paths)

    members = body["members"]
    if not isinstance(members, list) or not all(isinstance(one, dict) and "value" in one for one in members):
        return server(request)
    return server(with_content(request, body | {"members": [one for one in members if is_known(one)]}))


def other_keywords(request: Request, server: Send) -> Answer:
    """Errors without scimType, which is optional wherever no rule names the keyword."""
    response = ok(server(request))
    body = content(response)
    is_free = request.method == "POST" and body.get("scimType") in ("invalidSyntax", "invalidValue")
    return with_content(response, {n: v for n, v in body.items() if n != "scimType"}) if is_free else response


def members_on_request(request: Request, server: Send) -> Answer:
    """A group has its members in an answer only where they were asked for, and the schema says so."""
    response = ok(server(request))
    if request.path.startswith("/Schemas"):
        return replace(response, body=_on_request(response.body))
    asked = "members" in request.query or (b"members" in request.body and request.path.endswith("/.search"))
    if not request.path.startswith("/Groups") or asked:
        return response
    body = content(response)
    for group in (body, *body.get("Resources", ())):
        group.pop("members", None)
    return with_content(response, body) if body else response


def _on_request(definitions: bytes) -> bytes:
    """The schemas with `members` of groups as returned on request."""
    tree = json.loads(definitions)
    for schema in tree.get("Resources", [tree]):
        for attribute in schema.get("attributes", ()):
            if attribute.get("name") == "members":
                attribute["returned"] = "request"
    return json.dumps(tree).encode()


@pytest.mark.parametrize(
    ("habit", "suites"),
    [
        pytest.param(no_content_for_patch, [PATCHING], id="204-for-patch"),
        pytest.param(lambda request, server: server(request), [PATCHING], id="200-for-patch"),
        pytest.param(location_of_creates_alone, READING_AND_WRITING, id="location-of-creates-alone"),
        pytest.param(no_versions, READING_AND_WRITING, id="no-versions"),
        pytest.param(only_known_members, [GROUPS], id="only-known-members"),
        pytest.param(members_on_request, [GROUPS], id="members-on-request"),
        pytest.param(other_keywords, [CREATING], id="no-keywords"),
    ],
)
def test_what_is_allowed_fails_nobody(habit: Variant, suites: list[str]) -> None:
    seen = played(habit, *suites)
    assert seen.broken == []
    assert set(seen.verdicts.values()) <= FINE
    assert Verdict.PASSED in seen.verdicts.values()


def numbers_as_texts(request: Request, server: Send) -> Answer:
    body = content(response := ok(server(request)))
    return (
        with_content(response, body | {"totalResults": str(body["totalResults"])}) if "Resources" in body else response
    )


def booleans_as_texts(request: Request, server: Send) -> Answer:
    body = content(response := ok(server(request)))
    return with_content(response, body | {"active": "true"}) if body.get("active") is True else response


def status_as_a_number(request: Request, server: Send) -> Answer:
    body = content(response := ok(server(request)))
    return with_content(response, body | {"status": response.status}) if response.status >= 400 and body else response


@pytest.mark.parametrize(
    ("variant", "requirement"),
    [(numbers_as_texts, "list-09"), (booleans_as_texts, "res-30"), (status_as_a_number, "err-03")],
)
def test_json_is_judged_as_it_came(variant: Variant, requirement: str) -> None:
    failed = {f.requirement.id for f in played(variant, CREATING).findings if f.verdict is Verdict.FAILED}
    assert requirement in failed


def unreadable_discovery(request: Request, server: Send) -> Answer:
    is_discovery = request.path in ("/Schemas", "/ResourceTypes", "/ServiceProviderConfig")
    return Response(200, Headers((("Content-Type", "text/html"),)), b"<html>") if is_discovery else server(request)


def refused_creates(request: Request, server: Send) -> Answer:
    return Response(500, Headers()) if request.method == "POST" else server(request)


@pytest.mark.parametrize("variant", [unreadable_discovery, refused_creates])
def test_one_failure_ends_nothing(variant: Variant) -> None:
    seen = played(variant, "rfc7644")
    assert set(seen.verdicts) == set(play(reference(), ["rfc7644"], rfc_selected=True).verdicts)
    assert Verdict.FAILED in seen.verdicts.values()
    assert Verdict.PASSED in seen.verdicts.values()


def test_what_others_made_stays_as_it_was() -> None:
    server = reference()
    headers = Headers((("Content-Type", "application/scim+json"),))
    for name in ("ada@others.example", "grace@others.example"):
        body = {"schemas": [USER], "userName": name, "active": True}
        assert ok(server(with_content(Request("POST", "/Users", headers), body))).status == 201
    before = content(ok(server(Request("GET", "/Users"))))["Resources"]

    play(server, ["okta.users", CREATING, "rfc7644.s3-5-1", "rfc7644.s3-6"], rfc_selected=True)

    assert content(ok(server(Request("GET", "/Users"))))["Resources"] == before


def test_a_second_run_meets_nothing_of_the_first() -> None:
    server = reference()
    first, second = (play(server, ["okta.users", CREATING], keep=True, seed=seed) for seed in ("one", "two"))
    assert set(first.verdicts.values()) <= FINE
    assert second.verdicts == first.verdicts


def test_pages_by_cursor_are_asked_for_with_a_cursor() -> None:
    seen = play(reference(), ["rfc9865"], rfc_selected=True)
    lists = [event.exchange for event in seen.exchanges if event.exchange.request.method == "GET"]
    walked = [one for one in lists if "nextCursor" in content(ok(one.answer))]
    assert walked
    assert [
        one.request.target for one in walked if "cursor" not in parse_qs(one.request.query, keep_blank_values=True)
    ] == []
    assert set(seen.verdicts.values()) <= FINE


def test_only_paths_of_the_protocol_are_asked_for() -> None:
    asked: set[str] = set()

    def noted(request: Request, server: Send) -> Answer:
        if request.method == "GET" and ok(answer := server(request)).status == 404:
            asked.add(request.path.strip("/").partition("/")[0].partition("%")[0])
            return answer
        return server(request)

    played(noted, "rfc7644.s4", "okta.credentials")
    known = {"Users", "Groups", "Schemas", "ResourceTypes", "ServiceProviderConfig"}
    assert {path for path in asked - known if "scimctl" not in path.lower()} == set()
