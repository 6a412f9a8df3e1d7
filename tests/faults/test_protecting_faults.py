"""Each fault of security: what the broken server does, and that the server without it does right."""

import base64
from collections.abc import Callable

from scimctl.scim import urns
from tests.faults.pairs import Pair

Make = Callable[..., Pair]
PASSWORD = "4a9XuKkx"
ADA = {"schemas": [urns.USER], "userName": "ada", "password": PASSWORD}


def jwt(header: bytes) -> str:
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (header, b'{"sub":"ada"}', b"sign"))


def test_auth_user_token_accepted(pair: Make) -> None:
    servers = pair("auth-user-token-accepted")
    of_a_user = "Bearer " + jwt(b'{"alg":"RS256","typ":"JWT"}')

    assert servers.statuses("GET", "/Users", Authorization=of_a_user) == (401, 200)
    assert servers.statuses("POST", "/Users", ADA, Authorization=of_a_user) == (401, 201)
    for other in (f"Bearer {jwt(b'{}')}", f"Bearer {jwt(b'[]')}", f"Basic {jwt(b'{}')}", "Bearer a.b.c", "Bearer x"):
        assert servers.statuses("GET", "/Users", Authorization=other) == (401, 401)


def test_password_returned(pair: Make) -> None:
    servers = pair("password-returned")
    change = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "Replace", "value": {"password": "other"}}]}

    right, wrong = servers.both("POST", "/Users", ADA)
    assert wrong == {**right, "password": PASSWORD}
    assert servers.wrong.get("/Users/id-1")["password"] == PASSWORD
    assert servers.wrong.get("/Users")["Resources"][0]["password"] == PASSWORD
    right, wrong = servers.both("PATCH", "/Users/id-1", change)
    assert ("password" in right, wrong["password"]) == (False, "other")
    assert "password" not in servers.wrong.get("/Users/id-1?attributes=userName")
    assert "password" not in servers.wrong.user("grace")


def test_password_stored_unverified(pair: Make) -> None:
    servers = pair("password-stored-unverified")

    assert servers.statuses("POST", "/Users", ADA) == (201, 400)
    assert servers.wrong.found("userName pr") == []
    assert servers.statuses("POST", "/Users", {**ADA, "userName": "eve", "password": None}) == (201, 201)
