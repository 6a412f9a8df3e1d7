"""A diagnosis on a terminal: the verdict, the causes with their proof and remedy, the chain, what was not looked at."""

import shutil
import textwrap
from collections.abc import Callable, Iterator

from scimctl.diagnose.cause import Cause, Certainty
from scimctl.diagnose.chain import State, Step
from scimctl.diagnose.diagnosis import Diagnosis
from scimctl.report.printable import printable

Mask = Callable[[str], str]

_INDENT = 12
_WIDEST = 120
_LINK_WIDTH = 22
_SIGNS = {
    State.HOLDS: ("✓", "32"),
    State.BROKEN: ("✗", "31;1"),
    State.UNKNOWN: ("?", "35"),
    State.BEYOND: ("·", "2"),
}
_SURE = {Certainty.CERTAIN: "31;1", Certainty.LIKELY: "33;1", Certainty.POSSIBLE: "33"}


def lines_of(diagnosis: Diagnosis, *, color: bool, mask: Mask) -> Iterator[str]:
    """The lines of one diagnosis; every text that came from outside goes through `mask`."""
    page = _Page(color, mask)
    yield page.paint(page.clean(diagnosis.subject), "1") + f"  ({diagnosis.symptom.value})"
    if not diagnosis.causes:
        yield from page.wrapped(diagnosis.summary)
    for number, cause in enumerate(diagnosis.causes, 1):
        yield ""
        yield from _cause(page, cause, number)
    yield ""
    for step in diagnosis.chain:
        yield _step(page, step)
    yield ""
    for one in diagnosis.ruled_out:
        yield from page.row("Ruled out", f"{one.code.word}: {one.why}")
    for what in diagnosis.looked_at:
        yield from page.row("Looked at", what)
    for gap in diagnosis.not_looked_at:
        yield from page.row("Not seen", f"{gap.what}; to get it: {gap.how}")


def _cause(page: "_Page", cause: Cause, number: int) -> Iterator[str]:
    head = page.paint(f"{number}. {cause.code.word}", _SURE[cause.certainty])
    yield f"{head} ({cause.certainty.value})"
    yield from page.row("What", cause.title)
    for proof in cause.because:
        yield from page.row("Because", proof.text)
    yield from page.row("What to do", cause.remedy)
    if cause.code.requirement is not None:
        yield from page.row("Rule", cause.code.requirement)


def _step(page: "_Page", step: Step) -> str:
    sign, style = _SIGNS[step.state]
    text = step.text or ("not looked at" if step.state is State.UNKNOWN else "")
    width = max(page.width - _LINK_WIDTH - 4, 20)
    shown = textwrap.shorten(page.clean(text), width, placeholder="…") if text else ""
    return f"  {page.paint(sign, style)} {step.link.value.ljust(_LINK_WIDTH)}{shown}".rstrip()


class _Page:
    """How wide the page is, and what is done to each text before it is shown."""

    def __init__(self, color: bool, mask: Mask) -> None:
        self._color = color
        self._mask = mask
        self.width = min(shutil.get_terminal_size((100, 24)).columns, _WIDEST)

    def clean(self, text: str) -> str:
        """A text without secrets, on one line, with nothing that steers a terminal."""
        return printable(" ".join(self._mask(text).split()))

    def paint(self, text: str, style: str) -> str:
        """A text in a colour, where there are colours."""
        return f"\x1b[{style}m{text}\x1b[0m" if self._color else text

    def wrapped(self, text: str) -> list[str]:
        """A text in lines."""
        return _broken(self.clean(text), self.width)

    def row(self, label: str, text: str) -> Iterator[str]:
        """A label with its text beside it."""
        for index, line in enumerate(_broken(self.clean(text), max(self.width - _INDENT, 20))):
            head = self.paint(label.ljust(_INDENT), "1") if index == 0 else " " * _INDENT
            yield head + line


def _broken(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, width, break_long_words=False, break_on_hyphens=False)
