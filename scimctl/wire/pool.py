"""Connections to one origin that are kept between requests.

httpcore makes and drives them. Its own pool will not do: a connection that is closed because the server failed on it
could be lent to another thread before it was closed for the pool as well, and that thread's request was lost. It also
asks every connection twice a request whether it lives, which takes a run a twentieth longer.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpcore


class Pool:
    """Lends each connection to one request at a time; safe to use from several threads."""

    def __init__(self, make: Callable[[], httpcore.ConnectionInterface], most: int) -> None:
        """Opens nothing yet. `make` gives a connection that is not open; `most` may be lent at once."""
        self._make = make
        self._free = threading.Semaphore(most)
        self._lock = threading.Lock()
        self._idle: list[httpcore.ConnectionInterface] = []
        self._lent: set[httpcore.ConnectionInterface] = set()

    @contextmanager
    def connection(self) -> Iterator[httpcore.ConnectionInterface]:
        """The connection that was used last, else a new one; waits while `most` are lent.

        It is kept afterwards if its answer was read to the end, and closed otherwise.
        """
        with self._free:
            connection = self._take()
            try:
                yield connection
            finally:
                self._give_back(connection)

    def close(self) -> None:
        """Closes every connection, also those on which somebody still waits."""
        with self._lock:
            every = [*self._idle, *self._lent]
            self._idle.clear()
        for connection in every:
            connection.close()

    def _take(self) -> httpcore.ConnectionInterface:
        with self._lock:
            connection = self._living() or self._make()
            self._lent.add(connection)
        return connection

    def _living(self) -> httpcore.ConnectionInterface | None:
        while self._idle:
            connection = self._idle.pop()
            # It was kept too long, or the server closed it meanwhile.
            if not connection.has_expired():
                return connection
            connection.close()
        return None

    def _give_back(self, connection: httpcore.ConnectionInterface) -> None:
        keeps = connection.is_idle() and not connection.is_closed()
        if not keeps:
            connection.close()
        with self._lock:
            self._lent.discard(connection)
            if keeps:
                self._idle.append(connection)
