"""Bearer tokens: which there are, and what each may do. Only digests are kept."""

import hashlib
import hmac
from collections.abc import Iterable
from enum import Enum


class Permission(Enum):
    """What the holder of a token may do."""

    NONE = "none"
    READ = "read"
    NOT_ADMINS = "write, but not administrators"
    WRITE = "write"


class Tokens:
    """The tokens that a server accepts: `full` may do everything, `read_only` may read.

    `limited` may read, and write all but administrators. `digests` are full tokens of which only the digest is known,
    as `digest` gives it.
    """

    def __init__(
        self,
        full: Iterable[str],
        read_only: Iterable[str] = (),
        limited: Iterable[str] = (),
        *,
        digests: Iterable[str] = (),
    ) -> None:
        self._digests = [
            *((_digest(token), Permission.READ) for token in read_only),
            *((_digest(token), Permission.NOT_ADMINS) for token in limited),
            *((_digest(token), Permission.WRITE) for token in full),
            *((bytes.fromhex(digest), Permission.WRITE) for digest in digests),
        ]

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


def digest(token: str) -> str:
    """The form in which a token may be kept, from which nobody can tell the token: SHA-256 in hexadecimal.

    A token is long and random, so that a slow hash as for passwords would protect it no better.
    """
    return _digest(token).hex()


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
