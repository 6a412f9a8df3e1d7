"""Reads the assertions and scripts of one step of an export."""

from collections.abc import Callable, Iterator
from enum import Enum
from typing import TypeVar

from scimctl.document import Path
from scimctl.jsonvalue import show
from scimctl.scenario.exported.model import Assertion, Comparison, Script, Source
from scimctl.scenario.exported.places import parts_of
from scimctl.scenario.reading import Reading
from scimctl.validation import near

_Word = TypeVar("_Word", bound=Enum)


def source(reading: Reading, path: Path) -> Source | None:
    """The part of the answer that is named at `path`; None with a fault for an unknown one."""
    return _word(reading, path, Source, "parts of an answer")


def _word(reading: Reading, path: Path, words: type[_Word], kind: str) -> _Word | None:
    value = reading.members(path[:-1]).get(str(path[-1]))
    known = {str(word.value): word for word in words}
    if isinstance(value, str) and value in known:
        return known[value]
    reading.fault(
        f"`{path[-1]}` is {show(value)}", path, label="scimctl cannot judge this", remedy=near(str(value), known, kind)
    )
    return None


def assertions(reading: Reading, path: Path, filled: Callable[[Path], str]) -> Iterator[Assertion]:
    """The assertions of the step at `path`; `filled` gives the text at a place as a template."""
    entries = reading.members(path).get("assertions")
    taken: dict[str, int] = {}
    for index in range(len(entries) if isinstance(entries, list) else 0):
        place = (*path, "assertions", index)
        entry = reading.members(place)
        looked_at = source(reading, (*place, "source"))
        comparison = _word(reading, (*place, "comparison"), Comparison, "comparisons")
        where = str(entry.get("property") or "")
        if looked_at is Source.JSON and parts_of(where) is None:
            reading.fault(f"`{where}` is no path", (*place, "property"), label="such as Resources[0].id")
        if looked_at is None or comparison is None:
            continue
        words = (where or looked_at.value.removeprefix("response_"), comparison.value)
        check = ".".join(("suite", f"step-{int(path[1]) + 1}", *words))
        taken[check] = taken.get(check, 0) + 1
        yield Assertion(
            check=check if taken[check] == 1 else f"{check}.{taken[check]}",
            source=looked_at,
            place=where,
            comparison=comparison,
            value=filled((*place, "value")) if "value" in entry else "",
            span=reading.document.value_span((*place, "comparison")),
        )


def scripts(reading: Reading, path: Path, user_name: str) -> Iterator[Script]:
    """The scripts of the step at `path`, those before its request first; empty ones are none."""
    number = int(path[1]) + 1
    for key, word in (("before_scripts", "before-script"), ("scripts", "script")):
        entries = reading.members(path).get(key)
        for index, text in enumerate(entries if isinstance(entries, list) else ()):
            if isinstance(text, str) and text.strip():
                span = reading.document.value_span((*path, key, index))
                check = f"suite.step-{number}.{word}-{index + 1}"
                yield Script(check=check, text=text, user_name=user_name, span=span)
