"""Faults of groups as whole resources: created, replaced, deleted, read, found."""

from typing import Any
from urllib.parse import quote

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim import urns
from scimctl.scim.attributes import get
from scimctl.scim.values import fold
from scimctl.server.faults.exchanges import (
    content,
    error,
    is_list,
    is_on,
    is_projected,
    is_within,
    overwrite,
    parameters,
    with_content,
    with_each,
    with_parameters,
    without,
)
from scimctl.server.faults.members import listed, lists_unknown
from scimctl.server.faults.patches import parts
from scimctl.server.faults.registry import Beneath, fault
from scimctl.server.faults.stored import as_stored, left, made, members_of, record_of, refused

_SHOWN = 100
"""How many members a group shows that shows too few."""


@fault("group-members-truncated")
def group_members_truncated(server: Beneath, request: Request) -> Response:
    def cut(group: dict[str, Any]) -> dict[str, Any]:
        members = group.get("members")
        return group | {"members": members[:_SHOWN]} if isinstance(members, list) else group

    beyond = {entry["value"] for entry in members_of(record_of(server, request))[_SHOWN:]}
    response = server(request)
    record = record_of(server, request)
    if is_within(request, "/Groups", "PATCH") and response.status == 200 and beyond and record is not None:
        # The change was made to the list as it is shown, and that list was stored.
        kept: list[Json] = [entry for entry in members_of(record) if entry["value"] not in beyond]
        overwrite(server, record, {"members": kept or None})
        response = as_stored(server, request, response)
    return with_each(response, urns.GROUP, cut)


@fault("group-put-self-conflict")
def group_put_self_conflict(server: Beneath, request: Request) -> Response:
    record = record_of(server, request)
    name = get(content(request), "displayName")
    if not is_within(request, "/Groups", "PUT") or record is None or not isinstance(name, str):
        return server(request)
    if fold(name) != fold(str(record.resource.get("displayName"))):
        return server(request)
    return refused(server, request, error(409, "a group with this name exists already", "uniqueness"))


@fault("put-group-drops-members")
def put_group_drops_members(server: Beneath, request: Request) -> Response:
    body = content(request)
    is_put = is_within(request, "/Groups", "PUT") and get(body, "members") is not None
    return server(with_content(request, without(body, "members")) if is_put else request)


@fault("group-create-members-not-stored")
def group_create_members_not_stored(server: Beneath, request: Request) -> Response:
    response = server(request)
    group = made(server, request, response) if is_on(request, "/Groups", "POST") else None
    if group is not None:
        overwrite(server, group, {"members": None})
    return response


@fault("group-put-membership-not-applied")
def group_put_membership_not_applied(server: Beneath, request: Request) -> Response:
    response = server(request)
    if is_within(request, "/Groups", "PUT") and response.status == 200:
        record = record_of(server, request)
        values = {entry["value"] for entry in members_of(record)}
        if record is not None:
            server.memory[record.id] = values

    def emptied(group: dict[str, Any]) -> dict[str, Any]:
        members, missing = group.get("members"), server.memory.get(str(group.get("id")), ())
        if not missing or not isinstance(members, list):
            return group
        kept = [entry for entry in members if not isinstance(entry, dict) or entry.get("value") not in missing]
        return group | {"members": kept} if kept else without(group, "members")

    return with_each(response, urns.GROUP, emptied) if server.memory else response


@fault("group-replace-non-atomic")
def group_replace_non_atomic(server: Beneath, request: Request) -> Response:
    response = server(request)
    record = record_of(server, request)
    if not is_within(request, "/Groups", "PUT", "PATCH") or response.status != 400 or record is None:
        return response
    sent = parts(server, request) if request.method == "PATCH" else []
    replaces = any(part.op == "replace" and part.attribute == "members" and part.is_whole for part in sent)
    if (replaces or request.method == "PUT") and lists_unknown(server, request):
        left(server, record, {"members": None})
    return response


@fault("groups-filter-displayname-missing")
def groups_filter_displayname_missing(server: Beneath, request: Request) -> Response:
    if is_on(request, "/Groups", "GET") and "displayname" in parameters(request).get("filter", "").lower():
        return server(with_parameters(request, filter=None))
    asked = get(content(request), "filter") if is_on(request, "/Groups/.search", "POST") else None
    if isinstance(asked, str) and "displayname" in asked.lower():
        return server(with_content(request, without(content(request), "filter")))
    return server(request)


@fault("put-group-members-immutable")
def put_group_members_immutable(server: Beneath, request: Request) -> Response:
    stored = {entry["value"] for entry in members_of(record_of(server, request))}
    sent = {str(get(entry, "value")) for entry in listed(server, request)}
    has_members = isinstance(get(content(request), "members"), list)
    if is_within(request, "/Groups", "PUT") and has_members and stored and sent != stored:
        return refused(server, request, error(400, "the attribute members is immutable", "mutability"))
    return server(request)


@fault("group-delete-leaves-user-groups")
def group_delete_leaves_user_groups(server: Beneath, request: Request) -> Response:
    # User → what it shows of groups that are gone.
    stale: dict[str, dict[str, Json]] = server.memory.setdefault("stale", {})
    group = record_of(server, request) if is_within(request, "/Groups", "DELETE") else None
    shown = {entry["value"]: _shown_group(server, entry["value"], group.id) for entry in members_of(group) if group}
    response = server(request)
    if group is not None and response.status == 204:
        for member, entry in shown.items():
            stale.setdefault(member, {})[group.id] = entry

    def kept(user: dict[str, Any]) -> dict[str, Any]:
        # Copied first, because another request may add to it meanwhile.
        gone = [entry for entry in list(stale.get(str(user.get("id")), {}).values()) if entry]
        return user | {"groups": [*(user.get("groups") or ()), *gone]} if gone else user

    return response if not stale or is_projected(request) else with_each(response, urns.USER, kept)


def _shown_group(server: Beneath, member: str, group: str) -> Json:
    """What a user shows of a group; None for a member that is no user."""
    shown = content(server.ask("GET", f"/Users/{quote(member, safe='')}")).get("groups")
    entries = [entry for entry in shown if isinstance(entry, dict)] if isinstance(shown, list) else []
    return next((entry for entry in entries if entry.get("value") == group), None)


@fault("group-list-omits-members")
def group_list_omits_members(server: Beneath, request: Request) -> Response:
    response = server(request)
    if not is_list(response):
        return response
    return with_each(response, urns.GROUP, lambda group: without(group, "members"))
