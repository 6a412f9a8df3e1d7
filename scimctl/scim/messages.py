"""The messages of RFC 7644: list responses and errors."""

from collections.abc import Sequence

from scimctl.jsonvalue import Json
from scimctl.scim import urns
from scimctl.scim.attributes import Resource

MEDIA_TYPE = "application/scim+json"


def list_response(resources: Sequence[Resource], *, total: int, start_index: int) -> Resource:
    """A ListResponse with one page of resources; `total` counts all that matched (RFC 7644 §3.4.2).

    `Resources` is always there: Okta takes an answer without it for a failure (okta-wire §1.2).
    """
    return {
        "schemas": [urns.LIST_RESPONSE],
        "totalResults": total,
        "startIndex": start_index,
        "itemsPerPage": len(resources),
        "Resources": list[Json](resources),
    }


def error(status: int, detail: str, scim_type: str | None = None) -> Resource:
    """An Error with its status as a string (RFC 7644 §3.12)."""
    body: Resource = {"schemas": [urns.ERROR], "status": str(status)}
    if scim_type is not None:
        body["scimType"] = scim_type
    return body | {"detail": detail}
