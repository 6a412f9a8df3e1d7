"""Turns what a person gave as a credential into the value of an Authorization field, without ever showing it."""

import re
from base64 import b64encode
from pathlib import Path

from scimctl.cli.options import AuthStyle
from scimctl.diagnostic import usage_error

_BEARER = re.compile(r"bearer\s+", re.IGNORECASE)
_FIELD_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+\Z")


def read_token_file(path: Path, label: str) -> str:
    """The token in a file, without the blanks and line ends around it. Raises InputError."""
    try:
        text = path.expanduser().read_text("utf-8-sig")
    except OSError as error:
        raise usage_error(
            f"{label} {path} cannot be read: {error.strerror}", "name a file that you may read"
        ) from error
    except UnicodeDecodeError as error:
        raise usage_error(f"{label} {path} is not text", "the file holds the token and nothing else") from error
    if not text.strip():
        raise usage_error(f"{label} {path} is empty", "the file holds the token and nothing else")
    return text.strip()


def authorization(token: str, style: AuthStyle, label: str) -> tuple[str, tuple[str, ...]]:
    """The Authorization value for a token, and what to warn of. Raises InputError; no message shows the token."""
    text = token.strip()
    warnings: list[str] = []
    if not text:
        raise usage_error(f"{label} is empty", "copy the token once more; many services show it only when it is made")
    if style is AuthStyle.VERBATIM:
        _check_characters(text, label)
        return text, ()
    prefix = _BEARER.match(text)
    if prefix is not None:
        warnings.append(f"{label} begins with `{prefix[0].strip()} `, which scimctl adds itself; it is sent once")
        text = text[prefix.end() :]
    elif text.lower() == "bearer":
        raise usage_error(f"{label} is the word {text} and no token", "--token TOKEN")
    blank = re.search(r"\s", text)
    if blank is not None:
        raise usage_error(
            f"{label} has a blank or a line end after {blank.start()} characters; a bearer token has none",
            "copy it once more, or use --auth-style verbatim when the server wants the whole field",
        )
    _check_characters(text, label)
    return f"Bearer {text}", tuple(warnings)


def basic(pair: str, label: str) -> str:
    """The Authorization value for `user:password`. Raises InputError."""
    if ":" not in pair or pair.startswith(":"):
        raise usage_error(f"{label} is not USER:PASSWORD", f"{label} USER:PASSWORD")
    return "Basic " + b64encode(pair.encode("utf-8", "surrogateescape")).decode("ascii")


def header(line: str) -> tuple[str, str]:
    """Name and value of `Name: value`. Raises InputError, which shows the name alone: the value may be a secret."""
    name, colon, value = line.partition(":")
    name, value = name.strip(), value.strip()
    if not colon:
        raise usage_error("--header has no colon between name and value", "--header 'X-Tenant: acme'")
    return checked_header(name, value)


def checked_header(name: str, value: str) -> tuple[str, str]:
    """The same name and value when HTTP can carry them. Raises InputError."""
    if not _FIELD_NAME.match(name):
        raise usage_error("--header has a name that HTTP does not allow", "--header 'X-Tenant: acme'")
    _check_characters(value, f"the value of the header {name}")
    return name, value


def _check_characters(text: str, label: str) -> None:
    for place, character in enumerate(text, 1):
        if ord(character) > 0xFF:
            raise usage_error(
                f"{label} has a character outside Latin-1 at place {place}, which a header cannot carry",
                "copy it once more; word processors replace quotation marks and hyphens",
            )
        if ord(character) < 0x20 or ord(character) == 0x7F:
            raise usage_error(f"{label} has a control character at place {place}", "copy it once more, on one line")
