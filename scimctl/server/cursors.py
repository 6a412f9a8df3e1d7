"""Cursors of lists: where a client is in a result that was found once (RFC 9865)."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from scimctl.scim.errors import expired_cursor, invalid_cursor

MAX_WALKS = 100
"""How many results are kept at once; the one that was not asked for longest goes first."""

MAX_IDS = 2_000_000
"""How many ids all kept results may have together, but for the newest."""

_WALK, _OFFSET, _MAC = 8, 6, 16
"""Bytes of a cursor: which result, which place in it, and the proof that it is one of ours."""


@dataclass(slots=True)
class _Walk:
    ids: tuple[str, ...]
    used: datetime


class Cursors:
    """The results that clients are walking through, each as the ids that were found at first.

    So what is created meanwhile moves nothing. A cursor holds for the query that it was made for, which includes whose
    it is: it is signed together with that. It lasts `timeout` seconds after each use of its result.
    """

    def __init__(self, timeout: int, clock: Callable[[], datetime], max_ids: int = MAX_IDS) -> None:
        self.timeout = timeout
        self._max_ids = max_ids
        self._clock = clock
        self._key = secrets.token_bytes(32)
        self._walks: dict[bytes, _Walk] = {}
        self._lock = Lock()

    def begin(self, ids: Sequence[str]) -> bytes:
        """Keeps a result, and returns the name by which `cursor` knows it."""
        name = secrets.token_bytes(_WALK)
        with self._lock:
            now = self._clock()
            self._walks = {key: walk for key, walk in self._walks.items() if not self._is_over(walk, now)}
            held = len(ids) + sum(len(walk.ids) for walk in self._walks.values())
            while self._walks and (len(self._walks) >= MAX_WALKS or held > self._max_ids):
                held -= len(self._walks.pop(next(iter(self._walks))).ids)
            self._walks[name] = _Walk(tuple(ids), now)
        return name

    def cursor(self, name: bytes, offset: int, query: str) -> str:
        """The cursor of a place in a result, in characters that need no encoding (RFC 3986 §2.3)."""
        body = name + offset.to_bytes(_OFFSET, "big")
        return base64.urlsafe_b64encode(body + self._mac(body, query)).decode("ascii").rstrip("=")

    def resume(self, cursor: str, query: str) -> tuple[bytes, int, tuple[str, ...]]:
        """The name of the result, the place in it, and its ids.

        Raises ScimError invalidCursor for what was never given out for this query, expiredCursor for what was.
        """
        try:
            raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        except (binascii.Error, ValueError):
            raw = b""
        body = raw[: _WALK + _OFFSET]
        if not hmac.compare_digest(raw[len(body) :], self._mac(body, query)):
            raise invalid_cursor("the cursor is not one of this query: the other parameters have to stay as they were")
        name, offset = body[:_WALK], int.from_bytes(body[_WALK:], "big")
        with self._lock:
            now = self._clock()
            walk = self._walks.pop(name, None)
            if walk is None or self._is_over(walk, now):
                raise expired_cursor(
                    f"the cursor was not used for {self.timeout} s, or newer ones took its room: begin again"
                )
            walk.used = now
            self._walks[name] = walk
        return name, offset, walk.ids

    def _is_over(self, walk: _Walk, now: datetime) -> bool:
        return now - walk.used > timedelta(seconds=self.timeout)

    def _mac(self, body: bytes, query: str) -> bytes:
        message = body + query.encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).digest()[:_MAC]
