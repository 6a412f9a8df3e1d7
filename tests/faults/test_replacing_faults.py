"""Each fault of replacing resources with PUT: what the broken server does, and that the other one does right."""

from collections.abc import Callable
from typing import cast

from scimctl.scim.schema import Attribute, Mutability, ResourceType, Schema
from scimctl.server.faults.registry import FaultyServer
from tests.faults.bodies import add_members, group, member_ids, okta, patch, replace, user
from tests.faults.pairs import Pair

Make = Callable[..., Pair]


def test_put_groups_changes_membership(pair: Make) -> None:
    servers = pair("put-groups-changes-membership")
    servers.both("POST", "/Users", user())
    for name in ("Engines", "Looms"):
        servers.both("POST", "/Groups", group(name, "id-1"))

    right, wrong = servers.both("PUT", "/Users/id-1", user(groups=[{"value": "id-2"}]))
    assert [entry["value"] for entry in right["groups"]] == ["id-2", "id-3"]
    assert [entry["value"] for entry in wrong["groups"]] == ["id-2"]
    assert servers.wrong.last.headers.get("ETag") == wrong["meta"]["version"]
    right, wrong = servers.both("PUT", "/Users/id-1", user(groups=[]))
    assert ("groups" in right, "groups" in wrong) == (True, False)
    assert member_ids(servers.right.get("/Groups/id-2")) == ["id-1"]
    assert member_ids(servers.wrong.get("/Groups/id-2")) == []


def test_put_groups_changes_membership_only_when_groups_are_sent(pair: Make) -> None:
    servers = pair("put-groups-changes-membership")
    servers.both("POST", "/Users", user())
    servers.both("POST", "/Groups", group("Engines", "id-1"))

    right, wrong = servers.both("PUT", "/Users/id-1", user(title="Countess"))
    assert wrong == right
    assert servers.wrong.send("PUT", "/Users/id-1", user(groups=[], userName=""))["status"] == "400"
    assert member_ids(servers.wrong.get("/Groups/id-2")) == ["id-1"]


def test_put_unsupported(pair: Make) -> None:
    servers = pair("put-unsupported")
    servers.both("POST", "/Users", user())
    servers.both("POST", "/Groups", group())

    assert servers.statuses("PUT", "/Users/id-1", user(title="Countess")) == (200, 501)
    assert "title" not in servers.wrong.get("/Users/id-1")
    assert servers.statuses("PUT", "/Groups/id-2", group("Looms")) == (200, 501)
    assert servers.statuses("PUT", "/Users/nobody", user()) == (404, 404)
    assert servers.statuses("PUT", "/Users/id-1", user(), Authorization="Bearer nonsense") == (401, 401)


def test_put_without_active_deactivates(pair: Make) -> None:
    servers = pair("put-without-active-deactivates")
    servers.both("POST", "/Users", user())

    right, wrong = servers.both("PUT", "/Users/id-1", user(title="Countess"))
    assert (right["active"], wrong["active"]) == (True, False)
    right, wrong = servers.both("PUT", "/Users/id-1", user(Active=True))
    assert (right["active"], wrong["active"]) == (True, True)


def test_username_change_ignored(pair: Make) -> None:
    servers = pair("username-change-ignored")
    servers.both("POST", "/Users", user(emails=[{"value": "ada@scimctl.example"}]))
    email = [{"value": "new@scimctl.example"}]

    right, wrong = servers.both("PUT", "/Users/id-1", user("put", emails=email))
    assert (right["userName"], wrong["userName"]) == ("put", "ada")
    assert wrong["emails"] == email
    for number, operation in enumerate((replace("userName", "1"), okta(userName="2", title="Countess"))):
        right, wrong = servers.both("PATCH", "/Users/id-1", patch(operation))
        assert (right["userName"], wrong["userName"]) == (str(number + 1), "ada")
    assert servers.wrong.get("/Users/id-1")["title"] == "Countess"
    assert servers.statuses("PUT", "/Users/id-1", user(" ")) == (400, 400)


def test_put_creates(pair: Make) -> None:
    servers = pair("put-creates")

    assert servers.statuses("PUT", "/Users/no%20body", user()) == (404, 201)
    assert servers.wrong.last.headers.get("Location") == "https://reference.invalid/scim/v2/Users/no%20body"
    assert servers.statuses("GET", "/Users/no%20body") == (404, 200)
    assert servers.wrong.get("/Users/no%20body")["id"] == "no body"
    assert servers.statuses("PUT", "/Users/second", user()) == (404, 409)
    assert servers.statuses("PUT", "/Users/second", user(), Authorization="Bearer nonsense") == (401, 401)
    assert servers.statuses("PATCH", "/Users/second", patch(okta(title="x"))) == (404, 404)


def test_put_immutable_changed_for_the_type_of_a_member(pair: Make) -> None:
    servers = pair("put-immutable-changed")
    servers.both("POST", "/Users", user())
    servers.both("POST", "/Groups", group("Engines", "id-1"))

    other = group("Engines", members=[{"value": "id-1", "type": "Group"}])
    right, wrong = servers.both("PUT", "/Groups/id-2", other)
    assert (right["members"][0]["type"], wrong["members"][0]["type"]) == ("User", "Group")
    right, wrong = servers.both("GET", "/Groups/id-2")
    assert (right["members"][0]["type"], wrong["members"][0]["type"]) == ("User", "Group")


def test_put_immutable_changed_for_an_attribute(pair: Make) -> None:
    servers = pair("put-immutable-changed")
    badge = Attribute(name="badge", mutability=Mutability.IMMUTABLE)
    schema = Schema(id="urn:example:device", attributes=(badge,))
    kind = ResourceType(name="Device", endpoint="/Devices", base=schema)
    faulty = cast(FaultyServer, servers.wrong.server)
    for service in (servers.right.server.service, faulty.server.service):
        service.kinds["Device"] = kind
    servers.both("POST", "/Devices", {"schemas": ["urn:example:device"], "badge": "7"})

    assert servers.statuses("PUT", "/Devices/id-1", {"schemas": ["urn:example:device"], "badge": "8"}) == (400, 200)
    right, wrong = servers.both("GET", "/Devices/id-1")
    assert (right["badge"], wrong["badge"]) == ("7", "8")


def test_put_immutable_changed_leaves_new_members_alone(pair: Make) -> None:
    servers = pair("put-immutable-changed")
    servers.both("POST", "/Users", user())
    servers.both("POST", "/Groups", group())

    right, wrong = servers.both("PATCH", "/Groups/id-2", patch(add_members("id-1")))
    assert wrong == right
