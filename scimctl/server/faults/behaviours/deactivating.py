"""Faults of deactivating, reactivating and deleting users."""

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim.attributes import get
from scimctl.scim.values import user_name
from scimctl.server.answers import answer, empty
from scimctl.server.faults.exchanges import (
    content,
    error,
    is_on,
    is_within,
    parameters,
    resources,
    with_attribute,
    with_content,
)
from scimctl.server.faults.patches import Part, parts, performed
from scimctl.server.faults.registry import Beneath, fault
from scimctl.server.faults.stored import record_of, refused


def _sets_active(part: Part) -> bool:
    return part.attribute == "active" and part.op in ("add", "replace") and isinstance(part.value, bool)


@fault("deactivate-deletes-mapping")
def deactivate_deletes_mapping(server: Beneath, request: Request) -> Response:
    response = server(request)
    record = record_of(server, request)
    if not is_within(request, "/Users", "PATCH") or response.status != 200 or record is None or record.is_active:
        return response
    if any(_sets_active(part) for part in parts(server, request)):
        server.ask("DELETE", request.path)
    return response


@fault("patch-active-noop")
def patch_active_noop(server: Beneath, request: Request) -> Response:
    if not is_within(request, "/Users", "PATCH"):
        return server(request)
    asked = [part.value for part in parts(server, request) if _sets_active(part)]
    response = performed(server, request, lambda part: None if _sets_active(part) else part)
    # The answer shows what was asked for; only a GET tells the truth.
    is_shown = asked and response.status == 200 and "active" in content(response)
    return with_attribute(response, "active", asked[-1]) if is_shown else response


@fault("put-active-ignored")
def put_active_ignored(server: Beneath, request: Request) -> Response:
    record = record_of(server, request)
    sent = get(content(request), "active")
    if not is_within(request, "/Users", "PUT") or record is None or sent is not False:
        return server(request)
    return server(with_attribute(request, "active", record.is_active))


@fault("reactivation-of-inactive-conflicts")
def reactivation_of_inactive_conflicts(server: Beneath, request: Request) -> Response:
    response = server(request)
    asked = parameters(request) if is_on(request, "/Users", "GET") else content(request)
    is_lookup = is_on(request, "/Users", "GET") or is_on(request, "/Users/.search", "POST")
    listed = resources(response) if is_lookup and "filter" in asked else []
    shown: list[Json] = [user for user in listed if _is_active(server, user)]
    total = content(response).get("totalResults")
    if len(shown) == len(listed) or not isinstance(total, int):
        return response
    counts = {"totalResults": total - (len(listed) - len(shown)), "itemsPerPage": len(shown)}
    return with_content(response, {**content(response), **counts, "Resources": shown})


def _is_active(server: Beneath, user: dict[str, Json]) -> bool:
    # Looked up, because the answer need not show `active`.
    record = server.service.store.get("User", str(user.get("id")))
    return record is not None and record.is_active


@fault("deleted-user-still-uniqueness-conflict")
def deleted_user_still_uniqueness_conflict(server: Beneath, request: Request) -> Response:
    record = record_of(server, request)
    if is_on(request, "/Users", "POST"):
        name = get(content(request), "userName")
        if isinstance(name, str) and server.memory.get(user_name(name)):
            return refused(server, request, error(409, f"userName {name[:200]!r} is taken", "uniqueness"))
    response = server(request)
    if is_within(request, "/Users", "DELETE") and response.status == 204 and record is not None:
        server.memory[user_name(str(record.resource.get("userName")))] = True
    return response


@fault("delete-not-204")
def delete_not_204(server: Beneath, request: Request) -> Response:
    record = record_of(server, request)
    response = server(request)
    deleted = is_within(request, "/Users", "DELETE") and response.status == 204 and record is not None
    return answer(200, record.resource) if deleted and record is not None else response


@fault("delete-unknown-204")
def delete_unknown_204(server: Beneath, request: Request) -> Response:
    response = server(request)
    unknown = is_within(request, "/Users", "DELETE") and response.status == 404
    return empty(204) if unknown else response
