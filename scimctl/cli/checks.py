"""`scimctl checks`: what is looked at in every exchange."""

import json
from typing import Annotated

import typer

app = typer.Typer(help="Lists the checks that look at every exchange.", no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def _checks() -> None:
    """Lists the checks that look at every exchange."""


@app.command("list", short_help="Lists the checks with their requirements.")
def list_checks(
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Prints one JSON document in place of text.")] = False,
) -> None:
    """Lists every passive check: its id, the requirement that it tests, the level of that, and what it looks at."""
    from scimctl.checks import all_checks
    from scimctl.spec.catalogue import Catalogue

    catalogue = Catalogue.load()
    rows = [(check, catalogue.get(check.requires)) for check in all_checks()]
    if as_json:
        members = ("id", "requirement", "level", "source", "title")
        values = [(check.id, rule.id, rule.level.value, rule.source, check.title) for check, rule in rows]
        found = [dict(zip(members, row, strict=True)) for row in values]
        typer.echo(json.dumps({"format": 1, "checks": found}, ensure_ascii=False, indent=2))
        return
    width = max(len(check.id) for check, _ in rows)
    for check, rule in rows:
        typer.echo(f"{check.id.ljust(width)}  {rule.id:<8}  {rule.level.value:<6}  {check.title}")
