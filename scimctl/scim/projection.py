"""What an answer shows of a resource: `attributes` and `excludedAttributes` (RFC 7643 §7, RFC 7644 §3.9)."""

from collections.abc import Iterable

from scimctl.jsonvalue import Json
from scimctl.scim.attributes import Resource
from scimctl.scim.errors import invalid_value
from scimctl.scim.names import Resolved, resolve
from scimctl.scim.schema import Attribute, ResourceType, Returned, Schema


class Projection:
    """What an answer shows of resources of one type, as `attributes` and `excludedAttributes` ask (RFC 7644 §3.9).

    Names that mean nothing are ignored. Both parameters at once are refused with invalidValue, because the RFC has one
    exclude the other.
    """

    def __init__(self, kind: ResourceType, attributes: Iterable[str] = (), excluded: Iterable[str] = ()) -> None:
        self._kind = kind
        asked, left_out = tuple(attributes), tuple(excluded)
        if asked and left_out:
            raise invalid_value("attributes and excludedAttributes cannot be given together")
        self._only = bool(asked)
        self._names = self._tree(asked or left_out)
        self._is_default = not asked and not left_out
        self._plain = self._is_default and not kind.hidden
        self._hidden = [f'"{name}":'.encode() for name in kind.hidden]

    def _tree(self, names: tuple[str, ...]) -> dict[str, dict[str, set[str]]]:
        """Holder ("" or an extension's URN) → attribute → sub-attributes; an empty set stands for the whole."""
        tree: dict[str, dict[str, set[str]]] = {}
        for name in names:
            found = resolve(name.strip(), self._kind)
            if found is not None:
                _plant(tree, found)
        return tree

    def leaves(self, encoded: bytes) -> bool:
        """Whether a resource is shown as it is; `encoded` is its JSON, with names as the schemas spell them."""
        # A quotation mark within a string is escaped in JSON, so that only a name can look like this.
        return self._is_default and not any(map(encoded.__contains__, self._hidden))

    def __call__(self, resource: Resource) -> Resource:
        """The resource as it is shown; a new dictionary unless nothing at all is left out."""
        if self._plain:
            return resource
        out: Resource = {}
        for key, value in resource.items():
            extension = self._kind.extension(key) if ":" in key else None
            if extension is None:
                attribute = self._kind.attribute(key)
                shown = self._show(attribute, value, "") if attribute else (None if self._only else value)
                if shown is not None:
                    out[key] = shown
            elif isinstance(value, dict):
                members = self._show_extension(extension, value)
                if members:
                    out[key] = members
        return out

    def _show_extension(self, extension: Schema, value: Resource) -> Resource:
        whole = self._names.get(extension.id, {}).get("") is not None
        if whole and not self._only:
            return {}
        out: Resource = {}
        for name, inner in value.items():
            attribute = extension.attribute(name)
            if attribute is not None:
                shown = self._show(attribute, inner, extension.id, asked=whole)
                if shown is not None:
                    out[name] = shown
        return out

    def _show(self, attribute: Attribute, value: Json, holder: str, *, asked: bool = False) -> Json:
        subs = set[str]() if asked else self._names.get(holder, {}).get(attribute.name)
        match attribute.returned:
            case Returned.NEVER:
                return None
            case Returned.ALWAYS:
                return value
            case Returned.REQUEST if not (self._only and subs is not None):
                return None
            case _:
                pass
        if subs is None:
            return _strip(attribute, value, set(), None) if not self._only else self._always_only(attribute, value)
        if self._only:
            return _strip(attribute, value, set(), subs or None)
        return _strip(attribute, value, subs, None) if subs else None

    def _always_only(self, attribute: Attribute, value: Json) -> Json:
        always = {sub.name for sub in attribute.sub_attributes if sub.returned is Returned.ALWAYS}
        return _strip(attribute, value, set(), always) if always else None


def _plant(tree: dict[str, dict[str, set[str]]], found: Resolved) -> None:
    holder = tree.setdefault(found.extension.id if found.extension else "", {})
    name = found.attribute.name if found.attribute else ""
    if found.sub is None:
        holder[name] = set()
    elif name not in holder:
        holder[name] = {found.sub.name}
    elif holder[name]:
        holder[name].add(found.sub.name)


def _strip(attribute: Attribute, value: Json, without: set[str], only: set[str] | None) -> Json:
    """A complex value with the sub-attributes that are shown; other values as they are, None when nothing is left."""
    if isinstance(value, list) and attribute.is_complex:
        stripped = (_strip(attribute, entry, without, only) for entry in value)
        kept: list[Json] = [entry for entry in stripped if entry is not None]
        return kept or None
    if not isinstance(value, dict):
        return value
    out: Resource = {}
    for name, inner in value.items():
        sub = attribute.sub(name)
        returned = sub.returned if sub else Returned.DEFAULT
        named = only is not None and name in only
        if returned is Returned.ALWAYS or named:
            keep = returned is not Returned.NEVER
        else:
            keep = only is None and name not in without and returned is Returned.DEFAULT
        if keep:
            out[name] = inner
    return out or None


def project(
    resource: Resource, kind: ResourceType, attributes: Iterable[str] = (), excluded: Iterable[str] = ()
) -> Resource:
    """One resource as `Projection` shows it."""
    return Projection(kind, attributes, excluded)(resource)
