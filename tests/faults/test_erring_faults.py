"""Each fault of error answers: what the broken server does, and that the server without it does right."""

from collections.abc import Callable

import pytest

from scimctl.scim import urns
from tests.faults.pairs import Pair

Make = Callable[..., Pair]
ADA = {"schemas": [urns.USER], "userName": "ada"}


def test_auth_401_not_scim_error(pair: Make) -> None:
    servers = pair("auth-401-not-scim-error")

    right, wrong = servers.both("GET", "/Users", Authorization="Bearer nonsense")
    assert servers.wrong.last.status == 401
    assert (right["schemas"], right["status"]) == ([urns.ERROR], "401")
    assert wrong == {"detail": "Invalid token."}
    assert servers.wrong.last.headers.get("Content-Type") == "application/json"
    assert servers.wrong.last.headers.get("WWW-Authenticate") == 'Bearer realm="scimctl"'
    servers.both("HEAD", "/Users", Authorization="Bearer nonsense")
    assert (servers.wrong.last.status, servers.wrong.last.body) == (401, b"")
    assert servers.wrong.get("/Users/nobody")["schemas"] == [urns.ERROR]


def test_duplicate_409_without_scim_type(pair: Make) -> None:
    servers = pair("duplicate-409-without-scimType")
    servers.both("POST", "/Users", ADA)

    right, wrong = servers.both("POST", "/Users", ADA)
    assert (servers.wrong.last.status, right["scimType"], right["status"]) == (409, "uniqueness", "409")
    assert sorted(wrong) == ["detail", "schemas"]
    assert servers.wrong.send("POST", "/Users", {"schemas": [urns.USER]})["scimType"] == "invalidValue"


@pytest.mark.parametrize(
    ("method", "target", "body"),
    [("GET", "/Users/nobody", None), ("POST", "/Users", {}), ("PUT", "/Schemas", {}), ("GET", "/Nothing", None)],
)
@pytest.mark.parametrize(
    ("fault", "member", "change"),
    [
        ("error-schemas-not-array", "schemas", lambda _: urns.ERROR),
        ("error-status-integer", "status", int),
    ],
)
def test_error_members(
    pair: Make, fault: str, member: str, change: Callable[[str], object], method: str, target: str, body: object
) -> None:
    servers = pair(fault)

    right, wrong = servers.both(method, target, body)
    assert wrong[member] != right[member]
    assert wrong == {**right, member: change(right[member])}
    assert servers.wrong.last.status == servers.right.last.status
    assert servers.wrong.user("ada")["schemas"] == [urns.USER]


def test_error_no_body(pair: Make) -> None:
    servers = pair("error-no-body")

    for method, target, status in (
        ("GET", "/Nothing", 404),
        ("DELETE", "/Users", 405),
        ("GET", "/Me", 501),
        ("PUT", "/Schemas", 405),
    ):
        right, wrong = servers.both(method, target)
        assert (servers.wrong.last.status, right["status"], wrong) == (status, str(status), None)
        assert servers.wrong.last.headers.get("Content-Type") is None
        assert servers.wrong.last.headers.get("Allow") == servers.right.last.headers.get("Allow")
    assert servers.wrong.get("/Users/nobody")["status"] == "404"


def test_error_scim_type_null_string(pair: Make) -> None:
    servers = pair("error-scimType-null-string")

    right, wrong = servers.both("DELETE", "/Users/nobody")
    assert "scimType" not in right
    assert wrong == {**right, "scimType": "null"}
    assert servers.wrong.send("POST", "/Users", {})["scimType"] == "invalidValue"
    assert "scimType" not in servers.wrong.user("ada")


def test_readonly_store_500(pair: Make) -> None:
    servers = pair("readonly-store-500")
    servers.both("POST", "/Users", ADA)
    readers = Pair(servers.right.as_token("reader"), servers.wrong.as_token("reader"))

    assert readers.statuses("POST", "/Users", {**ADA, "userName": "eve"}) == (403, 500)
    assert readers.statuses("DELETE", "/Users/id-1") == (403, 500)
    assert readers.statuses("GET", "/Users") == (200, 200)
    # Refusals of reading stay what they are: of a filter that would give secrets away, of a filter of schemas.
    secret = {"schemas": [urns.SEARCH_REQUEST], "filter": 'password eq "x"'}
    assert readers.statuses("POST", "/Users/.search", secret) == (403, 403)
    assert readers.statuses("HEAD", "/Schemas?filter=id%20pr") == (403, 403)
    assert servers.wrong.found("userName pr") == ["ada"]
