"""RFC 7644 §3.8 and §8.1: JSON in, JSON out, under its own media type."""

from codecs import BOM_UTF8
from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import duplicate_keys
from scimctl.scim.urns import ERROR


def _has_body(view: View) -> bool:
    return bool(view.response.body) and view.response.status not in (204, 304)


@check("http.json", requires="http-01", applies=lambda view: view.succeeded and _has_body(view))
def successful_body_is_json(view: View) -> Iterator[Problem]:
    """The body of a successful answer is JSON."""
    if view.not_json:
        yield Problem("a JSON document", f"{view.response.media_type or 'no media type'}: {view.not_json}")


def _has_scim_body(view: View) -> bool:
    """Whether the answer has what SCIM defines: of errors, those that a gateway made of itself are not meant."""
    schemas = view.body.get("schemas") if view.failed and isinstance(view.body, dict) else None
    return _has_body(view) and (view.succeeded or (isinstance(schemas, list) and ERROR in schemas))


@check("http.media-type", requires="http-03", applies=_has_scim_body)
def media_type_is_scim(view: View) -> Iterator[Problem]:
    """An answer with a body says application/scim+json, or application/json to a client that asks for that."""
    accepted = (view.exchange.request.headers.get("Accept") or "").lower()
    # A server should support a client that accepts no other JSON (RFC 7644 §3.8).
    plain = "application/json" in accepted and "application/scim+json" not in accepted
    if view.response.media_type not in ("application/scim+json", *(["application/json"] if plain else [])):
        yield Problem("application/scim+json", view.response.media_type or "no Content-Type")


@check("http.no-body", requires="http-10", applies=lambda view: view.response.status in (204, 304))
def bodiless_status_has_no_body(view: View) -> Iterator[Problem]:
    """An answer with 204 or 304 has no body."""
    if view.response.body:
        yield Problem("no body", f"{len(view.response.body)} bytes")


@check("http.duplicate-keys", requires="http-10", applies=lambda view: _has_body(view) and not view.not_json)
def no_key_twice(view: View) -> Iterator[Problem]:
    """No JSON object in an answer has one name twice."""
    twice = duplicate_keys(view.response.body)
    if twice:
        yield Problem("every name once", f"`{twice[0]}` twice")


@check("http.byte-order-mark", requires="http-01", applies=lambda view: _has_body(view) and not view.not_json)
def no_byte_order_mark(view: View) -> Iterator[Problem]:
    """No JSON of an answer, be it an error, begins with a byte order mark."""
    # JSON is to be as RFC 7159 has it (RFC 7644 §3.8), which forbids the mark (§8.1, as RFC 8259 does).
    if view.response.body.startswith(BOM_UTF8):
        yield Problem("JSON from the first byte on", "a byte order mark before it")
