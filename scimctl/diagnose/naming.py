"""Which attributes the app's words name, and what those words are about when names and values are taken out of them.

Attributes are called `licensePlate` or `domain`, and titles `Seat Limit Analyst`: that a text has such a word says
nothing of licences, domains and seats.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from scimctl.diagnose.facts import Facts
from scimctl.diagnose.reading import is_blank
from scimctl.diagnose.refusal import Refusal, Topic, topics_in
from scimctl.diagnose.values import spoken_names
from scimctl.jsonvalue import Json

_OKTA_NAMES = {"firstName": "givenName", "lastName": "familyName", "login": "userName"}
_APP_NAMES = {app: okta for okta, app in _OKTA_NAMES.items()}
_NOUNS = frozenset(
    {Topic.PASSWORD, Topic.DOMAIN, Topic.SEATS, Topic.CREDENTIALS, Topic.PERMISSION, Topic.RATE, Topic.MEDIA_TYPE}
)
"""Subjects of which the name of an attribute may have a word."""
WHO = frozenset({"userName", "email", "displayName", "givenName", "familyName"})
"""By these an app says whom it speaks of, so that a text has them does not say that they are at fault."""
_PERSON = re.compile(r"\b(?:user|account|member|person|for|of)\W*$", re.IGNORECASE)
_QUOTED = re.compile(r"\"([^\"]+)\"|“([^”]+)”|„([^“”]+)[“”]|«\s*([^»]+?)\s*»|`([^`]+)`|(?<!\w)['‘]([^'’]+)['’](?!\w)")
_URN = re.compile(r"\burn:[^\s,;\"'()\]]+", re.IGNORECASE)
_FIELD = r"(?:field|attribute|property|value|parameter|feld|attribut|champ|campo|veld)"
_SHORTEST = 2
"""A quotation of one letter is in every value."""


def values(facts: Facts) -> dict[str, Json]:
    """What Okta would send of this person, by the names of the app's profile."""
    if facts.app_user is not None:
        return {"userName": facts.app_user.user_name, **facts.app_user.profile}
    profile = facts.person.profile if facts.person is not None else {}
    return {_OKTA_NAMES.get(name, name): value for name, value in profile.items()}


def value_in_okta(facts: Facts, name: str) -> Json:
    """What the Okta user itself has for an attribute of the app's profile."""
    profile = facts.person.profile if facts.person is not None else {}
    return profile.get(_APP_NAMES.get(name, name))


def subjects(facts: Facts) -> frozenset[Topic]:
    """What the app complains of by its own words, without the attributes and values in them."""
    refusal = facts.is_refused_because
    if refusal is None:
        return frozenset()
    spoken = _without_values(facts, refusal.about)
    plain = _without_names(facts, spoken)
    if plain == refusal.about:
        return refusal.topics
    return (topics_in(plain) & _NOUNS) | (topics_in(spoken) - _NOUNS)


def named_blanks(facts: Facts) -> tuple[str, ...]:
    """Attributes that the app's words name and that are empty; of an assignment that was not seen none is."""
    present = values(facts)
    was_seen = facts.app_user is not None and bool(facts.app_user.profile)
    return tuple(name for name in named(facts) if is_blank(present.get(name)) and (was_seen or name in present))


def named_values(facts: Facts) -> tuple[str, ...]:
    """Attributes that the app's words name and that have a value; else the one whose value they repeat."""
    by_name = tuple(name for name in named(facts) if not is_blank(values(facts).get(name)))
    return by_name or repeated(facts)


def named(facts: Facts) -> tuple[str, ...]:
    """Attributes that the app's words call by name. Of two names of which one is in the other the longer counts."""
    refusal = facts.is_refused_because
    if refusal is None or not refusal.words:
        return ()
    known = dict.fromkeys((*values(facts), *(one.name for one in facts.org.attributes or ())))
    spans = {name: [found.span() for found in spoken_names(name).finditer(refusal.words)] for name in known}
    every = [span for found in spans.values() for span in found]
    return tuple(name for name, found in spans.items() if any(not _is_within_another(one, every) for one in found))


def _is_within_another(span: tuple[int, int], every: list[tuple[int, int]]) -> bool:
    return any(other[0] <= span[0] and span[1] <= other[1] and other != span for other in every)


def repeated(facts: Facts) -> tuple[str, ...]:
    """The attributes whose values the app's words repeat, where no other attribute has the same."""
    refusal = facts.is_refused_because
    if refusal is None or not refusal.words:
        return ()
    quotations = {quoted.lower() for quoted in _quotations(refusal.words)}
    addressed = {quoted.lower() for quoted in _quotations(refusal.words, addressed=True)}
    holders: dict[str, list[str]] = {}
    for name, value in values(facts).items():
        if isinstance(value, str) and value.strip():
            holders.setdefault(value.strip().lower(), []).append(name)
    return tuple(
        names[0]
        for value, names in holders.items()
        if len(names) == 1
        and (value in quotations - (addressed if names[0] in WHO else set()) or _stands_out(names[0], value, refusal))
    )


def _stands_out(name: str, value: str, refusal: Refusal) -> bool:
    """Whether a value that is no mere word, and does not say who is meant, is in the app's words."""
    return (
        name not in WHO
        and len(value) > _SHORTEST
        and not value.isalpha()
        and not value.isdigit()
        and quotes(refusal, value)
    )


def quotes(refusal: Refusal, value: str) -> bool:
    """Whether the app's words contain a value as a word of its own."""
    return re.search(rf"(?<![\w@.]){re.escape(value)}(?![\w@])", refusal.words, re.IGNORECASE) is not None


def _quotations(words: str, *, addressed: bool = False) -> Iterator[str]:
    """What is in quotation marks; `addressed` leaves only what says whom the sentence is about."""
    for found in _QUOTED.finditer(words):
        if not addressed or _PERSON.search(words[: found.start()]):
            yield next(part for part in found.groups() if part is not None).strip()


def _without_values(facts: Facts, words: str) -> str:
    """The words without quotations of the person's values, and without values of several words."""
    own = [value.strip() for value in values(facts).values() if isinstance(value, str) and value.strip()]

    def kept(found: re.Match[str]) -> str:
        quoted = next(part for part in found.groups() if part is not None).strip()
        part = re.compile(rf"(?<!\w){re.escape(quoted)}(?!\w)", re.IGNORECASE)
        return " " if len(quoted) >= _SHORTEST and any(part.search(value) for value in own) else found[0]

    words = _QUOTED.sub(kept, words)
    for value in sorted((one for one in own if " " in one), key=len, reverse=True):
        words = re.sub(rf"(?<!\w){re.escape(value)}(?!\w)", " ", words, flags=re.IGNORECASE)
    return words


def _without_names(facts: Facts, words: str) -> str:
    known = [*values(facts), *(one.name for one in facts.org.attributes or ())]
    known += [one.external_name for one in facts.org.attributes or () if one.external_name is not None]
    words = _URN.sub(" ", words)
    for name in dict.fromkeys(known):
        if name.lower() != "password":
            words = _written(name).sub(" ", words)
    return words


@lru_cache(maxsize=1024)
def _written(name: str) -> re.Pattern[str]:
    """Finds the name of an attribute; one that is a mere word only where it is written as that of a field."""
    exact = re.escape(name)
    if name.isalpha() and name.islower():
        as_field = rf"[\"'`“]{exact}[\"'`”]|{exact}(?=\s*:)|{exact} (?={_FIELD}\b)|{_FIELD}:? {exact}"
        return re.compile(rf"(?<![\w.])(?:{as_field})(?!\w)", re.IGNORECASE)
    split = re.escape(re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)).replace(r"\ ", "[ _.-]?")
    return re.compile(rf"(?<![\w.])(?:{exact}|{split})(?!\w)", re.IGNORECASE)
