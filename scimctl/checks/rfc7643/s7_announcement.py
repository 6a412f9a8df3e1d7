"""RFC 7643 §7: that `/Schemas` speaks of what resources hold."""

from collections.abc import Iterator

from scimctl.checks.context import Resource, View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import Json


def _has_extensions(view: View) -> bool:
    return view.context.announced is not None and any(
        ":" in name for resource in view.resources for name in resource.sent
    )


@check("resource.announced-schemas", requires="sch-12", applies=_has_extensions)
def extensions_are_announced(view: View) -> Iterator[Problem]:
    """Every extension that a resource holds is one of /Schemas."""
    announced = view.context.announced or frozenset()
    for resource in view.resources:
        for name, value in resource.sent.items():
            if ":" in name and isinstance(value, dict) and value and name.casefold() not in announced:
                yield Problem("a schema that /Schemas lists", name, f"{resource.at}/{name}")


def _has_less_announced(view: View) -> bool:
    return bool(view.context.missing) and any(resource.kind is not None for resource in view.resources)


@check("resource.announced-attributes", requires="sch-12", applies=_has_less_announced)
def attributes_are_announced(view: View) -> Iterator[Problem]:
    """Every attribute of RFC 7643 that a resource holds is one that /Schemas defines."""
    for resource in view.resources:
        for urn, holder, at in _holders(resource):
            for path in sorted(view.context.missing.get(urn, ())):
                name, _, part = path.partition(".")
                value = holder.get(name)
                if _has(value, part):
                    yield Problem(f"an attribute that /Schemas defines in {urn}", path, f"{at}/{name}")


def _holders(resource: Resource) -> Iterator[tuple[str, dict[str, Json], str]]:
    """The resource itself and each extension in it, with the URN of its schema and its JSON pointer."""
    kind = resource.kind
    if kind is None:
        return
    yield kind.base.id, resource.canonical, resource.at
    for extension in kind.extensions:
        inner = resource.canonical.get(extension.schema.id)
        if isinstance(inner, dict):
            yield extension.schema.id, inner, f"{resource.at}/{extension.schema.id}"


def _has(value: Json, part: str) -> bool:
    """Whether a value says something, or one of its parts does."""
    if not part:
        return value is not None and value != []
    values = value if isinstance(value, list) else [value]
    return any(isinstance(each, dict) and each.get(part) is not None for each in values)
