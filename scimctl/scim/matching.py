"""What a filter means: a tree and a resource type become a function over resources (RFC 7644 §3.4.2.2)."""

import operator
from collections.abc import Callable
from typing import TypeAlias

from scimctl.jsonvalue import Json, show
from scimctl.scim.attributes import Resource
from scimctl.scim.errors import ScimError, invalid_filter, sensitive
from scimctl.scim.filter import And, Compare, Filter, Not, Operator, Or, Present, ValuePath
from scimctl.scim.names import resolve
from scimctl.scim.schema import Attribute, ResourceType, Returned, Schema, Type
from scimctl.scim.values import comparable, fits, parse_date_time

Matcher: TypeAlias = Callable[[Resource], bool]
_Test: TypeAlias = Callable[[Json], bool]
_Values: TypeAlias = Callable[[Resource], list[Json]]

_ORDER: dict[Operator, Callable[..., bool]] = {
    Operator.GT: operator.gt,
    Operator.GE: operator.ge,
    Operator.LT: operator.lt,
    Operator.LE: operator.le,
}
_SUBSTRING: dict[Operator, Callable[[str, str], bool]] = {
    Operator.CO: lambda text, part: part in text,
    Operator.SW: str.startswith,
    Operator.EW: str.endswith,
}


def matcher(tree: Filter, kind: ResourceType) -> Matcher:
    """A function that tells whether a resource with canonical names matches the filter.

    An attribute that the type lacks has no value (RFC 7644 §3.4.2.1). A comparison holds for a multi-valued attribute
    when it holds for one of its values; `ne` also holds for an unassigned attribute, and `eq null` for that alone.
    Raises ScimError invalidFilter for an operator that does not go with the attribute's type, and sensitive for
    attributes that are never returned.
    """

    def find(path: str) -> tuple[Attribute | None, _Values] | None:
        found = resolve(path, kind)
        if found is None:
            return None
        if found.attribute is None:
            assert found.extension is not None
            return None, _member_values(found.extension.id)
        return found.sub or found.attribute, _values_of(found.extension, found.attribute, found.sub)

    return _compile(tree, find)


def element_matcher(tree: Filter, attribute: Attribute) -> _Test:
    """A function that tells whether one value of a multi-valued attribute matches the filter of a value path.

    Simple values are matched as `value`. Raises ScimError as `matcher` does.
    """

    def find(path: str) -> tuple[Attribute | None, _Values] | None:
        sub = attribute.sub(path)
        if sub is not None:
            return sub, _member_values(sub.name)
        if not attribute.is_complex and path.lower() == "value":
            return attribute, _member_values("value")
        return None

    test = _compile(tree, find)
    return lambda value: test(value if isinstance(value, dict) else {"value": value})


_Find: TypeAlias = Callable[[str], "tuple[Attribute | None, _Values] | None"]


def _compile(tree: Filter, find: _Find) -> Matcher:
    match tree:
        case And(terms):
            inner = [_compile(term, find) for term in terms]
            return lambda resource: all(test(resource) for test in inner)
        case Or(terms):
            inner = [_compile(term, find) for term in terms]
            return lambda resource: any(test(resource) for test in inner)
        case Not(term):
            negated = _compile(term, find)
            return lambda resource: not negated(resource)
        case Present(path):
            return _present(find(path))
        case ValuePath(path, condition):
            return _within(find(path), condition, path)
        case Compare(path, compared, value):
            return _compare(find(path), path, compared, value)


def _present(found: tuple[Attribute | None, _Values] | None) -> Matcher:
    if found is None:
        return lambda resource: False
    attribute, values = found
    _refuse_hidden(attribute)
    return lambda resource: any(value not in (None, "", [], {}) for value in values(resource))


def _within(found: tuple[Attribute | None, _Values] | None, condition: Filter, path: str) -> Matcher:
    if found is None:
        return lambda resource: False
    attribute, values = found
    if attribute is None or not (attribute.is_complex or attribute.multi_valued):
        raise invalid_filter(f"{path} holds one simple value, so it takes no filter in brackets")
    test = element_matcher(condition, attribute)
    return lambda resource: any(test(value) for value in values(resource))


def _compare(found: tuple[Attribute | None, _Values] | None, path: str, compared: Operator, value: Json) -> Matcher:
    if found is None:
        unassigned = (compared is Operator.EQ and value is None) or (compared is Operator.NE and value is not None)
        return lambda resource: unassigned
    attribute, values = found
    if attribute is not None and attribute.is_complex:
        # A complex attribute stands for its `value` (RFC 7644 §3.4.2.2 has `emails co "example.com"`).
        inner = attribute.sub("value")
        values = _sub_values(values, "value")
        attribute = inner
    if attribute is None:
        raise invalid_filter(f"{path} is complex: compare one of its sub-attributes")
    _refuse_hidden(attribute)
    if value is None:
        return _compare_null(values, path, compared)
    test = _test(attribute, path, compared, value)
    if compared is Operator.NE:
        return lambda resource: any(test(one) for one in found_values) if (found_values := values(resource)) else True
    return lambda resource: any(test(one) for one in values(resource))


def _compare_null(values: _Values, path: str, compared: Operator) -> Matcher:
    if compared is Operator.EQ:
        return lambda resource: not values(resource)
    if compared is Operator.NE:
        return lambda resource: bool(values(resource))
    raise invalid_filter(f"{compared.value} cannot compare {path} with null")


def _refuse_hidden(attribute: Attribute | None) -> None:
    if attribute is not None and attribute.returned is Returned.NEVER:
        raise sensitive(f"{attribute.name} is never returned, so it cannot be filtered by")


def _test(attribute: Attribute, path: str, compared: Operator, value: Json) -> _Test:
    """The comparison of one value of the attribute with the filter's."""
    if compared in _SUBSTRING:
        return _substring_test(attribute, path, compared, value)
    if compared in _ORDER and attribute.type in (Type.BOOLEAN, Type.BINARY):
        raise invalid_filter(f"{compared.value} cannot compare {path}: its type is {attribute.type.value}")
    needle = _key(attribute, value)
    if needle is None:
        raise _wrong_type(attribute, path, value)
    order = _ORDER.get(compared)
    if order is not None:
        return lambda one: (key := _key(attribute, one)) is not None and order(key, needle)
    if compared is Operator.EQ:
        return lambda one: _key(attribute, one) == needle
    return lambda one: _key(attribute, one) != needle


def _substring_test(attribute: Attribute, path: str, compared: Operator, value: Json) -> _Test:
    if attribute.type in (Type.BOOLEAN, Type.INTEGER, Type.DECIMAL):
        raise invalid_filter(f"{compared.value} cannot compare {path}: its type is {attribute.type.value}")
    if not isinstance(value, str):
        raise _wrong_type(attribute, path, value)
    part = comparable(attribute, value)
    holds = _SUBSTRING[compared]
    return lambda one: isinstance(one, str) and holds(comparable(attribute, one), part)


def _wrong_type(attribute: Attribute, path: str, value: Json) -> ScimError:
    return invalid_filter(f"{path} is of type {attribute.type.value} and cannot be compared with {show(value, 60)}")


def _key(attribute: Attribute, value: Json) -> object:
    """The form in which values of the attribute are compared; None for a value of another type."""
    if attribute.type in (Type.INTEGER, Type.DECIMAL):
        return value if isinstance(value, int | float) and not isinstance(value, bool) else None
    if attribute.type is Type.BOOLEAN:
        return value if isinstance(value, bool) else None
    if not isinstance(value, str):
        return None
    if attribute.type is Type.DATE_TIME:
        return parse_date_time(value)
    return comparable(attribute, value)


def _as_list(value: Json) -> list[Json]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _member_values(name: str) -> _Values:
    return lambda holder: _as_list(holder.get(name))


def _sub_values(values: _Values, name: str) -> _Values:
    def inner(resource: Resource) -> list[Json]:
        holders = (value for value in values(resource) if isinstance(value, dict))
        return [one for holder in holders for one in _as_list(holder.get(name))]

    return inner


def _values_of(extension: Schema | None, attribute: Attribute, sub: Attribute | None) -> _Values:
    values = _member_values(attribute.name)
    if extension is not None:
        outer, urn = values, extension.id

        def values(resource: Resource) -> list[Json]:
            holder = resource.get(urn)
            return outer(holder) if isinstance(holder, dict) else []

    return _sub_values(values, sub.name) if sub is not None else values


def equality(tree: Filter) -> tuple[str, str] | None:
    """The path and the string of a filter that is one `path eq "string"`, for look-up in an index; else None."""
    if isinstance(tree, Compare) and tree.operator is Operator.EQ and isinstance(tree.value, str):
        return tree.path, tree.value
    return None


def sort_key(path: str, kind: ResourceType) -> Callable[[Resource], tuple[bool, object]] | None:
    """A key that orders resources by an attribute, ascending; None when the type has no such attribute.

    A multi-valued attribute goes by its primary value, else its first; resources without a value come last
    (RFC 7644 §3.4.2.3).
    """
    found = resolve(path, kind)
    if found is None or found.attribute is None:
        return None
    attribute, sub = found.attribute, found.sub or found.attribute.sub("value")
    values = _values_of(found.extension, attribute, None)
    leaf = sub if attribute.is_complex else attribute
    if leaf is None or leaf.returned is Returned.NEVER:
        return None

    def key(resource: Resource) -> tuple[bool, object]:
        every = values(resource)
        primary = (value for value in every if isinstance(value, dict) and value.get("primary") is True)
        one: Json = next(primary, every[0] if every else None)
        shown = one.get(leaf.name) if isinstance(one, dict) else one
        compared = _key(leaf, shown) if fits(leaf, shown) else None
        return (True, 0) if compared is None else (False, compared)

    return key
