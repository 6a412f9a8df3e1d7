"""RFC 7643 §7: that what a server says of its schemas is a definition. §2.1 and §2.3.8 bound names and depth."""

import re
from collections.abc import Iterator

from scimctl.checks.context import Resource, View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import Json, show
from scimctl.scim.attributes import get
from scimctl.scim.urns import SCHEMA

_NAME = re.compile(r"[A-Za-z$][A-Za-z0-9$_-]*")
"""The grammar of §2.1, and the dollar sign with which the RFC's own `$ref` begins."""

_URI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:\S")
"""How a URI begins that says where it belongs (RFC 3986 §3): a URN is one, and so is an address."""

_KEYWORDS = {
    "type": ("string", "boolean", "decimal", "integer", "dateTime", "reference", "complex", "binary"),
    "mutability": ("readOnly", "readWrite", "immutable", "writeOnly"),
    "returned": ("always", "never", "default", "request"),
    "uniqueness": ("none", "server", "global"),
}


def _is_definition(resource: Resource) -> bool:
    return resource.kind is not None and resource.kind.base.id == SCHEMA


def _has_definitions(view: View) -> bool:
    return any(_is_definition(resource) for resource in view.resources)


def _attributes(view: View, *, but: str = "") -> Iterator[tuple[str, dict[str, Json], int]]:
    """Every attribute of every definition with its JSON pointer and its depth, 1 for those of a schema.

    The definition with the URN `but` is passed over.
    """
    for resource in view.resources:
        if _is_definition(resource) and resource.canonical.get("id") != (but or None):
            yield from _below(get(resource.sent, "attributes"), f"{resource.at}/attributes", 1)


def _below(attributes: Json, at: str, depth: int) -> Iterator[tuple[str, dict[str, Json], int]]:
    for index, attribute in enumerate(attributes if isinstance(attributes, list) else []):
        if isinstance(attribute, dict):
            place = f"{at}/{index}"
            yield place, attribute, depth
            yield from _below(get(attribute, "subAttributes"), f"{place}/subAttributes", depth + 1)


def _shown(value: Json) -> str:
    return "absent" if value is None else show(value, 80)


@check("schema.definition", requires="sch-02", applies=_has_definitions)
def schema_has_an_id_and_attributes(view: View) -> Iterator[Problem]:
    """Every schema has its URI as id, and attributes."""
    for resource in view.resources:
        if _is_definition(resource):
            uri, attributes = get(resource.sent, "id"), get(resource.sent, "attributes")
            if not isinstance(uri, str) or _URI.match(uri) is None:
                yield Problem("a URI", _shown(uri), f"{resource.at}/id")
            if not isinstance(attributes, list) or not attributes:
                yield Problem("a list of attributes", _shown(attributes), f"{resource.at}/attributes")


@check("schema.messages", requires="sch-11", applies=_has_definitions)
def messages_are_no_schemas(view: View) -> Iterator[Problem]:
    """The URNs of messages are not listed as schemas."""
    for resource in view.resources:
        urn = get(resource.sent, "id")
        if isinstance(urn, str) and ":scim:api:messages:" in urn.lower():
            yield Problem("schemas of resources alone", urn, f"{resource.at}/id")


@check("schema.attribute", requires="sch-04", applies=_has_definitions)
def attribute_says_what_it_is(view: View) -> Iterator[Problem]:
    """Every attribute of a schema has a name and a type, and says whether it is multi-valued."""
    for at, attribute, _ in _attributes(view):
        for name in ("name", "type"):
            value = get(attribute, name)
            if not isinstance(value, str) or not value:
                yield Problem("a text", _shown(value), f"{at}/{name}")
        if not isinstance(get(attribute, "multiValued"), bool):
            yield Problem("true or false", _shown(get(attribute, "multiValued")), f"{at}/multiValued")


@check("schema.keywords", requires="sch-05", applies=_has_definitions)
def characteristics_are_keywords(view: View) -> Iterator[Problem]:
    """Types, mutability, returned and uniqueness are keywords of the RFC, in their spelling."""
    for at, attribute, _ in _attributes(view):
        for name, keywords in _KEYWORDS.items():
            value = get(attribute, name)
            if value is not None and value not in keywords:
                yield Problem("one of " + ", ".join(keywords), _shown(value), f"{at}/{name}")


@check("schema.names", requires="sch-08", applies=_has_definitions)
def names_keep_the_grammar(view: View) -> Iterator[Problem]:
    """The names of attributes have the characters that names may have."""
    for at, attribute, _ in _attributes(view):
        name = get(attribute, "name")
        if isinstance(name, str) and name and _NAME.fullmatch(name) is None:
            yield Problem("letters, digits, $, - and _, a letter first", _shown(name), f"{at}/name")


@check("schema.depth", requires="sch-07", applies=_has_definitions)
def parts_have_no_parts(view: View) -> Iterator[Problem]:
    """No part of a complex attribute is complex itself."""
    # The RFC's own definition of schemas (§8.7.2) breaks the rule, for attributes have parts that are attributes.
    for at, attribute, depth in _attributes(view, but=SCHEMA):
        if depth > 1 and get(attribute, "type") == "complex":
            yield Problem("a simple type", "complex", f"{at}/type")


@check("schema.parts", requires="sch-06", applies=_has_definitions)
def complex_attributes_list_their_parts(view: View) -> Iterator[Problem]:
    """A complex attribute lists its parts."""
    for at, attribute, depth in _attributes(view):
        if depth == 1 and get(attribute, "type") == "complex" and not get(attribute, "subAttributes"):
            yield Problem("a list of attributes", _shown(get(attribute, "subAttributes")), f"{at}/subAttributes")


@check("schema.references", requires="sch-10", applies=_has_definitions)
def references_say_to_what(view: View) -> Iterator[Problem]:
    """A reference says what it refers to."""
    for at, attribute, _ in _attributes(view):
        if get(attribute, "type") == "reference" and not get(attribute, "referenceTypes"):
            yield Problem("a list of types", _shown(get(attribute, "referenceTypes")), f"{at}/referenceTypes")
