"""Profile mapping: from an Okta user's profile through the app's profile to the SCIM user."""

import copy
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from scimctl.jsonvalue import Json
from scimctl.okta.parameters import Parameters
from scimctl.okta.placement import Place, drop_value, parse_place, put_value, spelt
from scimctl.scim.urns import ENTERPRISE_USER, USER


@dataclass(frozen=True, slots=True, kw_only=True)
class AppAttribute:
    """One attribute of the app's profile.

    `source` names the attribute of the Okta profile that fills it; `constant` is sent instead of the source's value,
    where the source has one. Without a `place` (no external namespace in Okta) it is never sent.
    """

    name: str
    source: str
    place: Place | None
    constant: str | None = None


def _attribute(name: str, source: str, external: str, *, urn: str = USER, constant: str | None = None) -> AppAttribute:
    return AppAttribute(name=name, source=source, place=parse_place(external, urn), constant=constant)


def default_attributes(parameters: Parameters) -> tuple[AppAttribute, ...]:
    """The profile of the model integration, in the order in which a create carries it."""
    return (
        _attribute("userName", "userName", "userName"),
        _attribute("givenName", "firstName", "name.givenName"),
        _attribute("familyName", "lastName", "name.familyName"),
        _attribute("email", "email", "emails.^[primary==true].value"),
        _attribute("emailType", "email", "emails.^[primary==true].type", constant="work"),
        _attribute("displayName", "displayName", "displayName"),
        _attribute("locale", "locale", "locale"),
        _attribute("title", "title", "title"),
        _attribute("primaryPhone", "primaryPhone", "phoneNumbers.^[primary==true].value"),
        _attribute("primaryPhoneType", "primaryPhone", "phoneNumbers.^[primary==true].type", constant="work"),
        _attribute("userType", "userType", parameters.user_type_attribute),
        _attribute("organization", "organization", "organization", urn=ENTERPRISE_USER),
        _attribute("department", "department", "department", urn=ENTERPRISE_USER),
    )


def app_user_name(profile: Mapping[str, Json], parameters: Parameters) -> str:
    """The application user name: what the lookup looks for and `userName` carries."""
    value = profile.get("email") if parameters.lookup_value == "email" else profile.get("login")
    return str(value or "")


def full_name(profile: Mapping[str, Json]) -> str:
    """The display name: the profile's own, else given and family name."""
    own = profile.get("displayName")
    if own:
        return str(own)
    return " ".join(str(profile[part]) for part in ("firstName", "lastName") if profile.get(part))


def app_values(
    profile: Mapping[str, Json], attributes: Sequence[AppAttribute], parameters: Parameters
) -> dict[str, Json]:
    """The app user's profile: attribute name to value, without what the Okta profile has never held.

    An attribute that was blanked is there as "" and one that was nulled as None: a PUT tells of both.
    """
    known = {**profile, "userName": app_user_name(profile, parameters), "displayName": full_name(profile)}
    values: dict[str, Json] = {}
    for attribute in attributes:
        if attribute.source not in known:
            continue
        value = known[attribute.source]
        values[attribute.name] = attribute.constant if attribute.constant is not None and value else value
    return values


def new_user(
    values: Mapping[str, Json],
    attributes: Sequence[AppAttribute],
    *,
    external_id: str,
    password: str | None,
) -> dict[str, Json]:
    """The body of a create, keys in the order Okta documents; attributes without a value are left out."""
    body: dict[str, Json] = {"schemas": [USER]}
    containers: dict[str, Json] = {}
    for attribute in attributes:
        value = values.get(attribute.name)
        if value in (None, "", []) or attribute.place is None:
            continue
        put_value(containers if attribute.place.container else body, attribute.place, value)
    body["externalId"] = external_id
    body["groups"] = []
    if password is not None:
        body["password"] = password
    body["active"] = True
    body["schemas"] = [USER, *containers]
    return body | containers


def overlaid(
    resource: Mapping[str, Json],
    values: Mapping[str, Json],
    attributes: Sequence[AppAttribute],
    empty_as: str,
) -> dict[str, Json]:
    """The body of a replace: what the server returned with Okta's values laid over it.

    Attributes that the app's profile does not define, other elements of a multi-valued attribute, `id` and `meta` stay
    as the server sent them. An element of a multi-valued attribute that was blanked is taken out.
    """
    body = copy.deepcopy(dict(resource))
    for attribute in attributes:
        place = attribute.place
        if place is None or attribute.name not in values:
            continue
        value = values[attribute.name]
        if value not in (None, ""):
            put_value(body, place, value)
            if place.container is not None:
                _announce(body, place.container)
        elif place.selector is not None or empty_as == "omit":
            drop_value(body, place)
        else:
            put_value(body, place, None if empty_as == "null" or value is None else "")
    return body


def _announce(body: dict[str, Json], urn: str) -> None:
    schemas = body.get(spelt(body, "schemas"))
    if isinstance(schemas, list) and urn not in schemas:
        schemas.append(urn)
