"""RFC 7643 §3: what every resource has."""

import ipaddress
from collections.abc import Iterator
from urllib.parse import urlsplit

from scimctl.checks.announced import AnnouncedType
from scimctl.checks.context import Resource, View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import show
from scimctl.scim import urns
from scimctl.scim.attributes import is_unassigned

_INSIDE = frozenset({"internal", "local", "localdomain", "localhost", "lan", "intranet", "svc", "cluster", "corp"})
"""Last labels of names that no other network knows."""


def _has_resources(view: View) -> bool:
    return bool(view.resources)


def _has_stored_resources(view: View) -> bool:
    """Whether there are resources that are not discovery documents, which need neither id nor meta (§3.1)."""
    return any(resource.kind is None or resource.kind.base.id not in urns.DISCOVERY for resource in view.resources)


@check("resource.schemas", requires="res-01", applies=_has_resources)
def resource_names_its_schemas(view: View) -> Iterator[Problem]:
    """Every resource names its schemas in a non-empty array."""
    for resource in view.resources:
        schemas = resource.canonical.get("schemas")
        if not isinstance(schemas, list) or not schemas or not all(isinstance(urn, str) for urn in schemas):
            yield Problem("a non-empty array of URNs", show(schemas, 120), f"{resource.at}/schemas")


@check("resource.schemas-once", requires="res-03", applies=_has_resources)
def no_schema_twice(view: View) -> Iterator[Problem]:
    """No schema is named twice."""
    for resource in view.resources:
        schemas = resource.canonical.get("schemas")
        if isinstance(schemas, list):
            names = [urn.casefold() for urn in schemas if isinstance(urn, str)]
            if len(set(names)) < len(names):
                yield Problem("every URN once", show(schemas, 160), f"{resource.at}/schemas")


@check("resource.base-schema", requires="res-05", applies=lambda view: any(r.kind is not None for r in view.resources))
def base_schema_is_named(view: View) -> Iterator[Problem]:
    """A resource's schemas include the base schema of its type."""
    for resource in view.resources:
        schemas = resource.canonical.get("schemas")
        if resource.kind is None or not isinstance(schemas, list) or not schemas:
            continue
        if not any(isinstance(urn, str) and urns.same_urn(urn, resource.kind.base.id) for urn in schemas):
            yield Problem(resource.kind.base.id, show(schemas, 160), f"{resource.at}/schemas")


@check(
    "resource.other-schemas", requires="res-02", applies=lambda view: any(r.kind is not None for r in view.resources)
)
def no_other_schema_is_named(view: View) -> Iterator[Problem]:
    """A resource's schemas name the schema of its type and the type's extensions alone."""
    for resource in view.resources:
        schemas = resource.canonical.get("schemas")
        if resource.kind is None or not isinstance(schemas, list):
            continue
        types = view.context.types_of(view.exchange.request.path, resource.kind.base.id)
        for urn in schemas:
            if isinstance(urn, str) and not urns.same_urn(urn, resource.kind.base.id) and _is_foreign(urn, types):
                yield Problem(f"{resource.kind.base.id} and its extensions", urn, f"{resource.at}/schemas")


def _is_foreign(urn: str, types: list[AnnouncedType]) -> bool:
    if types:
        return not any(each.allows(urn) for each in types)
    # Any URN may be that of an extension where the server does not say which its types have.
    folded = urn.casefold()
    bases = (urns.USER, urns.GROUP, *urns.DISCOVERY)
    return ":scim:api:messages:" in folded or folded in {base.casefold() for base in bases}


def _has_required_extensions(view: View) -> bool:
    return view.is_whole and any(each.required for each in view.context.types)


@check("resource.required-extensions", requires="rt-05", applies=_has_required_extensions)
def required_extensions_are_there(view: View) -> Iterator[Problem]:
    """A resource has every extension that /ResourceTypes says its type requires."""
    for resource in view.resources:
        if resource.kind is None:
            continue
        types = view.context.types_of(view.exchange.request.path, resource.kind.base.id)
        # Where it may be of several types, what all of them require is there in any case.
        required = frozenset.intersection(*(each.required for each in types)) if types else frozenset()
        for urn in sorted(required - _named(resource)):
            yield Problem(f"the extension {urn}", "absent", resource.at)


def _named(resource: Resource) -> frozenset[str]:
    """The URNs that a resource names as its schemas, or has members of, in small letters."""
    schemas = resource.canonical.get("schemas")
    named = [urn for urn in schemas if isinstance(urn, str)] if isinstance(schemas, list) else []
    return frozenset(urn.casefold() for urn in (*named, *resource.sent))


@check("resource.id", requires="res-07", applies=_has_stored_resources)
def resource_has_an_id(view: View) -> Iterator[Problem]:
    """Every resource has an id, a non-empty string."""
    for resource in view.resources:
        identifier = resource.canonical.get("id")
        if not isinstance(identifier, str) or not identifier:
            actual = "absent" if identifier is None else show(identifier, 60)
            yield Problem("a non-empty string", actual, f"{resource.at}/id")


@check("resource.bulk-id", requires="res-11", applies=_has_stored_resources)
def id_is_no_bulk_id(view: View) -> Iterator[Problem]:
    """No id contains the reserved word bulkId."""
    for resource in view.resources:
        identifier = resource.canonical.get("id")
        if isinstance(identifier, str) and "bulkid" in identifier.lower():
            yield Problem("an id without `bulkId`", show(identifier, 80), f"{resource.at}/id")


@check("resource.meta", requires="res-14", applies=lambda view: view.is_whole and _has_stored_resources(view))
def resource_has_its_meta(view: View) -> Iterator[Problem]:
    """Every resource has meta with resourceType, created, lastModified and location."""
    for resource in view.resources:
        meta = resource.canonical.get("meta")
        if not isinstance(meta, dict):
            yield Problem("an object", "absent" if meta is None else show(meta, 60), f"{resource.at}/meta")
            continue
        for name in ("resourceType", "created", "lastModified", "location"):
            if is_unassigned(meta.get(name)):
                yield Problem("a value", "absent", f"{resource.at}/meta/{name}")


@check("resource.location-inside", requires="res-19", applies=lambda view: bool(view.exchange.base_url))
def location_leads_to_the_server(view: View) -> Iterator[Problem]:
    """meta.location is an address that a client can use, not one of the inside of the server's network."""
    base = urlsplit(view.exchange.base_url)
    for resource in view.resources:
        meta = resource.canonical.get("meta")
        location = meta.get("location") if isinstance(meta, dict) else None
        if not isinstance(location, str):
            continue
        found = urlsplit(location)
        if not found.hostname or _same_host(found.hostname, base.hostname or ""):
            continue
        if _is_inside(found.hostname):
            yield Problem(f"an address below {view.exchange.base_url}", location, f"{resource.at}/meta/location")


def _same_host(one: str, other: str) -> bool:
    return one == other or (_is_loopback(one) and _is_loopback(other))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _is_inside(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return "." not in host or host.rpartition(".")[2] in _INSIDE


@check(
    "resource.location",
    requires="res-19",
    applies=lambda view: view.response.headers.get("Content-Location") is not None,
)
def location_is_the_content_location(view: View) -> Iterator[Problem]:
    """meta.location is the Content-Location of the answer."""
    if len(view.resources) != 1 or view.resources[0].at:
        return
    header = view.response.headers.get("Content-Location")
    meta = view.resources[0].canonical.get("meta")
    location = meta.get("location") if isinstance(meta, dict) else None
    if location is not None and location != header:
        yield Problem(str(header), show(location, 120), "/meta/location")
