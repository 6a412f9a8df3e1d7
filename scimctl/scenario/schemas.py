"""What `$schema` knows: the bundled SCIM schemas by URN, and the messages of RFC 7644 by name."""

from functools import cache

from scimctl import bundle
from scimctl.jsonvalue import Json
from scimctl.scim.attributes import normalise
from scimctl.scim.json_schema import Direction, resource_schema
from scimctl.scim.schema import ResourceType, Schema, SchemaSet
from scimctl.validation import SchemaError, Validator

_SUFFIX = ".schema.json"


@cache
def message_names() -> tuple[str, ...]:
    """The names of the messages, such as `list-response`."""
    folder = bundle.schemas_folder() / "messages"
    return tuple(sorted(path.name.removesuffix(_SUFFIX) for path in folder.glob(f"*{_SUFFIX}")))


@cache
def _schemas() -> SchemaSet:
    return SchemaSet(Schema.from_json(definition) for definition in bundle.scim_definitions())


def known_names() -> tuple[str, ...]:
    """Everything that `$schema` may name."""
    return (*message_names(), *(schema.id for schema in _schemas()))


@cache
def _message_validator(name: str) -> Validator:
    return Validator(bundle.read_schema(f"messages/{name}{_SUFFIX}"))


@cache
def _resource_validator(urns: tuple[str, ...]) -> Validator:
    base, *extensions = (_schemas()[urn] for urn in urns)
    return Validator(resource_schema(base, extensions, Direction.STORED))


def schema_errors(name: str, value: Json) -> list[SchemaError]:
    """Where `value` departs from the message `name`, or as a stored resource from the schema of that URN.

    Extensions that the resource holds are judged too. Names of attributes count in any case (RFC 7643 §2.1).
    """
    if name in message_names():
        return _message_validator(name).errors(value)
    base = _schemas()[name]
    kind = ResourceType(name=base.name, endpoint="", base=base)
    if isinstance(value, dict):
        found = _schemas().kind_of({**value, "schemas": [base.id, *_urns(value)]})
        kind = found if found is not None and found.base is base else kind
        value = normalise(value, kind)
    return _resource_validator(tuple(schema.id for schema in kind.schemas)).errors(value)


def _urns(resource: dict[str, Json]) -> list[Json]:
    listed = resource.get("schemas")
    return listed if isinstance(listed, list) else []
