"""The reference server: a function from Request to Response over a store. No socket, no thread, no clock of its own."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from scimctl.bundle import scim_definitions
from scimctl.exchange import Request, Response
from scimctl.scim.errors import ScimError, not_found
from scimctl.scim.query import decode_parameters
from scimctl.scim.schema import Schema, SchemaSet
from scimctl.server import routes
from scimctl.server.answers import Call, HttpRefusal, empty, refusal
from scimctl.server.cursors import Cursors
from scimctl.server.memory_store import MemoryStore
from scimctl.server.rules import Rules
from scimctl.server.service import Service, resource_types
from scimctl.server.settings import Profile, read_profile
from scimctl.server.store import Billed, Store
from scimctl.server.tokens import Permission, Tokens

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


class ReferenceServer:
    """A SCIM server. `handle` may be called from several threads.

    The stages of a request are methods of their own, so that a subclass can change one: `authorize`, `perform`.
    """

    def __init__(
        self,
        *,
        profile: Profile,
        tokens: Tokens,
        store: Store | None = None,
        clock: Callable[[], datetime] | None = None,
        new_id: Callable[[], str] | None = None,
        me: str | None = None,
    ) -> None:
        schemas = SchemaSet(Schema.from_json(definition) for definition in scim_definitions())
        now = clock or (lambda: datetime.now(UTC))
        self._tokens = tokens
        self.service = Service(
            profile=profile,
            store=store or MemoryStore(),
            rules=Rules(profile.provisioning) if profile.provisioning is not None else None,
            kinds=resource_types(profile, schemas),
            schemas=schemas,
            clock=now,
            cursors=Cursors(profile.cursor_timeout, now) if profile.cursor_timeout > 0 else None,
            new_id=new_id or (lambda: str(uuid.uuid4())),
            me=me,
        )

    @property
    def billed(self) -> tuple[Billed, ...]:
        """The billing ledger, oldest entry first; empty for a profile that bills nothing."""
        return self.service.store.billed()

    def admit(self, token: str) -> None:
        """Accepts one more token that may do everything."""
        self._tokens.add(token)

    def handle(self, request: Request, *, base_url: str) -> Response:
        """The answer to a request whose target is relative to `base_url`; addresses in it begin with that URL.

        Whatever is wrong with the request becomes an answer: nothing is raised for it.
        """
        try:
            response = self.perform(request, base_url.rstrip("/"))
        except ScimError as refused:
            response = refusal(refused)
        if request.method == "HEAD":
            length = ("Content-Length", str(len(response.body)))
            return replace(response, headers=response.headers.with_field(*length), body=b"")
        return response

    def perform(self, request: Request, base_url: str) -> Response:
        """Authorizes, routes and runs a request; raises ScimError for every refusal."""
        match = routes.find(request.path, self.service.kinds)
        self.authorize(request, match)
        if match is None:
            raise not_found(f"there is no endpoint {request.path[:200]!r}")
        methods = match.row.methods
        allowed = ("Allow", ", ".join(_allowed(match)))
        if request.method == "OPTIONS":
            return empty(204, allowed)
        action = methods.get("GET" if request.method == "HEAD" else request.method)
        if action is None:
            raise HttpRefusal(405, f"{request.method[:20]} is not possible here", allowed)
        parameters = decode_parameters(request.query) if request.query else {}
        call = Call(request=request, base_url=base_url, parameters=parameters, kind=match.kind, id=match.id)
        return action(self.service, call)

    def authorize(self, request: Request, match: routes.Match | None) -> None:
        """Raises ScimError 401 without a valid token, 403 for a write with a token that may only read."""
        authorization = request.headers.get("Authorization")
        if authorization is None and match is not None and match.row.is_public and request.method in _SAFE:
            return
        permission = self._tokens.permission(authorization)
        if permission is Permission.NONE:
            detail = "the bearer token is not valid" if authorization else "a bearer token is needed"
            raise HttpRefusal(401, detail, ("WWW-Authenticate", 'Bearer realm="scimctl"'))
        is_read = request.method in _SAFE or (match is not None and request.method in match.row.reads)
        if permission is Permission.READ and not is_read:
            raise ScimError(403, "this token may read but not write: it lacks the permission")


def _allowed(match: routes.Match) -> list[str]:
    methods = list(match.row.methods)
    return [*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"]


def build(
    profile_name: str,
    *,
    token: str,
    read_only_token: str | None = None,
    seats: int | None = None,
    store: Store | None = None,
    clock: Callable[[], datetime] | None = None,
    new_id: Callable[[], str] | None = None,
    me: str | None = None,
) -> ReferenceServer:
    """A reference server of a bundled profile that accepts these tokens.

    `seats`, for a profile that has seats, is how many users may be active at once; None keeps the profile's number.
    `clock` returns aware datetimes. `me` is the userName of the user that `/Me` is; without it `/Me` is 501. Raises
    InputError for an unknown profile, with a suggestion.
    """
    profile = read_profile(profile_name)
    if seats is not None and profile.provisioning is not None:
        profile = replace(profile, provisioning=replace(profile.provisioning, seats=seats))
    read_only = () if read_only_token is None else (read_only_token,)
    tokens = Tokens((token,), read_only)
    return ReferenceServer(profile=profile, tokens=tokens, store=store, clock=clock, new_id=new_id, me=me)
