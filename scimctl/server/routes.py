"""The table of endpoints, and how a path finds its row."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from scimctl.exchange import Response
from scimctl.scim.errors import ScimError
from scimctl.scim.schema import ResourceType
from scimctl.server import actions, bulk, discovery, me, searching
from scimctl.server.answers import Call
from scimctl.server.paths import segments
from scimctl.server.service import Service

Action: TypeAlias = Callable[[Service, Call], Response]


@dataclass(frozen=True, slots=True)
class Row:
    """An endpoint: its path with `{kind}` and `{id}` as places, its methods, whether it may be read without a token.

    `reads` names methods that change nothing although they are not GET.
    """

    path: tuple[str, ...]
    methods: Mapping[str, Action]
    is_public: bool = False
    reads: frozenset[str] = frozenset()


def _not_implemented(detail: str) -> Action:
    def action(service: Service, call: Call) -> Response:
        raise ScimError(501, detail)

    return action


_NO_GROUPS = _not_implemented("groups are not supported (ResourceTypes does not list them)")
_EVERY = ("GET", "POST", "PUT", "PATCH", "DELETE")
_SEARCH = frozenset({"POST"})

ROWS = (
    Row((), {"GET": searching.list_all}),
    Row((".search",), {"POST": searching.search_all}, reads=_SEARCH),
    # RFC 7643 §5 asks that the authentication schemes can be read before one is authenticated.
    Row(("ServiceProviderConfig",), {"GET": discovery.service_provider_config}, is_public=True),
    Row(("ResourceTypes",), {"GET": discovery.list_resource_types}),
    Row(("ResourceTypes", "{id}"), {"GET": discovery.read_resource_type}),
    Row(("Schemas",), {"GET": discovery.list_schemas}),
    Row(("Schemas", "{id}"), {"GET": discovery.read_schema}),
    Row(
        ("Me",),
        {"GET": me.read, "POST": me.create, "PUT": me.replace_user, "PATCH": me.modify, "DELETE": me.delete},
    ),
    Row(("Bulk",), {"POST": bulk.perform}),
    Row(("{kind}",), {"GET": searching.list_resources, "POST": actions.create}),
    Row(("{kind}", ".search"), {"POST": searching.search}, reads=_SEARCH),
    Row(
        ("{kind}", "{id}"),
        {"GET": actions.read, "PUT": actions.replace, "PATCH": actions.modify, "DELETE": actions.delete},
    ),
    Row(("Groups",), dict.fromkeys(_EVERY, _NO_GROUPS)),
    Row(("Groups", "{id}"), dict.fromkeys(_EVERY, _NO_GROUPS)),
)
"""Tried from the top: a profile with groups has them by `{kind}`, one without answers by the last rows."""

_BY_LENGTH = {length: tuple(row for row in ROWS if len(row.path) == length) for length in range(3)}


@dataclass(frozen=True, slots=True)
class Match:
    """The row of a path, with what its places hold."""

    row: Row
    kind: ResourceType | None
    id: str


def find(path: str, kinds: Mapping[str, ResourceType]) -> Match | None:
    """The first row that fits a percent-encoded path below the base URL, or None."""
    parts = segments(path)
    if parts is None:
        return None
    endpoint = f"/{parts[0]}" if parts else ""
    kind = next((kind for kind in kinds.values() if kind.endpoint == endpoint), None)
    return next((_matched(row, parts, kind) for row in _BY_LENGTH.get(len(parts), ()) if _fits(row, parts, kind)), None)


def _fits(row: Row, parts: tuple[str, ...], kind: ResourceType | None) -> bool:
    """Whether a path of that many segments is a row's; `kind` is the type whose endpoint the first segment is."""
    for place, segment in zip(row.path, parts, strict=True):
        if place == "{kind}":
            if kind is None:
                return False
        elif place not in ("{id}", segment):
            return False
    return True


def _matched(row: Row, parts: tuple[str, ...], kind: ResourceType | None) -> Match:
    has_kind, has_id = "{kind}" in row.path, "{id}" in row.path
    return Match(row, kind if has_kind else None, parts[-1] if has_id else "")
