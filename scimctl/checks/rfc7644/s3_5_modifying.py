"""RFC 7644 §3.5: the answers to PUT and PATCH."""

from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import show
from scimctl.scim.attributes import get


def _done(view: View, method: str) -> bool:
    return view.exchange.request.method == method and not view.on_collection and view.succeeded


@check("put.answer", requires="put-07", applies=lambda view: _done(view, "PUT"))
def replaced_resource_comes_back(view: View) -> Iterator[Problem]:
    """A successful PUT is answered with 200 and the whole resource."""
    if view.response.status != 200:
        yield Problem("200 OK", f"{view.response.status} {view.response.reason}".strip())
    elif not isinstance(view.body, dict) or not get(view.body, "id"):
        yield Problem("the whole resource", view.not_json or show(view.body, 60))


@check("patch.answer", requires="patch-06", applies=lambda view: _done(view, "PATCH"))
def patched_resource_comes_back_or_nothing(view: View) -> Iterator[Problem]:
    """A successful PATCH is answered with 200 and the whole resource, or with 204."""
    if view.response.status not in (200, 204):
        yield Problem("200 or 204", f"{view.response.status} {view.response.reason}".strip())
    elif view.response.status == 200 and (not isinstance(view.body, dict) or not get(view.body, "id")):
        yield Problem("the whole resource", view.not_json or show(view.body, 60))


@check(
    "modify.id",
    requires="res-09",
    applies=lambda view: (_done(view, "PUT") or _done(view, "PATCH")) and bool(view.resources) and view.is_whole,
)
def modified_resource_keeps_its_id(view: View) -> Iterator[Problem]:
    """The answer to a PUT or PATCH is about the resource that was addressed."""
    addressed = view.exchange.request.path.rstrip("/").rpartition("/")[2]
    identifier = get(view.resources[0].sent, "id")
    # An id that needed encoding is compared by the server's own spelling elsewhere.
    if "%" not in addressed and identifier is not None and str(identifier) != addressed:
        yield Problem(addressed, show(identifier, 80), "/id")
