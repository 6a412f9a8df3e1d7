"""What requests say of the members of a group, whether in a whole resource or in a PATCH."""

from typing import Any

from scimctl.exchange import Request
from scimctl.jsonvalue import Json
from scimctl.scim.attributes import get
from scimctl.server.faults.exchanges import content
from scimctl.server.faults.patches import parts
from scimctl.server.faults.registry import Beneath


def listed(server: Beneath, request: Request) -> list[dict[str, Any]]:
    """The members that a POST or PUT lists, or that a PATCH adds or sets."""
    if request.method != "PATCH":
        return _objects(get(content(request), "members"))
    about = [part for part in parts(server, request) if part.attribute == "members" and part.op in ("add", "replace")]
    return [entry for part in about if part.is_whole for entry in _objects(part.value)]


def lists_unknown(server: Beneath, request: Request) -> bool:
    """Whether one of the members that a request lists is nobody."""
    values = [get(entry, "value") for entry in listed(server, request)]
    return any(not isinstance(one, str) or server.service.store.find_member(one) is None for one in values)


def _objects(value: Json) -> list[dict[str, Any]]:
    entries = value if isinstance(value, list) else [value]
    return [entry for entry in entries if isinstance(entry, dict)]
