"""What faults read in a PATCH, whichever way it is written, and how they send another one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim import patch, urns
from scimctl.scim.attributes import Resource, get
from scimctl.scim.errors import ScimError
from scimctl.scim.path import Target, parse_path
from scimctl.scim.schema import Mutability, ResourceType
from scimctl.server import routes
from scimctl.server.faults.exchanges import content, is_within, with_operations
from scimctl.server.faults.registry import Beneath
from scimctl.server.store import Record

_NOTHING: dict[str, Any] = {"op": "add", "value": {}}
"""An operation that changes nothing: what is sent when a fault has dropped all of them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One operation: its members by their names in lower case, and what its path points at, if it has one."""

    members: dict[str, Any]
    target: Target | None = None

    @property
    def op(self) -> str:
        """`add`, `remove` or `replace`, whatever its spelling; empty when it is no text."""
        op = self.members.get("op")
        return op.lower() if isinstance(op, str) else ""

    @property
    def path(self) -> str:
        """The path as it was sent, empty when there is none."""
        path = self.members.get("path")
        return path if isinstance(path, str) else ""

    @property
    def value(self) -> Json:
        """The value as it was sent, None when there is none."""
        value: Json = self.members.get("value")
        return value

    @property
    def attribute(self) -> str:
        """The attribute of the resource's own schema that the path is about; empty for those of extensions."""
        if self.target is None or self.target.extension is not None or self.target.attribute is None:
            return ""
        return self.target.attribute.name

    @property
    def is_whole(self) -> bool:
        """Whether the path is about the attribute as a whole: no value of it is selected, and no sub-attribute."""
        return self.target is not None and self.target.filter is None and self.target.sub is None

    def with_(self, **changes: Json) -> "Part":
        """The same operation with other members."""
        return Part({**self.members, **changes}, self.target)


def is_patch(request: Request) -> bool:
    """Whether this is a PATCH of a user or of a group."""
    return is_within(request, "/Users", "PATCH") or is_within(request, "/Groups", "PATCH")


def kind_of(server: Beneath, request: Request) -> ResourceType | None:
    """The resource type that the path of a request is about."""
    match = routes.find(request.path, server.service.kinds)
    return match.kind if match is not None else None


def written(server: Beneath, request: Request) -> list[Part]:
    """The operations as they were written; empty when the body is no PATCH that could be performed."""
    kind = kind_of(server, request)
    sent = get(content(request), "Operations")
    if kind is None or not isinstance(sent, list) or not all(isinstance(entry, dict) for entry in sent):
        return []
    entries = ({name.lower(): value for name, value in entry.items()} for entry in sent if isinstance(entry, dict))
    return [Part(entry, _target(entry.get("path"), kind)) for entry in entries]


def parts(server: Beneath, request: Request) -> list[Part]:
    """The operations, with one for each attribute instead of those that have no path.

    What may not be set, such as the `id` that Okta sends along, stays in an operation without a path: the server reads
    it with other eyes than a path of that name.
    """
    kind = kind_of(server, request)
    out: list[Part] = []
    for part in written(server, request):
        if "path" in part.members or part.op == "remove" or not isinstance(part.value, dict) or kind is None:
            out.append(part)
            continue
        named = [(name, value, _target(name, kind)) for name, value in part.value.items()]
        rest = {name: value for name, value, target in named if not _is_settable(target)}
        out += [part.with_(value=rest)] if rest else []
        out += [
            Part({**part.members, "path": name, "value": value}, target)
            for name, value, target in named
            if _is_settable(target)
        ]
    return out


def _target(path: Json, kind: ResourceType) -> Target | None:
    try:
        return parse_path(path, kind) if isinstance(path, str) else None
    except ScimError:
        return None


def _is_settable(target: Target | None) -> bool:
    if target is None:
        return False
    attribute = target.attribute
    return attribute is None or (attribute.mutability is not Mutability.READ_ONLY and attribute.name != "schemas")


def with_parts(request: Request, changed: list[Part]) -> Request:
    """The same PATCH with other operations; one that changes nothing when there are none."""
    return with_operations(request, [part.members for part in changed] or [_NOTHING])


def performed(
    server: Beneath, request: Request, change: Callable[[Part], Part | None], sent: list[Part] | None = None
) -> Response:
    """The answer to a PATCH with each operation as `change` makes it; None drops one.

    `sent` are the operations, those of `parts` if it is not given. A PATCH that no operation of would change is sent as
    it came, byte for byte.
    """
    sent = parts(server, request) if sent is None else sent
    changed = [change(part) for part in sent]
    if changed == sent:
        return server(request)
    return server(with_parts(request, [part for part in changed if part is not None]))


def would_be(server: Beneath, request: Request, record: Record, sent: list[Part] | None = None) -> Resource | None:
    """What a PATCH would make of a record, without storing it; None when it would be refused for its operations."""
    kind = server.service.kinds[record.kind]
    body: Json = content(request)
    if sent is not None:
        body = {"schemas": [urns.PATCH_OP], "Operations": [part.members for part in sent] or [_NOTHING]}
    try:
        return patch.apply(record.resource, patch.read_operations(body), kind)
    except ScimError:
        return None
