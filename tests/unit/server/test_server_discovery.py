"""Discovery: the configuration, resource types and schemas that the reference server tells of itself."""

from collections.abc import Callable

import jsonschema
import pytest

from scimctl.bundle import scim_definitions
from scimctl.scim import urns
from scimctl.scim.json_schema import Direction, resource_schema
from scimctl.scim.schema import Schema
from tests.unit.server.reference_client import Client

BASE_URL = "https://reference.invalid/scim/v2"
DEFINITIONS = {str(definition["id"]): Schema.from_json(definition) for definition in scim_definitions()}


def is_valid(resource: object, urn: str) -> bool:
    return jsonschema.Draft202012Validator(resource_schema(DEFINITIONS[urn], [], Direction.STORED)).is_valid(resource)


def test_the_configuration_says_what_is_supported(client: Client) -> None:
    config = client.get("/ServiceProviderConfig")
    supported = {
        name: value["supported"] for name, value in config.items() if isinstance(value, dict) and "supported" in value
    }
    assert supported == {
        "patch": True,
        "bulk": True,
        "filter": True,
        "changePassword": True,
        "sort": True,
        "etag": True,
    }
    assert config["filter"]["maxResults"] == 1000
    assert is_valid(config, urns.SERVICE_PROVIDER_CONFIG)


def test_resource_types_point_at_schemas_and_endpoints(client: Client) -> None:
    listed = client.get("/ResourceTypes")
    assert listed["schemas"] == [urns.LIST_RESPONSE]
    assert [(kind["name"], kind["endpoint"], kind["schema"]) for kind in listed["Resources"]] == [
        ("User", "/Users", urns.USER),
        ("Group", "/Groups", urns.GROUP),
    ]
    for kind in listed["Resources"]:
        assert is_valid(kind, urns.RESOURCE_TYPE)
        assert client.get(f"/ResourceTypes/{kind['name']}") == kind
        assert client.get(kind["endpoint"])["totalResults"] == 0
        for urn in (kind["schema"], *(extension["schema"] for extension in kind["schemaExtensions"])):
            assert client.get(f"/Schemas/{urn}")["id"] == urn


def test_schemas_are_listed_and_read_one_by_one(client: Client) -> None:
    listed = client.get("/Schemas?startIndex=3&count=1")
    assert {schema["id"] for schema in listed["Resources"]} == {
        urns.USER,
        urns.GROUP,
        urns.ENTERPRISE_USER,
        *urns.DISCOVERY,
    }
    assert listed["totalResults"] == len(listed["Resources"]) == 6
    for schema in listed["Resources"]:
        assert is_valid(schema, urns.SCHEMA)
        assert schema["meta"] == {"resourceType": "Schema", "location": f"{BASE_URL}/Schemas/{schema['id']}"}
        assert client.get(f"/Schemas/{schema['id'].upper()}") == schema


@pytest.mark.parametrize("target", ["/Schemas", "/ResourceTypes", "/ServiceProviderConfig", f"/Schemas/{urns.USER}"])
def test_discovery_cannot_be_filtered(client: Client, target: str) -> None:
    client.get(f"{target}?filter=id%20pr")
    assert client.last.status == 403


@pytest.mark.parametrize("target", ["/Schemas/urn:example:none", "/ResourceTypes/Device", "/ResourceTypes/user"])
def test_what_is_not_there_gets_404(client: Client, target: str) -> None:
    assert client.get(target)["status"] == "404"


def test_a_profile_without_groups_does_not_list_them(make: Callable[..., Client]) -> None:
    client = make("wrike")
    assert [kind["name"] for kind in client.get("/ResourceTypes")["Resources"]] == ["User"]
    assert urns.GROUP not in {schema["id"] for schema in client.get("/Schemas")["Resources"]}
    assert client.get("/ServiceProviderConfig")["changePassword"] == {"supported": False}
    for method, target in (("GET", "/Groups"), ("POST", "/Groups"), ("GET", "/Groups/1"), ("DELETE", "/Groups/1")):
        assert client.send(method, target)["status"] == "501"
