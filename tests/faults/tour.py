"""A walk through the whole server: what a fault changes of it, and above all what it does not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from scimctl.exchange import Headers, Request, Response
from scimctl.server.core import ReferenceServer
from scimctl.server.faults.registry import FaultyServer
from tests.unit.server.reference_client import BASE_URL

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
PATCH = "urn:ietf:params:scim:api:messages:2.0:PatchOp"
SEARCH = "urn:ietf:params:scim:api:messages:2.0:SearchRequest"
BULK = "urn:ietf:params:scim:api:messages:2.0:BulkRequest"

ADA = {
    "schemas": [USER, ENTERPRISE],
    "userName": "ada@scimctl.example",
    "externalId": "ext-ada",
    "name": {"givenName": "Ada", "familyName": "Lovelace"},
    "displayName": "Ada Lovelace",
    "title": "Analyst",
    "emails": [
        {"value": "ada@scimctl.example", "type": "work", "primary": True},
        {"value": "ada@home.example", "type": "home"},
    ],
    "active": True,
    ENTERPRISE: {"department": "Engines", "organization": "Analytical"},
}
GRACE = {"schemas": [USER], "userName": "grace@scimctl.example", "name": {"givenName": "Grace", "familyName": "Hopper"}}


@dataclass(frozen=True, slots=True)
class Stop:
    """One request of the tour, under the name that the list of differences uses."""

    name: str
    method: str
    target: str
    body: object = None
    fields: tuple[tuple[str, str], ...] = (("Authorization", "Bearer right"),)

    @property
    def request(self) -> Request:
        content = b"" if self.body is None else json.dumps(self.body).encode()
        media = (("Content-Type", "application/scim+json; charset=utf-8"),) if content else ()
        return Request(self.method, self.target, Headers((*self.fields, *media)), content)


def _patch(*operations: object) -> object:
    return {"schemas": [PATCH], "Operations": list(operations)}


def _field(name: str, value: str) -> tuple[tuple[str, str], ...]:
    return (("Authorization", "Bearer right"), (name, value))


STOPS = (
    Stop("no token", "GET", "/Users", fields=()),
    Stop("wrong token", "GET", "/Users", fields=(("Authorization", "Bearer nonsense"),)),
    Stop("write without token", "POST", "/Users", GRACE, ()),
    Stop("write with a token that reads", "POST", "/Users", GRACE, (("Authorization", "Bearer reader"),)),
    Stop("configuration", "GET", "/ServiceProviderConfig"),
    Stop("resource types", "GET", "/ResourceTypes"),
    Stop("resource type", "GET", "/ResourceTypes/User"),
    Stop("schemas", "GET", "/Schemas"),
    Stop("schema", "GET", f"/Schemas/{USER}"),
    Stop("schemas filtered", "GET", "/Schemas?filter=id%20pr"),
    Stop("schema written", "PUT", f"/Schemas/{USER}", {}),
    Stop("unknown endpoint", "GET", "/Nothing"),
    Stop("test credentials", "GET", "/Users?startIndex=1&count=1"),
    Stop("lookup misses", "GET", "/Users?filter=userName%20eq%20%22ada%40scimctl.example%22"),
    Stop("create ada", "POST", "/Users", ADA),
    Stop("create grace", "POST", "/Users", GRACE),
    Stop("create inactive", "POST", "/Users", {"schemas": [USER], "userName": "alan@scimctl.example", "active": False}),
    Stop("create duplicate", "POST", "/Users", ADA),
    Stop("create broken", "POST", "/Users", {"schemas": [USER]}),
    Stop(
        "create json", "POST", "/Users", {"schemas": [USER], "userName": "mary"}, _field("Accept", "application/json")
    ),
    Stop("read ada", "GET", "/Users/id-1"),
    Stop("read inactive", "GET", "/Users/id-3"),
    Stop("read unknown", "GET", "/Users/00919288221112222"),
    Stop("read attributes", "GET", "/Users/id-1?attributes=userName"),
    Stop("read without emails", "GET", "/Users/id-1?excludedAttributes=emails"),
    Stop("read unchanged", "GET", "/Users/id-1", fields=_field("If-None-Match", 'W/"1"')),
    Stop("lookup", "GET", "/Users?filter=userName%20eq%20%22ada%40scimctl.example%22"),
    Stop("lookup other case", "GET", "/Users?filter=USERNAME%20Eq%20%22ADA%40scimctl.example%22"),
    Stop("lookup externalId", "GET", "/Users?filter=externalId%20eq%20%22ext-ada%22"),
    Stop("filter two terms", "GET", "/Users?filter=title%20pr%20and%20active%20eq%20true"),
    Stop("filter not", "GET", "/Users?filter=not%20(title%20pr)%20and%20active%20eq%20true"),
    Stop("filter broken", "GET", "/Users?filter=userName%20zz%20%22x%22"),
    Stop("filter value path", "GET", "/Users?filter=emails%5Btype%20eq%20%22home%22%5D"),
    Stop("list", "GET", "/Users"),
    Stop("list second page", "GET", "/Users?startIndex=2&count=2"),
    Stop("list no count", "GET", "/Users?count=0"),
    Stop("list past the end", "GET", "/Users?startIndex=100"),
    Stop("list attributes", "GET", "/Users?attributes=userName"),
    Stop("list sorted", "GET", "/Users?sortBy=userName"),
    Stop("search", "POST", "/Users/.search", {"schemas": [SEARCH], "filter": "title pr"}),
    Stop("patch title", "PATCH", "/Users/id-1", _patch({"op": "replace", "path": "title", "value": "Countess"})),
    Stop("patch without path", "PATCH", "/Users/id-1", _patch({"op": "replace", "value": {"nickName": "Al"}})),
    Stop(
        "patch value path",
        "PATCH",
        "/Users/id-1",
        _patch({"op": "replace", "path": 'emails[type eq "home"].value', "value": "al@home.example"}),
    ),
    Stop(
        "patch extension",
        "PATCH",
        "/Users/id-1",
        _patch({"op": "replace", "path": f"{ENTERPRISE}:department", "value": "Looms"}),
    ),
    Stop("patch remove", "PATCH", "/Users/id-1", _patch({"op": "remove", "path": "nickName"})),
    Stop("patch unknown path", "PATCH", "/Users/id-1", _patch({"op": "replace", "path": "nothing", "value": 1})),
    Stop("patch stale", "PATCH", "/Users/id-1", _patch(), _field("If-Match", 'W/"0"')),
    Stop("read after patches", "GET", "/Users/id-1"),
    Stop("put grace", "PUT", "/Users/id-2", {**GRACE, "title": "Admiral", "active": True, "groups": []}),
    Stop("put unknown", "PUT", "/Users/nobody", GRACE),
    Stop("read after put", "GET", "/Users/id-2"),
    Stop(
        "create group",
        "POST",
        "/Groups",
        {"schemas": [GROUP], "displayName": "Engines", "members": [{"value": "id-1"}]},
    ),
    Stop("read group", "GET", "/Groups/id-5"),
    Stop("lookup group", "GET", "/Groups?filter=displayName%20eq%20%22Engines%22"),
    Stop("list groups", "GET", "/Groups"),
    Stop("list groups without members", "GET", "/Groups?excludedAttributes=members"),
    Stop(
        "add members",
        "PATCH",
        "/Groups/id-5",
        _patch({"op": "add", "path": "members", "value": [{"value": "id-2", "display": "grace"}]}),
    ),
    Stop("read group of two", "GET", "/Groups/id-5"),
    Stop("read member", "GET", "/Users/id-2"),
    Stop("remove member", "PATCH", "/Groups/id-5", _patch({"op": "remove", "path": 'members[value eq "id-1"]'})),
    Stop(
        "rename group",
        "PATCH",
        "/Groups/id-5",
        _patch({"op": "replace", "value": {"id": "id-5", "displayName": "Looms"}}),
    ),
    Stop(
        "put group",
        "PUT",
        "/Groups/id-5",
        {"schemas": [GROUP], "displayName": "Looms", "members": [{"value": "id-2"}, {"value": "id-3"}]},
    ),
    Stop("read group at last", "GET", "/Groups/id-5"),
    Stop(
        "bulk",
        "POST",
        "/Bulk",
        {
            "schemas": [BULK],
            "Operations": [
                {"method": "POST", "path": "/Users", "bulkId": "b", "data": {"schemas": [USER], "userName": "bulk"}},
                {"method": "POST", "path": "/Users", "bulkId": "c", "data": {"schemas": [USER]}},
            ],
        },
    ),
    Stop("deactivate", "PATCH", "/Users/id-1", _patch({"op": "replace", "value": {"active": False}})),
    Stop("read deactivated", "GET", "/Users/id-1"),
    Stop("lookup deactivated", "GET", "/Users?filter=userName%20eq%20%22ada%40scimctl.example%22"),
    Stop("reactivate", "PATCH", "/Users/id-1", _patch({"op": "replace", "value": {"active": True}})),
    Stop("read reactivated", "GET", "/Users/id-1"),
    Stop("delete group", "DELETE", "/Groups/id-5"),
    Stop("read former member", "GET", "/Users/id-2"),
    Stop("delete", "DELETE", "/Users/id-2"),
    Stop("delete again", "DELETE", "/Users/id-2"),
    Stop("read deleted", "GET", "/Users/id-2"),
    Stop("list at last", "GET", "/Users"),
)


def walk(server: ReferenceServer | FaultyServer) -> Iterator[tuple[str, Response]]:
    """The answer of a new server at each stop."""
    for stop in STOPS:
        yield stop.name, server.handle(stop.request, base_url=BASE_URL)


def differences(right: ReferenceServer, wrong: FaultyServer) -> list[str]:
    """The stops at which two new servers do not answer alike: status, header fields or a byte of the body."""
    pairs = zip(walk(right), walk(wrong), strict=True)
    return [name for (name, one), (_, other) in pairs if _told(one) != _told(other)]


def _told(response: Response) -> tuple[int, Headers, bytes]:
    return response.status, response.headers, response.body
