"""Faults of error answers."""

from dataclasses import replace

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import compact
from scimctl.server import routes
from scimctl.server.faults.exchanges import bare, content, error, is_on, with_content
from scimctl.server.faults.queries import collection
from scimctl.server.faults.registry import Beneath, fault


@fault("auth-401-not-scim-error")
def plain_401(server: Beneath, request: Request) -> Response:
    response = server(request)
    if response.status != 401:
        return response
    headers = response.headers.with_field("Content-Type", "application/json")
    return bare(request, replace(response, headers=headers, body=compact({"detail": "Invalid token."})))


@fault("duplicate-409-without-scimType")
def duplicate_without_scim_type(server: Beneath, request: Request) -> Response:
    response = server(request)
    if not is_on(request, "/Users", "POST") or response.status != 409:
        return response
    kept = {name: value for name, value in content(response).items() if name not in ("scimType", "status")}
    return with_content(response, kept)


@fault("error-schemas-not-array")
def schemas_not_array(server: Beneath, request: Request) -> Response:
    response = server(request)
    body = content(response)
    schemas = body.get("schemas")
    if response.status < 400 or not isinstance(schemas, list) or not schemas:
        return response
    return with_content(response, body | {"schemas": schemas[0]})


@fault("error-status-integer")
def status_integer(server: Beneath, request: Request) -> Response:
    response = server(request)
    body = content(response)
    told = response.status >= 400 and "status" in body
    return with_content(response, body | {"status": response.status}) if told else response


@fault("error-no-body")
def no_body(server: Beneath, request: Request) -> Response:
    response = server(request)
    unknown = response.status == 404 and routes.find(request.path, server.service.kinds) is None
    if not unknown and response.status not in (405, 501):
        return response
    headers = response.headers.without("Content-Type").without("Content-Length")
    return bare(request, replace(response, headers=headers, body=b""))


@fault("error-scimType-null-string")
def scim_type_null(server: Beneath, request: Request) -> Response:
    response = server(request)
    body = content(response)
    told = response.status >= 400 and "status" in body
    return with_content(response, {"scimType": "null"} | body) if told and "scimType" not in body else response


@fault("readonly-store-500")
def read_only_500(server: Beneath, request: Request) -> Response:
    response = server(request)
    is_write = request.method in ("POST", "PUT", "PATCH", "DELETE") and collection(request) is None
    # Other refusals are 403 too. Whoever may write gets a 404 here, and nothing is written.
    is_read_only = is_write and response.status == 403 and server.ask("DELETE", "/Users/-").status == 403
    return error(500, "the back end is read-only") if is_read_only else response
