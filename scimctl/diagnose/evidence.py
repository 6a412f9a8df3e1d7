"""Okta's side of a diagnosis: the raw answers of its Management API, whichever way they came.

What is here knows JSON documents and files, and nothing of what they mean.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TypeAlias

from scimctl.diagnose.request_log import Recorded
from scimctl.diagnostic import usage_error
from scimctl.jsonvalue import Json, NotJsonError, parse

_CHUNK = 1 << 20
_LARGEST_EVENT = 8 << 20
_LARGEST_DOCUMENT = 512 << 20
_SEPARATORS = " \t\r\n,[]"


class Piece(Enum):
    """One document of the evidence: its file name without suffix, what it is, the request that brings it."""

    LOGS = ("logs", list, "the System Log", "GET /api/v1/logs")
    APP = ("app", dict, "the app", "GET /api/v1/apps/{app}")
    APP_USERS = ("app-users", list, "the app's users", "GET /api/v1/apps/{app}/users")
    APP_GROUPS = ("app-groups", list, "the app's groups", "GET /api/v1/apps/{app}/groups?expand=group")
    USER = ("user", dict, "the Okta user", "GET /api/v1/users/{login}")
    USER_GROUPS = ("user-groups", list, "the user's groups", "GET /api/v1/users/{user}/groups")
    PUSH_MAPPINGS = (
        "group-push-mappings",
        list,
        "the app's group push mappings",
        "GET /api/v1/apps/{app}/group-push/mappings",
    )
    APP_SCHEMA = ("app-schema", dict, "the app's user profile", "GET /api/v1/meta/schemas/apps/{app}/default")

    def __init__(self, stem: str, kind: type, title: str, request: str) -> None:
        self.stem = stem
        self.kind = kind
        self.title = title
        self.request = request

    @property
    def file_name(self) -> str:
        """The name of the piece in a folder of evidence."""
        return f"{self.stem}.json"


@dataclass(frozen=True, slots=True)
class Damage:
    """Stands in a log for what could not be read; `reason` says why."""

    reason: str


LogEntry: TypeAlias = "Json | Damage"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What is known of Okta's side.

    `logs` holds raw System Log events in any order and can be iterated more than once; None when there is no log.
    `documents` holds the other pieces, each of the JSON type that Okta gives it. `absent` says of every other piece
    why it is not there. `requests` is the app's own record of what it was asked. `origin` is how a message names the
    source.
    """

    origin: str
    logs: Iterable[LogEntry] | None = None
    documents: Mapping[Piece, Json] = field(default_factory=dict)
    absent: Mapping[Piece, str] = field(default_factory=dict)
    requests: tuple[Recorded, ...] = ()

    def get(self, piece: Piece) -> Json:
        """The document of a piece other than the log, None when it is absent."""
        return self.documents.get(piece)

    @property
    def is_empty(self) -> bool:
        """Whether no piece at all is there."""
        return self.logs is None and not self.documents


def no_evidence(reason: str) -> Evidence:
    """Evidence without a single piece, for `reason`."""
    return Evidence(origin="no evidence", absent=dict.fromkeys(Piece, reason))


def fault_of(piece: Piece, document: Json) -> str | None:
    """Why `document` cannot be this piece, or None when it can: another JSON type, an error of Okta's API."""
    if isinstance(document, dict) and isinstance(document.get("errorCode"), str):
        summary = document.get("errorSummary")
        return f"Okta answered {document['errorCode']}" + (f": {summary}" if isinstance(summary, str) else "")
    if not isinstance(document, piece.kind):
        wanted = "a list" if piece.kind is list else "an object"
        return f"it holds {_type_name(document)} in place of {wanted}"
    return None


def read_folder(folder: Path) -> Evidence:
    """The evidence in a folder of saved answers, a file a piece; a file that cannot be used is an absent piece.

    Raises InputError when there is no such folder, or when it has none of the files.
    """
    if not folder.is_dir():
        problem = "is no folder" if folder.exists() else "does not exist"
        raise usage_error(f"the evidence {folder} {problem}", "name the folder that holds logs.json and app.json")
    documents: dict[Piece, Json] = {}
    absent: dict[Piece, str] = {}
    logs: LogFile | None = None
    for piece in Piece:
        path = folder / piece.file_name
        if not path.is_file():
            absent[piece] = f"{piece.file_name} is not in {folder}"
        elif piece is Piece.LOGS:
            logs = LogFile(path)
        else:
            document, fault = _read(piece, path)
            if fault is None:
                documents[piece] = document
            else:
                absent[piece] = f"{piece.file_name}: {fault}"
    if len(absent) == len(Piece) and not any((folder / piece.file_name).is_file() for piece in Piece):
        known = ", ".join(piece.file_name for piece in Piece)
        raise usage_error(f"the folder {folder} has no evidence in it", f"it may hold {known}")
    return Evidence(origin=str(folder), logs=logs, documents=documents, absent=absent)


def _read(piece: Piece, path: Path) -> tuple[Json, str | None]:
    try:
        if path.stat().st_size > _LARGEST_DOCUMENT:
            return None, f"it is larger than {_LARGEST_DOCUMENT >> 20} MiB"
        document = parse(path.read_bytes())
    except OSError as error:
        return None, f"it cannot be read: {error.strerror}"
    except NotJsonError as error:
        return None, f"it is not JSON: {error}"
    return document, fault_of(piece, document)


@dataclass(frozen=True, slots=True)
class LogFile:
    """The events of a saved log, read one by one, so that its size costs no memory.

    The file is a JSON array, or one event after the other. Where it breaks off or is no JSON, the events before are
    given, and then a Damage.
    """

    path: Path

    def __iter__(self) -> Iterator[LogEntry]:
        try:
            with self.path.open(encoding="utf-8-sig", errors="replace") as file:
                yield from _values(iter(lambda: file.read(_CHUNK), ""))
        except OSError as error:
            yield Damage(f"{self.path.name} cannot be read: {error.strerror}")


def _values(chunks: Iterator[str]) -> Iterator[LogEntry]:
    decoder = json.JSONDecoder()
    rest, count, ended = "", 0, False
    while not ended:
        chunk = next(chunks, "")
        ended = not chunk
        rest += chunk
        at = _skip(rest, 0)
        while at < len(rest):
            try:
                value, end = decoder.raw_decode(rest, at)
            except (ValueError, RecursionError):
                break
            yield value
            count += 1
            at = _skip(rest, end)
        rest = rest[at:]
        if len(rest) > _LARGEST_EVENT:
            break
    if rest:
        yield Damage(f"the log cannot be read further after {count} events: what follows is no whole JSON object")


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in _SEPARATORS:
        at += 1
    return at


def _type_name(document: Json) -> str:
    match document:
        case None:
            return "null"
        case dict():
            return "an object"
        case list():
            return "a list"
        case str():
            return "a text"
        case bool():
            return "a boolean"
        case _:
            return "a number"
