"""Faults of authorization: who is let in."""

from scimctl.exchange import Request, Response
from scimctl.server.faults.exchanges import bare, error
from scimctl.server.faults.registry import Beneath, fault


@fault("auth-writes-unprotected")
def writes_unprotected(server: Beneath, request: Request) -> Response:
    is_write = request.method not in ("GET", "HEAD", "OPTIONS")
    return server.trusted(request) if is_write and request.headers.get("Authorization") is None else server(request)


@fault("auth-missing-token-not-401")
def missing_token_500(server: Beneath, request: Request) -> Response:
    response = server(request)
    if response.status != 401 or request.headers.get("Authorization") is not None:
        return response
    return bare(request, error(500, "NullPointerException: the header Authorization is null"))
