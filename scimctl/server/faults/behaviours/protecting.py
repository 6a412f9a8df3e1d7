"""Faults of security: secrets that come out, and keys that should not fit."""

import base64
import binascii
import json
from typing import Any

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim.attributes import get
from scimctl.server.faults.exchanges import (
    content,
    error,
    is_list,
    is_on,
    is_within,
    operations,
    parameters,
    with_content,
)
from scimctl.server.faults.queries import asked, collection, resources
from scimctl.server.faults.registry import Beneath, fault
from scimctl.server.faults.stored import refused

_PASSWORD_PATHS = ("password", "urn:ietf:params:scim:schemas:core:2.0:user:password")


@fault("auth-user-token-accepted")
def user_token_accepted(server: Beneath, request: Request) -> Response:
    response = server(request)
    scheme, _, token = (request.headers.get("Authorization") or "").strip().partition(" ")
    is_users = response.status == 401 and scheme.lower() == "bearer" and _is_jwt(token.strip())
    return server.trusted(request) if is_users else response


@fault("password-returned")
def password_returned(server: Beneath, request: Request) -> Response:
    response = server(request)
    if response.status not in (200, 201):
        return response
    body = content(response)
    if is_list(response) and collection(request) is not None:
        if "attributes" in asked(request):
            return response
        shown = [_with_password(server, each) for each in resources(response)]
        return with_content(response, body | {"Resources": list[Json](shown)})
    if not is_on(request, "/Users", "POST") and not is_within(request, "/Users", "GET", "PUT", "PATCH"):
        return response
    for sent in _passwords(request):
        server.memory[str(body.get("id"))] = sent
    asks_little = "attributes" in parameters(request)
    return response if asks_little or not body else with_content(response, _with_password(server, body))


@fault("password-stored-unverified")
def password_unsupported(server: Beneath, request: Request) -> Response:
    if not is_on(request, "/Users", "POST") or get(content(request), "password") is None:
        return server(request)
    return refused(server, request, error(400, "password is not supported", "invalidValue"))


def _is_jwt(token: str) -> bool:
    parts = token.split(".")
    if len(parts) != 3 or not all(parts):
        return False
    try:
        header, _, _ = (
            base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True) for part in parts
        )
        decoded = json.loads(header)
    except (binascii.Error, ValueError, RecursionError):
        return False
    return isinstance(decoded, dict) and "alg" in decoded


def _passwords(request: Request) -> list[str]:
    """The passwords that a request sets, in the order in which it does."""
    if request.method != "PATCH":
        found = [get(content(request), "password")]
    else:
        found = [_patched(operation) for operation in operations(request)]
    return [each for each in found if isinstance(each, str)]


def _patched(operation: dict[str, Any]) -> Json:
    path, value = get(operation, "path"), get(operation, "value")
    if isinstance(path, str):
        return value if path.lower() in _PASSWORD_PATHS else None
    inner = {name.lower(): each for name, each in value.items()} if isinstance(value, dict) else {}
    return next((inner[path] for path in _PASSWORD_PATHS if path in inner), None)


def _with_password(server: Beneath, user: dict[str, Any]) -> dict[str, Any]:
    password = server.memory.get(str(user.get("id")))
    return user if password is None else user | {"password": password}
