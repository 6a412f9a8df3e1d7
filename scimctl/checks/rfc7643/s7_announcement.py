"""RFC 7643 §7: that `/Schemas` speaks of what resources hold."""

from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem


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
