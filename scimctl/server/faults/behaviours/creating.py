"""Faults of creating resources."""

from dataclasses import replace

from scimctl.exchange import Request, Response
from scimctl.server.faults.exchanges import is_on
from scimctl.server.faults.registry import Beneath, fault


@fault("create-200")
def create_200(server: Beneath, request: Request) -> Response:
    response = server(request)
    made = is_on(request, "/Users", "POST") and response.status == 201
    return replace(response, status=200) if made else response
