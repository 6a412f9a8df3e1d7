"""The System Log of the mock's org: events in the JSON of Okta's System Log API (`GET /api/v1/logs`).

Which event an action writes is in `journal`; here is what an event looks like. Names of the ids' kinds are Okta's:
`00u` a user, `0ua` an app user, `0oa` an app, `00g` a group, `gPm` a push mapping, `puj` a job, `trs` a session.
"""

import hashlib
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from scimctl.jsonvalue import Json
from scimctl.okta.event_types import EventType

_LONGEST_REASON = 255
"""Okta cuts `outcome.reason` there."""
_TICK = timedelta(milliseconds=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_NOBODY: dict[str, Json] = {
    "userAgent": None,
    "zone": None,
    "device": None,
    "id": None,
    "ipAddress": None,
    "geographicalContext": None,
}
_NOWHERE: dict[str, Json] = {"asNumber": None, "asOrg": None, "isp": None, "domain": None, "isProxy": None}


def derived_id(prefix: str, *parts: str) -> str:
    """An id of Okta's form that depends on `parts` alone: the prefix and seventeen letters and digits."""
    return prefix + hashlib.sha256("\n".join(parts).encode()).hexdigest()[: 20 - len(prefix)]


@dataclass(frozen=True, slots=True)
class Target:
    """Whom or what an event is about; `kind` is AppUser, AppInstance, User, UserGroup or GroupPushMapping."""

    kind: str
    id: str
    alternate_id: str
    display_name: str

    def document(self) -> dict[str, Json]:
        """The target as an event has it."""
        return {
            "id": self.id,
            "type": self.kind,
            "alternateId": self.alternate_id,
            "displayName": self.display_name,
            "detailEntry": None,
        }


@dataclass(slots=True)
class SystemLog:
    """The events of one org, oldest first, each as Okta's JSON.

    `now` gives the time; no two events have the same, so that their order is that of their times. `name` sets the ids
    of one log apart from those of another.
    """

    name: str = "scimctl"
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    events: list[dict[str, Json]] = field(default_factory=list)
    _newest: datetime = _LONG_AGO
    _made: int = 0

    def new_id(self, prefix: str) -> str:
        """An id that nothing else in this log has."""
        self._made += 1
        return derived_id(prefix, self.name, str(self._made))

    def write(
        self,
        kind: EventType,
        targets: Sequence[Target],
        *,
        job: str | None = None,
        app: str = "",
        failed: bool = False,
        reason: str | None = None,
    ) -> None:
        """Adds an event: of the job with the id `job`, of the app's name `app`; without a job, of an admin's click."""
        self._newest = max(self.now(), self._newest + _TICK)
        transaction = job or self.new_id("req")
        limited = kind.name.endswith("rate_limit_exceeded")
        self.events.append(
            {
                "actor": _SYSTEM.document() if job else _ADMIN.document(),
                "client": {**_NOBODY},
                "device": None,
                "authenticationContext": {
                    "authenticationProvider": None,
                    "credentialProvider": None,
                    "credentialType": None,
                    "issuer": None,
                    "interface": None,
                    "authenticationStep": 0,
                    "externalSessionId": derived_id("trs", self.name),
                },
                "displayMessage": kind.message,
                "eventType": kind.name,
                "outcome": {
                    "result": "FAILURE" if failed else "SUCCESS",
                    "reason": reason[:_LONGEST_REASON] if reason else None,
                },
                "published": timestamp(self._newest),
                "securityContext": {**_NOWHERE},
                "severity": ("WARN" if limited else "ERROR") if failed else "INFO",
                "debugContext": {"debugData": {"appname": app} if job else {}},
                "legacyEventType": (kind.legacy_failure or kind.legacy) if failed else kind.legacy,
                "transaction": {"type": "JOB" if job else "WEB", "id": transaction, "detail": {}},
                "uuid": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{self.name} {len(self.events)}")),
                "version": "0",
                "request": {"ipChain": []},
                "target": [target.document() for target in targets],
            }
        )


_ADMIN = Target("User", derived_id("00u", "admin"), "admin@okta.example", "Okta Admin")
_SYSTEM = Target("SystemPrincipal", derived_id("00u", "system"), "system@okta.example", "Okta System")


def timestamp(moment: datetime) -> str:
    """A time as Okta writes it: UTC with milliseconds and `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
