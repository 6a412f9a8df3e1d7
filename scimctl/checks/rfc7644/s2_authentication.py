"""RFC 7644 §2: who may ask."""

from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem


@check("auth.www-authenticate", requires="auth-01", applies=lambda view: view.response.status == 401)
def unauthorized_names_a_scheme(view: View) -> Iterator[Problem]:
    """A 401 answer names the authentication schemes in WWW-Authenticate."""
    if not (view.response.headers.get("WWW-Authenticate") or "").strip():
        yield Problem("a WWW-Authenticate header", "absent")
