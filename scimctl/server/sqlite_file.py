"""The file of an SQLite store: its tables, and opening it with a clear word on whatever is in the way."""

import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from scimctl.diagnostic import InputError, usage_error

APPLICATION_ID = 0x5343494D
"""Marks an SQLite file as ours: the letters SCIM."""

VERSION = 1
"""The version of the tables below."""

_TABLES = """
CREATE TABLE resource (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, version INTEGER NOT NULL,
  active INTEGER NOT NULL, userName TEXT, displayName TEXT, externalId TEXT, body BLOB NOT NULL
);
CREATE INDEX resource_kind ON resource (kind);
CREATE INDEX resource_userName ON resource (userName, kind) WHERE userName IS NOT NULL;
CREATE INDEX resource_displayName ON resource (displayName, kind) WHERE displayName IS NOT NULL;
CREATE INDEX resource_externalId ON resource (externalId, kind) WHERE externalId IS NOT NULL;
CREATE TABLE email (address TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (address, number)) WITHOUT ROWID;
CREATE TABLE member (id TEXT NOT NULL, number INTEGER NOT NULL, PRIMARY KEY (id, number)) WITHOUT ROWID;
CREATE TABLE census (
  kind TEXT NOT NULL, level INTEGER NOT NULL, block INTEGER NOT NULL, amount INTEGER NOT NULL,
  PRIMARY KEY (kind, level, block)
) WITHOUT ROWID;
CREATE TABLE ledger (number INTEGER PRIMARY KEY, moment TEXT NOT NULL, user_id TEXT NOT NULL, event TEXT NOT NULL);
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""

LEVELS = (24, 16, 8)
"""The census counts resources in blocks of 2**24, 2**16 and 2**8 numbers, so that a page far back is found at once."""

_STATE = (
    "application_id FROM pragma_application_id",
    "user_version FROM pragma_user_version",
    "count(*) FROM sqlite_master",
)

ACTIVE = 0
"""The level under which the census counts active resources, all in block 0."""


def open_file(path: Path) -> sqlite3.Connection:
    """A connection to the store in that file, which no other process can open meanwhile; a new file becomes a store.

    Raises InputError, with what to do, for a file that cannot be used: not a store, of another version, in use,
    not writable.
    """
    path = path.absolute()
    try:
        # Whom the file is for: it holds personal data, and digests of tokens.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.2)
    except (OSError, sqlite3.Error) as error:
        raise _cannot(path, getattr(error, "strerror", None) or str(error)) from error
    try:
        _prepare(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise _unusable(path, error) from error
    except InputError:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    # The lock is kept until the connection ends, or its process does. It has to be asked for before anything is read.
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("BEGIN IMMEDIATE")
    mark, version, tables = (connection.execute(f"SELECT {each}").fetchone()[0] for each in _STATE)
    is_new = (mark, version, tables) == (0, 0, 0)
    if not is_new and mark != APPLICATION_ID:
        raise _not_ours(path)
    if not is_new and version != VERSION:
        remedy = "use the scimctl that made the file, or give another file"
        raise usage_error(f"{path} is a store of version {version}; this scimctl reads version {VERSION}", remedy)
    if is_new:
        for statement in (*_TABLES.split(";\n"), *_triggers()):
            connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {VERSION}")
    connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
    # What is committed outlives the process; without a sync per commit, a power failure may undo the last commits.
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA cache_size = -65536")
    connection.execute("PRAGMA wal_autocheckpoint = 8192")


def _triggers() -> Iterator[str]:
    """What keeps the census in step with the resources."""
    add = "INSERT INTO census VALUES {} ON CONFLICT DO UPDATE SET amount = amount + excluded.amount;"

    def rows(row: str, sign: str) -> str:
        counted = [f"({row}.kind, {level}, {row}.number >> {level}, {sign}1)" for level in LEVELS]
        return ", ".join([*counted, f"({row}.kind, {ACTIVE}, 0, {sign}{row}.active)"])

    yield f"CREATE TRIGGER coming AFTER INSERT ON resource BEGIN {add.format(rows('new', ''))} END"
    switched = f"(new.kind, {ACTIVE}, 0, new.active - old.active)"
    when = "AFTER UPDATE ON resource WHEN new.active <> old.active"
    yield f"CREATE TRIGGER switching {when} BEGIN {add.format(switched)} END"
    empty = " OR ".join(f"(level = {level} AND block = old.number >> {level})" for level in LEVELS)
    forget = f"DELETE FROM census WHERE kind = old.kind AND amount = 0 AND ({empty});"
    yield f"CREATE TRIGGER going AFTER DELETE ON resource BEGIN {add.format(rows('old', '-'))} {forget} END"


def _unusable(path: Path, error: sqlite3.Error) -> InputError:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return usage_error(f"{path} is in use by another process", "stop the other server, or give another file")
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return _not_ours(path)
    return _cannot(path, str(error))


def _not_ours(path: Path) -> InputError:
    return usage_error(f"{path} is not a store of scimctl", "give another file, or one that does not exist yet")


def _cannot(path: Path, reason: str) -> InputError:
    return usage_error(f"{path} cannot be used as a store: {reason}", "give a file in a folder that you may write to")
