"""What a reporter is, and how several of them see one run."""

from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self, TextIO

from scimctl.events import Event


class Reporter(Protocol):
    """Sees every event of a run, in order, and writes what it makes of them."""

    def handle(self, event: Event) -> None:
        """Takes one event."""

    def close(self) -> None:
        """Writes what is left to write. Raises OSError when that cannot be done."""


class FanOut:
    """Hands each event to several reporters; one that cannot write does not keep the others from it.

    `failures` holds what went wrong, in a sentence each.
    """

    def __init__(self, reporters: Iterable[Reporter]) -> None:
        self._reporters = list(reporters)
        self.failures: list[str] = []

    def __enter__(self) -> Self:
        return self

    def handle(self, event: Event) -> None:
        """Takes one event."""
        for reporter in list(self._reporters):
            try:
                reporter.handle(event)
            except OSError as error:
                self._drop(reporter, error)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for reporter in list(self._reporters):
            try:
                reporter.close()
            except OSError as failure:
                self._drop(reporter, failure)

    def _drop(self, reporter: Reporter, error: OSError) -> None:
        self._reporters.remove(reporter)
        self.failures.append(f"the report could not be written: {error}")


def write_whole(text: str, path: Path | None, stdout: TextIO) -> None:
    """Writes a finished report to `path`, or to `stdout` for None. Raises OSError."""
    if path is not None:
        write_file(text, path)
        return
    stdout.write(text)
    stdout.flush()


def write_file(text: str, path: Path) -> None:
    """Writes a file in one step, so that nobody reads half of it. Raises OSError."""
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_text(text, "utf-8")
    unfinished.replace(path)
