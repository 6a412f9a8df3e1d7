"""The messages of RFC 7644: list responses and errors."""

from collections.abc import Sequence

from scimctl.jsonvalue import Json, compact
from scimctl.scim import urns
from scimctl.scim.attributes import Resource

MEDIA_TYPE = "application/scim+json"


def list_response(
    resources: Sequence[Resource], *, total: int, start_index: int | None = None, cursors: Resource | None = None
) -> Resource:
    """A ListResponse with one page of resources; `total` counts all that matched (RFC 7644 §3.4.2).

    `start_index` is the page's place when paging by index, `cursors` are nextCursor and previousCursor (RFC 9865 §2).
    `Resources` is always there: Okta takes an answer without it for a failure.
    """
    place: Resource = {} if start_index is None else {"startIndex": start_index}
    return {
        "schemas": [urns.LIST_RESPONSE],
        "totalResults": total,
        **place,
        "itemsPerPage": len(resources),
        **(cursors or {}),
        "Resources": list[Json](resources),
    }


def encoded_list(
    resources: Sequence[bytes], *, total: int, start_index: int | None = None, cursors: Resource | None = None
) -> bytes:
    """The JSON of a ListResponse of resources that are JSON already; the rest as `list_response` has it."""
    message = list_response([], total=total, start_index=start_index, cursors=cursors)
    message["itemsPerPage"] = len(resources)
    return compact(message).removesuffix(b"]}") + b",".join(resources) + b"]}"


def error(status: int, detail: str, scim_type: str | None = None) -> Resource:
    """An Error with its status as a string (RFC 7644 §3.12)."""
    body: Resource = {"schemas": [urns.ERROR], "status": str(status)}
    if scim_type is not None:
        body["scimType"] = scim_type
    return body | {"detail": detail}
