"""Paths below the base URL, cut into segments."""

from urllib.parse import unquote_to_bytes


def segments(path: str) -> tuple[str, ...] | None:
    """The decoded segments of a percent-encoded path, None for what is no UTF-8.

    Slashes at the end and doubled ones count for nothing: Okta's admins type base URLs with a slash at the end.
    """
    if path.isascii() and "%" not in path:
        return tuple(part for part in path.split("/") if part)
    try:
        return tuple(unquote_to_bytes(part).decode("utf-8") for part in path.split("/") if part)
    except UnicodeDecodeError:
        return None
