"""Each fault of robustness: what the broken server makes of an odd request, and what the other one does."""

from collections.abc import Callable

from tests.faults.bodies import add_members, group, okta, patch, replace, user
from tests.faults.pairs import Pair

Make = Callable[..., Pair]


def test_db_outage_404(pair: Make) -> None:
    servers = pair("db-outage-404")
    servers.both("POST", "/Users", user())

    assert servers.statuses("GET", "/Users/nobody") == (404, 404)
    statuses = [servers.statuses("GET", "/Users/id-1") for _ in range(10)]
    assert statuses == 2 * [(200, 200), (200, 200), (200, 200), (200, 200), (200, 404)]


def test_group_malformed_member_500(pair: Make) -> None:
    servers = pair("group-malformed-member-500")
    servers.both("POST", "/Groups", group())

    for operation in (add_members("not-an-id"), okta(members=[{"value": "not-an-id"}])):
        assert servers.statuses("PATCH", "/Groups/id-1", patch(operation)) == (400, 500)
    assert servers.statuses("PATCH", "/Groups/id-1", patch(replace("nothing", 1))) == (400, 400)
    assert servers.statuses("PUT", "/Groups/id-1", group("Engines", "not-an-id")) == (400, 400)


def test_id_special_characters(pair: Make) -> None:
    servers = pair("id-special-characters", "put-creates")
    servers.both("POST", "/Users", user())

    for target in ("/Users/a%20b", "/Users/a+b", "/Users/a%2Bb"):
        assert servers.statuses("GET", target) == (404, 500)
    assert servers.statuses("GET", "/Users") == (200, 200)
    assert servers.statuses("GET", "/Users/id-1") == (200, 200)
    assert servers.statuses("GET", "/Users/a%20b", Authorization="Bearer nonsense") == (401, 401)
    # With the second fault such an id comes to exist.
    servers.wrong.send("PUT", "/Users/a%20b", user("grace"))
    assert servers.statuses("GET", "/Users") == (200, 500)
    assert servers.statuses("GET", "/Users?count=1") == (200, 200)


def test_slow_response(pair: Make) -> None:
    servers = pair("slow-response")
    servers.both("POST", "/Users", user())
    servers.both("POST", "/Groups", group())

    for method, target, body in (("GET", "/Groups", None), ("PATCH", "/Groups/id-2", patch(add_members("id-1")))):
        right, wrong = servers.both(method, target, body)
        assert (servers.right.last.elapsed, servers.wrong.last.elapsed, wrong) == (0.0, 61.0, right)
    servers.both("GET", "/Users")
    assert servers.wrong.last.elapsed == 0.0


def test_trailing_slash_500(pair: Make) -> None:
    servers = pair("trailing-slash-500")
    servers.both("POST", "/Users", user())

    assert servers.statuses("GET", "/Users/?filter=userName%20eq%20%22ada%22") == (200, 500)
    assert servers.statuses("GET", "/Users?filter=userName%20eq%20%22ada%22") == (200, 200)
    assert servers.statuses("GET", "/Nothing/") == (404, 404)
