"""The reference server: a function from Request to Response over a store. No socket, no thread, no clock of its own."""

import uuid
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime

from scimctl.diagnostic import usage_error
from scimctl.exchange import Request, Response
from scimctl.scim.attributes import read_resource
from scimctl.scim.errors import ScimError, not_found
from scimctl.scim.query import decode_parameters
from scimctl.server import routes
from scimctl.server.answers import Call, HttpRefusal, empty, refusal
from scimctl.server.cursors import Cursors
from scimctl.server.limits import Limiter
from scimctl.server.memory_store import MemoryStore
from scimctl.server.offer import Custom, make_offer
from scimctl.server.rules import Rules
from scimctl.server.service import Service
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
        customs: Iterable[Custom] = (),
    ) -> None:
        now = clock or (lambda: datetime.now(UTC))
        self._tokens = tokens
        self._limiter = Limiter(profile.rate_limit, now) if profile.rate_limit is not None else None
        self.service = Service(
            profile=profile,
            store=store or MemoryStore(),
            rules=Rules(profile.provisioning) if profile.provisioning is not None else None,
            offer=make_offer(profile.resource_types, customs),
            clock=now,
            cursors=Cursors(profile.cursor_timeout, now) if profile.cursor_timeout > 0 else None,
            new_id=new_id or (lambda: str(uuid.uuid4())),
            me=me,
        )
        self._stock()

    def _stock(self) -> None:
        """Stores the profile's resources, those of each type unless there are some of it already.

        Raises InputError for a resource that no client could create.
        """
        service = self.service
        filled = {name for name in service.kinds if service.store.count(name) > 0}
        with service.store.transaction():
            for entry in service.profile.resources:
                meta = entry["meta"]
                name = str(meta["resourceType"]) if isinstance(meta, dict) else ""
                kind = service.kinds.get(name)
                if kind is None:
                    raise usage_error(f"the profile has a resource of the type {name!r}", "add it to resource_types")
                if name in filled:
                    continue
                try:
                    resource = read_resource({"schemas": [kind.base.id], **entry}, kind)
                except ScimError as refused:
                    place = f"the {name} {entry['id']!r} of the profile"
                    raise usage_error(f"{place} cannot be: {refused.detail}", "change it in the profile") from refused
                service.store.put(service.record(kind, resource, None, str(entry["id"])))

    @property
    def billed(self) -> tuple[Billed, ...]:
        """The billing ledger, oldest entry first; empty for a profile that bills nothing."""
        return self.service.store.billed()

    def admit(self, token: str) -> None:
        """Accepts one more token that may do everything."""
        self._tokens.add(token)

    def knows(self, authorization: str | None) -> bool:
        """Whether an Authorization field has a token of this server."""
        return self._tokens.permission(authorization) is not Permission.NONE

    def is_of_another_tenant(self, authorization: str | None) -> bool:
        """Whether a token is that of a tenant beside this server: never, for it stands alone."""
        return False

    def handle(self, request: Request, *, base_url: str) -> Response:
        """The answer to a request whose target is relative to `base_url`; addresses in it begin with that URL.

        Whatever is wrong with the request becomes an answer: nothing is raised for it.
        """
        try:
            response = self.perform(request, base_url.rstrip("/"))
        except ScimError as refused:
            response = refusal(self._worded(refused))
        if request.method == "HEAD":
            length = ("Content-Length", str(len(response.body)))
            response = replace(response, headers=response.headers.with_field(*length), body=b"")
        latency = self.service.profile.latency
        return replace(response, elapsed=latency) if latency else response

    def _worded(self, refused: ScimError) -> ScimError:
        """The refusal in the profile's words, where it has words for it."""
        wordings = self.service.profile.wordings
        words = wordings.get(refused.scim_type or "") or wordings.get(str(refused.status))
        if words is not None:
            refused.detail = words
        return refused

    def perform(self, request: Request, base_url: str) -> Response:
        """Authorizes, routes and runs a request; raises ScimError for every refusal."""
        match = routes.find(request.path, self.service.kinds)
        permission = self.authorize(request, match)
        if self._limiter is not None:
            self._limiter.admit(request.headers.get("Authorization"))
        if match is None:
            raise not_found(f"there is no endpoint {request.path[:200]!r}")
        methods = match.row.methods
        if request.method == "OPTIONS":
            return empty(204, self._allow(match))
        action = methods.get("GET" if request.method == "HEAD" else request.method)
        if action is None:
            raise HttpRefusal(405, f"{request.method[:20]} is not possible here", self._allow(match))
        parameters = decode_parameters(request.query) if request.query else {}
        call = Call(
            request=request,
            base_url=base_url,
            parameters=parameters,
            kind=match.kind,
            id=match.id,
            may_touch_admins=permission is not Permission.NOT_ADMINS,
        )
        return action(self.service, call)

    def _allow(self, match: routes.Match) -> tuple[str, str]:
        methods = [name for name in match.row.methods if name != "PATCH" or self.service.profile.patch]
        return "Allow", ", ".join([*methods, *(["HEAD"] if "GET" in methods else []), "OPTIONS"])

    def authorize(self, request: Request, match: routes.Match | None) -> Permission:
        """What the request's token allows.

        Raises ScimError 401 without a valid token, 403 for a write with a token that may only read.
        """
        authorization = request.headers.get("Authorization")
        if authorization is None and match is not None and match.row.is_public and request.method in _SAFE:
            return Permission.READ
        permission = self._tokens.permission(authorization)
        if permission is Permission.NONE:
            detail = "the bearer token is not valid" if authorization else "a bearer token is needed"
            raise HttpRefusal(401, detail, ("WWW-Authenticate", 'Bearer realm="scimctl"'))
        is_read = request.method in _SAFE or (match is not None and request.method in match.row.reads)
        if permission is Permission.READ and not is_read:
            raise ScimError(403, "this token may read but not write: it lacks the permission")
        return permission


def build(
    profile_name: str,
    *,
    token: str,
    read_only_token: str | None = None,
    limited_token: str | None = None,
    seats: int | None = None,
    store: Store | None = None,
    clock: Callable[[], datetime] | None = None,
    new_id: Callable[[], str] | None = None,
    me: str | None = None,
    customs: Iterable[Custom] = (),
) -> ReferenceServer:
    """A reference server of a profile, bundled or from a file, that accepts these tokens.

    `limited_token` may do everything but touch administrators. `seats`, for a profile that has seats, is how many users
    may be active at once; None keeps the profile's number. `clock` returns aware datetimes. `me` is the userName of the
    user that `/Me` is; without it `/Me` is 501. Raises InputError for an unknown profile, with a suggestion, and for
    custom definitions that cannot be.
    """
    tokens = Tokens((token,), _some(read_only_token), _some(limited_token))
    profile = with_seats(read_profile(profile_name), seats)
    return ReferenceServer(
        profile=profile, tokens=tokens, store=store, clock=clock, new_id=new_id, me=me, customs=customs
    )


def with_seats(profile: Profile, seats: int | None) -> Profile:
    """The profile with another number of seats; one without provisioning rules stays, as it does for None."""
    if seats is None or profile.provisioning is None:
        return profile
    return replace(profile, provisioning=replace(profile.provisioning, seats=seats))


def _some(token: str | None) -> tuple[str, ...]:
    return () if token is None else (token,)
