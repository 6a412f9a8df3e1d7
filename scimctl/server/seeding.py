"""Made-up users in any number, the same ones every time, for trying out lists and look-ups at size."""

import unicodedata
from collections.abc import Callable

from scimctl.diagnostic import usage_error
from scimctl.jsonvalue import Json
from scimctl.scim import urns
from scimctl.scim.attributes import Resource
from scimctl.scim.errors import ScimError
from scimctl.scim.schema import ResourceType
from scimctl.scim.values import user_name
from scimctl.server.rules import Rules
from scimctl.server.service import Service

_BATCH = 1000
"""How many users are written at once."""

_DOMAIN = "people.example"

_GIVEN = (
    *("Ada", "Bruno", "Chloé", "Deepa", "Emeka", "Freya", "Goran", "Hana", "Iker", "Jia", "Kofi", "Lena", "Mateo"),
    *("Nadia", "Oskar", "Priya", "Quentin", "Rosa", "Sami", "Tove", "Uma", "Viktor", "Wanjiru", "Ximena", "Yusuf"),
    *("Zoë", "Aiko", "Björn", "Carmen", "Dmitri", "Elif"),
)
_FAMILY = (
    *("Abara", "Berg", "Costa", "Dubois", "Eriksen", "Fischer", "García", "Haddad", "Ito", "Jansen", "Kowalski"),
    *("Lindqvist", "Moreau", "Nakamura", "Okafor", "Petrov", "Quispe", "Rossi", "Silva", "Tanaka", "Ueda", "Varga"),
    *("Weber", "Xu", "Yılmaz", "Zhang", "Andersson", "Bianchi", "Chen", "Duarte", "Evans", "Fernández", "Gupta"),
    *("Hughes", "Ivanova", "Jensen", "Khan", "Lopez", "Müller", "Novák", "O'Brien", "Park", "Quinn", "Ricci"),
    *("Schmidt", "Torres", "Ahmed"),
)
_PLACES = (
    ("Engineering", "4100", ("Software Engineer", "Site Reliability Engineer", "Engineering Manager")),
    ("Sales", "2300", ("Account Executive", "Sales Manager")),
    ("Support", "2900", ("Support Specialist", "Support Lead")),
    ("Finance", "1200", ("Accountant", "Financial Analyst", "Controller")),
    ("Human Resources", "1500", ("Recruiter", "People Partner")),
)
_LANGUAGES = ("en-US", "de-DE", "fr-FR", "es-MX", "ja-JP")


def seed(service: Service, count: int, progress: Callable[[int], None] | None = None) -> int:
    """Sees to it that the users number 0 to `count` - 1 are there, and returns how many had to be made.

    Every twentieth is inactive, and so is who would be one too many for the profile's seats. `progress` is told after
    each batch how many users were looked at. Raises InputError for a profile without users, and when the store is full.
    """
    kind = service.kinds.get("User")
    if kind is None:
        raise usage_error(f"the profile {service.profile.name} has no users to make", "choose another with --profile")
    # Into an empty store every user is new, and nothing has to be looked up.
    is_empty = service.store.count(kind.name) == 0
    made = 0
    for first in range(0, count, _BATCH):
        end = min(first + _BATCH, count)
        try:
            made += _seed_batch(service, kind, range(first, end), is_empty=is_empty)
        except ScimError as refused:
            raise usage_error(f"no more than {first} users could be made: {refused.detail}", "make room") from refused
        if progress is not None:
            progress(end)
    return made


def _seed_batch(service: Service, kind: ResourceType, numbers: range, *, is_empty: bool) -> int:
    made = 0
    with service.store.transaction():
        for number in numbers:
            user = _user(number, service.rules)
            if is_empty or not service.store.find(kind.name, "userName", user_name(str(user["userName"]))):
                _store(service, kind, user)
                made += 1
    return made


def _store(service: Service, kind: ResourceType, user: Resource) -> None:
    rules = service.rules
    if rules is not None:
        seats = rules.settings.seats
        if seats is not None and service.store.count_active(kind.name) >= seats:
            user["active"] = False
        user = rules.admitted(user, None)
    record = service.record(kind, user, None)
    service.store.put(record)
    if rules is not None:
        rules.bill(service.store, service.now(), None, record)


def _user(number: int, rules: Rules | None) -> Resource:
    """The user of that number: a function of the number and the profile's rules alone."""
    turn, given = divmod(number, len(_GIVEN))
    given_name, family_names = _GIVEN[given], _family_names(turn)
    family_name = "-".join(family_names)
    full_name = f"{given_name} {family_name}"
    domain = rules.settings.approved_domains[0] if rules is not None else _DOMAIN
    login = f"{_LOGINS[given_name]}.{'-'.join(_LOGINS[each] for each in family_names)}@{domain}"
    department, cost_center, titles = _PLACES[number % len(_PLACES)]
    name: Json = {"formatted": full_name, "familyName": family_name, "givenName": given_name}
    return {
        "schemas": [urns.USER, urns.ENTERPRISE_USER],
        "userName": login,
        "externalId": f"00u{number:017d}",
        "name": name,
        "displayName": full_name,
        "emails": [{"value": login, "type": "work", "primary": True}],
        "phoneNumbers": [{"value": f"+1-555-{number // 10_000 % 1000:03d}-{number % 10_000:04d}", "type": "work"}],
        "title": titles[turn % len(titles)],
        "preferredLanguage": _LANGUAGES[turn % len(_LANGUAGES)],
        "active": number % 20 != 19,
        urns.ENTERPRISE_USER: {
            "employeeNumber": f"{100_000 + number}",
            "costCenter": cost_center,
            "organization": "Example Works",
            "department": department,
        },
    }


def _family_names(turn: int) -> list[str]:
    """The parts of a family name, as few as make it one of its own."""
    found: list[str] = []
    while turn or not found:
        turn, place = divmod(turn, len(_FAMILY))
        found.append(_FAMILY[place])
    return found


def _letters(text: str) -> str:
    """A name as it stands in an address: ASCII letters in lower case."""
    plain = unicodedata.normalize("NFKD", text.replace("ı", "i")).encode("ascii", "ignore").decode("ascii")
    return "".join(letter for letter in plain.lower() if letter.isalpha())


_LOGINS = {name: _letters(name) for name in (*_GIVEN, *_FAMILY)}
