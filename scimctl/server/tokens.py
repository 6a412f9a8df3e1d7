"""Bearer tokens: which there are, and what each may do. Only digests are kept."""

import hashlib
import hmac
from collections.abc import Iterable
from enum import Enum


class Permission(Enum):
    """What the holder of a token may do."""

    NONE = "none"
    READ = "read"
    WRITE = "write"


class Tokens:
    """The tokens that a server accepts: `full` may do everything, `read_only` may read."""

    def __init__(self, full: Iterable[str], read_only: Iterable[str] = ()) -> None:
        digests = [(_digest(token), Permission.READ) for token in read_only]
        self._digests = [*digests, *((_digest(token), Permission.WRITE) for token in full)]

    def add(self, token: str) -> None:
        """Accepts one more token that may do everything."""
        self._digests.append((_digest(token), Permission.WRITE))

    def permission(self, authorization: str | None) -> Permission:
        """What an Authorization field allows; the scheme's name is compared without case (RFC 9110 §11.1).

        Every token is compared in constant time, and with each that there is, so that the time taken tells nothing.
        """
        scheme, _, token = (authorization or "").strip().partition(" ")
        presented = _digest(token.strip())
        granted = Permission.NONE
        for digest, permission in self._digests:
            if hmac.compare_digest(digest, presented):
                granted = permission
        return granted if scheme.lower() == "bearer" and token.strip() else Permission.NONE


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
