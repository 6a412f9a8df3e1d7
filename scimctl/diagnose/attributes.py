"""Attribute by attribute: what Okta has, what the assignment has, what the app stored, and whether Okta sends it."""

import re
from dataclasses import dataclass, replace

from scimctl.diagnose.org import AppAttribute, Org
from scimctl.diagnose.reading import is_blank
from scimctl.diagnostic import InputError
from scimctl.jsonvalue import Json
from scimctl.okta.placement import Place, parse_place, spelt
from scimctl.scim.urns import ENTERPRISE_USER

_PROFILE_NAMES = {"givenName": "firstName", "familyName": "lastName", "phone": "primaryPhone"}
_DEFAULT_PLACES = {
    "givenName": Place(attribute="name", sub="givenName"),
    "familyName": Place(attribute="name", sub="familyName"),
    "middleName": Place(attribute="name", sub="middleName"),
    "displayName": Place(attribute="displayName"),
    "nickName": Place(attribute="nickName"),
    "title": Place(attribute="title"),
    "userType": Place(attribute="userType"),
    "email": Place(attribute="emails", selector=("primary", True), sub="value"),
    "primaryPhone": Place(attribute="phoneNumbers", selector=("primary", True), sub="value"),
    "mobilePhone": Place(attribute="phoneNumbers", selector=("type", "mobile"), sub="value"),
    "preferredLanguage": Place(attribute="preferredLanguage"),
    "locale": Place(attribute="locale"),
    "timezone": Place(attribute="timezone"),
    **{
        name: Place(attribute=name, container=ENTERPRISE_USER)
        for name in ("department", "organization", "division", "costCenter", "employeeNumber")
    },
}
COMMON = frozenset(_DEFAULT_PLACES) - {"mobilePhone", "middleName", "nickName"}
"""Attributes that SCIM has a place for and that apps commonly take."""
_PHONE = re.compile(r"(?:tel:)?\+?[\d\s().\-/]{7,}")
_NOT_PERSONAL = frozenset({"userName", "emailType", "primaryPhoneType", "addressType"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute of a person in three places.

    `is_sent` says whether Okta sends it: None when the app's profile schema is not known, False when the schema
    has the attribute without a place at the app, or does not have it. `is_defined` says that the schema has it.
    `is_recorded` says whether it was in the newest user that the app's own record has; that decides what is sent.
    """

    name: str
    title: str
    okta: Json
    assigned: Json
    stored: Json
    is_sent: bool | None
    is_defined: bool
    required: bool = False
    is_recorded: bool | None = None

    @property
    def wanted(self) -> Json:
        """The value that should be at the app: the assignment's, else Okta's."""
        return self.okta if is_blank(self.assigned) else self.assigned

    @property
    def differs(self) -> bool:
        """Whether the app has another value than the assignment, or than Okta where the assignment has none."""
        return not same(self.wanted, self.stored)

    @property
    def is_behind(self) -> bool:
        """Whether Okta's own value has not come to the app."""
        return not is_blank(self.okta) and not same(self.okta, self.stored)


def same(one: Json, other: Json) -> bool:
    """Whether two values say the same: blanks are alike, numbers and texts of them too, case does not count.

    Of phone numbers only the digits count, for apps write them in a form of their own.
    """
    if is_blank(one) and is_blank(other):
        return True
    if isinstance(one, list | dict) or isinstance(other, list | dict):
        return one == other
    mine, theirs = str(one).strip().lower(), str(other).strip().lower()
    return mine == theirs or (_is_phone(mine) and _is_phone(theirs) and _digits(mine) == _digits(theirs))


def _is_phone(value: str) -> bool:
    return _PHONE.fullmatch(value) is not None


def _digits(value: str) -> str:
    return re.sub(r"\D", "", value)


def compare(
    org: Org,
    okta: dict[str, Json],
    assigned: dict[str, Json],
    stored: dict[str, Json] | None,
    sent: dict[str, Json] | None = None,
) -> tuple[Attribute, ...]:
    """Every attribute that the app's profile or the assignment has; without the profile, those of all assignments.

    `stored` is None when no account was seen, `sent` when there is no record of what Okta sent.
    """
    defined = {one.name: one for one in org.attributes or ()}
    # Okta leaves a value that is empty out of an assignment: what others have in theirs is mapped all the same.
    of_others = [name for one in org.app_users or () for name in one.profile] if org.attributes is None else []
    names = [name for name in dict.fromkeys((*defined, *assigned, *of_others)) if name not in _NOT_PERSONAL]
    if org.attributes is not None:
        covered = {_PROFILE_NAMES.get(name, name) for name in names}
        names += [name for name in okta if name not in covered and name not in ("login", "secondEmail")]
    found = (_attribute(name, defined.get(name), org, okta, assigned, stored) for name in names)
    return tuple(one if sent is None else _as_recorded(one, defined.get(one.name), sent) for one in found)


def _as_recorded(one: Attribute, definition: AppAttribute | None, sent: dict[str, Json]) -> Attribute:
    """The attribute with what the record says; a blank value is left out by Okta anyway."""
    if is_blank(one.wanted):
        return one
    place = place_of(definition) if definition is not None else _DEFAULT_PLACES.get(one.name)
    value = value_at(sent, place) if place is not None else None
    there = not is_blank(value) or not is_blank(find(sent, external(one.name, definition)))
    return replace(one, is_sent=there, is_recorded=there)


def _attribute(
    name: str,
    definition: AppAttribute | None,
    org: Org,
    okta: dict[str, Json],
    assigned: dict[str, Json],
    stored: dict[str, Json] | None,
) -> Attribute:
    place = place_of(definition) if definition is not None else _DEFAULT_PLACES.get(name)
    is_sent = None if org.attributes is None else definition is not None and place is not None
    if stored is None:
        found: Json = None
    else:
        found = value_at(stored, place) if place is not None else find(stored, external(name, definition))
    return Attribute(
        name=name,
        title=definition.title if definition is not None else name,
        okta=okta.get(_PROFILE_NAMES.get(name, name), okta.get(name)),
        assigned=assigned.get(name),
        stored=found,
        is_sent=is_sent,
        is_defined=definition is not None,
        required=definition is not None and definition.required,
    )


def external(name: str, definition: AppAttribute | None) -> str:
    """The name under which the app would have the attribute."""
    return (definition.external_name if definition is not None else None) or name


def place_of(definition: AppAttribute) -> Place | None:
    """Where Okta puts the attribute; None when it has no external name or namespace, so that it is not sent."""
    if definition.external_name is None or definition.namespace is None:
        return None
    try:
        return parse_place(definition.external_name, definition.namespace)
    except InputError:
        return None


def value_at(resource: dict[str, Json], place: Place) -> Json:
    """The value at a place; of a list without the selected element the only other one counts."""
    holder: Json = resource if place.container is None else resource.get(spelt(resource, place.container))
    if not isinstance(holder, dict):
        return None
    value = holder.get(spelt(holder, place.attribute))
    if place.selector is not None:
        return _selected(value, place)
    if place.sub is not None:
        return value.get(spelt(value, place.sub)) if isinstance(value, dict) else None
    return value


def _selected(value: Json, place: Place) -> Json:
    entries = [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []
    key, wanted = place.selector or ("", "")
    chosen = [entry for entry in entries if entry.get(spelt(entry, key)) == wanted]
    if not chosen and len(entries) == 1:
        chosen = entries
    return chosen[0].get(spelt(chosen[0], place.sub or "value")) if chosen else None


def find(resource: dict[str, Json], name: str) -> Json:
    """The value of an attribute of that name, on the resource itself or in any of its extensions."""
    holders = [resource, *(value for value in resource.values() if isinstance(value, dict))]
    for holder in holders:
        for key, value in holder.items():
            if key.lower() == name.lower() and not is_blank(value):
                return value
    return None
