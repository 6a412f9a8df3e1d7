"""Checks a base URL as a person typed or pasted it."""

from urllib.parse import SplitResult, quote, urlsplit

from scimctl.diagnostic import usage_error
from scimctl.wire.settings import is_loopback

_ENDPOINTS = frozenset(
    {"users", "groups", "serviceproviderconfig", "resourcetypes", "schemas", "me", "bulk", ".search"}
)
_PATH_SAFE = "/%:@!$&'()*+,;=~-._"


def clean_base_url(text: str) -> str:
    """The base URL without a trailing slash; raises InputError that says what to type instead."""
    text = text.strip()
    if any(character.isspace() or not character.isprintable() for character in text):
        raise usage_error("the base URL has a blank or a control character in it", "paste it once more, on one line")
    parts = _split(text)
    if parts.username is not None or parts.password is not None:
        # The text is not shown: it holds a password.
        raise usage_error(
            "the base URL has a user name or password in it",
            f"--base-url {parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path} --basic USER:PASSWORD",
        )
    if parts.query or parts.fragment or "?" in text or "#" in text:
        raise usage_error(
            f"the base URL {text} has a {'fragment' if '#' in text and '?' not in text else 'query'}",
            f"--base-url {parts.scheme}://{parts.netloc}{parts.path}",
            "RFC 7644 §1.3: paths and queries are added to the base URL, so it ends with its path",
        )
    path = quote(parts.path.rstrip("/"), safe=_PATH_SAFE)
    last = path.rpartition("/")[2].lower()
    if last in _ENDPOINTS:
        base = f"{parts.scheme}://{parts.netloc}{path.rpartition('/')[0]}"
        raise usage_error(f"{text} is an endpoint, not the base URL", f"--base-url {base}")
    return f"{parts.scheme.lower()}://{parts.netloc}{path}"


def base_url_warnings(base_url: str) -> tuple[str, ...]:
    """What a person should know of a clean base URL before it is used."""
    parts = urlsplit(base_url)
    host = parts.hostname or ""
    warnings: list[str] = []
    if parts.scheme == "http" and not is_loopback(host):
        warnings.append(f"the token goes to {host} unencrypted: the base URL is http, not https")
    if not parts.path:
        warnings.append(f"{base_url} has no path; a SCIM base URL mostly ends in /scim/v2 or /v2")
    return tuple(warnings)


def _split(text: str) -> SplitResult:
    if not text:
        raise usage_error("the base URL is empty", "--base-url https://example.com/scim/v2")
    if "://" not in text:
        host = text.lstrip("/").partition("/")[0].rpartition("@")[2]
        scheme = "http" if is_loopback(host.partition(":")[0]) else "https"
        shown = host + text.lstrip("/").partition(host)[2]
        raise usage_error(f"the base URL {shown} has no scheme", f"--base-url {scheme}://{shown}")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise usage_error(f"the base URL is not a URL: {error}", "--base-url https://example.com/scim/v2") from error
    if parts.scheme.lower() not in {"http", "https"}:
        raise usage_error(
            f"the base URL begins with {parts.scheme}://, and SCIM is spoken over https",
            f"--base-url https://{parts.netloc.rpartition('@')[2]}{parts.path}",
        )
    if port == 0:
        raise usage_error("the base URL has port 0, which nobody listens on", "--base-url https://example.com/scim/v2")
    _check_host(parts.hostname or "")
    return parts


def _check_host(host: str) -> None:
    if not host:
        raise usage_error("the base URL has no host", "--base-url https://example.com/scim/v2")
    try:
        host.encode("idna")
    except UnicodeError as error:
        raise usage_error(
            f"{host} is not a host name: between its dots it has parts that are empty or too long",
            "--base-url https://example.com/scim/v2",
        ) from error
