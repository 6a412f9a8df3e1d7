"""RFC 7644 §3.6: the answer to a DELETE."""

from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem


@check(
    "delete.status",
    requires="del-01",
    applies=lambda view: view.exchange.request.method == "DELETE" and view.succeeded,
)
def deleted_is_204(view: View) -> Iterator[Problem]:
    """A successful DELETE is answered with 204."""
    if view.response.status != 204:
        yield Problem("204 No Content", f"{view.response.status} {view.response.reason}".strip())
