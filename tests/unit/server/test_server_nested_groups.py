"""Groups in groups on the reference server: what a user's `groups` says of them."""

import json

from scimctl.scim import urns
from tests.unit.server.reference_client import BASE_URL, Client


def groups_of(client: Client, user: str) -> list[tuple[str, str]]:
    return [(entry["display"], entry["type"]) for entry in client.get(f"/Users/{user}").get("groups", [])]


def add(client: Client, group: str, member: str) -> None:
    client.patch(f"/Groups/{group}", {"op": "add", "path": "members", "value": [{"value": member}]})
    assert client.last.status == 200


def test_a_group_of_a_group_is_indirect(client: Client) -> None:
    ada = client.user("ada")["id"]
    inner = client.group("Inner", ada)["id"]
    middle = client.group("Middle", inner)["id"]
    outer = client.group("Outer", middle)
    assert client.get(f"/Users/{ada}")["groups"] == [
        {"value": inner, "$ref": f"{BASE_URL}/Groups/{inner}", "display": "Inner", "type": "direct"},
        {"value": middle, "$ref": f"{BASE_URL}/Groups/{middle}", "display": "Middle", "type": "indirect"},
        {"value": outer["id"], "$ref": f"{BASE_URL}/Groups/{outer['id']}", "display": "Outer", "type": "indirect"},
    ]
    assert outer["members"] == [
        {"value": middle, "$ref": f"{BASE_URL}/Groups/{middle}", "type": "Group", "display": "Middle"}
    ]


def test_a_group_that_is_reached_both_ways_is_direct_and_there_once(client: Client) -> None:
    ada = client.user("ada")["id"]
    inner = client.group("Inner", ada)["id"]
    client.group("Outer", ada, inner)
    assert groups_of(client, ada) == [("Inner", "direct"), ("Outer", "direct")]


def test_the_version_of_a_user_follows_its_groups(client: Client) -> None:
    ada = client.user("ada")["id"]
    inner = client.group("Inner", ada)["id"]
    before = client.get(f"/Users/{ada}")
    tag = client.last.headers.get("ETag")
    assert tag == before["meta"]["version"]
    assert client.get(f"/Users/{ada}", If_None_Match=tag) is None
    client.group("Outer", inner)
    after = client.get(f"/Users/{ada}", If_None_Match=tag)
    assert after["meta"]["version"] != tag
    assert after["meta"]["lastModified"] == before["meta"]["lastModified"]
    assert client.get("/Users")["Resources"] == [after]
    assert client.send("DELETE", f"/Users/{ada}", If_Match=tag)["status"] == "412"
    version = json.dumps(after["meta"]["version"])
    assert client.found(f"meta.version eq {version}") == ["ada"]
    client.ok("DELETE", f"/Users/{ada}", If_Match=after["meta"]["version"])


def test_circles_of_groups_end(client: Client) -> None:
    ada = client.user("ada")["id"]
    one = client.group("One", ada)["id"]
    two = client.group("Two", one)["id"]
    add(client, one, two)
    add(client, two, two)
    assert groups_of(client, ada) == [("One", "direct"), ("Two", "indirect")]
    assert [user["id"] for user in client.get("/Users?filter=groups.type%20eq%20%22indirect%22")["Resources"]] == [ada]


def test_indirect_groups_follow_every_change(client: Client) -> None:
    ada = client.user("ada")["id"]
    inner = client.group("Inner", ada)["id"]
    outer = client.group("Outer", inner)["id"]
    client.ok("PUT", f"/Groups/{outer}", {"schemas": [urns.GROUP], "displayName": "Outer"})
    assert groups_of(client, ada) == [("Inner", "direct")]
    add(client, outer, inner)
    client.ok("DELETE", f"/Groups/{inner}")
    assert groups_of(client, ada) == []
    assert "members" not in client.get(f"/Groups/{outer}")
