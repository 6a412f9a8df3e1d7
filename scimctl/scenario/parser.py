"""Reads files of scenarios: each row of a matrix becomes a Scenario; every fault of every file is found at once."""

import itertools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cache

from scimctl import bundle
from scimctl.diagnostic import Diagnostic, InputError
from scimctl.document import Path, load
from scimctl.jsonvalue import Json, compact
from scimctl.okta.app import AppKind
from scimctl.scenario.exported.reader import is_export, read_export
from scimctl.scenario.given import Given, read_given
from scimctl.scenario.model import Scenario
from scimctl.scenario.names import RESERVED, TYPE_NAMES, Scope, builtin_scope
from scimctl.scenario.needs import APP_PATCH, check_need
from scimctl.scenario.reading import Reading
from scimctl.scenario.steps import read_steps
from scimctl.source import SourceText
from scimctl.spec.catalogue import OWN, Catalogue
from scimctl.validation import Validator, diagnostics, near

_KIND_KEY = "app.kind"
_FEW = 20


@dataclass(frozen=True, slots=True)
class File:
    """A scenario file's text, and the suite it belongs to (empty for a file of the user's)."""

    source: SourceText
    suite: str


@cache
def validator() -> Validator:
    """The JSON Schema of scenario files."""
    return Validator(bundle.read_schema("scimctl/scenario.schema.json"))


def read_files(
    files: Iterable[File], catalogue: Catalogue, variables: Mapping[str, str] | None = None
) -> list[Scenario]:
    """The scenarios of `files`, in their order. Raises InputError with every fault of all of them.

    `variables` are those of exported suites, by name; without any mapping, one that lacks a value is no fault.
    """
    scenarios: list[Scenario] = []
    faults: list[Diagnostic] = []
    for file in files:
        try:
            scenarios += _read(file, catalogue, faults, variables)
        except InputError as error:
            faults += error.diagnostics
    faults += _duplicates(scenarios)
    if faults:
        raise InputError(*_in_order(faults))
    return scenarios


def _in_order(faults: list[Diagnostic]) -> list[Diagnostic]:
    """By file, in the order in which the files first come up, then by place."""
    names = list(dict.fromkeys(fault.span.source.name for fault in faults if fault.span is not None))

    def place(fault: Diagnostic) -> tuple[int, int, int]:
        span = fault.span
        return (names.index(span.source.name), span.line, span.column) if span is not None else (-1, 0, 0)

    return sorted(faults, key=place)


def _read(
    file: File, catalogue: Catalogue, faults: list[Diagnostic], variables: Mapping[str, str] | None
) -> list[Scenario]:
    document = load(file.source)
    if is_export(document.tree):
        export = Reading(document, catalogue, file.suite)
        scenario = read_export(export, variables)
        faults += export.faults
        return [scenario]
    found = diagnostics(document, validator())
    reading = Reading(document, catalogue, file.suite, found)
    spoiled = {error.path[0] for error in validator().errors(document.tree) if error.path} if found else set()
    scenarios: list[Scenario] = []
    if isinstance(document.tree, list):
        for index in range(len(document.tree)):
            # What does not keep the schema has no shape to read; its scenario's other faults show when it does.
            if index not in spoiled:
                scenarios += _scenarios(reading, (index,))
    faults += reading.faults
    return scenarios


def _scenarios(reading: Reading, path: Path) -> Iterator[Scenario]:
    """One scenario of a file, once for each row."""
    scope, taken = builtin_scope(), set[str]()
    rows = _matrix(reading, (*path, "matrix"), scope, taken)
    each_type = "for_each" in reading.members(path)
    scope.whole |= set(TYPE_NAMES) if each_type else set()
    given = read_given(reading, (*path, "given"), scope, taken)
    entry = reading.members(path)
    if given.app.stated and any(_KIND_KEY in row.values for row in rows):
        reading.fault(
            "the app's kind is given twice",
            (*path, "given", "app", "kind"),
            label="the matrix sets it too",
            remedy="remove one of the two",
        )
    _check_weight(reading, path, given)
    scenario = Scenario(
        id=str(entry["id"]),
        base_id=str(entry["id"]),
        title=str(entry["title"]),
        tags=tuple(text for text, _ in reading.texts((*path, "tags"))),
        requires=reading.requirements((*path, "requires")) or (OWN,),
        needs=tuple(need for need, place in reading.texts((*path, "needs")) if check_need(reading, need, place)),
        alone=entry.get("alone") is True,
        heavy=entry.get("heavy") is True,
        each_type=each_type,
        row={},
        row_label="",
        app=given.app,
        users=given.users,
        groups=given.groups,
        resources=given.resources,
        steps=read_steps(reading, (*path, "steps"), given, scope, taken),
        suite=reading.suite,
        span=reading.document.value_span((*path, "id")),
    )
    for row in rows:
        yield _with_row(scenario, row, given)


def _check_weight(reading: Reading, path: Path, given: Given) -> None:
    """Notes a fault for a scenario that makes many accounts and does not say so."""
    accounts = len(given.users) + sum(group.crowd for group in given.groups.values())
    if accounts > _FEW and reading.members(path).get("heavy") is not True:
        reading.fault(
            f"the scenario has {accounts} users",
            (*path, "given"),
            label=f"more than {_FEW}",
            remedy="add `heavy: true`, so that other machines play it only with --heavy",
            key=True,
        )


@dataclass(frozen=True, slots=True)
class _Row:
    """One combination of a matrix: its label and its values by key."""

    label: str
    values: dict[str, Json]


def _with_row(scenario: Scenario, row: _Row, given: Given) -> Scenario:
    kind = next((kind for kind in AppKind if kind.value == row.values.get(_KIND_KEY)), None)
    app = replace(given.app, kind=kind, stated=True) if kind is not None else given.app
    values: dict[str, Json] = {_KIND_KEY: app.kind.value}
    # What a template may name is put in flat, so that a look-up is one step.
    for name, value in row.values.items():
        values[name] = value
        values |= {f"{name}.{key}": inner for key, inner in value.items()} if isinstance(value, dict) else {}
    needs = tuple(_needs(scenario.needs, app.kind))
    if not row.label:
        return replace(scenario, row=values, needs=needs)
    values["row"] = row.label
    label = f"{scenario.base_id}[{row.label}]"
    return replace(scenario, id=label, row=values, row_label=row.label, app=app, needs=needs)


def _needs(needs: tuple[str, ...], kind: AppKind) -> Iterator[str]:
    """What the row needs: `app.patch` is PATCH for a kind of app that sends it, and nothing for the others."""
    for need in needs:
        if need != APP_PATCH:
            yield need
        elif kind.patches:
            yield "patch"


def _matrix(reading: Reading, path: Path, scope: Scope, taken: set[str]) -> list[_Row]:
    """The rows of the matrix at `path`, a single empty one without a matrix."""
    keys = reading.members(path)
    axes: list[list[tuple[str, Json]]] = []
    for name in keys:
        values = reading.at((*path, name))
        assert isinstance(values, list)
        _check_axis(reading, (*path, name), name, values)
        taken.add(name)
        scope.whole |= {name, "row"} | _fields(name, values)
        axes.append([(_label(value), value) for value in values])
    rows = [
        _Row(",".join(label for label, _ in cells), dict(zip(keys, (value for _, value in cells), strict=True)))
        for cells in itertools.product(*axes)
    ]
    labels = [row.label for row in rows]
    if len(set(labels)) < len(labels):
        reading.fault("two rows of the matrix have one name", path, label="rows need different names", key=True)
    return rows


def _label(value: Json) -> str:
    if isinstance(value, dict):
        return str(value.get("name"))
    return value if isinstance(value, str) else compact(value).decode()


def _fields(name: str, values: list[Json]) -> set[str]:
    """`case.title` and the like: what every mapping of an axis has."""
    mappings = [set(value) for value in values if isinstance(value, dict)]
    if not mappings or len(mappings) < len(values):
        return set()
    return {f"{name}.{key}" for key in set.intersection(*mappings)}


def _check_axis(reading: Reading, path: Path, name: str, values: list[Json]) -> None:
    if name == _KIND_KEY:
        kinds = [kind.value for kind in AppKind]
        for index, value in enumerate(values):
            if value not in kinds:
                help_text = near(str(value), kinds, "kinds")
                reading.fault(f"`{value}` is no kind of app", (*path, index), label="unknown kind", remedy=help_text)
        return
    if name in RESERVED or not name.replace("_", "").replace("-", "").isalnum():
        help_text = "use app.kind, or a name of letters, digits, _ and - that is not taken"
        reading.fault(
            f"`{name}` cannot be a matrix key", path, label="no name for a variable", remedy=help_text, key=True
        )
    for index, value in enumerate(values):
        if isinstance(value, list) or (isinstance(value, dict) and not isinstance(value.get("name"), str)):
            reading.fault(
                "a value of the matrix has no name",
                (*path, index),
                label="it could not stand in the id",
                remedy="make it a mapping with `name: …`",
            )


def _duplicates(scenarios: list[Scenario]) -> Iterator[Diagnostic]:
    first: dict[str, Scenario] = {}
    for scenario in scenarios:
        earlier = first.setdefault(scenario.base_id, scenario)
        if earlier.span != scenario.span:
            yield Diagnostic(
                title=f"id `{scenario.base_id}` is given twice",
                span=scenario.span,
                label="second use",
                notes=(f"the first is at {earlier.span.place}",),
                help="choose another id",
            )
