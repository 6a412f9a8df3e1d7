"""RFC 7643 §5: the service provider configuration."""

import difflib
import itertools
from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import Json
from scimctl.scim.schema import Attribute
from scimctl.scim.urns import SERVICE_PROVIDER_CONFIG

_MOST_NAMES = 200
_LONGEST = 60


def _is_configuration(view: View) -> bool:
    return any(r.kind is not None and r.kind.base.id == SERVICE_PROVIDER_CONFIG for r in view.resources)


@check("discovery.misspelt", requires="sch-12", applies=_is_configuration)
def names_are_spelt_as_the_schema_has_them(view: View) -> Iterator[Problem]:
    """No attribute of the service provider configuration has nearly the name that it should have."""
    for resource in view.resources:
        if resource.kind is not None and resource.kind.base.id == SERVICE_PROVIDER_CONFIG:
            known = {attribute.name.lower(): attribute for attribute in resource.kind.base.attributes}
            yield from _misspelt(resource.sent, known, resource.at)


def _misspelt(sent: Json, known: dict[str, Attribute], at: str) -> Iterator[Problem]:
    if isinstance(sent, list):
        for index, entry in enumerate(sent):
            yield from _misspelt(entry, known, f"{at}/{index}")
        return
    if not isinstance(sent, dict):
        return
    present = {name.lower() for name in sent}
    # Comparing names takes long, and a server may send a hundred thousand of them.
    for name, value in itertools.islice(sent.items(), _MOST_NAMES):
        attribute = known.get(name.lower())
        if attribute is not None:
            subs = {sub.name.lower(): sub for sub in attribute.sub_attributes}
            yield from _misspelt(value, subs, f"{at}/{name}")
            continue
        # A server may have attributes of its own, but hardly one that differs from a missing one by a letter or three.
        near = difflib.get_close_matches(name[:_LONGEST].lower(), known.keys() - present, n=1, cutoff=0.8)
        if near:
            yield Problem(known[near[0]].name, name, f"{at}/{name}")
