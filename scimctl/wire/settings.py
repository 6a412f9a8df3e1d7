"""How to reach a server: addresses, credentials, TLS, limits. Values only, so that no HTTP library is imported."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from types import MappingProxyType

from scimctl.exchange import Auth

OKTA_TIMEOUT = 60.0
MAX_BODY = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """An OAuth 2.0 client of the client credentials grant (RFC 6749 §4.4)."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WireSettings:
    """All that a connection to one target needs.

    `base_url` has no trailing slash. `credentials` holds whole values of the Authorization field; with `oauth` the
    token of Auth.TARGET is fetched instead. `credential_headers` are sent with Auth.TARGET alone, `extra_headers` with
    every request. `timeout` is the seconds of silence on the socket that end a request; `answer_timeout` bounds an
    answer that drips. `max_body` counts bytes, before and after decoding. `connections` is the most that are open
    at once.
    """

    base_url: str
    credentials: Mapping[Auth, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    oauth: OAuth | None = None
    credential_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    extra_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    ca_file: Path | None = None
    client_cert: Path | None = None
    client_key: Path | None = None
    insecure: bool = False
    proxy: str | None = field(default=None, repr=False)
    timeout: float = OKTA_TIMEOUT
    max_body: int = MAX_BODY
    connections: int = 32

    @property
    def answer_timeout(self) -> float:
        """Seconds after which even an answer that keeps coming in small pieces is given up."""
        return 5 * self.timeout


def is_loopback(host: str) -> bool:
    """Whether `host`, a name or an address without brackets, is this machine."""
    name = host.lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False
