"""Faults of what a PATCH does to a resource."""

from dataclasses import replace

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim.attributes import Resource, is_unassigned
from scimctl.scim.path import Target
from scimctl.scim.schema import Mutability
from scimctl.server.faults.exchanges import error, is_within, overwrite
from scimctl.server.faults.patches import Part, is_patch, parts, performed, with_parts, would_be, written
from scimctl.server.faults.registry import Beneath, fault
from scimctl.server.faults.stored import as_stored, left, members_of, record_of, refused, stored_anew


@fault("patch-add-array-nested")
def patch_add_array_nested(server: Beneath, request: Request) -> Response:
    def adds_array(part: Part) -> bool:
        return part.op == "add" and part.attribute == "members" and part.is_whole and isinstance(part.value, list)

    if not is_within(request, "/Groups", "PATCH") or not any(map(adds_array, parts(server, request))):
        return server(request)
    before = {entry["value"] for entry in members_of(record_of(server, request))}
    response = server(request)
    record = record_of(server, request)
    if response.status != 200 or record is None:
        return response
    kept: list[Json] = [entry for entry in members_of(record) if entry["value"] in before]
    added: list[Json] = [entry for entry in members_of(record) if entry["value"] not in before]
    overwrite(server, record, {"members": [*kept, added] if added else kept})
    return as_stored(server, request, response)


@fault("patch-complex-wipes-siblings")
def patch_complex_wipes_siblings(server: Beneath, request: Request) -> Response:
    def change(part: Part) -> Part:
        leaf = part.target.leaf if part.target is not None else None
        if part.op != "replace" or leaf is None or not leaf.is_complex or leaf.multi_valued:
            return part
        if not isinstance(part.value, dict):
            return part
        named = {name.lower() for name in part.value}
        writable = [sub.name for sub in leaf.sub_attributes if sub.mutability is not Mutability.READ_ONLY]
        wiped: Resource = {name: None for name in writable if name.lower() not in named}
        return part.with_(value={**part.value, **wiped})

    return performed(server, request, change) if is_within(request, "/Users", "PATCH") else server(request)


@fault("patch-dropping-unmentioned")
def patch_dropping_unmentioned(server: Beneath, request: Request) -> Response:
    before = record_of(server, request)
    response = server(request)
    record = record_of(server, request)
    if not is_within(request, "/Users", "PATCH") or response.status != 200 or record is None or before is None:
        return response
    targets = [part.target for part in parts(server, request) if part.op in ("add", "replace") and part.target]
    if not targets:
        return response
    # The name has to be kept, because a user is nothing without it, and a PUT keeps `active` too.
    kept = {"schemas", "id", "meta", "userName", "active", *map(_holder, targets)}
    dropped: dict[str, Json] = dict.fromkeys(name for name in record.resource if name not in kept)
    schemas = record.resource["schemas"]
    if isinstance(schemas, list):
        dropped["schemas"] = [urn for urn in schemas if urn not in dropped]
    left(server, before, dropped)
    return as_stored(server, request, response)


def _holder(target: Target) -> str:
    """The member of a resource that a path leads into."""
    if target.extension is not None:
        return target.extension.id
    return target.attribute.name if target.attribute is not None else ""


@fault("patch-not-atomic")
def patch_not_atomic(server: Beneath, request: Request) -> Response:
    response = server(request)
    if not is_patch(request) or response.status not in (400, 409):
        return response
    # The condition held for the whole; after the first operation the version is another one.
    alone = replace(request, headers=request.headers.without("If-Match"))
    for part in written(server, request):
        if server(with_parts(alone, [part])).status != 200:
            break
    return response


@fault("patch-remove-ignored")
def patch_remove_ignored(server: Beneath, request: Request) -> Response:
    record = record_of(server, request)
    if record is None or not is_within(request, "/Users", "PATCH"):
        return server(request)

    def change(part: Part) -> Part | None:
        ignored = part.op == "remove" and would_be(server, request, record, [part]) is not None
        return None if ignored else part

    return performed(server, request, change)


@fault("patch-remove-required")
def patch_remove_required(server: Beneath, request: Request) -> Response:
    def removes(part: Part) -> bool:
        attribute = part.target.attribute if part.target is not None else None
        required = attribute is not None and attribute.required and part.attribute != "schemas"
        return part.op == "remove" and part.is_whole and required and bool(part.attribute)

    gone = [part.attribute for part in written(server, request) if removes(part)] if is_patch(request) else []
    if not gone:
        return server(request)
    before = record_of(server, request)
    response = performed(server, request, lambda part: None if removes(part) else part, written(server, request))
    if response.status != 200 or before is None:
        return response
    left(server, before, dict.fromkeys(gone))
    return as_stored(server, request, response)


@fault("patch-username-duplicate-accepted")
def patch_username_duplicate_accepted(server: Beneath, request: Request) -> Response:
    response = server(request)
    record = record_of(server, request)
    if not is_within(request, "/Users", "PATCH") or response.status != 409 or record is None:
        return response
    patched = would_be(server, request, record)
    if patched is None:
        return response
    stored_anew(server, record, patched)
    return server.ask("GET", request.target)


@fault("patch-username-collision-500")
def patch_username_collision_500(server: Beneath, request: Request) -> Response:
    response = server(request)
    collides = is_within(request, "/Users", "PATCH") and response.status == 409
    return error(500, "duplicate key value violates unique constraint") if collides else response


@fault("patch-password-fails")
def patch_password_fails(server: Beneath, request: Request) -> Response:
    if not is_within(request, "/Users", "PATCH"):
        return server(request)
    if any(part.attribute == "password" and part.op != "remove" for part in parts(server, request)):
        return refused(server, request, error(500, "the password could not be set"))
    return server(request)


@fault("patch-replace-unset-500")
def patch_replace_unset_500(server: Beneath, request: Request) -> Response:
    record = record_of(server, request)
    if record is None or not is_within(request, "/Users", "PATCH"):
        return server(request)

    def fails(part: Part) -> bool:
        if part.op != "replace" or part.target is None or part.target.filter is not None or is_unassigned(part.value):
            return False
        # A password is never there to be seen, whether it was set or not.
        return part.attribute != "password" and not _is_set(record.resource, part.target)

    if any(map(fails, parts(server, request))):
        return refused(server, request, error(500, "there is no value to replace"))
    return server(request)


def _is_set(resource: Resource, target: Target) -> bool:
    holder: Json = resource if target.extension is None else resource.get(target.extension.id)
    for attribute in (target.attribute, target.sub):
        if attribute is not None and isinstance(holder, dict):
            holder = holder.get(attribute.name)
    return not is_unassigned(holder)
