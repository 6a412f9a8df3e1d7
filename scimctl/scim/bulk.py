"""Bulk requests: their operations, and the `bulkId:…` by which these refer to each other (RFC 7644 §3.7)."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from scimctl.jsonvalue import Json, show
from scimctl.scim import urns
from scimctl.scim.attributes import Resource, get
from scimctl.scim.errors import ScimError, invalid_syntax, invalid_value

PREFIX = "bulkId:"
"""What stands before a bulkId where an id is expected."""

_WITHIN = re.compile(r'bulkId:([^\s"\]/]+)')

Lookup = Callable[[str], str]
"""Gives the id for a bulkId (without PREFIX)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkOperation:
    """One operation as it was sent; what is absent is None, and `method` and `path` may be anything."""

    method: str
    path: str
    bulk_id: str | None = None
    version: str | None = None
    data: Resource | None = None


@dataclass(frozen=True, slots=True)
class BulkRequest:
    """The operations of a bulk request; `fail_on_errors` is how many errors end it, None for any number."""

    operations: tuple[BulkOperation, ...]
    fail_on_errors: int | None = None


def read_bulk(body: Json, max_operations: int) -> BulkRequest:
    """The bulk request in a body, names read without case.

    Raises ScimError: 413, which names the limit, for more than `max_operations`; invalidSyntax for what is no such
    message; invalidValue for a failOnErrors below 1 and for a bulkId that two operations create.
    """
    if not isinstance(body, dict):
        raise invalid_syntax("a bulk request is a JSON object")
    schemas = get(body, "schemas")
    listed = schemas if isinstance(schemas, list) else []
    if not any(isinstance(urn, str) and urns.same_urn(urn, urns.BULK_REQUEST) for urn in listed):
        raise invalid_syntax(f"schemas does not hold {urns.BULK_REQUEST}")
    entries = get(body, "Operations")
    if not isinstance(entries, list) or not entries:
        raise invalid_syntax("Operations needs at least one operation")
    if len(entries) > max_operations:
        raise ScimError(413, f"{len(entries)} operations are more than maxOperations, which is {max_operations}")
    operations = tuple(_read_operation(entry) for entry in entries)
    created = [operation.bulk_id for operation in operations if operation.method == "POST" and operation.bulk_id]
    if len(created) != len(set(created)):
        raise invalid_value("two operations create the same bulkId")
    return BulkRequest(operations, _fail_on_errors(get(body, "failOnErrors")))


def _fail_on_errors(value: Json) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise invalid_value(f"failOnErrors needs an integer of at least 1, not {show(value, 60)}")
    return value


def _read_operation(entry: Json) -> BulkOperation:
    if not isinstance(entry, dict):
        raise invalid_syntax("an operation is a JSON object")
    members = {key.lower(): value for key, value in entry.items()}
    data = members.get("data")
    if data is not None and not isinstance(data, dict):
        raise invalid_syntax(f"data needs an object, not {show(data, 60)}")
    return BulkOperation(
        method=_text(members.get("method"), "method") or "",
        path=_text(members.get("path"), "path") or "",
        bulk_id=_text(members.get("bulkid"), "bulkId") or None,
        version=_text(members.get("version"), "version"),
        data=data,
    )


def _text(value: Json, name: str) -> str | None:
    if value is None or isinstance(value, str):
        return value
    raise invalid_syntax(f"{name} needs a text, not {show(value, 60)}")


def with_ids(value: Json, lookup: Lookup) -> Json:
    """`value` with the id of each `bulkId:…` in its place (RFC 7644 §3.7.2).

    A text that is a reference as a whole is replaced wherever it stands; inside of a text only in `$ref` and in the
    `path` of a PATCH operation.
    """
    return _with_ids(value, lookup, "")


def _with_ids(value: Json, lookup: Lookup, name: str) -> Json:
    if isinstance(value, dict):
        return {key: _with_ids(inner, lookup, key.lower()) for key, inner in value.items()}
    if isinstance(value, list):
        return [_with_ids(inner, lookup, name) for inner in value]
    if not isinstance(value, str) or PREFIX not in value:
        return value
    if name in ("$ref", "path"):
        return _WITHIN.sub(lambda match: lookup(match[1]), value)
    return lookup(value.removeprefix(PREFIX)) if value.startswith(PREFIX) else value


def segment_id(segment: str, lookup: Lookup) -> str:
    """The id that a segment of an operation's path stands for."""
    return lookup(segment.removeprefix(PREFIX)) if segment.startswith(PREFIX) else segment


def references(operation: BulkOperation) -> list[str]:
    """The bulkIds that an operation refers to in its path and in its data, in their order."""
    found: list[str] = []

    def note(name: str) -> str:
        found.append(name)
        return name

    for segment in operation.path.split("/"):
        segment_id(segment, note)
    with_ids(operation.data, note)
    return found


def execution_order(operations: Sequence[BulkOperation]) -> list[int]:
    """The numbers of the operations in the order to perform them: as sent, but what is referred to comes first.

    Of a circle of references the first that was sent comes last; every other one has to be performed before something
    that it refers to.
    """
    created = {each.bulk_id: number for number, each in enumerate(operations) if each.method == "POST" and each.bulk_id}
    needs = [[created[name] for name in references(each) if name in created] for each in operations]
    order: list[int] = []
    seen: set[int] = set()
    for first in range(len(operations)):
        if first in seen:
            continue
        seen.add(first)
        # A chain of references may be as long as the request, so this is no recursion.
        waiting = [(first, iter(needs[first]))]
        while waiting:
            number, rest = waiting[-1]
            needed = next((each for each in rest if each not in seen), None)
            if needed is None:
                order.append(number)
                waiting.pop()
            else:
                seen.add(needed)
                waiting.append((needed, iter(needs[needed])))
    return order
