"""Attribute names as clients write them: `userName`, `name.givenName`, `URN:attribute.sub` (RFC 7644 §3.10)."""

import re
from dataclasses import dataclass

from scimctl.scim import urns
from scimctl.scim.schema import Attribute, ResourceType, Schema

_NAME = r"[$A-Za-z][-$_0-9A-Za-z]*"
_DOTTED = re.compile(rf"{_NAME}(?:\.{_NAME})?")
_URN = re.compile(r"urn:[A-Za-z0-9][-A-Za-z0-9]{0,31}:[^\s\[\]()\"]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What a name stands for: an attribute of the base schema or of an extension, perhaps with a sub-attribute.

    `attribute` is None when the name is an extension's URN alone: the whole extension is meant.
    """

    extension: Schema | None
    attribute: Attribute | None
    sub: Attribute | None = None


def is_name(text: str) -> bool:
    """Whether `text` has the form of an attribute name, dotted or with a URN (RFC 7643 §2.1, RFC 7644 §3.10).

    Of a name with a URN only the beginning can be judged without the schemas, because URNs hold dots and colons.
    """
    return bool(_URN.fullmatch(text) if ":" in text else _DOTTED.fullmatch(text))


def resolve(text: str, kind: ResourceType) -> Resolved | None:
    """What `text` names in resources of type `kind`; None when they have no such attribute.

    URNs are matched against the schemas of the type, never split at a dot: they hold dots themselves (`…:2.0:User`).
    """
    if ":" not in text:
        return _resolve_dotted(text, kind)
    for schema in kind.schemas:
        urn = schema.id
        if urns.same_urn(text[: len(urn)], urn):
            rest = text[len(urn) :]
            extension = None if schema is kind.base else schema
            if not rest:
                return Resolved(extension, None) if extension else None
            if rest.startswith(":"):
                return _resolve_in(rest[1:], schema, extension, kind)
    return None


def _resolve_dotted(text: str, kind: ResourceType) -> Resolved | None:
    return _resolve_in(text, kind.base, None, kind)


def _resolve_in(dotted: str, schema: Schema, extension: Schema | None, kind: ResourceType) -> Resolved | None:
    name, dot, sub_name = dotted.partition(".")
    attribute = kind.attribute(name) if extension is None else schema.attribute(name)
    if attribute is None:
        return None
    if not dot:
        return Resolved(extension, attribute)
    sub = attribute.sub(sub_name)
    return Resolved(extension, attribute, sub) if sub else None
