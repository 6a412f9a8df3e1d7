"""Puts the reference server together as the options of `scimctl serve` say, and runs it."""

import re
import secrets
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from scimctl.cli.errors import keep_from_tracebacks, wants_color, warn
from scimctl.diagnostic import usage_error

if TYPE_CHECKING:
    from scimctl.redact import Redactor
    from scimctl.server.asgi import Application, Asgi, Tls
    from scimctl.server.core import ReferenceServer
    from scimctl.server.service import Service
    from scimctl.server.store import Store
    from scimctl.server.tokens import Tokens
    from scimctl.server.watching import Watcher

_TENANT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_TOKEN_SETTING = "token-digest"
_MOST_USERS = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What `scimctl serve` was told, as its options have it; `tenants` are NAME=TOKEN each."""

    port: int
    host: str
    public_url: str | None
    tls_self_signed: bool
    cert: Path | None
    key: Path | None
    token: str | None
    read_only_token: str | None
    limited_token: str | None
    tenants: tuple[str, ...]
    profile: str
    seats: int | None
    schemas: tuple[Path, ...]
    data: Path | None
    seed_users: int
    faults: tuple[str, ...]
    log_requests: Path | None
    inspect: bool


def serve(options: Options) -> None:
    """Serves until it is stopped. Raises InputError for what cannot be served, before anything is written to stdout."""
    from scimctl.redact import Redactor
    from scimctl.server import asgi

    _check_numbers(options)
    public_url = _public_url(options.public_url)
    with ExitStack() as closing:
        masks = Redactor()
        hosting = _Hosting(options, masks, closing)
        application = hosting.application(public_url)
        tls = _tls(options, closing)
        listener = asgi.bind(options.host, options.port)
        server = asgi.make_server(application, tls)
        base_url = asgi.base_url_of(listener, "http" if tls is None else "https")
        made = f"token: {hosting.made_token}\n" if hosting.made_token is not None else ""
        sys.stdout.write(f"base_url: {base_url}\n{made}")
        sys.stdout.flush()
        if options.inspect:
            sys.stderr.write(f"inspector: {base_url.removesuffix(asgi.BASE_PATH)}{asgi.PAGES}\n")
        asgi.run(server, listener)


def _check_numbers(options: Options) -> None:
    if options.seats is not None and options.seats < 0:
        raise usage_error(f"--seats is {options.seats}", "give 0 or more")
    if not 0 <= options.seed_users <= _MOST_USERS:
        raise usage_error(f"--seed-users is {options.seed_users}", f"give a number from 0 to {_MOST_USERS}")


class _Hosting:
    """The servers that one command runs, with what they share."""

    def __init__(self, options: Options, masks: "Redactor", closing: ExitStack) -> None:
        from scimctl.server.core import with_seats
        from scimctl.server.offer import read_custom
        from scimctl.server.settings import read_profile

        self._options = options
        self._masks = masks
        self._closing = closing
        self._profile = with_seats(read_profile(options.profile), options.seats)
        self._customs = [read_custom(path) for path in options.schemas]
        self.made_token: str | None = None
        """The token that was made because none was given or kept, to be shown this once."""

    def application(self, public_url: str | None) -> "Application":
        """The application that serves them all."""
        from scimctl.cli.access_log import access_log
        from scimctl.server import asgi
        from scimctl.server.faults.catalogue import with_faults
        from scimctl.server.tenancy import Tenancy

        main = self._main()
        tenants = {name: self._tenant(name, token) for name, token in self._tenant_tokens()}
        server = Tenancy(main, tenants) if tenants else main
        services = {"": main.service} | {name: tenant.service for name, tenant in tenants.items()}
        faults = self._options.faults
        watchers, pages = self._watchers(services)
        return asgi.Application(
            with_faults(server, faults) if faults else server,
            tenants={name: with_faults(each, faults) if faults else each for name, each in tenants.items()},
            public_url=public_url,
            note=access_log(sys.stderr, color=wants_color(sys.stderr)),
            watchers=watchers,
            redactor=self._masks,
            pages=pages,
            closing=self._closing.close,
        )

    def _main(self) -> "ReferenceServer":
        from scimctl.server.tokens import Tokens, digest

        options = self._options
        store = self._store(options.data)
        given = self._token(options.token, "--token")
        kept = store.setting(_TOKEN_SETTING) if given is None else None
        if given is None and kept is None:
            given = self.made_token = secrets.token_urlsafe(32)
            self._learn(given)
        if given is not None:
            store.set_setting(_TOKEN_SETTING, digest(given))
        else:
            sys.stderr.write("the token of before is accepted; --token TOKEN puts another in its place\n")
        tokens = Tokens(
            () if given is None else (given,),
            _some(self._token(options.read_only_token, "--read-only-token")),
            _some(self._token(options.limited_token, "--limited-token")),
            digests=_some(kept),
        )
        return self._server(store, tokens)

    def _tenant_tokens(self) -> Iterator[tuple[str, str]]:
        seen: set[str] = set()
        for given in self._options.tenants:
            name, equals, token = given.partition("=")
            if not equals or not _TENANT.fullmatch(name):
                # The value is not shown: it may be a token alone.
                raise usage_error(
                    "--tenant is not NAME=TOKEN", "--tenant acme=TOKEN; letters, digits, `.`, `_` and `-`"
                )
            if name in seen:
                raise usage_error(f"--tenant {name} is given twice", "give each tenant once")
            seen.add(name)
            yield name, self._token(token, f"--tenant {name}") or ""

    def _tenant(self, name: str, token: str) -> "ReferenceServer":
        from scimctl.server.tokens import Tokens

        data = self._options.data
        store = self._store(data.with_name(f"{data.name}.{name}") if data is not None else None)
        return self._server(store, Tokens((token,)))

    def _server(self, store: "Store", tokens: "Tokens") -> "ReferenceServer":
        from scimctl.server.core import ReferenceServer
        from scimctl.server.seeding import seed

        server = ReferenceServer(profile=self._profile, tokens=tokens, store=store, customs=self._customs)
        if self._options.seed_users:
            made = seed(server.service, self._options.seed_users, _progress(self._options.seed_users))
            sys.stderr.write(f"\r{made} users made\x1b[K\n" if sys.stderr.isatty() else f"{made} users made\n")
        return server

    def _store(self, path: Path | None) -> "Store":
        if path is None:
            from scimctl.server.memory_store import MemoryStore

            return MemoryStore()
        from scimctl.server.sqlite_store import SqliteStore

        store = SqliteStore(path)
        self._closing.callback(store.close)
        return store

    def _watchers(self, services: "dict[str, Service]") -> "tuple[list[Watcher], Asgi | None]":
        watchers: list[Watcher] = []
        if self._options.log_requests is not None:
            from scimctl.server.watching import RequestLog

            log = RequestLog(self._options.log_requests)
            self._closing.callback(log.close)
            watchers.append(log)
        if not self._options.inspect:
            return watchers, None
        from scimctl.server.inspector.pages import Inspector

        inspector = Inspector(services)
        return [*watchers, inspector], inspector.application

    def _token(self, given: str | None, label: str) -> str | None:
        """The token without blanks around it and without the scheme; raises InputError, never showing it."""
        if given is None:
            return None
        from scimctl.cli.credentials import authorization
        from scimctl.cli.options import AuthStyle

        value, warnings = authorization(given, AuthStyle.BEARER, label)
        for text in warnings:
            warn(text)
        token = value.removeprefix("Bearer ")
        self._learn(token)
        return token

    def _learn(self, token: str) -> None:
        self._masks.learn(token)
        keep_from_tracebacks([token])


def _some(text: str | None) -> tuple[str, ...]:
    return () if text is None else (text,)


def _progress(count: int) -> Callable[[int], None] | None:
    if not sys.stderr.isatty():
        return None

    def show(done: int) -> None:
        sys.stderr.write(f"\r{done} of {count} users")
        sys.stderr.flush()

    return show


def _tls(options: Options, closing: ExitStack) -> "Tls | None":
    if options.tls_self_signed:
        if options.cert is not None or options.key is not None:
            raise usage_error("--tls-self-signed makes a certificate, and --cert or --key gives one", "choose one")
        from scimctl.server.certificate import make_certificate

        made = make_certificate(options.host)
        closing.callback(made.remove)
        sys.stderr.write(f"certificate: clients trust it with --ca-file {made.authority}\n")
        return made.tls
    if options.cert is None and options.key is None:
        return None
    if options.cert is None or options.key is None:
        missing = "--cert" if options.cert is None else "--key"
        raise usage_error(f"{missing} is missing", "TLS needs both: --cert chain.pem --key key.pem")
    from scimctl.server.asgi import Tls

    return Tls(options.cert, options.key)


def _public_url(given: str | None) -> str | None:
    if given is None:
        return None
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise usage_error(f"--public-url {given!r} is not a base URL", "such as https://scim.example.com/scim/v2")
    return given.rstrip("/")
