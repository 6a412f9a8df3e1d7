"""`scimctl schemas`: the bundled SCIM schemas, a file held against them, and what a server announces."""

import json
import sys
from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from scimctl.cli.exit_codes import ExitCode
from scimctl.cli.options import TargetOptions, takes_target

app = typer.Typer(
    help="Lists and shows SCIM schemas, and holds files against them.", no_args_is_help=True, rich_markup_mode=None
)


class DirectionChoice(Enum):
    """Which way a resource travels."""

    STORED = "stored"
    CREATE = "create"
    REPLACE = "replace"


@app.command("list")
def list_schemas(
    as_json: Annotated[bool, typer.Option("--json", help="Prints one JSON document in place of text.")] = False,
) -> None:
    """Lists the bundled schemas: URN, name, number of attributes."""
    from scimctl.bundle import scim_definitions
    from scimctl.scim.schema import Schema

    schemas = [Schema.from_json(definition) for definition in scim_definitions()]
    if as_json:
        document = [{"id": s.id, "name": s.name, "attributes": [a.name for a in s.attributes]} for s in schemas]
        typer.echo(json.dumps({"format": 1, "schemas": document}, indent=2))
        return
    for schema in schemas:
        typer.echo(f"{schema.id}  {schema.name}, {len(schema.attributes)} attributes")


@app.command("show")
def show(
    urn: Annotated[str, typer.Argument(metavar="URN", help="The schema's URN, or its name such as User.")],
    direction: Annotated[
        DirectionChoice | None,
        typer.Option("--as-json-schema", help="Shows the JSON Schema that is compiled of it, for this direction."),
    ] = None,
) -> None:
    """Shows one bundled schema as RFC 7643 §7 writes it."""
    from scimctl.cli.schema_files import bundled, compiled, named

    definition = named(urn, bundled())
    shown = definition if direction is None else compiled(definition, direction.value)
    typer.echo(json.dumps(shown, indent=2, ensure_ascii=False))


@app.command("validate")
def validate(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A JSON file: a resource, or a SCIM message.")],
    direction: Annotated[
        DirectionChoice, typer.Option("--direction", help="As a server returns it, or as POST or PUT send it.")
    ] = DirectionChoice.STORED,
    schema: Annotated[
        list[Path] | None, typer.Option("--schema", metavar="FILE", help="Schemas to know beside the bundled ones.")
    ] = None,
) -> None:
    """Holds a file against the schemas that it names.

    Ends with 0 when it keeps them, with 1 when it does not; each departure is shown at its place.
    """
    from scimctl.cli.errors import wants_color
    from scimctl.cli.schema_files import problems
    from scimctl.report.carets import render

    found = problems(file, direction.value, schema or [])
    for diagnostic in found:
        typer.echo(render(diagnostic, color=wants_color(sys.stdout)).rstrip("\n"))
    if not found:
        typer.echo(f"{file}: keeps its schemas")
    raise typer.Exit(int(ExitCode.SERVER_WRONG if found else ExitCode.CONFORMS))


@app.command("pull")
@takes_target
def pull(
    *,
    options: TargetOptions,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FOLDER", help="Writes one file a schema; else stdout.")
    ] = None,
) -> None:
    """Reads `/Schemas` of a server and writes what it announces.

    Ends with 1 when the answer is no readable list of schemas, with 3 when none came or the server asks who we are.
    """
    from scimctl.cli.errors import warn
    from scimctl.cli.schema_files import as_text, pulled, unreadable, write_definitions
    from scimctl.cli.target import resolve_target
    from scimctl.report.printable import printable

    target = resolve_target(options)
    for text in target.warnings:
        warn(text)
    definitions = pulled(target)
    if not isinstance(definitions, list):
        words = printable(unreadable(definitions))
        typer.echo(f"{target.base_url}/Schemas gave no readable list of schemas: {words}", err=True)
        unknown = definitions.status in (None, 401, 403)
        raise typer.Exit(int(ExitCode.UNKNOWN if unknown else ExitCode.SERVER_WRONG))
    if output is None:
        typer.echo(as_text(definitions))
    else:
        for path in write_definitions(definitions, output):
            typer.echo(str(path))
