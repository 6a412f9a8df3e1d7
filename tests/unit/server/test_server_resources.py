"""Users and groups on the reference server: create, read, replace, modify, delete, versions."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from scimctl.scim import urns
from scimctl.scim.schema import Attribute, Mutability, ResourceType, Schema
from tests.unit.server.reference_client import BASE_URL, Client

ENTERPRISE = urns.ENTERPRISE_USER
CREATED = "2026-01-02T03:04:05.678Z"
OKTA_CREATE = {
    "schemas": [urns.USER],
    "userName": "test.user@okta.local",
    "name": {"givenName": "Test", "familyName": "User"},
    "emails": [{"primary": True, "value": "test.user@okta.local", "type": "work"}],
    "displayName": "Test User",
    "locale": "en-US",
    "externalId": "00ujl29u0le5T6Aj10h7",
    "groups": [],
    "password": "1mz050nq",
    "active": True,
}


def op(name: str, path: str | None = None, **value: object) -> dict[str, object]:
    return {"op": name} | ({"path": path} if path is not None else {}) | value


def test_what_okta_creates(client: Client) -> None:
    user = client.send("POST", "/Users", OKTA_CREATE)
    stored = {name: value for name, value in OKTA_CREATE.items() if name not in ("groups", "password")}
    location = f"{BASE_URL}/Users/id-1"
    meta = {
        "resourceType": "User",
        "created": CREATED,
        "lastModified": CREATED,
        "version": 'W/"1"',
        "location": location,
    }
    assert user == stored | {"id": "id-1", "meta": meta}
    assert client.last.status == 201
    assert client.last.headers.get("Location") == location
    assert client.last.headers.get("Content-Location") == location
    assert client.last.headers.get("ETag") == 'W/"1"'
    assert client.get("/Users/id-1") == user
    assert client.last.status == 200
    assert client.get("/Users")["Resources"] == [user]


def test_what_a_client_may_not_set_is_ignored(client: Client) -> None:
    user = client.user("ada", id="mine", meta={"created": "1999"}, groups=[{"value": "g"}], NICKNAME="A", nosuch=1)
    assert user["id"] == "id-1"
    assert user["meta"]["created"] == CREATED
    assert user["nickName"] == "A"
    assert not user.keys() & {"groups", "nosuch", "externalId"}


def test_a_new_user_is_active_unless_it_says_otherwise(client: Client) -> None:
    assert client.user("a")["active"] is True
    assert client.user("b", active=None)["active"] is True
    assert client.user("c", active=False)["active"] is False


@pytest.mark.parametrize("name", ["ada@x.example", "ADA@X.EXAMPLE"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_user_names_are_unique_without_case(client: Client, method: str, name: str) -> None:
    client.user("Ada@x.example")
    other = client.user("bob")
    body = {"schemas": [urns.USER], "userName": name}
    if method == "POST":
        error = client.send("POST", "/Users", body)
    elif method == "PUT":
        error = client.send("PUT", f"/Users/{other['id']}", body)
    else:
        error = client.patch(f"/Users/{other['id']}", op("replace", "userName", value=name))
    assert (client.last.status, error["scimType"]) == (409, "uniqueness")
    assert client.get(f"/Users/{other['id']}") == other


def test_composed_and_decomposed_names_are_one(client: Client) -> None:
    client.user("Zo\u00eb")
    client.send("POST", "/Users", {"schemas": [urns.USER], "userName": "zoe\u0308"})
    assert client.last.status == 409


def test_full_width_names_are_the_narrow_ones(client: Client) -> None:
    client.user("ada１")
    client.send("POST", "/Users", {"schemas": [urns.USER], "userName": "ＡＤＡ1"})
    assert client.last.status == 409
    assert client.found('userName eq "ＡdA1"') == ["ada１"]
    assert client.found('userName sw "ａｄ"') == ["ada１"]
    assert client.found('displayName eq "x" or userName eq "ada1"') == ["ada１"]


@pytest.mark.parametrize("name", [" ada", "ada ", "\u00a0ada", "ada\n"])
def test_a_name_has_no_blanks_around_it(client: Client, name: str) -> None:
    client.user("bob")
    body = {"schemas": [urns.USER], "userName": name}
    for method, target in (("POST", "/Users"), ("PUT", "/Users/id-1")):
        assert client.send(method, target, body)["scimType"] == "invalidValue"
    assert client.patch("/Users/id-1", op("replace", "userName", value=name))["scimType"] == "invalidValue"
    assert client.found("userName pr") == ["bob"]


def test_a_value_that_is_there_twice_becomes_one(client: Client) -> None:
    twice = [
        {"value": "a@x.example", "type": "work", "display": "A"},
        {"value": "A@x.example", "type": "work", "primary": True},
        {"value": "a@x.example", "type": "home"},
    ]
    assert client.user("ada", emails=twice)["emails"] == [
        {"value": "A@x.example", "type": "work", "display": "A", "primary": True},
        {"value": "a@x.example", "type": "home"},
    ]
    body = {"schemas": [urns.USER], "userName": "ada", "roles": [{"value": "x"}, {"value": "x"}, {"display": "x"}]}
    assert client.ok("PUT", "/Users/id-1", body)["roles"] == [{"value": "x"}, {"display": "x"}]


def test_only_one_of_many_equal_creates_wins(client: Client) -> None:
    def create(_: int) -> int:
        other = client.as_token("right")
        other.send("POST", "/Users", {"schemas": [urns.USER], "userName": "ada"})
        return other.last.status

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(create, range(24))) == [201] + [409] * 23
    assert client.get("/Users")["totalResults"] == 1


def test_the_external_id_needs_not_be_unique(client: Client) -> None:
    client.user("a", externalId="E")
    assert client.user("b", externalId="E")["externalId"] == "E"


@pytest.mark.parametrize(
    ("method", "body"),
    [("GET", None), ("PUT", {"schemas": [urns.USER], "userName": "x"}), ("PATCH", {}), ("DELETE", None)],
)
def test_an_unknown_id_gets_404(client: Client, method: str, body: object) -> None:
    error = client.send(method, "/Users/nobody", body)
    assert (client.last.status, error["detail"]) == (404, "there is no User with the id 'nobody'")
    assert client.get("/Users")["totalResults"] == 0


def test_an_id_is_compared_exactly(client: Client) -> None:
    client.user("ada")
    for other in ("ID-1", "id-1%20", "id-1x"):
        assert client.get(f"/Users/{other}")["status"] == "404"
    assert client.get("/Groups/id-1")["status"] == "404"


def test_put_replaces_and_clears_what_is_left_out(client: Client) -> None:
    client.user("ada", title="Dr", emails=[{"value": "a"}], active=False, **{ENTERPRISE: {"department": "D"}})
    body = {"schemas": [urns.USER], "id": "other", "userName": "ada", "nickName": "A", "meta": {"version": "x"}}
    user = client.ok("PUT", "/Users/id-1", body)
    assert client.last.status == 200
    assert user["id"] == "id-1"
    assert user["nickName"] == "A"
    assert user["active"] is False, "a status that is left out is kept"
    assert not user.keys() & {"title", "emails", ENTERPRISE}
    assert user["schemas"] == [urns.USER]
    assert client.get("/Users/id-1") == user


def test_put_of_what_was_read_changes_nothing(client: Client) -> None:
    boss = client.user("boss", displayName="Boss")
    client.user("ada", **{ENTERPRISE: {"manager": {"value": boss["id"]}}})
    client.group("all", "id-1", "id-2")
    for target in ("/Users/id-1", "/Users/id-2", "/Groups/id-3"):
        before = client.get(target)
        assert client.ok("PUT", target, before) == before
        assert client.last.headers.get("ETag") == before["meta"]["version"]


def test_put_needs_what_is_required(client: Client) -> None:
    client.user("ada")
    error = client.send("PUT", "/Users/id-1", {"schemas": [urns.USER], "title": "x"})
    assert (client.last.status, error["scimType"]) == (400, "invalidValue")


def test_put_keeps_what_is_immutable(client: Client) -> None:
    badge = Attribute(name="badge", mutability=Mutability.IMMUTABLE)
    kind = ResourceType(name="Device", endpoint="/Devices", base=Schema(id="urn:example:device", attributes=(badge,)))
    client.server.service.kinds["Device"] = kind
    body = {"schemas": ["urn:example:device"], "badge": "7"}
    assert client.ok("POST", "/Devices", body)["badge"] == "7"
    assert client.ok("PUT", "/Devices/id-1", body)["badge"] == "7"
    assert client.ok("PUT", "/Devices/id-1", {"schemas": ["urn:example:device"]})["badge"] == "7"
    error = client.send("PUT", "/Devices/id-1", body | {"badge": "8"})
    assert (client.last.status, error["scimType"]) == (400, "mutability")


def test_last_modified_moves_with_each_change_and_created_does_not(client: Client) -> None:
    client.user("ada")
    client.patch("/Users/id-1", op("replace", "title", value="1"))
    user = client.patch("/Users/id-1", op("replace", "title", value="2"))
    assert user["meta"]["created"] == CREATED
    assert user["meta"]["lastModified"] == "2026-01-02T03:04:05.680Z"
    assert user["meta"]["version"] == 'W/"3"'


def test_patch_as_okta_deactivates_and_activates(client: Client) -> None:
    client.user("ada", title="Dr")
    for active in (False, True):
        user = client.patch("/Users/id-1", op("replace", value={"active": active}))
        assert client.last.status == 200
        assert (user["active"], user["title"]) == (active, "Dr")
        assert client.get("/Users/id-1") == user


def test_patch_is_all_or_nothing(client: Client) -> None:
    before = client.user("ada")
    error = client.patch("/Users/id-1", op("replace", "title", value="x"), op("replace", "id", value="y"))
    assert (client.last.status, error["scimType"]) == (400, "mutability")
    assert client.get("/Users/id-1") == before


def test_patch_that_changes_nothing_keeps_the_version(client: Client) -> None:
    before = client.user("ada", emails=[{"value": "a"}])
    assert client.patch("/Users/id-1", op("add", "emails", value=[{"value": "a"}])) == before


def test_the_password_is_taken_and_never_shown(client: Client) -> None:
    client.user("ada", password="first-Secret")
    answers = [
        client.patch("/Users/id-1", op("replace", value={"password": "second-Secret"})),
        client.ok("PUT", "/Users/id-1", {"schemas": [urns.USER], "userName": "ada", "password": "third-Secret"}),
        client.get("/Users/id-1?attributes=password"),
        client.get("/Users?attributes=password,userName"),
    ]
    assert "Secret" not in str(answers)
    assert answers[1]["meta"]["version"] == 'W/"3"'
    assert client.get("/Users?filter=password%20pr")["scimType"] == "sensitive"
    assert client.last.status == 403


def test_an_active_that_is_removed_is_gone(client: Client) -> None:
    client.user("ada")
    assert "active" not in client.patch("/Users/id-1", op("remove", "active"))


def test_delete_frees_the_name(client: Client) -> None:
    client.user("ada")
    assert client.send("DELETE", "/Users/id-1") is None
    assert client.last.status == 204
    for method, body in (("GET", None), ("PUT", OKTA_CREATE), ("PATCH", {}), ("DELETE", None)):
        assert client.send(method, "/Users/id-1", body)["status"] == "404"
    assert client.found('userName eq "ada"') == []
    assert client.user("ada")["id"] == "id-2"


@pytest.mark.parametrize("condition", ['W/"1"', "*", '"9", W/"1"'])
def test_if_match_lets_the_right_version_pass(client: Client, condition: str) -> None:
    client.user("ada")
    client.patch("/Users/id-1", op("add", "title", value="x"), If_Match=condition)
    assert client.last.status == 200


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_if_match_stops_an_old_version(client: Client, method: str) -> None:
    client.user("ada")
    now = client.patch("/Users/id-1", op("add", "title", value="x"))
    body = {"PUT": OKTA_CREATE, "PATCH": {"schemas": [urns.PATCH_OP], "Operations": [op("remove", "title")]}}
    assert client.send(method, "/Users/id-1", body.get(method), If_Match='W/"1"')["status"] == "412"
    assert client.get("/Users/id-1") == now


def test_if_match_of_a_read(client: Client) -> None:
    client.user("ada")
    assert client.get("/Users/id-1", If_Match='W/"2"')["status"] == "412"
    assert client.get("/Users/id-1", If_Match='W/"1"')["userName"] == "ada"


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize("condition", ["*", 'W/"1"'])
def test_if_none_match_of_a_change(client: Client, method: str, condition: str) -> None:
    user = client.user("ada")
    body = {"PUT": OKTA_CREATE, "PATCH": {"schemas": [urns.PATCH_OP], "Operations": [op("remove", "title")]}}
    assert client.send(method, "/Users/id-1", body.get(method), If_None_Match=condition)["status"] == "412"
    assert client.get("/Users/id-1") == user
    client.send(method, "/Users/id-1", body.get(method), If_None_Match='W/"7"')
    assert client.last.status in (200, 204)


def test_if_none_match(client: Client) -> None:
    client.user("ada")
    assert client.get("/Users/id-1", If_None_Match='W/"1"') is None
    assert (client.last.status, client.last.headers.get("ETag")) == (304, 'W/"1"')
    assert client.get("/Users/id-1", If_None_Match='W/"2"')["id"] == "id-1"


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("POST", {"schemas": [urns.USER], "userName": "new", "title": "T"}),
        ("PUT", {"schemas": [urns.USER], "userName": "ada", "title": "T"}),
        ("PATCH", {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": "T"}]}),
    ],
)
def test_answers_are_projected(client: Client, method: str, body: object) -> None:
    client.user("ada")
    target = "/Users" if method == "POST" else "/Users/id-1"
    shown = client.ok(method, f"{target}?attributes=title", body)
    assert shown == {"schemas": [urns.USER], "id": shown["id"], "title": "T"}
    assert client.get(f"/Users/{shown['id']}?excludedAttributes=meta,userName,active") == shown


def test_the_manager_is_shown_with_what_is_known_of_it(client: Client) -> None:
    boss = client.user("boss", displayName="The Boss")
    user = client.user("ada", **{ENTERPRISE: {"manager": {"value": boss["id"], "displayName": "sent"}}})
    expected = {"value": "id-1", "$ref": f"{BASE_URL}/Users/id-1", "displayName": "The Boss"}
    assert user[ENTERPRISE]["manager"] == expected
    stranger = client.user("bob", **{ENTERPRISE: {"manager": {"value": "elsewhere", "$ref": "https://x/9"}}})
    assert stranger[ENTERPRISE]["manager"] == {"value": "elsewhere", "$ref": "https://x/9"}


def test_a_group_knows_its_members_and_users_their_groups(client: Client) -> None:
    client.user("ada", displayName="Ada")
    client.user("bob")
    group = client.group("all", "id-1", "id-2", "id-1")
    assert group["members"] == [
        {"value": "id-1", "$ref": f"{BASE_URL}/Users/id-1", "type": "User", "display": "Ada"},
        {"value": "id-2", "$ref": f"{BASE_URL}/Users/id-2", "type": "User", "display": "bob"},
    ]
    shown = {"value": "id-3", "$ref": f"{BASE_URL}/Groups/id-3", "display": "all", "type": "direct"}
    assert client.get("/Users/id-1")["groups"] == [shown]
    assert client.found('groups.value eq "id-3"') == ["ada", "bob"]
    outer = client.group("outer", "id-3")
    assert outer["members"][0]["type"] == "Group"


def test_members_come_and_go(client: Client) -> None:
    for name in ("ada", "bob", "eve"):
        client.user(name)
    client.group("g", "id-1", "id-2")
    group = client.patch(
        "/Groups/id-4", op("remove", 'members[value eq "id-1"]'), op("add", "members", value=[{"value": "id-3"}])
    )
    assert [member["value"] for member in group["members"]] == ["id-2", "id-3"]
    assert "groups" not in client.get("/Users/id-1")
    assert client.get("/Users/id-3")["groups"][0]["value"] == "id-4"
    body = {"schemas": [urns.GROUP], "displayName": "h", "members": [{"value": "id-1", "display": None}]}
    assert [member["value"] for member in client.ok("PUT", "/Groups/id-4", body)["members"]] == ["id-1"]
    assert client.patch("/Groups/id-4", op("replace", "members", value=[])).get("members") is None


def test_the_spurious_rename_of_okta_is_no_change(client: Client) -> None:
    group = client.group("g")
    assert client.patch("/Groups/id-1", op("replace", value={"id": "id-1", "displayName": "g"})) == group


def test_deleting_keeps_members_and_groups_in_step(client: Client) -> None:
    client.user("ada")
    client.user("bob")
    client.group("one", "id-1", "id-2")
    client.group("two", "id-1")
    client.ok("DELETE", "/Users/id-1")
    one = client.get("/Groups/id-3")
    assert [member["value"] for member in one["members"]] == ["id-2"]
    assert one["meta"]["version"] == 'W/"2"'
    assert "members" not in client.get("/Groups/id-4")
    client.ok("DELETE", "/Groups/id-3")
    assert "groups" not in client.get("/Users/id-2")


def test_an_unknown_member_is_refused(client: Client) -> None:
    client.group("g")
    error = client.patch("/Groups/id-1", op("add", "members", value=[{"value": "nobody"}]))
    assert (client.last.status, error["scimType"]) == (400, "invalidValue")
    assert error["detail"] == "members: there is no resource with the id 'nobody'"
    assert "members" not in client.get("/Groups/id-1")


def test_a_group_needs_a_name_but_no_members(client: Client) -> None:
    assert client.send("POST", "/Groups", {"schemas": [urns.GROUP]})["scimType"] == "invalidValue"
    assert "members" not in client.group("empty")


def test_two_patches_at_once_are_both_kept(client: Client) -> None:
    for number in range(20):
        client.user(f"user{number}")
    client.group("g")

    def add(number: int) -> None:
        client.as_token("right").patch("/Groups/id-21", op("add", "members", value=[{"value": f"id-{number + 1}"}]))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(20)))
    assert len(client.get("/Groups/id-21")["members"]) == 20
