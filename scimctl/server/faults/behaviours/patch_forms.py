"""Faults of how a PATCH is read: its paths, its operations, their values, and what is answered."""

from scimctl.exchange import Request, Response
from scimctl.jsonvalue import Json
from scimctl.scim.names import is_name, resolve
from scimctl.scim.schema import ResourceType, Type
from scimctl.server.answers import empty
from scimctl.server.faults.exchanges import content, error, is_within, parameters, with_content
from scimctl.server.faults.patches import Part, is_patch, kind_of, performed, with_parts, would_be, written
from scimctl.server.faults.registry import Beneath, fault
from scimctl.server.faults.stored import as_stored, left, record_of, refused


@fault("patch-pathless-active-rejected")
def patch_pathless_active_rejected(server: Beneath, request: Request) -> Response:
    def sets_active(part: Part) -> bool:
        names = part.value if isinstance(part.value, dict) else {}
        return "path" not in part.members and any(name.lower() == "active" for name in names)

    if is_within(request, "/Users", "PATCH") and any(map(sets_active, written(server, request))):
        return refused(server, request, error(400, "Unsupported attribute: null", "invalidPath"))
    return server(request)


@fault("patch-urn-path-split-at-dot")
def patch_urn_path_split_at_dot(server: Beneath, request: Request) -> Response:
    def is_split(part: Part) -> bool:
        return part.target is not None and part.path.lower().startswith("urn:") and "." in part.path

    record = record_of(server, request)
    split = [part for part in written(server, request) if is_split(part)] if is_patch(request) else []
    if record is None or not split or would_be(server, request, record) is None:
        return server(request)
    response = performed(server, request, lambda part: None if is_split(part) else part, written(server, request))
    changed = record_of(server, request)
    if response.status != 200 or changed is None:
        return response
    values: dict[str, Json] = {}
    for part in split:
        outer, _, inner = part.path.partition(".")
        before = values.get(outer, changed.resource.get(outer))
        if part.op != "remove":
            values[outer] = {**(before if isinstance(before, dict) else {}), inner: part.value}
    left(server, record, values)
    return as_stored(server, request, response)


@fault("patch-valuepath-ignores-filter")
def patch_valuepath_ignores_filter(server: Beneath, request: Request) -> Response:
    def change(part: Part) -> Part:
        if part.op != "replace" or part.target is None or part.target.filter is None:
            return part
        name, _, rest = part.path.partition("[")
        return part.with_(path=name + rest.rpartition("]")[2].strip())

    if not is_within(request, "/Users", "PATCH"):
        return server(request)
    return performed(server, request, change, written(server, request))


@fault("patch-valuepath-rejected")
def patch_valuepath_rejected(server: Beneath, request: Request) -> Response:
    if is_within(request, "/Users", "PATCH") and any("[" in part.path for part in written(server, request)):
        return refused(server, request, error(400, "the path has characters that are not allowed", "invalidPath"))
    return server(request)


@fault("patch-extension-subattr-rejected")
def patch_extension_subattr_rejected(server: Beneath, request: Request) -> Response:
    def is_deep(part: Part) -> bool:
        return part.target is not None and part.target.extension is not None and part.target.sub is not None

    if is_within(request, "/Users", "PATCH") and any(map(is_deep, written(server, request))):
        return refused(server, request, error(400, "a path has one sub-attribute at most", "invalidPath"))
    return server(request)


@fault("patch-op-case")
def patch_op_case(server: Beneath, request: Request) -> Response:
    if is_patch(request) and any(part.members.get("op") != part.op for part in written(server, request)):
        return refused(server, request, error(400, "op is add, remove or replace", "invalidSyntax"))
    return server(request)


@fault("patch-op-order")
def patch_op_order(server: Beneath, request: Request) -> Response:
    sent = written(server, request)
    if is_patch(request) and len(sent) > 1:
        return server(with_parts(request, sent[::-1]))
    return server(request)


@fault("patch-unknown-path-200")
def patch_unknown_path_200(server: Beneath, request: Request) -> Response:
    kind = kind_of(server, request)
    if kind is None or not is_patch(request):
        return server(request)

    def change(part: Part) -> Part | None:
        if part.op not in ("add", "remove", "replace") or ("value" not in part.members and part.op != "remove"):
            return part
        if isinstance(part.value, dict) and "path" not in part.members:
            return part.with_(value={name: one for name, one in part.value.items() if not _is_unknown(name, kind)})
        return None if _is_unknown(part.path, kind) else part

    return performed(server, request, change, written(server, request))


def _is_unknown(path: str, kind: ResourceType) -> bool:
    """Whether a path is well-formed, but names no attribute."""
    name = path.partition("[")[0].strip()
    return is_name(name) and resolve(name, kind) is None


@fault("patch-replace-without-value")
def patch_replace_without_value(server: Beneath, request: Request) -> Response:
    def change(part: Part) -> Part:
        return part.with_(op="remove") if part.op == "replace" and part.path and "value" not in part.members else part

    if not is_patch(request):
        return server(request)
    return performed(server, request, change, written(server, request))


@fault("patch-boolean-string-misread")
def patch_boolean_string_misread(server: Beneath, request: Request) -> Response:
    def change(part: Part) -> Part:
        leaf = part.target.leaf if part.target is not None else None
        misread = leaf is not None and leaf.type is Type.BOOLEAN and isinstance(part.value, str)
        # Any text that is not empty counts as true, "False" among them.
        return part.with_(value=bool(part.value)) if misread else part

    return performed(server, request, change) if is_within(request, "/Users", "PATCH") else server(request)


@fault("patch-echoes-request-schema")
def patch_echoes_request_schema(server: Beneath, request: Request) -> Response:
    response = server(request)
    done = is_within(request, "/Groups", "PATCH") and response.status == 200
    return with_content(response, content(request)) if done else response


@fault("patch-204-with-attributes")
def patch_204_with_attributes(server: Beneath, request: Request) -> Response:
    response = server(request)
    asked = is_patch(request) and any(name.lower() == "attributes" for name in parameters(request))
    if not asked or response.status != 200:
        return response
    tag = response.headers.get("ETag")
    return empty(204) if tag is None else empty(204, ("ETag", tag))
