"""What Okta asks of answers beyond the RFCs (Okta's SPEC suite and support articles)."""

from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import show

_NUMBERS = ("totalResults", "startIndex", "itemsPerPage")


def _lists_what_okta_imports(view: View) -> bool:
    return view.listing is not None and view.exchange.request.path in ("/Users", "/Groups")


@check("okta.list-numbers", requires="okta-02", applies=_lists_what_okta_imports)
def paging_numbers_are_numbers(view: View) -> Iterator[Problem]:
    """totalResults, startIndex and itemsPerPage are JSON numbers."""
    assert view.listing is not None
    for name in _NUMBERS:
        value = view.listing.get(name, view.listing.get(name.lower()))
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            yield Problem("an integer", show(value, 60), f"/{name}")


@check(
    "okta.error-detail",
    requires="okta-23",
    applies=lambda view: view.response.status in (401, 404) and _about_users(view),
)
def error_says_why(view: View) -> Iterator[Problem]:
    """A 401 or 404 answer says why in `detail`."""
    detail = view.body.get("detail") if isinstance(view.body, dict) else None
    if not isinstance(detail, str) or not detail.strip():
        yield Problem("a non-empty string", "absent" if detail is None else show(detail, 60), "/detail")


def _about_users(view: View) -> bool:
    # The suite asserts it of users; an app without groups may answer /Groups as it likes.
    return view.exchange.request.path.startswith("/Users")
