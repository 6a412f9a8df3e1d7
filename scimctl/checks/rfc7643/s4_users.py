"""RFC 7643 §4.1: users."""

from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem


@check("user.password", requires="usr-04", applies=lambda view: bool(view.resources))
def password_never_comes_back(view: View) -> Iterator[Problem]:
    """No answer holds a password."""
    for resource in view.resources:
        if any(name.lower() == "password" and value is not None for name, value in resource.sent.items()):
            yield Problem("absent", "a value", f"{resource.at}/password")
