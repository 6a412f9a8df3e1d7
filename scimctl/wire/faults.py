"""Turns what httpcore, ssl and the socket raise into a TransportFault."""

import re
import socket
import ssl
from collections.abc import Iterator

import httpcore

from scimctl.exchange import FaultKind, TransportFault
from scimctl.wire.bounded import Phase, Progress

_HOSTNAME_CODES = frozenset({62, 64})
_EXPIRED_CODE = 10
_UNTRUSTED_CODES = frozenset({18, 19, 20, 21, 27})
"""X509_V_ERR_* of OpenSSL: self-signed, self-signed in the chain, issuer unknown, one certificate only, not trusted."""

HTTP_ERRORS: tuple[type[Exception], ...] = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    ssl.SSLError,
    OSError,
)
"""All that an exchange can raise without a bug of ours."""

_QUOTED = re.compile(r" (?:bytearray\()?b['\"].*", re.DOTALL)
_OWN_PLACE = re.compile(r"^_ssl\.c:\d+: ")


def transport_fault(
    error: Exception, progress: Progress, *, tunnelled: bool, proxied: bool, elapsed: float, status: int | None
) -> TransportFault:
    """What `error` means; `tunnelled` says that the proxy only passes TLS through."""
    kind = _kind(error, progress, tunnelled=tunnelled, proxied=proxied)
    return TransportFault(kind, _words(error), elapsed, status)


def _kind(error: Exception, progress: Progress, *, tunnelled: bool, proxied: bool) -> FaultKind:
    if isinstance(error, httpcore.ProxyError):
        return FaultKind.PROXY
    if progress.phase is Phase.TLS:
        return _tls_kind(error)
    before_target = progress.phase is Phase.CONNECTING or (tunnelled and progress.connected and not progress.secured)
    if proxied and before_target:
        return FaultKind.PROXY
    if progress.phase is Phase.CONNECTING:
        return _connect_kind(error)
    if isinstance(error, httpcore.TimeoutException):
        return FaultKind.READ_TIMEOUT
    if "Receive buffer too long" in str(error):
        # h11's words for header fields without an end.
        return FaultKind.TOO_LARGE
    if progress.received == 0 and _cause(error, ssl.SSLError) is not None:
        # In TLS 1.3 a server refuses a client's certificate only after the handshake.
        return FaultKind.TLS
    return FaultKind.PROTOCOL


def _connect_kind(error: Exception) -> FaultKind:
    if _cause(error, socket.gaierror) is not None or _cause(error, UnicodeError) is not None:
        return FaultKind.DNS
    if _cause(error, ConnectionRefusedError) is not None:
        return FaultKind.REFUSED
    if isinstance(error, httpcore.ConnectTimeout):
        return FaultKind.CONNECT_TIMEOUT
    return FaultKind.CONNECT


def _tls_kind(error: Exception) -> FaultKind:
    refusal = _cause(error, ssl.SSLCertVerificationError)
    if not isinstance(refusal, ssl.SSLCertVerificationError):
        return FaultKind.TLS
    if refusal.verify_code in _HOSTNAME_CODES:
        return FaultKind.TLS_HOSTNAME
    if refusal.verify_code == _EXPIRED_CODE:
        return FaultKind.TLS_EXPIRED
    return FaultKind.TLS_UNTRUSTED if refusal.verify_code in _UNTRUSTED_CODES else FaultKind.TLS


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _cause(error: Exception, wanted: type[BaseException]) -> BaseException | None:
    return next((link for link in _chain(error) if isinstance(link, wanted)), None)


def _words(error: Exception) -> str:
    refusal = _cause(error, ssl.SSLCertVerificationError)
    if isinstance(refusal, ssl.SSLCertVerificationError):
        return _short(refusal.verify_message)
    system = _cause(error, OSError)
    if isinstance(system, ssl.SSLError) and system.reason:
        return _short(system.reason.replace("_", " ").lower())
    if isinstance(system, OSError) and system.strerror:
        return _short(system.strerror)
    # h11 quotes the line or value that it refuses, which may be a token's; ssl names the line of its own source.
    plain = _QUOTED.sub("", _OWN_PLACE.sub("", str(error))).rstrip(": ")
    return _short(plain or type(error).__name__)


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= 200 else line[:199] + "…"
