"""What an Okta admin can do in a scenario: the one table behind parser, JSON Schema and docs."""

from dataclasses import dataclass
from enum import Enum

from scimctl.document import Path
from scimctl.jsonvalue import Json

EVERYONE = "everyone"
"""Okta's built-in group that holds every user of the org."""


class Kind(Enum):
    """What a name in a verb's argument may mean."""

    USER = "user"
    GROUP = "group"
    RESOURCE = "resource"
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a verb's argument that names something of `given`, or lists such names."""

    path: Path
    kinds: tuple[Kind, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """One verb: the JSON Schema of its argument, what it does in a sentence, an example as it stands in a file."""

    name: str
    doc: str
    example: str
    schema: dict[str, Json]
    references: tuple[Reference, ...] = ()


_NAME: dict[str, Json] = {"type": "string", "description": "A name from `given`."}
_USER = Reference((), (Kind.USER,))
_ASSIGNABLE = Reference((), (Kind.USER, Kind.GROUP, Kind.EVERYONE))
_MEMBERSHIP: dict[str, Json] = {
    "type": "object",
    "properties": {"group": _NAME, "user": _NAME},
    "required": ["group", "user"],
    "additionalProperties": False,
}
_MEMBERSHIP_NAMES = (Reference(("group",), (Kind.GROUP,)), Reference(("user",), (Kind.USER,)))
_SWITCH: dict[str, Json] = {"type": "boolean"}
_NAMES: dict[str, Json] = {
    "type": ["string", "array"],
    "description": "A name from `given`, or several.",
    "items": {"type": "string"},
    "minItems": 1,
    "uniqueItems": True,
}
_GROUP = Reference((), (Kind.GROUP,))
_IMPORTABLE = (Kind.USER, Kind.GROUP, Kind.RESOURCE)
_IMPORTS: dict[str, Json] = {"enum": ["users", "groups"]}
_GROUP_INSIDE = Reference(("group",), (Kind.GROUP,))
_TEXT: dict[str, Json] = {"type": "string", "minLength": 1}
_DELETE: dict[str, Json] = {
    "type": "boolean",
    "description": "true: Delete the group in the target app. false: Leave the group in the target app.",
}


def _of_user(name: str, doc: str) -> Verb:
    return Verb(name=name, doc=doc, example=f"{name}: user", schema=_NAME, references=(_USER,))


def _of_groups(name: str, doc: str) -> Verb:
    return Verb(name=name, doc=doc, example=f"{name}: sales", schema=_NAMES, references=(_GROUP,))


def _mapping(required: list[str], **properties: Json) -> dict[str, Json]:
    """The schema of an argument that is a mapping."""
    return {
        "type": "object",
        "properties": properties,
        "required": [*required],
        "additionalProperties": False,
    }


_USER_INSIDE = Reference(("user",), (Kind.USER,))
_GRANT = _mapping(["user", "what"], user=_NAME, what={"enum": ["role", "entitlement"]})

VERBS: dict[str, Verb] = {
    verb.name: verb
    for verb in (
        Verb(
            name="test_credentials",
            doc="Presses *Test API Credentials*.",
            example="test_credentials: true",
            schema={"enum": [True, None], "description": "Takes no argument: write `true`."},
        ),
        Verb(
            name="assign",
            doc="Assigns the app to a user, to a group, or to `everyone`.",
            example="assign: user",
            schema=_NAME,
            references=(_ASSIGNABLE,),
        ),
        Verb(
            name="unassign",
            doc="Takes the app away from a user, from a group, or from `everyone`.",
            example="unassign: user",
            schema=_NAME,
            references=(_ASSIGNABLE,),
        ),
        Verb(
            name="add_member",
            doc="Adds a user to a group; the user gets what the group is assigned to, and a pushed group is pushed.",
            example="add_member: {group: sales, user: ada}",
            schema=_MEMBERSHIP,
            references=_MEMBERSHIP_NAMES,
        ),
        Verb(
            name="remove_member",
            doc="Removes a user from a group; whoever leaves the last assigned group loses the app.",
            example="remove_member: {group: sales, user: ada}",
            schema=_MEMBERSHIP,
            references=_MEMBERSHIP_NAMES,
        ),
        _of_user("suspend", "Suspends the Okta user."),
        _of_user("unsuspend", "Lifts the suspension of the Okta user."),
        _of_user("deactivate", "Deactivates the Okta user."),
        _of_user("activate", "Activates the Okta user."),
        Verb(
            name="update",
            doc="Changes attributes of the Okta user's profile; `null` or `''` empties one.",
            example="update: {user: user, set: {title: Engineer}}",
            schema={
                "type": "object",
                "properties": {
                    "user": _NAME,
                    "set": {
                        "type": "object",
                        "description": "Okta profile attributes with their new values.",
                        "minProperties": 1,
                    },
                },
                "required": ["user", "set"],
                "additionalProperties": False,
            },
            references=(Reference(("user",), (Kind.USER,)),),
        ),
        Verb(
            name="provision",
            doc="Presses *Provision User* again for a user whose provisioning failed.",
            example="provision: user",
            schema=_NAME,
            references=(_USER,),
        ),
        Verb(
            name="import",
            doc="Presses *Import Now* for `users` or `groups`; `with` and `without` say who has to be on the pages.",
            example="import: {of: users, with: ada}",
            schema={
                "anyOf": [
                    _IMPORTS,
                    {
                        "type": "object",
                        "properties": {"of": _IMPORTS, "with": _NAMES, "without": _NAMES},
                        "required": ["of"],
                        "additionalProperties": False,
                    },
                ]
            },
            references=(Reference(("with",), _IMPORTABLE), Reference(("without",), _IMPORTABLE)),
        ),
        Verb(
            name="discover_entitlements",
            doc="Lets Okta find the app's roles and entitlements; `$(app.role)` and `$(app.entitlement)` are ids.",
            example="discover_entitlements: true",
            schema={"enum": [True, None], "description": "Takes no argument: write `true`."},
        ),
        Verb(
            name="grant",
            doc="Gives a user the first `role` or `entitlement` that was discovered, which a profile push sends.",
            example="grant: {user: user, what: role}",
            schema=_GRANT,
            references=(_USER_INSIDE,),
        ),
        Verb(
            name="revoke",
            doc="Takes it back.",
            example="revoke: {user: user, what: role}",
            schema=_GRANT,
            references=(_USER_INSIDE,),
        ),
        _of_user("change_password", "Gives the Okta user a new password, which *Sync Password* pushes."),
        Verb(
            name="features",
            doc="Switches *Create Users*, *Update User Attributes*, *Deactivate Users* or *Sync Password* on or off.",
            example="features: {deactivate: false}",
            schema={
                "type": "object",
                "properties": {"create": _SWITCH, "update": _SWITCH, "deactivate": _SWITCH, "password": _SWITCH},
                "additionalProperties": False,
                "minProperties": 1,
            },
        ),
        Verb(
            name="change_members",
            doc="Adds users to a group and removes others from it, at once.",
            example="change_members: {group: sales, add: [ada], remove: [user]}",
            schema={
                **_mapping(["group"], group=_NAME, add=_NAMES, remove=_NAMES),
                "minProperties": 2,
            },
            references=(
                _GROUP_INSIDE,
                Reference(("add",), (Kind.USER,)),
                Reference(("remove",), (Kind.USER,)),
            ),
        ),
        _of_groups("push_group", "Pushes a group, or several, under *Push Groups*: it is made in the app."),
        Verb(
            name="link_group",
            doc="Links a group with the app's group named `to` (as Okta's unless given); `rename: false` keeps it.",
            example="link_group: {group: sales, to: Sales EMEA, rename: false}",
            schema=_mapping(["group"], group=_NAME, to=_TEXT, rename=_SWITCH),
            references=(_GROUP_INSIDE,),
        ),
        Verb(
            name="rename_group",
            doc="Gives the Okta group another name; a pushed one is renamed in the app.",
            example="rename_group: {group: sales, name: Sales EMEA}",
            schema=_mapping(["group", "name"], group=_NAME, name=_TEXT),
            references=(_GROUP_INSIDE,),
        ),
        _of_groups("push_group_now", "Presses *Push now*, or *Retry* for a push in error: overwrites the app's group."),
        _of_groups("deactivate_push", "Deactivates the push of a group, or of several: nothing is sent for it."),
        _of_groups("activate_push", "Activates it again, which pushes the group at once."),
        Verb(
            name="unlink_group",
            doc="Unlinks a pushed group, or several; `delete` deletes the group in the target app, or leaves it there.",
            example="unlink_group: {group: sales, delete: true}",
            schema=_mapping(["group", "delete"], group=_NAMES, delete=_DELETE),
            references=(_GROUP_INSIDE,),
        ),
        Verb(
            name="push_rule",
            doc="Pushes by rule: all groups whose names begin, end, or go on like this, now and later.",
            example="push_rule: {name: teams, starts_with: Team}",
            schema={
                **_mapping(["name"], name=_TEXT, starts_with=_TEXT, ends_with=_TEXT, contains=_TEXT),
                "minProperties": 2,
            },
        ),
        Verb(
            name="deactivate_push_rule",
            doc="Deactivates a rule, which then finds no further groups.",
            example="deactivate_push_rule: teams",
            schema=_TEXT,
        ),
        Verb(
            name="delete_push_rule",
            doc="Deletes a rule and its pushes; `delete` deletes their groups in the target app, or leaves them there.",
            example="delete_push_rule: {name: teams, delete: false}",
            schema=_mapping(["name", "delete"], name=_TEXT, delete=_DELETE),
        ),
    )
}
"""Every verb by its name, in the order of the documentation."""


def action_schema() -> dict[str, Json]:
    """The JSON Schema of an action: a mapping with one verb."""
    return {
        "type": "object",
        "description": "One action of an Okta admin.",
        "properties": {verb.name: {**verb.schema, "description": verb.doc} for verb in VERBS.values()},
        "minProperties": 1,
        "maxProperties": 1,
        "additionalProperties": False,
    }
