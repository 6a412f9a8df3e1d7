"""The target options that every command shares, and where each value came from."""

import inspect
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import wraps
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import typer

Setting: TypeAlias = str | float | bool | list[str]

_PANEL = "Target"
_HEADER_VARIABLE = "SCIMCTL_HEADER"


class AuthStyle(Enum):
    """What `--token` holds: the token of `Authorization: Bearer TOKEN`, or the whole value of the field."""

    BEARER = "bearer"
    VERBATIM = "verbatim"


def option(
    name: str,
    help_text: str,
    metavar: str | None = None,
    *,
    variable: bool = True,
    show_default: bool = False,
    panel: str = _PANEL,
) -> Any:  # noqa: ANN401 -- typer.Option is typed so
    """An option that is also read from `SCIMCTL_<NAME>`, unless `variable` is false."""
    return typer.Option(
        f"--{name}",
        envvar=f"SCIMCTL_{name.replace('-', '_').upper()}" if variable else None,
        show_envvar=False,
        show_default=show_default,
        metavar=metavar,
        help=help_text,
        rich_help_panel=panel,
    )


BaseUrl = Annotated[str | None, option("base-url", "The SCIM base URL, such as https://example.com/scim/v2.", "URL")]
Token = Annotated[str | None, option("token", "The API token; better by --token-file or SCIMCTL_TOKEN.", "TOKEN")]
TokenFile = Annotated[Path | None, option("token-file", "A file that holds the token and nothing else.", "FILE")]
Basic = Annotated[str | None, option("basic", "Basic authentication.", "USER:PASSWORD")]
Header = Annotated[
    list[str] | None,
    option(
        "header", "A field for every request; may be repeated. SCIMCTL_HEADER has one a line.", "FIELD", variable=False
    ),
]
Style = Annotated[
    AuthStyle | None,
    option("auth-style", "bearer: sends `Bearer TOKEN` (default); verbatim: the token is the whole field."),
]
OAuthTokenUrl = Annotated[
    str | None, option("oauth-token-url", "Fetches a token there with the client credentials grant.", "URL")
]
OAuthClientId = Annotated[str | None, option("oauth-client-id", "The OAuth client.", "ID")]
OAuthClientSecret = Annotated[str | None, option("oauth-client-secret", "The OAuth client's secret.", "SECRET")]
OtherToken = Annotated[
    str | None, option("other-token", "A token of another tenant, for tests that tenants are kept apart.", "TOKEN")
]
ReadOnlyToken = Annotated[
    str | None, option("read-only-token", "A token that may read and not write, for tests of permissions.", "TOKEN")
]
CaFile = Annotated[Path | None, option("ca-file", "Trusts the authorities in this PEM file too.", "FILE")]
ClientCert = Annotated[Path | None, option("client-cert", "Our own certificate, as PEM.", "FILE")]
ClientKey = Annotated[Path | None, option("client-key", "The private key of --client-cert, as PEM.", "FILE")]
Insecure = Annotated[bool, option("insecure", "Accepts any certificate. Okta does not.")]
ProxyUrl = Annotated[
    str | None, option("proxy", "An HTTP proxy. Without it, HTTPS_PROXY and NO_PROXY are honoured.", "URL")
]
Timeout = Annotated[
    float | None, option("timeout", "Seconds without a byte after which to give up (60, as Okta).", "SECONDS")
]
TargetName = Annotated[str | None, option("target", "Takes the table [target.NAME] of scimctl.toml.", "NAME")]
Reference = Annotated[bool, option("reference", "Tests the built-in reference server, in this process.")]
ReferenceProfile = Annotated[
    str | None,
    option(
        "profile",
        "What the reference server plays, as of scimctl serve.",
        "NAME",
    ),
]
ReferenceFaults = Annotated[
    list[str] | None, option("fault", "The reference server misbehaves so; may be repeated.", "NAME[,NAME]")
]

_PARAMETERS: dict[str, tuple[Any, object]] = {
    "base_url": (BaseUrl, None),
    "token": (Token, None),
    "token_file": (TokenFile, None),
    "basic": (Basic, None),
    "header": (Header, None),
    "auth_style": (Style, None),
    "oauth_token_url": (OAuthTokenUrl, None),
    "oauth_client_id": (OAuthClientId, None),
    "oauth_client_secret": (OAuthClientSecret, None),
    "other_token": (OtherToken, None),
    "read_only_token": (ReadOnlyToken, None),
    "ca_file": (CaFile, None),
    "client_cert": (ClientCert, None),
    "client_key": (ClientKey, None),
    "insecure": (Insecure, False),
    "proxy": (ProxyUrl, None),
    "timeout": (Timeout, None),
    "target": (TargetName, None),
    "reference": (Reference, False),
    "profile": (ReferenceProfile, None),
    "fault": (ReferenceFaults, None),
}


@dataclass(frozen=True, slots=True, repr=False)
class TargetOptions:
    """What the user said of the target, by place; names are those of the options with underscores.

    It has no repr, for it holds tokens.
    """

    command_line: Mapping[str, Setting]
    environment: Mapping[str, Setting]


def takes_target(command: Callable[..., None]) -> Callable[..., None]:
    """Gives a command all target options; it takes them as one keyword argument, `options: TargetOptions`."""
    own = inspect.signature(command, eval_str=True)
    shared = [
        inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=annotation)
        for name, (annotation, default) in _PARAMETERS.items()
    ]
    context = inspect.Parameter("context", inspect.Parameter.KEYWORD_ONLY, annotation=typer.Context)
    kept = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)
        for name, parameter in own.parameters.items()
        if name != "options"
    ]

    @wraps(command)
    def wrapped(*, context: typer.Context, **values: object) -> None:
        options = _gather(context, {name: values.pop(name) for name in _PARAMETERS})
        command(options=options, **values)

    parameters = [*kept, *shared, context]
    wrapped.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]  # a function takes any attribute; its type has not this one
    wrapped.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return wrapped


def _gather(context: typer.Context, values: dict[str, object]) -> TargetOptions:
    command_line: dict[str, Setting] = {}
    environment: dict[str, Setting] = {}
    for name, value in values.items():
        setting = _setting(value)
        if setting is None:
            continue
        source = context.get_parameter_source(name)
        (environment if source is not None and source.name == "ENVIRONMENT" else command_line)[name] = setting
    lines = [line for line in os.environ.get(_HEADER_VARIABLE, "").splitlines() if line.strip()]
    if lines:
        environment["header"] = lines
    return TargetOptions(command_line, environment)


def _setting(value: object) -> Setting | None:
    match value:
        case Enum():
            return str(value.value)
        case Path():
            return str(value)
        case list():
            return [str(entry) for entry in value] or None
        case bool():
            return value or None
        case str() | float():
            return value
        case _:
            return None
