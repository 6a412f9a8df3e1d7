"""`scimctl serve --list-faults`: what the faults of the reference server are."""

import typer


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
