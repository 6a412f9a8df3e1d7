"""PATCH on the reference server, requirement by requirement (RFC 7644 §3.5.2)."""

from collections.abc import Callable
from typing import Any

import pytest

from scimctl.scim import urns
from tests.unit.server.reference_client import BASE_URL, Client

ENTERPRISE = urns.ENTERPRISE_USER
WORK = {"value": "w@x.example", "type": "work", "primary": True}
HOME = {"value": "h@x.example", "type": "home"}
OTHER = {"value": "o@x.example", "type": "home"}
UNCHANGED = object()


@pytest.fixture
def ada(client: Client) -> Client:
    """A client of a server whose user id-1 has a value of every shape."""
    client.user(
        "ada",
        title="Dr",
        name={"givenName": "Ada", "familyName": "L"},
        emails=[WORK, HOME, OTHER],
        **{ENTERPRISE: {"department": "D", "manager": {"value": "boss"}}},
    )
    return client


def op(name: str, path: str | None = None, **value: object) -> dict[str, object]:
    return {"op": name} | ({"path": path} if path is not None else {}) | value


def changed(client: Client, *operations: object) -> Any:
    """User id-1 after the operations, as the answer and a read show it."""
    answer = client.patch("/Users/id-1", *operations)
    assert client.last.status == 200, answer
    assert client.get("/Users/id-1") == answer
    return answer


def refused(client: Client, *operations: object) -> tuple[int, str]:
    """Status and scimType of operations that fail; the user is as it was."""
    before = client.get("/Users/id-1")
    answer = client.patch("/Users/id-1", *operations)
    status = client.last.status
    assert client.get("/Users/id-1") == before
    return status, answer["scimType"]


@pytest.mark.parametrize("schemas", [None, [], [urns.USER], [urns.BULK_REQUEST]])
def test_the_message_needs_its_urn(ada: Client, schemas: object) -> None:
    body = {"schemas": schemas, "Operations": [op("remove", "title")]}
    answer = ada.send("PATCH", "/Users/id-1", body)
    assert (ada.last.status, answer["scimType"]) == (400, "invalidSyntax")
    assert ada.get("/Users/id-1")["title"] == "Dr"


@pytest.mark.parametrize("members", [{}, {"Operations": []}, {"Operations": None}])
def test_the_message_needs_operations(ada: Client, members: dict[str, object]) -> None:
    answer = ada.send("PATCH", "/Users/id-1", {"schemas": [urns.PATCH_OP], **members})
    assert (ada.last.status, answer["scimType"]) == (400, "invalidSyntax")


@pytest.mark.parametrize("operation", [op("move", "title", value="x"), {"path": "title", "value": "x"}, op("")])
def test_there_are_three_operations(ada: Client, operation: object) -> None:
    assert refused(ada, operation) == (400, "invalidSyntax")


@pytest.mark.parametrize("name", ["replace", "Replace", "REPLACE"])
def test_operations_are_named_in_any_case(ada: Client, name: str) -> None:
    assert changed(ada, op(name, "title", value="x"))["title"] == "x"


def test_attributes_that_are_asked_for_come_with_200(ada: Client) -> None:
    body = {"schemas": [urns.PATCH_OP], "Operations": [op("replace", "title", value="x")]}
    shown = ada.send("PATCH", "/Users/id-1?attributes=title", body)
    assert (ada.last.status, shown) == (200, {"schemas": [urns.USER, ENTERPRISE], "id": "id-1", "title": "x"})


@pytest.mark.parametrize("last", [op("replace", "id", value="y"), op("replace", "nosuch", value="y"), op("remove")])
def test_the_last_of_several_that_fails_undoes_all(ada: Client, last: object) -> None:
    first = (op("replace", "title", value="x"), op("remove", "emails"), op("add", "nickName", value="A"))
    assert refused(ada, *first, last)[0] == 400


def test_each_operation_sees_what_the_one_before_left(ada: Client) -> None:
    user = changed(
        ada,
        op("add", "emails", value=[{"value": "n@x.example", "type": "other"}]),
        op("replace", 'emails[type eq "other"].value', value="m@x.example"),
        op("remove", 'emails[type eq "home"]'),
    )
    assert user["emails"] == [WORK, {"value": "m@x.example", "type": "other"}]


@pytest.mark.parametrize(
    "operation",
    [
        op("add", "emails", value=[{"value": "n@x.example", "primary": True}]),
        op("add", value={"emails": [{"value": "n@x.example", "primary": True}]}),
        op("replace", 'emails[type eq "home" and value sw "h"].primary', value=True),
    ],
)
def test_a_new_primary_value_resets_the_old_one(ada: Client, operation: object) -> None:
    emails = changed(ada, operation)["emails"]
    assert [entry["value"] for entry in emails if entry.get("primary")] != [WORK["value"]]
    assert sum(entry.get("primary") is True for entry in emails) == 1
    assert emails[0] == WORK | {"primary": False}


@pytest.mark.parametrize("name", ["add", "replace", "remove"])
@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("id", "other"),
        ("meta.created", "2020-01-01T00:00:00Z"),
        ("meta", {"created": "2020-01-01T00:00:00Z"}),
        ("groups", [{"value": "g"}]),
        (f"{ENTERPRISE}:manager.displayName", "Boss"),
    ],
)
def test_what_is_read_only_cannot_be_changed(ada: Client, name: str, path: str, value: object) -> None:
    operation = op(name, path) if name == "remove" else op(name, path, value=value)
    assert refused(ada, operation) == (400, "mutability")


def test_an_immutable_value_is_set_once(device: Callable[..., Client]) -> None:
    client = device()
    client.ok("POST", "/Devices", {"schemas": ["urn:example:device"]})
    for name in ("add", "replace"):
        shown = client.patch("/Devices/id-1", op(name, "badge", value="7"))
        assert (client.last.status, shown["badge"]) == (200, "7")
    for operation in (op("add", "badge", value="8"), op("replace", "badge", value="8"), op("remove", "badge")):
        error = client.patch("/Devices/id-1", operation)
        assert (client.last.status, error["scimType"]) == (400, "mutability")
    assert client.get("/Devices/id-1")["badge"] == "7"


@pytest.mark.parametrize(
    ("operation", "scim_type"),
    [
        (op("replace", "active", value="yes"), "invalidValue"),
        (op("replace", "name", value="Ada"), "invalidValue"),
        (op("add", "emails", value=["x"]), "invalidValue"),
        (op("replace", "nosuch", value="x"), "invalidPath"),
        (op("replace", value={"nosuch": 1}), "invalidPath"),
        (op("replace", "name.nosuch", value="x"), "invalidPath"),
        (op("add", ENTERPRISE, value={"nosuch": 1}), "invalidPath"),
    ],
)
def test_what_does_not_fit_the_schema_is_refused(ada: Client, operation: object, scim_type: str) -> None:
    assert refused(ada, operation) == (400, scim_type)


def test_an_add_needs_a_value(ada: Client) -> None:
    assert refused(ada, op("add", "title")) == (400, "invalidValue")
    assert refused(ada, op("add")) == (400, "invalidValue")


def test_an_add_without_a_path_adds_each_attribute(ada: Client) -> None:
    new = {"value": "n@x.example", "type": "other"}
    value = {
        "nickName": "A",
        "title": "Prof",
        "emails": [new],
        "name": {"middleName": "M"},
        ENTERPRISE: {"division": "E"},
    }
    user = changed(ada, op("add", value=value))
    assert (user["nickName"], user["title"]) == ("A", "Prof")
    assert user["emails"] == [WORK, HOME, OTHER, new]
    assert user["name"] == {"givenName": "Ada", "familyName": "L", "middleName": "M"}
    assert user[ENTERPRISE] == {"department": "D", "manager": {"value": "boss"}, "division": "E"}


def test_an_add_replaces_one_value_and_keeps_several(ada: Client) -> None:
    new = {"value": "n@x.example"}
    user = changed(ada, op("add", "title", value="Prof"), op("add", "emails", value=new))
    assert (user["title"], user["emails"]) == ("Prof", [WORK, HOME, OTHER, new])


@pytest.mark.parametrize(
    "operation",
    [
        op("add", "emails", value=[HOME]),
        op("add", "title", value="Dr"),
        op("add", value={"emails": [WORK], "title": "Dr"}),
        op("add", f"{ENTERPRISE}:department", value="D"),
    ],
)
def test_an_add_of_what_is_there_changes_nothing_not_even_the_time(ada: Client, operation: object) -> None:
    before = ada.get("/Users/id-1")
    assert changed(ada, operation) == before


def test_a_complex_attribute_is_merged(ada: Client) -> None:
    for name in ("add", "replace"):
        user = changed(ada, op(name, "name", value={"familyName": f"by {name}"}))
        assert user["name"] == {"givenName": "Ada", "familyName": f"by {name}"}


def test_a_remove_needs_a_path(ada: Client) -> None:
    assert refused(ada, op("remove")) == (400, "noTarget")
    assert refused(ada, op("remove", value={"title": "Dr"})) == (400, "noTarget")


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("title", "title"),
        ("emails", "emails"),
        ("name", "name"),
        ("emails[value pr]", "emails"),
        (ENTERPRISE, ENTERPRISE),
    ],
)
def test_what_is_removed_is_gone(ada: Client, path: str, name: str) -> None:
    before = ada.get("/Users/id-1")
    user = changed(ada, op("remove", path))
    gone = {"meta", "schemas", name}
    assert name not in user
    assert {key: value for key, value in before.items() if key not in gone} == {
        key: value for key, value in user.items() if key not in gone
    }


def test_a_remove_by_filter_leaves_the_others(ada: Client) -> None:
    assert changed(ada, op("remove", 'emails[type eq "home"]'))["emails"] == [WORK]
    assert "emails" not in changed(ada, op("remove", 'emails[type eq "work"]'))
    assert ada.found("emails pr") == []


@pytest.mark.parametrize("path", ["userName", "id", "groups", "schemas", "meta.lastModified"])
def test_what_is_required_or_read_only_cannot_be_removed(ada: Client, path: str) -> None:
    assert refused(ada, op("remove", path)) == (400, "mutability")


def test_removing_who_is_no_member_changes_nothing(ada: Client) -> None:
    before = ada.group("g", "id-1")
    for operation in (op("remove", 'members[value eq "none"]'), op("remove", "members", value=[{"value": "none"}])):
        assert ada.patch("/Groups/id-2", operation) == before
        assert ada.last.status == 200


def test_a_replace_by_filter_replaces_every_value_that_matches(ada: Client) -> None:
    new = {"value": "n@x.example", "type": "other"}
    assert changed(ada, op("replace", 'emails[type eq "home"]', value=new))["emails"] == [WORK, new]


def test_a_part_is_replaced_in_every_value_that_matches(ada: Client) -> None:
    user = changed(ada, op("replace", 'emails[type eq "home"].display', value="d"))
    assert user["emails"] == [WORK, HOME | {"display": "d"}, OTHER | {"display": "d"}]
    user = changed(ada, op("replace", "emails.type", value="other"))
    assert [entry["type"] for entry in user["emails"]] == ["other"] * 3


def test_values_that_become_the_same_become_one(ada: Client) -> None:
    user = changed(ada, op("replace", 'emails[type eq "home"].value', value="one@x.example"))
    assert user["emails"] == [WORK, {"value": "one@x.example", "type": "home"}]


@pytest.mark.parametrize(
    "path", ['emails[type eq "none"]', 'emails[type eq "none"].value', "phoneNumbers[value pr].value"]
)
def test_a_replace_needs_a_value_that_matches(ada: Client, path: str) -> None:
    value = "x" if path.endswith("value") else {"value": "x"}
    assert refused(ada, op("replace", path, value=value)) == (400, "noTarget")


@pytest.mark.parametrize(
    "path", ["emails[type eq", "a.b.c", "[0]", "emails[0]", "emails[type is 5]", "", " ", "urn:x:y"]
)
def test_a_path_that_cannot_be_read(ada: Client, path: str) -> None:
    assert refused(ada, op("replace", path, value="x")) == (400, "invalidPath")


def test_paths_with_urns(ada: Client) -> None:
    user = changed(
        ada,
        op("replace", f"{urns.USER}:title", value="Prof"),
        op("replace", f"{urns.USER}:name.givenName", value="A"),
        op("remove", f'{urns.USER}:emails[type eq "home"]'),
        op("replace", f"{ENTERPRISE}:department", value="E"),
        op("replace", f"{ENTERPRISE}:manager.value", value="other"),
    )
    assert (user["title"], user["name"]["givenName"], user["emails"]) == ("Prof", "A", [WORK])
    assert user[ENTERPRISE] == {"department": "E", "manager": {"value": "other"}}
    assert changed(ada, op("add", ENTERPRISE, value={"division": "F"}))[ENTERPRISE]["division"] == "F"


def test_names_are_read_in_any_case(ada: Client) -> None:
    user = changed(
        ada,
        op("replace", "NICKNAME", value="A"),
        op("replace", 'Emails[TYPE eq "work"].Display', value="d"),
        op("add", value={"TITLE": "Prof", "Name": {"GIVENNAME": "B"}, ENTERPRISE.upper(): {"Division": "E"}}),
    )
    assert (user["nickName"], user["title"], user["name"]["givenName"]) == ("A", "Prof", "B")
    assert user["emails"][0]["display"] == "d"
    assert user[ENTERPRISE]["division"] == "E"


def test_members_one_by_one_and_together(ada: Client) -> None:
    for name in ("bob", "eve"):
        ada.user(name)
    ada.group("g")

    def members(*operations: object) -> list[str]:
        shown = ada.patch("/Groups/id-4", *operations)
        assert ada.get("/Groups/id-4") == shown
        return [entry["value"] for entry in shown.get("members", [])]

    def add(*ids: str) -> dict[str, object]:
        return op("add", "members", value=[{"value": each} for each in ids])

    assert members(add("id-1")) == ["id-1"]
    assert members(add("id-2"), add("id-3")) == ["id-1", "id-2", "id-3"]
    assert members(op("remove", 'members[value eq "id-2"]')) == ["id-1", "id-3"]
    assert members(add("id-2"), op("remove", 'members[value eq "id-2"]')) == ["id-1", "id-3"]
    assert members(op("remove", 'members[value eq "id-1"]'), add("id-1", "id-2")) == ["id-3", "id-1", "id-2"]
    assert [group["value"] for group in ada.get("/Users/id-2")["groups"]] == ["id-4"]
    assert members(op("replace", "members", value=[{"value": "id-2"}])) == ["id-2"]
    assert "groups" not in ada.get("/Users/id-1")


def test_members_are_selected_by_what_is_shown_of_them(client: Client) -> None:
    for name in ("ada", "bob", "eve"):
        client.user(name)
    client.group("g", "id-1", "id-2", "id-3")
    shown = client.patch("/Groups/id-4", op("remove", 'members[display eq "ada"]'))
    assert [entry["value"] for entry in shown["members"]] == ["id-2", "id-3"]
    shown = client.patch("/Groups/id-4", op("remove", f'members[$ref eq "{BASE_URL}/Users/id-3"]'))
    assert [entry["value"] for entry in shown["members"]] == ["id-2"]
    assert client.get("/Groups/id-4") == shown
    client.patch("/Users/id-2", op("replace", "displayName", value="Bob"))
    assert client.get("/Groups/id-4")["members"][0]["display"] == "Bob"


def test_schemas_follow_the_extension(client: Client) -> None:
    client.user("ada")
    added = changed(client, op("add", f"{ENTERPRISE}:department", value="D"))
    assert added["schemas"] == [urns.USER, ENTERPRISE]
    assert changed(client, op("add", f"{ENTERPRISE}:division", value="E"))["schemas"] == [urns.USER, ENTERPRISE]
    assert changed(client, op("remove", f"{ENTERPRISE}:department"))["schemas"] == [urns.USER, ENTERPRISE]
    last = changed(client, op("remove", f"{ENTERPRISE}:division"))
    assert last["schemas"] == [urns.USER]
    assert ENTERPRISE not in last


@pytest.mark.parametrize(
    ("operation", "path", "expected"),
    [
        (op("Replace", "active", value="False"), "active", UNCHANGED),
        (op("replace", "active", value=[False]), "active", UNCHANGED),
        (op("Replace", value={"name.givenName": "B"}), "name", {"givenName": "B", "familyName": "L"}),
        (op("Add", 'emails[type eq "other"].value', value="x"), "emails", UNCHANGED),
        (
            op("replace", value={f"{ENTERPRISE}:department": "E"}),
            ENTERPRISE,
            {"department": "E", "manager": {"value": "boss"}},
        ),
        (op("Remove", "emails", value=[HOME, OTHER]), "emails", [WORK]),
    ],
)
def test_what_other_clients_send_is_taken_or_refused(
    ada: Client, operation: object, path: str, expected: object
) -> None:
    before = ada.get("/Users/id-1")
    answer = ada.patch("/Users/id-1", operation)
    if expected is UNCHANGED:
        assert ada.last.status == 400
        assert ada.get("/Users/id-1") == before
    else:
        assert (ada.last.status, answer[path]) == (200, expected)


@pytest.mark.parametrize("name", ["add", "replace"])
def test_an_unassigned_attribute_is_set(ada: Client, name: str) -> None:
    user = changed(
        ada,
        op(name, "nickName", value="A"),
        op(name, "phoneNumbers", value=[{"value": "tel:+1"}]),
        op(name, "name.middleName", value="M"),
    )
    assert (user["nickName"], user["phoneNumbers"], user["name"]["middleName"]) == ("A", [{"value": "tel:+1"}], "M")


def test_an_unknown_or_deleted_user_gets_404(ada: Client) -> None:
    assert ada.patch("/Users/none", op("remove", "title"))["status"] == "404"
    ada.ok("DELETE", "/Users/id-1")
    assert ada.patch("/Users/id-1", op("remove", "title"))["status"] == "404"
    assert ada.last.status == 404
