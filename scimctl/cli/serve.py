"""`scimctl serve`: the reference SCIM server on a socket."""

from pathlib import Path
from typing import Annotated, Any

from scimctl.cli import serving
from scimctl.cli.options import option


def _option(name: str, help_text: str, metavar: str | None = None, *, panel: str, variable: bool = True) -> Any:  # noqa: ANN401 -- as of cli.options.option
    return option(name, help_text, metavar, show_default=True, variable=variable, panel=panel)


_PLACE, _WHO, _WHAT, _LOOK = "Where it listens", "Who may ask", "What it plays", "What is seen of it"

Port = Annotated[int, _option("port", "The port to listen on; 0 takes a free one.", "N", panel=_PLACE)]
Host = Annotated[str, _option("host", "The address to listen on.", "ADDRESS", panel=_PLACE)]
PublicUrl = Annotated[
    str | None,
    _option("public-url", "The base URL for addresses in answers, instead of the Host's.", "URL", panel=_PLACE),
]
SelfSigned = Annotated[
    bool, _option("tls-self-signed", "Serves https with a certificate made for this run.", panel=_PLACE)
]
Cert = Annotated[Path | None, _option("cert", "Serves https with this certificate chain, PEM.", "FILE", panel=_PLACE)]
Key = Annotated[Path | None, _option("key", "The private key of --cert, PEM.", "FILE", panel=_PLACE)]
Token = Annotated[
    str | None, _option("token", "The bearer token to accept; one is made when none is given.", "TOKEN", panel=_WHO)
]
ReadOnlyToken = Annotated[
    str | None, _option("read-only-token", "A token that may read and gets 403 for writes.", "TOKEN", panel=_WHO)
]
LimitedToken = Annotated[
    str | None,
    _option("limited-token", "A token that gets 403 when it touches administrators.", "TOKEN", panel=_WHO),
]
Tenants = Annotated[
    list[str] | None,
    _option(
        "tenant",
        "A tenant with resources of its own, also at /tenants/NAME/scim/v2; may be repeated.",
        "NAME=TOKEN",
        panel=_WHO,
    ),
]
ProfileName = Annotated[
    str, _option("profile", "standard, minimal, okta-strict, entitlements, wrike, or a file.", "NAME", panel=_WHAT)
]
Seats = Annotated[
    int | None,
    _option("seats", "How many users may be active at once, with a profile that has seats.", "N", panel=_WHAT),
]
Schemas = Annotated[
    list[Path] | None,
    _option(
        "schema",
        "Schemas and resource types of your own, a JSON file; may be repeated.",
        "FILE",
        panel=_WHAT,
    ),
]
Data = Annotated[Path | None, _option("data", "Keeps everything in this SQLite file.", "FILE", panel=_WHAT)]
SeedUsers = Annotated[int, _option("seed-users", "Makes that many users at the start.", "N", panel=_WHAT)]
Faults = Annotated[
    list[str] | None,
    _option("fault", "Misbehaves so: NAME, or several with commas.", "NAME[,NAME]", panel=_WHAT),
]
ListFaults = Annotated[
    bool, _option("list-faults", "Lists the faults there are, and ends.", panel=_WHAT, variable=False)
]
LogRequests = Annotated[
    Path | None,
    _option("log-requests", "Adds each request and answer to this file, a JSON line each.", "FILE", panel=_LOOK),
]
Inspect = Annotated[
    bool, _option("inspect", "Shows requests, users and groups at /_/, for this machine alone.", panel=_LOOK)
]


def serve(
    port: Port = 8080,
    host: Host = "127.0.0.1",
    public_url: PublicUrl = None,
    tls_self_signed: SelfSigned = False,
    cert: Cert = None,
    key: Key = None,
    token: Token = None,
    read_only_token: ReadOnlyToken = None,
    limited_token: LimitedToken = None,
    tenant: Tenants = None,
    profile: ProfileName = "standard",
    seats: Seats = None,
    schema: Schemas = None,
    data: Data = None,
    seed_users: SeedUsers = 0,
    fault: Faults = None,
    list_faults: ListFaults = False,
    log_requests: LogRequests = None,
    inspect: Inspect = False,
) -> None:
    """Serves SCIM 2.0 until it is stopped; without --data everything is in memory.

    Writes `base_url: …` to stdout once it accepts connections, then `token: …` if it made one; one line a request goes
    to stderr.
    """
    if list_faults:
        from scimctl.cli.faults import show_list

        show_list()
        return
    serving.serve(
        serving.Options(
            port=port,
            host=host,
            public_url=public_url,
            tls_self_signed=tls_self_signed,
            cert=cert,
            key=key,
            token=token,
            read_only_token=read_only_token,
            limited_token=limited_token,
            tenants=tuple(tenant or ()),
            profile=profile,
            seats=seats,
            schemas=tuple(schema or ()),
            data=data,
            seed_users=seed_users,
            faults=tuple(name.strip() for names in fault or () for name in names.split(",") if name.strip()),
            log_requests=log_requests,
            inspect=inspect,
        )
    )
