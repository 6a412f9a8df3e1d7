"""Which attributes an app needs that are empty, and how that is known."""

import re

from scimctl.diagnose.cause import Proof
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.naming import values
from scimctl.diagnose.probes import Look
from scimctl.diagnose.proofs import answered, told
from scimctl.diagnose.reading import is_blank, objects, text
from scimctl.exchange import document

_AWS_NEEDS = ("givenName", "familyName", "displayName")
_ENOUGH = 2
"""So many other people must have a value before its absence says something."""


def needed_blanks(facts: Facts) -> tuple[str, ...]:
    """Empty attributes that the app is known to need: by Okta's schema, by the app's own, by the vendor's documents."""
    needed = [*_required_in_okta(facts), *_required_downstream(facts), *_required_by_vendor(facts)]
    present = values(facts)
    return tuple(name for name in dict.fromkeys(needed) if is_blank(present.get(name)) and name != "userName")


def why_needed(facts: Facts, name: str) -> Proof | None:
    """What shows that the app needs an attribute; None where nothing but its words does."""
    schemas = facts.survey.first(Look.SCHEMAS) if facts.survey is not None else None
    if schemas is not None and name in _required_downstream(facts):
        return answered(schemas, f"the app's own schema requires {name}")
    if name in _required_in_okta(facts):
        return told(f"the app's profile in Okta requires {name}")
    if name in _required_by_vendor(facts):
        return told(f"the vendor's documents require {name}")
    return None


def _required_in_okta(facts: Facts) -> list[str]:
    return [one.name for one in facts.org.attributes or () if one.required]


def _required_by_vendor(facts: Facts) -> tuple[str, ...]:
    return _AWS_NEEDS if is_app(facts, "aws") else ()


def is_app(facts: Facts, vendor: str) -> bool:
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
