"""Two servers of one making, one of them with a fault."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from scimctl.server.core import ReferenceServer, build
from scimctl.server.faults.catalogue import with_faults
from tests.unit.server.reference_client import Client

T0 = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
STEP = timedelta(seconds=1)
"""The clock moves on by this with each reading, so that faults of races see requests that are apart."""


@dataclass(slots=True)
class Pair:
    """The clients of a right and of a wrong server; ids count from 1 on both."""

    right: Client
    wrong: Client

    def both(self, method: str, target: str, body: object = None, **fields: str) -> tuple[Any, Any]:
        """The bodies of the two answers to one request; the answers are `right.last` and `wrong.last`."""
        return self.right.send(method, target, body, **fields), self.wrong.send(method, target, body, **fields)

    def statuses(self, method: str, target: str, body: object = None, **fields: str) -> tuple[int, int]:
        """The statuses of the two answers to one request."""
        self.both(method, target, body, **fields)
        return self.right.last.status, self.wrong.last.status


def make_pair(*faults: str, profile: str = "standard", step: timedelta = STEP, **options: Any) -> Pair:
    wrong = with_faults(server(profile, step, **options), faults)
    # A client asks no more of its server than `handle`.
    return Pair(Client(server(profile, step, **options)), Client(cast(ReferenceServer, wrong)))


def server(profile: str = "standard", step: timedelta = STEP, **options: Any) -> ReferenceServer:
    """A reference server whose ids and whose clock are the same each time."""
    numbers = itertools.count(1)
    return build(
        profile,
        token="right",
        read_only_token="reader",
        clock=ticking(step),
        new_id=lambda: f"id-{next(numbers)}",
        **options,
    )


def ticking(step: timedelta) -> Callable[[], datetime]:
    """A clock that moves on by a step with each reading."""
    readings = itertools.count()
    return lambda: T0 + next(readings) * step
