"""`scimctl serve`: the reference SCIM server on a socket."""

import secrets
import sys
from typing import Annotated, Any
from urllib.parse import urlsplit

from scimctl.cli.options import option
from scimctl.diagnostic import usage_error


def _option(name: str, help_text: str, metavar: str) -> Any:  # noqa: ANN401 -- as of cli.options.option
    return option(name, help_text, metavar, show_default=True)


def serve(
    port: Annotated[int, _option("port", "The port to listen on; 0 takes a free one.", "N")] = 8080,
    host: Annotated[str, _option("host", "The address to listen on.", "ADDRESS")] = "127.0.0.1",
    token: Annotated[
        str | None, _option("token", "The bearer token to accept; one is made when none is given.", "TOKEN")
    ] = None,
    read_only_token: Annotated[
        str | None, _option("read-only-token", "A token that may read and gets 403 for writes.", "TOKEN")
    ] = None,
    profile: Annotated[str, _option("profile", "What the server plays: standard or wrike.", "NAME")] = "standard",
    seats: Annotated[
        int | None, _option("seats", "How many users may be active at once, with a profile that has seats.", "N")
    ] = None,
    public_url: Annotated[
        str | None, _option("public-url", "The base URL for addresses in answers, instead of the Host's.", "URL")
    ] = None,
) -> None:
    """Serves SCIM 2.0 until it is stopped; everything is in memory.

    Writes `base_url: …` to stdout once it accepts connections, then `token: …` if it made one; one line a request goes
    to stderr.
    """
    from scimctl.redact import Redactor
    from scimctl.server import asgi
    from scimctl.server.core import build

    if seats is not None and seats < 0:
        raise usage_error(f"--seats is {seats}", "give 0 or more")
    accepted = _token(token, "--token") if token is not None else secrets.token_urlsafe(32)
    read_only = _token(read_only_token, "--read-only-token") if read_only_token is not None else None
    server = build(profile, token=accepted, read_only_token=read_only, seats=seats)
    masks = Redactor(secret for secret in (accepted, read_only) if secret is not None)

    def log(method: str, target: str, status: int, seconds: float) -> None:
        sys.stderr.write(f"{method} {masks.text(target)} {status} {seconds * 1000:.1f} ms\n")

    application = asgi.Application(server, public_url=_public_url(public_url), log=log)
    listener = asgi.bind(host, port)
    made = f"token: {accepted}\n" if token is None else ""
    sys.stdout.write(f"base_url: {asgi.base_url_of(listener)}\n{made}")
    sys.stdout.flush()
    asgi.run(asgi.make_server(application), listener)


def _token(given: str, label: str) -> str:
    """The token without blanks around it and without the scheme; raises InputError, never showing it."""
    from scimctl.cli.credentials import authorization
    from scimctl.cli.errors import warn
    from scimctl.cli.options import AuthStyle

    value, warnings = authorization(given, AuthStyle.BEARER, label)
    for text in warnings:
        warn(text)
    return value.removeprefix("Bearer ")


def _public_url(given: str | None) -> str | None:
    if given is None:
        return None
    parts = urlsplit(given)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise usage_error(f"--public-url {given!r} is not a base URL", "such as https://scim.example.com/scim/v2")
    return given.rstrip("/")
