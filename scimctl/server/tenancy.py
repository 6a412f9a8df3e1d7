"""Several tenants behind one base URL: the token says whose resources are meant (RFC 7644 §6)."""

from collections.abc import Mapping

from scimctl.exchange import Request, Response
from scimctl.server.core import ReferenceServer
from scimctl.server.service import Service


class Tenancy:
    """A server for the tokens of its own, with servers of other tenants beside it.

    No tenant sees the resources of another. Each is also served alone, below `/tenants/NAME`, by its own server.
    """

    def __init__(self, main: ReferenceServer, tenants: Mapping[str, ReferenceServer]) -> None:
        self._main = main
        self._tenants = tuple(tenants.values())

    @property
    def service(self) -> Service:
        """The inside of the main server."""
        return self._main.service

    def admit(self, token: str) -> None:
        """Accepts one more token of the main server that may do everything."""
        self._main.admit(token)

    def is_of_another_tenant(self, authorization: str | None) -> bool:
        """Whether an Authorization field has a token of one of the tenants, not of the main server."""
        return any(tenant.knows(authorization) for tenant in self._tenants)

    def handle(self, request: Request, *, base_url: str) -> Response:
        """The answer of the tenant whose token the request has, of the main server when no tenant knows it."""
        authorization = request.headers.get("Authorization")
        server = next((tenant for tenant in self._tenants if tenant.knows(authorization)), self._main)
        return server.handle(request, base_url=base_url)
