"""Faults of servers under odd requests, with odd ids, with many members, or without their database."""

from dataclasses import replace
from urllib.parse import unquote

from scimctl.exchange import Request, Response
from scimctl.server.faults.exchanges import error, is_on, is_within, resources
from scimctl.server.faults.members import lists_unknown
from scimctl.server.faults.registry import Beneath, fault

_ODD = frozenset("+ ")
"""Characters in ids that break a server which builds addresses by pasting texts together."""

_TOO_LONG = 61.0
"""Longer than Okta waits for an answer, in seconds."""


@fault("db-outage-404")
def db_outage_404(server: Beneath, request: Request) -> Response:
    response = server(request)
    if not is_within(request, "/Users", "GET") or response.status not in (200, 304):
        return response
    # The database is away for each fifth of these requests.
    server.memory["reads"] = server.memory.get("reads", 0) + 1
    return error(404, "the user was not found") if server.memory["reads"] % 5 == 0 else response


@fault("group-malformed-member-500")
def group_malformed_member_500(server: Beneath, request: Request) -> Response:
    response = server(request)
    fails = is_within(request, "/Groups", "PATCH") and response.status == 400 and lists_unknown(server, request)
    return error(500, "invalid input syntax for type uuid") if fails else response


@fault("id-special-characters")
def id_special_characters(server: Beneath, request: Request) -> Response:
    response = server(request)
    asked = unquote(request.path.rpartition("/")[2]) if is_within(request, "/Users", "GET") else ""
    shown = [str(each.get("id")) for each in resources(response)]
    if response.status in (200, 404) and any(_ODD & set(one) for one in (asked, *shown)):
        return error(500, "Illegal character in path")
    return response


@fault("slow-response")
def slow_response(server: Beneath, request: Request) -> Response:
    response = server(request)
    is_slow = is_within(request, "/Groups", "PATCH") or is_on(request, "/Groups", "GET")
    return replace(response, elapsed=_TOO_LONG) if is_slow else response


@fault("trailing-slash-500")
def trailing_slash_500(server: Beneath, request: Request) -> Response:
    response = server(request)
    fails = request.method == "GET" and request.path.endswith("/") and response.status == 200
    return error(500, "the path could not be read") if fails and request.path.strip("/") else response
