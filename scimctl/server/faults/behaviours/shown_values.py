"""Faults of how resources are shown: names, types and addresses in answers."""

from dataclasses import replace
from typing import Any

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim import urns
from scimctl.server.faults.exchanges import content, is_projected, is_within, with_content, with_each, without
from scimctl.server.faults.numbering import number_of, with_real_ids
from scimctl.server.faults.registry import Beneath, fault

_INTERNAL = "http://scim.internal:8080/scim/v2"
"""The address of the server as the proxy before it sees it."""


@fault("extension-key-not-urn")
def extension_key_not_urn(server: Beneath, request: Request) -> Response:
    def renamed(user: dict[str, Any]) -> dict[str, Any]:
        if urns.ENTERPRISE_USER in user:
            user["EnterpriseUser"] = user.pop(urns.ENTERPRISE_USER)
        return user

    return with_each(server(request), urns.USER, renamed)


@fault("active-missing-in-response")
def active_missing_in_response(server: Beneath, request: Request) -> Response:
    return with_each(server(request), urns.USER, lambda user: without(user, "active"))


@fault("name-subattributes-null")
def name_subattributes_null(server: Beneath, request: Request) -> Response:
    def filled(user: dict[str, Any]) -> dict[str, Any]:
        name = user.get("name")
        empty: dict[str, Json] = {"givenName": None, "familyName": None}
        return user | {"name": empty | (name if isinstance(name, dict) else {})}

    response = server(request)
    return response if is_projected(request) else with_each(response, urns.USER, filled)


@fault("id-integer")
def id_integer(server: Beneath, request: Request) -> Response:
    def numbered(user: dict[str, Any]) -> dict[str, Any]:
        return user | {"id": number_of(server, user["id"])} if isinstance(user.get("id"), str) else user

    return with_each(server(with_real_ids(server, request)), urns.USER, numbered)


@fault("member-value-integer")
def member_value_integer(server: Beneath, request: Request) -> Response:
    def numbered(group: dict[str, Any]) -> dict[str, Any]:
        members = group.get("members")
        for entry in members if isinstance(members, list) else ():
            if isinstance(entry, dict) and isinstance(entry.get("value"), str):
                entry["value"] = number_of(server, entry["value"])
        return group

    return with_each(server(with_real_ids(server, request)), urns.GROUP, numbered)


@fault("location-internal-host")
def location_internal_host(server: Beneath, request: Request) -> Response:
    response = server(request)
    base = server.base_url.rstrip("/")
    body = content(response)
    inside = _moved(body, base)
    headers = response.headers
    for name in ("Location", "Content-Location"):
        address = headers.get(name)
        if address is not None:
            headers = headers.with_field(name, _inside(address, base))
    response = replace(response, headers=headers)
    return response if inside == body else with_content(response, inside)


def _moved(value: Json, base: str) -> Json:
    if isinstance(value, list):
        return [_moved(entry, base) for entry in value]
    if not isinstance(value, dict):
        return value
    return {
        name: _inside(inner, base) if name in ("location", "$ref") and isinstance(inner, str) else _moved(inner, base)
        for name, inner in value.items()
    }


def _inside(address: str, base: str) -> str:
    return _INTERNAL + address.removeprefix(base) if address.startswith(f"{base}/") else address


@fault("location-relative")
def location_relative(server: Beneath, request: Request) -> Response:
    def cut(resource: dict[str, Any]) -> dict[str, Any]:
        meta = resource.get("meta")
        if isinstance(meta, dict) and isinstance(meta.get("location"), str):
            meta["location"] = meta["location"].removeprefix(server.base_url.rstrip("/") + "/")
        return resource

    return with_each(with_each(server(request), urns.USER, cut), urns.GROUP, cut)


@fault("meta-missing-after-update")
def meta_missing_after_update(server: Beneath, request: Request) -> Response:
    def cut(user: dict[str, Any]) -> dict[str, Any]:
        meta = user.get("meta")
        return user | {"meta": without(meta, "created", "lastModified")} if isinstance(meta, dict) else user

    response = server(request)
    return with_each(response, urns.USER, cut) if is_within(request, "/Users", "PUT", "PATCH") else response
