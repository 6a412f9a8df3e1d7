"""What we made on the server, so that it can be removed: one file a run, in the user's state folder.

The intent to create is written and synced before the request goes out, the id after the answer came. So after a
`kill -9` the file still names everything that may be there. It holds the base URL, never a token.
"""

import json
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from scimctl.jsonvalue import Json


@dataclass(slots=True, kw_only=True)
class Entry:
    """One thing we meant to make: collection (`/Users`), the attribute that names it, its name, its id once known.

    `marks` are the values by which it is known as ours, whatever id leads to it.
    """

    number: int
    scenario: str
    collection: str
    attribute: str
    name: str
    marks: set[str]
    id: str | None = None
    settled: bool = False

    @property
    def resource_type(self) -> str:
        """The collection without slash and plural: `User`, `Group`."""
        return self.collection.strip("/").removesuffix("s")


@dataclass(slots=True)
class Ledger:
    """The record of one run. Without a path it lives in memory alone, for a target that dies with us.

    Safe to use from several threads.
    """

    base_url: str
    path: Path | None = None
    entries: list[Entry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _begun: bool = False
    _descriptor: int | None = None

    def intend(self, scenario: str, collection: str, attribute: str, name: str, marks: Iterable[str] = ()) -> Entry:
        """Notes that a create is about to be sent. Raises OSError when the file cannot be written."""
        with self._lock:
            entry = Entry(
                number=len(self.entries) + 1,
                scenario=scenario,
                collection=collection,
                attribute=attribute,
                name=name,
                marks=_marks(name, marks),
            )
            self.entries.append(entry)
            self._write(
                {
                    "intent": entry.number,
                    "scenario": scenario,
                    "collection": collection,
                    "attribute": attribute,
                    "name": name,
                    "marks": [*sorted(entry.marks)],
                },
                sync=True,
            )
        return entry

    def made(self, entry: Entry, identifier: str, *, is_secret: bool = False) -> None:
        """Notes the id that the server gave; one that is a secret is remembered and not written."""
        with self._lock:
            entry.id = identifier
            if not is_secret:
                self._write({"made": entry.number, "id": identifier})

    def marked(self, entry: Entry, marks: Iterable[str]) -> None:
        """Notes further values by which `entry` is known, as after a change of its name."""
        with self._lock:
            added = set(marks) - entry.marks
            if added:
                entry.marks |= added
                self._write({"marked": entry.number, "marks": [*sorted(added)]})

    def settle(self, entry: Entry) -> None:
        """Notes that nothing of `entry` is left on the server."""
        with self._lock:
            entry.settled = True
            self._write({"settled": entry.number})

    def open_entries(self, scenario: str | None = None) -> list[Entry]:
        """What is not settled, newest first, of one scenario or of all."""
        with self._lock:
            found = [e for e in self.entries if not e.settled and (scenario is None or e.scenario == scenario)]
        return found[::-1]

    def close(self) -> None:
        """Closes the file, and removes it once nothing is left to clean up."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        if self.path is not None and self._begun and not self.open_entries():
            self.path.unlink(missing_ok=True)

    def _write(self, record: dict[str, Json], *, sync: bool = False) -> None:
        if self.path is None:
            return
        if not self._begun:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._append({"format": 1, "base_url": self.base_url}, sync=False)
            self._begun = True
        self._append(record, sync=sync)

    def _append(self, record: dict[str, Json], *, sync: bool) -> None:
        assert self.path is not None
        if self._descriptor is None:
            self._descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        # One write a record, past every buffer: what was noted outlives the process, synced it outlives the machine.
        os.write(self._descriptor, json.dumps(record).encode() + b"\n")
        if sync:
            os.fsync(self._descriptor)


def state_folder() -> Path:
    """Where ledgers lie: `$XDG_STATE_HOME/scimctl/runs`, else `~/.local/state/scimctl/runs`."""
    root = os.environ.get("XDG_STATE_HOME")
    return (Path(root) if root else Path.home() / ".local" / "state") / "scimctl" / "runs"


def read(path: Path) -> Ledger:
    """The ledger in `path`, which an earlier run left behind; a last line that was cut short is passed over.

    Raises ValueError when the file is no ledger.
    """
    records = list(_records(path))
    if not records or not isinstance(records[0].get("base_url"), str):
        raise ValueError("the file does not start with a ledger's base URL")
    ledger = Ledger(str(records[0]["base_url"]))
    by_number: dict[Json, Entry] = {}
    for record in records[1:]:
        if "intent" in record:
            entry = Entry(
                number=len(ledger.entries) + 1,
                scenario=str(record.get("scenario")),
                collection=str(record.get("collection")),
                attribute=str(record.get("attribute")),
                name=str(record.get("name")),
                marks=_marks(str(record.get("name")), _texts(record.get("marks"))),
            )
            ledger.entries.append(entry)
            by_number[_hashable(record["intent"])] = entry
        elif "made" in record and _hashable(record["made"]) in by_number:
            by_number[_hashable(record["made"])].id = str(record.get("id"))
        elif "marked" in record and _hashable(record["marked"]) in by_number:
            by_number[_hashable(record["marked"])].marks |= set(_texts(record.get("marks")))
        elif "settled" in record and _hashable(record["settled"]) in by_number:
            by_number[_hashable(record["settled"])].settled = True
    ledger.path, ledger._begun = path, True
    return ledger


def _marks(name: str, marks: Iterable[str]) -> set[str]:
    return {name.casefold(), *marks} - {""}


def _texts(value: Json) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _hashable(value: Json) -> str:
    return json.dumps(value)


def _records(path: Path) -> Iterator[dict[str, Json]]:
    for line in path.read_text("utf-8", "replace").splitlines():
        try:
            record = json.loads(line)
        except ValueError:
            continue
        if isinstance(record, dict):
            yield record
