"""What a server offers: schemas and resource types, those of its profile and those of a person's own files."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from scimctl.bundle import scim_definitions
from scimctl.diagnostic import InputError, usage_error
from scimctl.jsonvalue import Json, NotJsonError, parse
from scimctl.scim import urns
from scimctl.scim.attributes import Resource
from scimctl.scim.schema import Extension, ResourceType, Schema, SchemaError, SchemaSet

_LONGEST_FILE = 4_000_000
_RESERVED = frozenset({"serviceproviderconfig", "resourcetypes", "schemas", "me", "bulk", ".search"})
_KNOWN = {
    "User": ("/Users", urns.USER, "User accounts"),
    "Group": ("/Groups", urns.GROUP, "Groups of users"),
    "Role": ("/Roles", urns.OKTA_ROLE, "Roles that users can have"),
    "Entitlement": ("/Entitlements", urns.OKTA_ENTITLEMENT, "Entitlements that users can have"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """What a server offers: the definitions of schemas as JSON, also those it has no use for, and resource types."""

    definitions: tuple[Resource, ...]
    kinds: dict[str, ResourceType]

    @property
    def shown(self) -> Iterator[Resource]:
        """The definitions that discovery shows: those of the resource types, and of discovery itself."""
        used = {schema.id for kind in self.kinds.values() for schema in kind.schemas} | urns.DISCOVERY
        return (definition for definition in self.definitions if definition["id"] in used)


@dataclass(frozen=True, slots=True)
class Custom:
    """The resources of one file of schemas and resource types; `source` is the file, for messages."""

    source: str
    resources: tuple[Resource, ...]


def read_custom(path: Path) -> Custom:
    """The Schema and ResourceType resources (RFC 7643 §6, §7) of a JSON file: one, an array, or a ListResponse.

    Raises InputError for a file that cannot be read, and for what is neither.
    """
    try:
        if path.stat().st_size > _LONGEST_FILE:
            raise usage_error(f"the schema file {path} is larger than {_LONGEST_FILE} bytes", "is it the right file?")
        document = parse(path.read_bytes())
    except OSError as error:
        raise usage_error(f"cannot read the schema file {path}: {error.strerror}", "give the path of a file") from error
    except NotJsonError as error:
        raise usage_error(f"the schema file {path} is not JSON: {error}", "a Schema of RFC 7643 §7, as JSON") from error
    if isinstance(document, dict) and isinstance(document.get("Resources"), list):
        document = document["Resources"]
    entries = document if isinstance(document, list) else [document]
    return Custom(str(path), tuple(_resource(str(path), number, entry) for number, entry in enumerate(entries, 1)))


def _resource(source: str, number: int, entry: Json) -> Resource:
    if isinstance(entry, dict) and ("attributes" in entry or "endpoint" in entry):
        return entry
    raise usage_error(
        f"{source}: entry {number} is neither a Schema nor a ResourceType",
        "a Schema has `id` and `attributes`, a ResourceType `name`, `endpoint` and `schema` (RFC 7643 §6, §7)",
    )


def make_offer(resource_types: Iterable[str], customs: Iterable[Custom] = ()) -> Offer:
    """What a server offers that has these bundled resource types, and the custom ones.

    A custom schema that no resource type names extends User. A custom resource type with the name of a bundled one adds
    its extensions to it. Raises InputError for a definition that cannot be, with the file and what is wrong.
    """
    files = list(customs)
    definitions: list[Resource] = [*scim_definitions()]
    known = [Schema.from_json(definition) for definition in definitions]
    bundled = len(known)
    for custom in files:
        own = [entry for entry in custom.resources if "attributes" in entry]
        known += _schemas_of(custom.source, own, SchemaSet(known))
        definitions += [{"schemas": [urns.SCHEMA], **entry} for entry in own]
    schemas = SchemaSet(known)
    kinds = {name: _bundled(name, schemas) for name in resource_types}
    for custom in files:
        for entry in custom.resources:
            if "endpoint" in entry:
                _add_type(custom.source, entry, schemas, kinds)
    used = {schema.id for kind in kinds.values() for schema in kind.schemas}
    left = tuple(Extension(schema) for schema in known[bundled:] if schema.id not in used)
    kinds["User"] = replace(kinds["User"], extensions=(*kinds["User"].extensions, *left))
    return Offer(tuple(definitions), kinds)


def _bundled(name: str, schemas: SchemaSet) -> ResourceType:
    endpoint, urn, description = _KNOWN[name]
    extensions = (Extension(schemas[urns.ENTERPRISE_USER]),) if name == "User" else ()
    return ResourceType(name=name, endpoint=endpoint, base=schemas[urn], extensions=extensions, description=description)


def _schemas_of(source: str, definitions: list[Resource], known: SchemaSet) -> list[Schema]:
    found: list[Schema] = []
    for entry in definitions:
        urn = str(entry.get("id") or "")
        if not urn.lower().startswith("urn:"):
            raise usage_error(f"{source}: the schema's id {urn!r} is not a URN", "such as urn:example:2.0:Desk")
        if known.get(urn) is not None or any(urns.same_urn(urn, schema.id) for schema in found):
            raise usage_error(f"{source}: there is a schema {urn} already", "give yours a URN of its own")
        try:
            found.append(Schema.from_json(entry))
        except SchemaError as error:
            raise usage_error(f"{source}: {error}", "see RFC 7643 §7 for what a Schema holds") from error
    return found


def _add_type(source: str, entry: Resource, schemas: SchemaSet, kinds: dict[str, ResourceType]) -> None:
    name = str(entry.get("name") or "")
    listed = entry.get("schemaExtensions") or []
    extensions = tuple(_extension(source, name, each, schemas) for each in (listed if isinstance(listed, list) else []))
    bundled = kinds.get(name)
    if bundled is not None:
        known = {extension.schema.id for extension in bundled.extensions}
        added = tuple(each for each in extensions if each.schema.id not in known)
        kinds[name] = replace(bundled, extensions=(*bundled.extensions, *added))
        return
    endpoint = "/" + str(entry.get("endpoint") or "").strip("/")
    taken = {kind.endpoint.lower() for kind in kinds.values()}
    if not name or "/" in endpoint[1:] or endpoint == "/" or endpoint[1:].lower() in _RESERVED:
        raise usage_error(
            f"{source}: the resource type {name!r} has the endpoint {endpoint!r}", "one segment of its own, as /Desks"
        )
    if endpoint.lower() in taken:
        raise usage_error(f"{source}: the endpoint {endpoint} is taken", "give the resource type one of its own")
    kinds[name] = ResourceType(
        name=name,
        endpoint=endpoint,
        base=_known_schema(source, name, str(entry.get("schema") or ""), schemas),
        extensions=extensions,
        description=str(entry.get("description") or ""),
    )


def _extension(source: str, name: str, entry: Json, schemas: SchemaSet) -> Extension:
    if not isinstance(entry, dict):
        raise usage_error(f"{source}: schemaExtensions of {name!r} has no objects", '{"schema": "urn:…"} each')
    schema = _known_schema(source, name, str(entry.get("schema") or ""), schemas)
    return Extension(schema, required=entry.get("required") is True)


def _known_schema(source: str, name: str, urn: str, schemas: SchemaSet) -> Schema:
    schema = schemas.get(urn)
    if schema is None:
        raise _unknown(source, name, urn)
    return schema


def _unknown(source: str, name: str, urn: str) -> InputError:
    return usage_error(
        f"{source}: the resource type {name!r} names the schema {urn!r}, which is not known",
        "put the Schema with that id in the same file, or in another --schema file",
    )
