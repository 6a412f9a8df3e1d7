"""The bundled definitions, and schemas read from JSON."""

import pytest

from scimctl.bundle import scim_definitions
from scimctl.scim import urns
from scimctl.scim.schema import (
    Attribute,
    Mutability,
    ResourceType,
    Returned,
    Schema,
    SchemaError,
    SchemaSet,
    Type,
    Uniqueness,
)


@pytest.fixture(scope="module")
def bundled() -> SchemaSet:
    return SchemaSet(Schema.from_json(definition) for definition in scim_definitions())


def test_the_bundle_holds_six_schemas_of_the_rfc_and_two_of_okta(bundled: SchemaSet) -> None:
    assert {schema.id for schema in bundled} == {
        urns.USER,
        urns.GROUP,
        urns.ENTERPRISE_USER,
        urns.SERVICE_PROVIDER_CONFIG,
        urns.RESOURCE_TYPE,
        urns.SCHEMA,
        urns.OKTA_ROLE,
        urns.OKTA_ENTITLEMENT,
    }


def test_user_name_is_what_rfc_7643_says(bundled: SchemaSet) -> None:
    name = bundled[urns.USER].attribute("USERNAME")
    assert name is not None
    assert (name.name, name.type, name.required, name.case_exact) == ("userName", Type.STRING, True, False)
    assert name.uniqueness is Uniqueness.SERVER


def _nested(depth: int) -> dict:
    attribute: dict = {"name": "last"}
    for level in range(depth):
        attribute = {"name": f"n{level}", "type": "complex", "subAttributes": [attribute]}
    return attribute


@pytest.mark.parametrize(
    ("urn", "path", "field", "expected"),
    [
        (urns.USER, "password", "mutability", Mutability.WRITE_ONLY),
        (urns.USER, "password", "returned", Returned.NEVER),
        (urns.USER, "groups", "mutability", Mutability.READ_ONLY),
        (urns.USER, "addresses.primary", "type", Type.BOOLEAN),
        (urns.USER, "groups.$ref", "reference_types", ("Group",)),
        (urns.USER, "groups.$ref", "compares_case", True),
        (urns.GROUP, "displayName", "required", True),
        (urns.GROUP, "members.value", "mutability", Mutability.IMMUTABLE),
        (urns.GROUP, "members.display", "type", Type.STRING),
        (urns.ENTERPRISE_USER, "manager.displayName", "mutability", Mutability.READ_ONLY),
        (urns.SERVICE_PROVIDER_CONFIG, "etag.supported", "required", True),
        (urns.SERVICE_PROVIDER_CONFIG, "authenticationSchemes.type", "required", True),
        (urns.RESOURCE_TYPE, "schemaExtensions", "multi_valued", True),
        (urns.RESOURCE_TYPE, "schemaExtensions", "required", False),
        (urns.SCHEMA, "name", "required", False),
        (urns.SCHEMA, "attributes.subAttributes", "multi_valued", True),
        (urns.OKTA_ENTITLEMENT, "type", "required", True),
    ],
)
def test_characteristics(bundled: SchemaSet, urn: str, path: str, field: str, expected: object) -> None:
    first, _, rest = path.partition(".")
    attribute = bundled[urn].attribute(first)
    assert attribute is not None
    found = attribute.sub(rest) if rest else attribute
    assert getattr(found, field) == expected


def test_look_up_by_urn_is_without_case(bundled: SchemaSet) -> None:
    assert bundled.get(urns.USER.upper()) is bundled[urns.USER]
    assert bundled.get("urn:example:none") is None


def test_merging_keeps_our_own_definition() -> None:
    ours, theirs = Schema(id="urn:a", name="ours"), Schema(id="URN:A", name="theirs")
    merged = SchemaSet([ours]).merged([theirs, Schema(id="urn:b")])
    assert merged["urn:a"].name == "ours"
    assert len(merged) == 2


@pytest.mark.parametrize(
    ("definition", "message"),
    [
        ({}, "no id"),
        ({"id": "urn:a", "attributes": {}}, "attributes is not an array"),
        ({"id": "urn:a", "attributes": ["x"]}, "not an object"),
        ({"id": "urn:a", "attributes": [{}]}, "no name"),
        ({"id": "urn:a", "attributes": [{"name": "x", "type": "text"}]}, "type is 'text'"),
        ({"id": "urn:a", "attributes": [{"name": "x", "required": "yes"}]}, "x: required is not a boolean"),
        ({"id": "urn:a", "attributes": [{"name": "x", "canonicalValues": "y"}]}, "canonicalValues is not an array"),
        ({"id": "urn:a", "attributes": [{"name": "x", "subAttributes": 1}]}, "subAttributes is not an array"),
        ({"id": "urn:a", "attributes": [{"name": "half \ud800"}]}, "no name"),
        ({"id": "urn:a", "attributes": [_nested(20)]}, "n19 has sub-attributes inside sub-attributes"),
    ],
)
def test_a_broken_definition_is_refused_with_its_place(definition: dict, message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        Schema.from_json(definition)


def test_absent_characteristics_have_the_defaults_of_rfc_7643() -> None:
    attribute = Attribute.from_json({"name": "x"})
    assert attribute == Attribute(
        name="x",
        type=Type.STRING,
        multi_valued=False,
        required=False,
        case_exact=False,
        mutability=Mutability.READ_WRITE,
        returned=Returned.DEFAULT,
        uniqueness=Uniqueness.NONE,
    )


def test_kind_of_a_resource_follows_its_schemas(bundled: SchemaSet) -> None:
    kind = bundled.kind_of({"schemas": [urns.ENTERPRISE_USER, urns.USER.upper()], "userName": "a"})
    assert kind is not None
    assert (kind.base.id, [entry.schema.id for entry in kind.extensions]) == (urns.USER, [urns.ENTERPRISE_USER])
    assert bundled.kind_of({"schemas": ["urn:example:thing"]}) is None
    assert bundled.kind_of({"schemas": "nothing"}) is None


def test_an_extension_is_found_by_its_data_alone(bundled: SchemaSet) -> None:
    kind = bundled.kind_of({"schemas": [urns.USER], urns.ENTERPRISE_USER: {}})
    assert kind is not None
    assert kind.extension(urns.ENTERPRISE_USER.lower()) is bundled[urns.ENTERPRISE_USER]


def test_common_attributes_belong_to_every_type(bundled: SchemaSet) -> None:
    kind = ResourceType(name="Group", endpoint="/Groups", base=bundled[urns.GROUP])
    external = kind.attribute("EXTERNALID")
    assert external is not None
    assert external.case_exact
    assert kind.attribute("userName") is None
