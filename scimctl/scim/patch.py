"""PATCH: a message becomes operations, and operations a new resource (RFC 7644 §3.5.2)."""

from dataclasses import dataclass, replace
from enum import Enum

from scimctl.jsonvalue import Json, show
from scimctl.scim import urns
from scimctl.scim.attributes import (
    Resource,
    accepted,
    accepted_element,
    check_primary,
    check_required,
    distinct,
    get,
    is_unassigned,
    read_extension,
    with_schemas,
)
from scimctl.scim.errors import invalid_path, invalid_syntax, invalid_value, mutability, no_target
from scimctl.scim.path import Target, parse_path
from scimctl.scim.schema import Attribute, Mutability, ResourceType
from scimctl.scim.selection import Selection, same_value


class Op(Enum):
    """The operations; a client's spelling is read without case, because Entra ID writes capitals."""

    ADD = "add"
    REMOVE = "remove"
    REPLACE = "replace"


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One operation of a PatchOp message; `has_value` tells an explicit null from no value at all."""

    op: Op
    path: str | None = None
    value: Json = None
    has_value: bool = False


def read_operations(body: Json) -> list[Operation]:
    """The operations of a PatchOp message, names read without case.

    Raises ScimError invalidSyntax for what is no such message, invalidPath for a path that is no text, invalidValue for
    an add or replace without a value, noTarget for a remove without a path.
    """
    if not isinstance(body, dict):
        raise invalid_syntax("a PATCH body is a JSON object")
    schemas = get(body, "schemas")
    listed = schemas if isinstance(schemas, list) else []
    if not any(isinstance(urn, str) and urns.same_urn(urn, urns.PATCH_OP) for urn in listed):
        raise invalid_syntax(f"schemas does not hold {urns.PATCH_OP}")
    operations = get(body, "Operations")
    if not isinstance(operations, list) or not operations:
        raise invalid_syntax("Operations needs at least one operation")
    return [_read_operation(entry) for entry in operations]


def _read_operation(entry: Json) -> Operation:
    if not isinstance(entry, dict):
        raise invalid_syntax("an operation is a JSON object")
    members = {key.lower(): value for key, value in entry.items()}
    name = members.get("op")
    op = next((each for each in Op if isinstance(name, str) and each.value == name.lower()), None)
    if op is None:
        raise invalid_syntax(f"op is add, remove or replace, not {show(name, 60)}")
    path = members.get("path")
    if path is not None and not isinstance(path, str):
        raise invalid_path(f"path needs a text, not {show(path, 60)}")
    if op is Op.REMOVE and path is None:
        raise no_target("remove needs a path")
    if op is not Op.REMOVE and "value" not in members:
        raise invalid_value(f"{op.value} needs a value")
    return Operation(op=op, path=path, value=members.get("value"), has_value="value" in members)


def apply(resource: Resource, operations: list[Operation], kind: ResourceType) -> Resource:
    """The resource after all operations, in their order; the one given is left as it is.

    It is all or nothing: the first operation that fails raises ScimError (invalidPath, invalidValue, mutability,
    noTarget, invalidFilter). `schemas` follows the extensions that have data. A result equal to `resource` means that
    nothing changed (an added value that is there already is no change).
    """
    patched = dict(resource)
    for operation in operations:
        if operation.path is None:
            _apply_object(patched, operation, kind)
        else:
            _apply_at(patched, parse_path(operation.path, kind), operation, kind)
    check_required(patched, kind)
    return with_schemas(patched, kind)


def _apply_object(resource: Resource, operation: Operation, kind: ResourceType) -> None:
    """An add or replace without a path: each member of the value is set as if its name were the path.

    A readOnly member that repeats the stored value changes nothing and is passed over: Okta sends the `id` with
    each renaming of a group.
    """
    if not isinstance(operation.value, dict):
        raise invalid_value(f"{operation.op.value} without a path needs an object, not {show(operation.value, 60)}")
    for name, value in operation.value.items():
        if name.lower() == "schemas":
            continue
        target = parse_path(name, kind)
        attribute = target.leaf
        if attribute is not None and attribute.mutability is Mutability.READ_ONLY and target.sub is None:
            holder = _holder(resource, target)
            if _repeats(value, holder.get(attribute.name)):
                continue
        _apply_at(resource, target, replace(operation, path=name, value=value), kind)


def _repeats(sent: Json, stored: Json) -> bool:
    if is_unassigned(sent) or sent == stored:
        return True
    if isinstance(sent, dict) and isinstance(stored, dict):
        return all(value == stored[key] for key, value in sent.items() if key in stored)
    return False


def _apply_at(resource: Resource, target: Target, operation: Operation, kind: ResourceType) -> None:
    attribute = target.attribute
    if attribute is None:
        _apply_extension(resource, target, operation, kind)
        return
    leaf = target.sub or attribute
    if Mutability.READ_ONLY in (attribute.mutability, leaf.mutability):
        raise mutability(f"{target.text} is readOnly")
    if attribute.name == "schemas" and target.extension is None and operation.op is not Op.REMOVE:
        # `schemas` follows the data (`with_schemas`), so that it cannot be set to disagree with it.
        return
    members = dict(_holder(resource, target))
    if operation.op is Op.REMOVE or (operation.op is Op.REPLACE and is_unassigned(operation.value)):
        changed = _removed(members.get(attribute.name), attribute, target, operation)
    elif attribute.multi_valued:
        changed = _changed_values(members.get(attribute.name), attribute, target, operation)
    else:
        changed = _changed_single(members.get(attribute.name), attribute, target, operation)
    if changed is None:
        members.pop(attribute.name, None)
    else:
        members[attribute.name] = changed
    _put_holder(resource, target, members)


def _holder(resource: Resource, target: Target) -> Resource:
    if target.extension is None:
        return resource
    members = resource.get(target.extension.id)
    return members if isinstance(members, dict) else {}


def _put_holder(resource: Resource, target: Target, members: Resource) -> None:
    if target.extension is None:
        resource.clear()
        resource.update(members)
    elif members:
        resource[target.extension.id] = members
    else:
        resource.pop(target.extension.id, None)


def _apply_extension(resource: Resource, target: Target, operation: Operation, kind: ResourceType) -> None:
    extension = target.extension
    assert extension is not None
    if operation.op is Op.REMOVE or is_unassigned(operation.value):
        for attribute in extension.attributes:
            if attribute.required and attribute.name in _holder(resource, target):
                raise mutability(f"{extension.id}:{attribute.name} is required")
        resource.pop(extension.id, None)
        return
    if not isinstance(operation.value, dict):
        raise invalid_value(f"{extension.id} needs an object, not {show(operation.value, 60)}")
    read_extension(operation.value, extension)
    for name, value in operation.value.items():
        if name.lower() == "schemas":
            continue
        named = extension.attribute(name)
        if named is None:
            raise invalid_path(f"{extension.id} has no attribute {name[:60]!r}")
        inner = Target(text=name, extension=extension, attribute=named)
        _apply_at(resource, inner, replace(operation, value=value), kind)


def _removed(stored: Json, attribute: Attribute, target: Target, operation: Operation) -> Json:
    leaf = target.sub or attribute
    if target.filter is not None or (target.sub is not None and attribute.multi_valued):
        return _removed_from_values(stored, attribute, target)
    if leaf.required:
        raise mutability(f"{target.text} is required")
    if target.sub is not None:
        if not isinstance(stored, dict):
            return stored
        _check_immutable(target.sub, stored.get(target.sub.name), None, target)
        return {key: value for key, value in stored.items() if key != target.sub.name} or None
    _check_immutable(attribute, stored, None, target)
    if attribute.multi_valued and operation.op is Op.REMOVE and not is_unassigned(operation.value):
        # The RFC gives a remove no value. Clients that send one (Entra ID, for members) mean those values alone; to
        # clear the whole attribute for them would empty the group.
        wanted = operation.value if isinstance(operation.value, list) else [operation.value]
        kept = [one for one in _values(stored) if not any(same_value(attribute, one, entry) for entry in wanted)]
        return kept or None
    return None


def _removed_from_values(stored: Json, attribute: Attribute, target: Target) -> Json:
    selection = Selection(attribute, target.filter)
    if target.sub is None:
        return [one for one in _values(stored) if not selection(one)] or None
    sub = target.sub
    if sub.required:
        raise mutability(f"{target.text} is required")
    out: list[Json] = []
    for one in _values(stored):
        if selection(one) and isinstance(one, dict):
            _check_immutable(sub, one.get(sub.name), None, target)
            one = {key: value for key, value in one.items() if key != sub.name}
        if one != {}:
            out.append(one)
    return out or None


def _changed_single(stored: Json, attribute: Attribute, target: Target, operation: Operation) -> Json:
    if target.sub is not None:
        before = stored if isinstance(stored, dict) else {}
        value = accepted(target.sub, operation.value, target.text)
        _check_immutable(target.sub, before.get(target.sub.name), value, target)
        return _merged(before, {target.sub.name: value}) or None
    if attribute.is_complex:
        # Sub-attributes that the value does not name keep their values, for replace as for add (§3.5.2.3).
        sent = operation.value
        value = accepted(attribute, sent, target.text)
        before = stored if isinstance(stored, dict) else {}
        cleared: Resource = {}
        if isinstance(sent, dict):
            subs = ((attribute.sub(name), inner) for name, inner in sent.items())
            cleared = {sub.name: None for sub, inner in subs if sub is not None and is_unassigned(inner)}
        for sub in attribute.sub_attributes:
            if isinstance(value, dict) and sub.name in value:
                _check_immutable(sub, before.get(sub.name), value[sub.name], target)
        return _merged(before, cleared | (value if isinstance(value, dict) else {})) or None
    value = accepted(attribute, operation.value, target.text)
    _check_immutable(attribute, stored, value, target)
    return value if value is not None else stored


def _changed_values(stored: Json, attribute: Attribute, target: Target, operation: Operation) -> Json:
    before = _values(stored)
    if target.filter is not None or target.sub is not None:
        return _changed_selected(before, attribute, target, operation)
    sent = operation.value if isinstance(operation.value, list) else [operation.value]
    values = (accepted_element(attribute, entry, target.text) for entry in sent)
    new = distinct(attribute, (value for value in values if value is not None))
    check_primary(new, target.text)
    if operation.op is Op.REPLACE:
        _check_immutable(attribute, stored, new, target)
        return new or None
    return _added(before, new, attribute) or None


def _added(before: list[Json], new: list[Json], attribute: Attribute) -> list[Json]:
    """The values with the new ones; one that is there already is not added again, but may gain sub-attributes."""
    out = list(before)
    if attribute.sub("$ref") is not None:
        # References can be many (the members of a group), so they are found by key and stay as they are.
        present = {_reference(value) for value in out}
        for value in new:
            if _reference(value) not in present:
                present.add(_reference(value))
                out.append(value)
        return out
    for value in new:
        at = next((index for index, one in enumerate(out) if same_value(attribute, one, value)), None)
        if at is None:
            out.append(value)
        else:
            known = out[at]
            if isinstance(value, dict) and isinstance(known, dict):
                out[at] = _merged(known, value)
    return _one_primary(before, out)


def _reference(value: Json) -> str:
    inner = value.get("value") if isinstance(value, dict) else None
    return inner if isinstance(inner, str) else show(value, 1000)


def _changed_selected(before: list[Json], attribute: Attribute, target: Target, operation: Operation) -> Json:
    selection = Selection(attribute, target.filter)
    indexes = [index for index, one in enumerate(before) if selection(one)]
    out = list(before)
    if not indexes:
        if target.filter is not None:
            raise no_target(f"the path {target.text[:100]!r} selects no value")
        out, indexes = [{}], [0]
    for index in indexes:
        one = out[index]
        known = one if isinstance(one, dict) else {}
        if target.sub is not None:
            value = accepted(target.sub, operation.value, target.text)
            _check_immutable(target.sub, known.get(target.sub.name), value, target)
            out[index] = _merged(known, {target.sub.name: value})
        else:
            value = accepted_element(attribute, operation.value, target.text)
            # Replace exchanges the record that the filter selects (§3.5.2.3); add adds to it.
            is_added = operation.op is Op.ADD and isinstance(value, dict)
            out[index] = _merged(known, value) if is_added and isinstance(value, dict) else value
    # A changed value may have become the same as another one.
    kept = distinct(attribute, (one for one in _one_primary(before, out) if one not in (None, {})))
    check_primary(kept, target.text)
    return kept or None


def _one_primary(before: list[Json], after: list[Json]) -> list[Json]:
    """The values with the old primary reset when another one has become primary (§3.5.2)."""

    def is_primary(value: Json) -> bool:
        return isinstance(value, dict) and value.get("primary") is True

    old = {index for index, value in enumerate(before) if is_primary(value)}
    new = [index for index, value in enumerate(after) if is_primary(value)]
    if len(new) < 2 or all(index in old for index in new):
        return after
    return [
        {**value, "primary": False} if isinstance(value, dict) and index in new and index in old else value
        for index, value in enumerate(after)
    ]


def _merged(before: Resource, value: Resource) -> Resource:
    return {key: inner for key, inner in (before | value).items() if inner is not None}


def _values(stored: Json) -> list[Json]:
    if stored is None:
        return []
    return stored if isinstance(stored, list) else [stored]


def _check_immutable(attribute: Attribute, stored: Json, value: Json, target: Target) -> None:
    """Raises mutability when an immutable attribute that has a value is to get another (§3.5.2)."""
    if attribute.mutability is Mutability.IMMUTABLE and not is_unassigned(stored) and stored != value:
        raise mutability(f"{target.text} is immutable")
