"""Which header fields go on the wire, and in which order."""

from collections.abc import Sequence

from scimctl.exchange import Auth, Headers, Request
from scimctl.wire.settings import WireSettings

_BODY_METHODS = frozenset({"POST", "PUT", "PATCH"})


def authorised(request: Request, authorization: str | None, settings: WireSettings) -> Headers:
    """The fields of `request` with its credentials and the target's own fields.

    Authorization stands after User-Agent, as in Okta's requests; a field that the request brings wins over ours.
    """
    brought = {name.lower() for name, _ in request.headers}
    extra = settings.extra_headers
    if request.auth is Auth.TARGET:
        extra = (*settings.credential_headers, *extra)
    out = list(request.headers.fields)
    if authorization is not None and request.auth is not Auth.NONE and "authorization" not in brought:
        out = _after_user_agent(out, [("Authorization", authorization)])
    return Headers((*out, *((name, value) for name, value in extra if name.lower() not in brought)))


def complete(fields: Headers, *, method: str, body: bytes, host: str) -> Headers:
    """`fields` with what HTTP itself needs: Content-Length, Host and Connection, in Okta's order.

    h11 moves Host to the front, as RFC 9110 §7.2 advises; the others keep their place.
    """
    present = {name.lower() for name, _ in fields}
    added: list[tuple[str, str]] = []
    if (body or method in _BODY_METHODS) and not present & {"content-length", "transfer-encoding"}:
        added.append(("Content-Length", str(len(body))))
    if "host" not in present:
        added.append(("Host", host))
    if "connection" not in present:
        added.append(("Connection", "Keep-Alive"))
    return Headers(tuple(_after_user_agent(list(fields.fields), added)))


def _after_user_agent(fields: list[tuple[str, str]], added: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    names = [name.lower() for name, _ in fields]
    anchors = [index for index, name in enumerate(names) if name in {"user-agent", "authorization"}]
    place = max(anchors) + 1 if anchors else len(fields)
    return [*fields[:place], *added, *fields[place:]]
