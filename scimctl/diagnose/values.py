"""What is odd about a value, and by which words people speak of an attribute."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from scimctl.jsonvalue import Json

_NAMES = frozenset({"givenName", "familyName", "middleName", "displayName", "nickName", "formatted"})
_ADDRESSES = frozenset({"email", "userName"})
_ADDRESS = re.compile(r"[^@\s<>(),;:\\\"]+@[\w-]+(?:\.[\w-]+)+")
_PHONES = frozenset({"primaryPhone", "mobilePhone", "phone"})
_NAME_MARKS = frozenset(" '’`´-.,‐")
_BRACKETS = frozenset("()[]{}<>")
_LONG = 100
_SPOKEN = {
    "givenName": r"given ?name|first ?name|forename|vorname|prénom|nombre",
    "familyName": r"family ?name|last ?name|sur ?name|nachname|nom de famille|apellido",
    "middleName": r"middle ?name",
    "displayName": r"display ?name",
    "userName": r"user ?names?|login(?: ?name)?|benutzername\w?|anmeldename|nom d.utilisateur|identifiant|"
    r"nombre de usuario|nome (?:de |d.)?(?:usuário|utilizador|utente)|gebruikersnaam|användarnamn|nazwa użytkownika|"
    r"ユーザー名|用户名",
    "email": r"e-?mails?(?: address)?",
    "primaryPhone": r"(?:primary ?)?(?:tele)?phone(?: ?numbers?)?",
    "mobilePhone": r"mobile(?: ?phone)?",
    "title": r"(?:job ?)?title",
    "employeeNumber": r"employee ?(?:number|id|no)",
    "costCenter": r"cost ?cent(?:er|re)",
    "managerValue": r"manager",
    "locale": r"locale",
    "preferredLanguage": r"(?:preferred ?)?language",
    "timezone": r"time ?zone",
    "department": r"department",
    "organization": r"organi[sz]ation",
    "country": r"country(?: ?code)?",
    "countryCode": r"country(?: ?code)?",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """A value with something about it that apps refuse, and how bad that is.

    `says` is the rest of a sentence that begins with the value; `removable` says that something in it can be taken out.
    """

    name: str
    value: str
    says: str
    weight: int
    removable: bool = True


@cache
def spoken_names(name: str) -> re.Pattern[str]:
    """Finds an attribute in the words of an app, by its own name or by those that people use."""
    split = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    forms = [re.escape(name), re.escape(split).replace(r"\ ", "[ _.-]?")]
    forms += [_SPOKEN[name].replace(" ?", "[ _.-]?")] if name in _SPOKEN else []
    return re.compile(rf"(?<![A-Za-z])(?:{'|'.join(forms)})(?![A-Za-z])", re.IGNORECASE)


def oddities(values: Mapping[str, Json]) -> tuple[Oddity, ...]:
    """Every odd value, the worst first."""
    found = [one for name, value in values.items() if isinstance(value, str) for one in _odd(name, value)]
    return tuple(sorted(found, key=lambda one: -one.weight))


def _odd(name: str, value: str) -> Iterator[Oddity]:
    if not value:
        return
    hidden = next((mark for mark in value if _is_hidden(mark)), None)
    if hidden is not None:
        says = f"has an invisible or control character (U+{ord(hidden):04X})"
        yield Oddity(name=name, value=value, says=says, weight=10)
    elif value != value.strip():
        yield Oddity(name=name, value=value, says="has a blank at its beginning or end", weight=7)
    if name in _NAMES:
        odd = [mark for mark in value if not (_is_letter(mark) or mark in _NAME_MARKS or _is_hidden(mark))]
        if odd:
            kind = "brackets" if set(odd) <= _BRACKETS else "special characters"
            weight = 5 if all(mark.isdigit() for mark in odd) else 9
            shown = "".join(dict.fromkeys(odd))
            yield Oddity(name=name, value=value, says=f"has {kind} ({shown}) in a name", weight=weight)
        weak = [mark for mark in value if not (mark.isascii() and (mark.isalpha() or mark == " ")) and not odd]
        if weak and hidden is None:
            shown = "".join(dict.fromkeys(weak))
            yield Oddity(name=name, value=value, says=f"has special characters ({shown}) in a name", weight=1)
    elif name in _ADDRESSES and "@" in value and not _ADDRESS.fullmatch(value.strip()):
        if re.search(r"\s", value.strip()):
            yield Oddity(name=name, value=value, says="has a blank (space) in an e-mail address", weight=9)
        else:
            says = "is no well-formed e-mail address"
            yield Oddity(name=name, value=value, says=says, weight=9, removable=False)
    elif name in _PHONES and re.search(r"[^\d\s+().\-/x#]", value):
        yield Oddity(name=name, value=value, says="has characters that a phone number does not have", weight=8)
    elif any(mark in "<>{}\\" or unicodedata.category(mark) in ("So", "Sk", "Cs") for mark in value):
        yield Oddity(name=name, value=value, says="has special characters", weight=6)
    if len(value) > _LONG:
        yield Oddity(name=name, value=value, says=f"has {len(value)} characters", weight=6, removable=False)


def _is_hidden(mark: str) -> bool:
    return unicodedata.category(mark) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn") or mark in "\u00a0\u2007\u202f\u3164"


def _is_letter(mark: str) -> bool:
    return unicodedata.category(mark)[0] in "LM"
