"""Single values: whether one fits its attribute, and how two of them compare (RFC 7643 §2.3)."""

import base64
import binascii
import re
import unicodedata
from datetime import UTC, datetime

from scimctl.jsonvalue import Json
from scimctl.scim.schema import Attribute, Type

DATE_TIME_PATTERN = r"^-?[0-9]{4,}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|[+-][0-9]{2}:[0-9]{2})$"
"""An xsd:dateTime with its zone.

XML Schema lets the zone be absent; RFC 7643 §2.3.5 asks for a dateTime, and a time without a zone is no point in time.
"""

_DATE_TIME = re.compile(DATE_TIME_PATTERN)
_FRACTION = re.compile(r"\.([0-9]+)")


def fold(text: str) -> str:
    """`text` in the form in which strings without case are compared: NFC, then case folding (RFC 7644 §5, §7.8)."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def user_name(text: str) -> str:
    """`text` in the form in which userNames are compared: full-width and half-width forms mapped, then as `fold`.

    RFC 7644 §5 asks for the PRECIS profile UsernameCaseMapped (RFC 7613 §3.2), whose width rule that is.
    """
    if text.isascii():
        return text.lower()
    mapped = (unicodedata.normalize("NFKC", one) if unicodedata.east_asian_width(one) in "FH" else one for one in text)
    return fold("".join(mapped))


def exact(text: str) -> str:
    """`text` in the form in which strings with case are compared: NFC."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def comparable(attribute: Attribute, text: str) -> str:
    """`text` folded, or not, as the attribute's `caseExact` says; a userName as `user_name` has it."""
    if attribute.compares_case:
        return exact(text)
    return user_name(text) if attribute.name == "userName" else fold(text)


def parse_date_time(text: str) -> datetime | None:
    """The point in time that an xsd:dateTime with a zone names, or None; digits beyond microseconds are cut."""
    if not _DATE_TIME.match(text):
        return None
    cut = _FRACTION.sub(lambda match: "." + match[1][:6].ljust(6, "0"), text)
    try:
        return datetime.fromisoformat(cut.replace("Z", "+00:00")).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def fits(attribute: Attribute, value: Json) -> bool:
    """Whether one value has the attribute's type; complex values are judged by their being an object only.

    Booleans are no integers here, and an integer has neither fraction nor exponent (RFC 7643 §2.3.4).
    """
    match attribute.type:
        case Type.STRING | Type.REFERENCE:
            return isinstance(value, str)
        case Type.BOOLEAN:
            return isinstance(value, bool)
        case Type.INTEGER:
            return isinstance(value, int) and not isinstance(value, bool)
        case Type.DECIMAL:
            return isinstance(value, int | float) and not isinstance(value, bool)
        case Type.DATE_TIME:
            return isinstance(value, str) and parse_date_time(value) is not None
        case Type.BINARY:
            return isinstance(value, str) and _is_base64(value)
        case Type.COMPLEX:
            return isinstance(value, dict)


def _is_base64(text: str) -> bool:
    # Both alphabets of RFC 4648 are accepted, and padding may be left out.
    standard = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        base64.b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
