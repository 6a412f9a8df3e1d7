"""Whose account an id leads to: a run writes to what it made itself, whatever ids a server hands out.

A server may answer a create, or a lookup, with the id of somebody else. So before the first PUT, PATCH or DELETE to an
id, an answer other than the create's must have shown that id with a value that only this run sent.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import unquote

from scimctl.exchange import Exchange, Request
from scimctl.jsonvalue import Json, NotJsonError, parse
from scimctl.okta import dialect
from scimctl.okta.answers import describe
from scimctl.scim.attributes import get

Ask = Callable[[Request], Exchange]

_UNIQUE_WORD = re.compile(r"scimctl-[0-9a-f]{12}", re.IGNORECASE)
_WRITES = ("PUT", "PATCH", "DELETE")


class Owner(Enum):
    """Who stands behind an id; NOBODY when there is nothing, UNKNOWN when no answer tells."""

    WE = "we"
    OTHERS = "others"
    NOBODY = "nobody"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Proof:
    """Whose it is, and on what grounds: the name that came, or why nothing can be told."""

    owner: Owner
    grounds: str = ""


def naming_attribute(collection: str) -> str:
    """The attribute that names the resources of a collection such as `/Users`."""
    return "userName" if collection == "/Users" else "displayName"


def marks_of(resource: Json, collection: str) -> frozenset[str]:
    """The values in a resource that tell it from all others, in one case: name, externalId, e-mail addresses."""
    if not isinstance(resource, dict):
        return frozenset()
    found = [get(resource, naming_attribute(collection)), get(resource, "externalId")]
    emails = get(resource, "emails")
    if isinstance(emails, list):
        found += [get(email, "value") for email in emails if isinstance(email, dict)]
    return frozenset(value.casefold() for value in found if isinstance(value, str) and value)


def is_unmistakable(name: str) -> bool:
    """Whether nobody but a run of scimctl would give something this name."""
    return _UNIQUE_WORD.search(name) is not None


def written_paths(request: Request) -> tuple[str, ...]:
    """The paths of what a request would change, each once: one, or those of a bulk request's operations."""
    if request.method in _WRITES:
        return (request.path,) if _is_of_one(request.path) else ()
    parts = ((operation.get("method"), operation.get("path")) for operation in bulk_operations(request))
    written = (path for method, path in parts if method in _WRITES and isinstance(path, str) and _is_of_one(path))
    return tuple(dict.fromkeys(written))


def _is_of_one(path: str) -> bool:
    return path.count("/") > 1


def bulk_operations(request: Request) -> Iterator[dict[str, Json]]:
    """The operations of a bulk request (RFC 7644 §3.7); none of any other request."""
    if request.method != "POST" or request.path != "/Bulk":
        return
    try:
        body = parse(request.body)
    except NotJsonError:
        return
    operations = body.get("Operations") if isinstance(body, dict) else None
    for operation in operations if isinstance(operations, list) else ():
        if isinstance(operation, dict):
            yield operation


def owner_of(path: str, marks: Iterable[str], ask: Ask) -> Proof:
    """Reads what lies at `path`, `/Users/…`, and tells whether it bears one of `marks`."""
    if not _is_addressable(path):
        return Proof(Owner.UNKNOWN, "no path can hold an id like that")
    collection = path.rpartition("/")[0]
    exchange = ask(dialect.get(path))
    response = exchange.response
    if response is not None and response.status in (404, 410):
        return Proof(Owner.NOBODY)
    resource = _resource(exchange)
    theirs = marks_of(resource, collection)
    if theirs & set(marks):
        return Proof(Owner.WE)
    name = get(resource, naming_attribute(collection))
    if isinstance(name, str) and name:
        return Proof(Owner.OTHERS, name)
    return Proof(Owner.UNKNOWN, f"the read of it was answered with {describe(exchange.answer)}, and no name of ours")


def _is_addressable(path: str) -> bool:
    # Dots in place of a name lead to another level of the tree (RFC 3986 §5.2.4), nothing leads to the collection.
    return unquote(path.rpartition("/")[2]) not in ("", ".", "..")


def _resource(exchange: Exchange) -> dict[str, Json]:
    response = exchange.response
    if response is None or response.status != 200:
        return {}
    try:
        body = response.json()
    except NotJsonError:
        return {}
    return body if isinstance(body, dict) else {}


@dataclass(slots=True)
class Ownership:
    """What one scenario knows of whose ids are whose.

    Nothing stops two groups from having one name. So a name that others may use too proves a group only under an id in
    `created`, which a create of this scenario was answered with.
    """

    marks: set[str] = field(default_factory=set)
    proven: set[str] = field(default_factory=set)
    created: set[str] = field(default_factory=set)

    def sends(self, request: Request) -> frozenset[str]:
        """Takes note of a request that creates or renames something; returns the values in it that are ours alone."""
        if request.method not in ("POST", "PUT", "PATCH") or not request.body:
            return frozenset()
        try:
            body = parse(request.body)
        except NotJsonError:
            return frozenset()
        collection = "/" + request.path.strip("/").partition("/")[0]
        found = marks_of(body, collection).union(*(marks_of(value, collection) for value in _patched(body)))
        for operation in bulk_operations(request):
            found |= marks_of(operation.get("data"), "/" + str(operation.get("path")).strip("/").partition("/")[0])
        self.marks |= found
        return found

    def saw(self, exchange: Exchange) -> None:
        """Takes note of an id under which a read showed what is ours. A list proves nothing: its ids may be others'."""
        request = exchange.request
        if request.method != "GET" or exchange.status != 200:
            return
        collection = request.path.rpartition("/")[0]
        if collection and marks_of(_resource(exchange), collection) & self._marks_for(request.path):
            self.proven.add(request.path)

    def owner(self, path: str, ask: Ask) -> Proof:
        """Whose the resource at `path` is: from what was seen, else by reading it through `ask`."""
        if path in self.proven and _is_addressable(path):
            return Proof(Owner.WE)
        proof = owner_of(path, self._marks_for(path), ask)
        if proof.owner is Owner.WE:
            self.proven.add(path)
        return proof

    def _marks_for(self, path: str) -> set[str]:
        """The marks that prove what lies at `path`."""
        if path.startswith("/Groups/") and path not in self.created:
            return {mark for mark in self.marks if is_unmistakable(mark)}
        return self.marks


def _patched(body: Json) -> Iterator[Json]:
    """The values that the operations of a PATCH set, each as part of a resource."""
    operations = body.get("Operations") if isinstance(body, dict) else None
    for operation in operations if isinstance(operations, list) else ():
        if isinstance(operation, dict):
            path, value = operation.get("path"), operation.get("value")
            yield {path: value} if isinstance(path, str) else value
