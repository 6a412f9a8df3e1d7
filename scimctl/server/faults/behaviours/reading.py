"""Faults of reading resources, and of choosing attributes."""

import re
from dataclasses import replace
from typing import Any

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.server.faults.exchanges import (
    bare,
    content,
    error,
    is_list,
    is_within,
    parameters,
    with_content,
    with_parameters,
)
from scimctl.server.faults.queries import asked, asking, collection, resources
from scimctl.server.faults.registry import Beneath, fault

_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)


@fault("get-unknown-200")
def get_unknown_200(server: Beneath, request: Request) -> Response:
    response = server(request)
    unknown = is_within(request, "/Users", "GET") and response.status == 404
    return with_content(replace(response, status=200), {}) if unknown else response


@fault("get-malformed-id-400-500")
def get_malformed_id_500(server: Beneath, request: Request) -> Response:
    response = server(request)
    unknown = is_within(request, "/Users", "GET", "HEAD") and response.status == 404
    if not unknown or _UUID.fullmatch(request.path.rpartition("/")[2]):
        return response
    return bare(request, error(500, "invalid input syntax for type uuid"))


@fault("attributes-drops-id")
def attributes_drops_id(server: Beneath, request: Request) -> Response:
    response = server(request)
    wanted = _names(_asked_of(request).get("attributes"))
    if response.status != 200 or not wanted or "id" in wanted:
        return response
    if is_list(response):
        return with_content(response, content(response) | {"Resources": [_without_id(r) for r in resources(response)]})
    return with_content(response, _without_id(content(response)))


@fault("attributes-ignored")
def attributes_ignored(server: Beneath, request: Request) -> Response:
    return server(_not_asking(request, "attributes"))


@fault("excludedAttributes-ignored")
def excluded_attributes_ignored(server: Beneath, request: Request) -> Response:
    return server(_not_asking(request, "excludedAttributes"))


def _asked_of(request: Request) -> dict[str, Any]:
    """The parameters of a request to resources, to one or to a list of them; empty for any other request."""
    if collection(request) is not None:
        return asked(request)
    return parameters(request) if _is_on_one(request) else {}


def _not_asking(request: Request, name: str) -> Request:
    if name not in _asked_of(request):
        return request
    if collection(request) is not None:
        return asking(request, **{name: None})
    return with_parameters(request, **{name: None})


def _is_on_one(request: Request) -> bool:
    every = ("GET", "HEAD", "POST", "PUT", "PATCH")
    return any(
        is_within(request, place, *every) or (request.path == place and request.method == "POST")
        for place in ("/Users", "/Groups")
    )


def _names(value: Json) -> set[str]:
    named = value.split(",") if isinstance(value, str) else value if isinstance(value, list) else []
    return {name.strip().lower() for name in named if isinstance(name, str) and name.strip()}


def _without_id(resource: dict[str, Any]) -> dict[str, Json]:
    return {name: value for name, value in resource.items() if name != "id"}
