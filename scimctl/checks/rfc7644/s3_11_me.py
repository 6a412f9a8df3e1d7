"""RFC 7644 §3.11: /Me stands for the user of the credentials."""

from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import show


def _is_me(view: View) -> bool:
    return view.exchange.request.path == "/Me" and view.succeeded and bool(view.resources)


@check("me.location", requires="me-03", applies=_is_me)
def me_names_the_users_own_address(view: View) -> Iterator[Problem]:
    """An answer of /Me names the user's own address in Location."""
    location = view.response.headers.get("Location")
    if location is None:
        yield Problem("a Location header", "absent")
    elif location.rstrip("/").rpartition("/")[2].lower() == "me":
        yield Problem("the address of the user", show(location, 120))
