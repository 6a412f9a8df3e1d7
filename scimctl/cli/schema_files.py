"""The parts of `scimctl schemas` after its options."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from scimctl import bundle
from scimctl.cli.target import Target, connect
from scimctl.diagnostic import Diagnostic, usage_error
from scimctl.document import Document, load
from scimctl.engine.discovery import SCHEMAS, listed
from scimctl.exchange import Answer, Response
from scimctl.jsonvalue import Json, NotJsonError, parse, show
from scimctl.okta.answers import describe
from scimctl.report.printable import safe_json
from scimctl.scenario.files import read_source
from scimctl.scim import urns
from scimctl.scim.attributes import normalise
from scimctl.scim.json_schema import Direction, resource_schema
from scimctl.scim.schema import ResourceType, Schema, SchemaError, SchemaSet
from scimctl.source import Span
from scimctl.validation import Validator, diagnostics

_MESSAGES = {
    urns.LIST_RESPONSE: "list-response",
    urns.ERROR: "error",
    urns.PATCH_OP: "patch-op",
    urns.SEARCH_REQUEST: "search-request",
    urns.BULK_REQUEST: "bulk-request",
    urns.BULK_RESPONSE: "bulk-response",
}


def bundled() -> list[dict[str, Json]]:
    """The bundled definitions."""
    return bundle.scim_definitions()


def named(name: str, definitions: Sequence[dict[str, Json]]) -> dict[str, Json]:
    """The definition with this URN or this name; raises InputError with a suggestion."""
    wanted = name.casefold()
    for definition in definitions:
        if wanted in (str(definition.get("id")).casefold(), str(definition.get("name")).casefold()):
            return definition
    known = [str(definition.get(key)) for definition in definitions for key in ("id", "name")]
    near = get_close_matches(name, known, n=1)
    remedy = f"did you mean {near[0]}?" if near else "scimctl schemas list shows them"
    raise usage_error(f"there is no bundled schema {name}", remedy)


def compiled(definition: dict[str, Json], direction: str) -> dict[str, Json]:
    """The JSON Schema of a resource with this schema as its base."""
    return resource_schema(Schema.from_json(definition), (), Direction(direction))


def problems(file: Path, direction: str, schema_files: Iterable[Path]) -> list[Diagnostic]:
    """What departs from the schemas in a JSON file. Raises InputError when a file cannot be read or is no JSON."""
    source = read_source(file)
    try:
        parse(source.text.encode("utf-8"))
    except NotJsonError as error:
        raise usage_error(f"{file} is not JSON: {error}", "give a SCIM resource or message as JSON") from error
    document = load(source)
    tree = document.tree
    if not isinstance(tree, dict):
        raise usage_error(f"{file} is no JSON object", "give one SCIM resource or message")
    schemas = _known(schema_files)
    kind = schemas.kind_of(tree)
    canonical = _Canonical(document, tree if kind is None else normalise(tree, kind))
    return diagnostics(canonical, _validator(file, tree, kind, direction))


@dataclass(frozen=True, slots=True)
class _Canonical:
    """A document whose names have the spelling of the schema: validated so, shown as it was written."""

    document: Document
    tree: Json

    def key_span(self, path: tuple[str | int, ...]) -> Span:
        """The span of the key at `path`, whatever its case."""
        return self.document.key_span(self._written(path))

    def value_span(self, path: tuple[str | int, ...]) -> Span:
        """The span of the value at `path`, whatever the case of its keys."""
        return self.document.value_span(self._written(path))

    def _written(self, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
        written: list[str | int] = []
        tree = self.document.tree
        for part in path:
            if isinstance(tree, dict) and isinstance(part, str):
                part = next((name for name in tree if name.casefold() == part.casefold()), part)
                tree = tree.get(part)
            elif isinstance(tree, list) and isinstance(part, int):
                tree = tree[part]
            written.append(part)
        return tuple(written)


def _validator(file: Path, tree: dict[str, Json], kind: ResourceType | None, direction: str) -> Validator:
    urns_named = tree.get("schemas")
    for urn in urns_named if isinstance(urns_named, list) else ():
        if isinstance(urn, str) and urn in _MESSAGES:
            return Validator(bundle.read_schema(f"messages/{_MESSAGES[urn]}.schema.json"))
    if kind is None:
        raise usage_error(
            f"{file} names no schema that is known: schemas is {show(urns_named, 120)}",
            "name a bundled schema (scimctl schemas list), or add its definition with --schema FILE",
        )
    extensions = [extension.schema for extension in kind.extensions]
    return Validator(resource_schema(kind.base, extensions, Direction(direction)))


def _known(files: Iterable[Path]) -> SchemaSet:
    own: list[Schema] = []
    for file in files:
        tree = load(read_source(file)).tree
        resources = tree.get("Resources", [tree]) if isinstance(tree, dict) else tree
        for definition in resources if isinstance(resources, list) else ():
            try:
                own.append(Schema.from_json(definition if isinstance(definition, dict) else {}))
            except SchemaError as error:
                raise usage_error(f"{file} is no schema: {error}", "give a Schema resource (RFC 7643 §7)") from error
    return SchemaSet(own).merged(Schema.from_json(definition) for definition in bundled())


def pulled(target: Target) -> list[Json] | Answer:
    """What `/Schemas` of the target lists; the answer itself when that is no readable list. Both are masked."""
    redactor = target.redactor()
    with connect(target, redactor) as send:
        answer = redactor.answer(send(SCHEMAS))
    definitions = listed(answer, "id")
    are_schemas = definitions is not None and any(isinstance(each.get("attributes"), list) for each in definitions)
    return list(definitions) if definitions is not None and are_schemas else answer


def unreadable(answer: Answer) -> str:
    """What came in place of a list of schemas, in words."""
    if not isinstance(answer, Response) or answer.status != 200:
        return describe(answer)
    try:
        return f"200 with {show(answer.json(), 80)}"
    except NotJsonError as error:
        return f"200 with a body that is not JSON: {error}"


def as_text(definitions: Json) -> str:
    """Schemas as a JSON document that is safe to show, whoever wrote them."""
    return safe_json(json.dumps(definitions, indent=2, ensure_ascii=False))


def write_definitions(definitions: Sequence[Json], folder: Path) -> list[Path]:
    """Writes one file a schema, named by the end of its URN, and returns the paths. Raises InputError."""
    paths: list[Path] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for definition in definitions:
            urn = str(definition.get("id")) if isinstance(definition, dict) else ""
            name = "".join(letter if letter.isalnum() or letter in "-." else "-" for letter in urn.removeprefix("urn:"))
            path = folder / f"{name}.json"
            path.write_text(as_text(definition) + "\n", "utf-8")
            paths.append(path)
    except OSError as error:
        raise usage_error(f"{folder} cannot be written: {error.strerror}", "name another folder") from error
    return paths
