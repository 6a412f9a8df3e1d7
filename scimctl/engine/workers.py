"""Threads that play scenarios beside each other, each with a track of its own for what happens.

They are daemons: a thread that hangs in a read must not keep an interrupted program from ending.
"""

import queue
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeAlias

from scimctl.engine.observer import Sent
from scimctl.engine.player import Record
from scimctl.events import Event

Item: TypeAlias = Event | Sent
Job: TypeAlias = Callable[[Callable[[Item], None]], Record]


@dataclass(slots=True)
class Track:
    """One scenario's way through the workers: its events in order, at the end its record or our own failure."""

    job: Job
    items: "queue.SimpleQueue[Item | Record | BaseException]" = field(default_factory=queue.SimpleQueue)
    _begun: bool = False
    _withdrawn: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, timeout: float) -> Item | Record | None:
        """The next item, None when there is none within `timeout` seconds. Raises what the job raised."""
        try:
            item = self.items.get(timeout=timeout)
        except queue.Empty:
            return None
        if isinstance(item, BaseException):
            raise item
        return item

    def withdraw_if(self, reason: str) -> bool:
        """Whether the job will never begin: withdrawn before, or now because there is a reason and it has not begun."""
        with self._lock:
            self._withdrawn = self._withdrawn or (bool(reason) and not self._begun)
            return self._withdrawn

    def play(self) -> None:
        """Runs the job, unless it was withdrawn."""
        with self._lock:
            if self._withdrawn:
                return
            self._begun = True
        try:
            self.items.put(self.job(self.items.put))
        except BaseException as error:  # noqa: BLE001 - handed to the thread that follows the track, which raises it
            self.items.put(error)


class Workers:
    """A fixed number of daemon threads that take jobs in order."""

    def __init__(self, count: int) -> None:
        self._queue: queue.SimpleQueue[Track | None] = queue.SimpleQueue()
        self._threads = [threading.Thread(target=self._work, daemon=True) for _ in range(count)]

    def __enter__(self) -> Self:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _ in self._threads:
            self._queue.put(None)

    def start(self, job: Job) -> Track:
        """Puts a job into the queue; the track tells what comes of it."""
        track = Track(job)
        self._queue.put(track)
        return track

    def _work(self) -> None:
        while (track := self._queue.get()) is not None:
            track.play()
