"""What is wrong with something a person gave us: data, not text. Words are made in report/."""

from dataclasses import dataclass

from scimctl.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One fault of the user's input.

    `title` says what is, with the value; `label` what is wrong at the span; `notes` give grounds; `help` is something
    to type or to change.
    """

    title: str
    span: Span | None = None
    label: str = ""
    notes: tuple[str, ...] = ()
    help: str = ""


class InputError(Exception):
    """A command line or a file of the user's is wrong: exit code 2, every fault shown."""

    def __init__(self, *diagnostics: Diagnostic) -> None:
        super().__init__("; ".join(diagnostic.title for diagnostic in diagnostics))
        self.diagnostics = diagnostics


def usage_error(title: str, remedy: str = "", *notes: str) -> InputError:
    """An InputError without a place in a file: a faulty option or argument."""
    return InputError(Diagnostic(title=title, help=remedy, notes=notes))
