"""Faults of what is accepted and stored of a resource: booleans, nulls, empty texts, flags, times."""

from collections.abc import Mapping
from urllib.parse import quote
from uuid import uuid4

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim import urns
from scimctl.scim.attributes import get
from scimctl.scim.schema import Attribute, ResourceType, Schema
from scimctl.server.faults.exchanges import content, error, is_on, is_within, overwrite, with_attribute, with_content
from scimctl.server.faults.patches import kind_of
from scimctl.server.faults.registry import Beneath, fault
from scimctl.server.faults.stored import as_stored, made, record_of, refused
from scimctl.server.store import Record


def _is_whole(request: Request) -> bool:
    """Whether this creates or replaces a user or a group."""
    return any(is_on(request, each, "POST") or is_within(request, each, "PUT") for each in ("/Users", "/Groups"))


def _written_user(server: Beneath, request: Request, response: Response, *methods: str) -> Record | None:
    """The user that a request has just written by one of the methods; None when it has not."""
    if request.method not in methods:
        return None
    if is_on(request, "/Users", "POST"):
        return made(server, request, response)
    done = is_within(request, "/Users", "PUT", "PATCH") and response.status == 200
    return record_of(server, request) if done else None


@fault("boolean-false-stored-as-true")
def boolean_false_stored_as_true(server: Beneath, request: Request) -> Response:
    response = server(request)
    user = _written_user(server, request, response, "POST", "PUT")
    if user is None:
        return response
    overwrite(server, user, {name: _all_true(value) for name, value in user.resource.items()})
    return as_stored(server, request, response)


def _all_true(value: Json) -> Json:
    if isinstance(value, list):
        return [_all_true(entry) for entry in value]
    if isinstance(value, dict):
        return {name: _all_true(inner) for name, inner in value.items()}
    return True if value is False else value


@fault("groups-attribute-writable")
def groups_attribute_writable(server: Beneath, request: Request) -> Response:
    response = server(request)
    user = _written_user(server, request, response, "POST")
    groups = get(content(request), "groups")
    if user is None or not isinstance(groups, list):
        return response
    addition: Json = {"op": "add", "path": "members", "value": [{"value": user.id}]}
    for entry in groups:
        value = get(entry, "value") if isinstance(entry, dict) else None
        if isinstance(value, str):
            target = f"/Groups/{quote(value.encode('utf-8', 'replace'), safe='')}"
            server.ask("PATCH", target, {"schemas": [urns.PATCH_OP], "Operations": [addition]})
    return as_stored(server, request, response)


@fault("body-attrname-case-sensitive")
def body_attrname_case_sensitive(server: Beneath, request: Request) -> Response:
    kind = kind_of(server, request)
    body = content(request)
    if kind is None or not body or not _is_whole(request):
        return server(request)
    exact = _exact(body, kind)
    return server(request if exact == body else with_content(request, exact))


def _exact(body: Mapping[str, Json], holder: ResourceType | Schema | Attribute) -> dict[str, Json]:
    """The object without the members whose names are spelt in another case than the schema's."""
    out: dict[str, Json] = {}
    for name, value in body.items():
        extension = holder.extension(name) if isinstance(holder, ResourceType) else None
        attribute = holder.sub(name) if isinstance(holder, Attribute) else holder.attribute(name)
        known = extension or attribute
        spelling = name if known is None else known.id if isinstance(known, Schema) else known.name
        if spelling != name:
            continue
        if known is not None and isinstance(value, dict):
            value = _exact(value, known)
        elif known is not None and isinstance(value, list):
            value = [_exact(entry, known) if isinstance(entry, dict) else entry for entry in value]
        out[name] = value
    return out


@fault("lastModified-not-updated")
def last_modified_not_updated(server: Beneath, request: Request) -> Response:
    response = server(request)
    group = record_of(server, request)
    if not is_within(request, "/Groups", "PATCH") or response.status != 200 or group is None:
        return response
    meta = group.resource["meta"]
    assert isinstance(meta, dict)
    resource = group.resource | {"meta": {**meta, "lastModified": meta["created"]}}
    server.service.store.put(Record(kind=group.kind, id=group.id, version=group.version, resource=resource))
    return as_stored(server, request, response)


@fault("null-rejected")
def null_rejected(server: Beneath, request: Request) -> Response:
    null = next((name for name, value in content(request).items() if _has_null(value)), None)
    if null is None or not _is_whole(request):
        return server(request)
    return refused(server, request, error(400, f"{null[:100]} is null, which is not of its type", "invalidValue"))


def _has_null(value: Json) -> bool:
    if isinstance(value, dict):
        return any(map(_has_null, value.values()))
    return value is None or (isinstance(value, list) and any(map(_has_null, value)))


@fault("primary-flag-lost")
def primary_flag_lost(server: Beneath, request: Request) -> Response:
    response = server(request)
    user = _written_user(server, request, response, "POST", "PUT", "PATCH")
    lists = {name: value for name, value in user.resource.items() if isinstance(value, list)} if user else {}
    plain: dict[str, Json] = {name: [_without_primary(entry) for entry in value] for name, value in lists.items()}
    if user is None or plain == lists:
        return response
    overwrite(server, user, plain)
    return as_stored(server, request, response)


def _without_primary(entry: Json) -> Json:
    return {name: value for name, value in entry.items() if name != "primary"} if isinstance(entry, dict) else entry


@fault("required-empty-string")
def required_empty_string(server: Beneath, request: Request) -> Response:
    names = {"/Users": "userName", "/Groups": "displayName"}
    name = names.get(request.path) if request.method == "POST" else None
    value = get(content(request), name) if name is not None else None
    if name is None or not isinstance(value, str) or value.strip():
        return server(request)
    # The server beneath gets a name to be content with; the empty one takes its place afterwards.
    response = server(with_attribute(request, name, f"placeholder-{uuid4().hex}"))
    record = made(server, request, response)
    if record is None:
        return response
    overwrite(server, record, {name: value})
    return as_stored(server, request, response)


@fault("response-null-members")
def response_null_members(server: Beneath, request: Request) -> Response:
    before = record_of(server, request)
    if is_within(request, "/Users", "PUT", "PATCH") and before is not None and _has_null(before.resource):
        return refused(server, request, error(400, "null is not of type string", "invalidValue"))
    response = server(request)
    user = _written_user(server, request, response, "PATCH")
    if user is None:
        return response
    overwrite(server, user, {name: _with_nulls(server, name, value) for name, value in user.resource.items()})
    return as_stored(server, request, response)


def _with_nulls(server: Beneath, name: str, value: Json) -> Json:
    """The value with null for each sub-attribute that it does not have."""
    attribute = server.service.kinds["User"].base.attribute(name)
    absent: dict[str, Json] = {sub.name: None for sub in attribute.sub_attributes} if attribute is not None else {}
    if isinstance(value, list):
        return [absent | entry if isinstance(entry, dict) else entry for entry in value]
    return absent | value if isinstance(value, dict) else value
