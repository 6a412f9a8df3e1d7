"""Names and addresses of people, put out of sight: each person gets a number and keeps it wherever it is written.

The domain of an address stays, for whole diagnoses hang on it.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scimctl.diagnose.evidence import Damage, Evidence, Piece
from scimctl.diagnose.reading import mapping, member, objects, text
from scimctl.exchange import Exchange, Response
from scimctl.jsonvalue import Json, NotJsonError

_ADDRESS = re.compile(r"(?<![\w.+%\\-])([\w.+%'\\-]+)@((?:[\w-]+\.)+[\w-]+)")
"""Markdown has a backslash before an underscore."""
_ENCODED_AT = re.compile(r"%40", re.IGNORECASE)
_NAME_PARTS = ("firstName", "lastName", "givenName", "familyName", "middleName", "formatted")
_WHOLE_NAMES = ("displayName", "nickName")
_NUMBERS = ("mobilePhone", "primaryPhone", "phoneNumber")
_SHORTEST = 2
"""A name of one letter would be found in every word."""


@dataclass(slots=True)
class People:
    """Replaces names, addresses and telephone numbers that it has learnt, and every other e-mail address it meets."""

    _words: dict[str, str] = field(default_factory=dict)
    _addresses: dict[str, int] = field(default_factory=dict)
    _pattern: re.Pattern[str] | None = None

    def learn(self, names: Iterable[str]) -> None:
        """Adds names and telephone numbers of people."""
        for name in sorted(set(names)):
            plain = name.strip()
            if len(plain) >= _SHORTEST and "@" not in plain and plain.lower() not in self._words:
                self._words[plain.lower()] = f"name-{len(self._words) + 1}"
        ordered = sorted(self._words, key=lambda word: (-len(word), word))
        whole = "|".join(re.escape(word) for word in ordered)
        self._pattern = re.compile(rf"(?<!\w)(?:{whole})(?!\w)", re.IGNORECASE) if ordered else None

    def masked(self, text: str) -> str:
        """`text` without people; the same person has the same number wherever it is written."""
        told = _ADDRESS.sub(self._numbered, _ENCODED_AT.sub("@", text))
        if self._pattern is None:
            return told
        return self._pattern.sub(lambda found: self._words[found[0].lower()], told)

    def _numbered(self, found: re.Match[str]) -> str:
        number = self._addresses.setdefault(found[0].lower().replace("\\", ""), len(self._addresses) + 1)
        return f"person-{number}@{found[2]}"


def names_in(evidence: Evidence, exchanges: Iterable[Exchange]) -> Iterator[str]:
    """The names and telephone numbers of people in documents, events and SCIM resources."""
    yield from _profile_names(mapping(evidence.get(Piece.USER), "profile"))
    for one in objects(evidence.get(Piece.APP_USERS)):
        yield from _profile_names(mapping(one, "profile"))
    for entry in evidence.logs or ():
        if not isinstance(entry, Damage):
            yield from _event_names(entry)
    for exchange in exchanges:
        for resource in _resources(exchange):
            yield from _profile_names(mapping(resource, "name"))
            yield from _profile_names(resource)
            yield from (number for one in objects(resource.get("phoneNumbers")) if (number := text(one, "value")))


def _profile_names(profile: dict[str, Json]) -> Iterator[str]:
    for name in (*_NAME_PARTS, *_WHOLE_NAMES, *_NUMBERS):
        value = text(profile, name)
        if value is not None:
            yield value


def _event_names(event: Json) -> Iterator[str]:
    targets = [target for target in objects(member(event, "target")) if text(target, "type") in ("User", "AppUser")]
    for one in (*targets, mapping(event, "actor")):
        name = text(one, "displayName")
        if name is not None and text(one, "type") != "SystemPrincipal":
            yield name


def _resources(exchange: Exchange) -> Iterator[dict[str, Json]]:
    if not isinstance(exchange.answer, Response):
        return
    try:
        body = exchange.answer.json()
    except NotJsonError:
        return
    if isinstance(body, dict):
        listed = list(objects(body.get("Resources")))
        # A group's displayName is no name of a person.
        yield from (one for one in listed or [body] if text(one, "userName") is not None)
