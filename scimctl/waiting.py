"""What a thread still does before it waits for a server or a clock.

Work that has time is put off until then, so that it is done while the server does its own.
"""

import time
from collections.abc import Callable
from contextvars import ContextVar

_put_off: ContextVar[Callable[[], None] | None] = ContextVar("put_off", default=None)


def use(work: Callable[[], None]) -> None:
    """Sets what this thread does before each wait, in place of what was set before."""
    _put_off.set(work)


def begins() -> float:
    """Called by whoever is about to wait in this thread; returns the seconds that the work took."""
    work = _put_off.get()
    if work is None:
        return 0.0
    began = time.monotonic()
    work()
    return time.monotonic() - began
