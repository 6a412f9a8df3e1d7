"""The user type of a person, and the types that the app knows."""

import re
from dataclasses import dataclass

from scimctl.diagnose.accounts import Account
from scimctl.diagnose.attributes import find
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.naming import named, quotes, subjects, values
from scimctl.diagnose.needs import is_app
from scimctl.diagnose.probes import Look
from scimctl.diagnose.reading import is_blank, objects
from scimctl.diagnose.refusal import Refusal, Topic
from scimctl.exchange import document
from scimctl.jsonvalue import Json

_HUMPS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_.-]")
_TYPE_NAME = re.compile(
    r"\busertype\b|\b(?:user|licen[cs]e|seat|account|member|employee|role|profile) (?:type|kind|tier|level|class)\b|"
    r"\b(?:licen[cs]es?|seats?|roles?|tier|persona)(?: (?:name|id|value))?$"
)
_ONE_OF = re.compile(
    r"(?:one of|allowed(?: values)?(?: are)?|expected|valid (?:values|types)(?: are)?|supported(?: values)?(?: are)?|"
    r"choose from|either|use|erlaubt)\b\s*:?\s*(.+)",
    re.IGNORECASE,
)
_MUST_BE = re.compile(
    r"(?:must|should|can only|has to) be\s*:?\s*(.+)|(?:doit être|debe ser|deve ser)\s*:?\s*(.+)", re.I
)
_VENDOR_TYPES = {"wrike": ("Regular", "External", "Collaborator")}
_OTHERS = "the types of the others in the app"
_ENOUGH = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class TypeChoice:
    """The user type of a person and those that the app knows; `source` says how they are known."""

    name: str
    value: str
    allowed: tuple[str, ...]
    source: str

    @property
    def is_known(self) -> bool:
        """Whether the value is one of those."""
        return self.value in self.allowed


def refuses_type(facts: Facts, refusal: Refusal) -> bool:
    """Whether the app's words refuse the person's user type."""
    choice = user_type(facts)
    if choice is None or choice.is_known:
        return False
    # A list of which every value is another is no list of types.
    is_few = bool(choice.allowed) and (choice.source != _OTHERS or len(choice.allowed) < len(facts.peers))
    return speaks_of_type(facts) or quotes(refusal, choice.value) or (choice.name in named(facts) and is_few)


def speaks_of_type(facts: Facts) -> bool:
    """Whether the app's words are about a user type, and not about an attribute that is called like one."""
    return Topic.USER_TYPE in subjects(facts) and (not named(facts) or bool(_type_names(facts)))


def blank_types(facts: Facts) -> tuple[str, ...]:
    """The empty user types of a person who has no other, where the app's words are about a user type."""
    present = values(facts)
    names = _type_names(facts)
    is_without = all(is_blank(present.get(name)) for name in names)
    return names if is_without and speaks_of_type(facts) else ()


def _type_names(facts: Facts) -> tuple[str, ...]:
    """The attributes that hold a user type, those first that the app's words name or whose value they have."""
    schema = {one.name: one.external_name for one in facts.org.attributes or ()}
    refusal, present = facts.is_refused_because, values(facts)
    found = [one for one in dict.fromkeys((*present, *schema)) if _is_type(one) or _is_type(schema.get(one) or "")]

    def is_unsaid(name: str) -> bool:
        value = present.get(name)
        return name not in named(facts) and not (refusal and isinstance(value, str) and quotes(refusal, value))

    return tuple(sorted(found, key=is_unsaid))


def _is_type(name: str) -> bool:
    return _TYPE_NAME.search(_HUMPS.sub(" ", name.rpartition(":")[2]).lower()) is not None


def user_type(facts: Facts) -> TypeChoice | None:
    """The person's user type with the types that the app knows; None without a type or without any known one."""
    schema = {one.name: one for one in facts.org.attributes or ()}
    for name in _type_names(facts):
        value = values(facts).get(name)
        if not isinstance(value, str) or not value.strip():
            continue
        external = schema[name].external_name if name in schema else None
        if name in schema and schema[name].values:
            return TypeChoice(name=name, value=value, allowed=schema[name].values, source="the app's profile in Okta")
        choice = _known_at_the_app(facts, name, external or name, value)
        if choice is not None:
            return choice
    return None


def _known_at_the_app(facts: Facts, name: str, external: str, value: str) -> TypeChoice | None:
    listed = _canonical(facts, external)
    if listed:
        return TypeChoice(name=name, value=value, allowed=listed, source="the app's own schema")
    refusal = facts.is_refused_because
    said = refusal is not None and (
        Topic.USER_TYPE in subjects(facts) or quotes(refusal, value) or name in named(facts)
    )
    enumerated = _enumerated(refusal) if refusal is not None and said else ()
    if enumerated:
        return TypeChoice(name=name, value=value, allowed=enumerated, source="the app's words")
    documented = next((types for vendor, types in _VENDOR_TYPES.items() if is_app(facts, vendor)), ())
    if documented:
        return TypeChoice(name=name, value=value, allowed=documented, source="the vendor's documents")
    peers = _peer_types(facts, name, external)
    if peers and (len(facts.peers) >= _ENOUGH or said):
        return TypeChoice(name=name, value=value, allowed=peers, source=_OTHERS)
    return TypeChoice(name=name, value=value, allowed=(), source="the app's words") if said else None


def _enumerated(refusal: Refusal) -> tuple[str, ...]:
    """The values in a sentence such as `must be one of A, B or C`, or `must be A or B`."""
    found = _ONE_OF.search(refusal.words)
    if found is not None:
        return _parts(found[1])
    found = _MUST_BE.search(refusal.words)
    parts = _parts(found[1] or found[2]) if found is not None else ()
    return parts if len(parts) >= _ENOUGH else ()


def _parts(listed: str) -> tuple[str, ...]:
    parts = re.split(r",|;|\b(?:or|and|oder|und|ou|o)\b|\|", listed)
    return tuple(word for part in parts if (word := part.strip(" '\"[](){}.:“”`")) and len(word.split()) <= _ENOUGH)


def _peer_types(facts: Facts, name: str, external: str) -> tuple[str, ...]:
    found = [peer.profile.get(name) for peer in facts.peers]
    if facts.survey is not None:
        found += [_type_of(account, external) for account in facts.survey.accounts(Look.LIST)]
    return tuple(dict.fromkeys(value for value in found if isinstance(value, str) and value.strip()))


def _type_of(account: Account, external: str) -> Json:
    return find(account.resource, external) or find(account.resource, "userType")


def _canonical(facts: Facts, name: str) -> tuple[str, ...]:
    exchange = facts.survey.first(Look.SCHEMAS) if facts.survey is not None else None
    body = None if exchange is None or exchange.status != 200 else document(exchange.answer)
    for schema in objects(body.get("Resources") if isinstance(body, dict) else body):
        for attribute in objects(schema.get("attributes")):
            listed = attribute.get("canonicalValues")
            if str(attribute.get("name")).lower() == name.lower() and isinstance(listed, list):
                return tuple(str(value) for value in listed)
    return ()
