"""Responses of the reference server, and the reading of request bodies."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scimctl.exchange import Headers, Request, Response
from scimctl.jsonvalue import Json, NotJsonError, compact, parse
from scimctl.scim.attributes import Resource
from scimctl.scim.errors import ScimError, invalid_syntax
from scimctl.scim.messages import MEDIA_TYPE, error
from scimctl.scim.schema import ResourceType

MAX_BODY = 1_048_576
"""Longest request body that is read, in bytes."""

MAX_DEPTH = 32
"""Deepest nesting of a request body; the deepest resource of RFC 7643 has three levels."""

_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"', re.DOTALL)
_BRACKET = re.compile(rb"[\[\]{}]")
_CONTENT_TYPE = ("Content-Type", f"{MEDIA_TYPE}; charset=utf-8")
_MEDIA_TYPES = frozenset({MEDIA_TYPE, "application/json"})


class HttpRefusal(ScimError):
    """A refusal that HTTP wants a field for, such as Allow or WWW-Authenticate."""

    def __init__(self, status: int, detail: str, *fields: tuple[str, str]) -> None:
        super().__init__(status, detail)
        self.fields = fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request with what the router knows of it: decoded parameters, the resource type and the id of the path.

    Within a bulk request, `new_id` is the id that the resource to be created gets, and `promised` holds the ids and the
    types of resources that are still to come. A token that may not touch administrators has `may_touch_admins` false.
    """

    request: Request
    base_url: str
    parameters: dict[str, str] = field(default_factory=dict)
    kind: ResourceType | None = None
    id: str = ""
    new_id: str = ""
    promised: Mapping[str, str] = field(default_factory=dict)
    may_touch_admins: bool = True


def answer(status: int, body: Resource, *fields: tuple[str, str]) -> Response:
    """A response with a SCIM body."""
    return encoded_answer(status, compact(body), *fields)


def encoded_answer(status: int, body: bytes, *fields: tuple[str, str]) -> Response:
    """A response with a SCIM body that is JSON already."""
    return Response(status, Headers((_CONTENT_TYPE, *fields)), body)


def empty(status: int, *fields: tuple[str, str]) -> Response:
    """A response without a body."""
    return Response(status, Headers(fields))


def refusal(refused: ScimError) -> Response:
    """The Error answer of a refusal (RFC 7644 §3.12)."""
    fields = refused.fields if isinstance(refused, HttpRefusal) else ()
    return answer(refused.status, error(refused.status, refused.detail, refused.scim_type), *fields)


def read_body(request: Request) -> Json:
    """The JSON body of a request.

    Raises ScimError: 415 for another media type or charset and for a compressed body, 413 for a body over MAX_BODY, 400
    invalidSyntax for what is no JSON, nested deeper than MAX_DEPTH, or text that is no Unicode.
    """
    _check_media_type(request.headers.get("Content-Type"))
    coding = request.headers.get("Content-Encoding") or "identity"
    if coding.strip().lower() != "identity":
        raise HttpRefusal(415, f"the body is coded as {coding[:40]!r}: send it plain", ("Accept-Encoding", "identity"))
    body = request.body
    if len(body) > MAX_BODY:
        raise ScimError(413, f"the body is larger than {MAX_BODY} bytes")
    if _depth(body) > MAX_DEPTH:
        raise invalid_syntax(f"the body is nested deeper than {MAX_DEPTH} levels")
    try:
        value = parse(body)
    except NotJsonError as error:
        raise invalid_syntax(f"the body is not JSON: {error}") from error
    if b"\\u" in body and _has_lone_surrogate(value):
        raise invalid_syntax("the body escapes half of a surrogate pair, which is no character")
    return value


def _check_media_type(field_value: str | None) -> None:
    media_type, _, parameters = (field_value or "").partition(";")
    if field_value is not None and media_type.strip().lower() not in _MEDIA_TYPES:
        raise ScimError(415, f"the media type {media_type.strip()[:100]!r} is not {MEDIA_TYPE} or application/json")
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset" and value.strip().strip('"').lower() not in ("utf-8", "utf8"):
            raise ScimError(415, "the charset is not UTF-8")


def _depth(body: bytes) -> int:
    """How deep brackets are nested outside of strings; exact for JSON, harmless for anything else."""
    if body.count(b"{") + body.count(b"[") <= MAX_DEPTH:
        return 0
    depth = deepest = 0
    for bracket in _BRACKET.findall(_STRING.sub(b"", body)):
        depth += 1 if bracket in b"{[" else -1
        deepest = max(deepest, depth)
    return deepest


def _has_lone_surrogate(value: Json) -> bool:
    if isinstance(value, str):
        return any("\ud800" <= character <= "\udfff" for character in value)
    if isinstance(value, list):
        return any(_has_lone_surrogate(entry) for entry in value)
    if isinstance(value, dict):
        return any(_has_lone_surrogate(key) or _has_lone_surrogate(entry) for key, entry in value.items())
    return False
