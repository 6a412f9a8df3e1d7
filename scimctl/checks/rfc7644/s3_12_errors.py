"""RFC 7644 §3.12: what an error answer looks like."""

from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import show
from scimctl.scim.urns import ERROR

# Table 9 of the section, and the three of RFC 9865 §2.1.
_SCIM_TYPES = frozenset(
    [
        "invalidFilter",
        "tooMany",
        "uniqueness",
        "mutability",
        "invalidSyntax",
        "invalidPath",
        "noTarget",
        "invalidValue",
        "invalidVers",
        "sensitive",
        "invalidCursor",
        "expiredCursor",
        "invalidCount",
    ]
)


def _is_error(view: View) -> bool:
    # HEAD has no body to judge; 501 and the like carry one as any error does.
    return view.failed and view.exchange.request.method != "HEAD"


def _is_error_object(view: View) -> bool:
    return _is_error(view) and isinstance(view.body, dict)


@check("error.body", requires="err-01", applies=_is_error)
def error_has_a_json_body(view: View) -> Iterator[Problem]:
    """An error answer has a JSON object as its body."""
    if not view.response.body:
        yield Problem("a SCIM Error in JSON", "an empty body")
    elif view.not_json:
        yield Problem("a SCIM Error in JSON", f"{view.response.media_type or 'no media type'}: {view.not_json}")
    elif not isinstance(view.body, dict):
        yield Problem("a SCIM Error in JSON", show(view.body, 80))


def _is_redirect(view: View) -> bool:
    return view.response.status in (301, 302, 303, 307, 308)


@check("http.redirect", requires="http-12", applies=_is_redirect)
def redirect_repeats_the_request(view: View) -> Iterator[Problem]:
    """A redirect says where to, and lets the client repeat the same request there."""
    # A client may make a GET of anything that was redirected by 301, 302 or 303 (RFC 9110 §15.4).
    if view.exchange.request.method not in ("GET", "HEAD") and view.response.status < 307:
        yield Problem("307 or 308", f"{view.response.status} {view.response.reason}")
    if not view.response.headers.get("Location"):
        yield Problem("a Location header", "absent")


@check(
    "http.redirect-secure",
    requires="auth-05",
    applies=lambda view: _is_redirect(view) and view.exchange.base_url.startswith("https:"),
)
def redirect_leads_to_a_secured_transport(view: View) -> Iterator[Problem]:
    """A redirect does not lead a client and its token from a secured transport to an open one."""
    location = view.response.headers.get("Location") or ""
    if location.lower().startswith("http:"):
        yield Problem("an https address", show(location, 120))


@check("error.schemas", requires="err-02", applies=_is_error_object)
def error_names_its_schema(view: View) -> Iterator[Problem]:
    """An error answer names the Error message schema."""
    assert isinstance(view.body, dict)
    schemas = view.body.get("schemas")
    if not isinstance(schemas, list) or ERROR not in schemas:
        yield Problem(show([ERROR]), "absent" if schemas is None else show(schemas, 120), "/schemas")


@check("error.status", requires="err-03", applies=_is_error_object)
def error_repeats_the_status_as_a_string(view: View) -> Iterator[Problem]:
    """An error answer repeats the HTTP status as a JSON string."""
    assert isinstance(view.body, dict)
    status = view.body.get("status")
    if status != str(view.response.status):
        expected = show(str(view.response.status))
        yield Problem(expected, "absent" if status is None else show(status, 60), "/status")


def _has_scim_type(view: View) -> bool:
    return _is_error_object(view) and isinstance(view.body, dict) and view.body.get("scimType") is not None


@check("error.scim-type", requires="err-04", applies=_has_scim_type)
def scim_type_is_a_known_keyword(view: View) -> Iterator[Problem]:
    """An error's scimType is one of the defined keywords."""
    assert isinstance(view.body, dict)
    value = view.body.get("scimType")
    if value not in _SCIM_TYPES:
        yield Problem("a keyword of RFC 7644 Table 9", show(value, 60), "/scimType")


@check("error.in-status", requires="http-08", applies=lambda view: view.succeeded and isinstance(view.body, dict))
def an_error_shows_in_the_status(view: View) -> Iterator[Problem]:
    """No answer tells of an error under a status of success."""
    schemas = view.body.get("schemas") if isinstance(view.body, dict) else None
    if isinstance(schemas, list) and ERROR in schemas:
        yield Problem("a status of 400 or more", f"{view.response.status} {view.response.reason}".strip())


@check("error.retry-after", requires="err-08", applies=lambda view: view.response.status == 429)
def too_many_requests_says_how_long_to_wait(view: View) -> Iterator[Problem]:
    """An answer of too many requests says how long to wait."""
    if view.response.headers.get("Retry-After") is None:
        yield Problem("a Retry-After header", "absent")


@check("http.no-server-error", requires="err-06", applies=lambda view: True)
def no_server_error(view: View) -> Iterator[Problem]:
    """No request makes the server fail with 5xx."""
    if view.response.status >= 500 and view.response.status != 501:
        yield Problem("an answer below 500, or 501", f"{view.response.status} {view.response.reason}".strip())
