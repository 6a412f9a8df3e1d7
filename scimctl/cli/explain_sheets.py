"""What `scimctl explain` shows: a head and parts, as text or as JSON."""

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias

from scimctl.jsonvalue import Json

Part: TypeAlias = "str | tuple[str, ...]"
"""A text that is filled into lines, or lines that stand as they are."""

_WIDTH = 100
_LABEL = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One explanation: the id, what kind of id it is, and its parts by label; empty ones are not shown."""

    id: str
    kind: str
    parts: tuple[tuple[str, Part], ...]

    def document(self) -> dict[str, Json]:
        """The document of `--json`; labels become members in small letters, with underscores."""
        shown: dict[str, Json] = {"format": 1, "id": self.id, "kind": self.kind}
        for label, part in self.parts:
            shown[label.lower().replace(" ", "_")] = [*part] if isinstance(part, tuple) else part
        return shown


def lines(sheet: Sheet) -> Iterator[str]:
    """The sheet as text."""
    yield f"{sheet.id}  ({sheet.kind})"
    yield ""
    for label, part in sheet.parts:
        if isinstance(part, str):
            filled = textwrap.wrap(part, _WIDTH - _LABEL, break_long_words=False, break_on_hyphens=False)
        else:
            filled = [line for entry in part for line in entry.splitlines()]
        for index, line in enumerate(filled):
            yield (label if index == 0 else "").ljust(_LABEL) + line
