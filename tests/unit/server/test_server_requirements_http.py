"""HTTP, discovery and errors of the reference server, requirement by requirement (RFC 7644 §2 to §4, §3.12)."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scimctl.bundle import scim_definitions
from scimctl.scim import urns
from scimctl.scim.schema import Schema
from tests.unit.server.reference_client import BASE_URL, Client

DISCOVERY = ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas", "/ResourceTypes/User", f"/Schemas/{urns.USER}"]


def every_attribute(client: Client) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Each attribute and part that the server's schemas define, with its schema and its path."""

    def within(prefix: str, attributes: list[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
        for attribute in attributes:
            path = f"{prefix}.{attribute['name']}"
            yield path, attribute
            yield from within(path, attribute.get("subAttributes", []))

    for schema in client.get("/Schemas")["Resources"]:
        for path, attribute in within(schema["id"], schema["attributes"]):
            yield schema["id"], path, attribute


@pytest.mark.parametrize("query", ["access_token=right", "token=right", "Authorization=Bearer%20right"])
def test_a_token_in_an_address_is_none(client: Client, query: str) -> None:
    stranger = client.as_token(None)
    assert stranger.get(f"/Users?{query}")["status"] == "401"
    assert "right" not in stranger.last.body.decode()


def test_the_scheme_that_works_is_the_one_announced(client: Client) -> None:
    (scheme,) = client.get("/ServiceProviderConfig")["authenticationSchemes"]
    assert {name: scheme[name] for name in ("type", "name")} == {
        "type": "oauthbearertoken",
        "name": "OAuth Bearer Token",
    }
    assert scheme["description"]
    assert client.get("/Users", Authorization="BEARER right")["totalResults"] == 0
    client.get("/Users", Authorization="Basic cmlnaHQ6")
    assert (client.last.status, client.last.headers.get("WWW-Authenticate")) == (401, 'Bearer realm="scimctl"')


@pytest.mark.parametrize("target", ["/v1/Users", "/v99/Users", "/../v1/Users"])
def test_another_version_is_refused(client: Client, target: str) -> None:
    assert client.get(target)["status"] == "404"


def test_characters_come_back_in_utf_8(client: Client) -> None:
    client.user("zo\u00eb \U0001f600")
    assert "zo\u00eb \U0001f600".encode() in client.last.body
    client.send("POST", "/Users", f'{{"schemas":["{urns.USER}"],"userName":"\u65e5\u672c"}}'.encode())
    assert client.last.status == 201
    assert client.get("/Users/id-2", Accept="*/*")["userName"] == "\u65e5\u672c"
    assert client.last.headers.get("Content-Type") == "application/scim+json; charset=utf-8"


def test_answers_without_content_and_names_in_objects(client: Client) -> None:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({name.lower() for name, _ in pairs}) == len(pairs)
        return dict(pairs)

    client.send("POST", "/Users", f'{{"schemas":["{urns.USER}"],"userName":"a","USERNAME":"ada"}}'.encode())
    client.group("g", "id-1")
    for target in (*DISCOVERY, "/Users", "/Groups", "/", "/none"):
        client.get(target)
        assert not client.last.body.startswith(b"\xef\xbb\xbf")
        assert json.loads(client.last.body, object_pairs_hook=unique)
    client.get("/Users/id-1")
    client.send("GET", "/Users/id-1", If_None_Match=str(client.last.headers.get("ETag")))
    assert (client.last.status, client.last.body) == (304, b"")
    client.send("DELETE", "/Users/id-1")
    assert (client.last.status, client.last.body) == (204, b"")


def test_unknown_parameters_are_ignored(client: Client) -> None:
    user = client.user("ada")
    assert client.get("/Users/id-1?foo=bar") == user
    assert client.get("/Users?foo=bar&FILTER=x")["Resources"] == [user]


@pytest.mark.parametrize("target", DISCOVERY)
def test_discovery_ignores_order_and_pages_and_refuses_the_rest(client: Client, target: str) -> None:
    plain = client.get(target)
    assert client.get(f"{target}?sortBy=id&sortOrder=descending&startIndex=2&count=0") == plain
    assert client.get(f"{target}?filter=id%20pr")["status"] == "403"
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert client.send(method, target, {"schemas": [urns.SCHEMA]})["status"] == "405"
    assert client.get(target) == plain


def test_the_configuration_names_itself_and_its_types(client: Client) -> None:
    config = client.get("/ServiceProviderConfig")
    assert config["schemas"] == [urns.SERVICE_PROVIDER_CONFIG]
    assert config["meta"] == {"resourceType": "ServiceProviderConfig", "location": f"{BASE_URL}/ServiceProviderConfig"}
    for name in ("patch", "bulk", "filter", "changePassword", "sort", "etag"):
        assert config[name]["supported"] is True
    for number in (config["bulk"]["maxOperations"], config["bulk"]["maxPayloadSize"], config["filter"]["maxResults"]):
        assert type(number) is int
        assert number > 0


def test_what_is_announced_works(client: Client) -> None:
    client.user("bob", password="first")
    client.user("ada")
    assert client.patch("/Users/id-1", {"op": "add", "path": "title", "value": "x"})["title"] == "x"
    assert client.found('userName eq "bob"') == ["bob"]
    assert [user["userName"] for user in client.get("/Users?sortBy=userName")["Resources"]] == ["ada", "bob"]
    before = str(client.get("/Users/id-1")["meta"]["version"])
    client.patch("/Users/id-1", {"op": "replace", "path": "password", "value": "second"})
    assert client.last.status == 200
    assert client.send("DELETE", "/Users/id-1", If_Match=before)["status"] == "412"
    bulk = {"schemas": [urns.BULK_REQUEST], "Operations": [{"method": "DELETE", "path": "/Users/id-1"}]}
    assert client.ok("POST", "/Bulk", bulk)["Operations"][0]["status"] == "204"


def test_what_is_not_announced_is_refused(make: Callable[..., Client]) -> None:
    client = make("minimal")
    client.user("ada")
    for method, target in (("PATCH", "/Users/id-1"), ("POST", "/Bulk")):
        assert client.send(method, target, {})["status"] == "501"


def test_endpoints_of_types_are_below_the_base_url(client: Client) -> None:
    for kind in client.get("/ResourceTypes")["Resources"]:
        assert re.fullmatch(r"/[A-Za-z]+", kind["endpoint"])
        assert client.get(kind["endpoint"])["schemas"] == [urns.LIST_RESPONSE]
        assert kind["schemas"] == [urns.RESOURCE_TYPE]
        for extension in kind["schemaExtensions"]:
            assert type(extension["required"]) is bool
            assert client.get(f"/Schemas/{extension['schema']}")["id"] == extension["schema"]


@pytest.mark.parametrize("definition", scim_definitions(), ids=lambda definition: str(definition["id"]))
def test_schemas_are_those_of_the_rfc(client: Client, definition: dict[str, Any]) -> None:
    if definition["id"] in (urns.OKTA_ROLE, urns.OKTA_ENTITLEMENT):
        assert client.get(f"/Schemas/{definition['id']}")["status"] == "404"
        return
    listed = client.get(f"/Schemas/{definition['id']}")
    assert Schema.from_json(listed) == Schema.from_json(definition)


def test_schemas_are_of_resources_not_of_messages(client: Client) -> None:
    listed = [schema["id"] for schema in client.get("/Schemas")["Resources"]]
    assert not [urn for urn in listed if ":api:messages:" in urn]
    assert client.get(f"/Schemas/{urns.PATCH_OP}")["status"] == "404"
    assert len(set(listed)) == len(listed)


def test_attributes_are_defined_in_the_words_of_the_rfc(client: Client) -> None:
    found = list(every_attribute(client))
    assert len(found) > 100
    for urn, path, attribute in found:
        assert re.fullmatch(r"\$ref|[A-Za-z][A-Za-z0-9_-]*", attribute["name"]), path
        types = ("string", "boolean", "decimal", "integer", "dateTime", "reference", "complex", "binary")
        assert attribute["type"] in types, path
        assert type(attribute["multiValued"]) is bool, path
        assert attribute.get("mutability") in ("readOnly", "readWrite", "immutable", "writeOnly"), path
        assert attribute.get("returned") in ("always", "never", "default", "request"), path
        assert attribute.get("uniqueness", "none") in ("none", "server", "global"), path
        assert (attribute["type"] == "complex") == bool(attribute.get("subAttributes")), path
        assert (attribute["type"] == "reference") == bool(attribute.get("referenceTypes")), path
        # The schema of schemas describes parts of parts, and so has some itself (RFC 7643 §8.7.2).
        assert path.removeprefix(urn).count(".") <= 2 or urn == urns.SCHEMA, path


def test_every_error_has_the_same_shape(client: Client) -> None:
    client.user("ada")
    errors = [
        client.send("POST", "/Users", {"schemas": [urns.USER], "userName": "ada"}),
        client.get("/nowhere"),
        client.get("/Users/none"),
        client.get("/Users?filter=x"),
        client.send("PUT", "/Users"),
        client.send("POST", "/Users", b"{"),
        client.as_token("wrong").get("/Users"),
        client.send("DELETE", "/Users/id-1", If_Match='W/"9"'),
        client.get("/Me"),
    ]
    assert [error["status"] for error in errors] == ["409", "404", "404", "400", "405", "400", "401", "412", "501"]
    for error in errors:
        assert error["schemas"] == [urns.ERROR]
        assert error.keys() <= {"schemas", "status", "scimType", "detail"}
        assert len(error["detail"]) > 5
        assert "Traceback" not in error["detail"]
    assert [error.get("scimType") for error in errors] == [
        "uniqueness",
        None,
        None,
        "invalidFilter",
        None,
        "invalidSyntax",
        None,
        None,
        None,
    ]
    assert client.last.media_type == "application/scim+json"
