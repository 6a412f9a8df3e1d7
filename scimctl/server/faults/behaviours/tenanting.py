"""The fault of a server with several tenants."""

from scimctl.exchange import Request, Response
from scimctl.server.faults.registry import Beneath, fault


@fault("tenant-isolation")
def tenant_isolation(server: Beneath, request: Request) -> Response:
    is_another_tenant = not server.is_own and server.ask("GET", "/Users?count=0").status == 200
    return server.trusted(request) if is_another_tenant else server(request)
