"""RFC 7644 §3.3: the answer to a create."""

from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import show


def _created(view: View) -> bool:
    request = view.exchange.request
    return request.method == "POST" and view.on_collection and request.path in ("/Users", "/Groups") and view.succeeded


@check("create.status", requires="post-01", applies=_created)
def created_is_201(view: View) -> Iterator[Problem]:
    """A successful create is answered with 201."""
    if view.response.status != 201:
        yield Problem("201 Created", f"{view.response.status} {view.response.reason}".strip())


@check("create.body", requires="post-02", applies=_created)
def created_resource_comes_back(view: View) -> Iterator[Problem]:
    """A successful create is answered with the new resource."""
    if not isinstance(view.body, dict) or not view.body:
        yield Problem("the created resource", view.not_json or show(view.body, 60))


@check("create.location", requires="post-03", applies=lambda view: _created(view) and bool(view.resources))
def created_resource_has_its_address(view: View) -> Iterator[Problem]:
    """A create gives the new address in Location and in meta.location, the same in both."""
    header = view.response.headers.get("Location")
    meta = view.resources[0].canonical.get("meta")
    location = meta.get("location") if isinstance(meta, dict) else None
    if not header:
        yield Problem("a Location header", "absent")
    elif location is None and not view.is_whole:
        # The client asked for other attributes than that one.
        return
    elif location is None:
        yield Problem(header, "absent", "/meta/location")
    elif location != header:
        yield Problem(f"the Location header's {header}", show(location, 120), "/meta/location")


def _conflict(view: View) -> bool:
    request = view.exchange.request
    return (
        request.method == "POST" and view.on_collection and view.response.status == 409 and isinstance(view.body, dict)
    )


@check("create.conflict", requires="post-04", applies=_conflict)
def conflict_says_uniqueness(view: View) -> Iterator[Problem]:
    """A create that is refused for a value already taken has the scimType uniqueness."""
    assert isinstance(view.body, dict)
    kind = view.body.get("scimType")
    if kind != "uniqueness":
        yield Problem("uniqueness", "absent" if kind is None else show(kind, 60), "/scimType")
