"""Each fault of bulk requests: what the broken server does, and that the server without it does right."""

from collections.abc import Callable

from scimctl.scim import urns
from tests.faults.pairs import Pair

Make = Callable[..., Pair]
BULK = {
    "schemas": [urns.BULK_REQUEST],
    "Operations": [
        {"method": "POST", "path": "/Users", "bulkId": "a", "data": {"schemas": [urns.USER], "userName": "ada"}},
        {"method": "POST", "path": "/Users", "bulkId": "b", "data": {"schemas": [urns.USER]}},
        {"method": "DELETE", "path": "/Users/nobody"},
    ],
}


def test_bulk_malformed_200(pair: Make) -> None:
    servers = pair("bulk-malformed-200")

    right, wrong = servers.both("POST", "/Bulk", BULK)
    assert [each["status"] for each in right["Operations"]] == ["201", "400", "404"]
    assert [each["status"] for each in wrong["Operations"]] == ["201", "201", "404"]
    assert wrong["Operations"][1] == {"method": "POST", "bulkId": "b", "status": "201"}
    assert wrong["Operations"][2] == right["Operations"][2]
    assert servers.wrong.found("userName pr") == ["ada"]


def test_bulk_response_shape(pair: Make) -> None:
    servers = pair("bulk-response-shape")

    right, wrong = servers.both("POST", "/Bulk", BULK)
    assert wrong["Operations"] == dict(zip(("a", "b", "2"), right["Operations"], strict=True))
    assert servers.statuses("POST", "/Bulk", {}) == (400, 400)
