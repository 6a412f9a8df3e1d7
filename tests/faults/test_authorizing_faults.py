"""Each fault of authorization: what the broken server does, and that the server without it does right."""

from collections.abc import Callable

from scimctl.scim import urns
from tests.faults.pairs import Pair

Make = Callable[..., Pair]
GRACE = {"schemas": [urns.USER], "userName": "grace"}


def nobody(servers: Pair) -> Pair:
    return Pair(servers.right.as_token(None), servers.wrong.as_token(None))


def test_auth_writes_unprotected(pair: Make) -> None:
    servers = pair("auth-writes-unprotected")
    servers.both("POST", "/Users", {**GRACE, "userName": "ada"})
    strangers = nobody(servers)

    assert strangers.statuses("POST", "/Users", GRACE) == (401, 201)
    assert strangers.statuses("PUT", "/Users/id-1", {**GRACE, "userName": "eve"}) == (401, 200)
    assert strangers.statuses("DELETE", "/Users/id-1") == (401, 204)
    assert strangers.statuses("GET", "/Users") == (401, 401)
    assert servers.wrong.found("userName pr") == ["grace"]
    assert strangers.statuses("POST", "/Users", GRACE, Authorization="Bearer nonsense") == (401, 401)


def test_auth_missing_token_not_401(pair: Make) -> None:
    strangers = nobody(pair("auth-missing-token-not-401"))

    assert strangers.statuses("GET", "/Users") == (401, 500)
    assert strangers.right.last.headers.get("WWW-Authenticate") == 'Bearer realm="scimctl"'
    assert strangers.statuses("POST", "/Users", GRACE) == (401, 500)
    assert strangers.statuses("GET", "/Users", Authorization="Bearer nonsense") == (401, 401)
    assert strangers.statuses("GET", "/ServiceProviderConfig") == (200, 200)
    strangers.wrong.send("HEAD", "/Users")
    assert (strangers.wrong.last.status, strangers.wrong.last.body) == (500, b"")
