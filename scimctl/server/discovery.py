"""What the server says of itself: configuration, resource types, schemas (RFC 7644 §4, RFC 7643 §5 to §7)."""

from scimctl.exchange import Response
from scimctl.scim import urns
from scimctl.scim.attributes import Resource
from scimctl.scim.errors import ScimError, not_found
from scimctl.scim.messages import list_response
from scimctl.scim.schema import ResourceType
from scimctl.server.answers import MAX_BODY, Call, answer
from scimctl.server.service import Service


def service_provider_config(service: Service, call: Call) -> Response:
    """GET /ServiceProviderConfig."""
    _refuse_filter(call)
    profile = service.profile
    return answer(
        200,
        {
            "schemas": [urns.SERVICE_PROVIDER_CONFIG],
            "patch": {"supported": profile.patch},
            "bulk": {
                "supported": profile.max_bulk_operations > 0,
                "maxOperations": profile.max_bulk_operations,
                "maxPayloadSize": MAX_BODY if profile.max_bulk_operations > 0 else 0,
            },
            "filter": {"supported": True, "maxResults": profile.max_results},
            "changePassword": {"supported": profile.change_password},
            "sort": {"supported": profile.sort},
            "etag": {"supported": profile.etag},
            **_pagination(service),
            "authenticationSchemes": [
                {
                    "type": "oauthbearertoken",
                    "name": "OAuth Bearer Token",
                    "description": "A bearer token in the Authorization header",
                    "specUri": "https://www.rfc-editor.org/rfc/rfc6750",
                    "documentationUri": "https://www.rfc-editor.org/rfc/rfc6750#section-2.1",
                    "primary": True,
                }
            ],
            "meta": {
                "resourceType": "ServiceProviderConfig",
                "location": f"{call.base_url}/ServiceProviderConfig",
            },
        },
    )


def _pagination(service: Service) -> Resource:
    """How lists are paged (RFC 9865 §4); nothing for a profile that has no cursors."""
    profile = service.profile
    if service.cursors is None:
        return {}
    return {
        "pagination": {
            "cursor": True,
            "index": True,
            "defaultPaginationMethod": "index",
            "defaultPageSize": profile.page_size,
            "maxPageSize": profile.max_results,
            "cursorTimeout": service.cursors.timeout,
        }
    }


def list_resource_types(service: Service, call: Call) -> Response:
    """GET /ResourceTypes; paging and sorting are ignored (RFC 7644 §4)."""
    _refuse_filter(call)
    every = [_resource_type(kind, call.base_url) for kind in service.kinds.values()]
    return answer(200, list_response(every, total=len(every), start_index=1))


def read_resource_type(service: Service, call: Call) -> Response:
    """GET /ResourceTypes/{name}."""
    _refuse_filter(call)
    kind = service.kinds.get(call.id)
    if kind is None:
        raise not_found(f"there is no resource type {call.id[:100]!r}")
    return answer(200, _resource_type(kind, call.base_url))


def list_schemas(service: Service, call: Call) -> Response:
    """GET /Schemas; paging and sorting are ignored (RFC 7644 §4)."""
    _refuse_filter(call)
    every = _schemas(service, call.base_url)
    return answer(200, list_response(every, total=len(every), start_index=1))


def read_schema(service: Service, call: Call) -> Response:
    """GET /Schemas/{urn}; the URN is compared without case."""
    _refuse_filter(call)
    for schema in _schemas(service, call.base_url):
        if urns.same_urn(str(schema["id"]), call.id):
            return answer(200, schema)
    raise not_found(f"there is no schema {call.id[:200]!r}")


def _refuse_filter(call: Call) -> None:
    if "filter" in call.parameters:
        raise ScimError(403, "discovery endpoints cannot be filtered (RFC 7644 §4)")


def _resource_type(kind: ResourceType, base_url: str) -> Resource:
    return {
        "schemas": [urns.RESOURCE_TYPE],
        "id": kind.name,
        "name": kind.name,
        "description": kind.description,
        "endpoint": kind.endpoint,
        "schema": kind.base.id,
        "schemaExtensions": [{"schema": entry.schema.id, "required": entry.required} for entry in kind.extensions],
        "meta": {"resourceType": "ResourceType", "location": f"{base_url}/ResourceTypes/{kind.name}"},
    }


def _schemas(service: Service, base_url: str) -> list[Resource]:
    return [
        {
            **definition,
            "meta": {"resourceType": "Schema", "location": f"{base_url}/Schemas/{definition['id']}"},
        }
        for definition in service.offer.shown
    ]
