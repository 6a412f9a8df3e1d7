"""Adds to a scenario's resources what the server's schemas require beyond RFC 7643, for which they would be refused.

A service provider may require more than `userName` (RFC 7643 §7). A scenario writes what it is about, and no more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from scimctl.jsonvalue import Json
from scimctl.scim.attributes import get
from scimctl.scim.schema import Attribute, Mutability, Schema, SchemaError, SchemaSet, Type, Uniqueness
from scimctl.scim.urns import ENTERPRISE_USER, GROUP, USER, same_urn

_COLLECTIONS = {"/Users": ((USER, ENTERPRISE_USER), "userName"), "/Groups": ((GROUP,), "displayName")}
_URNS = (USER, ENTERPRISE_USER, GROUP)
_SAMPLES: dict[Type, Json] = {
    Type.STRING: "scimctl",
    Type.BOOLEAN: True,
    Type.DECIMAL: 1.5,
    Type.INTEGER: 1,
    Type.DATE_TIME: "2026-01-01T00:00:00Z",
    Type.BINARY: "c2NpbWN0bA==",
    Type.REFERENCE: "https://scimctl.example/",
}
_TELEPHONE = "+1 202-555-0143"


@dataclass(frozen=True, slots=True)
class Filling:
    """What the server's schemas require beyond ours, by the URN of the schema."""

    required: dict[str, tuple[Attribute, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, announced: Iterable[dict[str, Json]] | None, bundled: SchemaSet) -> "Filling":
        """Read from the server's `/Schemas`; a definition that cannot be read requires nothing."""
        found: dict[str, tuple[Attribute, ...]] = {}
        for definition in announced or ():
            urn = next((urn for urn in _URNS if same_urn(str(definition.get("id")), urn)), None)
            if urn is None:
                continue
            try:
                theirs = Schema.from_json(definition)
            except SchemaError:
                continue
            if more := tuple(_beyond(theirs.attributes, bundled[urn].attributes)):
                found[urn] = more
        return cls(found)

    def filled(self, method: str, path: str, body: Json) -> Json:
        """`body` with what is required and was not said, if it is a resource that is created or replaced, or several.

        What the body names stays as it is, also where it is null. A body without the attribute that names its resource
        stays too: to lack something is its point.
        """
        if not self.required or not isinstance(body, dict):
            return body
        if path == "/Bulk":
            operations = body.get("Operations")
            listed = operations if isinstance(operations, list) else []
            return body | ({"Operations": [self._operation_filled(one) for one in listed]} if listed else {})
        urns, naming = _COLLECTIONS.get("/" + path.partition("?")[0].strip("/").partition("/")[0], ((), ""))
        name = get(body, naming)
        if method not in ("POST", "PUT") or path.endswith("/.search") or not isinstance(name, str):
            return body
        whole = body
        for urn in urns:
            more = self.required.get(urn, ())
            extension = whole.get(urn)
            if urn != ENTERPRISE_USER:
                whole = _with(whole, more, name)
            elif isinstance(extension, dict):
                # Without any data of an extension, nothing of it is required (RFC 7643 §3.3).
                whole = whole | {urn: _with(extension, more, name)}
        return whole

    def _operation_filled(self, operation: Json) -> Json:
        if not isinstance(operation, dict) or "data" not in operation:
            return operation
        method, path = str(operation.get("method")), str(operation.get("path"))
        return operation | {"data": self.filled(method, path, operation["data"])}

    def beside(self, words: Mapping[str, frozenset[str]]) -> "Filling":
        """The same without the attributes and parts that a scenario is about: who has which of them is its point.

        `words` are their names in lower case, by resource type.
        """

        def spared(urn: str, attribute: Attribute) -> Attribute:
            own = words.get("Group" if urn == GROUP else "User", frozenset())
            parts = tuple(part for part in attribute.sub_attributes if part.name.lower() not in own)
            is_added = attribute.required and attribute.name.lower() not in own
            # What is added has all its parts; to what is there already, those that are spare are added.
            return replace(attribute, required=is_added, sub_attributes=attribute.sub_attributes if is_added else parts)

        return Filling({urn: tuple(spared(urn, one) for one in more) for urn, more in self.required.items()})


def _beyond(theirs: Iterable[Attribute], ours: Iterable[Attribute]) -> Iterable[Attribute]:
    """The attributes that the server requires and we do not, or that have such parts; with those parts alone."""
    known = {attribute.name.lower(): attribute for attribute in ours}
    for attribute in theirs:
        mine = known.get(attribute.name.lower())
        if attribute.mutability is Mutability.READ_ONLY or (mine is not None and mine.required):
            continue
        parts = tuple(_beyond(attribute.sub_attributes, mine.sub_attributes if mine is not None else ()))
        if attribute.required or parts:
            yield Attribute(
                name=attribute.name,
                type=attribute.type,
                multi_valued=attribute.multi_valued,
                required=attribute.required,
                uniqueness=attribute.uniqueness,
                canonical_values=attribute.canonical_values,
                sub_attributes=parts or _telling(attribute),
            )


def _telling(attribute: Attribute) -> tuple[Attribute, ...]:
    """The parts that give a complex attribute a value where none of them is required."""
    wanted = ("value",) if attribute.sub("value") is not None else ("givenName", "familyName")
    parts = tuple(part for name in wanted if (part := attribute.sub(name)) is not None)
    return parts or attribute.sub_attributes[:1]


def _with(body: dict[str, Json], more: Iterable[Attribute], name: str) -> dict[str, Json]:
    filled = dict(body)
    spelt = {key.lower(): key for key in body}
    for attribute in more:
        key = spelt.get(attribute.name.lower())
        if key is None and attribute.required:
            filled[attribute.name] = _sample(attribute, name)
        elif key is not None and attribute.is_complex:
            required = [part for part in attribute.sub_attributes if part.required]
            filled[key] = _parts_filled(filled[key], required, name)
    return filled


def _parts_filled(value: Json, parts: Iterable[Attribute], name: str) -> Json:
    if isinstance(value, list):
        return [_parts_filled(item, parts, name) for item in value]
    return _with(value, parts, name) if isinstance(value, dict) else value


def _sample(attribute: Attribute, name: str) -> Json:
    """A value of the attribute's kind: for what has to be unique, and for addresses, the name of its resource."""
    value: Json
    lowered = attribute.name.lower()
    if attribute.is_complex:
        value = {part.name: _sample_of_part(attribute, part, name) for part in attribute.sub_attributes}
    elif attribute.canonical_values:
        value = attribute.canonical_values[0]
    elif attribute.type is Type.STRING and (attribute.uniqueness is not Uniqueness.NONE or "email" in lowered):
        value = name
    else:
        value = _SAMPLES[attribute.type]
    return [value] if attribute.multi_valued else value


def _sample_of_part(attribute: Attribute, part: Attribute, name: str) -> Json:
    if part.name.lower() == "value" and attribute.name.lower() == "emails":
        return name if "@" in name else f"{name}@scimctl.example"
    if part.name.lower() == "value" and attribute.name.lower() == "phonenumbers":
        return _TELEPHONE
    return _sample(part, name)
