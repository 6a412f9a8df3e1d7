"""What checks know beside the exchange: the schemas in force, and the exchange read once for all of them."""

import contextlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from typing import Self
from urllib.parse import parse_qs

from scimctl import bundle
from scimctl.checks.announced import AnnouncedType, announced_types, most_results, types_at
from scimctl.exchange import Exchange, Request, Response
from scimctl.jsonvalue import Json, NotJsonError
from scimctl.scim import urns
from scimctl.scim.attributes import get, normalise
from scimctl.scim.json_schema import Direction, resource_schema
from scimctl.scim.schema import Attribute, ResourceType, Schema, SchemaError, SchemaSet
from scimctl.validation import Validator

_DISCOVERY = {
    "/ServiceProviderConfig": urns.SERVICE_PROVIDER_CONFIG,
    "/ResourceTypes": urns.RESOURCE_TYPE,
    "/Schemas": urns.SCHEMA,
}
_CORE = {"/Users": urns.USER, "/Groups": urns.GROUP}


def in_force(ours: Schema, announced: Schema) -> Schema:
    """A bundled schema with the server's characteristics laid over it.

    For the schemas that the RFC defines, types and multiplicity are the RFC's; what is required, mutable, returned and
    unique is the server's to say. Attributes that only the server has are added.
    """
    return replace(ours, attributes=_laid_over(ours.attributes, announced.attributes))


def _laid_over(ours: Iterable[Attribute], announced: Iterable[Attribute]) -> tuple[Attribute, ...]:
    theirs = {attribute.name.lower(): attribute for attribute in announced}
    merged = []
    for attribute in ours:
        other = theirs.pop(attribute.name.lower(), None)
        if other is None:
            merged.append(attribute)
            continue
        merged.append(
            replace(
                attribute,
                required=other.required,
                mutability=other.mutability,
                returned=other.returned,
                uniqueness=other.uniqueness,
                sub_attributes=_laid_over(attribute.sub_attributes, other.sub_attributes),
            )
        )
    return (*merged, *theirs.values())


def left_out(ours: Iterable[Attribute], announced: Iterable[Attribute], above: str = "") -> Iterator[str]:
    """The attributes and parts of a bundled schema that the server's definition of it lacks, such as `name.formatted`.

    A definition without any parts of a complex attribute tells nothing of them.
    """
    theirs = {attribute.name.lower(): attribute for attribute in announced}
    for attribute in ours:
        other = theirs.get(attribute.name.lower())
        if other is None:
            yield above + attribute.name
        elif other.sub_attributes:
            yield from left_out(attribute.sub_attributes, other.sub_attributes, f"{attribute.name}.")


MOST_RESOURCES = 1000
"""How many resources of one list are looked at: a server that sends a hundred thousand must not cost minutes."""


@dataclass(slots=True)
class Context:
    """The schemas that hold for this server, and a validator for each combination of them.

    `bundled` are ours as they ship; `schemas` are those in force. `announced` are the URNs of the server's `/Schemas`,
    in small letters, None where it was not read; `missing` are the attributes that those leave out, by the URN. `types`
    are those of `/ResourceTypes`, as far as they can be understood; `most_results` is the announced length of a list.
    """

    bundled: SchemaSet
    schemas: SchemaSet
    announced: frozenset[str] | None = None
    missing: dict[str, frozenset[str]] = field(default_factory=dict)
    types: tuple[AnnouncedType, ...] = ()
    most_results: int | None = None
    _validators: dict[tuple[str, ...], Validator] = field(default_factory=dict)

    @classmethod
    def of_bundle(cls) -> Self:
        """The context before anything is known of the server."""
        bundled = SchemaSet(Schema.from_json(definition) for definition in bundle.scim_definitions())
        return cls(bundled, bundled)

    def with_announced(
        self,
        definitions: Iterable[dict[str, Json]],
        types: Iterable[dict[str, Json]] = (),
        config: dict[str, Json] | None = None,
    ) -> Self:
        """The context once the server's discovery was read; a definition that cannot be read is passed over."""
        merged: list[Schema] = []
        missing: dict[str, frozenset[str]] = {}
        for definition in definitions:
            try:
                schema = Schema.from_json(definition)
            except SchemaError:
                continue
            ours = self.bundled.get(schema.id)
            if ours is not None and (lacking := frozenset(left_out(ours.attributes, schema.attributes))):
                missing[ours.id] = lacking
            merged.append(schema if ours is None else in_force(ours, schema))
        announced = frozenset(schema.id.casefold() for schema in merged) or None
        return type(self)(
            self.bundled,
            SchemaSet(merged).merged(self.bundled),
            announced,
            missing,
            announced_types(types),
            most_results(config),
        )

    def types_of(self, path: str, base: str) -> list[AnnouncedType]:
        """The announced types that a resource in the answer to a request may be of: by the path, else by its schema."""
        folded = base.casefold()
        return types_at(self.types, path) or [each for each in self.types if each.schema == folded]

    def validator(self, kind: ResourceType) -> Validator:
        """The validator of what a server returns for a resource of this base and these extensions."""
        key = tuple(schema.id for schema in kind.schemas)
        found = self._validators.get(key)
        if found is None:
            extensions = [extension.schema for extension in kind.extensions]
            found = self._validators[key] = Validator(resource_schema(kind.base, extensions, Direction.STORED))
        return found


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource in an answer: its JSON pointer, the object as sent, its kind and its canonical form where known.

    `is_valid` tells whether it keeps the schemas of its kind; without a kind there is nothing to keep.
    """

    at: str
    sent: dict[str, Json]
    kind: ResourceType | None
    canonical: dict[str, Json]
    is_valid: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """An exchange, read once: what checks look at.

    `body` is the parsed body, None as well when there is none; `not_json` says why a body could not be read.
    `resources` are those of a successful answer, alone or listed, of a long list the first MOST_RESOURCES. `listing` is
    the body of a successful answer to a read of a whole collection, where it is an object; `asked` then has the query's
    startIndex and count, as far as they are integers. `is_whole` tells whether the request left the choice of
    attributes to the server.
    """

    exchange: Exchange
    context: Context
    response: Response
    body: Json
    not_json: str
    resources: tuple[Resource, ...]
    listing: dict[str, Json] | None
    asked: dict[str, int]
    succeeded: bool
    failed: bool
    is_whole: bool
    on_collection: bool


def view(exchange: Exchange, context: Context) -> View | None:
    """The exchange as checks see it; None when no answer came."""
    request, response = exchange.request, exchange.response
    if response is None:
        return None
    body: Json = None
    not_json = ""
    if response.body:
        try:
            body = response.json()
        except NotJsonError as error:
            not_json = str(error)
    succeeded = 200 <= response.status < 300
    listing = body if succeeded and isinstance(body, dict) and _reads_collection(request) else None
    return View(
        exchange=exchange,
        context=context,
        response=response,
        body=body,
        not_json=not_json,
        resources=tuple(_resources(exchange, response, body, context)),
        listing=listing,
        # Discovery takes no notice of paging (RFC 7644 §4), so there is nothing that it was asked for.
        asked=_asked(request.query) if listing is not None and request.path not in _DISCOVERY else {},
        succeeded=succeeded,
        failed=response.status >= 400,
        is_whole=not _chooses_attributes(request),
        on_collection=request.path.count("/") == 1,
    )


def _chooses_attributes(request: Request) -> bool:
    """Whether the request names attributes, in its query or in the body of a search (RFC 7644 §3.4.3)."""
    if "attributes=" in request.query.lower():
        return True
    return request.path.endswith("/.search") and b"attributes" in request.body.lower()


def _reads_collection(request: Request) -> bool:
    single = request.path in ("/ServiceProviderConfig", "/Me")
    return request.method == "GET" and "/" not in request.path.strip("/") and not single


def _asked(query: str) -> dict[str, int]:
    asked: dict[str, int] = {}
    for name, values in parse_qs(query, keep_blank_values=True).items():
        # No rule says which of two values of one parameter holds.
        if len(values) == 1:
            with contextlib.suppress(ValueError):
                asked[name] = int(values[0])
    return {name: value for name, value in asked.items() if name in ("startIndex", "count")}


def _resources(exchange: Exchange, response: Response, body: Json, context: Context) -> Iterator[Resource]:
    if not 200 <= response.status < 300 or not isinstance(body, dict) or exchange.request.path == "/Bulk":
        return
    listed = body.get("Resources", body.get("resources"))
    if isinstance(listed, list):
        for index, item in enumerate(listed[:MOST_RESOURCES]):
            if isinstance(item, dict):
                yield _resource(f"/Resources/{index}", item, exchange, context)
    elif "totalResults" not in body:
        yield _resource("", body, exchange, context)


def _resource(at: str, sent: dict[str, Json], exchange: Exchange, context: Context) -> Resource:
    kind = context.schemas.kind_of(sent) or _kind_by_path(exchange.request.path, context)
    if kind is None:
        # Of what every resource has, the names count in any case also where the others cannot be told.
        common = {name: get(sent, name) for name in ("schemas", "id", "meta")}
        return Resource(
            at, sent, None, sent | {name: value for name, value in common.items() if value is not None}, True
        )
    canonical = normalise(sent, kind)
    return Resource(at, sent, kind, canonical, context.validator(kind).is_valid(canonical))


def _kind_by_path(path: str, context: Context) -> ResourceType | None:
    collection = "/" + path.strip("/").partition("/")[0]
    urn = _CORE.get(collection) or _DISCOVERY.get(collection)
    base = context.schemas.get(urn) if urn else None
    return ResourceType(name=base.name, endpoint=collection, base=base) if base else None
