"""Reads `given`: the app, users, groups and resources of a scenario."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from scimctl.document import Path
from scimctl.jsonvalue import Json
from scimctl.okta.app import AppKind, Features
from scimctl.okta.directory import UserStatus
from scimctl.scenario.model import AppAttribute, AppSpec, GroupSpec, ResourceSpec, UserSpec
from scimctl.scenario.names import RESERVED, SETTINGS, Scope, check_templates, user_names
from scimctl.scenario.reading import Reading
from scimctl.validation import near


@dataclass(slots=True)
class Given:
    """What is there before the first step."""

    app: AppSpec = field(default_factory=AppSpec)
    users: dict[str, UserSpec] = field(default_factory=dict)
    groups: dict[str, GroupSpec] = field(default_factory=dict)
    resources: dict[str, ResourceSpec] = field(default_factory=dict)


def read_given(reading: Reading, path: Path, scope: Scope, taken: set[str]) -> Given:
    """`given` at `path`; adds its names to `scope` and to the names `taken`, in the order users, groups, resources."""
    given = Given()
    users = list(_entries(reading, path, "user", taken))
    for name, place in users:
        profile = reading.members((*place, "profile"))
        scope.whole |= user_names(name, profile, _attribute_names(reading, (*path, "app", "attributes")))
    given.app = _app(reading, (*path, "app"), scope)
    for name, place in users:
        given.users[name] = _user(reading, name, place, scope)
    for name, place in _entries(reading, path, "group", taken):
        scope.whole |= {f"{name}.id", f"{name}.name", f"{name}.scim_id"}
        given.groups[name] = _group(reading, name, place, scope, given.users)
    for name, place in _entries(reading, path, "resource", taken):
        body = reading.node((*place, "body"))
        assert body is not None
        check_templates(reading, body.path, scope)
        scope.prefixes[name] = (f"{name}.id", *(f"{name}.{key}" for key in reading.members(body.path)))
        kind = str(reading.at((*place, "type")))
        span = reading.document.key_span(place)
        given.resources[name] = ResourceSpec(name=name, type=kind, body=body, span=span)
    return given


def _entries(reading: Reading, path: Path, kind: str, taken: set[str]) -> Iterator[tuple[str, Path]]:
    """Name and place of everything of a kind: the single unnamed one, whose name is the kind's, then the named ones."""
    if kind in reading.members(path):
        if kind in taken:
            reading.fault(f"the name `{kind}` is taken", (*path, kind), label="second use", key=True)
        taken.add(kind)
        yield kind, (*path, kind)
    for name in reading.members((*path, kind + "s")):
        place = (*path, kind + "s", name)
        if name in RESERVED or name in taken:
            why = "means something of its own" if name in RESERVED else "is taken"
            reading.fault(f"the name `{name}` {why}", place, label="choose another name", key=True)
        taken.add(name)
        yield name, place


def _user(reading: Reading, name: str, path: Path, scope: Scope) -> UserSpec:
    # Before the first step Okta knows the user, and the server does not.
    own = {known for known in scope.whole if known in (f"{name}.id", f"{name}.scim_id") or ".mapped." in known}
    check_templates(reading, path, Scope(scope.whole - own, {"unique": scope.prefixes["unique"]}))
    profile = dict(reading.members((*path, "profile")))
    if "email" not in profile:
        profile["email"] = profile["login"]
    entry = reading.members(path)
    password = entry.get("password")
    return UserSpec(
        name=name,
        profile=profile,
        status=UserStatus(entry.get("status", "ACTIVE")),
        password=password if isinstance(password, str) else None,
        span=reading.document.key_span(path),
    )


def _group(reading: Reading, name: str, path: Path, scope: Scope, users: dict[str, UserSpec]) -> GroupSpec:
    # Before the first step Okta knows the group, and the server does not.
    own = {f"{name}.id", f"{name}.name", f"{name}.scim_id"}
    check_templates(reading, (*path, "name"), Scope(scope.whole - own, scope.prefixes))
    members: list[str] = []
    for member, place in reading.texts((*path, "members")):
        if member in users:
            members.append(member)
        else:
            reading.fault(
                f"there is no user `{member}` in `given`",
                place,
                label="unknown user",
                remedy=near(member, users, "users") or "add it under `given.users`",
            )
    display_name = str(reading.at((*path, "name")))
    span = reading.document.key_span(path)
    crowd = reading.members(path).get("crowd")
    return GroupSpec(
        name=name,
        display_name=display_name,
        members=tuple(members),
        crowd=crowd if isinstance(crowd, int) else 0,
        span=span,
    )


def _app(reading: Reading, path: Path, scope: Scope) -> AppSpec:
    entry = reading.members(path)
    if not entry:
        return AppSpec()
    check_templates(reading, path, scope)
    switches = reading.members((*path, "features"))
    parameters = reading.members((*path, "parameters"))
    for name in parameters:
        if name not in SETTINGS:
            reading.fault(
                f"there is no parameter `{name}`",
                (*path, "parameters", name),
                label="unknown parameter",
                remedy=near(name, SETTINGS, "parameters"),
                key=True,
            )
    return AppSpec(
        kind=AppKind(entry.get("kind", "oin")),
        stated="kind" in entry,
        features=Features(**{name: value is True for name, value in switches.items()}),
        attributes=tuple(_attributes(reading, (*path, "attributes"))),
        parameters=dict(parameters),
        span=reading.document.key_span(path),
    )


def _attribute_names(reading: Reading, path: Path) -> list[str]:
    try:
        entries = reading.at(path)
    except KeyError:
        return []
    return [str(entry["name"]) for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []


def _attributes(reading: Reading, path: Path) -> Iterator[AppAttribute]:
    node = reading.node(path)
    count = len(node.tree) if node is not None and isinstance(node.tree, list) else 0
    for index in range(count):
        entry = reading.members((*path, index))
        name = str(entry["name"])
        yield AppAttribute(
            name=name,
            external_name=_text(entry.get("external_name"), name),
            external_namespace=_text(entry.get("external_namespace"), ""),
            source=_text(entry.get("from"), name),
            type=_text(entry.get("type"), "string"),
            span=reading.document.value_span((*path, index)),
        )


def _text(value: Json, default: str) -> str:
    return value if isinstance(value, str) else default
