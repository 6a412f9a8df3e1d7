"""Undoes content codings (RFC 9110 §8.4) without letting a small answer grow past a limit."""

import zlib

_GZIP = 16 + zlib.MAX_WBITS
_MOST_CODINGS = 3


class CodingError(ValueError):
    """The body is not what its Content-Encoding says."""


class TooLargeError(ValueError):
    """The decoded body passes the limit."""


def decode(body: bytes, content_encoding: str, limit: int) -> bytes:
    """`body` without the codings that the field names, last one first.

    Raises CodingError for a broken or cut stream and for a coding that we never ask for, TooLargeError past `limit`
    bytes. An empty body needs no decoding, whatever the field says: HEAD, 204 and 304 have none.
    """
    names = [name for part in content_encoding.split(",") if (name := part.strip().lower())]
    if not body:
        return body
    if len(names) > _MOST_CODINGS:
        raise CodingError(f"{len(names)} content codings, one inside the other")
    for name in reversed(names):
        body = _undo(body, name, limit)
    return body


def _undo(body: bytes, name: str, limit: int) -> bytes:
    try:
        match name:
            case "identity":
                return body
            case "gzip" | "x-gzip":
                return _inflate_members(body, limit)
            case "deflate":
                return _inflate_deflate(body, limit)
            case _:
                raise CodingError(f"Content-Encoding is {name[:40]}, which was not asked for")
    except zlib.error as error:
        raise CodingError(f"Content-Encoding is {name}, the body is not: {error}") from error


def _inflate_members(body: bytes, limit: int) -> bytes:
    # A gzip stream may hold several members, one after the other (RFC 1952 §2.2).
    whole = bytearray()
    while body:
        part, body = _inflate(body, _GZIP, limit - len(whole))
        whole += part
    return bytes(whole)


def _inflate_deflate(body: bytes, limit: int) -> bytes:
    # "deflate" is a zlib stream; some servers send a raw one, which clients take as well (RFC 9110 §8.4.1.2).
    try:
        return _inflate(body, zlib.MAX_WBITS, limit)[0]
    except zlib.error:
        return _inflate(body, -zlib.MAX_WBITS, limit)[0]


def _inflate(body: bytes, window: int, limit: int) -> tuple[bytes, bytes]:
    engine = zlib.decompressobj(window)
    out = engine.decompress(body, limit + 1)
    if len(out) > limit:
        raise TooLargeError(f"more than {limit} bytes after decoding")
    if not engine.eof:
        raise CodingError("the compressed body ends early")
    return out, engine.unused_data
