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
    EVERYONE = "everyone"


@dataclass(frozen=True, slots=True)
class Reference:
    """A place in a verb's argument that names something of `given`."""

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


def _of_user(name: str, doc: str) -> Verb:
    return Verb(name=name, doc=doc, example=f"{name}: user", schema=_NAME, references=(_USER,))


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
            doc="Adds a user to a group; the user gets what the group is assigned to.",
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
            name="features",
            doc="Switches *Create Users*, *Update User Attributes* or *Deactivate Users* on or off.",
            example="features: {deactivate: false}",
            schema={
                "type": "object",
                "properties": {"create": _SWITCH, "update": _SWITCH, "deactivate": _SWITCH},
                "additionalProperties": False,
                "minProperties": 1,
            },
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
