"""RFC 7643 §3.1: that what a server says of a resource in `meta` is so."""

from collections.abc import Iterator
from urllib.parse import unquote, urlsplit

from scimctl.checks.context import Resource, View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import Json, show
from scimctl.scim import urns
from scimctl.scim.values import parse_date_time

_NAMES = {urns.USER: "User", urns.GROUP: "Group", urns.SERVICE_PROVIDER_CONFIG: "ServiceProviderConfig"}


def ends_with(address: str, identifier: str) -> bool:
    """Whether an address is that of the resource with this id, as far as its last segment tells."""
    return unquote(urlsplit(address).path.rstrip("/")).endswith("/" + identifier)


def _meta(resource: Resource) -> dict[str, Json]:
    meta = resource.canonical.get("meta")
    return meta if isinstance(meta, dict) else {}


def _has_users_or_groups(view: View) -> bool:
    return any(resource.kind is not None and resource.kind.base.id in _NAMES for resource in view.resources)


@check("meta.resource-type", requires="post-06", applies=_has_users_or_groups)
def resource_type_is_its_own(view: View) -> Iterator[Problem]:
    """meta.resourceType is the name of the resource's type."""
    for resource in view.resources:
        name = None if resource.kind is None else _NAMES.get(resource.kind.base.id)
        told = _meta(resource).get("resourceType")
        if name is not None and told is not None and told != name:
            yield Problem(name, show(told, 60), f"{resource.at}/meta/resourceType")


@check("meta.location-id", requires="res-19", applies=_has_users_or_groups)
def location_ends_with_the_id(view: View) -> Iterator[Problem]:
    """meta.location is the address of the resource that has it."""
    for resource in view.resources:
        location, identifier = _meta(resource).get("location"), resource.canonical.get("id")
        if isinstance(location, str) and isinstance(identifier, str) and not ends_with(location, identifier):
            yield Problem(
                f"an address that ends with /{identifier}", show(location, 120), f"{resource.at}/meta/location"
            )


def _is_creation(view: View) -> bool:
    created = view.exchange.request.method == "POST" and view.response.status == 201
    return created and view.on_collection and view.is_whole and bool(view.resources)


@check("meta.created", requires="res-17", applies=_is_creation)
def new_resource_was_changed_when_it_was_created(view: View) -> Iterator[Problem]:
    """A resource that has just been created was last changed at the time of its creation."""
    for resource in view.resources:
        meta = _meta(resource)
        created, modified = (_moment(meta.get(name)) for name in ("created", "lastModified"))
        if created is not None and modified is not None and created != modified:
            yield Problem(show(meta["created"], 60), show(meta["lastModified"], 60), f"{resource.at}/meta/lastModified")


def _moment(value: Json) -> object:
    return parse_date_time(value) if isinstance(value, str) else None
