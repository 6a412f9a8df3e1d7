"""Each fault of discovery: what the broken server does, and that the server without it does right."""

from collections.abc import Callable

import pytest

from scimctl.scim import urns
from tests.faults.pairs import Pair

Make = Callable[..., Pair]


def ids(listed: dict[str, list[dict[str, str]]]) -> list[str]:
    return [each["id"] for each in listed["Resources"]]


def test_discovery_empty(pair: Make) -> None:
    servers = pair("discovery-empty")

    for path, first in (("/Schemas", urns.GROUP), ("/ResourceTypes", "User")):
        right, wrong = servers.both("GET", path)
        assert ids(right)[0] == first
        assert (servers.wrong.last.status, wrong["totalResults"], wrong["Resources"]) == (200, 0, [])
    assert servers.wrong.get("/ResourceTypes/User")["name"] == "User"


def test_resourcetypes_wrong_envelope(pair: Make) -> None:
    right, wrong = pair("resourcetypes-wrong-envelope").both("GET", "/ResourceTypes")

    assert right["schemas"] == [urns.LIST_RESPONSE]
    assert list(wrong) == ["resource_types"]
    assert wrong["resource_types"] == right["Resources"]


def test_schemas_bare_array(pair: Make) -> None:
    right, wrong = pair("schemas-bare-array").both("GET", "/Schemas")

    assert right["totalResults"] == len(right["Resources"])
    assert wrong == right["Resources"]


def test_spc_404(pair: Make) -> None:
    servers = pair("spc-404")

    assert servers.statuses("GET", "/ServiceProviderConfig") == (200, 404)
    assert servers.statuses("POST", "/ServiceProviderConfig", {}) == (405, 404)
    assert servers.statuses("GET", "/ServiceProviderConfig", Authorization="Bearer nonsense") == (401, 401)


def test_discovery_by_id_404(pair: Make) -> None:
    servers = pair("discovery-by-id-404")

    assert servers.statuses("GET", f"/Schemas/{urns.USER}") == (200, 404)
    assert servers.statuses("GET", "/ResourceTypes/User") == (200, 404)
    assert servers.statuses("GET", "/Schemas") == (200, 200)


def test_discovery_filter_accepted(pair: Make) -> None:
    servers = pair("discovery-filter-accepted")

    for path in ("/Schemas", "/ResourceTypes", "/ServiceProviderConfig"):
        assert servers.statuses("GET", f"{path}?filter=name%20eq%20%22User%22") == (403, 200)
    assert len(servers.wrong.get("/ResourceTypes?filter=name%20eq%20%22User%22")["Resources"]) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_discovery_method_writable(pair: Make, method: str) -> None:
    servers = pair("discovery-method-writable")

    assert servers.statuses(method, f"/Schemas/{urns.USER}", {}) == (405, 200)
    assert servers.statuses(method, "/ServiceProviderConfig", {}) == (405, 200)
    assert servers.statuses(method, f"/Schemas/{urns.USER}", {}, Authorization="Bearer reader") == (403, 403)


def test_resourcetype_endpoint_misspelt(pair: Make) -> None:
    servers = pair("resourcetype-endpoint-misspelt")

    assert servers.statuses("GET", "/ResourceTypes") == (200, 404)
    assert servers.statuses("GET", "/ResourceTypes/User") == (200, 404)
    assert servers.statuses("GET", "/ResourceType") == (404, 200)
    listed = servers.wrong.get("/ResourceType")
    assert "Resources" not in listed
    assert [each["id"] for each in listed["resourceType"]] == ["User", "Group"]
    assert servers.wrong.get("/ResourceType/Group")["id"] == "Group"


def test_schema_extension_not_advertised(pair: Make) -> None:
    servers = pair("schema-extension-not-advertised")

    right, wrong = servers.both("GET", "/Schemas")
    assert [urn for urn in ids(right) if urn not in ids(wrong)] == [urns.ENTERPRISE_USER]
    assert wrong["totalResults"] == right["totalResults"] - 1
    assert servers.statuses("GET", f"/Schemas/{urns.ENTERPRISE_USER}") == (200, 404)
    right, wrong = servers.both("GET", "/ResourceTypes/User")
    assert right["schemaExtensions"] == [{"schema": urns.ENTERPRISE_USER, "required": False}]
    assert wrong["schemaExtensions"] == []
    assert servers.wrong.get("/ResourceTypes")["Resources"][0] == wrong
    user = servers.wrong.user("ada", **{urns.ENTERPRISE_USER: {"department": "Engines"}})
    assert user[urns.ENTERPRISE_USER] == {"department": "Engines"}


def test_spc_misspelt_attribute(pair: Make) -> None:
    right, wrong = pair("spc-misspelt-attribute").both("GET", "/ServiceProviderConfig")

    (scheme,), (misspelt,) = right["authenticationSchemes"], wrong["authenticationSchemes"]
    spec, documentation = scheme.pop("specUri"), scheme.pop("documentationUri")
    assert misspelt == {**scheme, "specURI": spec, "documentationUrl": documentation}
