"""Faults of replacing resources with PUT."""

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim import urns
from scimctl.scim.attributes import get
from scimctl.scim.errors import ScimError
from scimctl.scim.schema import Mutability
from scimctl.server import actions
from scimctl.server.answers import Call, refusal
from scimctl.server.faults.exchanges import (
    content,
    error,
    is_within,
    overwrite,
    with_attribute,
    with_each,
)
from scimctl.server.faults.patches import Part, kind_of, performed
from scimctl.server.faults.registry import Beneath, fault
from scimctl.server.faults.stored import as_stored, left, members_of, record_of, refused
from scimctl.server.paths import segments
from scimctl.server.store import Record


@fault("put-groups-changes-membership")
def put_groups_changes_membership(server: Beneath, request: Request) -> Response:
    response = server(request)
    listed = get(content(request), "groups")
    record = record_of(server, request)
    if not is_within(request, "/Users", "PUT") or response.status != 200 or record is None:
        return response
    if not isinstance(listed, list):
        return response
    wanted = {str(entry.get("value")) for entry in listed if isinstance(entry, dict)}
    for group in server.service.store.groups_of(record.id):
        if group.id not in wanted:
            kept: list[Json] = [entry for entry in members_of(group) if entry["value"] != record.id]
            left(server, group, {"members": kept or None})
    return as_stored(server, request, response)


@fault("put-unsupported")
def put_unsupported(server: Beneath, request: Request) -> Response:
    if is_within(request, "/Users", "PUT") or is_within(request, "/Groups", "PUT"):
        return refused(server, request, error(501, "PUT is not supported"))
    return server(request)


@fault("put-without-active-deactivates")
def put_without_active_deactivates(server: Beneath, request: Request) -> Response:
    body = content(request)
    if is_within(request, "/Users", "PUT") and body and get(body, "active") is None:
        return server(with_attribute(request, "active", False))
    return server(request)


@fault("username-change-ignored")
def username_change_ignored(server: Beneath, request: Request) -> Response:
    record = record_of(server, request)
    if not is_within(request, "/Users", "PUT", "PATCH") or record is None:
        return server(request)
    kept = record.resource.get("userName")

    def change(part: Part) -> Part:
        named = part.attribute == "userName" and isinstance(part.value, str) and part.value.strip()
        return part.with_(value=kept) if named else part

    if request.method == "PATCH":
        return performed(server, request, change)
    sent = get(content(request), "userName")
    named = isinstance(sent, str) and sent.strip()
    return server(with_attribute(request, "userName", kept) if named else request)


@fault("put-creates")
def put_creates(server: Beneath, request: Request) -> Response:
    response = server(request)
    kind = kind_of(server, request)
    parts = segments(request.path) or ()
    if not is_within(request, "/Users", "PUT") or response.status != 404 or kind is None or len(parts) != 2:
        return response
    if server.service.store.find_member(parts[1]) is not None:
        # It is the id of a group: two resources with one id would be another fault.
        return response
    call = Call(request=request, base_url=server.base_url.rstrip("/"), kind=kind, new_id=parts[1])
    try:
        return actions.create(server.service, call)
    except ScimError as refused_:
        return refusal(refused_)


@fault("put-immutable-changed")
def put_immutable_changed(server: Beneath, request: Request) -> Response:
    record = record_of(server, request)
    if request.method != "PUT" or record is None:
        return _with_types(server, server(request))
    response = server(request)
    if response.status == 200 and record.kind == "Group":
        _note_types(server, request, record)
    if response.status == 400 and content(response).get("scimType") == "mutability":
        # What is not there may be set: without the old value the new one is let in.
        kind = server.service.kinds[record.kind]
        fixed = [one.name for one in kind.base.attributes if one.mutability is Mutability.IMMUTABLE]
        emptied = overwrite(server, record, dict.fromkeys(fixed))
        response = server(request)
        if response.status != 200:
            overwrite(server, emptied, record.resource)
    return _with_types(server, response)


def _note_types(server: Beneath, request: Request, record: Record) -> None:
    """Keeps the types that a PUT gives to members that the group has already: `type` is immutable."""
    before = {entry["value"] for entry in members_of(record)}
    sent = get(content(request), "members")
    for entry in sent if isinstance(sent, list) else ():
        given = get(entry, "type") if isinstance(entry, dict) else None
        value = get(entry, "value") if isinstance(entry, dict) else None
        if isinstance(given, str) and isinstance(value, str) and value in before:
            server.memory[f"{record.id} {value}"] = given


def _with_types(server: Beneath, response: Response) -> Response:
    def typed(group: dict[str, Json]) -> dict[str, Json]:
        members = group.get("members")
        for entry in members if isinstance(members, list) else ():
            if isinstance(entry, dict) and "type" in entry:
                entry["type"] = server.memory.get(f"{group.get('id')} {entry.get('value')}", entry["type"])
        return group

    return with_each(response, urns.GROUP, typed) if server.memory else response
