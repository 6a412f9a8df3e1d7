"""A store in memory: compact, because resources are kept as their JSON, and without long walks."""

from collections.abc import Callable, Iterator, Sequence
from threading import RLock
from types import TracebackType
from typing import TypeAlias

from scimctl.server.positions import Positions
from scimctl.server.store import ID, Billed, Key, Record, keys_of, members_of

_CACHED = 1024
"""How many records are kept as they were last used, with their resource decoded."""

_Row: TypeAlias = tuple[str, str, int, bool, bytes]
"""Type, id, version, whether active, JSON: a tuple of these is nothing that the garbage collector has to walk."""


class _Index:
    """Numbers of records by a key. A key that has one number, as nearly all have, costs no set."""

    def __init__(self) -> None:
        self._numbers: dict[str, int | set[int]] = {}

    def get(self, key: str) -> list[int]:
        """The numbers, ascending."""
        found = self._numbers.get(key)
        if found is None:
            return []
        return [found] if isinstance(found, int) else sorted(found)

    def add(self, key: str, number: int) -> None:
        """Gives a key one more number."""
        found = self._numbers.setdefault(key, number)
        if isinstance(found, set):
            found.add(number)
        elif found != number:
            self._numbers[key] = {found, number}

    def discard(self, key: str, number: int) -> None:
        """Takes a number from a key that has it."""
        found = self._numbers[key]
        if isinstance(found, set) and len(found) > 1:
            found.discard(number)
        else:
            del self._numbers[key]


class _Shelf:
    """What is known of the records of one type."""

    def __init__(self) -> None:
        self.positions = Positions()
        self.active = 0
        self.indexes: dict[str, _Index] = {}

    def index(self, attribute: str) -> _Index:
        """The index of an attribute."""
        return self.indexes.setdefault(attribute, _Index())


class MemoryStore:
    """A store that is gone when the process ends."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._shelves: dict[str, _Shelf] = {}
        self._numbers: dict[str, int] = {}
        self._rows: dict[int, _Row] = {}
        self._groups = _Index()
        self._cache: dict[str, Record] = {}
        self._last = 0
        self._billed: list[Billed] = []
        self._settings: dict[str, str] = {}
        self._depth = 0
        self._undo: list[Callable[[], object]] = []

    def transaction(self) -> "MemoryStore":
        """Keeps every other writer out until the block ends; may be nested."""
        return self

    def __enter__(self) -> None:
        self._lock.acquire()
        self._depth += 1

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._depth -= 1
        if self._depth == 0:
            undo, self._undo = self._undo, []
            for step in reversed(undo if kind is not None else ()):
                step()
        self._lock.release()

    def get(self, kind: str, resource_id: str) -> Record | None:
        """The record of that type and id."""
        record = self.find_member(resource_id)
        return record if record is not None and record.kind == kind else None

    def find_member(self, resource_id: str) -> Record | None:
        """The record of that id, whatever its type."""
        cached = self._cache.get(resource_id)
        if cached is not None:
            return cached
        with self._lock:
            number = self._numbers.get(resource_id)
            return None if number is None else self._remember(self._record(number))

    def find(self, kind: str, attribute: str, key: str) -> list[Record]:
        """The records whose indexed attribute has that key, oldest first."""
        return self.find_any(kind, [(attribute, key)])

    def find_any(self, kind: str, keys: Sequence[Key]) -> list[Record]:
        """The records that have at least one of the keys, each once, oldest first."""
        with self._lock:
            shelf = self._shelves.get(kind)
            if shelf is None:
                return []
            found: set[int] = set()
            for attribute, key in keys:
                found.update(self._with_id(kind, key) if attribute == ID else shelf.index(attribute).get(key))
            return [self._record(number) for number in sorted(found)]

    def _with_id(self, kind: str, resource_id: str) -> Iterator[int]:
        number = self._numbers.get(resource_id)
        if number is not None and self._rows[number][0] == kind:
            yield number

    def scan(self, kind: str) -> Iterator[Record]:
        """All records of a type, oldest first, as they are when the first is taken."""
        with self._lock:
            numbers = self._shelf(kind).positions
            rows = [self._rows[number] for number in numbers.slice(0, len(numbers))]
        for row_kind, resource_id, version, _, encoded in rows:
            cached = self._cache.get(resource_id)
            if cached is not None and cached.version == version:
                yield cached
            else:
                yield Record.decoded(row_kind, resource_id, version, encoded)

    def ids(self, kind: str) -> list[str]:
        """The ids of all records of a type, in the order of `scan`."""
        with self._lock:
            numbers = self._shelf(kind).positions
            return [self._rows[number][1] for number in numbers.slice(0, len(numbers))]

    def page(self, kind: str, first: int, count: int) -> list[Record]:
        """At most `count` records of a type from number `first` on, counted from 0, in the order of `scan`."""
        with self._lock:
            return [self._record(number) for number in self._shelf(kind).positions.slice(first, count)]

    def count(self, kind: str) -> int:
        """How many records of a type there are."""
        with self._lock:
            return len(self._shelf(kind).positions)

    def count_active(self, kind: str) -> int:
        """How many records of a type are active."""
        with self._lock:
            return self._shelf(kind).active

    def groups_of(self, member_id: str) -> list[Record]:
        """The groups that hold a member, oldest first."""
        with self._lock:
            return [self._record(number) for number in self._groups.get(member_id)]

    def put(self, record: Record) -> None:
        """Stores a new record, or a new version of one."""
        with self:
            number = self._numbers.get(record.id)
            old = None if number is None else self._record(number)
            if number is None:
                self._last = number = self._last + 1
            self._replace(number, old, record)
            self._undo.append(lambda: self._replace(number, record, old))

    def remove(self, record: Record) -> None:
        """Forgets a record."""
        with self:
            number = self._numbers.get(record.id)
            if number is None:
                return
            old = self._record(number)
            self._replace(number, old, None)
            self._undo.append(lambda: self._replace(number, None, old))

    def bill(self, entry: Billed) -> None:
        """Adds an entry to the billing ledger."""
        with self:
            self._billed.append(entry)
            self._undo.append(self._billed.pop)

    def billed(self) -> tuple[Billed, ...]:
        """The billing ledger, oldest entry first."""
        with self._lock:
            return tuple(self._billed)

    def setting(self, name: str) -> str | None:
        """A text that the server keeps beside the resources, None when there is none."""
        return self._settings.get(name)

    def set_setting(self, name: str, value: str) -> None:
        """Keeps a text under a name, in place of what is there."""
        with self:
            before = dict(self._settings)
            self._settings[name] = value
            self._undo.append(lambda: setattr(self, "_settings", before))

    def close(self) -> None:
        """Ends the use of the store, which is nothing to do here."""

    def _shelf(self, kind: str) -> _Shelf:
        return self._shelves.setdefault(kind, _Shelf())

    def _record(self, number: int) -> Record:
        kind, resource_id, version, _, encoded = self._rows[number]
        return self._cache.get(resource_id) or Record.decoded(kind, resource_id, version, encoded)

    def _remember(self, record: Record) -> Record:
        if len(self._cache) >= _CACHED:
            self._cache.pop(next(iter(self._cache)), None)
        self._cache[record.id] = record
        return record

    def _replace(self, number: int, old: Record | None, new: Record | None) -> None:
        """Brings everything in step with one record that comes, changes or goes."""
        record = new or old
        assert record is not None
        shelf = self._shelf(record.kind)
        self._reindex(shelf, number, old, new)
        shelf.active += (new is not None and new.is_active) - (old is not None and old.is_active)
        self._cache.pop(record.id, None)
        if new is None:
            shelf.positions.discard(number)
            del self._rows[number], self._numbers[record.id]
            return
        if old is None:
            shelf.positions.add(number)
            self._numbers[new.id] = number
        self._rows[number] = (new.kind, new.id, new.version, new.is_active, new.encoded)
        self._remember(new)

    def _reindex(self, shelf: _Shelf, number: int, old: Record | None, new: Record | None) -> None:
        before = keys_of(old) if old is not None else set()
        after = keys_of(new) if new is not None else set()
        for attribute, key in before - after:
            shelf.index(attribute).discard(key, number)
        for attribute, key in after - before:
            shelf.index(attribute).add(key, number)
        was = members_of(old) if old is not None else set()
        now = members_of(new) if new is not None else set()
        for member in was - now:
            self._groups.discard(member, number)
        for member in now - was:
            self._groups.add(member, number)
