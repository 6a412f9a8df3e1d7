"""The domains of the addresses in an app: whose stands apart from those who have accounts."""

import re

from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Kind
from scimctl.diagnose.naming import subjects, values
from scimctl.diagnose.reading import text
from scimctl.diagnose.refusal import Refusal, Topic
from scimctl.diagnose.values import oddities
from scimctl.diagnose.wording import DOMAIN_RULE

_ADDRESS = re.compile(
    r"e-?mail|\baddress|\borgani[sz]ation|\bexternal\b|\btenant|\bguests?\b|\bcompan(?:y|ies)\b|\bpartners?\b|\boutside"
)
_ENOUGH = 2
"""So many other people must be known before a domain stands apart."""


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


def speaks_of_domain(facts: Facts, refusal: Refusal) -> bool:
    """Whether the app's words refuse the domain of a new user, which others who have accounts do not share."""
    if not can_be_refused(facts):
        return False
    if Topic.DOMAIN not in subjects(facts):
        return _means_domain(facts, refusal)
    if refusal.status != 403 or Topic.PERMISSION not in subjects(facts):
        return True
    # "Only domain admins may do that" speaks of a right; that a domain is not authorized does not.
    own = own_domain(facts)
    return (own is not None and own in refusal.words.lower()) or _is_about_approval(refusal)


def can_be_refused(facts: Facts) -> bool:
    """Whether the domain can be at fault: of a user who is new to the app, as far as known in a domain of its own."""
    is_update = facts.linked_id is not None or (
        facts.failure is not None and facts.failure.call not in (Kind.CREATE, Kind.LOOKUP, None)
    )
    is_shared = own_domain(facts) is None and len(facts.peers) >= _ENOUGH and bool(peer_domains(facts))
    return not is_update and not is_shared


def _is_about_approval(refusal: Refusal) -> bool:
    return re.search(DOMAIN_RULE, refusal.words, re.IGNORECASE) is not None


def _means_domain(facts: Facts, refusal: Refusal) -> bool:
    """Whether the words are about an address whose domain nobody else has."""
    domain = own_domain(facts)
    if domain is None or subjects(facts) & {Topic.REQUIRED, Topic.SEATS}:
        return False
    if any(one.name in ("email", "userName") for one in oddities(values(facts))):
        return False
    words = refusal.words.lower()
    return any(one in words for one in (domain, *peer_domains(facts))) or _ADDRESS.search(words) is not None


def refused_address(facts: Facts) -> str:
    """The address whose domain the app refuses: the one that its words name, or that nobody else's is like."""
    refusal, own, addresses = facts.is_refused_because, own_domain(facts), _addresses(facts)
    words = refusal.words.lower() if refusal is not None else ""
    mentioned = (one for one in addresses if domain_of(one) and domain_of(one) in words)
    alone = (one for one in addresses if own is not None and domain_of(one) == own)
    return next(alone, None) or next(mentioned, None) or facts.user_name


def _addresses(facts: Facts) -> list[str]:
    email = values(facts).get("email")
    return [facts.user_name, *([email] if isinstance(email, str) else [])]
