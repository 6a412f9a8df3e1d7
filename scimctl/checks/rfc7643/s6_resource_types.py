"""RFC 7643 §6: that what a server says of its resource types can be used."""

from collections.abc import Iterator

from scimctl.checks.context import Resource, View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import Json, show
from scimctl.scim.attributes import get
from scimctl.scim.urns import RESOURCE_TYPE


def _types(view: View) -> Iterator[Resource]:
    return (r for r in view.resources if r.kind is not None and r.kind.base.id == RESOURCE_TYPE)


def _has_types(view: View) -> bool:
    return any(True for _ in _types(view))


def _shown(value: Json) -> str:
    return "absent" if value is None else show(value, 120)


@check("type.members", requires="rt-02", applies=_has_types)
def type_has_name_endpoint_and_schema(view: View) -> Iterator[Problem]:
    """Every resource type has a name, an endpoint and a schema."""
    for resource in _types(view):
        for name in ("name", "endpoint", "schema"):
            value = get(resource.sent, name)
            if not isinstance(value, str) or not value:
                yield Problem("a text", _shown(value), f"{resource.at}/{name}")


@check("type.endpoint", requires="rt-06", applies=_has_types)
def endpoint_is_relative(view: View) -> Iterator[Problem]:
    """The endpoint of a resource type is relative to the base URL."""
    for resource in _types(view):
        endpoint = get(resource.sent, "endpoint")
        if isinstance(endpoint, str) and "://" in endpoint:
            yield Problem("a path such as /Users", _shown(endpoint), f"{resource.at}/endpoint")


def _is_listed(urn: Json, view: View) -> bool:
    # What is Okta's own is known to its clients, whether or not /Schemas speaks of it.
    announced = view.context.announced or frozenset()
    return not isinstance(urn, str) or urn.casefold() in announced or urn.lower().startswith("urn:okta:")


@check("type.schema", requires="rt-03", applies=lambda view: view.context.announced is not None and _has_types(view))
def schema_of_a_type_is_listed(view: View) -> Iterator[Problem]:
    """The schema of a resource type is one that /Schemas lists."""
    for resource in _types(view):
        urn = get(resource.sent, "schema")
        if not _is_listed(urn, view):
            yield Problem("a schema that /Schemas lists", _shown(urn), f"{resource.at}/schema")


@check("type.extensions", requires="rt-04", applies=_has_types)
def extensions_of_a_type_are_listed(view: View) -> Iterator[Problem]:
    """Each extension of a resource type is a schema that /Schemas lists, and is required or not."""
    for resource in _types(view):
        extensions = get(resource.sent, "schemaExtensions")
        for index, extension in enumerate(extensions if isinstance(extensions, list) else []):
            at = f"{resource.at}/schemaExtensions/{index}"
            told = extension if isinstance(extension, dict) else {}
            urn, required = get(told, "schema"), get(told, "required")
            if not isinstance(urn, str) or (view.context.announced is not None and not _is_listed(urn, view)):
                yield Problem("a schema that /Schemas lists", _shown(urn), f"{at}/schema")
            if not isinstance(required, bool):
                yield Problem("true or false", _shown(required), f"{at}/required")
