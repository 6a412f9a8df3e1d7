"""The reference server in this process, in place of a connection."""

import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from scimctl.exchange import Answer, Auth, FaultKind, Request, Send, TransportFault
from scimctl.wire.settings import WireSettings

BASE_URL = "https://reference.invalid/scim/v2"
CREDENTIALS = {
    Auth.TARGET: "Bearer reference-token",
    Auth.READ_ONLY: "Bearer reference-read-only-token",
    Auth.OTHER: "Bearer reference-other-token",
}
"""What the server accepts; the last is another tenant's."""


class VirtualClock:
    """A clock that nobody waits for: it shows the time, and later by all that was slept."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._slept = timedelta()

    def sleep(self, seconds: float) -> None:
        """Lets that many seconds pass at once."""
        with self._lock:
            self._slept += timedelta(seconds=seconds)

    def now(self) -> datetime:
        """The time that it shows."""
        return datetime.now(UTC) + self._slept


def in_process(profile: str, faults: Sequence[str], wire: WireSettings, clock: VirtualClock) -> Send:
    """What sends to a new server of that profile with these faults, which lives by `clock`.

    An answer that would come later than the timeout is a fault of the transport, without anybody waiting for it. Raises
    InputError for a profile or a fault that is not known.
    """
    from scimctl.server.core import build
    from scimctl.server.faults.catalogue import with_faults
    from scimctl.server.tenancy import Tenancy
    from scimctl.wire.headers import authorised

    token, read_only, other = (value.removeprefix("Bearer ") for value in CREDENTIALS.values())
    main = build(profile, token=token, read_only_token=read_only, clock=clock.now)
    tenancy = Tenancy(main, {"other": build(profile, token=other, clock=clock.now)})
    server = with_faults(tenancy, faults) if faults else tenancy

    def send(request: Request) -> Answer:
        fields = authorised(request, wire.credentials.get(request.auth), wire)
        started = time.perf_counter()
        response = server.handle(replace(request, headers=fields), base_url=BASE_URL)
        elapsed = time.perf_counter() - started + response.elapsed
        if elapsed > wire.timeout:
            return TransportFault(FaultKind.READ_TIMEOUT, f"no answer within {wire.timeout:g} s", wire.timeout)
        return replace(response, elapsed=elapsed)

    return send
