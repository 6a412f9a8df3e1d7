"""Servers that serve Okta well in unusual but legal ways: the reference server with another habit around it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import quote, unquote

from scimctl.exchange import Answer, Headers, Request, Response, Send
from scimctl.okta import dialect
from tests.exchanges import (
    Variant,
    content,
    error,
    filter_of,
    is_create,
    is_listing,
    ok,
    on_one_user,
    with_content,
)

HABITS: dict[str, Variant] = {}

Users = Callable[[dict[str, Any]], dict[str, Any]]


def habit(name: str) -> Callable[[Variant], Variant]:
    def register(function: Variant) -> Variant:
        HABITS[name] = function
        return function

    return register


def legal(name: str, server: Send) -> Send:
    """`server` with the named habit."""
    return lambda request: HABITS[name](request, server)


def over_users(response: Response, change: Users) -> Response:
    """The answer with `change` done to each user in it."""
    body = content(response)
    if response.status not in (200, 201):
        return response
    if isinstance(body.get("Resources"), list):
        users = [change(user) if "userName" in user else user for user in body["Resources"]]
        return with_content(response, body | {"Resources": users})
    return with_content(response, change(body)) if "userName" in body else response


def _users(name: str, change: Users) -> None:
    HABITS[name] = lambda request, server: over_users(ok(server(request)), change)


def _stores(name: str, change: Users) -> None:
    """A habit of changing what comes in."""

    def act(request: Request, server: Send) -> Answer:
        if is_create(request) or on_one_user(request, "PUT"):
            request = with_content(request, change(content(request)))
        return server(request)

    HABITS[name] = act


_users("extra-attributes", lambda user: user | {"licence": {"seat": 7}, "urn:example:params:x:2.0:User": {"a": [1]}})
_users("attributes-in-upper-case", lambda user: {(k if ":" in k else k.upper()): v for k, v in user.items()})
_users("attributes-in-lower-case", lambda user: {(k if ":" in k else k.lower()): v for k, v in user.items()})
_users(
    "emails-in-another-order",
    lambda user: user | ({"emails": user["emails"][::-1]} if user.get("emails") else {}),
)
_users("null-for-what-is-unassigned", lambda user: {"nickName": None, "photos": [], "title": None} | user)
_users(
    "telephone-as-a-uri",
    lambda user: (
        user
        | (
            {"phoneNumbers": [p | {"value": "tel:" + p["value"].removeprefix("tel:")} for p in user["phoneNumbers"]]}
            if user.get("phoneNumbers")
            else {}
        )
    ),
)
_users("no-meta-version", lambda user: user | {"meta": {k: v for k, v in user["meta"].items() if k != "version"}})
_users("groups-and-roles-empty", lambda user: {"groups": [], "roles": [], "entitlements": []} | user)
_users(
    "upper-case-urns-in-schemas",
    lambda user: user | {"schemas": [urn.replace("urn:ietf", "URN:IETF") for urn in user["schemas"]]},
)

_stores("user-name-in-lower-case", lambda user: user | {"userName": str(user.get("userName")).lower()})
_stores("user-name-in-upper-case", lambda user: user | {"userName": str(user.get("userName")).upper()})
_stores(
    "display-name-computed",
    lambda user: (
        user
        | {"displayName": " ".join(str(user.get("name", {}).get(part, "")) for part in ("givenName", "familyName"))}
    ),
)
_stores(
    "formatted-name-computed",
    lambda user: user | {"name": user["name"] | {"formatted": "computed"}} if user.get("name") else user,
)
_stores(
    "a-default-email-added",
    lambda user: (
        user
        | {
            "emails": [
                *[e for e in user.get("emails", []) if e.get("type") != "other"],
                {"value": f"{str(user.get('userName')).partition('@')[0]}@mail.example", "type": "other"},
            ]
        }
    ),
)


@habit("ids-with-odd-characters")
def odd_ids(request: Request, server: Send) -> Answer:
    if request.path.startswith("/Groups"):
        return error(404, "no groups here")
    if request.path.startswith("/Users/"):
        identifier = unquote(request.path.removeprefix("/Users/"))
        if not identifier.startswith("u/ë ?#%+"):
            return error(404, "no such user")
        request = replace(request, target="/Users/" + quote(identifier.removeprefix("u/ë ?#%+"), safe=""))
    return over_users(ok(server(request)), lambda user: user | {"id": "u/ë ?#%+" + user["id"]})


@habit("204-for-patch")
def nothing_for_patch(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    done = request.method == "PATCH" and response.status == 200
    return Response(204, response.headers.without("Content-Type")) if done else response


@habit("no-patch")
def no_patch(request: Request, server: Send) -> Answer:
    if request.method == "PATCH":
        seen = ok(server(replace(request, method="GET", body=b"")))
        refused = error(405, "no PATCH here")
        allowed = refused.headers.with_field("Allow", "GET, PUT, DELETE")
        return seen if seen.status in (401, 404) else replace(refused, headers=allowed)
    response = ok(server(request))
    if request.path != "/ServiceProviderConfig" or request.method != "GET" or response.status != 200:
        return response
    return with_content(response, content(response) | {"patch": {"supported": False}})


@habit("no-etags")
def no_etags(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    return replace(response, headers=response.headers.without("ETag"))


@habit("no-discovery")
def no_discovery(request: Request, server: Send) -> Answer:
    discovery = request.path in ("/Schemas", "/ResourceTypes", "/ServiceProviderConfig")
    return error(404, "nothing here") if discovery else server(request)


@habit("application-json")
def plain_json(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    return replace(response, headers=response.headers.with_field("Content-Type", "application/json; charset=utf-8"))


@habit("no-groups")
def no_groups(request: Request, server: Send) -> Answer:
    return error(404, "no groups here") if request.path.startswith("/Groups") else server(request)


@habit("relative-locations")
def relative_locations(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    location = response.headers.get("Location")
    if location:
        response = replace(response, headers=response.headers.with_field("Location", _relative(location)))
    return over_users(response, lambda u: u | {"meta": u["meta"] | {"location": _relative(u["meta"]["location"])}})


def _relative(url: str) -> str:
    return "/Users/" + url.rpartition("/")[2]


@habit("put-merges")
def put_merges(request: Request, server: Send) -> Answer:
    if on_one_user(request, "PUT"):
        stored = ok(server(dialect.get(request.path)))
        if stored.status == 200:
            request = with_content(request, content(stored) | content(request))
    return server(request)


@habit("whole-lists-without-paging-numbers")
def no_paging_numbers(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    body = content(response)
    listed = body.get("Resources", [])
    if is_listing(request) and response.status == 200 and len(listed) == body.get("totalResults"):
        kept = {name: value for name, value in body.items() if name not in ("startIndex", "itemsPerPage")}
        return with_content(response, kept)
    return response


@habit("empty-look-up-without-resources")
def no_empty_resources(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    body = content(response)
    if is_listing(request) and filter_of(request) and body.get("Resources") == []:
        return with_content(response, {name: value for name, value in body.items() if name != "Resources"})
    return response


@habit("pretty-json")
def pretty(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if not response.body:
        return response
    return replace(response, body=json.dumps(json.loads(response.body), indent=4).encode("utf-8"))


@habit("schemas-leave-out-what-they-do-not-have")
def small_schemas(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if request.path != "/Schemas" or response.status != 200:
        return response
    body = content(response)
    for definition in body["Resources"]:
        definition["attributes"] = [a for a in definition["attributes"] if a["name"] not in ("photos", "ims")]
    return with_content(response, body)


@habit("more-header-fields")
def more_fields(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    extra = (("Set-Cookie", "a=b; Secure"), ("Strict-Transport-Security", "max-age=1"), ("Vary", "Origin"))
    return replace(response, headers=Headers((*response.headers, *extra)))
