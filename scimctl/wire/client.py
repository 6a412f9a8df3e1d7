"""The target over a socket: credentials are added here, so that no request value ever holds a secret."""

from collections.abc import Callable
from types import TracebackType
from urllib.parse import urlsplit

from scimctl.exchange import Answer, Auth, Request, Response, TransportFault
from scimctl.wire.headers import authorised
from scimctl.wire.line import Line
from scimctl.wire.oauth import TokenSource
from scimctl.wire.settings import WireSettings


class Wire:
    """Sends requests to one target over kept connections; safe to use from several threads.

    Redirects are never followed: a 3xx is an answer, and no token goes to another host.
    """

    def __init__(self, settings: WireSettings, *, on_secret: Callable[[str], None] = lambda secret: None) -> None:
        """Opens no connection yet. `on_secret` hears of every token fetched through OAuth before it is used.

        Raises InputError for certificate files and proxies that cannot be used.
        """
        self._settings = settings
        self._path = urlsplit(settings.base_url).path
        self._line = Line(settings.base_url, settings)
        self._tokens = TokenSource(settings.oauth, settings, on_secret) if settings.oauth is not None else None

    def __enter__(self) -> "Wire":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Closes every connection."""
        self._line.close()
        if self._tokens is not None:
            self._tokens.close()

    def send(self, request: Request) -> Answer:
        """The answer to `request`, or the fault that came instead; raises nothing for what a server or network does."""
        if self._tokens is None or request.auth is not Auth.TARGET or request.headers.get("Authorization") is not None:
            return self._send(request, self._settings.credentials.get(request.auth))
        return self._send_with_token(request, self._tokens)

    def _send_with_token(self, request: Request, tokens: TokenSource) -> Answer:
        token = tokens.token()
        if isinstance(token, TransportFault):
            return token
        answer = self._send(request, f"Bearer {token}")
        if not isinstance(answer, Response):
            return answer
        if answer.status != 401:
            tokens.accept()
            return answer
        newer = tokens.renew(token)
        if newer is None:
            return answer
        return newer if isinstance(newer, TransportFault) else self._send(request, f"Bearer {newer}")

    def _send(self, request: Request, authorization: str | None) -> Answer:
        fields = authorised(request, authorization, self._settings)
        return self._line.exchange(request.method, (self._path + request.target) or "/", fields, request.body)
