"""The seam behind which the reference server keeps resources: what is stored, and what a store can do."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from scimctl.jsonvalue import Json, compact, parse
from scimctl.scim.attributes import Resource
from scimctl.scim.values import exact, fold, user_name


class Record:
    """One stored resource, never changed in place: canonical names, `id`, and at the end `meta` without a location.

    It is made from the resource or from its JSON; the other of the two is made when it is first asked for.
    """

    __slots__ = ("_encoded", "_resource", "id", "kind", "version")

    def __init__(self, *, kind: str, id: str, version: int, resource: Resource) -> None:  # noqa: A002 -- SCIM's word
        self.kind = kind
        self.id = id
        self.version = version
        self._resource: Resource | None = resource
        self._encoded: bytes | None = None

    @classmethod
    def decoded(cls, kind: str, resource_id: str, version: int, encoded: bytes) -> "Record":
        """The record of which a store has kept the JSON."""
        record = cls.__new__(cls)
        record.kind, record.id, record.version = kind, resource_id, version
        record._resource, record._encoded = None, encoded
        return record

    @property
    def resource(self) -> Resource:
        """The resource, not to be changed."""
        if self._resource is None:
            assert self._encoded is not None
            value = parse(self._encoded)
            assert isinstance(value, dict)
            self._resource = value
        return self._resource

    @property
    def encoded(self) -> bytes:
        """The resource as JSON without a space, as UTF-8; `meta` is its last member."""
        if self._encoded is None:
            assert self._resource is not None
            assert next(reversed(self._resource)) == "meta"
            self._encoded = compact(self._resource)
        return self._encoded

    @property
    def is_active(self) -> bool:
        """Whether `active` is true."""
        return self.resource.get("active") is True


@dataclass(frozen=True, slots=True, kw_only=True)
class Billed:
    """An entry of the billing ledger: when (RFC 3339), the user's id, and what happened to it."""

    when: str
    user_id: str
    event: str


INDEXED = {"userName": user_name, "displayName": fold, "externalId": exact}
"""Attributes that are looked up by an index, each with the form of its keys."""

EMAIL = "emails.value"
"""The index of e-mail addresses, folded."""

ID = "id"
"""The index of ids, as they are."""

Key: TypeAlias = tuple[str, str]
"""An indexed attribute (a name in INDEXED, EMAIL or ID) with the key to look up."""


class Store(Protocol):
    """What the server needs of a store. It may be used from several threads.

    Writes and the checks before them happen inside one `transaction`. The order of resources is that in which they were
    created; it stays when they change, because Okta's imports page through it.
    """

    def transaction(self) -> AbstractContextManager[object]:
        """Keeps every other writer out until the block ends; may be nested.

        What the outermost block wrote is kept as a whole, or forgotten as a whole when it is left by an exception.
        """

    def get(self, kind: str, resource_id: str) -> Record | None:
        """The record of that type and id."""

    def find_member(self, resource_id: str) -> Record | None:
        """The record of that id, whatever its type."""

    def find(self, kind: str, attribute: str, key: str) -> list[Record]:
        """The records whose indexed attribute has that key, oldest first."""

    def find_any(self, kind: str, keys: Sequence[Key]) -> list[Record]:
        """The records that have at least one of the keys, each once, oldest first."""

    def scan(self, kind: str) -> Iterator[Record]:
        """All records of a type, oldest first; what is written meanwhile may be seen or not."""

    def ids(self, kind: str) -> list[str]:
        """The ids of all records of a type, in the order of `scan`."""

    def page(self, kind: str, first: int, count: int) -> list[Record]:
        """At most `count` records of a type from number `first` on, counted from 0, in the order of `scan`."""

    def count(self, kind: str) -> int:
        """How many records of a type there are."""

    def count_active(self, kind: str) -> int:
        """How many records of a type are active."""

    def groups_of(self, member_id: str) -> list[Record]:
        """The groups that hold a member, oldest first."""

    def put(self, record: Record) -> None:
        """Stores a new record, or a new version of one."""

    def remove(self, record: Record) -> None:
        """Forgets a record."""

    def bill(self, entry: Billed) -> None:
        """Adds an entry to the billing ledger."""

    def billed(self) -> tuple[Billed, ...]:
        """The billing ledger, oldest entry first."""

    def setting(self, name: str) -> str | None:
        """A text that the server keeps beside the resources, None when there is none."""

    def set_setting(self, name: str, value: str) -> None:
        """Keeps a text under a name, in place of what is there."""

    def close(self) -> None:
        """Ends the use of the store."""


def keys_of(record: Record) -> set[Key]:
    """What a record is looked up by, but for its id."""
    resource = record.resource
    found: set[Key] = set()
    for attribute, form in INDEXED.items():
        value = resource.get(attribute)
        if isinstance(value, str):
            found.add((attribute, form(value)))
    found.update((EMAIL, fold(email)) for email in _values(resource.get("emails")))
    return found


def members_of(record: Record) -> set[str]:
    """The ids that the `members` of a group hold."""
    return set(_values(record.resource.get("members")))


def _values(value: Json) -> Iterator[str]:
    for entry in value if isinstance(value, list) else ():
        inner = entry.get("value") if isinstance(entry, dict) else None
        if isinstance(inner, str):
            yield inner
