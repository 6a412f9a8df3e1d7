"""`scimctl serve --list-faults` and `scimctl explain`: what the faults of the reference server are."""

import textwrap
from typing import Annotated

import typer

_WIDTH = 100


def show_list() -> None:
    """Writes every fault with what it does, by area, then those that cannot be switched on."""
    from scimctl.server.faults.catalogue import faults, visible

    every = faults()
    area = ""
    for name in visible():
        fault = every[name]
        if fault.area != area:
            area = fault.area
            typer.echo(f"{area}")
        typer.echo(f"  {name}\n      {fault.asked}: {fault.wrong}")
    hidden = [fault for fault in every.values() if fault.hidden]
    if hidden:
        typer.echo("cannot be seen from outside")
    for fault in hidden:
        typer.echo(f"  {fault.name}\n      {fault.hidden}")
    typer.echo(f"{len(visible())} faults; scimctl explain NAME tells more, scimctl serve --fault NAME has one")


def explain(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A fault of scimctl serve --list-faults.")],
) -> None:
    """Says what a fault does on the wire, what is right, and how it shows in Okta."""
    from scimctl.server.faults.catalogue import look_up

    fault = look_up(name)
    typer.echo(f"{fault.name}  ({fault.area}; {fault.level}, {fault.severity})\n")
    told = {
        "asked": fault.asked,
        "wrong": fault.wrong,
        "right": fault.right,
        "rule": fault.rule,
        "in Okta": fault.in_okta or "nothing is seen of it",
        "hidden": fault.hidden,
    }
    for label, text in told.items():
        if text:
            typer.echo(textwrap.fill(text, _WIDTH, initial_indent=f"{label:<9}", subsequent_indent=" " * 9))
    if fault.links:
        typer.echo("seen in")
    for link in fault.links:
        typer.echo(f"         {link}")
    if not fault.hidden:
        typer.echo(f"\ntry it   scimctl serve --fault {fault.name}")
