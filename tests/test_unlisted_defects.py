"""Defects that no list had when the suites were written: each is found where a scenario of the RFCs looks for it."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scimctl.exchange import Answer, Request, Response, Send
from scimctl.finding import Verdict
from scimctl.okta import dialect
from scimctl.server.faults.exchanges import content, operations, with_operations, with_parameters, without
from tests.exchanges import Variant, error, filter_of, is_create, ok, on_one_user, with_content
from tests.playing import play, reference

ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
Operations = list[dict[str, Any]]


def patching(change: Callable[[Operations], Operations]) -> Variant:
    """A server that makes other operations of those of a PATCH."""

    def act(request: Request, server: Send) -> Answer:
        asked = operations(request) if request.method == "PATCH" else []
        return server(with_operations(request, change(asked)) if asked else request)

    return act


def refusing(pattern: str, *, in_filters: bool = False) -> Variant:
    """A server that refuses paths of a PATCH that are like the pattern, or filters that are."""

    def act(request: Request, server: Send) -> Answer:
        paths = [str(one.get("path")) for one in operations(request)] if request.method == "PATCH" else []
        texts = [filter_of(request)] if in_filters else paths
        if any(re.search(pattern, text) for text in texts):
            return error(400, "cannot be read", "invalidFilter" if in_filters else "invalidPath")
        return server(request)

    return act


def ignoring(*, has: Callable[[dict[str, Any]], bool]) -> Variant:
    """A server that answers a PATCH of such operations with the resource as it was."""

    def act(request: Request, server: Send) -> Answer:
        asked = operations(request) if request.method == "PATCH" else []
        ignored = bool(asked) and all(map(has, asked))
        return server(Request("GET", request.path, auth=request.auth) if ignored else request)

    return act


def showing(change: Callable[[Request, dict[str, Any]], dict[str, Any]]) -> Variant:
    """A server that shows other resources than it has, alone and in lists."""

    def act(request: Request, server: Send) -> Answer:
        response = ok(server(request))
        body = content(response) if response.status in (200, 201) else {}
        if isinstance(body.get("Resources"), list):
            return with_content(response, body | {"Resources": [change(request, one) for one in body["Resources"]]})
        return with_content(response, change(request, body)) if "id" in body else response

    return act


def without_parameter(name: str, path: str) -> Variant:
    """A server that takes no notice of a parameter of a query."""
    return lambda request, server: server(
        with_parameters(request, **{name: None}) if request.path.startswith(path) else request
    )


def without_header(name: str, path: str) -> Variant:
    def act(request: Request, server: Send) -> Answer:
        if request.path.startswith(path):
            request = replace(request, headers=request.headers.without(name))
        return server(request)

    return act


def _old_answer(request: Request, server: Send) -> Answer:
    before = ok(server(Request("GET", request.path, auth=request.auth)))
    after = ok(server(request))
    is_change = request.method == "PATCH" and request.path.startswith("/Groups/") and after.status == 200
    return before if is_change and not request.query else after


def _id_must_agree(request: Request, server: Send) -> Answer:
    sent = content(request).get("id") if on_one_user(request, "PUT") else None
    return error(400, "another id", "invalidValue") if sent not in (None, request.path[7:]) else server(request)


def _own_name_taken(request: Request, server: Send) -> Answer:
    if on_one_user(request, "PUT"):
        own = content(ok(server(Request("GET", request.path, auth=request.auth)))).get("userName")
        name = content(request).get("userName")
        if isinstance(name, str) and own != name and str(own).lower() == name.lower():
            return error(409, "taken", "uniqueness")
    return server(request)


def _any_case_of_parts(request: Request, server: Send) -> Answer:
    body = content(request) if is_create(request) else {}
    if isinstance(body.get("name"), dict):
        name = {key: value for key, value in body["name"].items() if key[:1].islower()}
        request = with_content(request, body | {"name": name})
    return server(request)


def _no_leading_zeros(request: Request, shown: dict[str, Any]) -> dict[str, Any]:
    extension = shown.get(ENTERPRISE)
    if not isinstance(extension, dict) or "employeeNumber" not in extension:
        return shown
    return shown | {ENTERPRISE: extension | {"employeeNumber": str(extension["employeeNumber"]).lstrip("0")}}


def _wildcards(request: Request, server: Send) -> Answer:
    changed = re.sub(r'nickName eq "([^"]*)_([^"]*)"', r'nickName sw "\1"', filter_of(request))
    return server(with_parameters(request, filter=changed) if changed != filter_of(request) else request)


def _stops_at_first_error(request: Request, server: Send) -> Answer:
    body = content(request) if request.path == "/Bulk" else {}
    return server(with_content(request, body | {"failOnErrors": 1}) if body.get("failOnErrors") else request)


def _bulk_without_conditions(request: Request, server: Send) -> Answer:
    if request.path == "/Bulk":
        request = with_operations(request, [without(one, "version") for one in operations(request)])
    return server(request)


def _filters_as(pattern: str, replacement: str) -> Variant:
    """A server that reads another filter where one is like the pattern."""

    def act(request: Request, server: Send) -> Answer:
        changed = re.sub(pattern, replacement, filter_of(request))
        return server(with_parameters(request, filter=changed) if changed != filter_of(request) else request)

    return act


def _small_ids(request: Request, server: Send) -> Answer:
    text = re.sub(r'^id eq "[^"]*"', lambda found: found[0].lower(), filter_of(request))
    return server(with_parameters(request, filter=text) if filter_of(request) else request)


def _no_groups_on_request(request: Request, shown: dict[str, Any]) -> dict[str, Any]:
    return without(shown, "groups") if "attributes=groups" in request.query else shown


def _groups_as_users(request: Request, shown: dict[str, Any]) -> dict[str, Any]:
    members = [
        one | {"$ref": one["$ref"].replace("/Groups/", "/Users/")} if "$ref" in one else one
        for one in shown.get("members", [])
    ]
    return shown | {"members": members} if members else shown


def _without_nested(request: Request, shown: dict[str, Any]) -> dict[str, Any]:
    if "members" not in shown:
        return shown
    return shown | {"members": [one for one in shown["members"] if one.get("type") != "Group"]}


def _no_type_of_groups(request: Request, server: Send) -> Answer:
    members = [one.get("value") for one in operations(request)] if request.path.startswith("/Groups/") else []
    typed = any(isinstance(value, list) and any("type" in member for member in value) for value in members)
    return error(400, "no type", "invalidValue") if typed else server(request)


def _put_without_parts(request: Request, server: Send) -> Answer:
    body = content(request) if on_one_user(request, "PUT") else {}
    if isinstance(body.get("roles"), list):
        request = with_content(request, body | {"roles": [without(one, "type") for one in body["roles"]]})
    return server(request)


DEFECTS: dict[str, tuple[Variant, str]] = {
    "only-ten-operations": (patching(lambda ops: ops[:10]), "rfc7644.s3-5-2.one-after-the-other[a-dozen]"),
    "removes-first": (
        patching(lambda ops: sorted(ops, key=lambda one: one.get("op") != "remove")),
        "rfc7644.s3-5-2.one-after-the-other[replace-and-remove]",
    ),
    "first-term-alone": (
        patching(
            lambda ops: [
                one | {"path": re.sub(r" and [^\]]*", "", one["path"])} if "[" in str(one.get("path")) else one
                for one in ops
            ]
        ),
        "rfc7644.s3-5-2.value-path-takes-one",
    ),
    "no-sw-in-paths": (refusing(r"\[.* sw "), "rfc7644.s3-5-2.value-path-selects[sw]"),
    "no-ne-in-paths": (refusing(r"\[.* ne "), "rfc7644.s3-5-2.value-path-selects[ne]"),
    "no-parentheses-in-paths": (refusing(r"\[\("), "rfc7644.s3-5-2.value-path-selects[parentheses]"),
    "bracket-ends-a-path": (refusing(r'"[^"]*\][^"]*"'), "rfc7644.s3-5-2.value-path-characters[bracket]"),
    "null-ignored": (
        ignoring(has=lambda one: "path" in one and one.get("value", 0) is None),
        "rfc7644.s3-5-2.emptied[null]",
    ),
    "empty-list-ignored": (ignoring(has=lambda one: one.get("value") == []), "rfc7644.s3-5-2.emptied[empty-list]"),
    "not-primary-ignored": (
        ignoring(has=lambda one: str(one.get("path")).endswith(".primary") and one.get("value") is False),
        "rfc7644.s3-5-2.primary-moves[nobody]",
    ),
    "old-answer": (_old_answer, "rfc7644.s3-5-2.answer-is-new"),
    "id-must-agree": (_id_must_agree, "rfc7644.s3-5-1.id-in-the-body"),
    "own-name-taken": (_own_name_taken, "rfc7644.s3-5-1.names-in-another-case"),
    "parts-in-small-letters": (_any_case_of_parts, "rfc7644.s3-3.names-of-parts"),
    "no-leading-zeros": (showing(_no_leading_zeros), "rfc7644.s3-3.extension-in-the-answer"),
    "extension-not-in-the-answer": (
        showing(lambda request, one: without(one, ENTERPRISE) if is_create(request) else one),
        "rfc7644.s3-3.extension-in-the-answer",
    ),
    "no-group-urn-in-filters": (refusing(r"core:2.0:Group:", in_filters=True), "rfc7644.s3-4-2.filter-groups-by-urn"),
    "underscore-is-any-letter": (_wildcards, "rfc7644.s3-4-2.filter-letters[underscore]"),
    "groups-unsorted": (without_parameter("sortBy", "/Groups"), "rfc7644.s3-4-2.sort-groups"),
    "conditions-for-users-alone": (without_header("If-Match", "/Groups"), "rfc7644.s3-14.groups"),
    "first-error-ends-bulk": (_stops_at_first_error, "rfc7644.s3-7.fail-on-second-error"),
    "ids-in-any-case": (_small_ids, "rfc7644.s3-4-2.filter-exact-ids"),
    "time-zones-ignored": (
        _filters_as(r'(meta\.\w+ \w\w "[^"]*)[+-]\d\d:\d\d"', r'\1Z"'),
        "rfc7644.s3-4-2.filter-other-time-zone",
    ),
    "no-moment-is-equal": (
        _filters_as(r'meta\.\w+ eq "[^"]*"', 'meta.created eq "1970-01-01T00:00:00Z"'),
        "rfc7644.s3-4-2.filter-shown-moments",
    ),
    "greater-or-equal": (_filters_as(r"(meta\.\w+ [gl])t", r"\1e"), "rfc7644.s3-4-2.filter-shown-moments"),
    "last-change-is-creation": (
        _filters_as(r"meta\.lastModified", "meta.created"),
        "rfc7644.s3-4-2.filter-last-change",
    ),
    "empty-text-ignored": (ignoring(has=lambda one: one.get("value") == ""), "rfc7644.s3-5-2.empty-text"),
    "no-value-paths-of-roles": (refusing(r"^roles\["), "rfc7644.s3-5-2.value-path-of-any-attribute[roles]"),
    "division-ignored": (
        ignoring(has=lambda one: str(one.get("path")).endswith(":division")),
        "rfc7644.s3-5-2.any-single-attribute[division]",
    ),
    "types-of-roles-lost-by-put": (_put_without_parts, "rfc7644.s3-5-1.parts-of-values[roles.type]"),
    "no-groups-on-request": (showing(_no_groups_on_request), "rfc7644.s3-9.groups-of-a-user"),
    "nested-groups-dropped": (showing(_without_nested), "rfc7643.s4-2.nested-by-patch"),
    "nested-groups-as-users": (showing(_groups_as_users), "rfc7643.s4-2.nested-by-patch"),
    "no-types-of-members": (_no_type_of_groups, "rfc7643.s4-2.nested-with-its-type"),
    "bulk-without-conditions": (_bulk_without_conditions, "rfc7644.s3-7.version"),
}
"""Each server with the scenario that fails on it."""


@pytest.mark.parametrize("name", DEFECTS)
def test_the_defect_is_found(name: str) -> None:
    variant, scenario = DEFECTS[name]
    server = reference()
    played = play(lambda request: variant(request, server), (scenario.partition("[")[0],), rfc_selected=True)
    assert scenario in {failed for failed, _, _ in played.failures}, sorted(played.failures, key=str)


@pytest.mark.parametrize("scenario", sorted({scenario for _, scenario in DEFECTS.values()}))
def test_the_right_server_passes_there(scenario: str) -> None:
    played = play(reference(), (scenario.partition("[")[0],), rfc_selected=True)
    assert played.broken == []
    assert played.verdicts[scenario] is Verdict.PASSED


def test_a_plain_variant_changes_nothing() -> None:
    server = reference()
    same = patching(lambda ops: ops)
    answer = same(dialect.get("/Users?startIndex=1&count=1"), server)
    assert isinstance(answer, Response)
    assert answer.body == ok(server(dialect.get("/Users?startIndex=1&count=1"))).body
