"""`/Bulk`: many operations in one request (RFC 7644 §3.7)."""

from collections import defaultdict
from urllib.parse import quote

from scimctl.exchange import Headers, Request, Response
from scimctl.jsonvalue import Json, compact
from scimctl.scim import urns
from scimctl.scim.attributes import Resource
from scimctl.scim.bulk import BulkOperation, BulkRequest, execution_order, read_bulk, segment_id, with_ids
from scimctl.scim.errors import ScimError, invalid_path, invalid_syntax, invalid_value, not_found
from scimctl.scim.messages import MEDIA_TYPE, error
from scimctl.scim.schema import ResourceType
from scimctl.server import actions
from scimctl.server.answers import MAX_BODY, Call, answer, read_body
from scimctl.server.paths import segments
from scimctl.server.service import Service

_ACTIONS = {"POST": actions.create, "PUT": actions.replace, "PATCH": actions.modify, "DELETE": actions.delete}


def perform(service: Service, call: Call) -> Response:
    """POST /Bulk: 200 with the result of every operation that was performed.

    Raises ScimError: 501 where the profile has no bulk requests, 413 for one over a limit, 400 for what is none.
    """
    limit = service.profile.max_bulk_operations
    if limit == 0:
        raise ScimError(501, "bulk requests are not supported (ServiceProviderConfig says so)")
    if len(call.request.body) > MAX_BODY:
        raise ScimError(413, f"the body is larger than maxPayloadSize, which is {MAX_BODY} bytes")
    results = _Job(service, call, read_bulk(read_body(call.request), limit)).results()
    return answer(200, {"schemas": [urns.BULK_RESPONSE], "Operations": list[Json](results)})


class _Job:
    """One bulk request on its way.

    Of resources that refer to each other in a circle, one has to be made before what it refers to. It is made with the
    id that this will have, a promise; when the promise is not kept, it is removed again and its operation is a 409.
    """

    def __init__(self, service: Service, call: Call, request: BulkRequest) -> None:
        self._service = service
        self._call = call
        self._request = request
        self._numbers = {
            each.bulk_id: number
            for number, each in enumerate(request.operations)
            if each.method == "POST" and each.bulk_id is not None
        }
        self._ids: dict[int, str] = {}
        self._promised: dict[str, str] = {}
        self._relying: defaultdict[int, list[int]] = defaultdict(list)
        self._results: dict[int, Resource] = {}
        self._failed: set[int] = set()

    def results(self) -> list[Resource]:
        """Performs the operations, and returns their results in the order in which they were sent."""
        limit = self._request.fail_on_errors
        for number in execution_order(self._request.operations):
            if limit is not None and len(self._failed) >= limit:
                break
            self._perform(number)
        for number in [each for each in self._relying if each not in self._results]:
            self._break_promise(number)
        return [self._results[number] for number in sorted(self._results)]

    def _perform(self, number: int) -> None:
        operation = self._request.operations[number]
        location: str | None = None
        try:
            kind, resource_id = self._target(number)
            if operation.method != "POST":
                location = f"{self._call.base_url}{kind.endpoint}/{quote(resource_id, safe='')}"
            response = _ACTIONS[operation.method](self._service, self._inner(number, kind, resource_id))
        except ScimError as refused:
            self._fail(number, refused, location)
            self._break_promise(number)
            return
        location = location or response.headers.get("Location")
        version = response.headers.get("ETag")
        self._results[number] = _result(operation, location, response.status, version)
        self._promised.pop(self._ids.get(number, ""), None)

    def _target(self, number: int) -> tuple[ResourceType, str]:
        """The type that an operation is about, and the id; raises ScimError for a method or a path that cannot be."""
        operation = self._request.operations[number]
        if operation.method not in _ACTIONS:
            raise invalid_syntax(f"method is POST, PUT, PATCH or DELETE, not {operation.method[:20]!r}")
        kind = self._kind(operation)
        if kind is None:
            raise not_found(f"there are no resources at {operation.path[:200]!r}")
        parts = segments(operation.path) or ()
        if operation.method == "POST" and len(parts) != 1:
            raise invalid_path(f"the path of a POST is that of a resource type, such as {kind.endpoint}")
        if operation.method != "POST" and len(parts) != 2:
            raise invalid_path(f"the path is that of a resource, such as {kind.endpoint}/<id>")
        if operation.method == "POST":
            return kind, ""
        return kind, segment_id(parts[1], lambda name: self._id_of(name, number))

    def _kind(self, operation: BulkOperation) -> ResourceType | None:
        endpoint = "/" + next(iter(segments(operation.path) or ()), "")
        return next((kind for kind in self._service.kinds.values() if kind.endpoint == endpoint), None)

    def _inner(self, number: int, kind: ResourceType, resource_id: str) -> Call:
        """The single request that an operation stands for."""
        operation = self._request.operations[number]
        fields = [("Content-Type", MEDIA_TYPE)]
        new_id, body = "", b""
        if operation.method != "DELETE":
            if operation.data is None:
                raise invalid_value(f"a {operation.method} needs data")
            body = compact(with_ids(operation.data, lambda name: self._id_of(name, number)))
        if operation.method == "POST":
            if operation.bulk_id is None:
                raise invalid_value("a POST needs a bulkId")
            new_id = self._own_id(number)
        elif operation.version is not None:
            fields.append(("If-Match", operation.version))
        return Call(
            request=Request(operation.method, operation.path, Headers(tuple(fields)), body),
            base_url=self._call.base_url,
            kind=kind,
            id=resource_id,
            new_id=new_id,
            promised=self._promised,
            may_touch_admins=self._call.may_touch_admins,
        )

    def _id_of(self, bulk_id: str, number: int) -> str:
        """The id for a bulkId that operation `number` refers to; a promise when the resource is not there yet."""
        needed = self._numbers.get(bulk_id)
        if needed is None:
            raise invalid_value(f"no POST of this request has the bulkId {bulk_id[:100]!r}")
        if needed in self._failed:
            raise _not_made(bulk_id)
        self._relying[needed].append(number)
        own_id = self._own_id(needed)
        kind = self._kind(self._request.operations[needed])
        if needed not in self._results and kind is not None:
            self._promised[own_id] = kind.name
        return own_id

    def _own_id(self, number: int) -> str:
        if number not in self._ids:
            self._ids[number] = self._service.new_id()
        return self._ids[number]

    def _break_promise(self, number: int) -> None:
        """Removes what was made in trust of operation `number`, and in trust of that in turn."""
        broken = [number]
        while broken:
            at = broken.pop()
            for other in self._relying.pop(at, ()):
                if other in self._failed or other not in self._results:
                    continue
                kind = self._kind(self._request.operations[other])
                inner = Call(request=Request("DELETE", ""), base_url="", kind=kind, id=self._ids[other])
                actions.delete(self._service, inner)
                self._fail(other, _not_made(self._request.operations[at].bulk_id or ""), None)
                broken.append(other)

    def _fail(self, number: int, refused: ScimError, location: str | None) -> None:
        operation = self._request.operations[number]
        if operation.method != "POST" and location is None:
            location = f"{self._call.base_url}/{quote(operation.path.lstrip('/'), safe='/:')}"
        self._failed.add(number)
        self._promised.pop(self._ids.get(number, ""), None)
        result = _result(operation, location, refused.status, None)
        self._results[number] = result | {"response": error(refused.status, refused.detail, refused.scim_type)}


def _not_made(bulk_id: str) -> ScimError:
    return ScimError(409, f"the resource with the bulkId {bulk_id[:100]!r}, which this refers to, was not made")


def _result(operation: BulkOperation, location: str | None, status: int, version: str | None) -> Resource:
    told = {
        "location": location,
        "method": operation.method or None,
        "bulkId": operation.bulk_id,
        "version": version,
        # A text, as the examples of §3.7.3 have it in spite of the words there.
        "status": str(status),
    }
    return {name: value for name, value in told.items() if value is not None}
