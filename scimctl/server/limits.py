"""How often a token may ask (RFC 6585 §4)."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from math import ceil
from threading import Lock

from scimctl.server.answers import HttpRefusal
from scimctl.server.settings import RateLimit

_MOST_CALLERS = 10_000
"""Callers that are counted; beyond them the one that was silent longest starts anew."""


class Limiter:
    """Counts the requests of each caller in windows of fixed length."""

    def __init__(self, limit: RateLimit, clock: Callable[[], datetime]) -> None:
        self._limit = limit
        self._length = timedelta(seconds=limit.seconds)
        self._clock = clock
        self._lock = Lock()
        self._windows: OrderedDict[bytes, tuple[datetime, int]] = OrderedDict()

    def admit(self, authorization: str | None) -> None:
        """Counts a request of the caller with that Authorization field.

        Raises HttpRefusal 429 when it is one too many, with the seconds to wait in Retry-After, 1 at least.
        """
        caller = hashlib.sha256((authorization or "").encode("utf-8", "surrogatepass")).digest()
        now = self._clock()
        with self._lock:
            begun, count = self._windows.pop(caller, (now, 0))
            if now - begun >= self._length:
                begun, count = now, 0
            self._windows[caller] = (begun, count + 1)
            if len(self._windows) > _MOST_CALLERS:
                self._windows.popitem(last=False)
        if count >= self._limit.requests:
            wait = max(1, ceil((begun + self._length - now).total_seconds()))
            detail = f"more than {self._limit.requests} requests in {self._limit.seconds} s: wait {wait} s"
            raise HttpRefusal(429, detail, ("Retry-After", str(wait)))
