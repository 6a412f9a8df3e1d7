"""Threads that play scenarios beside each other, each with a track of its own for what happens.

They are daemons: a thread that hangs in a read must not keep an interrupted program from ending.
"""

import queue
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, TypeAlias

from scimctl import waiting
from scimctl.engine.observer import Observer, Sent
from scimctl.engine.player import Record
from scimctl.events import Event

Item: TypeAlias = Event | Sent
"""What a job tells, its exchanges as they went over the wire."""
Job: TypeAlias = Callable[[Callable[[Item], None]], Record]

_MOST_KEPT = 32
"""Against a server in this process nobody ever waits, and what a long scenario saw must not pile up."""


@dataclass(slots=True)
class Track:
    """One scenario's way through the workers: its events in order, at the end its record or our own failure.

    What the job tells is kept back until its thread waits or the job is done; the observer then sees its exchanges.
    """

    job: Job
    observer: Observer
    items: "queue.SimpleQueue[Event | Record | BaseException]" = field(default_factory=queue.SimpleQueue)
    _kept: deque[Item] = field(default_factory=deque)
    _begun: bool = False
    _withdrawn: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next(self, timeout: float) -> Event | Record | None:
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
        waiting.use(self._hand_over)
        last: Record | BaseException
        try:
            last = self.job(self._keep)
            self._hand_over()
        except BaseException as error:  # noqa: BLE001 - handed to the thread that follows the track, which raises it
            last = error
        self.items.put(last)

    def _keep(self, item: Item) -> None:
        self._kept.append(item)
        if len(self._kept) >= _MOST_KEPT:
            self._hand_over()

    def _hand_over(self) -> None:
        while self._kept:
            item = self._kept.popleft()
            self.items.put(self.observer.see(item) if isinstance(item, Sent) else item)


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

    def start(self, job: Job, observer: Observer) -> Track:
        """Puts a job into the queue; the track tells what comes of it."""
        track = Track(job, observer)
        self._queue.put(track)
        return track

    def _work(self) -> None:
        while (track := self._queue.get()) is not None:
            track.play()
