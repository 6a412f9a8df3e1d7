"""Fetches tokens with the client credentials grant (RFC 6749 §4.4)."""

import threading
from base64 import b64encode
from collections.abc import Callable
from urllib.parse import quote_plus, urlencode, urlsplit

from scimctl.exchange import FaultKind, Headers, Response, TransportFault
from scimctl.jsonvalue import NotJsonError
from scimctl.wire.line import Line
from scimctl.wire.settings import OAuth, WireSettings


class TokenSource:
    """Holds one access token, and fetches another when the target stops taking it."""

    def __init__(self, client: OAuth, settings: WireSettings, on_secret: Callable[[str], None]) -> None:
        """`on_secret` hears of every token before it is used, so that it can be masked."""
        self._client = client
        self._line = Line(client.token_url, settings)
        self._on_secret = on_secret
        self._lock = threading.Lock()
        self._token: str | None = None
        self._accepted = False

    def close(self) -> None:
        """Closes the connections to the token endpoint."""
        self._line.close()

    def token(self) -> str | TransportFault:
        """The token in hand, else a new one."""
        with self._lock:
            return self._token if self._token is not None else self._fetch()

    def accept(self) -> None:
        """Tells that the target took the token."""
        self._accepted = True

    def renew(self, refused: str) -> str | TransportFault | None:
        """Another token for `refused`, which worked before; None when no token ever did, or when none is newer."""
        with self._lock:
            if self._token != refused:
                return self._token
            if not self._accepted:
                return None
            return self._fetch()

    def _fetch(self) -> str | TransportFault:
        parts = urlsplit(self._client.token_url)
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        # The two are form-encoded before they are joined (RFC 6749 §2.3.1).
        pair = f"{quote_plus(self._client.client_id)}:{quote_plus(self._client.client_secret)}"
        fields = Headers(
            (
                ("Accept", "application/json"),
                ("Content-Type", "application/x-www-form-urlencoded"),
                ("Authorization", "Basic " + b64encode(pair.encode()).decode("ascii")),
            )
        )
        body = urlencode({"grant_type": "client_credentials"}).encode()
        answer = self._line.exchange("POST", target, fields, body)
        if isinstance(answer, TransportFault):
            return TransportFault(answer.kind, f"OAuth token endpoint: {answer.detail}", answer.elapsed)
        token = _access_token(answer)
        if token is None:
            words = f"OAuth token endpoint: {answer.status} {answer.reason} without a usable access_token"
            return TransportFault(FaultKind.OAUTH, words, answer.elapsed)
        self._on_secret(token)
        self._token, self._accepted = token, False
        return token


def _access_token(answer: Response) -> str | None:
    try:
        document = answer.json()
    except NotJsonError:
        return None
    token = document.get("access_token") if isinstance(document, dict) else None
    usable = answer.status == 200 and isinstance(token, str) and token != "" and token.isascii() and token.isprintable()
    return token if usable and isinstance(token, str) else None
