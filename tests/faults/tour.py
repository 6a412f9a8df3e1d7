"""A walk through the whole server: what a fault changes of it, and above all what it does not."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scimctl.exchange import Headers, Request, Response
from scimctl.server.core import build
from scimctl.server.faults.catalogue import with_faults
from tests.faults.pairs import T0
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
    Stop("create with groups", "POST", "/Users", {"schemas": [USER], "userName": "joan", "groups": [{"value": "x"}]}),
    Stop("create with password", "POST", "/Users", {"schemas": [USER], "userName": "kay", "password": "tW9#hdL2"}),
    Stop("create spelt otherwise", "POST", "/Users", {"SCHEMAS": [USER], "USERNAME": "lise", "Active": True}),
    Stop("create with nulls", "POST", "/Users", {"schemas": [USER], "userName": "rosa", "title": None, "emails": None}),
    Stop("create with unknown", "POST", "/Users", {"schemas": [USER], "userName": "vera", "shoeSize": 38}),
    Stop("create without a name", "POST", "/Users", {"schemas": [USER], "userName": " "}),
    Stop("read ada", "GET", "/Users/ada"),
    Stop("read inactive", "GET", "/Users/inactive"),
    Stop("read unknown", "GET", "/Users/00919288221112222"),
    Stop("read attributes", "GET", "/Users/ada?attributes=userName"),
    Stop("read without emails", "GET", "/Users/ada?excludedAttributes=emails"),
    Stop("read unchanged", "GET", "/Users/ada", fields=_field("If-None-Match", 'W/"1"')),
    Stop("read as json", "GET", "/Users/ada", fields=_field("Accept", "application/json")),
    Stop("read within slashes", "GET", "//Users/ada/"),
    Stop("lookup", "GET", "/Users?filter=userName%20eq%20%22ada%40scimctl.example%22"),
    Stop("lookup other case", "GET", "/Users?filter=USERNAME%20Eq%20%22ADA%40scimctl.example%22"),
    Stop("lookup externalId", "GET", "/Users?filter=externalId%20eq%20%22ext-ada%22"),
    Stop("filter two terms", "GET", "/Users?filter=title%20pr%20and%20active%20eq%20true"),
    Stop("filter not", "GET", "/Users?filter=not%20(title%20pr)%20and%20active%20eq%20true"),
    Stop("filter broken", "GET", "/Users?filter=userName%20zz%20%22x%22"),
    Stop("filter value path", "GET", "/Users?filter=emails%5Btype%20eq%20%22home%22%5D"),
    Stop("filter escapes", "GET", "/Users?filter=title%20eq%20%22An%5C%22alyst%22"),
    Stop("filter apostrophe", "GET", "/Users?filter=name.familyName%20eq%20%22Love'lace%22"),
    Stop(
        "filter three terms",
        "GET",
        "/Users?filter=title%20co%20%22an%22%20or%20title%20pr%20or%20active%20eq%20false",
    ),
    Stop("filter keyword", "GET", "/Users?filter=name.familyName%20eq%20%22Or%22"),
    Stop("filter with attributes", "GET", "/Users?attributes=emails&filter=title%20eq%20%22analyst%22"),
    Stop("lookup without domain", "GET", "/Users?filter=userName%20eq%20%22mary%22"),
    Stop("list", "GET", "/Users"),
    Stop("list second page", "GET", "/Users?startIndex=2&count=2"),
    Stop("list no count", "GET", "/Users?count=0"),
    Stop("list from zero", "GET", "/Users?startIndex=0&count=2"),
    Stop("list negative count", "GET", "/Users?count=-5"),
    Stop("list without numbers", "GET", "/Users?count=abc"),
    Stop("list with a slash", "GET", "/Users/?filter=userName%20eq%20%22mary%22"),
    Stop("list past the end", "GET", "/Users?startIndex=100"),
    Stop("list attributes", "GET", "/Users?attributes=userName"),
    Stop("list sorted", "GET", "/Users?sortBy=userName"),
    Stop("search", "POST", "/Users/.search", {"schemas": [SEARCH], "filter": "title pr"}),
    Stop("patch title", "PATCH", "/Users/ada", _patch({"op": "replace", "path": "title", "value": "Countess"})),
    Stop("patch without path", "PATCH", "/Users/ada", _patch({"op": "replace", "value": {"nickName": "Al"}})),
    Stop(
        "patch value path",
        "PATCH",
        "/Users/ada",
        _patch({"op": "replace", "path": 'emails[type eq "home"].value', "value": "al@home.example"}),
    ),
    Stop(
        "patch extension",
        "PATCH",
        "/Users/ada",
        _patch({"op": "replace", "path": f"{ENTERPRISE}:department", "value": "Looms"}),
    ),
    Stop("patch remove", "PATCH", "/Users/ada", _patch({"op": "remove", "path": "nickName"})),
    Stop("patch unknown path", "PATCH", "/Users/ada", _patch({"op": "replace", "path": "nothing", "value": 1})),
    Stop(
        "patch stale",
        "PATCH",
        "/Users/ada",
        _patch({"op": "replace", "value": {"title": "X"}}),
        _field("If-Match", 'W/"0"'),
    ),
    Stop("delete stale", "DELETE", "/Users/ada", fields=_field("If-Match", 'W/"0"')),
    Stop("patch capitals", "PATCH", "/Users/ada", _patch({"op": "Replace", "path": "locale", "value": "en"})),
    Stop(
        "patch in order",
        "PATCH",
        "/Users/ada",
        _patch(
            {"op": "replace", "path": "nickName", "value": "A"}, {"op": "replace", "path": "nickName", "value": "B"}
        ),
    ),
    Stop(
        "patch half wrong",
        "PATCH",
        "/Users/ada",
        _patch({"op": "replace", "path": "title", "value": "X"}, {"op": "replace", "path": "nothing", "value": 1}),
    ),
    Stop("patch without value", "PATCH", "/Users/ada", _patch({"op": "replace", "path": "title"})),
    Stop("patch required away", "PATCH", "/Users/ada", _patch({"op": "remove", "path": "userName"})),
    Stop("patch text as boolean", "PATCH", "/Users/ada", _patch({"op": "replace", "path": "active", "value": "False"})),
    Stop("patch password", "PATCH", "/Users/ada", _patch({"op": "replace", "value": {"password": "tW9#hdL2"}})),
    Stop(
        "patch half a name",
        "PATCH",
        "/Users/ada",
        _patch({"op": "replace", "value": {"name": {"givenName": "Augusta"}}}),
    ),
    Stop("patch taken name", "PATCH", "/Users/ada", _patch({"op": "replace", "path": "userName", "value": "mary"})),
    Stop(
        "patch manager",
        "PATCH",
        "/Users/ada",
        _patch({"op": "replace", "path": f"{ENTERPRISE}:manager.value", "value": "grace"}),
    ),
    Stop(
        "patch told little",
        "PATCH",
        "/Users/ada?attributes=userName",
        _patch({"op": "replace", "path": "locale", "value": "de"}),
    ),
    Stop("read after patches", "GET", "/Users/ada"),
    Stop("put grace", "PUT", "/Users/grace", {**GRACE, "title": "Admiral", "active": True, "groups": []}),
    Stop("put unknown", "PUT", "/Users/nobody", GRACE),
    Stop("put unknown with a free name", "PUT", "/Users/nobody", {"schemas": [USER], "userName": "nobody"}),
    Stop("put without active", "PUT", "/Users/with-groups", {"schemas": [USER], "userName": "joan"}),
    Stop("put a new name", "PUT", "/Users/json", {"schemas": [USER], "userName": "mary.ellen", "active": False}),
    Stop("read after put", "GET", "/Users/grace"),
    Stop(
        "create group",
        "POST",
        "/Groups",
        {"schemas": [GROUP], "displayName": "Engines", "members": [{"value": "ada"}]},
    ),
    Stop("read group", "GET", "/Groups/group"),
    Stop("lookup group", "GET", "/Groups?filter=displayName%20eq%20%22Engines%22"),
    Stop("list groups", "GET", "/Groups"),
    Stop("list groups without members", "GET", "/Groups?excludedAttributes=members"),
    Stop(
        "add members",
        "PATCH",
        "/Groups/group",
        _patch({"op": "add", "path": "members", "value": [{"value": "grace", "display": "grace"}]}),
    ),
    Stop("read group of two", "GET", "/Groups/group"),
    Stop("read member", "GET", "/Users/grace"),
    Stop("put a member", "PUT", "/Users/grace", {**GRACE, "title": "Admiral", "active": True, "groups": []}),
    Stop(
        "add a member again",
        "PATCH",
        "/Groups/group",
        _patch({"op": "add", "path": "members", "value": [{"value": "grace"}]}),
    ),
    Stop(
        "add an unknown member",
        "PATCH",
        "/Groups/group",
        _patch({"op": "add", "path": "members", "value": [{"value": "nobody"}]}),
    ),
    Stop("lookup group in capitals", "GET", "/Groups?filter=displayName%20eq%20%22ENGINES%22"),
    Stop("remove member", "PATCH", "/Groups/group", _patch({"op": "remove", "path": 'members[value eq "ada"]'})),
    Stop(
        "rename group",
        "PATCH",
        "/Groups/group",
        _patch({"op": "replace", "value": {"id": "group", "displayName": "Looms"}}),
    ),
    Stop(
        "put group",
        "PUT",
        "/Groups/group",
        {"schemas": [GROUP], "displayName": "Looms", "members": [{"value": "grace"}, {"value": "inactive"}]},
    ),
    Stop(
        "replace members",
        "PATCH",
        "/Groups/group",
        _patch({"op": "replace", "path": "members", "value": [{"value": "grace"}]}),
    ),
    Stop("read group at last", "GET", "/Groups/group"),
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
    Stop("deactivate", "PATCH", "/Users/ada", _patch({"op": "replace", "value": {"active": False}})),
    Stop("read deactivated", "GET", "/Users/ada"),
    Stop("lookup deactivated", "GET", "/Users?filter=userName%20eq%20%22ada%40scimctl.example%22"),
    Stop("reactivate", "PATCH", "/Users/ada", _patch({"op": "replace", "value": {"active": True}})),
    Stop("read reactivated", "GET", "/Users/ada"),
    Stop("delete group", "DELETE", "/Groups/group"),
    Stop("read former member", "GET", "/Users/grace"),
    Stop("delete", "DELETE", "/Users/grace"),
    Stop("delete again", "DELETE", "/Users/grace"),
    Stop("read deleted", "GET", "/Users/grace"),
    Stop("create grace again", "POST", "/Users", GRACE),
    Stop("list at last", "GET", "/Users"),
)


@dataclass(slots=True)
class Guide:
    """Keeps clock and ids of a server in step with the tour, so that what a fault leaves undone shifts neither."""

    number: int = 0
    made: int = 0

    def clock(self) -> datetime:
        """A second later at each stop."""
        return T0 + timedelta(seconds=self.number)

    def new_id(self) -> str:
        """The name of the stop without `create`; a second one of the same stop has a number too."""
        self.made += 1
        name = STOPS[self.number].name.removeprefix("create ").replace(" ", "-")
        return name if self.made == 1 else f"{name}-{self.made}"


def walk(faults: Sequence[str]) -> Iterator[tuple[str, Response]]:
    """The answer of a new server with these faults at each stop."""
    guide = Guide()
    clean = build("standard", token="right", read_only_token="reader", clock=guide.clock, new_id=guide.new_id)
    server = with_faults(clean, faults)
    for number, stop in enumerate(STOPS):
        guide.number, guide.made = number, 0
        yield stop.name, server.handle(stop.request, base_url=BASE_URL)


def differences(faults: Sequence[str]) -> list[str]:
    """The stops at which a server with these faults answers otherwise: status, header fields or a byte of the body."""
    pairs = zip(walk([]), walk(faults), strict=True)
    return [name for (name, one), (_, other) in pairs if _told(one) != _told(other)]


def _told(response: Response) -> tuple[int, Headers, bytes]:
    return response.status, response.headers, response.body
