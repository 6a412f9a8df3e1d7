"""Each fault of creating resources: what the broken server does, and that the server without it does right."""

from collections.abc import Callable

from scimctl.scim import urns
from tests.faults.pairs import Pair

Make = Callable[..., Pair]


def test_create_200(pair: Make) -> None:
    servers = pair("create-200")

    assert servers.statuses("POST", "/Users", {"schemas": [urns.USER], "userName": "ada"}) == (201, 200)
    assert servers.wrong.last.headers == servers.right.last.headers
    assert servers.wrong.get("/Users/id-1")["userName"] == "ada"
