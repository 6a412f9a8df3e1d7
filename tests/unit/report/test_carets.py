"""Diagnostics as text: the caret under the place, in narrow, wide, long and hostile lines."""

import pytest

from scimctl.diagnostic import Diagnostic
from scimctl.report.carets import MAX_WIDTH, render
from scimctl.source import SourceText, Span


def shown(text: str, line: int, column: int, length: int, label: str = "here") -> list[str]:
    span = Span(SourceText("f.yaml", text), line, column, length)
    return render(Diagnostic(title="t", span=span, label=label)).split("\n")


def test_a_diagnostic_without_a_place() -> None:
    diagnostic = Diagnostic(title="`--x` is 3", notes=("because",), help="use 4")
    assert render(diagnostic) == "error: `--x` is 3\n = note: because\n = help: use 4"


def test_everything_at_once() -> None:
    span = Span(SourceText("a/b.yaml", "\n" * 9 + "key: value\n"), 10, 6, 5)
    diagnostic = Diagnostic(title="bad", span=span, label="wrong", notes=("one", "two\nlines"), help="mend it")
    assert render(diagnostic) == (
        "error: bad\n"
        "  --> a/b.yaml:10:6\n"
        "   |\n"
        "10 | key: value\n"
        "   |      ^^^^^ wrong\n"
        "   |\n"
        "   = note: one\n"
        "   = note: two\n"
        "           lines\n"
        "   = help: mend it"
    )


@pytest.mark.parametrize(
    ("text", "column", "length", "line", "carets"),
    [
        ("abc", 2, 1, "abc", " ^ here"),
        ("\tx: y", 5, 1, "    x: y", "       ^ here"),
        ("漢字: x", 5, 1, "漢字: x", "      ^ here"),
        ("x: 漢字", 4, 2, "x: 漢字", "   ^^^^ here"),
        ("e\u0301: x", 5, 1, "e\u0301: x", "   ^ here"),
        ("a\x1b[31mb", 7, 1, "a\\x1b[31mb", "         ^ here"),
        ("abc", 4, 1, "abc", "   ^ here"),
        ("abc", 9, 5, "abc", "   ^ here"),
        ("", 1, 1, "", "^ here"),
        ("abc", 2, 99, "abc", " ^^ here"),
    ],
    ids=["plain", "tab", "wide-before", "wide-under", "combining", "escape", "at-end", "past-end", "empty", "too-long"],
)
def test_the_caret_stands_under_the_place(text: str, column: int, length: int, line: str, carets: str) -> None:
    found = shown(text, 1, column, length)
    assert found[3] == f"1 | {line}".rstrip()
    assert found[4] == f"  | {carets}"


def test_a_long_line_is_cut_around_the_place() -> None:
    found = shown("x" * 300 + "HERE" + "y" * 300, 1, 301, 4)
    line, carets = found[3][4:], found[4][4:]
    assert line.startswith("…")
    assert line.endswith("…")
    assert len(line) == MAX_WIDTH + 2
    assert line[carets.index("^") : carets.rindex("^") + 1] == "HERE"


def test_colour_is_only_added() -> None:
    span = Span(SourceText("f.yaml", "a: b"), 1, 4, 1)
    diagnostic = Diagnostic(title="t", span=span, label="l", help="h")
    painted = render(diagnostic, color=True)
    assert "\x1b[31;1merror\x1b[0m" in painted
    stripped = painted
    for code in ("31;1", "34;1", "1", "0"):
        stripped = stripped.replace(f"\x1b[{code}m", "")
    assert stripped == render(diagnostic)


def test_nothing_in_a_message_steers_the_terminal() -> None:
    diagnostic = Diagnostic(title="a\x1b]0;x\x07", help="b\u202ec", notes=("d\re",))
    assert render(diagnostic) == "error: a\\x1b]0;x\\x07\n = note: d\\re\n = help: b\\u202ec"
