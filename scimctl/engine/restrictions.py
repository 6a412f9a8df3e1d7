"""How a server's `/Schemas` narrows the schemas of RFC 7643: attributes that it lacks, lets nobody write, or requires.

A service provider may leave attributes out and restrict them (RFC 7643 §7, §8.7.1). A scenario that rests on one of
them is not run there. What Okta cannot do without is never taken for left out.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scimctl.engine.uses import Uses, Words
from scimctl.jsonvalue import Json
from scimctl.scim.schema import Attribute, Mutability, Returned, Schema, SchemaError, SchemaSet
from scimctl.scim.urns import ENTERPRISE_USER, GROUP, USER, same_urn

_OF_TYPE = ((USER, "User"), (ENTERPRISE_USER, "User"), (GROUP, "Group"))
_NEEDED = {"User": frozenset({"username", "active"}), "Group": frozenset({"displayname", "members"})}


@dataclass(frozen=True, slots=True, kw_only=True)
class Restriction:
    """One attribute of `/Users` or `/Groups` that the server announces with less than RFC 7643 gives it.

    `path` is in lower case, such as `name.middlename`. `mutability` and `returned` are the announced ones where they
    are narrower than the RFC's; an attribute that is not there has neither. `required` is one that nobody may lack.
    """

    type: str
    path: str
    reason: str
    mutability: Mutability | None = None
    returned: Returned | None = None
    required: bool = False

    def hinders(self, uses: Uses) -> bool:
        """Whether a scenario with these uses rests on the attribute."""
        if self.returned is not None:
            return self.path in uses.read
        words = frozenset(self.path.split("."))
        if self.required:
            # What a scenario is not about, and sends as JSON, is filled in (filling.py).
            lacking = uses.texts + (uses.bodies if words <= uses.words else [])
            is_removed = self.path in uses.emptied or any(words <= each for each in uses.removed)
            return is_removed or any(map(self._is_lacking, lacking))
        if self.path in uses.replaced or any(words <= each for each in uses.patched):
            return True
        if self.mutability is Mutability.IMMUTABLE:
            return self.path in uses.pushed & uses.read
        filtered = any(words <= each for each in uses.filtered)
        return filtered or self.path in (uses.posted | uses.pushed) & uses.read

    def _is_lacking(self, body: Words) -> bool:
        """Whether a resource with these paths lacks the attribute, or has it without this part."""
        whole = self.path.rpartition(".")[0]
        return self.path not in body and (not whole or whole in body)


def restrictions(announced: Iterable[dict[str, Json]] | None, bundled: SchemaSet) -> tuple[Restriction, ...]:
    """The restrictions in the server's `/Schemas`; none where it was not read or does not define the core schema."""
    if announced is None:
        return ()
    found: list[Restriction] = []
    definitions = list(announced)
    for urn, kind in _OF_TYPE:
        ours = bundled[urn]
        definition = next((one for one in definitions if same_urn(str(one.get("id")), urn)), None)
        if definition is not None:
            try:
                theirs = Schema.from_json(definition)
            except SchemaError:
                continue
            found += _narrowed(ours.attributes, theirs.attributes, kind, urn)
        elif urn == ENTERPRISE_USER:
            reason = f"/Schemas does not list {urn}"
            found += (Restriction(type=kind, path=each.name.lower(), reason=reason) for each in ours.attributes)
    return tuple(found)


def _narrowed(
    ours: Iterable[Attribute], theirs: Iterable[Attribute], kind: str, urn: str, above: str = ""
) -> Iterator[Restriction]:
    announced = {attribute.name.lower(): attribute for attribute in theirs}
    for attribute in ours:
        name = f"{above}.{attribute.name}" if above else attribute.name
        path = name.lower()
        other = announced.get(attribute.name.lower())
        if other is not None and other.required and not attribute.required:
            reason = f"/Schemas requires {name}, which the scenario does without"
            yield Restriction(type=kind, path=path, reason=reason, required=True)
        if path in _NEEDED[kind]:
            continue
        if other is None:
            yield Restriction(type=kind, path=path, reason=f"/Schemas defines no {name} in {urn}")
            continue
        if other.mutability is not attribute.mutability and other.mutability in _NARROW:
            reason = f"/Schemas says {name} is {other.mutability.value}"
            yield Restriction(type=kind, path=path, reason=reason, mutability=other.mutability)
        if other.returned is not attribute.returned and other.returned in (Returned.REQUEST, Returned.NEVER):
            reason = f"/Schemas says {name} is returned: {other.returned.value}"
            yield Restriction(type=kind, path=path, reason=reason, returned=other.returned)
        # A definition without any parts of a complex attribute tells nothing of them.
        if other.sub_attributes:
            yield from _narrowed(attribute.sub_attributes, other.sub_attributes, kind, urn, name)


_NARROW = (Mutability.READ_ONLY, Mutability.IMMUTABLE)
