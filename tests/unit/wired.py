"""A wire to a server of a test: its settings, one request, the kind of what went wrong."""

from dataclasses import replace

from scimctl.exchange import Answer, Auth, FaultKind, Request, TransportFault
from scimctl.okta import dialect
from scimctl.wire.client import Wire
from scimctl.wire.settings import WireSettings

TOKEN = "Bearer canary-7f3a"
GET = dialect.get("/Users?startIndex=1&count=2")


def settings(base_url: str, **changes: object) -> WireSettings:
    return replace(WireSettings(base_url=base_url, credentials={Auth.TARGET: TOKEN}, timeout=2), **changes)


def send(base_url: str, request: Request = GET, **changes: object) -> Answer:
    with Wire(settings(base_url, **changes)) as wire:
        return wire.send(request)


def kind(answer: Answer) -> FaultKind | None:
    return answer.kind if isinstance(answer, TransportFault) else None
