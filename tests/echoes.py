"""Ways in which a server gives a secret back: in header fields, bodies, ids, errors and pages, plain and encoded."""

import base64
import html
import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from scimctl.exchange import Answer, Headers, Request, Response, Send
from tests.exchanges import content, error, is_create, ok, on_one_user, with_content

TOKEN = "canary/token+7f3a=="
READ_ONLY = "canary/reader+81bc=="
OTHER = "canary/other+55aa=="
PASSWORD = 'canary/pass+9d&2e"<ü>'
CLIENT_SECRET = "canary/client+c0de=="
FETCHED = "canary/fetched+beef=="
API_KEY = "canary/key+1234=="
SECRETS = (TOKEN, READ_ONLY, OTHER, PASSWORD, CLIENT_SECRET, FETCHED, API_KEY)
Change = Callable[[Request, Send], Answer]


def shapes(secret: str) -> dict[str, str]:
    """How a secret may come back."""
    raw = secret.encode()
    return {
        "plain": secret,
        "percent-encoded": quote(secret, safe=""),
        "in JSON": json.dumps(secret)[1:-1],
        "base64": base64.b64encode(raw).decode(),
        "base64url": base64.urlsafe_b64encode(raw).decode().rstrip("="),
        "in HTML": html.escape(secret),
    }


def everywhere(secret: str) -> str:
    """All shapes in one text."""
    return " ".join(shapes(secret).values())


def echo() -> str:
    return " | ".join(everywhere(secret) for secret in SECRETS)


def fields(response: Response) -> Response:
    """An answer with the secrets in its header fields; Latin-1 alone can be in them."""
    names = ("X-Echo", "WWW-Authenticate", "Set-Cookie", "ETag", "Server", "X-Request-Token")
    text = echo().replace("\n", " ")
    return replace(response, headers=Headers((*response.headers, *((name, text) for name in names))))


def in_fields(request: Request, server: Send) -> Answer:
    return fields(ok(server(request)))


def in_bodies(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if not response.body or response.status >= 400:
        return response
    extra = {"displayName": echo(), "urn:example:echo": {echo(): [echo()]}, "nickName": TOKEN}
    return with_content(response, content(response) | extra)


def in_user_names(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    single = is_create(request) or on_one_user(request, "GET", "PUT", "PATCH")
    return with_content(response, content(response) | {"userName": echo()}) if single and response.body else response


def in_ids(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if is_create(request) and response.status == 201:
        location = f"https://scim.example/Users/{quote(TOKEN, safe='')}?token={TOKEN}"
        response = replace(response, headers=response.headers.with_field("Location", location))
        return with_content(response, content(response) | {"id": TOKEN})
    return error(405, echo()) if request.method in ("DELETE", "PATCH") else response


def in_errors(request: Request, server: Send) -> Answer:
    return fields(error(400, echo(), echo())) if request.method != "GET" else server(request)


def in_escapes(request: Request, server: Send) -> Answer:
    """The token with each of its letters escaped, as only a JSON parser reads it."""
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in TOKEN)
    body = f'{{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"400","detail":"{escaped}"}}'
    return replace(error(400), body=body.encode()) if request.method != "GET" else server(request)


def refused(request: Request, server: Send) -> Answer:
    return fields(error(401, echo()))


def refused_in_escapes(request: Request, server: Send) -> Answer:
    return replace(ok(in_escapes(replace(request, method="POST"), server)), status=401)


def redirected(request: Request, server: Send) -> Answer:
    return Response(302, Headers((("Location", f"https://elsewhere.example/?t={TOKEN}&u={quote(TOKEN, safe='')}"),)))


def page(request: Request, server: Send) -> Answer:
    entities = "".join(f"&#{ord(letter)};" for letter in TOKEN)
    text = f"<html><title>{entities} {html.escape(echo())}</title>{echo()}"
    return Response(200, Headers((("Content-Type", "text/html"),)), text.encode())


def no_json(request: Request, server: Send) -> Answer:
    return replace(ok(server(request)), body=f'{{"detail": "{TOKEN}'.encode())


def in_schemas(request: Request, server: Send) -> Answer:
    response = ok(server(request))
    if request.path not in ("/Schemas", "/ResourceTypes", "/ServiceProviderConfig"):
        return response
    listed = [entry | {"description": echo(), "name": TOKEN} for entry in content(response).get("Resources", [])]
    return with_content(response, content(response) | {"Resources": listed, "documentationUri": echo()})


ECHOES = [
    in_fields, in_bodies, in_user_names, in_ids, in_errors, in_escapes, refused, refused_in_escapes, redirected, page,
    no_json, in_schemas,
]  # fmt: skip
