"""Departures of a server that are known and accepted until a day: reading and writing the deviations file."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from scimctl import bundle
from scimctl.diagnostic import Diagnostic, InputError
from scimctl.document import Document, load
from scimctl.scenario.files import read_source
from scimctl.validation import Validator, diagnostics

EVERY_SCENARIO = "*"


@dataclass(frozen=True, slots=True, kw_only=True)
class Deviation:
    """One accepted departure: the scenario's id (or `*`), the check's id, why, and the last day it counts."""

    scenario: str
    check: str
    reason: str
    expires: date


@dataclass(frozen=True, slots=True)
class Deviations:
    """The deviations in force, and a warning for each that has expired."""

    entries: tuple[Deviation, ...] = ()
    warnings: tuple[str, ...] = ()

    def covers(self, scenario_id: str, check: str) -> bool:
        """Whether the check is listed for this scenario or for every one."""
        return self.names(scenario_id, check) or self.names(EVERY_SCENARIO, check)

    def names(self, scenario_id: str, check: str) -> bool:
        """Whether an entry stands for just this scenario (or just `*`) and check."""
        return any((entry.scenario, entry.check) == (scenario_id, check) for entry in self.entries)


def load_deviations(path: Path, today: date) -> Deviations:
    """The deviations of a file as they stand on `today`. Raises InputError with every fault of the file."""
    document = load(read_source(path))
    faults = diagnostics(document, Validator(bundle.read_schema("scimctl/deviations.schema.json")))
    if not faults:
        entries = list(_entries(document, faults))
    if faults:
        raise InputError(*faults)
    current = tuple(entry for entry in entries if entry.expires >= today)
    return Deviations(current, tuple(_warning(entry, document) for entry in entries if entry.expires < today))


def _warning(entry: Deviation, document: Document) -> str:
    name = document.source.name
    return f"{name}: the deviation {entry.check} of {entry.scenario} expired on {entry.expires} and is ignored"


def _entries(document: Document, faults: list[Diagnostic]) -> Iterator[Deviation]:
    tree = document.tree if isinstance(document.tree, list) else []
    seen: set[tuple[str, str]] = set()
    for index, item in enumerate(tree):
        assert isinstance(item, dict)
        scenario, check, day = str(item["scenario"]), str(item["check"]), str(item["expires"])
        if (scenario, check) in seen:
            span = document.value_span((index,))
            faults.append(Diagnostic(title=f"{check} of {scenario} is listed twice", span=span, label="second entry"))
        seen.add((scenario, check))
        try:
            expires = date.fromisoformat(day)
        except ValueError:
            span = document.value_span((index, "expires"))
            faults.append(Diagnostic(title=f"there is no day {day}", span=span, label="no day of the calendar"))
            continue
        yield Deviation(scenario=scenario, check=check, reason=str(item["reason"]), expires=expires)


def dump(entries: Iterable[Deviation]) -> str:
    """The text of a deviations file with these entries, in their order."""
    lines = ["# Departures that are known and accepted until a day: scimctl run --deviations FILE"]
    for entry in entries:
        lines += [
            f"- scenario: {_quoted(entry.scenario)}",
            f"  check: {_quoted(entry.check)}",
            f"  reason: {_quoted(entry.reason)}",
            f'  expires: "{entry.expires.isoformat()}"',
        ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # JSON strings are YAML strings.
    return json.dumps(text, ensure_ascii=False)
