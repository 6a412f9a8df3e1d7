"""`/Me`: the user for whom the token stands, when the server was told of one (RFC 7644 §3.11)."""

from collections.abc import Callable
from dataclasses import replace

from scimctl.exchange import Response
from scimctl.scim.errors import ScimError, not_found
from scimctl.scim.values import user_name
from scimctl.server import actions
from scimctl.server.answers import Call, refusal
from scimctl.server.service import Service
from scimctl.server.store import Record


def read(service: Service, call: Call) -> Response:
    """GET /Me."""
    return _as_user(service, call, actions.read)


def replace_user(service: Service, call: Call) -> Response:
    """PUT /Me."""
    return _as_user(service, call, actions.replace)


def modify(service: Service, call: Call) -> Response:
    """PATCH /Me."""
    return _as_user(service, call, actions.modify)


def delete(service: Service, call: Call) -> Response:
    """DELETE /Me."""
    return _as_user(service, call, actions.delete)


def create(service: Service, call: Call) -> Response:
    """POST /Me: always refused, because the user is there before the token."""
    raise ScimError(501, "nobody can be created through /Me: POST to /Users")


def _as_user(service: Service, call: Call, action: Callable[[Service, Call], Response]) -> Response:
    """What the action answers for the user; Location is the user's own address in any answer (RFC 7644 §3.11)."""
    user = _user(service)
    location = service.renderer(call).location(user)
    try:
        response = action(service, replace(call, kind=service.kinds["User"], id=user.id))
    except ScimError as refused:
        response = refusal(refused)
    return replace(response, headers=response.headers.with_field("Location", location))


def _user(service: Service) -> Record:
    if service.me is None:
        raise ScimError(501, "/Me is not supported: a token stands for an integration here, not for a user")
    found = service.store.find("User", "userName", user_name(service.me))
    if not found:
        raise not_found("the user for whom this token stands is not there")
    return found[0]
