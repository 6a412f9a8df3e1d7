"""A text that a person wrote, and places in it. Spans live from the parser to the report."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SourceText:
    """A file's name as it is shown to people, and its text."""

    name: str
    text: str

    def line(self, number: int) -> str:
        """Line `number`, counted from 1, without its end; empty past the end."""
        lines = self.text.splitlines()
        return lines[number - 1] if 1 <= number <= len(lines) else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A run of characters on one line: line and column counted from 1, `length` in characters, at least 1."""

    source: SourceText
    line: int
    column: int
    length: int = 1

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and terminals follow it."""
        return f"{self.source.name}:{self.line}:{self.column}"
