"""A Diagnostic as text: the title, the line of the file with a caret under the place, the grounds, what to do."""

import unicodedata

from scimctl.diagnostic import Diagnostic
from scimctl.report.printable import printable
from scimctl.source import Span

_RED = "\x1b[31;1m"
_BLUE = "\x1b[34;1m"
_BOLD = "\x1b[1m"
_RESET = "\x1b[0m"

MAX_WIDTH = 160
"""The most columns of a source line that are shown; a longer line is cut around the place."""

_TAB = 4
_BEFORE = 60


def render(diagnostic: Diagnostic, color: bool = False) -> str:
    """The text of a diagnostic, without a newline at its end; `color` adds ANSI colours."""
    paint = _Paint(color)
    lines = [f"{paint(_RED, 'error')}{paint(_BOLD, ': ' + printable(diagnostic.title))}"]
    gutter = ""
    if diagnostic.span is not None:
        gutter = " " * (len(str(diagnostic.span.line)))
        lines += _excerpt(diagnostic.span, diagnostic.label, gutter, paint)
        if diagnostic.notes or diagnostic.help:
            lines.append(f"{gutter} {paint(_BLUE, '|')}")
    for note in diagnostic.notes:
        lines += _remark("note", note, gutter, paint)
    if diagnostic.help:
        lines += _remark("help", diagnostic.help, gutter, paint)
    return "\n".join(lines)


class _Paint:
    """Puts a colour around a text, or does not."""

    def __init__(self, color: bool) -> None:
        self.color = color

    def __call__(self, code: str, text: str) -> str:
        return f"{code}{text}{_RESET}" if self.color and text else text


def _remark(kind: str, text: str, gutter: str, paint: _Paint) -> list[str]:
    first, *others = printable(text, keep_newlines=True).split("\n")
    indent = " " * (len(gutter) + len(kind) + 5)
    return [f"{gutter} {paint(_BLUE, '=')} {paint(_BOLD, kind)}: {first}", *(indent + line for line in others)]


def _excerpt(span: Span, label: str, gutter: str, paint: _Paint) -> list[str]:
    """The place, the line, and the carets with their label."""
    text = span.source.line(span.line)
    start = min(span.column - 1, len(text))
    stop = min(start + span.length, len(text))
    left, right, before, after = _window(text, start, stop)
    shown = before + _expand(text[left:right]) + after
    indent = " " * (len(before) + _width(_expand(text[left:start])))
    carets = "^" * max(1, _width(_expand(text[start : min(stop, right)])))
    bar = paint(_BLUE, "|")
    pointed = f"{indent}{paint(_RED, (carets + ' ' + printable(label)).rstrip())}"
    return [
        f"{gutter}{paint(_BLUE, '-->')} {printable(span.place)}",
        f"{gutter} {bar}",
        f"{paint(_BLUE, str(span.line))} {bar} {shown}".rstrip(),
        f"{gutter} {bar} {pointed}",
    ]


def _window(text: str, start: int, stop: int) -> tuple[int, int, str, str]:
    """Which part of a line is shown, and the ellipses that stand for the rest."""
    if len(text) <= MAX_WIDTH:
        return 0, len(text), "", ""
    left = max(0, min(start - _BEFORE, len(text) - MAX_WIDTH))
    right = min(len(text), left + MAX_WIDTH)
    return left, right, "…" if left else "", "…" if right < len(text) else ""


def _expand(text: str) -> str:
    """Tabs as spaces, and what does not print as its escape."""
    return printable(text.replace("\t", " " * _TAB))


def _width(text: str) -> int:
    """The columns that a terminal gives to `text`."""
    return sum(_columns(char) for char in text)


def _columns(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
