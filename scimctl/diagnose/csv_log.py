"""The System Log as the CSV that the Admin Console downloads, made into events of the API's form.

Okta does not document the columns, so they are found by their names, whatever their order, case and punctuation; a name
that is not known here can be given. What no column tells stays out of the events.
"""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from difflib import get_close_matches
from pathlib import Path

from dateutil import parser as times

from scimctl.diagnose.evidence import Damage, LogEntry
from scimctl.diagnostic import usage_error
from scimctl.jsonvalue import Json

_NAMES: dict[str, tuple[str, ...]] = {
    "time": ("time", "timestamp", "published", "date", "datetime", "eventtime"),
    "type": ("eventtype", "type", "event"),
    "message": ("displaymessage", "eventmessage", "message", "eventinfo", "eventdescription"),
    "legacy": ("legacyeventtype", "legacytype"),
    "result": ("outcomeresult", "outcome", "result", "status"),
    "reason": ("outcomereason", "reason", "outcomedetails"),
    "severity": ("severity",),
    "actor": ("actoralternateid", "actor", "actordisplayname", "actorid"),
    "targets": ("targets", "target", "targetdetails"),
    "transaction": ("transactionid", "transaction"),
    "uuid": ("uuid", "eventid"),
}
"""The columns that a diagnosis reads, with the names under which they are found, without case and punctuation."""
REQUIRED = ("time", "type")
_TARGET = re.compile(r"targets?(?P<number>\d+)(?P<part>id|type|alternateid|displayname)")
_LISTED = re.compile(r"(?P<name>[^;|,()]+?)\s*\((?P<type>User|AppUser|AppInstance|App|UserGroup|Group\w*)\)")
_PARTS = {"id": "id", "type": "type", "alternateid": "alternateId", "displayname": "displayName"}
_LARGEST_CELL = 1 << 20
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "CET": 1, "CEST": 2}
"""Hours from UTC of the zones that the Admin Console's readers live in; any other name counts as UTC."""


def columns_of(text: str) -> dict[str, str]:
    """`--csv-columns time=Zeit,reason=Grund` as a mapping of our names to those of the file. Raises InputError."""
    given: dict[str, str] = {}
    for pair in filter(None, (part.strip() for part in text.split(","))):
        name, mark, column = (part.strip() for part in pair.partition("="))
        if not mark or not column:
            raise usage_error(f"--csv-columns has {pair}", "write NAME=COLUMN, such as time=Zeit,reason=Grund")
        if name not in _NAMES:
            near = get_close_matches(name, _NAMES, n=1)
            known = ", ".join(_NAMES)
            help_text = f"did you mean {near[0]}?" if near else f"names: {known}"
            raise usage_error(f"--csv-columns knows no {name}", help_text)
        given[name] = column
    return given


def read_csv(path: Path, given: Mapping[str, str]) -> "CsvLog":
    """The log in a CSV file; `given` names columns where the usual names do not find them.

    Raises InputError when the file cannot be read, or has no column for the time or the type of an event.
    """
    try:
        with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            head = file.readline(_LARGEST_CELL)
    except OSError as error:
        raise usage_error(f"{path} cannot be read: {error.strerror}", "name the CSV that was downloaded") from error
    delimiter = max(",;\t|", key=head.count)
    header = next(csv.reader([head], delimiter=delimiter), [])
    columns = _columns(header, given, path)
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise usage_error(
            f"{path} has no column for the {' and the '.join(missing)} of an event; it has: {', '.join(header) or '-'}",
            f"name it, such as --csv-columns {missing[0]}=NAME",
        )
    return CsvLog(path, delimiter, columns, _target_columns(header))


def _columns(header: Sequence[str], given: Mapping[str, str], path: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    plain = [_plain(name) for name in header]
    for name, known in _NAMES.items():
        if name in given:
            wanted = _plain(given[name])
            if wanted not in plain:
                near = get_close_matches(given[name], header, n=1)
                help_text = f"did you mean {near[0]}?" if near else f"it has: {', '.join(header)}"
                raise usage_error(f"{path} has no column {given[name]}", help_text)
            found[name] = plain.index(wanted)
            continue
        place = next((plain.index(one) for one in known if one in plain), None)
        if place is not None:
            found[name] = place
    return found


def _target_columns(header: Sequence[str]) -> dict[tuple[int, str], int]:
    """The columns of numbered targets, such as `target0.alternateId`, by number and member."""
    found: dict[tuple[int, str], int] = {}
    for place, name in enumerate(header):
        match = _TARGET.fullmatch(_plain(name))
        if match is not None:
            found[int(match["number"]), _PARTS[match["part"]]] = place
    return found


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


@dataclass(frozen=True, slots=True)
class CsvLog:
    """The events of a CSV, read line by line; a line that tells no event is a Damage."""

    path: Path
    delimiter: str
    columns: Mapping[str, int]
    targets: Mapping[tuple[int, str], int]

    def __iter__(self) -> Iterator[LogEntry]:
        with self.path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
            rows = csv.reader(file, delimiter=self.delimiter)
            try:
                next(rows, None)
                for row in rows:
                    if any(cell.strip() for cell in row):
                        yield self._event(row, rows.line_num)
            except csv.Error as error:
                yield Damage(f"{self.path.name} cannot be read from line {rows.line_num} on: {error}")

    def _event(self, row: Sequence[str], line: int) -> LogEntry:
        published = _time(self._cell(row, "time"))
        if published is None:
            return Damage(f"{self.path.name}:{line}: `{self._cell(row, 'time')}` is no time")
        transaction = self._cell(row, "transaction")
        event: dict[str, Json] = {
            "published": published,
            "eventType": self._cell(row, "type"),
            "displayMessage": self._cell(row, "message") or None,
            "legacyEventType": self._cell(row, "legacy") or None,
            "severity": self._cell(row, "severity") or None,
            "uuid": self._cell(row, "uuid") or None,
            "outcome": {
                "result": self._cell(row, "result").upper() or None,
                "reason": self._cell(row, "reason") or None,
            },
            "actor": {"alternateId": self._cell(row, "actor") or None},
            "transaction": {"id": transaction or None},
            "target": [*self._targets(row)],
        }
        return event

    def _cell(self, row: Sequence[str], name: str) -> str:
        place = self.columns.get(name)
        return row[place].strip() if place is not None and place < len(row) else ""

    def _targets(self, row: Sequence[str]) -> Iterator[Json]:
        numbers = sorted({number for number, _ in self.targets})
        for number in numbers:
            target: dict[str, Json] = {}
            for part in _PARTS.values():
                place = self.targets.get((number, part))
                if place is not None and place < len(row) and row[place].strip():
                    target[part] = row[place].strip()
            if target:
                yield target
        if not numbers:
            for match in _LISTED.finditer(self._cell(row, "targets")):
                name = match["name"].strip()
                yield {"type": match["type"], "alternateId": name, "displayName": name}


def _time(text: str) -> str | None:
    """A time in the API's form; without a zone it counts as UTC."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        written = _written_out(text)
        if written is None:
            return None
        read = written
    aware = read if read.tzinfo is not None else read.replace(tzinfo=UTC)
    return aware.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _written_out(text: str) -> datetime | None:
    """A time as people write it, such as `May 1, 2026 10:15:12 AM PDT`; it has to name a year."""
    if re.search(r"\b20\d\d\b", text) is None:
        return None
    try:
        return times.parse(text, tzinfos=lambda name, offset: _ZONES.get(name, 0) * 3600 if offset is None else offset)
    except (ValueError, OverflowError):
        return None
