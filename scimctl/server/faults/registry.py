"""What a fault is to the code: a function around the server, registered under its name."""

import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Protocol, TypeAlias

from scimctl.exchange import Headers, Request, Response
from scimctl.jsonvalue import Json, compact
from scimctl.scim.messages import MEDIA_TYPE
from scimctl.server.service import Service


@dataclass(frozen=True, slots=True, kw_only=True)
class Beneath:
    """The server beneath a fault, for the time of one request.

    Calling it answers a request as the server does without the fault. `ask` sends a request of the fault's own, with
    the credentials of the request that is being answered; `is_foreign` tells whether they are those of another
    tenant beside this server. `trusted` answers a request as if it came with a token that may do everything. `service`
    is the server's inside, for faults that no request could bring about. `memory` is the fault's own for as long as
    the server runs.
    """

    answer: Callable[[Request], Response]
    service: Service
    base_url: str
    authorization: str | None
    owner: str = field(repr=False)
    is_foreign: bool
    memory: dict[str, Any] = field(default_factory=dict)

    def __call__(self, request: Request) -> Response:
        """The answer to a request without the fault."""
        return self.answer(request)

    def trusted(self, request: Request) -> Response:
        """The answer to a request whose credentials are not looked at."""
        return self.answer(replace(request, headers=request.headers.with_field("Authorization", self.owner)))

    def ask(self, method: str, target: str, body: Json = None) -> Response:
        """The answer to a request of the fault's own; `target` is percent-encoded, `body` is sent unless it is None."""
        fields = [] if self.authorization is None else [("Authorization", self.authorization)]
        if body is not None:
            fields.append(("Content-Type", MEDIA_TYPE))
        return self.answer(Request(method, target, Headers(tuple(fields)), b"" if body is None else compact(body)))


Behaviour: TypeAlias = Callable[[Beneath, Request], Response]
"""A fault: the answer to a request, given the server beneath."""

_BEHAVIOURS: dict[str, Behaviour] = {}
_ACROSS_TENANTS: set[Behaviour] = set()


def fault(name: str, *, across_tenants: bool = False) -> Callable[[Behaviour], Behaviour]:
    """Registers a function as the behaviour of the fault of that name, which the catalogue describes.

    It is left out for the tokens of other tenants unless it is one `across_tenants`.
    """

    def register(behaviour: Behaviour) -> Behaviour:
        assert name not in _BEHAVIOURS, name
        if across_tenants:
            _ACROSS_TENANTS.add(behaviour)
        _BEHAVIOURS[name] = behaviour
        return behaviour

    return register


def behaviours() -> dict[str, Behaviour]:
    """Every registered behaviour by name; `faults.catalogue` is what imports the modules that register them."""
    return dict(_BEHAVIOURS)


class Server(Protocol):
    """What faults can be put around: a ReferenceServer, or several of them."""

    @property
    def service(self) -> Service:
        """The inside of the server."""

    def admit(self, token: str) -> None:
        """Accepts one more token that may do everything."""

    def is_of_another_tenant(self, authorization: str | None) -> bool:
        """Whether an Authorization field has a token of a tenant beside this server."""

    def handle(self, request: Request, *, base_url: str) -> Response:
        """The answer to a request relative to `base_url`."""


class FaultyServer:
    """A reference server with faults around it; the first one is the outermost."""

    def __init__(self, server: Server, faults: Iterable[Behaviour]) -> None:
        self.server = server
        self._layers: list[tuple[Behaviour, dict[str, Any]]] = [(behaviour, {}) for behaviour in faults]
        secret = secrets.token_urlsafe(32)
        server.admit(secret)
        self._owner = f"Bearer {secret}"

    def handle(self, request: Request, *, base_url: str) -> Response:
        """The answer of the faulty server to a request relative to `base_url`."""
        authorization = request.headers.get("Authorization")
        is_foreign = self.server.is_of_another_tenant(authorization)

        answer: Callable[[Request], Response] = partial(self.server.handle, base_url=base_url)
        for behaviour, memory in reversed(self._layers):
            # A fault works on what its server holds, and another tenant's resources are elsewhere.
            if is_foreign and behaviour not in _ACROSS_TENANTS:
                continue
            answer = _layer(
                behaviour,
                Beneath(
                    answer=answer,
                    service=self.server.service,
                    base_url=base_url,
                    authorization=authorization,
                    owner=self._owner,
                    is_foreign=is_foreign,
                    memory=memory,
                ),
            )
        return answer(request)


def _layer(behaviour: Behaviour, beneath: Beneath) -> Callable[[Request], Response]:
    return lambda request: behaviour(beneath, request)
