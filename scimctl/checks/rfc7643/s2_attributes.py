"""RFC 7643 §2: the types and values of attributes."""

from collections.abc import Iterator

from scimctl.checks.context import Resource, View
from scimctl.checks.registry import check
from scimctl.checks.rfc7643.s3_meta import ends_with
from scimctl.finding import Problem
from scimctl.jsonvalue import Json, pointer, show
from scimctl.scim.values import parse_date_time
from scimctl.validation import SchemaError

_OWN_CHECKS = ("id", "schemas", "meta", "password")


def _has_typed_resources(view: View) -> bool:
    return any(resource.kind is not None for resource in view.resources)


def _errors(resource: Resource, view: View) -> list[SchemaError]:
    if resource.kind is None or resource.is_valid:
        return []
    return view.context.validator(resource.kind).errors(resource.canonical)


def _other_errors(view: View) -> Iterator[tuple[Resource, SchemaError]]:
    """Departures from the schemas but for the members that have checks of their own."""
    for resource in view.resources:
        for error in _errors(resource, view):
            if error.path and error.path[0] not in _OWN_CHECKS:
                yield resource, error


def _is_missing(error: SchemaError) -> bool:
    # Null is as good as absent (§2.5), so where a value is required it is missing, not of a wrong type. An empty text
    # is a value by that section; that a userName has to be more is looked at in s4_users.
    return error.keyword in ("required", "minItems") or (error.keyword == "type" and error.actual is None)


@check("resource.nulls", requires="res-32", applies=_has_typed_resources)
def unassigned_is_left_out(view: View) -> Iterator[Problem]:
    """What has no value is left out of an answer."""
    for resource in view.resources:
        yield from _nulls(resource.sent, resource.at)


def _nulls(sent: Json, at: str) -> Iterator[Problem]:
    if isinstance(sent, dict):
        for name, value in sent.items():
            if value is None:
                yield Problem("absent", "null", f"{at}/{name}")
            else:
                yield from _nulls(value, f"{at}/{name}")
    elif isinstance(sent, list):
        for index, entry in enumerate(sent):
            yield from _nulls(entry, f"{at}/{index}")


@check("resource.types", requires="res-30", applies=_has_typed_resources)
def values_have_their_types(view: View) -> Iterator[Problem]:
    """Every value has the type that its schema gives it."""
    for resource, error in _other_errors(view):
        if error.keyword in ("type", "pattern", "enum") and not _is_missing(error):
            yield Problem(error.expected, show(error.actual, 80), resource.at + pointer(error.path))


@check("resource.required", requires="res-31", applies=lambda view: view.is_whole and _has_typed_resources(view))
def required_values_are_there(view: View) -> Iterator[Problem]:
    """Every attribute that the schema requires is there."""
    for resource, error in _other_errors(view):
        # A user without a name is found by a check of its own.
        if _is_missing(error) and error.path != ("userName",):
            actual = "empty" if error.keyword.startswith("min") else "absent"
            yield Problem(error.expected, actual, resource.at + pointer(error.path))


@check("resource.primary", requires="res-24", applies=lambda view: bool(view.resources))
def one_primary_at_most(view: View) -> Iterator[Problem]:
    """At most one value of a multi-valued attribute is primary."""
    for resource in view.resources:
        for name, value in resource.canonical.items():
            if not isinstance(value, list):
                continue
            primary = sum(1 for item in value if isinstance(item, dict) and item.get("primary") is True)
            if primary > 1:
                yield Problem("one primary value at most", f"{primary} of them", f"{resource.at}{pointer([name])}")


@check("resource.date-times", requires="res-20", applies=lambda view: bool(view.resources))
def dates_have_a_time(view: View) -> Iterator[Problem]:
    """meta.created and meta.lastModified have a date and a time."""
    for resource in view.resources:
        meta: Json = resource.canonical.get("meta")
        for name in ("created", "lastModified"):
            value = meta.get(name) if isinstance(meta, dict) else None
            if value is not None and (not isinstance(value, str) or parse_date_time(value) is None):
                yield Problem("a dateTime such as 2011-08-01T18:29:49Z", show(value, 60), f"{resource.at}/meta/{name}")


def _entries(resource: Resource) -> Iterator[tuple[str, list[dict[str, Json]]]]:
    """The multi-valued complex attributes of a resource: JSON pointer and values."""
    for name, value in resource.canonical.items():
        if isinstance(value, list):
            yield f"{resource.at}{pointer([name])}", [entry for entry in value if isinstance(entry, dict)]


@check("resource.doubled-values", requires="res-25", applies=_has_typed_resources)
def no_value_twice(view: View) -> Iterator[Problem]:
    """No two values of a multi-valued attribute have the same type and value."""
    for resource in view.resources:
        for at, entries in _entries(resource):
            pairs = [(show(e.get("type"), 80), show(e["value"], 400)) for e in entries if e.get("value") is not None]
            if len(set(pairs)) < len(pairs):
                twice = next(pair for pair in pairs if pairs.count(pair) > 1)
                yield Problem("every pair of type and value once", f"{twice[1]} {pairs.count(twice)} times", at)


@check("resource.references", requires="res-23", applies=_has_typed_resources)
def references_name_what_they_lead_to(view: View) -> Iterator[Problem]:
    """The $ref of a member, or of a user's group, is the address of the resource that its value names."""
    for resource in view.resources:
        for at, entries in _entries(resource):
            if at.rpartition("/")[2] not in ("members", "groups"):
                continue
            for entry in entries:
                reference, value = entry.get("$ref"), entry.get("value")
                if isinstance(reference, str) and isinstance(value, str) and not ends_with(reference, value):
                    yield Problem(f"an address that ends with {show(value, 80)}", show(reference, 120), f"{at}/$ref")
