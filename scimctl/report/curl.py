"""A request as a curl command that a person can paste; the token is named, never shown."""

import shlex

from scimctl.exchange import Auth, Exchange

_LEFT_TO_CURL = frozenset({"host", "content-length", "connection", "accept-encoding", "authorization"})


def curl(exchange: Exchange) -> str:
    """One shell command that sends the exchange's request again, with the token taken from `$SCIMCTL_TOKEN`."""
    request = exchange.request
    parts = ["curl", "-sS", "-i"]
    if request.method != "GET":
        parts += ["-X", request.method]
    words = [shlex.quote(part) for part in parts]
    words.append(shlex.quote(exchange.base_url + request.target))
    if request.auth is not Auth.NONE and request.headers.get("Authorization") is None:
        # In double quotes, so that the shell puts the token in.
        words.append('-H "Authorization: Bearer $SCIMCTL_TOKEN"')
    words += [
        f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.headers if name.lower() not in _LEFT_TO_CURL
    ]
    if request.body:
        words.append("--data-binary " + shlex.quote(request.body.decode("utf-8", "replace")))
    return " ".join(words)
