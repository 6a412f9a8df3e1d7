"""A request as a curl command that a person can paste; the token is named, never shown."""

import shlex

from scimctl.exchange import Auth, Exchange

_LEFT_TO_CURL = frozenset({"host", "content-length", "connection", "accept-encoding"})
_VARIABLE = {
    Auth.TARGET: "SCIMCTL_TOKEN",
    Auth.OTHER: "SCIMCTL_OTHER_TOKEN",
    Auth.READ_ONLY: "SCIMCTL_READ_ONLY_TOKEN",
}


def curl(exchange: Exchange) -> str:
    """One shell command that sends the exchange's request again, with the token taken from its variable.

    A request that has a field of its own for it keeps that, masked as the exchange is.
    """
    request = exchange.request
    parts = ["curl", "-sS", "-i"]
    if request.method != "GET":
        parts += ["-X", request.method]
    words = [shlex.quote(part) for part in parts]
    words.append(shlex.quote(exchange.base_url + request.target))
    variable = _VARIABLE.get(request.auth)
    if variable is not None and request.headers.get("Authorization") is None:
        # In double quotes, so that the shell puts the token in.
        words.append(f'-H "Authorization: Bearer ${variable}"')
    words += [
        f"-H {shlex.quote(f'{name}: {value}')}" for name, value in request.headers if name.lower() not in _LEFT_TO_CURL
    ]
    if request.body:
        words.append("--data-binary " + shlex.quote(request.body.decode("utf-8", "replace")))
    return " ".join(words)
