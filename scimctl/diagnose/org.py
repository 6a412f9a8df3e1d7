"""What Okta's documents say of the app, the person, the assignments and the group pushes, as typed values."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scimctl.diagnose.evidence import Evidence, Piece
from scimctl.diagnose.reading import is_blank, mapping, member, moment, objects, text, word
from scimctl.jsonvalue import Json

NOT_ACTIVE = frozenset({"STAGED", "DEPROVISIONED", "DELETED"})
"""States of an Okta user in which assignments do nothing. A suspended user keeps what it has."""
_OVER = frozenset({"DEPROVISIONED", "INACTIVE", "UNASSIGNED", "REVOKED"})
"""States of an assignment that has ended, and that Okta still lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class App:
    """The app integration; `features` is None when the document does not tell of any."""

    id: str
    label: str
    name: str
    status: str
    features: frozenset[str] | None
    created: datetime | None
    changed: datetime | None
    base_url: str | None
    user_name_template: str

    def has(self, feature: str) -> bool | None:
        """Whether a feature is on; None when that is not known."""
        return None if self.features is None else feature in self.features


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The Okta user; `source` is the type and name of the system that the user comes from."""

    id: str
    status: str
    login: str
    profile: dict[str, Json]
    created: datetime | None
    status_changed: datetime | None
    changed: datetime | None
    source: tuple[str, str]

    @property
    def emails(self) -> tuple[str, ...]:
        """Every e-mail address of the profile."""
        found = (text(self.profile, name) for name in ("email", "secondEmail"))
        return tuple(dict.fromkeys(address for address in found if address is not None))

    @property
    def name(self) -> str:
        """First and last name, or the login."""
        parts = [text(self.profile, "firstName"), text(self.profile, "lastName")]
        return " ".join(part for part in parts if part) or self.login


@dataclass(frozen=True, slots=True, kw_only=True)
class AppUser:
    """One assignment; `linked_id` is the id of the account in the app (Okta's `externalId`), None without one."""

    id: str
    linked_id: str | None
    status: str
    sync_state: str
    scope: str
    created: datetime | None
    changed: datetime | None
    last_sync: datetime | None
    user_name: str
    profile: dict[str, Json]

    @property
    def is_over(self) -> bool:
        """Whether the assignment has ended."""
        return self.status in _OVER


@dataclass(frozen=True, slots=True)
class Group:
    """A group of Okta's; the name is empty when only the id is known."""

    id: str
    name: str

    @property
    def shown(self) -> str:
        """The name in quotation marks, or the id."""
        return f"'{self.name}'" if self.name else self.id


@dataclass(frozen=True, slots=True, kw_only=True)
class PushMapping:
    """One group that is pushed."""

    id: str
    source: str
    status: str
    error: str
    changed: datetime | None
    last_push: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AppAttribute:
    """One attribute of the app's user profile; without a namespace Okta does not send it."""

    name: str
    title: str
    external_name: str | None
    namespace: str | None
    required: bool
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Org:
    """All that Okta's documents say. A list that is None was not there; an empty one was, and had nothing in it.

    `app_id` is that of the app, also where only the links of other documents tell it.
    """

    app: App | None
    app_id: str | None
    person: Person | None
    app_users: tuple[AppUser, ...] | None
    app_groups: tuple[Group, ...] | None
    user_groups: tuple[Group, ...] | None
    mappings: tuple[PushMapping, ...] | None
    attributes: tuple[AppAttribute, ...] | None


def read_org(evidence: Evidence) -> Org:
    """The documents of the evidence as values; what cannot be used in them is left out."""
    app_users = evidence.get(Piece.APP_USERS)
    app_groups = evidence.get(Piece.APP_GROUPS)
    user_groups = evidence.get(Piece.USER_GROUPS)
    mappings = evidence.get(Piece.PUSH_MAPPINGS)
    app = _app(evidence.get(Piece.APP))
    return Org(
        app=app,
        app_id=(app.id if app is not None else "") or _linked_app(app_users) or _linked_app(mappings),
        person=_person(evidence.get(Piece.USER)),
        app_users=None if app_users is None else tuple(_app_users(app_users)),
        app_groups=None if app_groups is None else tuple(_groups(app_groups)),
        user_groups=None if user_groups is None else tuple(_groups(user_groups)),
        mappings=None if mappings is None else tuple(_mappings(mappings)),
        attributes=_attributes(evidence.get(Piece.APP_SCHEMA)),
    )


def _linked_app(document: Json) -> str | None:
    """The id of the app to which the entries of a list are linked."""
    for entry in objects(document):
        link = text(entry, "_links", "app", "href")
        if link is not None:
            return link.rstrip("/").rpartition("/")[2]
    return None


def _app(document: Json) -> App | None:
    if not isinstance(document, dict):
        return None
    features = document.get("features")
    return App(
        id=text(document, "id") or "",
        label=text(document, "label") or text(document, "name") or "the app",
        name=text(document, "name") or "",
        status=word(document, "status"),
        features=frozenset(entry for entry in features if isinstance(entry, str))
        if isinstance(features, list)
        else None,
        created=moment(document.get("created")),
        changed=moment(document.get("lastUpdated")),
        base_url=text(document, "settings", "app", "baseUrl"),
        user_name_template=text(document, "credentials", "userNameTemplate", "template") or "",
    )


def _person(document: Json) -> Person | None:
    identifier = text(document, "id")
    if not isinstance(document, dict) or identifier is None:
        return None
    profile = mapping(document, "profile")
    return Person(
        id=identifier,
        status=word(document, "status"),
        login=text(profile, "login") or text(profile, "email") or identifier,
        profile=profile,
        created=moment(document.get("created")),
        status_changed=moment(document.get("statusChanged")),
        changed=moment(document.get("lastUpdated")),
        source=(
            word(document, "credentials", "provider", "type"),
            text(document, "credentials", "provider", "name") or "",
        ),
    )


def _app_users(document: Json) -> Iterator[AppUser]:
    for entry in objects(document):
        identifier = text(entry, "id")
        if identifier is None:
            continue
        profile = mapping(entry, "profile")
        linked = entry.get("externalId")
        yield AppUser(
            id=identifier,
            linked_id=None if is_blank(linked) or isinstance(linked, bool | list | dict) else str(linked),
            status=word(entry, "status"),
            sync_state=word(entry, "syncState"),
            scope=word(entry, "scope"),
            created=moment(entry.get("created")),
            changed=moment(entry.get("lastUpdated")),
            last_sync=moment(entry.get("lastSync")),
            user_name=text(entry, "credentials", "userName") or text(profile, "userName") or "",
            profile=profile,
        )


def _groups(document: Json) -> Iterator[Group]:
    for entry in objects(document):
        identifier = text(entry, "id")
        name = text(entry, "_embedded", "group", "profile", "name") or text(entry, "profile", "name")
        if identifier is not None:
            yield Group(identifier, name or "")


def _mappings(document: Json) -> Iterator[PushMapping]:
    for entry in objects(document):
        yield PushMapping(
            id=text(entry, "id") or "",
            source=text(entry, "sourceGroupId") or "",
            status=word(entry, "status"),
            error=text(entry, "errorSummary") or "",
            changed=moment(entry.get("lastUpdated")),
            last_push=moment(entry.get("lastPush")),
        )


def _attributes(document: Json) -> tuple[AppAttribute, ...] | None:
    sections = mapping(document, "definitions")
    if not sections:
        return None
    return tuple(
        _attribute(name, described, required=name in _required(section) or described.get("required") is True)
        for section in sections.values()
        for name, described in mapping(section, "properties").items()
        if isinstance(described, dict)
    )


def _required(section: Json) -> list[Json]:
    names = member(section, "required")
    return names if isinstance(names, list) else []


def _attribute(name: str, described: dict[str, Json], *, required: bool) -> AppAttribute:
    listed = described.get("enum")
    values = [entry for entry in listed if isinstance(entry, str)] if isinstance(listed, list) else []
    values += [value for entry in objects(described.get("oneOf")) if (value := text(entry, "const")) is not None]
    return AppAttribute(
        name=name,
        title=text(described, "title") or name,
        external_name=text(described, "externalName"),
        namespace=text(described, "externalNamespace"),
        required=required,
        values=tuple(dict.fromkeys(values)),
    )
