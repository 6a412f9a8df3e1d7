"""The fault of a server with several tenants: what the broken server does, and that the right one does not."""

from typing import cast

from scimctl.scim import urns
from scimctl.server.core import ReferenceServer, build
from scimctl.server.faults.catalogue import with_faults
from scimctl.server.tenancy import Tenancy
from tests.unit.server.reference_client import Client


def tenants(*faults: str) -> tuple[Client, Client]:
    """The clients of two tenants of one server: the main one's, and another's."""
    tenancy = Tenancy(build("standard", token="right"), {"other": build("standard", token="other")})
    # A client asks no more of its server than `handle`.
    handler = cast(ReferenceServer, with_faults(tenancy, faults))
    return Client(handler), Client(handler, "other")


def test_tenant_isolation() -> None:
    main, other = tenants()
    wrong_main, wrong_other = tenants("tenant-isolation")
    ada, wrong_ada = main.user("ada"), wrong_main.user("ada")

    assert (other.get("/Users")["totalResults"], wrong_other.get("/Users")["totalResults"]) == (0, 1)
    assert other.get(f"/Users/{ada['id']}")["status"] == "404"
    assert wrong_other.get(f"/Users/{wrong_ada['id']}")["userName"] == "ada"
    off = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "replace", "value": {"active": False}}]}
    assert other.send("PATCH", f"/Users/{ada['id']}", off)["status"] == "404"
    assert wrong_other.send("PATCH", f"/Users/{wrong_ada['id']}", off)["active"] is False
    assert main.get(f"/Users/{ada['id']}")["active"] is True
    assert wrong_main.get(f"/Users/{wrong_ada['id']}")["active"] is False
    assert wrong_main.as_token("nonsense").get("/Users")["status"] == "401"


def test_the_faults_of_a_tenant_leave_the_others_alone() -> None:
    main, other = tenants("create-200", "duplicate-accepted")

    for client, statuses in ((main, (200, 200)), (other, (201, 409))):
        found = []
        for _ in range(2):
            client.send("POST", "/Users", {"schemas": [urns.USER], "userName": "ada"})
            found.append(client.last.status)
        assert tuple(found) == statuses
