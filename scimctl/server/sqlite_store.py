"""A store in an SQLite file: what was acknowledged is there after the process was killed."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Any, TypeAlias

from scimctl.scim.errors import ScimError
from scimctl.server.sqlite_file import ACTIVE, LEVELS, open_file
from scimctl.server.store import EMAIL, ID, INDEXED, Billed, Key, Record, keys_of, members_of

_Row: TypeAlias = tuple[Any, ...]

_BATCH = 1000
"""How many records a scan holds at once."""

_RECORD = "SELECT kind, id, version, body FROM resource"

_NUMBERS = {
    ID: "SELECT number FROM resource WHERE id = ?1 AND kind = ?2",
    EMAIL: "SELECT number FROM email JOIN resource USING (number) WHERE address = ?1 AND kind = ?2",
} | {name: f"SELECT number FROM resource WHERE {name} = ?1 AND kind = ?2" for name in INDEXED}
"""How the records of a key are found, by the indexed attribute."""

_COLUMNS = ("version", "active", *INDEXED, "body")
"""What changes with a record."""

_PLACES = ", ".join("?" * len(_COLUMNS))
_INSERT = f"INSERT INTO resource ({', '.join(_COLUMNS)}, number, id, kind) VALUES ({_PLACES}, ?, ?, ?)"
_UPDATE = f"UPDATE resource SET {', '.join(f'{name} = ?' for name in _COLUMNS)} WHERE number = ?"


class SqliteStore:
    """A store in a file, which one process can use at a time; raises InputError when the file cannot be used.

    Every transaction is one of SQLite's: after a crash all of it is there, or nothing. Errors of SQLite during a
    request, such as a full disk, become ScimError 503.
    """

    def __init__(self, path: Path) -> None:
        self._lock = RLock()
        self._depth = 0
        self._connection = open_file(path)
        self._last = int(self._execute("SELECT coalesce(max(number), 0) FROM resource")[0][0])

    def transaction(self) -> "SqliteStore":
        """Keeps every other writer out until the block ends; may be nested."""
        return self

    def __enter__(self) -> None:
        self._lock.acquire()
        try:
            if self._depth == 0:
                self._execute("BEGIN IMMEDIATE")
        except BaseException:
            self._lock.release()
            raise
        self._depth += 1

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        self._depth -= 1
        try:
            if self._depth == 0 and kind is None:
                self._commit()
            elif self._depth == 0:
                self._roll_back()
        finally:
            self._lock.release()

    def _commit(self) -> None:
        try:
            self._execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        # Some errors, a full disk among them, have made SQLite roll back by itself.
        if self._connection.in_transaction:
            self._execute("ROLLBACK")

    def get(self, kind: str, resource_id: str) -> Record | None:
        """The record of that type and id."""
        record = self.find_member(resource_id)
        return record if record is not None and record.kind == kind else None

    def find_member(self, resource_id: str) -> Record | None:
        """The record of that id, whatever its type."""
        found = self._records(f"{_RECORD} WHERE id = ?", (resource_id,)) if _is_text(resource_id) else []
        return found[0] if found else None

    def find(self, kind: str, attribute: str, key: str) -> list[Record]:
        """The records whose indexed attribute has that key, oldest first."""
        return self.find_any(kind, [(attribute, key)])

    def find_any(self, kind: str, keys: Sequence[Key]) -> list[Record]:
        """The records that have at least one of the keys, each once, oldest first."""
        with self._lock:
            numbers: set[int] = set()
            for attribute, key in keys:
                if _is_text(key):
                    numbers.update(row[0] for row in self._execute(_NUMBERS[attribute], (key, kind)))
            rows = (self._records(f"{_RECORD} WHERE number = ?", (number,)) for number in sorted(numbers))
            return [record for row in rows for record in row]

    def scan(self, kind: str) -> Iterator[Record]:
        """All records of a type, oldest first; what is written meanwhile may be seen or not."""
        number = -1
        query = "SELECT kind, id, version, body, number FROM resource WHERE kind = ? AND number > ? ORDER BY number"
        while rows := self._execute(f"{query} LIMIT {_BATCH}", (kind, number)):
            number = rows[-1][4]
            yield from (Record.decoded(*row[:4]) for row in rows)

    def ids(self, kind: str) -> list[str]:
        """The ids of all records of a type, in the order of `scan`."""
        return [row[0] for row in self._execute("SELECT id FROM resource WHERE kind = ? ORDER BY number", (kind,))]

    def page(self, kind: str, first: int, count: int) -> list[Record]:
        """At most `count` records of a type from number `first` on, counted from 0, in the order of `scan`."""
        with self._lock:
            number = self._number_at(kind, first)
            query = f"{_RECORD} WHERE kind = ? AND number >= ? ORDER BY number LIMIT ?"
            return [] if number is None else self._records(query, (kind, number, count))

    def _number_at(self, kind: str, position: int) -> int | None:
        """The number of the record that has `position` older ones, None when there are fewer."""
        if position >= self.count(kind):
            return None
        low, high = 0, 2**62
        for level in LEVELS:
            query = "SELECT block, amount FROM census WHERE kind = ? AND level = ? AND block BETWEEN ? AND ?"
            blocks = self._execute(f"{query} ORDER BY block", (kind, level, low >> level, high >> level))
            for block, amount in blocks:
                if position < amount:
                    low, high = block << level, ((block + 1) << level) - 1
                    break
                position -= amount
        query = "SELECT number FROM resource WHERE kind = ? AND number >= ? ORDER BY number LIMIT 1 OFFSET ?"
        return int(self._execute(query, (kind, low, position))[0][0])

    def count(self, kind: str) -> int:
        """How many records of a type there are."""
        return self._census(kind, LEVELS[0])

    def count_active(self, kind: str) -> int:
        """How many records of a type are active."""
        return self._census(kind, ACTIVE)

    def _census(self, kind: str, level: int) -> int:
        query = "SELECT coalesce(sum(amount), 0) FROM census WHERE kind = ? AND level = ?"
        return int(self._execute(query, (kind, level))[0][0])

    def groups_of(self, member_id: str) -> list[Record]:
        """The groups that hold a member, oldest first."""
        query = "SELECT kind, resource.id, version, body FROM member JOIN resource USING (number) WHERE member.id = ?"
        return self._records(f"{query} ORDER BY number", (member_id,))

    def put(self, record: Record) -> None:
        """Stores a new record, or a new version of one."""
        with self:
            found = self._execute("SELECT number, kind, id, version, body FROM resource WHERE id = ?", (record.id,))
            old = Record.decoded(*found[0][1:]) if found else None
            keys = keys_of(record)
            by_name = dict(keys)
            names = (by_name.get(name) for name in INDEXED)
            columns = (record.version, record.is_active, *names, record.encoded)
            if old is None:
                self._last = number = self._last + 1
                self._execute(_INSERT, (*columns, number, record.id, record.kind))
            else:
                number = found[0][0]
                self._execute(_UPDATE, (*columns, number))
            was = keys_of(old) if old is not None else set()
            self._move("email", "address", number, _addresses(was), _addresses(keys))
            self._move("member", "id", number, members_of(old) if old is not None else set(), members_of(record))

    def remove(self, record: Record) -> None:
        """Forgets a record."""
        with self:
            found = self._execute("SELECT number, kind, id, version, body FROM resource WHERE id = ?", (record.id,))
            if not found:
                return
            number, old = found[0][0], Record.decoded(*found[0][1:])
            self._move("email", "address", number, _addresses(keys_of(old)), set())
            self._move("member", "id", number, members_of(old), set())
            self._execute("DELETE FROM resource WHERE number = ?", (number,))

    def bill(self, entry: Billed) -> None:
        """Adds an entry to the billing ledger."""
        query = "INSERT INTO ledger (moment, user_id, event) VALUES (?, ?, ?)"
        with self:
            self._execute(query, (entry.when, entry.user_id, entry.event))

    def billed(self) -> tuple[Billed, ...]:
        """The billing ledger, oldest entry first."""
        rows = self._execute("SELECT moment, user_id, event FROM ledger ORDER BY number")
        return tuple(Billed(when=when, user_id=user_id, event=event) for when, user_id, event in rows)

    def setting(self, name: str) -> str | None:
        """A text that the server keeps beside the resources, None when there is none."""
        rows = self._execute("SELECT value FROM setting WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else None

    def set_setting(self, name: str, value: str) -> None:
        """Keeps a text under a name, in place of what is there."""
        with self:
            self._execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def close(self) -> None:
        """Ends the use of the store; another process may open the file then."""
        with self._lock:
            self._connection.close()

    def _move(self, table: str, column: str, number: int, was: set[str], now: set[str]) -> None:
        self._execute_many(f"DELETE FROM {table} WHERE {column} = ? AND number = ?", was - now, number)
        self._execute_many(f"INSERT INTO {table} VALUES (?, ?)", now - was, number)

    def _execute_many(self, query: str, texts: Iterable[str], number: int) -> None:
        for text in texts:
            self._execute(query, (text, number))

    def _records(self, query: str, values: _Row) -> list[Record]:
        return [Record.decoded(*row) for row in self._execute(query, values)]

    def _execute(self, query: str, values: _Row = ()) -> list[_Row]:
        with self._lock:
            try:
                return self._connection.execute(query, values).fetchall()
            except sqlite3.Error as error:
                raise ScimError(503, f"the store cannot be used: {error}") from error


def _addresses(keys: set[Key]) -> set[str]:
    return {key for attribute, key in keys if attribute == EMAIL}


def _is_text(key: str) -> bool:
    """Whether a key can be stored at all: half of a surrogate pair cannot, so nothing has it."""
    return key.isascii() or not any("\ud800" <= character <= "\udfff" for character in key)
