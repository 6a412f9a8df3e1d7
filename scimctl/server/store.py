"""Where the reference server keeps resources: the seam `Store`, and one in memory."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from itertools import islice
from threading import RLock
from typing import Protocol, TypeVar

from scimctl.jsonvalue import Json
from scimctl.scim.attributes import Resource
from scimctl.scim.values import exact, fold, user_name

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One stored resource, never changed in place: canonical names, `id`, and `meta` without a location."""

    kind: str
    id: str
    version: int
    resource: Resource


INDEXED = {"userName": user_name, "displayName": fold, "externalId": exact}
"""Attributes that are looked up by an index, each with the form of its keys."""

EMAIL = "emails.value"
"""The index of e-mail addresses, folded."""


class Store(Protocol):
    """What the server needs of a store. Writes and the checks before them happen inside one `transaction`."""

    def transaction(self) -> AbstractContextManager[object]:
        """Keeps every other writer out until the block ends; may be nested."""

    def get(self, kind: str, resource_id: str) -> Record | None:
        """The record of that type and id."""

    def find_member(self, resource_id: str) -> Record | None:
        """The record of that id, whatever its type."""

    def find(self, kind: str, attribute: str, key: str) -> list[Record]:
        """The records whose indexed attribute has that key, oldest first."""

    def scan(self, kind: str) -> list[Record]:
        """All records of a type, oldest first: Okta's imports rely on an order that stays."""

    def page(self, kind: str, first: int, count: int) -> list[Record]:
        """At most `count` records of a type from number `first` on, counted from 0, in the order of `scan`."""

    def count(self, kind: str) -> int:
        """How many records of a type there are."""

    def groups_of(self, member_id: str) -> list[Record]:
        """The groups that hold a member, oldest membership first."""

    def put(self, record: Record) -> None:
        """Stores a new record, or a new version of one."""

    def remove(self, record: Record) -> None:
        """Forgets a record."""


class MemoryStore:
    """A store that is gone when the process ends."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._records: dict[str, dict[str, Record]] = {}
        self._kinds: dict[str, str] = {}
        self._index: dict[tuple[str, str, str], dict[str, None]] = {}
        self._groups: dict[str, dict[str, None]] = {}

    def transaction(self) -> AbstractContextManager[object]:
        """Keeps every other writer out until the block ends; may be nested."""
        return self._lock

    def get(self, kind: str, resource_id: str) -> Record | None:
        """The record of that type and id."""
        return self._records.get(kind, {}).get(resource_id)

    def find_member(self, resource_id: str) -> Record | None:
        """The record of that id, whatever its type."""
        kind = self._kinds.get(resource_id)
        return self.get(kind, resource_id) if kind is not None else None

    def find(self, kind: str, attribute: str, key: str) -> list[Record]:
        """The records whose indexed attribute has that key, oldest first."""
        with self._lock:
            records = self._records.get(kind, {})
            return [records[each] for each in self._index.get((kind, attribute, key), ())]

    def scan(self, kind: str) -> list[Record]:
        """All records of a type, oldest first."""
        with self._lock:
            return list(self._records.get(kind, {}).values())

    def page(self, kind: str, first: int, count: int) -> list[Record]:
        """At most `count` records of a type from number `first` on, counted from 0, in the order of `scan`."""
        with self._lock:
            records = self._records.get(kind, {})
            # A client may ask for a page far beyond the end, with a number that islice does not take.
            return list(islice(records.values(), first, first + count)) if first < len(records) else []

    def count(self, kind: str) -> int:
        """How many records of a type there are."""
        return len(self._records.get(kind, {}))

    def groups_of(self, member_id: str) -> list[Record]:
        """The groups that hold a member, oldest membership first."""
        with self._lock:
            found = (self.find_member(each) for each in self._groups.get(member_id, ()))
            return [record for record in found if record is not None]

    def put(self, record: Record) -> None:
        """Stores a new record, or a new version of one."""
        with self._lock:
            old = self.get(record.kind, record.id)
            self._reindex(old, record)
            self._records.setdefault(record.kind, {})[record.id] = record
            self._kinds[record.id] = record.kind

    def remove(self, record: Record) -> None:
        """Forgets a record."""
        with self._lock:
            self._reindex(self.get(record.kind, record.id), None)
            self._records.get(record.kind, {}).pop(record.id, None)
            self._kinds.pop(record.id, None)

    def _reindex(self, old: Record | None, new: Record | None) -> None:
        before = set(_keys(old)) if old is not None else set()
        after = set(_keys(new)) if new is not None else set()
        _move(self._index, old, new, before, after)
        was = set(members(old)) if old is not None else set()
        now = set(members(new)) if new is not None else set()
        _move(self._groups, old, new, was, now)


def _move(
    index: dict[_Key, dict[str, None]], old: Record | None, new: Record | None, before: set[_Key], after: set[_Key]
) -> None:
    for key in before - after:
        assert old is not None
        index[key].pop(old.id)
        if not index[key]:
            del index[key]
    for key in after - before:
        assert new is not None
        index.setdefault(key, {})[new.id] = None


def _keys(record: Record) -> Iterator[tuple[str, str, str]]:
    for attribute, form in INDEXED.items():
        value = record.resource.get(attribute)
        if isinstance(value, str):
            yield record.kind, attribute, form(value)
    for email in _values(record.resource.get("emails")):
        yield record.kind, EMAIL, fold(email)


def members(record: Record) -> Iterator[str]:
    """The ids that the `members` of a group hold."""
    return _values(record.resource.get("members"))


def _values(value: Json) -> Iterator[str]:
    for entry in value if isinstance(value, list) else ():
        inner = entry.get("value") if isinstance(entry, dict) else None
        if isinstance(inner, str):
            yield inner
