"""Resources against their schemas: canonical names, and the values that come in (RFC 7643 §2, RFC 7644 §3.10)."""

from collections.abc import Iterable
from typing import TypeAlias

from scimctl.jsonvalue import Json, compact, show
from scimctl.scim import urns
from scimctl.scim.errors import invalid_value
from scimctl.scim.schema import Attribute, Mutability, ResourceType, Schema
from scimctl.scim.values import comparable, fits

Resource: TypeAlias = dict[str, Json]


def is_unassigned(value: Json) -> bool:
    """Whether a value means "nothing": null and the empty array do, as an absent attribute does (RFC 7643 §2.5)."""
    return value is None or value == []


def get(resource: Resource, name: str) -> Json:
    """The value of a top-level attribute, its name compared without case; None when it is absent."""
    if name in resource:
        return resource[name]
    wanted = name.lower()
    return next((value for key, value in resource.items() if key.lower() == wanted), None)


def normalise(resource: Resource, kind: ResourceType) -> Resource:
    """The same resource with names spelt as the schemas spell them, at every depth; unknown names stay as they are.

    Values are untouched. Of two spellings of one name the later wins, as with equal keys in JSON.
    """
    out: Resource = {}
    for key, value in resource.items():
        extension = kind.extension(key) if ":" in key else None
        if extension is not None:
            out[extension.id] = _normalise_members(value, extension)
            continue
        attribute = kind.attribute(key)
        out[attribute.name if attribute else key] = _normalise_value(value, attribute) if attribute else value
    return out


def _normalise_members(value: Json, holder: Schema | Attribute) -> Json:
    if not isinstance(value, dict):
        return value
    out: Resource = {}
    for key, inner in value.items():
        attribute = holder.attribute(key) if isinstance(holder, Schema) else holder.sub(key)
        out[attribute.name if attribute else key] = _normalise_value(inner, attribute) if attribute else inner
    return out


def _normalise_value(value: Json, attribute: Attribute) -> Json:
    if not attribute.is_complex:
        return value
    if isinstance(value, list):
        return [_normalise_members(entry, attribute) for entry in value]
    return _normalise_members(value, attribute)


def accepted(attribute: Attribute, value: Json, where: str) -> Json:
    """The value as it is stored: unknown and readOnly sub-attributes and unassigned ones dropped, types checked.

    Values that are there twice become one, which has the sub-attributes of both (RFC 7643 §2.4).
    Returns None for what means "unassigned". `where` names the attribute in the message. Raises ScimError invalidValue.
    """
    if is_unassigned(value):
        return None
    if not attribute.multi_valued:
        return _accepted_one(attribute, value, where)
    if not isinstance(value, list):
        raise invalid_value(f"{where} holds several values, so it needs an array, not {show(value, 60)}")
    kept = (_accepted_one(attribute, entry, where) for entry in value)
    out = distinct(attribute, (entry for entry in kept if entry is not None))
    check_primary(out, where)
    return out or None


def distinct(attribute: Attribute, values: Iterable[Json]) -> list[Json]:
    """The values of an attribute in their order, those that are there twice as one with the sub-attributes of both."""
    out: dict[object, Json] = {}
    for value in values:
        identity = _identity(attribute, value)
        known = out.get(identity)
        out[identity] = {**known, **value} if isinstance(known, dict) and isinstance(value, dict) else value
    return list(out.values())


def _identity(attribute: Attribute, value: Json) -> object:
    """What makes two values of an attribute one: `value`, and `type` but for references (RFC 7643 §2.4)."""
    sub = attribute.sub("value")
    inner = value.get("value") if isinstance(value, dict) else None
    if sub is None or not isinstance(value, dict) or not isinstance(inner, str):
        return compact(value)
    return comparable(sub, inner), None if attribute.sub("$ref") is not None else compact(value.get("type"))


def accepted_element(attribute: Attribute, value: Json, where: str) -> Json:
    """One value of a multi-valued attribute, as `accepted` returns it; raises ScimError invalidValue."""
    return _accepted_one(attribute, value, where)


def _accepted_one(attribute: Attribute, value: Json, where: str) -> Json:
    if value is None:
        return None
    if not fits(attribute, value):
        raise invalid_value(f"{where} needs a value of type {attribute.type.value}, not {show(value, 60)}")
    if not isinstance(value, dict):
        return value
    out: Resource = {}
    for key, inner in value.items():
        sub = attribute.sub(key)
        if sub is None or sub.mutability is Mutability.READ_ONLY:
            continue
        kept = accepted(sub, inner, f"{where}.{sub.name}")
        if kept is not None:
            out[sub.name] = kept
    for sub in attribute.sub_attributes:
        if sub.required and sub.name not in out and sub.mutability is not Mutability.READ_ONLY:
            raise invalid_value(f"{where}.{sub.name} is required")
    return out or None


def check_primary(values: Iterable[Json], where: str) -> None:
    """Raises ScimError invalidValue when `primary` is true more than once (RFC 7643 §2.4)."""
    if sum(isinstance(value, dict) and value.get("primary") is True for value in values) > 1:
        raise invalid_value(f"{where} has more than one primary value")


def read_resource(body: Json, kind: ResourceType) -> Resource:
    """What a POST or PUT body asks to be stored, with canonical names and `schemas` that fit what is there.

    Unknown and readOnly attributes are ignored, unassigned ones are absent. Raises ScimError invalidSyntax or
    invalidValue for what is no resource of this type, has a value of the wrong type, or lacks a required one.
    """
    if not isinstance(body, dict):
        raise invalid_value("a resource is a JSON object")
    _check_schemas(get(body, "schemas"), kind)
    out: Resource = {}
    for key, value in body.items():
        extension = kind.extension(key) if ":" in key else None
        if extension is not None:
            members = read_extension(value, extension)
            if members:
                out[extension.id] = members
            continue
        attribute = kind.attribute(key)
        if attribute is None or attribute.mutability is Mutability.READ_ONLY or attribute.name == "schemas":
            continue
        kept = accepted(attribute, value, attribute.name)
        if kept is not None:
            out[attribute.name] = kept
    check_required(out, kind)
    return with_schemas(out, kind)


def read_extension(value: Json, extension: Schema) -> Resource:
    """What is to be stored of an extension's object; empty when nothing is. Raises ScimError invalidValue."""
    if is_unassigned(value):
        return {}
    if not isinstance(value, dict):
        raise invalid_value(f"{extension.id} needs an object, not {show(value, 60)}")
    out: Resource = {}
    for key, inner in value.items():
        attribute = extension.attribute(key)
        if attribute is None or attribute.mutability is Mutability.READ_ONLY:
            continue
        kept = accepted(attribute, inner, attribute.name)
        if kept is not None:
            out[attribute.name] = kept
    return out


def _check_schemas(value: Json, kind: ResourceType) -> None:
    if not isinstance(value, list) or not all(isinstance(urn, str) for urn in value):
        raise invalid_value("schemas is required: an array of URNs (RFC 7643 §3)")
    if not any(isinstance(urn, str) and urns.same_urn(urn, kind.base.id) for urn in value):
        raise invalid_value(f"schemas does not hold {kind.base.id}")


def check_required(resource: Resource, kind: ResourceType) -> None:
    """Raises ScimError invalidValue when a required attribute is absent or blank, or a required extension is."""
    for attribute in kind.base.required:
        value = resource.get(attribute.name)
        if value is None or (isinstance(value, str) and not value.strip()):
            raise invalid_value(f"{attribute.name} is required")
    for extension in kind.extensions:
        members = resource.get(extension.schema.id)
        if members is None:
            if extension.required:
                raise invalid_value(f"{extension.schema.id} is required")
            continue
        for attribute in extension.schema.required:
            if isinstance(members, dict) and members.get(attribute.name) is None:
                raise invalid_value(f"{extension.schema.id}:{attribute.name} is required")


def with_schemas(resource: Resource, kind: ResourceType) -> Resource:
    """The resource with `schemas` first: the base, and each extension that has data (RFC 7643 §3, §3.3)."""
    schemas: list[Json] = [kind.base.id]
    schemas += [entry.schema.id for entry in kind.extensions if entry.schema.id in resource]
    rest = {name: value for name, value in resource.items() if name != "schemas"}
    return {"schemas": schemas, **rest}
