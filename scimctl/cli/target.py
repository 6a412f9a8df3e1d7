"""Merges options, environment and scimctl.toml into one Target, and connects to it."""

import math
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

from scimctl.cli import credentials, reference
from scimctl.cli.address import base_url_warnings, clean_base_url
from scimctl.cli.config import Config, TargetTable, load
from scimctl.cli.errors import keep_from_tracebacks
from scimctl.cli.options import AuthStyle, Setting, TargetOptions
from scimctl.diagnostic import usage_error
from scimctl.exchange import Auth, Send
from scimctl.redact import Redactor, is_secret_field
from scimctl.wire.settings import OKTA_TIMEOUT, OAuth, WireSettings, is_loopback

DEFAULT_PROFILE = "standard"

_CREDENTIALS = {
    "token": "--token",
    "token_file": "--token-file",
    "token_env": "token_env",
    "basic": "--basic",
    "oauth_token_url": "--oauth-token-url",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The SCIM server a command talks to.

    `profile` is set for the built-in reference server, which needs no socket and lives by `clock`; `faults` are its
    misbehaviours. `secrets` are what a Redactor must know; `warnings` what a person should be told; `parameters` the
    `set` tables of scimctl.toml.
    """

    base_url: str
    wire: WireSettings
    profile: str | None = None
    faults: tuple[str, ...] = ()
    secrets: tuple[str, ...] = field(default=(), repr=False)
    warnings: tuple[str, ...] = ()
    parameters: Mapping[str, str | int | bool] = field(default_factory=dict)
    clock: reference.VirtualClock = field(default_factory=reference.VirtualClock, repr=False, compare=False)

    @property
    def is_reference(self) -> bool:
        """Whether this is the built-in reference server, in this process."""
        return self.profile is not None

    @property
    def is_local(self) -> bool:
        """Whether the server runs on this machine, so that its accounts cost nobody anything."""
        return self.is_reference or is_loopback(urlsplit(self.base_url).hostname or "")

    @property
    def auths(self) -> frozenset[Auth]:
        """The credentials there are; NONE is always one of them."""
        known = set(self.wire.credentials) | {Auth.NONE}
        if self.wire.oauth is not None or self.wire.credential_headers:
            known.add(Auth.TARGET)
        return frozenset(known)

    def sleep(self, seconds: float) -> None:
        """Waits, as the server's answers ask for it; with the server in this process nobody really does."""
        if self.is_reference:
            self.clock.sleep(seconds)
        else:
            time.sleep(seconds)

    def redactor(self) -> Redactor:
        """A Redactor that knows this target's secrets; pass it to `connect`, so that it learns of later ones."""
        return Redactor(self.secrets)


@dataclass(frozen=True, slots=True)
class _Layer:
    """One place where settings come from; `name` is how a message speaks of it."""

    name: str
    values: Mapping[str, Setting]


def resolve_target(options: TargetOptions, folder: Path | None = None) -> Target:
    """The target that the options, the environment and `scimctl.toml` (looked for from `folder` up) describe.

    A nearer place wins: command line, environment, table. Raises InputError for what is missing, wrong or said twice.
    """
    config = load(folder or Path.cwd())
    layers = [_Layer("the command line", options.command_line), _Layer("the environment", options.environment)]
    name = _first(layers, "target")
    table = config.target(str(name)) if name is not None else TargetTable({})
    parameters = {**config.parameters, **table.parameters}
    for layer in layers:
        if "reference" in layer.values:
            return _reference(layer, layers, parameters)
        if "base_url" in layer.values or "target" in layer.values:
            break
    layers.append(_Layer(f"[target.{name}] of scimctl.toml", table.values))
    base_url = _first(layers, "base_url")
    if base_url is None:
        raise _no_base_url(config)
    for name in ("profile", "fault"):
        if name in layers[0].values:
            title = f"--{name} is for the reference server alone"
            raise usage_error(title, f"add --reference, or leave --{name} out")
    return _Merge(layers, table).target(clean_base_url(str(base_url)), parameters)


def _reference(layer: _Layer, layers: list[_Layer], parameters: Mapping[str, str | int | bool]) -> Target:
    if "base_url" in layer.values:
        raise usage_error(
            f"{layer.name} has both --reference and --base-url", "choose one: the built-in server or yours"
        )
    return reference_target(
        str(_first(layers, "profile") or DEFAULT_PROFILE),
        parameters,
        faults=_names(_first(layers, "fault")),
        timeout=_seconds(_first(layers, "timeout")),
    )


def _names(given: Setting | None) -> list[str]:
    entries = given if isinstance(given, list) else []
    return [name.strip() for entry in entries for name in entry.split(",") if name.strip()]


def reference_target(
    profile: str,
    parameters: Mapping[str, str | int | bool] | None = None,
    *,
    faults: Sequence[str] = (),
    timeout: float | None = None,
) -> Target:
    """The built-in server in this process, playing `profile` with these faults; `timeout` is in seconds."""
    wire = WireSettings(base_url=reference.BASE_URL, credentials=reference.CREDENTIALS)
    if timeout is not None:
        wire = replace(wire, timeout=timeout)
    return Target(
        base_url=reference.BASE_URL,
        wire=wire,
        profile=profile,
        faults=tuple(faults),
        secrets=tuple(wire.credentials.values()),
        parameters=parameters or {},
    )


def _no_base_url(config: Config) -> Exception:
    tables = ", ".join(f"--target {name}" for name in list(config.targets)[:8])
    notes = ["SCIMCTL_BASE_URL and SCIMCTL_TOKEN are read as well"]
    if tables:
        notes.append(f"scimctl.toml has: {tables}")
    return usage_error(
        "no base URL was given",
        "--base-url https://example.com/scim/v2 --token-file token.txt, or --reference for the built-in server",
        *notes,
    )


def _first(layers: list[_Layer], name: str) -> Setting | None:
    return next((layer.values[name] for layer in layers if name in layer.values), None)


def _seconds(value: Setting | None) -> float:
    seconds = float(value) if isinstance(value, int | float) else OKTA_TIMEOUT
    if not math.isfinite(seconds) or seconds <= 0:
        raise usage_error(f"--timeout is {seconds:g}, and must be more than 0 seconds", "--timeout 60")
    return seconds


class _Merge:
    """Collects the settings of a target, with the secrets and warnings that come up on the way."""

    def __init__(self, layers: list[_Layer], table: TargetTable) -> None:
        self._layers = layers
        self._table = table
        self._secrets: list[str] = []
        self._warnings: list[str] = []
        self._oauth: OAuth | None = None
        self._header_layer = ""
        self._style = self._auth_style()

    def target(self, base_url: str, parameters: Mapping[str, str | int | bool]) -> Target:
        fields = self._headers()
        values = self._credentials(fields)
        secret = tuple(entry for entry in fields if is_secret_field(entry[0]) and entry[0].lower() != "authorization")
        plain = tuple(entry for entry in fields if not is_secret_field(entry[0]))
        self._secrets += [*values.values(), *(value for _, value in secret)]
        self._warnings += base_url_warnings(base_url)
        if not values and self._oauth is None and not secret:
            self._warnings.append("no token was given, so requests carry no credentials")
        insecure = bool(_first(self._layers, "insecure"))
        if insecure:
            self._warnings.append("--insecure: certificates are not checked; Okta checks them")
        wire = WireSettings(
            base_url=base_url,
            credentials=values,
            oauth=self._oauth,
            credential_headers=secret,
            extra_headers=plain,
            ca_file=self._path("ca_file"),
            client_cert=self._client_certificate(),
            client_key=self._path("client_key"),
            insecure=insecure,
            proxy=self._proxy(),
            timeout=self._timeout(),
        )
        warnings = tuple(self._warnings)
        keep_from_tracebacks(self._secrets)
        return Target(
            base_url=base_url, wire=wire, secrets=tuple(self._secrets), warnings=warnings, parameters=parameters
        )

    def _text(self, name: str) -> str | None:
        value = _first(self._layers, name)
        return None if value is None else str(value)

    def _path(self, name: str) -> Path | None:
        text = self._text(name)
        return None if text is None else Path(text).expanduser()

    def _auth_style(self) -> AuthStyle:
        text = self._text("auth_style") or AuthStyle.BEARER.value
        try:
            return AuthStyle(text)
        except ValueError:
            raise usage_error(f"auth_style is {text}", 'auth_style = "bearer" or "verbatim"') from None

    def _headers(self) -> list[tuple[str, str]]:
        for layer in self._layers:
            lines = layer.values.get("header")
            if isinstance(lines, list):
                self._header_layer = layer.name
                return [credentials.header(line) for line in lines]
        self._header_layer = self._layers[-1].name
        return [credentials.checked_header(name, value) for name, value in self._table.headers]

    def _credentials(self, fields: list[tuple[str, str]]) -> dict[Auth, str]:
        values: dict[Auth, str] = {}
        given = next((value for name, value in fields if name.lower() == "authorization"), None)
        own = self._own_credential("" if given is None else self._header_layer)
        if own is not None:
            values[Auth.TARGET] = own
        elif given is not None and self._oauth is None:
            values[Auth.TARGET] = given
        for auth, name in ((Auth.OTHER, "other_token"), (Auth.READ_ONLY, "read_only_token")):
            token = self._text(name)
            if token is not None:
                values[auth] = self._authorization(token, f"--{name.replace('_', '-')}")
        return values

    def _own_credential(self, field_layer: str) -> str | None:
        """The nearest credential; None when OAuth will fetch it, or when an Authorization header is nearer."""
        for layer in self._layers:
            given = [name for name in _CREDENTIALS if name in layer.values]
            has_field = layer.name == field_layer
            labels = [_CREDENTIALS[name] for name in given] + (["--header 'Authorization: …'"] if has_field else [])
            if len(labels) > 1:
                raise usage_error(
                    f"{layer.name} has {' and '.join(labels)}", "give one of them: a request has one Authorization"
                )
            if given:
                return self._credential(given[0], str(layer.values[given[0]]))
            if has_field:
                return None
        if self._text("oauth_client_id") is not None or self._text("oauth_client_secret") is not None:
            raise usage_error("an OAuth client is given without --oauth-token-url", "--oauth-token-url URL")
        return None

    def _credential(self, name: str, value: str) -> str | None:
        match name:
            case "token":
                return self._authorization(value, "--token")
            case "token_file":
                return self._authorization(credentials.read_token_file(Path(value), "--token-file"), "the token file")
            case "token_env":
                token = os.environ.get(value)
                if token is None:
                    raise usage_error(f"token_env names {value}, which is not set", f"export {value}=TOKEN")
                return self._authorization(token, value)
            case "basic":
                self._secrets.append(value.partition(":")[2])
                return credentials.basic(value, "--basic")
            case _:
                self._oauth = self._oauth_client(value)
                return None

    def _authorization(self, token: str, label: str) -> str:
        value, warnings = credentials.authorization(token, self._style, label)
        self._warnings += warnings
        return value

    def _oauth_client(self, url: str) -> OAuth:
        client_id, secret = self._text("oauth_client_id"), self._text("oauth_client_secret")
        if client_id is None or secret is None:
            missing = "--oauth-client-id" if client_id is None else "--oauth-client-secret"
            raise usage_error(f"--oauth-token-url is given without {missing}", f"{missing} VALUE")
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc:
            raise usage_error(
                "--oauth-token-url is not an http or https URL without a user", "https://example.com/oauth/token"
            )
        self._secrets.append(secret)
        return OAuth(token_url=url, client_id=client_id, client_secret=secret)

    def _client_certificate(self) -> Path | None:
        certificate = self._path("client_cert")
        if certificate is None and self._path("client_key") is not None:
            raise usage_error("--client-key is given without --client-cert", "--client-cert FILE")
        return certificate

    def _proxy(self) -> str | None:
        proxy = self._text("proxy")
        if proxy is None:
            return None
        proxy = proxy if "://" in proxy else f"http://{proxy}"
        parts = urlsplit(proxy)
        try:
            usable = bool(parts.hostname) and parts.port != 0
        except ValueError:
            usable = False
        if not usable:
            # The value is not shown: it may hold a password.
            raise usage_error(
                "--proxy has no host, or no port after it that is a number",
                "--proxy http://proxy.example.com:3128; in a password write / as %2F and @ as %40",
            )
        password = parts.password
        if password is not None:
            self._secrets += [password, unquote(password)]
        return proxy

    def _timeout(self) -> float:
        return _seconds(_first(self._layers, "timeout"))


@contextmanager
def connect(target: Target, redactor: Redactor, *, connections: int = 1) -> Iterator[Send]:
    """Gives a `send` for the target, and closes its connections afterwards.

    `redactor` learns of tokens fetched on the way. `connections` is how many threads send at once. Raises InputError
    for certificate files that cannot be read and for an unknown profile.
    """
    if target.profile is not None:
        yield reference.in_process(target.profile, target.faults, target.wire, target.clock)
        return
    from scimctl.wire.client import Wire

    settings = replace(target.wire, connections=max(connections, target.wire.connections))

    def learn(secret: str) -> None:
        redactor.learn(secret)
        keep_from_tracebacks([secret])

    with Wire(settings, on_secret=learn) as wire:
        yield wire.send
