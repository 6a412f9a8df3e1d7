"""Faults of header fields and media types."""

from dataclasses import replace
from urllib.parse import urlsplit

from scimctl.exchange import Headers, Request, Response
from scimctl.server import routes
from scimctl.server.faults.exchanges import bare, error, is_on
from scimctl.server.faults.queries import asked, collection
from scimctl.server.faults.registry import Beneath, fault

_SIGN_IN = b"<!DOCTYPE html>\n<html><head><title>Sign in</title></head><body><h1>Sign in</h1></body></html>\n"


@fault("scim-json-415")
def scim_json_415(server: Beneath, request: Request) -> Response:
    return _unread(server, request, "application/scim+json")


@fault("json-content-type-rejected")
def json_415(server: Beneath, request: Request) -> Response:
    return _unread(server, request, "application/json")


@fault("html-200")
def html_200(server: Beneath, request: Request) -> Response:
    response = server(request)
    is_listing = request.method == "GET" and collection(request) is not None and "filter" not in asked(request)
    is_elsewhere = response.status == 404 and routes.find(request.path, server.service.kinds) is None
    if response.status != 401 and not is_elsewhere and not (is_listing and response.status == 200):
        return response
    return bare(request, Response(200, Headers((("Content-Type", "text/html; charset=utf-8"),)), _SIGN_IN))


@fault("accept-json-406")
def accept_json_406(server: Beneath, request: Request) -> Response:
    response = server(request)
    accepted = _media_types(request.headers.get("Accept"))
    asks_json = request.method == "GET" and "application/json" in accepted and "application/scim+json" not in accepted
    refused = asks_json and accepted.isdisjoint({"*/*", "application/*"}) and response.status == 200
    return error(406, "this server answers with application/scim+json") if refused else response


@fault("location-header-differs")
def location_differs(server: Beneath, request: Request) -> Response:
    response = server(request)
    location = response.headers.get("Location")
    if not is_on(request, "/Users", "POST") or location is None:
        return response
    base = urlsplit(server.base_url)
    shortened = f"{base.scheme}://{base.netloc}{location.removeprefix(server.base_url.rstrip('/'))}"
    return replace(response, headers=response.headers.with_field("Location", shortened))


def _unread(server: Beneath, request: Request, media_type: str) -> Response:
    """415 for a body of that media type, where the server would read one."""
    if media_type not in _media_types(request.headers.get("Content-Type")):
        return server(request)
    # Of a type that it does not know, the server looks at everything but the body, and does nothing.
    headers = request.headers.with_field("Content-Type", "text/plain")
    response = server(replace(request, headers=headers))
    return error(415, f"the media type {media_type} is not supported") if response.status == 415 else response


def _media_types(field: str | None) -> set[str]:
    return {each.partition(";")[0].strip().lower() for each in (field or "").split(",")}
