"""Each fault of reading resources: what the broken server does, and that the server without it does right."""

from collections.abc import Callable

from scimctl.scim import urns
from tests.faults.pairs import Pair

Make = Callable[..., Pair]


def with_ada(servers: Pair) -> Pair:
    for client in (servers.right, servers.wrong):
        client.user("ada", title="Countess", emails=[{"value": "ada@b.example"}])
        client.group("Engines", "id-1")
    return servers


def test_get_unknown_200(pair: Make) -> None:
    servers = with_ada(pair("get-unknown-200"))

    assert servers.statuses("GET", "/Users/nobody") == (404, 200)
    assert servers.wrong.last.body == b"{}"
    assert servers.statuses("PUT", "/Users/nobody", {}) == (404, 404)
    assert servers.statuses("GET", "/Nothing") == (404, 404)
    assert servers.wrong.get("/Users/id-1")["userName"] == "ada"


def test_get_malformed_id(pair: Make) -> None:
    servers = with_ada(pair("get-malformed-id-400-500"))

    for malformed in ("9876543210123456", "abc", "00919288221112222"):
        assert servers.statuses("GET", f"/Users/{malformed}") == (404, 500)
    assert servers.statuses("GET", "/Users/2819c223-7f76-453a-919d-413861904646") == (404, 404)
    assert servers.statuses("GET", "/Users/id-1") == (200, 200)
    servers.both("HEAD", "/Users/abc")
    assert (servers.wrong.last.status, servers.wrong.last.body) == (500, b"")


def test_attributes_drops_id(pair: Make) -> None:
    servers = with_ada(pair("attributes-drops-id"))
    search = {"schemas": [urns.SEARCH_REQUEST], "attributes": ["userName"]}

    right, wrong = servers.both("GET", "/Users/id-1?attributes=userName")
    assert sorted(right) == ["id", "schemas", "userName"]
    assert sorted(wrong) == ["schemas", "userName"]
    for method, target, body in (("GET", "/Users?attributes=userName", None), ("POST", "/Users/.search", search)):
        right, wrong = servers.both(method, target, body)
        assert right["Resources"][0]["id"] == "id-1"
        assert sorted(wrong["Resources"][0]) == ["schemas", "userName"]
    assert servers.wrong.get("/Users/id-1?attributes=id")["id"] == "id-1"
    assert servers.wrong.get("/Users/id-1")["id"] == "id-1"


def test_excluded_attributes_ignored(pair: Make) -> None:
    servers = with_ada(pair("excludedAttributes-ignored"))
    search = {"schemas": [urns.SEARCH_REQUEST], "excludedAttributes": ["members"], "filter": "displayName pr"}

    right, wrong = servers.both("GET", "/Groups/id-2?excludedAttributes=members")
    assert "members" not in right
    assert [each["value"] for each in wrong["members"]] == ["id-1"]
    right, wrong = servers.both("POST", "/Groups/.search", search)
    assert "members" not in right["Resources"][0]
    assert [each["value"] for each in wrong["Resources"][0]["members"]] == ["id-1"]
    assert sorted(servers.wrong.get("/Groups/id-2?attributes=displayName")) == ["displayName", "id", "schemas"]


def test_attributes_ignored(pair: Make) -> None:
    servers = with_ada(pair("attributes-ignored"))
    search = {"schemas": [urns.SEARCH_REQUEST], "attributes": ["userName"], "filter": 'title eq "Countess"'}

    for method, target, body in (("GET", "/Users?attributes=userName", None), ("POST", "/Users/.search", search)):
        right, wrong = servers.both(method, target, body)
        assert sorted(right["Resources"][0]) == ["id", "schemas", "userName"]
        assert wrong["Resources"][0]["title"] == "Countess"
    right, wrong = servers.both("GET", "/Users/id-1?attributes=userName")
    assert ("title" in right, "title" in wrong) == (False, True)
    assert "emails" not in servers.wrong.get("/Users/id-1?excludedAttributes=emails")
