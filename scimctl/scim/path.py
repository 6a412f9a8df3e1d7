"""Paths of PATCH operations: `attr`, `attr.sub`, `attr[filter]`, `attr[filter].sub`, URNs (RFC 7644 §3.5.2)."""

import re
from dataclasses import dataclass

from scimctl.scim.errors import ScimError, invalid_path
from scimctl.scim.filter import Filter, parse
from scimctl.scim.names import is_name, resolve
from scimctl.scim.schema import Attribute, ResourceType, Schema

_TAIL = re.compile(r"(?:\.(?P<sub>[$A-Za-z][-$_0-9A-Za-z]*))?\s*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a path points at: an attribute, or a whole extension when `attribute` is None.

    `filter` selects among the values of the attribute, `sub` names a sub-attribute of it (or of those values).
    """

    text: str
    extension: Schema | None
    attribute: Attribute | None
    filter: Filter | None = None
    sub: Attribute | None = None

    @property
    def leaf(self) -> Attribute | None:
        """The attribute that is set: the sub-attribute if there is one."""
        return self.sub or self.attribute


def parse_path(text: str, kind: ResourceType) -> Target:
    """What a path of a PATCH operation points at in resources of type `kind`.

    Raises ScimError invalidPath for a malformed path and for one that names no attribute of the type.
    """
    name, bracket, rest = text.strip().partition("[")
    if not is_name(name):
        raise invalid_path(f"the path {text[:100]!r} is malformed")
    found = resolve(name, kind)
    if found is None:
        raise invalid_path(f"the path {text[:100]!r} names no attribute of {kind.name}")
    if not bracket:
        return Target(text=text, extension=found.extension, attribute=found.attribute, sub=found.sub)
    if found.attribute is None or found.sub is not None or not found.attribute.multi_valued:
        raise invalid_path(f"the path {text[:100]!r} selects among values, but {name} holds one")
    condition, tail = _split_filter(rest, text)
    sub = None
    if tail:
        sub = found.attribute.sub(tail)
        if sub is None:
            raise invalid_path(f"the path {text[:100]!r} names no sub-attribute of {found.attribute.name}")
    return Target(text=text, extension=found.extension, attribute=found.attribute, filter=condition, sub=sub)


def _split_filter(rest: str, text: str) -> tuple[Filter, str]:
    closing = rest.rfind("]")
    tail = _TAIL.match(rest, closing + 1)
    if closing < 0 or tail is None:
        raise invalid_path(f"the path {text[:100]!r} is malformed")
    try:
        return parse(rest[:closing]), tail["sub"] or ""
    except ScimError as error:
        raise invalid_path(f"the path {text[:100]!r} is malformed: {error.detail}") from error
