"""Which names `$(...)` may use in a scenario, and checking that it uses no others."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from scimctl.document import Path
from scimctl.jsonvalue import Json
from scimctl.okta.mapping import default_attributes
from scimctl.okta.parameters import PARAMETER_NAMES, Parameters
from scimctl.scenario import template
from scimctl.scenario.reading import Reading
from scimctl.validation import near

SETTINGS = PARAMETER_NAMES
"""The parameters of the mock and of the app, as `--set` and `given.app.parameters` take them."""

APP_ATTRIBUTES = tuple(attribute.name for attribute in default_attributes(Parameters()))
"""The attributes of every app's profile; `$(user.mapped.NAME)` is the part of the SCIM user that one fills."""

OFFERS = {"app.role": "roles", "app.entitlement": "entitlements"}
"""The ids of the first role and entitlement that a discovery found, with the attributes of users that hold them."""

RUN_SETTINGS = ("test_domain",)
"""Settings of the run that a scenario may read and not set."""

TYPE_NAMES = ("type.name", "type.path", "type.schema")
"""What a scenario that is played for each resource type knows of the type: name, path of its collection, schema."""

RESERVED = frozenset({"unique", "target", "settings", "row", "app", "everyone"})
"""Words that mean something of their own and cannot name a user, a group, a resource, a capture or a matrix key."""


@dataclass(slots=True)
class Scope:
    """The names that are known at one point of a scenario.

    `whole` are names as they stand; `prefixes` are names that any field may follow after a dot, with examples.
    """

    whole: set[str] = field(default_factory=set)
    prefixes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def knows(self, name: str) -> bool:
        """Whether `$(name)` has a value."""
        return name in self.whole or any(name.startswith(f"{prefix}.") for prefix in self.prefixes)

    def suggestion(self, name: str) -> str:
        """Help for a name that is not known."""
        candidates = self.whole | {sample for samples in self.prefixes.values() for sample in samples}
        head = name.partition(".")[0]
        own = sorted(candidate for candidate in candidates if candidate.startswith(f"{head}."))
        found = near(name, own or sorted(candidates), "known names")
        return found or ("a capture is known from the step after it on" if "." not in name else "")


def builtin_scope() -> Scope:
    """What every scenario knows."""
    whole = {"target.base_url", "app.kind", *OFFERS, *(f"settings.{name}" for name in (*SETTINGS, *RUN_SETTINGS))}
    return Scope(whole, {"unique": ("unique.email", "unique.word")})


def check_templates(reading: Reading, path: Path, scope: Scope) -> None:
    """Notes a fault for each malformed mark, unknown name and unknown filter in the texts at and below `path`."""
    for place, text, is_key in _texts(reading.at(path), path):
        for mark in template.marks(text):
            problem = _problem(mark, scope)
            if problem is not None:
                title, label, remedy = problem
                reading.fault(title, place, label=label, remedy=remedy, key=is_key, part=mark.text)


def _problem(mark: template.Mark, scope: Scope) -> tuple[str, str, str] | None:
    """Title, label and help for a faulty mark."""
    if not mark.well_formed:
        remedy = "write a name between the parentheses, such as $(user.login), or $$( for the characters themselves"
        return f"`{mark.text}` is no template", "no name in here", remedy
    if not scope.knows(mark.name):
        return f"`{mark.name}` has no value here", "unknown name", scope.suggestion(mark.name)
    unknown = next((name for name in mark.filters if name not in template.FILTERS), None)
    if unknown is not None:
        return f"there is no filter `{unknown}`", "unknown filter", near(unknown, template.FILTERS, "filters")
    return None


def _texts(tree: Json, path: Path) -> Iterator[tuple[Path, str, bool]]:
    """Every string of a tree with its place; True for keys."""
    if isinstance(tree, str):
        yield path, tree, False
    elif isinstance(tree, list):
        for index, item in enumerate(tree):
            yield from _texts(item, (*path, index))
    elif isinstance(tree, dict):
        for name, value in tree.items():
            yield (*path, name), name, True
            yield from _texts(value, (*path, name))


def user_names(name: str, profile: Iterable[str], app_attributes: Iterable[str]) -> set[str]:
    """The names that a user of `given` brings: its ids, its profile, and the places of the app's attributes."""
    fields = {"id", "scim_id", "login", "email", "firstName", "lastName", "displayName", *profile}
    fields |= {f"mapped.{attribute}" for attribute in (*APP_ATTRIBUTES, *app_attributes)}
    return {f"{name}.{attribute}" for attribute in fields}
