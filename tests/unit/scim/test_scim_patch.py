"""PATCH: paths, the three operations, what is refused, and that it is all or nothing."""

import copy
import json
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scimctl.bundle import scim_definitions
from scimctl.jsonvalue import Json
from scimctl.scim import urns
from scimctl.scim.errors import ScimError
from scimctl.scim.patch import apply, read_operations
from scimctl.scim.path import parse_path
from scimctl.scim.schema import Attribute, Extension, Mutability, ResourceType, Schema, SchemaSet, Type

ENTERPRISE = urns.ENTERPRISE_USER
WORK: dict[str, Json] = {"value": "w@x", "type": "work", "primary": True}
HOME: dict[str, Json] = {"value": "h@x", "type": "home"}
USER: dict[str, Json] = {
    "schemas": [urns.USER],
    "id": "1",
    "userName": "ada",
    "name": {"givenName": "Ada", "familyName": "L"},
    "title": "Dr",
    "active": True,
    "emails": [WORK, HOME],
    "meta": {"resourceType": "User", "created": "2026-01-01T00:00:00Z"},
}
GROUP: dict[str, Json] = {
    "schemas": [urns.GROUP],
    "id": "g",
    "displayName": "G",
    "members": [{"value": "1", "type": "User"}, {"value": "2", "type": "User"}],
}


@cache
def kinds() -> tuple[ResourceType, ResourceType]:
    schemas = SchemaSet(Schema.from_json(definition) for definition in scim_definitions())
    extension = Extension(schemas[ENTERPRISE])
    return (
        ResourceType(name="User", endpoint="/Users", base=schemas[urns.USER], extensions=(extension,)),
        ResourceType(name="Group", endpoint="/Groups", base=schemas[urns.GROUP]),
    )


def patched(resource: dict[str, Json], *operations: Json) -> dict[str, Json]:
    body: Json = {"schemas": [urns.PATCH_OP], "Operations": list(operations)}
    kind = kinds()[0] if resource["schemas"] == [urns.USER] else kinds()[1]
    before = copy.deepcopy(resource)
    try:
        return apply(resource, read_operations(body), kind)
    finally:
        assert resource == before, "the resource given was changed"


def op(name: str, path: str | None = None, **value: Json) -> Json:
    return {"op": name} | ({"path": path} if path is not None else {}) | value


CHANGES = [
    pytest.param([op("replace", value={"active": False})], {"active": False}, id="okta-deactivation"),
    pytest.param([op("Replace", "ACTIVE", value=False)], {"active": False}, id="case-of-op-and-path"),
    pytest.param([op("add", "title", value="Prof")], {"title": "Prof"}, id="add-single"),
    pytest.param([op("replace", "nickName", value="A")], {"nickName": "A"}, id="replace-unassigned"),
    pytest.param([op("remove", "title")], {"title": None}, id="remove-single"),
    pytest.param([op("replace", "title", value=None)], {"title": None}, id="replace-with-null"),
    pytest.param([op("remove", "name.givenName")], {"name": {"familyName": "L"}}, id="remove-sub"),
    pytest.param(
        [op("replace", "name", value={"givenName": "B"})], {"name": {"givenName": "B", "familyName": "L"}}, id="merge"
    ),
    pytest.param(
        [op("add", "name", value={"middleName": "M", "givenName": None})],
        {"name": {"familyName": "L", "middleName": "M"}},
        id="merge-with-null",
    ),
    pytest.param([op("add", value={"name.givenName": "B"})], {"name": {"givenName": "B", "familyName": "L"}}, id="dot"),
    pytest.param([op("add", "emails", value=[{"value": "n"}])], {"emails": [WORK, HOME, {"value": "n"}]}, id="append"),
    pytest.param([op("add", "emails", value={"value": "n"})], {"emails": [WORK, HOME, {"value": "n"}]}, id="append-1"),
    pytest.param([op("add", "emails", value=[HOME])], {}, id="add-what-is-there"),
    pytest.param(
        [op("add", "emails", value=[{"value": "n", "primary": True}])],
        {"emails": [WORK | {"primary": False}, HOME, {"value": "n", "primary": True}]},
        id="new-primary",
    ),
    pytest.param(
        [op("replace", 'emails[type eq "home"].primary', value=True)],
        {"emails": [WORK | {"primary": False}, HOME | {"primary": True}]},
        id="primary-by-path",
    ),
    pytest.param([op("replace", "emails", value=[HOME])], {"emails": [HOME]}, id="replace-all-values"),
    pytest.param([op("replace", "emails", value=[])], {"emails": None}, id="replace-with-nothing"),
    pytest.param(
        [op("replace", 'emails[type eq "home"].value', value="n")], {"emails": [WORK, HOME | {"value": "n"}]}, id="path"
    ),
    pytest.param(
        [op("replace", 'emails[type eq "home"]', value={"value": "n"})], {"emails": [WORK, {"value": "n"}]}, id="record"
    ),
    pytest.param(
        [op("add", 'emails[type eq "home"]', value={"display": "d"})],
        {"emails": [WORK, HOME | {"display": "d"}]},
        id="add-to-record",
    ),
    pytest.param([op("remove", 'emails[type eq "home"]')], {"emails": [WORK]}, id="remove-one"),
    pytest.param([op("remove", 'emails[type eq "none"]')], {}, id="remove-what-is-not-there"),
    pytest.param([op("remove", "emails[value pr]")], {"emails": None}, id="remove-last"),
    pytest.param(
        [op("remove", 'emails[type eq "home"].type')], {"emails": [WORK, {"value": "h@x"}]}, id="remove-sub-of"
    ),
    pytest.param([op("remove", "emails", value=[HOME])], {"emails": [WORK]}, id="remove-with-value"),
    pytest.param(
        [op("replace", "phoneNumbers.value", value="1")], {"phoneNumbers": [{"value": "1"}]}, id="sub-of-none"
    ),
    pytest.param([op("replace", value={"id": "1", "title": "X"})], {"title": "X"}, id="repeated-id-as-okta-sends"),
    pytest.param([op("add", value={"meta": {"resourceType": "User"}, "schemas": []})], {}, id="repeated-meta"),
    pytest.param(
        [op("add", "title", value="1"), op("replace", "title", value="2"), op("remove", "title")],
        {"title": None},
        id="in-order",
    ),
    pytest.param(
        [op("replace", f"{ENTERPRISE}:department", value="D")],
        {"schemas": [urns.USER, ENTERPRISE], ENTERPRISE: {"department": "D"}},
        id="urn-path",
    ),
    pytest.param(
        [op("add", f"{ENTERPRISE.lower()}:manager.value", value="9")],
        {"schemas": [urns.USER, ENTERPRISE], ENTERPRISE: {"manager": {"value": "9"}}},
        id="urn-sub-path",
    ),
    pytest.param(
        [op("add", ENTERPRISE, value={"Department": "D", "schemas": [ENTERPRISE]})],
        {"schemas": [urns.USER, ENTERPRISE], ENTERPRISE: {"department": "D"}},
        id="whole-extension",
    ),
    pytest.param(
        [op("replace", value={ENTERPRISE: {"department": "D"}}), op("remove", f"{ENTERPRISE}:department")],
        {},
        id="extension-comes-and-goes",
    ),
    pytest.param(
        [op("add", ENTERPRISE, value={"division": "D"}), op("remove", ENTERPRISE)], {}, id="extension-removed"
    ),
    pytest.param([op("replace", f"{urns.USER}:title", value="X")], {"title": "X"}, id="core-urn-path"),
    pytest.param([op("add", "schemas", value=[ENTERPRISE])], {}, id="schemas-follow-the-data"),
    pytest.param([op("remove", "addresses"), op("remove", f"{ENTERPRISE}:manager.value")], {}, id="remove-unassigned"),
]


@pytest.mark.parametrize(("operations", "change"), CHANGES)
def test_result(operations: list[Json], change: dict[str, Json]) -> None:
    expected = {name: value for name, value in (USER | change).items() if value is not None}
    assert patched(USER, *operations) == expected


REFUSALS = [
    pytest.param([op("remove")], "noTarget", id="remove-without-path"),
    pytest.param([op("replace", 'emails[type eq "none"].value', value="x")], "noTarget", id="nothing-selected"),
    pytest.param([op("add", 'emails[type eq "none"]', value={"value": "x"})], "noTarget", id="nothing-to-add-to"),
    pytest.param([op("replace", "emails[type eq", value="x")], "invalidPath", id="open-bracket"),
    pytest.param([op("replace", "emails[type is 5]", value="x")], "invalidPath", id="broken-filter"),
    pytest.param([op("replace", f"{urns.USER}s:title", value="x")], "invalidPath", id="urn-with-more"),
    pytest.param([op("replace", "a.b.c", value="x")], "invalidPath", id="three-levels"),
    pytest.param([op("replace", "[0]", value="x")], "invalidPath", id="index"),
    pytest.param([op("replace", "", value="x")], "invalidPath", id="empty-path"),
    pytest.param([op("replace", "nosuch", value="x")], "invalidPath", id="unknown"),
    pytest.param([op("replace", value={"nosuch": 1})], "invalidPath", id="unknown-in-value"),
    pytest.param([op("replace", "name.nosuch", value="x")], "invalidPath", id="unknown-sub"),
    pytest.param([op("replace", 'emails[type eq "work"].nosuch', value="x")], "invalidPath", id="unknown-sub-of-value"),
    pytest.param([op("replace", 'title[value eq "x"]', value="x")], "invalidPath", id="filter-on-single"),
    pytest.param([op("replace", "emails[type gt true]", value="x")], "invalidFilter", id="filter-of-wrong-type"),
    pytest.param([op("replace", "urn:example:ext:2.0:User:x", value="x")], "invalidPath", id="unknown-urn"),
    pytest.param([op("replace", urns.USER, value={})], "invalidPath", id="core-urn-alone"),
    pytest.param([op("add", ENTERPRISE, value={"nosuch": 1})], "invalidPath", id="unknown-in-extension"),
    pytest.param([{"op": "add", "path": 5, "value": 1}], "invalidPath", id="path-is-no-text"),
    pytest.param([op("add", "title")], "invalidValue", id="add-without-value"),
    pytest.param([op("replace", "title")], "invalidValue", id="replace-without-value"),
    pytest.param([op("replace", value="x")], "invalidValue", id="no-path-no-object"),
    pytest.param([op("replace", "active", value="False")], "invalidValue", id="boolean-as-text"),
    pytest.param([op("replace", "title", value=["x"])], "invalidValue", id="array-for-single"),
    pytest.param([op("add", "emails", value=["x"])], "invalidValue", id="text-for-complex"),
    pytest.param([op("add", ENTERPRISE, value=5)], "invalidValue", id="number-for-extension"),
    pytest.param([op("replace", "userName", value=" ")], "invalidValue", id="blank-required"),
    pytest.param(
        [op("add", "emails", value=[{"value": "a", "primary": True}, {"value": "b", "primary": True}])],
        "invalidValue",
        id="two-primaries",
    ),
    pytest.param([op("remove", "userName")], "mutability", id="remove-required"),
    pytest.param([op("remove", "schemas")], "mutability", id="remove-schemas"),
    pytest.param([op("replace", "id", value="1")], "mutability", id="read-only"),
    pytest.param([op("replace", value={"id": "2"})], "mutability", id="other-id-in-value"),
    pytest.param([op("replace", "meta.created", value="2020-01-01T00:00:00Z")], "mutability", id="meta"),
    pytest.param([op("add", "groups", value=[{"value": "g"}])], "mutability", id="groups"),
    pytest.param([op("add", f"{ENTERPRISE}:manager.displayName", value="x")], "mutability", id="read-only-sub"),
    pytest.param([op("replace", "title", value="X"), op("remove", "id")], "mutability", id="second-fails"),
    pytest.param([op("move", "title", value="x")], "invalidSyntax", id="unknown-op"),
    pytest.param([{"path": "title", "value": "x"}], "invalidSyntax", id="no-op"),
    pytest.param(["replace"], "invalidSyntax", id="operation-is-no-object"),
    pytest.param([], "invalidSyntax", id="no-operations"),
]


@pytest.mark.parametrize(("operations", "scim_type"), REFUSALS)
def test_refused(operations: list[Json], scim_type: str) -> None:
    with pytest.raises(ScimError) as refused:
        patched(USER, *operations)
    assert (refused.value.status, refused.value.scim_type) == (400, scim_type)


@pytest.mark.parametrize(
    "body",
    [None, [], {}, {"schemas": [urns.USER], "Operations": [op("remove", "title")]}, {"schemas": "x", "Operations": 1}],
    ids=str,
)
def test_another_message_is_refused(body: Json) -> None:
    with pytest.raises(ScimError) as refused:
        read_operations(body)
    assert refused.value.scim_type == "invalidSyntax"


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        (op("add", "members", value=[{"value": "3"}, {"value": "1", "display": "again"}]), ["1", "2", "3"]),
        (op("remove", 'members[value eq "1"]'), ["2"]),
        (op("remove", "members", value=[{"value": "1"}]), ["2"]),
        (op("replace", "members", value=[{"value": "9"}]), ["9"]),
        (op("replace", value={"members": [], "id": "g", "displayName": "G"}), []),
        (op("remove", "members"), []),
    ],
)
def test_members_as_okta_and_entra_send_them(operation: Json, members: list[str]) -> None:
    result = patched(GROUP, operation).get("members", [])
    assert isinstance(result, list)
    assert [member["value"] for member in result if isinstance(member, dict)] == members


def test_adding_a_member_that_is_there_changes_nothing() -> None:
    assert patched(GROUP, op("add", "members", value=[{"value": "1", "display": "Ada"}])) == GROUP


def test_the_id_of_a_member_is_immutable() -> None:
    with pytest.raises(ScimError) as refused:
        patched(GROUP, op("replace", 'members[value eq "1"].value', value="3"))
    assert refused.value.scim_type == "mutability"


def test_an_immutable_attribute_is_set_once() -> None:
    badge = Attribute(name="badge", mutability=Mutability.IMMUTABLE)
    tags = Attribute(name="tags", multi_valued=True)
    kind = ResourceType(name="T", endpoint="/T", base=Schema(id=urns.USER, attributes=(badge, tags)))

    def changed(resource: dict[str, Json], operation: Json) -> dict[str, Json]:
        return apply(resource, read_operations({"schemas": [urns.PATCH_OP], "Operations": [operation]}), kind)

    once = changed({"schemas": [urns.USER]}, op("add", "badge", value="7"))
    assert once["badge"] == "7"
    assert changed(once, op("replace", "badge", value="7")) == once
    with pytest.raises(ScimError, match="badge is immutable"):
        changed(once, op("replace", "badge", value="8"))
    with pytest.raises(ScimError, match="badge is immutable"):
        changed(once, op("remove", "badge"))
    tagged = changed(once, op("add", "tags", value=["a", "b", "a"]))
    assert tagged["tags"] == ["a", "b"]
    assert changed(tagged, op("remove", 'tags[value eq "a"]'))["tags"] == ["b"]


def test_what_is_required_inside_of_others_cannot_be_removed() -> None:
    number = Attribute(name="number", required=True)
    cards = Attribute(name="cards", type=Type.COMPLEX, multi_valued=True, sub_attributes=(number,))
    badge = Schema(id="urn:example:badge", attributes=(number,))
    kind = ResourceType(
        name="T", endpoint="/T", base=Schema(id=urns.USER, attributes=(cards,)), extensions=(Extension(badge),)
    )
    resource: dict[str, Json] = {"schemas": [urns.USER], "cards": [{"number": "1"}], badge.id: {"number": "2"}}
    for path in ("cards.number", 'cards[number eq "1"].number', badge.id, f"{badge.id}:number"):
        message: Json = {"schemas": [urns.PATCH_OP], "Operations": [op("remove", path)]}
        with pytest.raises(ScimError) as refused:
            apply(resource, read_operations(message), kind)
        assert refused.value.scim_type == "mutability"
    with pytest.raises(ScimError, match=r"cards\.number is required"):
        apply(
            resource,
            read_operations({"schemas": [urns.PATCH_OP], "Operations": [op("add", "cards", value={"x": 1})]}),
            kind,
        )


def test_path_parts() -> None:
    target = parse_path(f'{urns.USER}:emails[value ew "]"].display', kinds()[0])
    assert target.attribute is not None
    assert target.sub is not None
    assert (target.attribute.name, target.sub.name, target.sub.type) == ("emails", "display", Type.STRING)


JSON_VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.sampled_from(["value", "type", "primary", "givenName", "active", "x"]), inner, max_size=3),
    ),
    max_leaves=6,
)
PATHS = st.sampled_from(
    [
        "title",
        "name",
        "name.givenName",
        "emails",
        "emails.type",
        'emails[type eq "work"]',
        'emails[type eq "work"].value',
        "active",
        ENTERPRISE,
        f"{ENTERPRISE}:manager",
        "addresses",
    ]
)
OPERATIONS = st.fixed_dictionaries(
    {"op": st.sampled_from(["add", "remove", "replace"])}, optional={"path": PATHS, "value": JSON_VALUES}
)


@given(st.lists(OPERATIONS, min_size=1, max_size=4))
@settings(max_examples=150, deadline=None)
def test_any_operation_gives_a_resource_or_a_refusal(operations: list[Json]) -> None:
    try:
        result = patched(USER, *operations)
    except ScimError as error:
        assert error.status == 400  # noqa: PT017 -- a refusal is one of the two right ends
        return
    assert result["userName"] == "ada"
    assert result["schemas"] == [urns.USER] + ([ENTERPRISE] if ENTERPRISE in result else [])
    emails = result.get("emails", [])
    assert isinstance(emails, list)
    assert sum(isinstance(email, dict) and email.get("primary") is True for email in emails) <= 1
    assert "null" not in json.dumps(result)


@given(OPERATIONS.filter(lambda operation: operation["op"] != "remove"))
@settings(max_examples=60, deadline=None)
def test_the_same_operation_twice_is_as_good_as_once(operation: Json) -> None:
    try:
        once = patched(USER, operation)
        twice = patched(once | {"schemas": USER["schemas"]}, operation)
    except ScimError:
        return
    assert twice == once
