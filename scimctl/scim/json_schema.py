"""SCIM definitions compiled to JSON Schema 2020-12, one document a direction. Names are canonical (`normalise`)."""

from collections.abc import Sequence
from enum import Enum

from scimctl.jsonvalue import Json
from scimctl.scim import urns
from scimctl.scim.schema import Attribute, Mutability, Returned, Schema, Type, common_attributes
from scimctl.scim.values import DATE_TIME_PATTERN


class Direction(Enum):
    """Which way a resource travels: STORED is what a server returns, CREATE a POST body, REPLACE a PUT body."""

    STORED = "stored"
    CREATE = "create"
    REPLACE = "replace"


_TYPES: dict[Type, dict[str, Json]] = {
    Type.STRING: {"type": "string"},
    Type.REFERENCE: {"type": "string"},
    Type.BINARY: {"type": "string"},
    Type.BOOLEAN: {"type": "boolean"},
    # JSON Schema counts 1.0 as an integer, as RFC 7643 §2.3.4 does not; a passive check looks at the text of numbers.
    Type.INTEGER: {"type": "integer"},
    Type.DECIMAL: {"type": "number"},
    Type.DATE_TIME: {"type": "string", "pattern": DATE_TIME_PATTERN},
}

_CLOSED = frozenset({"mutability", "returned", "uniqueness", "type"})
"""Attributes of the Schema schema whose values RFC 7643 §7 defines as keywords.

Everywhere else `canonicalValues` are suggestions that a server may extend (RFC 7643 §7), so no enum is made of them.
"""


def resource_schema(base: Schema, extensions: Sequence[Schema], direction: Direction) -> dict[str, Json]:
    """The JSON Schema of a resource with this base and these extensions, going this way.

    STORED asks for `schemas`, `id`, `meta` and the required attributes, and forbids what is never returned. CREATE and
    REPLACE ask for `schemas` and the required attributes that a client may set. Unknown attributes are allowed, null
    is allowed where an attribute may be absent (RFC 7643 §2.5). An extension's URN in `schemas` is not asked to
    have data, nor the other way round: checks of their own look at that.
    """
    properties: dict[str, Json] = {}
    required: list[str] = ["schemas"]
    for attribute in (*common_attributes().values(), *base.attributes):
        properties[attribute.name] = _attribute(attribute, base, direction)
        if attribute.name not in required and _is_required(attribute, direction):
            required.append(attribute.name)
    stored = direction is Direction.STORED
    if stored and base.id not in urns.DISCOVERY:
        required += ["id", "meta"]
        properties["id"] = {"type": "string", "minLength": 1}
    properties["schemas"] = _schemas_attribute(base)
    if stored:
        properties["meta"] = _meta(base)
    for extension in extensions:
        members = _members(extension.attributes, extension, direction)
        properties[extension.id] = {**members, "type": ["object", "null"]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"{base.name or base.id} ({direction.value})",
        "type": "object",
        "required": list[Json](required),
        "properties": properties,
    }


def _is_required(attribute: Attribute, direction: Direction) -> bool:
    if not attribute.required:
        return False
    if direction is Direction.STORED:
        return attribute.returned in (Returned.ALWAYS, Returned.DEFAULT)
    return attribute.mutability is not Mutability.READ_ONLY


def _attribute(attribute: Attribute, schema: Schema, direction: Direction) -> Json:
    if direction is Direction.STORED and attribute.returned is Returned.NEVER:
        return False
    if direction is not Direction.STORED and attribute.mutability is Mutability.READ_ONLY:
        # A client's value of a readOnly attribute is ignored (RFC 7644 §3.3), whatever it is.
        return True
    one = _one(attribute, schema, direction)
    if attribute.multi_valued:
        whole: dict[str, Json] = {"type": "array", "items": one}
        if attribute.sub("primary"):
            # RFC 7643 §2.4: primary is true for one value at most.
            true: Json = {"type": "object", "properties": {"primary": {"const": True}}, "required": ["primary"]}
            whole |= {"contains": true, "minContains": 0, "maxContains": 1}
    else:
        whole = one
    if _is_required(attribute, direction):
        return whole | {"minItems": 1} if attribute.multi_valued else whole
    if isinstance(values := whole.get("enum"), list):
        whole = {**whole, "enum": [*values, None]}
    return {**whole, "type": [whole["type"], "null"]}


def _one(attribute: Attribute, schema: Schema, direction: Direction) -> dict[str, Json]:
    if attribute.is_complex:
        return _members(attribute.sub_attributes, schema, direction)
    if attribute.required and attribute.type is Type.STRING and schema.id not in urns.DISCOVERY:
        return {"type": "string", "minLength": 1}
    if schema.id == urns.SCHEMA and attribute.name in _CLOSED:
        return {"type": "string", "enum": list[Json](attribute.canonical_values)}
    return dict(_TYPES[attribute.type])


def _members(attributes: Sequence[Attribute], schema: Schema, direction: Direction) -> dict[str, Json]:
    out: dict[str, Json] = {
        "type": "object",
        "properties": {each.name: _attribute(each, schema, direction) for each in attributes},
    }
    required: list[Json] = [each.name for each in attributes if _is_required(each, direction)]
    return out | {"required": required} if required else out


def _schemas_attribute(base: Schema) -> dict[str, Json]:
    return {
        "type": "array",
        "minItems": 1,
        "uniqueItems": True,
        "items": {"type": "string"},
        "contains": {"const": base.id},
    }


def _meta(base: Schema) -> dict[str, Json]:
    meta = common_attributes()["meta"]
    out = _members(meta.sub_attributes, base, Direction.STORED)
    if base.id in urns.DISCOVERY:
        return {**out, "type": ["object", "null"]}
    # RFC 7643 §3.1: a server that accepted a resource assigns these; version comes with ETags only.
    return {**out, "required": ["resourceType", "created", "lastModified", "location"]}
