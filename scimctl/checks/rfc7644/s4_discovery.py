"""RFC 7644 §4: what the server says of itself."""

from collections.abc import Callable, Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import show
from scimctl.scim.schema import Attribute, Schema, SchemaError
from scimctl.scim.urns import SERVICE_PROVIDER_CONFIG


def _asks(path: str) -> Callable[[View], bool]:
    def applies(view: View) -> bool:
        request = view.exchange.request
        return request.method == "GET" and request.target == path and view.response.status not in (401, 403)

    return applies


def _unreadable(view: View) -> Problem | None:
    """The problem of a discovery answer that is not 200 with a JSON object."""
    if view.response.status != 200:
        return Problem("200 OK", f"{view.response.status} {view.response.reason}".strip())
    if not isinstance(view.body, dict):
        return Problem("a JSON object", view.not_json or show(view.body, 60))
    return None


@check("discovery.provider-config", requires="spc-01", applies=_asks("/ServiceProviderConfig"))
def provider_config_is_there(view: View) -> Iterator[Problem]:
    """/ServiceProviderConfig describes the server."""
    problem = _unreadable(view)
    if problem is not None:
        yield problem
        return
    assert isinstance(view.body, dict)
    schemas = view.body.get("schemas")
    if not isinstance(schemas, list) or SERVICE_PROVIDER_CONFIG not in schemas:
        yield Problem(show([SERVICE_PROVIDER_CONFIG]), show(schemas, 120), "/schemas")


def _listed(view: View, identifier: str) -> Iterator[Problem]:
    problem = _unreadable(view)
    if problem is not None:
        yield problem
        return
    assert isinstance(view.body, dict)
    resources = view.body.get("Resources")
    if not isinstance(resources, list) or not resources:
        yield Problem("a ListResponse with every one", show(resources, 80), "/Resources")
        return
    for index, resource in enumerate(resources):
        value = resource.get(identifier) if isinstance(resource, dict) else None
        if not isinstance(value, str) or not value:
            yield Problem("a non-empty string", show(value, 60), f"/Resources/{index}/{identifier}")


@check("discovery.resource-types", requires="rt-01", applies=_asks("/ResourceTypes"))
def resource_types_are_listed(view: View) -> Iterator[Problem]:
    """/ResourceTypes lists the resource types."""
    yield from _listed(view, "name")


@check("discovery.schemas", requires="sch-01", applies=_asks("/Schemas"))
def schemas_are_listed(view: View) -> Iterator[Problem]:
    """/Schemas lists the schemas."""
    yield from _listed(view, "id")


@check(
    "discovery.schema-agrees", requires="sch-09", applies=lambda view: _asks("/Schemas")(view) and bool(view.resources)
)
def announced_types_are_the_rfcs(view: View) -> Iterator[Problem]:
    """The announced core and enterprise schemas give their attributes the types of RFC 7643."""
    for resource in view.resources:
        ours = view.context.bundled.get(str(resource.sent.get("id")))
        if ours is None:
            continue
        try:
            announced = Schema.from_json(resource.sent)
        except SchemaError:
            # What is no definition at all is found by the checks of types and of required values.
            continue
        for path, expected, actual in _differences(ours.attributes, announced.attributes, ""):
            yield Problem(f"{path}: {expected}", actual, resource.at)


def _differences(
    ours: tuple[Attribute, ...], announced: tuple[Attribute, ...], prefix: str
) -> Iterator[tuple[str, str, str]]:
    theirs = {attribute.name.lower(): attribute for attribute in announced}
    for attribute in ours:
        other = theirs.get(attribute.name.lower())
        if other is None:
            continue
        expected, actual = _kind(attribute), _kind(other)
        if expected != actual:
            yield prefix + attribute.name, expected, actual
        else:
            yield from _differences(attribute.sub_attributes, other.sub_attributes, f"{prefix}{attribute.name}.")


def _kind(attribute: Attribute) -> str:
    return f"{attribute.type.value}{', multi-valued' if attribute.multi_valued else ''}"
