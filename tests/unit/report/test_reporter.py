"""Several reporters of one run: one that cannot write keeps nobody else from it; files are replaced in one step."""

import io
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from scimctl.events import Event
from scimctl.report.reporter import FanOut, write_whole
from tests.unit.report.story import everything


@dataclass(slots=True)
class Recorder:
    """Counts events, and fails at the one with this number or on close."""

    fails_at: int = 0
    fails_on_close: bool = False
    seen: int = 0
    closed: int = 0
    events: list[Event] = field(default_factory=list)

    def handle(self, event: Event) -> None:
        self.seen += 1
        if self.seen == self.fails_at:
            raise OSError("no space left")

    def close(self) -> None:
        self.closed += 1
        if self.fails_on_close:
            raise OSError("no space left")


def test_one_that_fails_is_dropped_and_told() -> None:
    good, bad, late = Recorder(), Recorder(fails_at=2), Recorder(fails_on_close=True)
    with FanOut([bad, good, late]) as fan_out:
        for event in everything():
            fan_out.handle(event)
    assert (bad.seen, bad.closed) == (2, 0)
    assert (good.seen, good.closed) == (len(everything()), 1)
    assert late.closed == 1
    assert fan_out.failures == ["the report could not be written: no space left"] * 2


def test_all_are_closed_when_the_run_breaks() -> None:
    good = Recorder()
    with pytest.raises(KeyboardInterrupt), FanOut([good]):
        raise KeyboardInterrupt
    assert good.closed == 1


def test_a_file_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "r.txt"
    path.write_text("the old one, which is longer")
    write_whole("new\n", path, io.StringIO())
    assert path.read_text() == "new\n"
    assert list(tmp_path.iterdir()) == [path]


def test_stdout_is_flushed() -> None:
    stream = io.TextIOWrapper(raw := io.BytesIO(), encoding="utf-8")
    write_whole("text\n", None, stream)
    assert raw.getvalue() == b"text\n"


def test_a_folder_that_is_not_there_is_an_os_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        write_whole("text", tmp_path / "none" / "r.txt", io.StringIO())
