"""Where an app attribute lies in a SCIM resource: Okta's `externalNamespace` and `externalName`."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from scimctl.diagnostic import usage_error
from scimctl.jsonvalue import Json
from scimctl.scim.urns import USER

Selector = tuple[str, bool | str]

_NAME = r"[A-Za-z$][\w$-]*"
_EXTERNAL_NAME = re.compile(
    rf"(?P<attribute>{_NAME})"
    rf"(?:\.\^\[(?P<key>{_NAME})==(?P<value>true|false|'[^']*')\])?"
    rf"(?:\.(?P<sub>{_NAME}))?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """One spot in a SCIM resource.

    `container` is the URN of an extension, or None for the resource itself; `selector` picks, or makes, the element
    of a multi-valued attribute; `sub` is a sub-attribute.
    """

    attribute: str
    container: str | None = None
    selector: Selector | None = None
    sub: str | None = None


def parse_place(text: str, namespace: str | None = None) -> Place:
    """The place that an external name stands for, such as `userType` or `roles.^[primary==true].value`.

    A URN may precede the name after a colon, in place of `namespace`. Raises InputError for any other text.
    """
    if text.startswith("urn:"):
        namespace, _, text = text.rpartition(":")
    match = _EXTERNAL_NAME.fullmatch(text)
    if match is None:
        raise usage_error(
            f"`{text}` is no external name of Okta's",
            "write it as `userType`, `name.givenName`, `roles.^[primary==true].value` or `urn:…:User:attribute`",
        )
    selector: Selector | None = None
    if match["key"]:
        raw = match["value"]
        selector = (match["key"], raw == "true" if raw in ("true", "false") else raw[1:-1])
    container = None if namespace in (None, USER) else namespace
    return Place(attribute=match["attribute"], container=container, selector=selector, sub=match["sub"])


def spelt(holder: Mapping[str, Json], name: str) -> str:
    """`name` as `holder` spells it: attribute names are compared without case (RFC 7643 §2.1)."""
    if name in holder:
        return name
    return next((key for key in holder if key.lower() == name.lower()), name)


def put_value(resource: dict[str, Json], place: Place, value: Json) -> None:
    """Sets `value` at `place`, keeping all else that is there; makes what is missing on the way."""
    holder = resource
    if place.container is not None:
        container = spelt(resource, place.container)
        inner = resource.setdefault(container, {})
        if not isinstance(inner, dict):
            resource[container] = inner = {}
        holder = inner
    attribute = spelt(holder, place.attribute)
    if place.selector is not None:
        element = _element(holder, attribute, place.selector)
        element[spelt(element, place.sub or "value")] = value
    elif place.sub is not None:
        inner = holder.get(attribute)
        if not isinstance(inner, dict):
            holder[attribute] = inner = {}
        inner[spelt(inner, place.sub)] = value
    else:
        holder[attribute] = value


def _element(holder: dict[str, Json], attribute: str, selector: Selector) -> dict[str, Json]:
    elements = holder.get(attribute)
    if not isinstance(elements, list):
        holder[attribute] = elements = []
    key, wanted = selector
    for element in elements:
        if isinstance(element, dict) and element.get(spelt(element, key)) == wanted:
            return element
    made: dict[str, Json] = {key: wanted}
    elements.append(made)
    return made


def drop_value(resource: dict[str, Json], place: Place) -> None:
    """Takes away what lies at `place`: a selected element as a whole, else the attribute or sub-attribute."""
    holder = resource if place.container is None else resource.get(spelt(resource, place.container))
    if not isinstance(holder, dict):
        return
    attribute = spelt(holder, place.attribute)
    inner = holder.get(attribute)
    if place.selector is not None:
        if isinstance(inner, list):
            key, wanted = place.selector
            holder[attribute] = [
                element
                for element in inner
                if not (isinstance(element, dict) and element.get(spelt(element, key)) == wanted)
            ]
    elif place.sub is not None:
        if isinstance(inner, dict):
            inner.pop(spelt(inner, place.sub), None)
    else:
        holder.pop(attribute, None)
