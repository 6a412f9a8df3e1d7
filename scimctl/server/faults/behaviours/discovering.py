"""Faults of discovery: the configuration, the resource types, the schemas."""

from dataclasses import replace
from typing import Any

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim import urns
from scimctl.server.faults.exchanges import (
    bare,
    content,
    error,
    is_list,
    is_on,
    is_within,
    with_content,
    with_parameters,
    with_resources,
)
from scimctl.server.faults.queries import resources
from scimctl.server.faults.registry import Beneath, fault

_DISCOVERY = ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas")


@fault("discovery-empty")
def discovery_empty(server: Beneath, request: Request) -> Response:
    response = server(request)
    emptied = is_list(response) and (is_on(request, "/Schemas", "GET") or is_on(request, "/ResourceTypes", "GET"))
    return with_resources(response, []) if emptied else response


@fault("resourcetypes-wrong-envelope")
def resource_types_wrong_envelope(server: Beneath, request: Request) -> Response:
    response = server(request)
    if not is_on(request, "/ResourceTypes", "GET") or not is_list(response):
        return response
    return with_content(response, {"resource_types": list[Json](resources(response))})


@fault("schemas-bare-array")
def schemas_bare_array(server: Beneath, request: Request) -> Response:
    response = server(request)
    if not is_on(request, "/Schemas", "GET") or not is_list(response):
        return response
    return with_content(response, list[Json](resources(response)))


@fault("spc-404")
def configuration_404(server: Beneath, request: Request) -> Response:
    response = server(request)
    return _absent(request, response) if request.path == "/ServiceProviderConfig" else response


@fault("discovery-by-id-404")
def discovery_by_id_404(server: Beneath, request: Request) -> Response:
    response = server(request)
    one = is_within(request, "/Schemas", "GET", "HEAD") or is_within(request, "/ResourceTypes", "GET", "HEAD")
    return _absent(request, response) if one else response


@fault("discovery-filter-accepted")
def discovery_filter_accepted(server: Beneath, request: Request) -> Response:
    return server(with_parameters(request, filter=None) if _is_discovery(request) else request)


@fault("discovery-method-writable")
def discovery_method_writable(server: Beneath, request: Request) -> Response:
    response = server(request)
    writes = request.method in ("POST", "PUT", "PATCH", "DELETE") and _is_discovery(request)
    # Nothing is written, but the client is told that all went well.
    return server(replace(request, method="GET", body=b"")) if writes and response.status == 405 else response


@fault("resourcetype-endpoint-misspelt")
def resource_type_endpoint_misspelt(server: Beneath, request: Request) -> Response:
    right, misspelt = "/ResourceTypes", "/ResourceType"
    if request.path == misspelt or request.path.startswith(f"{misspelt}/"):
        response = server(replace(request, target=right + request.target.removeprefix(misspelt)))
        renamed = {name if name != "Resources" else "resourceType": each for name, each in content(response).items()}
        return with_content(response, renamed) if is_list(response) else response
    response = server(request)
    is_right = request.path == right or request.path.startswith(f"{right}/")
    return _absent(request, response) if is_right else response


@fault("schema-extension-not-advertised")
def extension_not_advertised(server: Beneath, request: Request) -> Response:
    response = server(request)
    if not _is_discovery(request) or response.status != 200:
        return response
    body = content(response)
    if urns.same_urn(str(body.get("id")), urns.ENTERPRISE_USER):
        return _absent(request, response)
    if not is_list(response):
        return with_content(response, _without_enterprise(body)) if "schemaExtensions" in body else response
    kept = [each for each in resources(response) if each.get("id") != urns.ENTERPRISE_USER]
    return with_resources(response, [_without_enterprise(each) for each in kept])


@fault("spc-misspelt-attribute")
def configuration_misspelt(server: Beneath, request: Request) -> Response:
    response = server(request)
    body = content(response)
    schemes = body.get("authenticationSchemes")
    if not isinstance(schemes, list):
        return response
    misspelt = {"specUri": "specURI", "documentationUri": "documentationUrl"}
    for scheme in schemes:
        for right, wrong in misspelt.items():
            if right in scheme:
                scheme[wrong] = scheme.pop(right)
    return with_content(response, body)


def _is_discovery(request: Request) -> bool:
    return any(request.path == each or request.path.startswith(f"{each}/") for each in _DISCOVERY)


def _absent(request: Request, response: Response) -> Response:
    """The answer of an endpoint that is not there; that of the server where it looks at the credentials first."""
    if response.status in (401, 403):
        return response
    return bare(request, error(404, f"there is no endpoint {request.path[:200]!r}"))


def _without_enterprise(resource: dict[str, Any]) -> dict[str, Any]:
    extensions = resource.get("schemaExtensions")
    if not isinstance(extensions, list):
        return resource
    kept = [each for each in extensions if isinstance(each, dict) and each.get("schema") != urns.ENTERPRISE_USER]
    return {**resource, "schemaExtensions": kept}
