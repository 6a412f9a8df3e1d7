"""The fault of a server with several tenants."""

from scimctl.exchange import Request, Response
from scimctl.server.faults.registry import Beneath, fault


@fault("tenant-isolation", across_tenants=True)
def tenant_isolation(server: Beneath, request: Request) -> Response:
    return server.trusted(request) if server.is_foreign else server(request)
