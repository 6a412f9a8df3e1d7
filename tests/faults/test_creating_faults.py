"""Each fault of creating resources: what the broken server does, and that the server without it does right."""

from collections.abc import Callable
from typing import Any

import pytest

from scimctl.scim import urns
from tests.faults.pairs import Pair

Make = Callable[..., Pair]


def user(name: str = "ada", /, **attributes: object) -> dict[str, Any]:
    return {"schemas": [urns.USER], "userName": name, **attributes}


def test_create_200(pair: Make) -> None:
    servers = pair("create-200")

    assert servers.statuses("POST", "/Users", user()) == (201, 200)
    assert servers.wrong.last.headers == servers.right.last.headers
    assert servers.wrong.get("/Users/id-1")["userName"] == "ada"


def test_create_returns_wrong_id(pair: Make) -> None:
    servers = pair("create-returns-wrong-id")

    right, wrong = servers.both("POST", "/Users", user())
    assert servers.wrong.last.status == 201
    assert servers.statuses("GET", f"/Users/{right['id']}") == (200, 200)
    assert servers.statuses("GET", f"/Users/{wrong['id']}") == (404, 404)
    assert wrong == {**right, "id": wrong["id"]}


def test_duplicate_accepted(pair: Make) -> None:
    servers = pair("duplicate-accepted")
    servers.both("POST", "/Users", user(externalId="first"))

    assert servers.statuses("POST", "/Users", user("ADA", externalId="second")) == (409, 201)
    assert servers.right.found('userName eq "ada"') == ["ada"]
    assert servers.wrong.found('userName eq "ada"') == ["ada", "ADA"]
    assert servers.wrong.get("/Users/id-1")["externalId"] == "first"
    # Each of the two can be changed without an eye on the other.
    for each in ("id-1", "id-2"):
        assert servers.wrong.patch(f"/Users/{each}", {"op": "replace", "path": "active", "value": False})["id"] == each
        assert servers.wrong.get(f"/Users/{each}")["active"] is False


def test_duplicate_accepted_leaves_renaming_alone(pair: Make) -> None:
    servers = pair("duplicate-accepted")
    for name in ("ada", "grace"):
        servers.both("POST", "/Users", user(name))

    assert servers.statuses("PUT", "/Users/id-2", user("ada")) == (409, 409)


def test_create_active_ignored(pair: Make) -> None:
    servers = pair("create-active-ignored")

    right, wrong = servers.both("POST", "/Users", user(ACTIVE=False))
    assert (right["active"], wrong["active"]) == (False, True)
    assert servers.wrong.get("/Users/id-1")["active"] is True
    assert servers.statuses("POST", "/Users", user("bob", active="no")) == (400, 400)
    assert servers.wrong.patch("/Users/id-1", {"op": "replace", "path": "active", "value": False})["active"] is False


def test_create_upserts(pair: Make) -> None:
    servers = pair("create-upserts")
    servers.both("POST", "/Users", user(externalId="e-1", title="Countess"))

    assert servers.statuses("POST", "/Users", user("Ada", title="Analyst")) == (409, 201)
    assert servers.wrong.last.headers.get("Location") == "https://reference.invalid/scim/v2/Users/id-1"
    right, wrong = servers.both("GET", "/Users/id-1")
    assert (right["title"], right["externalId"]) == ("Countess", "e-1")
    assert (wrong["title"], wrong.get("externalId")) == ("Analyst", None)
    assert servers.statuses("POST", "/Users", user("grace")) == (201, 201)


def test_duplicate_500(pair: Make) -> None:
    servers = pair("duplicate-500")
    servers.both("POST", "/Users", user())

    assert servers.statuses("POST", "/Users", user()) == (409, 500)
    assert servers.right.last.json() != servers.wrong.last.json()
    assert servers.wrong.found("userName pr") == ["ada"]


def test_external_id_dropped(pair: Make) -> None:
    servers = pair("externalId-dropped")
    by_patch = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", "value": {"externalId": "e-3"}}]}

    for method, target, body in (
        ("POST", "/Users", user(externalId="e-1", title="Countess")),
        ("PUT", "/Users/id-1", user(externalId="e-2", title="Countess")),
        ("PATCH", "/Users/id-1", by_patch),
    ):
        right, wrong = servers.both(method, target, body)
        assert "externalId" in right
        assert "externalId" not in wrong
        assert "externalId" not in servers.wrong.get("/Users/id-1")
        assert servers.wrong.get("/Users/id-1")["title"] == "Countess"
    assert servers.right.found('externalId eq "e-3"') == ["ada"]
    assert servers.wrong.found('externalId eq "e-3"') == []


@pytest.mark.parametrize("unset", [{}, {"active": None}])
def test_create_active_omitted_inactive(pair: Make, unset: dict[str, object]) -> None:
    servers = pair("create-active-omitted-inactive")

    right, wrong = servers.both("POST", "/Users", user(**unset))
    assert (right["active"], wrong["active"]) == (True, False)
    assert servers.wrong.get("/Users/id-1")["active"] is False
    assert servers.wrong.user("grace", active=True)["active"] is True


@pytest.mark.parametrize(
    ("fault", "status", "refused", "taken"),
    [
        ("create-inactive-rejected", 400, {"active": False}, {"active": True}),
        ("create-without-name-500", 500, {}, {"name": {"givenName": "Ada"}}),
        ("externalId-required", 400, {"active": True}, {"externalId": "e-1"}),
        ("unknown-attribute-rejected", 400, {"shoeSize": 38}, {"title": "Countess", "groups": []}),
        ("unknown-attribute-rejected", 400, {"name": {"nick": "Al"}}, {"NAME": {"GivenName": "Ada"}}),
        ("unknown-attribute-rejected", 400, {"emails": [{"value": "a@b.example", "kind": "work"}]}, {}),
        (
            "unknown-attribute-rejected",
            400,
            {urns.ENTERPRISE_USER: {"shoeSize": 38}},
            {urns.ENTERPRISE_USER: {"department": "Engines"}},
        ),
    ],
)
def test_refuses_what_is_legal(
    pair: Make, fault: str, status: int, refused: dict[str, object], taken: dict[str, object]
) -> None:
    servers = pair(fault)

    assert servers.statuses("POST", "/Users", user("ada", **refused)) == (201, status)
    assert servers.wrong.found("userName pr") == []
    assert servers.statuses("POST", "/Users", user("grace", **taken)) == (201, 201)
    assert servers.wrong.found("userName pr") == ["grace"]
    # What is wrong in another way is refused as ever, and first of all who may not write.
    assert servers.statuses("POST", "/Users", user("", **refused)) == (400, 400)
    assert servers.statuses("POST", "/Users", user("eve", **refused), Authorization="Bearer reader") == (403, 403)


def test_uniqueness_keyed_on_email(pair: Make) -> None:
    servers = pair("uniqueness-keyed-on-email")
    servers.both("POST", "/Users", user(emails=[{"value": "desk@b.example"}, {"value": "ada@b.example"}]))

    shared = user("grace", emails=[{"value": "DESK@b.example"}])
    assert servers.statuses("POST", "/Users", shared) == (201, 409)
    body = servers.wrong.last.json()
    assert isinstance(body, dict)
    assert body["scimType"] == "uniqueness"
    assert servers.wrong.found("userName pr") == ["ada"]
    assert servers.statuses("POST", "/Users", user("alan", emails=[{"value": "ada@b.example"}])) == (201, 201)
    assert servers.statuses("POST", "/Users", user("mary")) == (201, 201)
    assert servers.statuses("POST", "/Users", user("ada", emails=[{"value": "x@b.example"}])) == (409, 409)


def test_a_slash_at_the_end_does_not_cure_a_fault(pair: Make) -> None:
    servers = pair("create-200")

    assert servers.statuses("POST", "//Users/", {"schemas": [urns.USER], "userName": "ada"}) == (201, 200)
