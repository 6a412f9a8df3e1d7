"""`scimctl scenarios`: what there is to play, what would be played, and whether a file of the user's is right."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scimctl.cli.errors import show_input_error, wants_color
from scimctl.cli.exit_codes import ExitCode
from scimctl.cli.run import AppKindChoice
from scimctl.diagnostic import InputError, usage_error

if TYPE_CHECKING:
    from scimctl.jsonvalue import Json
    from scimctl.scenario.model import Scenario
    from scimctl.scenario.plan import Plan
    from scimctl.spec.catalogue import Catalogue

app = typer.Typer(help="Lists, shows, plans, checks and starts scenarios.", no_args_is_help=True, rich_markup_mode=None)

_SELECTORS_HELP = "A suite (okta, rfc, all, wrike), an id, an id prefix, tag:NAME, or a path."
_JSON = typer.Option("--json", help="Prints one JSON document in place of text.")
Selectors = Annotated[list[str] | None, typer.Argument(metavar="[SELECTOR]...", help=_SELECTORS_HELP)]
AsJson = Annotated[bool, _JSON]


@app.command("list", short_help="Lists scenarios with their titles.")
def list_scenarios(selectors: Selectors = None, *, as_json: AsJson = False) -> None:
    """Lists the scenarios that the selectors mean, by default all bundled ones."""
    from scimctl.scenario.selection import load_bundled, select

    scenarios = select(selectors) if selectors else load_bundled()
    if as_json:
        _print_json({"format": 1, "scenarios": [_summary(scenario) for scenario in scenarios]})
        return
    _print_titles([(scenario.id, scenario.title) for scenario in scenarios])


@app.command("show", short_help="Shows one scenario: its text, its rows and the rules it rests on.")
def show(
    scenario_id: Annotated[str, typer.Argument(metavar="ID", help="The scenario's id, with or without a row.")],
    *,
    as_json: AsJson = False,
) -> None:
    """Shows a bundled scenario as it stands in its file, with its rows and the requirements it rests on."""
    from scimctl.scenario.selection import select
    from scimctl.spec.catalogue import Catalogue

    rows = [scenario for scenario in select([scenario_id]) if scenario_id in (scenario.id, scenario.base_id)]
    if not rows:
        raise usage_error(f"`{scenario_id}` is no scenario's id", f"see: scimctl scenarios list {scenario_id}")
    catalogue = Catalogue.load()
    if as_json:
        _print_json(_details(rows, catalogue))
        return
    sys.stdout.write(_sheet(rows, catalogue))


@app.command("plan", short_help="Shows what a run would play, in which order, and what not.")
def plan(
    selectors: Selectors = None,
    *,
    skip: Annotated[list[str] | None, typer.Option("--skip", metavar="SELECTOR", help="Leaves these out.")] = None,
    app_kind: Annotated[AppKindChoice, typer.Option("--app-kind", help="The kind of Okta app.")] = AppKindChoice.ALL,
    heavy: Annotated[bool, typer.Option("--heavy", help="Plays those that make more than 20 accounts too.")] = False,
    as_json: AsJson = False,
) -> None:
    """Shows the plan of `scimctl run` with the same selectors, without sending anything."""
    from scimctl.okta.app import AppKind
    from scimctl.scenario.plan import make_plan
    from scimctl.scenario.selection import select

    kind = None if app_kind is AppKindChoice.ALL else AppKind(app_kind.value)
    made = make_plan(select(selectors or (), skip=skip or (), app_kind=kind), allow_heavy=heavy)
    if as_json:
        left_out: list[Json] = [{"id": one.id, "title": one.title, "reason": one.reason} for one in made.not_run]
        _print_json({"format": 1, "run": [_summary(scenario) for scenario in made.run], "not_run": left_out})
        return
    _print_plan(made)


@app.command("lint", short_help="Checks scenario files and shows every fault with its place.")
def lint(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="Files or folders. [default: the bundled ones]")
    ] = None,
) -> int:
    """Reads scenario files and shows all their faults at once; ends with 2 when there is one."""
    from scimctl.bundle import scenarios_folder
    from scimctl.scenario.selection import load_paths, scenario_files

    files = scenario_files(paths or [scenarios_folder()])
    if not files:
        raise usage_error("there is no scenario file in there", "name a file, or a folder with .yaml files")
    count = f"{len(files)} file" + ("" if len(files) == 1 else "s")
    try:
        scenarios = load_paths(files)
    except InputError as error:
        show_input_error(error)
        faults = len(error.diagnostics)
        sys.stderr.write(f"{count} read, {faults} fault{'' if faults == 1 else 's'}\n")
        return ExitCode.INPUT_WRONG
    number = len({scenario.base_id for scenario in scenarios})
    rows = f" ({len(scenarios)} with the rows of their matrices)" if len(scenarios) > number else ""
    typer.echo(f"{count} read, {number} scenario{'' if number == 1 else 's'}{rows}, no faults")
    return ExitCode.CONFORMS


@app.command("new", short_help="Writes a scenario to start from.")
def new(
    scenario_id: Annotated[str, typer.Argument(metavar="ID", help="The new id, such as acme.users.create.")],
    path: Annotated[Path | None, typer.Argument(metavar="[PATH]", help="A new file. [default: stdout]")] = None,
) -> None:
    """Writes a commented scenario that runs as it is, to change and to extend."""
    from scimctl.scenario.starter import starter

    text = starter(scenario_id)
    if path is None:
        sys.stdout.write(text)
        return
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise usage_error(f"{path} is there already", "name a new file") from error
    except OSError as error:
        raise usage_error(f"{path} cannot be written: {error.strerror}", "check the path") from error
    typer.echo(f"written to {path}; try: scimctl run {path} --reference")


def _print_json(document: "dict[str, Json]") -> None:
    typer.echo(json.dumps(document, ensure_ascii=False, indent=2))


def _bold(text: str) -> str:
    return f"\x1b[1m{text}\x1b[0m" if wants_color(sys.stdout) else text


def _print_titles(rows: list[tuple[str, str]]) -> None:
    width = max((len(name) for name, _ in rows), default=0)
    for name, title in rows:
        typer.echo(f"{name.ljust(width)}  {title}")


def _print_plan(made: "Plan") -> None:
    typer.echo(_bold(f"run ({len(made.run)})"))
    _print_titles([(f"  {scenario.id}", _remarks(scenario)) for scenario in made.run])
    if made.not_run:
        typer.echo(_bold(f"not run ({len(made.not_run)})"))
        _print_titles([(f"  {one.id}", f"{one.title}: {one.reason}") for one in made.not_run])


def _remarks(scenario: "Scenario") -> str:
    """The title, with what decides when it is played."""
    remarks = ["by itself, after the others"] if scenario.alone else []
    remarks += [f"only where the server announces {', '.join(scenario.needs)}"] if scenario.needs else []
    return f"{scenario.title} ({'; '.join(remarks)})" if remarks else scenario.title


def _summary(scenario: "Scenario") -> "dict[str, Json]":
    return {
        "id": scenario.id,
        "title": scenario.title,
        "suite": scenario.suite,
        "tags": list(scenario.tags),
        "requires": list(scenario.requires),
        "needs": list(scenario.needs),
        "alone": scenario.alone,
        "heavy": scenario.heavy,
        "app_kind": scenario.app.kind.value,
        "file": scenario.path,
        "line": scenario.span.line,
    }


def _rules(scenario: "Scenario") -> tuple[str, ...]:
    """The ids of the requirements of a scenario and its steps, each once."""
    return tuple(dict.fromkeys((*scenario.requires, *(name for step in scenario.steps for name in step.requires))))


def _details(rows: "list[Scenario]", catalogue: "Catalogue") -> "dict[str, Json]":
    first = rows[0]
    rules = [catalogue.get(name) for name in _rules(first)]
    requirements: list[Json] = [
        {"id": rule.id, "source": rule.source, "level": rule.level.value, "rule": rule.rule} for rule in rules
    ]
    return {
        "format": 1,
        **_summary(first),
        "id": first.base_id,
        "rows": [row.id for row in rows if row.row_label],
        "requirements": requirements,
        "steps": [step.text for step in first.steps],
        "text": source_text(first),
    }


def _sheet(rows: "list[Scenario]", catalogue: "Catalogue") -> str:
    first = rows[0]
    lines = [_bold(first.title), f"{first.path}:{first.span.line}", ""]
    for name in _rules(first):
        rule = catalogue.get(name)
        lines.append(f"{rule.id}  {rule.level.value}, {rule.source}: {rule.rule}")
    if first.row_label:
        lines += ["", "rows:", *(f"  {row.id}" for row in rows)]
    return "\n".join([*lines, "", source_text(first)]) + "\n"


def source_text(scenario: "Scenario") -> str:
    """The scenario as it stands in its file, from its dash to the next one."""
    lines = scenario.span.source.text.splitlines()
    start = scenario.span.line - 1
    while start > 0 and not lines[start].startswith("-"):
        start -= 1
    stop = start + 1
    while stop < len(lines) and not lines[stop].startswith(("-", "#")):
        stop += 1
    return "\n".join(lines[start:stop]).rstrip()
