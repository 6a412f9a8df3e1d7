"""Faults of creating resources."""

from dataclasses import replace

from scimctl.exchange import Headers, Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim.attributes import Resource, get
from scimctl.scim.schema import Attribute, ResourceType, Schema
from scimctl.scim.values import fold, user_name
from scimctl.server.faults.exchanges import (
    content,
    error,
    is_on,
    is_within,
    overwrite,
    with_attribute,
    with_content,
)
from scimctl.server.faults.registry import Beneath, fault
from scimctl.server.faults.stored import made, record_of, refused
from scimctl.server.store import EMAIL, Record


@fault("create-200")
def create_200(server: Beneath, request: Request) -> Response:
    response = server(request)
    return replace(response, status=200) if _creates(request) and response.status == 201 else response


@fault("create-returns-wrong-id")
def create_returns_wrong_id(server: Beneath, request: Request) -> Response:
    response = server(request)
    if not _creates(request) or response.status != 201:
        return response
    body = content(response)
    return with_content(response, body | {"id": f"{body.get('id')}0"})


@fault("duplicate-accepted")
def duplicate_accepted(server: Beneath, request: Request) -> Response:
    if not _creates(request) and not is_within(request, "/Users", "PUT", "PATCH"):
        return server(request)
    with server.service.store.transaction():
        response = server(request)
        if response.status != 409:
            return response
        # Who has the name already gives it up for as long as the request takes. An update of one of two users of one
        # name has to work as well: without this it would be refused for the name that both have.
        twins = _of_same_name(server, request)
        for twin in twins:
            overwrite(server, twin, {"userName": f"twin {twin.id}"})
        response = server(request)
        for twin in twins:
            server.service.store.put(twin)
        return response


@fault("create-active-ignored")
def create_active_ignored(server: Beneath, request: Request) -> Response:
    switched_off = _creates(request) and get(content(request), "active") is False
    return server(with_attribute(request, "active", True) if switched_off else request)


@fault("create-upserts")
def create_upserts(server: Beneath, request: Request) -> Response:
    response = server(request)
    if not _creates(request) or response.status != 409:
        return response
    body = content(request)
    for record in _of_same_name(server, request):
        query = f"?{request.query}" if request.query else ""
        updated = server.ask("PUT", f"/Users/{record.id}{query}", body)
        location = updated.headers.get("Content-Location")
        if updated.status == 200 and location is not None:
            headers = Headers((("Location", location), *updated.headers))
            return replace(updated, status=201, headers=headers)
    return response


@fault("duplicate-500")
def duplicate_500(server: Beneath, request: Request) -> Response:
    response = server(request)
    is_duplicate = _creates(request) and response.status == 409
    return error(500, "duplicate key value violates unique constraint users_username") if is_duplicate else response


@fault("externalId-dropped")
def external_id_dropped(server: Beneath, request: Request) -> Response:
    response = server(request)
    stored = made(server, request, response) if _creates(request) else None
    if is_within(request, "/Users", "PUT", "PATCH") and response.status == 200:
        stored = record_of(server, request)
    if stored is None or "externalId" not in stored.resource:
        return response
    overwrite(server, stored, {"externalId": None})
    body = content(response)
    body.pop("externalId", None)
    return with_content(response, body)


@fault("create-active-omitted-inactive")
def create_active_omitted_inactive(server: Beneath, request: Request) -> Response:
    body = content(request)
    left_out = _creates(request) and body and get(body, "active") is None
    return server(with_attribute(request, "active", False) if left_out else request)


@fault("create-inactive-rejected")
def create_inactive_rejected(server: Beneath, request: Request) -> Response:
    if not _creates(request) or get(content(request), "active") is not False:
        return server(request)
    return refused(server, request, error(400, "a new user has to be active", "invalidValue"))


@fault("create-without-name-500")
def create_without_name_500(server: Beneath, request: Request) -> Response:
    if not _creates(request) or get(content(request), "name") is not None:
        return server(request)
    return refused(server, request, error(500, "NullPointerException: name"))


@fault("externalId-required")
def external_id_required(server: Beneath, request: Request) -> Response:
    if not _creates(request) or get(content(request), "externalId") is not None:
        return server(request)
    return refused(server, request, error(400, "externalId is required", "invalidValue"))


@fault("uniqueness-keyed-on-email")
def uniqueness_by_email(server: Beneath, request: Request) -> Response:
    email = _first_email(content(request)) if _creates(request) else None
    if email is None:
        return server(request)
    with_it = server.service.store.find("User", EMAIL, email)
    if all(_first_email(record.resource) != email for record in with_it):
        return server(request)
    return refused(server, request, error(409, "the e-mail address is taken by another user", "uniqueness"))


@fault("unknown-attribute-rejected")
def unknown_attribute_rejected(server: Beneath, request: Request) -> Response:
    kind = server.service.kinds.get("User")
    unknown = _unknown(content(request), kind) if kind is not None and _creates(request) else None
    if unknown is None:
        return server(request)
    return refused(server, request, error(400, f"unrecognized field {unknown[:100]!r}", "invalidSyntax"))


def _creates(request: Request) -> bool:
    return is_on(request, "/Users", "POST")


def _of_same_name(server: Beneath, request: Request) -> list[Record]:
    """The users whose name stands in the way: of a POST the name sent, of an update the name that the user has."""
    own = record_of(server, request) if is_within(request, "/Users", "PUT", "PATCH") else None
    body = content(request) if _creates(request) else {}
    name = own.resource.get("userName") if own is not None else get(body, "userName")
    if not isinstance(name, str):
        return []
    found = server.service.store.find("User", "userName", user_name(name))
    return [record for record in found if own is None or record.id != own.id]


def _first_email(user: Resource) -> str | None:
    emails = get(user, "emails")
    first = emails[0] if isinstance(emails, list) and emails else None
    value = get(first, "value") if isinstance(first, dict) else None
    return fold(value) if isinstance(value, str) else None


def _unknown(body: Resource, kind: ResourceType) -> str | None:
    """The first name in a resource that no schema has."""
    for key, value in body.items():
        extension = kind.extension(key) if ":" in key else None
        holder = extension or kind.attribute(key)
        if holder is None:
            return key
        unknown = next((name for each in _objects(value) for name in each if not _has(holder, name)), None)
        if unknown is not None:
            return unknown
    return None


def _objects(value: Json) -> list[Resource]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, dict)]


def _has(holder: Schema | Attribute, name: str) -> bool:
    return (holder.attribute(name) if isinstance(holder, Schema) else holder.sub(name)) is not None
