"""The requests Okta's SCIM client sends, to the byte: fields, query order, encodings."""

import json
from urllib.parse import quote

from scimctl.exchange import Headers, Request
from scimctl.jsonvalue import Json, compact

USER_AGENT = "Okta SCIM Client 1.0.0"
MEDIA_TYPE = "application/scim+json"
CONTENT_TYPE = "application/scim+json; charset=utf-8"

PAGE_SIZE = 100

READ_HEADERS = Headers(
    (
        ("Accept", MEDIA_TYPE),
        ("Accept-Charset", "utf-8"),
        ("User-Agent", USER_AGENT),
        ("Accept-Encoding", "gzip,deflate"),
    )
)
"""The fields of a GET. The sender adds Authorization, Host and Connection between the last two, as Okta has them."""

WRITE_HEADERS = Headers(
    (
        ("Accept", MEDIA_TYPE),
        ("Accept-Charset", "utf-8"),
        ("Content-Type", CONTENT_TYPE),
        ("User-Agent", USER_AGENT),
        ("Accept-Encoding", "gzip,deflate"),
    )
)
"""The fields of POST, PUT and PATCH, and of DELETE, which names a media type without having a body."""


def get(target: str) -> Request:
    """A read of `target`, which is percent-encoded already."""
    return Request("GET", target, READ_HEADERS)


def post(target: str, body: Json) -> Request:
    """A create; the body is compact JSON with its keys in their order."""
    return Request("POST", target, WRITE_HEADERS, compact(body))


def put(target: str, body: Json) -> Request:
    """A replacement of the resource at `target`."""
    return Request("PUT", target, WRITE_HEADERS, compact(body))


def patch(target: str, body: Json) -> Request:
    """A partial change of the resource at `target`."""
    return Request("PATCH", target, WRITE_HEADERS, compact(body))


def delete(target: str) -> Request:
    """A removal of the resource at `target`, without a body."""
    return Request("DELETE", target, WRITE_HEADERS)


def resource_target(endpoint: str, resource_id: str) -> str:
    """The target of one resource, such as `/Users/2819c223`; what a path cannot hold in the id is percent-encoded."""
    return f"{endpoint}/{quote(resource_id, safe='', errors='surrogatepass')}"


def list_query(start_index: int = 1, count: int = PAGE_SIZE) -> str:
    """The query of one page."""
    return f"startIndex={start_index}&count={count}"


def filter_query(attribute: str, value: str, space: str = "%20") -> str:
    """The query of an existence check: `attribute eq "value"`, then the first page.

    The value is escaped as a JSON string (RFC 7644 §3.4.2.2) and percent-encoded as UTF-8, with a plus sign as %2B
    whichever way spaces go: `space` is `%20` or `+`, and Okta has been seen to send either. A lone surrogate, which
    UTF-8 cannot hold, stays a JSON escape.
    """
    literal = json.dumps(value, ensure_ascii=False)
    if any(0xD800 <= ord(character) <= 0xDFFF for character in literal):
        literal = json.dumps(value)
    # Okta leaves no reserved character as it is; `~` and the other unreserved ones need no encoding.
    encoded = quote(f"{attribute} eq {literal}", safe="")
    return f"filter={encoded.replace('%20', space)}&{list_query()}"
