"""Servers that are wrong in one way each: the reference server with a hand's breadth of misbehaviour around it.

The names are those under which the defects were seen in real servers.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar
from urllib.parse import parse_qsl, quote, unquote, urlencode

from scimctl.exchange import Answer, Auth, Headers, Request, Response, Send
from scimctl.okta import dialect

Variant = Callable[[Request, Send], Answer]
Message = TypeVar("Message", Request, Response)
VARIANTS: dict[str, Variant] = {}
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def variant(name: str) -> Callable[[Variant], Variant]:
    def register(function: Variant) -> Variant:
        VARIANTS[name] = function
        return function

    return register


def broken(name: str, server: Send) -> Send:
    """`server` with the named misbehaviour."""
    return lambda request: VARIANTS[name](request, server)


def content(message: Request | Response) -> dict[str, Any]:
    """The JSON object of a body; empty when there is none."""
    value = json.loads(message.body) if message.body else {}
    return value if isinstance(value, dict) else {}


def with_content(message: Message, body: object) -> Message:
    return replace(message, body=json.dumps(body).encode())


def error(status: int, detail: str = "broken on purpose", scim_type: str | None = None) -> Response:
    body = {"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": str(status), "detail": detail}
    if scim_type:
        body["scimType"] = scim_type
    return Response(status, Headers((("Content-Type", "application/scim+json"),)), json.dumps(body).encode())


def ok(response: Answer) -> Response:
    assert isinstance(response, Response)
    return response


def is_create(request: Request) -> bool:
    return request.method == "POST" and request.path == "/Users"


def on_one_user(request: Request, *methods: str) -> bool:
    return request.path.startswith("/Users/") and request.method in methods


def is_listing(request: Request) -> bool:
    return request.method == "GET" and request.path == "/Users"


def filter_of(request: Request) -> str:
    return dict(parse_qsl(request.query)).get("filter", "")


def with_filter(request: Request, text: str | None) -> Request:
    query = dict(parse_qsl(request.query))
    query.pop("filter", None)
    if text is not None:
        query["filter"] = text
    return replace(request, target=f"{request.path}?{urlencode(query, quote_via=quote)}")


def named(server: Send, user_name: str) -> dict[str, Any]:
    """The stored user of that name."""
    query = dialect.filter_query("userName", user_name)
    return content(ok(server(dialect.get(f"/Users?{query}"))))["Resources"][0]


def patched_active(request: Request) -> bool | None:
    """The value of `active` that a PATCH sets, None for any other request."""
    if not on_one_user(request, "PATCH"):
        return None
    value = content(request)["Operations"][0].get("value")
    return value.get("active") if isinstance(value, dict) else None


@variant("create-returns-wrong-id")
def create_returns_wrong_id(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    return with_content(response, content(response) | {"id": "no-such-id"}) if is_create(request) else response


@variant("duplicate-accepted")
def duplicate_accepted(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if is_create(request) and response.status == 409:
        return with_content(replace(response, status=201), content(request) | {"id": "a-second-account"})
    return response


@variant("create-active-ignored")
def create_active_ignored(request: Request, server: Send) -> Answer:
    if is_create(request):
        request = with_content(request, content(request) | {"active": True})
    return server(request)


@variant("duplicate-500")
def duplicate_500(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    return error(500) if response.status == 409 else response


@variant("create-upserts")
def create_upserts(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if is_create(request) and response.status == 409:
        return with_content(replace(response, status=200), named(server, content(request)["userName"]))
    return response


@variant("externalId-dropped")
def external_id_dropped(request: Request, server: Send) -> Answer:
    if is_create(request) or on_one_user(request, "PUT"):
        body = content(request)
        body.pop("externalId", None)
        request = with_content(request, body)
    return server(request)


@variant("get-unknown-200")
def get_unknown_200(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    unknown = on_one_user(request, "GET") and response.status == 404
    return with_content(replace(response, status=200), {}) if unknown else response


@variant("empty-list-404")
def empty_list_404(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    empty = is_listing(request) and content(response).get("totalResults") == 0
    return error(404) if empty and filter_of(request) else response


@variant("list-hides-inactive")
def list_hides_inactive(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if not is_listing(request) or response.status != 200:
        return response
    body = content(response)
    shown = [user for user in body["Resources"] if user["active"]]
    return with_content(response, body | {"Resources": shown, "totalResults": len(shown), "itemsPerPage": len(shown)})


@variant("empty-list-not-a-listresponse")
def empty_list_bare(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    empty = is_listing(request) and content(response).get("totalResults") == 0
    return with_content(response, []) if empty else response


@variant("filter-ignored-returns-all")
def filter_ignored(request: Request, server: Send) -> Answer:
    return server(with_filter(request, None) if is_listing(request) else request)


@variant("filter-username-case-sensitive")
def filter_case_sensitive(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    wanted = filter_of(request).removeprefix('userName eq "').removesuffix('"')
    if not is_listing(request) or not wanted or response.status != 200:
        return response
    body = content(response)
    shown = [user for user in body["Resources"] if json.dumps(user["userName"])[1:-1] == wanted]
    return with_content(response, body | {"Resources": shown, "totalResults": len(shown), "itemsPerPage": len(shown)})


@variant("filter-apostrophe-truncates")
def filter_apostrophe(request: Request, server: Send) -> Answer:
    text = filter_of(request)
    if "'" in text:
        request = with_filter(request, text.partition("'")[0] + '"')
    return server(request)


@variant("put-unsupported")
def put_unsupported(request: Request, server: Send) -> Answer:
    return error(501) if request.method == "PUT" else server(request)


@variant("username-change-ignored")
def user_name_kept(request: Request, server: Send) -> Answer:
    if on_one_user(request, "PUT"):
        stored = content(ok(server(dialect.get(request.path))))
        request = with_content(request, content(request) | {"userName": stored.get("userName")})
    return server(request)


@variant("patch-pathless-active-rejected")
def pathless_rejected(request: Request, server: Send) -> Answer:
    if request.method == "PATCH" and any("path" not in op for op in content(request)["Operations"]):
        return error(400, "path is required", "invalidPath")
    return server(request)


@variant("patch-dropping-unmentioned")
def patch_drops(request: Request, server: Send) -> Answer:
    active = patched_active(request)
    if active is None:
        return server(request)
    stored = content(ok(server(dialect.get(request.path))))
    kept = {name: stored[name] for name in ("schemas", "userName") if name in stored}
    return server(dialect.put(request.path, kept | {"active": active, "title": None, "name": None}))


@variant("deactivate-deletes-mapping")
def deactivate_deletes(request: Request, server: Send) -> Answer:
    if patched_active(request) is False:
        return server(dialect.delete(request.path))
    return server(request)


@variant("patch-active-noop")
def patch_active_noop(request: Request, server: Send) -> Answer:
    return server(dialect.get(request.path)) if patched_active(request) is False else server(request)


@variant("put-active-ignored")
def put_active_ignored(request: Request, server: Send) -> Answer:
    if on_one_user(request, "PUT"):
        stored = content(ok(server(dialect.get(request.path))))
        request = with_content(request, content(request) | {"active": stored.get("active", True)})
    return server(request)


@variant("reactivation-of-inactive-conflicts")
def reactivation_conflicts(request: Request, server: Send) -> Answer:
    return error(409, "User already exists", "uniqueness") if patched_active(request) else server(request)


@variant("boolean-false-stored-as-true")
def false_becomes_true(request: Request, server: Send) -> Answer:
    if patched_active(request) is False:
        operation = {"op": "replace", "value": {"active": True}}
        request = with_content(request, content(request) | {"Operations": [operation]})
    return server(request)


@variant("extension-key-not-urn")
def extension_key(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    body = content(response)
    if ENTERPRISE in body:
        body["enterprise"] = body.pop(ENTERPRISE)
        return with_content(response, body)
    return response


@variant("scim-json-415")
def scim_json_415(request: Request, server: Send) -> Answer:
    scim = "scim+json" in (request.headers.get("Content-Type") or "")
    return error(415) if request.body and scim else server(request)


@variant("auth-missing-token-not-401")
def missing_token_accepted(request: Request, server: Send) -> Answer:
    if request.method == "GET":
        request = replace(request, headers=request.headers.without("Authorization"), auth=Auth.TARGET)
    return server(request)


@variant("auth-writes-unprotected")
def writes_unprotected(request: Request, server: Send) -> Answer:
    if request.method != "GET":
        request = replace(request, headers=request.headers.without("Authorization"), auth=Auth.TARGET)
    return server(request)


@variant("password-returned")
def password_returned(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    body = content(response)
    if response.status == 200 and "userName" in body:
        return with_content(response, body | {"password": "4a9XuKkx"})
    return response


@variant("html-200")
def html_200(request: Request, server: Send) -> Answer:
    if is_listing(request) and not filter_of(request):
        return Response(200, Headers((("Content-Type", "text/html"),)), b"<html><body>Sign in</body></html>")
    return server(request)


@variant("patch-complex-wipes-siblings")
def complex_wipes_siblings(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    body = content(response)
    if on_one_user(request, "GET") and body.get("name", {}).get("givenName") == "Augusta":
        return with_content(response, body | {"name": {"givenName": "Augusta"}})
    return response


@variant("auth-401-not-scim-error")
def plain_401(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    plain = Response(401, Headers((("Content-Type", "text/plain"),)), b"Unauthorized")
    return plain if response.status == 401 else response


@variant("create-without-name-500")
def names_beyond_ascii_500(request: Request, server: Send) -> Answer:
    beyond = is_create(request) and not unquote(request.body.decode()).isascii()
    return error(500) if beyond else server(request)
