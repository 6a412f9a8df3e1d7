"""`scimctl explain`: what an id stands for, whatever kind of id it is."""

import json
from typing import Annotated

import typer


def command(
    identifier: Annotated[
        str, typer.Argument(metavar="ID", help="A requirement, check, scenario, fault, verdict or cause.")
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Prints one JSON document in place of text.")] = False,
) -> None:
    """Says what an id stands for: the rule, why it matters in Okta, right and wrong, and how to fix it."""
    from scimctl.cli.explain_sheets import lines
    from scimctl.cli.explaining import sheet_of

    sheet = sheet_of(identifier)
    if as_json:
        typer.echo(json.dumps(sheet.document(), ensure_ascii=False, indent=2))
        return
    for line in lines(sheet):
        typer.echo(line)
