"""What the server says of its resource types and of its limits is held against what it sends."""

from collections.abc import Callable
from typing import Any

import pytest

from scimctl.bundle import scim_definitions
from scimctl.checks import all_checks
from scimctl.checks.announced import announced_types, most_results
from scimctl.checks.context import Context, view
from scimctl.exchange import Answer, Exchange, Headers, Request, Response
from scimctl.finding import Verdict
from scimctl.jsonvalue import Json, compact
from scimctl.scim import urns
from tests.exchanges import content, error, ok, with_content
from tests.playing import Played, play, reference

CHECKS = {check.id: check for check in all_checks()}
BADGE = "urn:example:2.0:Badge"
META = {"resourceType": "User", "created": "2026-01-01T00:00:00Z", "lastModified": "2026-01-01T00:00:00Z"}
USER: dict[str, Json] = {"schemas": [urns.USER], "id": "1", "userName": "ada", "meta": {**META, "location": "/Users/1"}}
ENTERPRISE = {"schema": urns.ENTERPRISE_USER, "required": False}

Change = Callable[[dict[str, Any]], dict[str, Any]]


def kind(**changes: Json) -> dict[str, Json]:
    return {"name": "User", "endpoint": "/Users", "schema": urns.USER, "schemaExtensions": [ENTERPRISE], **changes}


def tripped(request: Request, body: Json, *types: dict[str, Json], config: dict[str, Json] | None = None) -> set[str]:
    context = Context.of_bundle().with_announced(scim_definitions(), types, config)
    response = Response(200, Headers((("Content-Type", "application/scim+json"),)), compact(body))
    seen = view(Exchange(request, response), context)
    assert seen is not None
    return {check.id for check in CHECKS.values() if check.applies(seen) and list(check.judge(seen))}


def of_user(path: str, changes: dict[str, Json], *types: dict[str, Json]) -> set[str]:
    return tripped(Request("GET", path), USER | changes, *types)


def naming(*more: str) -> dict[str, Json]:
    return {"schemas": [urns.USER, *more]}


@pytest.mark.parametrize(
    ("extensions", "more", "found"),
    [
        ([ENTERPRISE], urns.ENTERPRISE_USER, False),
        ([ENTERPRISE], urns.ENTERPRISE_USER.upper(), False),
        ([ENTERPRISE], BADGE, True),
        ([], urns.ENTERPRISE_USER, True),
        (None, urns.ENTERPRISE_USER, True),
        # What cannot be understood accuses nobody.
        (ENTERPRISE, BADGE, False),
        ([urns.ENTERPRISE_USER], BADGE, False),
    ],
)
def test_what_a_type_has_is_all_that_is_named(extensions: Json, more: str, found: bool) -> None:
    assert ("resource.other-schemas" in of_user("/Users/1", naming(more), kind(schemaExtensions=extensions))) == found


def test_without_resource_types_any_extension_may_be_one() -> None:
    assert "resource.other-schemas" not in of_user("/Users/1", naming(BADGE))


def test_a_type_is_that_of_the_path_or_else_of_the_schema() -> None:
    holders = kind(name="Holder", endpoint="Holders/", schemaExtensions=[{"schema": BADGE, "required": False}])
    for path, found in [("/Users/1", True), ("/Holders/1", False), ("/Me", False), ("/HoldersToo/1", False)]:
        assert ("resource.other-schemas" in of_user(path, naming(BADGE), kind(), holders)) == found, path


@pytest.mark.parametrize("endpoint", ["https://example.com/scim/v2/Users", None, 5, ""])
def test_an_endpoint_that_is_no_path_leaves_the_schema(endpoint: Json) -> None:
    [told] = announced_types([kind(endpoint=endpoint)])
    assert told.endpoint == ""
    assert "resource.other-schemas" in of_user("/Users/1", naming(BADGE), kind(endpoint=endpoint))


REQUIRED = kind(schemaExtensions=[{"schema": urns.ENTERPRISE_USER, "required": True}])


@pytest.mark.parametrize(
    ("path", "changes", "found"),
    [
        ("/Users/1", {}, True),
        ("/Users/1", naming(urns.ENTERPRISE_USER), False),
        ("/Users/1", {urns.ENTERPRISE_USER: {"department": "Engines"}}, False),
        ("/Users/1?attributes=userName", {}, False),
        ("/Users/1?excludedAttributes=userName", {}, False),
    ],
)
def test_what_a_type_requires_is_there(path: str, changes: dict[str, Json], found: bool) -> None:
    assert ("resource.required-extensions" in of_user(path, changes, REQUIRED)) == found


def test_of_two_types_with_one_schema_the_laxer_one_holds() -> None:
    lax = kind(name="Guest", endpoint="/Guests")
    for path, found in [("/Users/1", True), ("/Guests/1", False), ("/Me", False)]:
        assert ("resource.required-extensions" in of_user(path, {}, REQUIRED, lax)) == found, path


SEARCH = Request("POST", "/Users/.search", body=b'{"filter": "active pr"}')


@pytest.mark.parametrize(
    ("request_", "most", "found"),
    [
        (Request("GET", "/Users?filter=active%20pr"), 1, True),
        (Request("GET", "/Users?filter=active%20pr"), 2, False),
        (SEARCH, 1, True),
        (SEARCH, 2, False),
        # The limit is one of filters, and discovery is not filtered.
        (Request("GET", "/Users"), 1, False),
        (Request("GET", "/ResourceTypes?filter=active%20pr"), 1, False),
        (Request("POST", "/Users/.search", body=b'{"count": 5}'), 1, False),
    ],
)
def test_an_answer_to_a_filter_keeps_the_limit(request_: Request, most: int, found: bool) -> None:
    body: Json = {"schemas": [urns.LIST_RESPONSE], "totalResults": 2, "Resources": [USER, USER | {"id": "2"}]}
    told = tripped(request_, body, config={"filter": {"supported": True, "maxResults": most}})
    assert ("list.max-results" in told) == found


@pytest.mark.parametrize(
    ("told", "most"),
    [
        ({"supported": True, "maxResults": 5}, 5),
        ({"maxResults": 5}, 5),
        ({"supported": False, "maxResults": 5}, None),
        ({"supported": True, "maxResults": 0}, None),
        ({"supported": True, "maxResults": True}, None),
        ({"supported": True, "maxResults": "5"}, None),
        (True, None),
    ],
)
def test_a_limit_is_a_number_above_zero(told: Json, most: int | None) -> None:
    assert most_results({"filter": told}) == most
    assert most_results(None) is None


def against(path: str, change: Change, *scenarios: str) -> Played:
    """The scenarios against a server that says something else below a path of discovery."""
    server = reference()

    def changed(request: Request) -> Answer:
        response = ok(server(request))
        if request.method != "GET" or not request.path.startswith(path) or response.status != 200:
            return response
        body = content(response)
        if isinstance(body.get("Resources"), list):
            return with_content(response, body | {"Resources": [change(one) for one in body["Resources"]]})
        return with_content(response, change(body))

    return play(changed, scenarios, rfc_selected=True)


def limits(**changes: int) -> Change:
    return lambda config: config | {"bulk": config["bulk"] | changes}


DEFECTS: dict[str, tuple[str, Change, str, str]] = {
    "types-lack-the-extension": (
        "/ResourceTypes",
        lambda one: one | {"schemaExtensions": []},
        "rfc7644.s4.extension-announced",
        "passive: resource.other-schemas",
    ),
    "extension-required-and-missing": (
        "/ResourceTypes",
        lambda one: one | {"schemaExtensions": [e | {"required": True} for e in one["schemaExtensions"]]},
        "rfc7644.s3-3.create",
        "passive: resource.required-extensions",
    ),
    "one-operation-announced": (
        "/ServiceProviderConfig",
        limits(maxOperations=1),
        "rfc7644.s3-7.more-than-few",
        "rfc7644.s3-7.more-than-few[ten]",
    ),
    "some-operations-announced": (
        "/ServiceProviderConfig",
        limits(maxOperations=100),
        "rfc7644.s3-7.more-than-some",
        "rfc7644.s3-7.more-than-some[ten]",
    ),
    "a-kilobyte-announced": (
        "/ServiceProviderConfig",
        limits(maxPayloadSize=1000),
        "rfc7644.s3-7.larger-than-little",
        "rfc7644.s3-7.larger-than-little",
    ),
    "some-kilobytes-announced": (
        "/ServiceProviderConfig",
        limits(maxPayloadSize=65536),
        "rfc7644.s3-7.larger-than-some",
        "rfc7644.s3-7.larger-than-some[hundred]",
    ),
}
"""What a server says below a path, a scenario to play against it, and what fails."""


@pytest.mark.parametrize("name", DEFECTS)
def test_what_a_server_says_of_itself_wrongly_is_found(name: str) -> None:
    path, change, scenario, found = DEFECTS[name]
    broken = against(path, change, scenario).broken
    assert found in {
        f"passive: {each.check}" if each.scenario == "passive" else each.scenario
        for each in broken
        if each.verdict is Verdict.FAILED
    }


def test_a_resource_type_that_is_not_there_alone_is_warned_of() -> None:
    server = reference()

    def lacking(request: Request) -> Answer:
        return error(404) if request.path == "/ResourceTypes/Group" else server(request)

    played = play(lacking, ("rfc7644.s4.second-resource-type",), rfc_selected=True)
    assert played.verdicts == {"rfc7644.s4.second-resource-type": Verdict.WARNED}


def test_an_error_of_scim_in_plain_text_is_warned_of() -> None:
    server = reference()

    def plain(request: Request) -> Answer:
        response = ok(server(request))
        return response if response.status < 400 else _as_text(response)

    broken = play(plain, ("rfc7644.s4.schema",), rfc_selected=True).broken
    assert {(each.check, each.verdict) for each in broken} == {("http.media-type", Verdict.WARNED)}


def _as_text(response: Response) -> Response:
    return Response(response.status, response.headers.with_field("Content-Type", "text/plain"), response.body)
