"""SCIM schemas as values: attributes with their characteristics, schemas, resource types (RFC 7643 §2, §6, §7)."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cache
from typing import TypeVar

from scimctl.jsonvalue import Json
from scimctl.scim import urns

_DEEPEST = 8
"""How deep sub-attributes may lie: RFC 7643 §2.3.8 knows one level, and a hostile definition any number."""


class SchemaError(ValueError):
    """A schema definition that cannot be read; the message names the place."""


class Type(Enum):
    """Data types of attributes (RFC 7643 §2.3)."""

    STRING = "string"
    BOOLEAN = "boolean"
    DECIMAL = "decimal"
    INTEGER = "integer"
    DATE_TIME = "dateTime"
    BINARY = "binary"
    REFERENCE = "reference"
    COMPLEX = "complex"


class Mutability(Enum):
    """Who may set an attribute, and when."""

    READ_ONLY = "readOnly"
    READ_WRITE = "readWrite"
    IMMUTABLE = "immutable"
    WRITE_ONLY = "writeOnly"


class Returned(Enum):
    """When an answer holds an attribute."""

    ALWAYS = "always"
    NEVER = "never"
    DEFAULT = "default"
    REQUEST = "request"


class Uniqueness(Enum):
    """Within what the value of an attribute is unique."""

    NONE = "none"
    SERVER = "server"
    GLOBAL = "global"


_Member = TypeVar("_Member", bound=Enum)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attribute:
    """One attribute or sub-attribute with its characteristics; absent ones have the defaults of RFC 7643 §2.2."""

    name: str
    type: Type = Type.STRING
    multi_valued: bool = False
    required: bool = False
    case_exact: bool = False
    mutability: Mutability = Mutability.READ_WRITE
    returned: Returned = Returned.DEFAULT
    uniqueness: Uniqueness = Uniqueness.NONE
    canonical_values: tuple[str, ...] = ()
    reference_types: tuple[str, ...] = ()
    description: str = ""
    sub_attributes: tuple["Attribute", ...] = ()
    _subs: dict[str, "Attribute"] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._subs.update((sub.name.lower(), sub) for sub in self.sub_attributes)

    def sub(self, name: str) -> "Attribute | None":
        """The sub-attribute of that name, compared without case, or None."""
        return self._subs.get(name.lower())

    @property
    def is_complex(self) -> bool:
        """Whether its values are objects."""
        return self.type is Type.COMPLEX

    @property
    def compares_case(self) -> bool:
        """Whether upper and lower case differ; always so for references and binaries (RFC 7643 §2.3.6, §2.3.7)."""
        return self.case_exact or self.type in (Type.REFERENCE, Type.BINARY)

    @classmethod
    def from_json(cls, definition: Mapping[str, Json], where: str = "") -> "Attribute":
        """The attribute that a definition of RFC 7643 §7 describes.

        Tolerates what is absent, never what has the wrong type: raises SchemaError with the attribute's place.
        """
        name = definition.get("name")
        if not isinstance(name, str) or not _is_text(name):
            raise SchemaError(f"an attribute of {where or 'the schema'} has no name")
        place = f"{where}.{name}" if where else name
        if where.count(".") >= _DEEPEST:
            raise SchemaError(f"{where.partition('.')[0]} has sub-attributes inside sub-attributes without end")
        subs = _array(definition, "subAttributes", place)
        return cls(
            name=name,
            type=_member(Type, definition, "type", Type.STRING, place),
            multi_valued=_flag(definition, "multiValued", place),
            required=_flag(definition, "required", place),
            case_exact=_flag(definition, "caseExact", place),
            mutability=_member(Mutability, definition, "mutability", Mutability.READ_WRITE, place),
            returned=_member(Returned, definition, "returned", Returned.DEFAULT, place),
            uniqueness=_member(Uniqueness, definition, "uniqueness", Uniqueness.NONE, place),
            canonical_values=_strings(definition, "canonicalValues", place),
            reference_types=_strings(definition, "referenceTypes", place),
            description=_text(definition, "description"),
            sub_attributes=tuple(cls.from_json(_object(sub, place), place) for sub in subs),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """A schema: its URN in `id`, and its attributes."""

    id: str
    name: str = ""
    description: str = ""
    attributes: tuple[Attribute, ...] = ()
    required: tuple[Attribute, ...] = field(init=False, repr=False, compare=False)
    """The attributes that a resource must have."""
    unique: tuple[Attribute, ...] = field(init=False, repr=False, compare=False)
    """The attributes of which no two resources may have the same value."""
    _names: dict[str, Attribute] = field(init=False, repr=False, compare=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._names.update((attribute.name.lower(), attribute) for attribute in self.attributes)
        object.__setattr__(self, "required", tuple(each for each in self.attributes if each.required))
        unique = (each for each in self.attributes if each.uniqueness is not Uniqueness.NONE)
        object.__setattr__(self, "unique", tuple(unique))

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of that name, compared without case, or None."""
        return self._names.get(name.lower())

    @classmethod
    def from_json(cls, definition: Mapping[str, Json]) -> "Schema":
        """The schema that a Schema resource (RFC 7643 §7) describes; raises SchemaError."""
        urn = definition.get("id")
        if not isinstance(urn, str) or not _is_text(urn):
            raise SchemaError("the schema has no id")
        attributes = _array(definition, "attributes", urn)
        return cls(
            id=urn,
            name=_text(definition, "name"),
            description=_text(definition, "description"),
            attributes=tuple(Attribute.from_json(_object(entry, urn)) for entry in attributes),
        )


@dataclass(frozen=True, slots=True)
class Extension:
    """A schema that adds attributes to a resource type, under its URN (RFC 7643 §3.3)."""

    schema: Schema
    required: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceType:
    """A kind of resource: the schema it is made of, its extensions, and where it lives below the base URL."""

    name: str
    endpoint: str
    base: Schema
    extensions: tuple[Extension, ...] = ()
    description: str = ""
    schemas: tuple[Schema, ...] = field(init=False, repr=False, compare=False)
    """The base schema, then the extensions."""
    hidden: frozenset[str] = field(init=False, repr=False, compare=False)
    """Names of attributes and sub-attributes that no answer shows by itself: returned is never or request."""

    def __post_init__(self) -> None:
        schemas = (self.base, *(extension.schema for extension in self.extensions))
        object.__setattr__(self, "schemas", schemas)
        attributes = [*common_attributes().values(), *(each for schema in schemas for each in schema.attributes)]
        every = (each for attribute in attributes for each in (attribute, *attribute.sub_attributes))
        hidden = (each.name for each in every if each.returned in (Returned.NEVER, Returned.REQUEST))
        object.__setattr__(self, "hidden", frozenset(hidden))

    def extension(self, urn: str) -> Schema | None:
        """The extension of that URN, compared without case, or None."""
        return next((entry.schema for entry in self.extensions if urns.same_urn(entry.schema.id, urn)), None)

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of the base schema or the common attribute of that name, compared without case."""
        return self.base.attribute(name) or common_attributes().get(name.lower())


class SchemaSet:
    """Schemas by URN; look-up is without case."""

    def __init__(self, schemas: Iterable[Schema] = ()) -> None:
        self._by_urn = {schema.id.casefold(): schema for schema in schemas}
        self._kinds: dict[tuple[str, ...], ResourceType] = {}

    def __iter__(self) -> Iterator[Schema]:
        return iter(self._by_urn.values())

    def __len__(self) -> int:
        return len(self._by_urn)

    def get(self, urn: str) -> Schema | None:
        """The schema of that URN, or None."""
        return self._by_urn.get(urn.casefold())

    def __getitem__(self, urn: str) -> Schema:
        return self._by_urn[urn.casefold()]

    def merged(self, others: Iterable[Schema]) -> "SchemaSet":
        """These schemas and those of `others` that have a new URN; of two with one URN ours stays."""
        merged = SchemaSet()
        merged._by_urn = {schema.id.casefold(): schema for schema in others} | self._by_urn
        return merged

    def kind_of(self, resource: Mapping[str, Json]) -> ResourceType | None:
        """The resource type that the `schemas` of a resource speak of, as far as the URNs are known here.

        The base is the first known schema that is not an extension; a URN is an extension's when `:extension:` is part
        of it or the resource has a member of that name. None when no base is known.
        """
        keys = {key.casefold() for key in resource}
        named = resource.get("schemas")
        listed = [urn for urn in named if isinstance(urn, str)] if isinstance(named, list) else []
        base: Schema | None = None
        extensions: dict[str, Schema] = {}
        for urn in (*listed, *(key for key in resource if ":" in key)):
            schema = self.get(urn)
            if schema is None:
                continue
            if ":extension:" in urn.casefold() or urn.casefold() in keys:
                extensions.setdefault(schema.id, schema)
            elif base is None:
                base = schema
        if base is None:
            return None
        key = (base.id, *extensions)
        kind = self._kinds.get(key)
        if kind is None:
            added = tuple(Extension(schema) for schema in extensions.values())
            kind = self._kinds[key] = ResourceType(name=base.name, endpoint="", base=base, extensions=added)
        return kind


@cache
def common_attributes() -> dict[str, Attribute]:
    """`schemas`, `id`, `externalId` and `meta` by their name in lower case (RFC 7643 §3, §3.1)."""
    read_only = Mutability.READ_ONLY
    meta = (
        Attribute(name="resourceType", case_exact=True, mutability=read_only),
        Attribute(name="created", type=Type.DATE_TIME, mutability=read_only),
        Attribute(name="lastModified", type=Type.DATE_TIME, mutability=read_only),
        Attribute(name="location", type=Type.REFERENCE, case_exact=True, mutability=read_only),
        Attribute(name="version", case_exact=True, mutability=read_only),
    )
    attributes = (
        Attribute(
            name="schemas",
            type=Type.REFERENCE,
            multi_valued=True,
            required=True,
            case_exact=True,
            returned=Returned.ALWAYS,
        ),
        Attribute(
            name="id",
            case_exact=True,
            mutability=read_only,
            returned=Returned.ALWAYS,
            uniqueness=Uniqueness.SERVER,
        ),
        Attribute(name="externalId", case_exact=True),
        Attribute(name="meta", type=Type.COMPLEX, mutability=read_only, sub_attributes=meta),
    )
    return {attribute.name.lower(): attribute for attribute in attributes}


def _is_text(value: str) -> bool:
    """Whether a name can be written at all: it is not empty, and holds no half of a surrogate pair."""
    return bool(value) and not any("\ud800" <= character <= "\udfff" for character in value)


def _object(value: Json, where: str) -> dict[str, Json]:
    if not isinstance(value, dict):
        raise SchemaError(f"{where}: an attribute is not an object")
    return value


def _text(definition: Mapping[str, Json], key: str) -> str:
    value = definition.get(key)
    return value if isinstance(value, str) else ""


def _flag(definition: Mapping[str, Json], key: str, where: str) -> bool:
    value = definition.get(key)
    if value is None:
        return False
    if not isinstance(value, bool):
        raise SchemaError(f"{where}: {key} is not a boolean")
    return value


def _strings(definition: Mapping[str, Json], key: str, where: str) -> tuple[str, ...]:
    return tuple(entry for entry in _array(definition, key, where) if isinstance(entry, str) and _is_text(entry))


def _array(definition: Mapping[str, Json], key: str, where: str) -> list[Json]:
    value = definition.get(key)
    if value is None:
        return []
    if not isinstance(value, list):
        raise SchemaError(f"{where}: {key} is not an array")
    return value


def _member(enum: type[_Member], definition: Mapping[str, Json], key: str, default: _Member, where: str) -> _Member:
    value = definition.get(key)
    if value is None:
        return default
    found = next((member for member in enum if member.value == value), None)
    if found is None:
        raise SchemaError(f"{where}: {key} is {value!r}")
    return found
