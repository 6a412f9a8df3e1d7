"""What an app complains of when it refuses a user: decided once, so that one failure has one cause.

The status and the app's words come first. Where they are silent, the values decide: one that is missing, one with odd
characters, a type or a domain that nobody else has.
"""

import re
from dataclasses import dataclass

from scimctl.diagnose.attributes import find
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Kind
from scimctl.diagnose.probes import Look
from scimctl.diagnose.reading import is_blank, objects, text
from scimctl.diagnose.refusal import Refusal, Sort, Topic
from scimctl.diagnose.values import Oddity, oddities, spoken_names
from scimctl.exchange import document
from scimctl.jsonvalue import Json

_TYPE_NAME = re.compile(r"user_?type|licen[cs]e|seat|(?:account|member|employee)_?type|\brole\b|\btier\b|persona", re.I)
_ONE_OF = re.compile(
    r"(?:one of|allowed(?: values)?(?: are)?|expected|valid (?:values|types)(?: are)?|supported(?: values)?(?: are)?|"
    r"choose from|either|use)\b\s*:?\s*(.+)",
    re.IGNORECASE,
)
_VENDOR_TYPES = {"wrike": ("Regular", "External", "Collaborator")}
_AWS_NEEDS = ("givenName", "familyName", "displayName")
_ADDRESS = re.compile(
    r"e-?mail|\baddress|\borgani[sz]ation|\bexternal\b|\btenant|\bguests?\b|\bcompan(?:y|ies)\b|\bpartners?\b|\boutside"
)
_MEDIA = re.compile(r"content[ -]type|media[ -]type|scim\+json", re.IGNORECASE)
_ENOUGH = 2
"""So many other people must have a value before its absence says something."""


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


def complaint(facts: Facts) -> Topic | None:
    """What the app complains of in the failure that stands; None when it is no refusal of the user."""
    refusal = facts.is_refused_because
    if refusal is None or refusal.sort not in (Sort.STATUS, Sort.OTHER):
        return None
    status = refusal.status
    if status is not None and (status in (401, 404, 405, 410, 429) or status >= 500):
        return None
    if status in (406, 415):
        return Topic.MEDIA_TYPE
    if status == 402:
        return Topic.SEATS
    if status == 409 and not refusal.topics & {Topic.SEATS, Topic.DOMAIN}:
        return Topic.EXISTS
    named = _by_words(facts, refusal)
    return named if named is not None else _by_values(facts, refusal)


def _by_words(facts: Facts, refusal: Refusal) -> Topic | None:
    topics = refusal.topics
    if Topic.PASSWORD in topics and refusal.call in (Kind.CREATE, Kind.PASSWORD, None):
        return Topic.PASSWORD
    if Topic.EXISTS in topics:
        return Topic.EXISTS
    if Topic.MEDIA_TYPE in topics and refusal.status == 400 and _MEDIA.search(refusal.words):
        return Topic.MEDIA_TYPE
    choice = user_type(facts)
    if choice is not None and not choice.is_known and (Topic.USER_TYPE in topics or quotes(refusal, choice.value)):
        return Topic.USER_TYPE
    if Topic.DOMAIN in topics or _means_domain(facts, refusal):
        return Topic.DOMAIN
    if Topic.RATE in topics:
        return Topic.RATE
    if Topic.SEATS in topics and not (Topic.USER_TYPE in topics and choice is None):
        return Topic.SEATS
    for topic in (Topic.USER_TYPE, Topic.CREDENTIALS):
        if topic in topics:
            return topic
    if Topic.MEDIA_TYPE in topics and refusal.status == 400 and facts.failure is not None:
        return Topic.MEDIA_TYPE
    if refusal.status == 403 or (Topic.PERMISSION in topics and not topics & {Topic.REQUIRED, Topic.VALUE}):
        return None if Topic.PERMISSION not in topics else Topic.PERMISSION
    return None


def _means_domain(facts: Facts, refusal: Refusal) -> bool:
    """Whether the words are about an address whose domain nobody else has."""
    domain = own_domain(facts)
    if domain is None or refusal.topics & {Topic.REQUIRED, Topic.SEATS}:
        return False
    if any(one.name in ("email", "userName") for one in odd_values(facts)):
        return False
    words = refusal.words.lower()
    return any(one in words for one in (domain, *peer_domains(facts))) or _ADDRESS.search(words) is not None


def _by_values(facts: Facts, refusal: Refusal) -> Topic | None:
    if refusal.status == 403:
        return Topic.DOMAIN if own_domain(facts) is not None and not refusal.words else Topic.PERMISSION
    if refusal.status not in (400, 422, None) or (refusal.status is None and not refusal.words):
        return None
    if named_blanks(facts):
        return Topic.REQUIRED
    if named_values(facts):
        return Topic.VALUE
    if needed_blanks(facts):
        return Topic.REQUIRED
    if odd_values(facts):
        return Topic.VALUE
    choice = user_type(facts)
    if choice is not None and not choice.is_known:
        return Topic.USER_TYPE
    if rare_blanks(facts):
        return Topic.REQUIRED
    if Topic.REQUIRED in refusal.topics:
        return Topic.REQUIRED
    return Topic.VALUE if refusal.status is not None or Topic.VALUE in refusal.topics else None


def values(facts: Facts) -> dict[str, Json]:
    """What Okta would send of this person, by the names of the app's profile."""
    if facts.app_user is not None:
        return {"userName": facts.app_user.user_name, **facts.app_user.profile}
    profile = facts.person.profile if facts.person is not None else {}
    renamed = {"firstName": "givenName", "lastName": "familyName", "login": "userName"}
    return {renamed.get(name, name): value for name, value in profile.items()}


def named_blanks(facts: Facts) -> tuple[str, ...]:
    """Attributes that the app's words name and that are empty."""
    return tuple(name for name in _named(facts) if is_blank(values(facts).get(name)))


def named_values(facts: Facts) -> tuple[str, ...]:
    """Attributes that the app's words name and that have a value."""
    return tuple(name for name in _named(facts) if not is_blank(values(facts).get(name)))


def _named(facts: Facts) -> tuple[str, ...]:
    refusal = facts.is_refused_because
    if refusal is None or not refusal.words:
        return ()
    known = [*values(facts), *(one.name for one in facts.org.attributes or ())]
    return tuple(dict.fromkeys(name for name in known if spoken_names(name).search(refusal.words)))


def needed_blanks(facts: Facts) -> tuple[str, ...]:
    """Empty attributes that the app is known to need: by Okta's schema, by the app's own, by the vendor's documents."""
    needed = [one.name for one in facts.org.attributes or () if one.required]
    needed += _required_downstream(facts)
    if _is_app(facts, "aws"):
        needed += _AWS_NEEDS
    present = values(facts)
    return tuple(name for name in dict.fromkeys(needed) if is_blank(present.get(name)) and name != "userName")


def _is_app(facts: Facts, vendor: str) -> bool:
    """Whether the app is a vendor's, by a word of its name or label."""
    app = facts.app
    return app is not None and vendor in re.split(r"[^a-z0-9]+", f"{app.name} {app.label}".lower())


def _required_downstream(facts: Facts) -> list[str]:
    exchange = facts.survey.first(Look.SCHEMAS) if facts.survey is not None else None
    body = None if exchange is None or exchange.status != 200 else document(exchange.answer)
    found: list[str] = []
    for schema in objects(body.get("Resources") if isinstance(body, dict) else body):
        if text(schema, "id") is None or ":User" not in str(schema.get("id")):
            continue
        for attribute in objects(schema.get("attributes")):
            if attribute.get("required") is not True:
                continue
            subs = [one for one in objects(attribute.get("subAttributes")) if one.get("required") is True]
            found += [str(one.get("name")) for one in (subs or [attribute])]
    known = {"emails": "email", "value": "", "name": "", "phoneNumbers": "primaryPhone", "userName": ""}
    return [name for one in found if (name := known.get(one, one))]


def rare_blanks(facts: Facts) -> tuple[str, ...]:
    """Empty attributes that everybody else in the app has."""
    peers = facts.peers
    if len(peers) < _ENOUGH:
        return ()
    return tuple(
        name
        for name, value in values(facts).items()
        if is_blank(value) and all(not is_blank(peer.profile.get(name)) for peer in peers)
    )


def odd_values(facts: Facts) -> tuple[Oddity, ...]:
    """Values with characters that apps refuse, the worst first."""
    return oddities(values(facts))


def user_type(facts: Facts) -> TypeChoice | None:
    """The person's user type with the types that the app knows; None without a type or without any known one."""
    refusal = facts.is_refused_because
    schema = {one.name: one for one in facts.org.attributes or ()}
    for name, value in values(facts).items():
        external = schema[name].external_name if name in schema else None
        if not isinstance(value, str) or not value.strip() or not _TYPE_NAME.search(f"{name} {external or ''}"):
            continue
        if name in schema and schema[name].values:
            return TypeChoice(name=name, value=value, allowed=schema[name].values, source="the app's profile in Okta")
        listed = _canonical(facts, external or name)
        if listed:
            return TypeChoice(name=name, value=value, allowed=listed, source="the app's own schema")
        said = refusal is not None and (Topic.USER_TYPE in refusal.topics or quotes(refusal, value))
        enumerated = _enumerated(refusal) if refusal is not None and said else ()
        if enumerated:
            return TypeChoice(name=name, value=value, allowed=enumerated, source="the app's words")
        documented = next((types for vendor, types in _VENDOR_TYPES.items() if _is_app(facts, vendor)), ())
        if documented:
            return TypeChoice(name=name, value=value, allowed=documented, source="the vendor's documents")
        peers = _peer_types(facts, name, external or name)
        if peers and (len(facts.peers) >= _ENOUGH or said):
            return TypeChoice(name=name, value=value, allowed=peers, source="the types of the others in the app")
        if said:
            return TypeChoice(name=name, value=value, allowed=(), source="the app's words")
    return None


def _enumerated(refusal: Refusal) -> tuple[str, ...]:
    """The values in a sentence such as `must be one of A, B or C`."""
    found = _ONE_OF.search(refusal.words)
    if found is None:
        return ()
    parts = re.split(r",|;|\bor\b|\band\b|\|", found[1])
    return tuple(word for part in parts if (word := part.strip(" '\"[](){}.:“”`")) and len(word.split()) <= _ENOUGH)


def _peer_types(facts: Facts, name: str, external: str) -> tuple[str, ...]:
    found = [peer.profile.get(name) for peer in facts.peers]
    if facts.survey is not None:
        found += [
            find(account.resource, external) or find(account.resource, "userType")
            for account in facts.survey.accounts(Look.LIST)
        ]
    return tuple(dict.fromkeys(value for value in found if isinstance(value, str) and value.strip()))


def _canonical(facts: Facts, name: str) -> tuple[str, ...]:
    exchange = facts.survey.first(Look.SCHEMAS) if facts.survey is not None else None
    body = None if exchange is None or exchange.status != 200 else document(exchange.answer)
    for schema in objects(body.get("Resources") if isinstance(body, dict) else body):
        for attribute in objects(schema.get("attributes")):
            listed = attribute.get("canonicalValues")
            if str(attribute.get("name")).lower() == name.lower() and isinstance(listed, list):
                return tuple(str(value) for value in listed)
    return ()


def quotes(refusal: Refusal, value: str) -> bool:
    """Whether the app's words contain a value as a word of its own."""
    return re.search(rf"(?<![\w@.]){re.escape(value)}(?![\w@])", refusal.words, re.IGNORECASE) is not None


def domain_of(address: str) -> str:
    """What stands after the @, in lower case; empty when there is none."""
    return address.rpartition("@")[2].lower() if "@" in address else ""


def peer_domains(facts: Facts) -> tuple[str, ...]:
    """The domains of those who have accounts."""
    addresses = [one for peer in facts.peers for one in (peer.user_name, text(peer.profile, "email") or "")]
    return tuple(dict.fromkeys(domain for one in addresses if (domain := domain_of(one))))


def own_domain(facts: Facts) -> str | None:
    """The domain of the person's user name or e-mail when none of at least two others who have accounts shares it."""
    known = peer_domains(facts)
    if len(facts.peers) < _ENOUGH or not known:
        return None
    return next((domain_of(one) for one in _addresses(facts) if domain_of(one) and domain_of(one) not in known), None)


def refused_address(facts: Facts) -> str:
    """The address whose domain the app refuses: the one that its words name, or that nobody else's is like."""
    refusal, own, addresses = facts.is_refused_because, own_domain(facts), _addresses(facts)
    words = refusal.words.lower() if refusal is not None else ""
    named = (one for one in addresses if domain_of(one) and domain_of(one) in words)
    alone = (one for one in addresses if own is not None and domain_of(one) == own)
    return next(alone, None) or next(named, None) or facts.user_name


def _addresses(facts: Facts) -> list[str]:
    email = values(facts).get("email")
    return [facts.user_name, *([email] if isinstance(email, str) else [])]
