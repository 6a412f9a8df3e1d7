"""Servers that keep the RFCs in unusual ways: the reference server with another habit around it."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from scimctl.exchange import Answer, Headers, Request, Response, Send
from scimctl.scim import urns
from tests import legal
from tests.exchanges import Variant, content, error, filter_of, ok, with_content
from tests.playing import BASE_URL

HABITS: dict[str, Variant] = {name: legal.HABITS[name] for name in ("no-patch",)}

SUITES = {"no-characters-beyond-the-plane": ("rfc",)}
"""The suites of a habit that not all of them allow: a user whom Okta cannot create is no fault of Okta's suite."""

Change = Callable[[dict[str, Any]], dict[str, Any]]


def habit(name: str) -> Callable[[Variant], Variant]:
    def register(function: Variant) -> Variant:
        HABITS[name] = function
        return function

    return register


def _sent(request: Request) -> dict[str, Any]:
    """The JSON object that a request has as its body; empty when it is none, as in the scenarios of broken bodies."""
    try:
        return content(request)
    except (ValueError, RecursionError):
        return {}


def _over_resources(response: Response, change: Change) -> Response:
    """The answer with `change` done to each resource in it."""
    body = content(response) if response.status in (200, 201) else {}
    if isinstance(body.get("Resources"), list):
        return with_content(response, body | {"Resources": [change(resource) for resource in body["Resources"]]})
    return with_content(response, change(body)) if "id" in body else response


def _discovery(name: str, path: str, change: Change) -> None:
    """A habit of saying something else of the server, below `path`."""

    def act(request: Request, server: Send) -> Answer:
        response = ok(server(request))
        said = request.method == "GET" and request.path.startswith(path)
        return _over_resources(response, change) if said else response

    HABITS[name] = act


def _stores(name: str, change: Change) -> None:
    """A habit of adding to the users that come in what they do not mention."""

    def act(request: Request, server: Send) -> Answer:
        user = _sent(request)
        if request.method == "POST" and request.path == "/Users" and user.get("userName"):
            named = {key.lower() for key in user}
            more = {key: value for key, value in change(user).items() if key.lower() not in named}
            request = with_content(request, user | more)
        return server(request)

    HABITS[name] = act


def _refuses(name: str, is_refused: Callable[[dict[str, Any]], bool]) -> None:
    """A habit of taking no users of some kind."""

    def act(request: Request, server: Send) -> Answer:
        user = _sent(request)
        named = request.path.startswith("/Users") and isinstance(user.get("userName"), str)
        return error(400, "not here", "invalidValue") if named and is_refused(user) else server(request)

    HABITS[name] = act


def _errors(name: str, change: Callable[[Request, Response, dict[str, Any]], Response]) -> None:
    """A habit of refusing in another way."""

    def act(request: Request, server: Send) -> Answer:
        response = ok(server(request))
        return change(request, response, content(response)) if response.status >= 400 and response.body else response

    HABITS[name] = act


_stores("display-name-by-default", lambda user: {"displayName": user["userName"]})
_stores("a-role-by-default", lambda user: {"roles": [{"value": "member", "primary": True}]})
_stores("an-organization-by-default", lambda user: {urns.ENTERPRISE_USER: {"organization": "ACME"}})

_refuses("user-names-are-addresses", lambda user: "@" not in user["userName"])
_refuses("user-names-in-ascii", lambda user: not user["userName"].isascii())
_refuses("user-names-composed", lambda user: "\u0308" in user["userName"])
_refuses("no-characters-beyond-the-plane", lambda user: max(json.dumps(user, ensure_ascii=False)) > "\uffff")

_errors("409-for-412", lambda request, response, body: error(409) if response.status == 412 else response)
_errors(
    "400-for-what-is-not-unique",
    lambda request, response, body: (
        error(400, "taken", "uniqueness") if response.status == 409 and request.method in ("PUT", "PATCH") else response
    ),
)
_errors(
    "keywords-only-where-prescribed",
    lambda request, response, body: (
        with_content(response, {name: value for name, value in body.items() if name != "scimType"})
        if request.method == "PATCH" and body.get("scimType") in ("invalidPath", "invalidSyntax", "invalidValue")
        else response
    ),
)


@habit("moments-shown-in-whole-seconds")
def whole_seconds(request: Request, server: Send) -> Answer:
    def cut(resource: dict[str, Any]) -> dict[str, Any]:
        if not isinstance(resource.get("meta"), dict):
            return resource
        moments = {
            k: re.sub(r"\.\d+Z$", "Z", v) for k, v in resource["meta"].items() if k in ("created", "lastModified")
        }
        return resource | {"meta": resource["meta"] | moments}

    return _over_resources(ok(server(request)), cut)


@habit("no-filters-by-groups")
def no_filters_by_groups(request: Request, server: Send) -> Answer:
    return error(400, "not here", "invalidFilter") if "groups." in filter_of(request) else server(request)


@habit("no-groups-in-groups")
def no_groups_in_groups(request: Request, server: Send) -> Answer:
    sent = request.body.decode("utf-8", "replace") if request.path.startswith("/Groups") else ""
    values = re.findall(r'"value": ?"([^"]+)"', sent) if request.method in ("POST", "PUT", "PATCH") else []
    paths = (f"/Groups/{quote(value, safe='')}" for value in values)
    is_nested = any(ok(server(Request("GET", path))).status == 200 for path in paths)
    return error(400, "no group in a group", "invalidValue") if is_nested else server(request)


_discovery(
    "urns-of-resource-types-in-capitals",
    "/ResourceTypes",
    lambda kind: kind | {"schema": kind["schema"].replace("urn:ietf", "URN:IETF")},
)
_discovery("resource-types-without-ids", "/ResourceTypes", lambda kind: {k: v for k, v in kind.items() if k != "id"})


@habit("everybody-in-a-group-of-the-server's")
def everyone(request: Request, server: Send) -> Answer:
    shows = "groups" in request.query or ("attributes" not in request.query.lower() and request.path[:6] == "/Users")
    group = {"value": "everyone", "display": "Everyone"}
    response = ok(server(request))
    if not shows or not request.path.startswith("/Users") or request.method == "HEAD":
        return response
    return _over_resources(response, lambda user: user | {"groups": [group, *user.get("groups", [])]})


@habit("urns-of-groups-in-capitals")
def urns_of_groups(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if not request.path.startswith("/Groups"):
        return response
    capitals = [urns.GROUP.replace("urn:ietf", "URN:IETF")]
    return _over_resources(response, lambda group: group | ({"schemas": capitals} if "schemas" in group else {}))


@habit("resource-types-by-id-alone")
def types_by_id(request: Request, server: Send) -> Answer:
    beginning = "/ResourceTypes/"
    if request.path.startswith(beginning):
        name = request.path.removeprefix(beginning)
        request = replace(request, target=beginning + (name.removeprefix("type-") if "type-" in name else "none"))
    response = ok(server(request))
    if not request.path.startswith("/ResourceTypes") or request.method != "GET":
        return response
    return _over_resources(response, lambda kind: kind | {"id": f"type-{kind['name']}"})


@habit("a-schema-with-an-address-as-id")
def schema_with_an_address(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if request.path != "/Schemas" or request.method != "GET" or response.status != 200:
        return response
    body = content(response)
    seat = {"name": "seat", "type": "string", "multiValued": False}
    more = {"schemas": [urns.SCHEMA], "id": "https://schemas.example/seat/1.0", "name": "Seat", "attributes": [seat]}
    changed = {"totalResults": body["totalResults"] + 1, "Resources": [*body["Resources"], more]}
    if "itemsPerPage" in body:
        changed["itemsPerPage"] = body["itemsPerPage"] + 1
    return with_content(response, body | changed)


@habit("no-passwords")
def no_passwords(request: Request, server: Send) -> Answer:
    user = _sent(request)
    if request.path == "/Users" and "password" in user:
        request = with_content(request, {name: value for name, value in user.items() if name != "password"})
    response = ok(server(request))
    if request.path == "/ServiceProviderConfig" and request.method == "GET" and response.status == 200:
        return with_content(response, content(response) | {"changePassword": {"supported": False}})
    if not request.path.startswith("/Schemas") or request.method != "GET":
        return response
    return _over_resources(
        response,
        lambda schema: schema | {"attributes": [a for a in schema["attributes"] if a["name"] != "password"]},
    )


@habit("no-total-with-cursors")
def no_total(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if "cursor" not in request.query and "cursor" not in _sent(request):
        return response
    body = content(response)
    unsaid = ("totalResults", "previousCursor", "itemsPerPage")
    kept = {name: value for name, value in body.items() if name not in unsaid}
    return with_content(response, kept) if response.status == 200 and "Resources" in body else response


@habit("nothing-but-the-total-for-a-count-of-zero")
def total_alone(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    none_wanted = any(part == "count=0" or part.startswith("count=-") for part in request.query.split("&"))
    if not none_wanted or request.path not in ("/Users", "/Groups") or response.status != 200 or not response.body:
        return response
    places = ("startIndex", "itemsPerPage")
    return with_content(response, {k: v for k, v in content(response).items() if k not in places})


@habit("media-types-in-capitals")
def capitals(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if not response.body:
        return response
    return replace(response, headers=response.headers.with_field("Content-Type", "Application/SCIM+JSON; v=2"))


@habit("json-for-who-asks-for-json")
def json_for_json(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if request.headers.get("Accept") != "application/json" or not response.body:
        return response
    return replace(response, headers=response.headers.with_field("Content-Type", "application/json"))


@habit("no-searches")
def no_searches(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    return error(501) if request.path.endswith("/.search") and response.status != 401 else response


@habit("redirects-to-paths-without-a-slash")
def redirects(request: Request, server: Send) -> Answer:
    if len(request.path) == 1 or not request.path.endswith("/"):
        return server(request)
    query = f"?{request.query}" if request.query else ""
    return Response(308, Headers((("Location", BASE_URL + request.path.rstrip("/") + query),)))
