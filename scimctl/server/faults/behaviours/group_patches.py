"""Faults of changing groups with PATCH."""

from collections import Counter

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.server.faults.exchanges import error, is_on, is_within
from scimctl.server.faults.members import listed
from scimctl.server.faults.patches import Part, parts, performed, with_parts, written
from scimctl.server.faults.registry import Beneath, fault
from scimctl.server.faults.stored import as_stored, left, members_of, record_of, refused


def _is_about_members(part: Part, op: str) -> bool:
    """Whether an operation is about the members as a whole."""
    return part.op == op and part.attribute == "members" and part.is_whole


@fault("group-add-replaces")
def group_add_replaces(server: Beneath, request: Request) -> Response:
    def change(part: Part) -> Part:
        return part.with_(op="replace") if _is_about_members(part, "add") else part

    return performed(server, request, change) if is_within(request, "/Groups", "PATCH") else server(request)


@fault("group-replace-appends")
def group_replace_appends(server: Beneath, request: Request) -> Response:
    def change(part: Part) -> Part:
        return part.with_(op="add") if _is_about_members(part, "replace") else part

    return performed(server, request, change) if is_within(request, "/Groups", "PATCH") else server(request)


@fault("group-member-without-type-ignored")
def group_member_without_type_ignored(server: Beneath, request: Request) -> Response:
    def is_typed(entry: Json) -> bool:
        return not isinstance(entry, dict) or any(name.lower() == "type" for name in entry)

    def change(part: Part) -> Part:
        if not _is_about_members(part, "add"):
            return part
        entries = part.value if isinstance(part.value, list) else [part.value]
        typed = [entry for entry in entries if is_typed(entry)]
        return part if typed == entries else part.with_(value=typed)

    return performed(server, request, change) if is_within(request, "/Groups", "PATCH") else server(request)


@fault("group-remove-filtered-ignored")
def group_remove_filtered_ignored(server: Beneath, request: Request) -> Response:
    def change(part: Part) -> Part | None:
        filtered = part.target is not None and part.target.filter is not None
        return None if part.op == "remove" and part.attribute == "members" and filtered else part

    return performed(server, request, change) if is_within(request, "/Groups", "PATCH") else server(request)


@fault("group-rename-empties")
def group_rename_empties(server: Beneath, request: Request) -> Response:
    def renames(part: Part) -> bool:
        names = {name.lower() for name in part.value} if isinstance(part.value, dict) else set()
        is_pathless = part.op == "replace" and "path" not in part.members
        return is_pathless and "displayname" in names and "members" not in names

    sent = written(server, request) if is_within(request, "/Groups", "PATCH") else []
    if not any(map(renames, sent)):
        return server(request)
    return server(with_parts(request, [*sent, Part({"op": "remove", "path": "members"})]))


@fault("group-member-display-rejected")
def group_member_display_rejected(server: Beneath, request: Request) -> Response:
    sends = is_on(request, "/Groups", "POST") or is_within(request, "/Groups", "PUT", "PATCH")
    if sends and any(name.lower() == "display" for entry in listed(server, request) for name in entry):
        return refused(server, request, error(400, "members has no attribute named display", "invalidPath"))
    return server(request)


@fault("group-add-existing-duplicates")
def group_add_existing_duplicates(server: Beneath, request: Request) -> Response:
    if not is_within(request, "/Groups", "PATCH"):
        return server(request)
    group = record_of(server, request)
    before = members_of(group)
    sent = parts(server, request)
    response = server(request)
    record = record_of(server, request)
    if (
        response.status != 200
        or record is None
        or group is None
        or any(_is_about_members(part, "replace") for part in sent)
    ):
        return response
    # The server beneath keeps each member once. What was there twice stays so, or once after a removal.
    known = {entry["value"]: entry for entry in before}
    counts = Counter(entry["value"] for entry in before)
    doubled: list[Json] = [known[value] for value, count in counts.items() for _ in range(count - 1)]
    for part in sent:
        if _is_about_members(part, "add"):
            entries = part.value if isinstance(part.value, list) else [part.value]
            values = [entry.get("value") for entry in entries if isinstance(entry, dict)]
            doubled += [known[value] for value in values if isinstance(value, str) and value in known]
    if not doubled:
        return response
    left(server, group, {"members": [*members_of(record), *doubled]})
    return as_stored(server, request, response)
