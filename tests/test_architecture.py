"""Who may import whom: the table in docs/architecture.md, held against every import in scimctl/."""

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "scimctl"
MODULES = sorted(PACKAGE.rglob("*.py"))
OPEN_TO_ALL = "jsonvalue"
MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Row:
    """What one top-level module may import; `inner` is None when it may import all of scimctl."""

    inner: frozenset[str] | None
    third_party: frozenset[str]


def read_table(text: str) -> dict[str, Row]:
    """The rows of the table under "Who may import whom", by module."""
    section = text.partition("## Who may import whom")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    rows: dict[str, Row] = {}
    for line in lines[2:]:
        names, inner, third_party = (cell.strip() for cell in line.strip("|").split("|"))
        allowed = None if inner == "all" else frozenset(_words(inner)) - {"nothing"}
        for name in _words(names):
            rows[name] = Row(allowed, frozenset(_words(third_party)))
    return rows


def _words(cell: str) -> list[str]:
    return [word for part in cell.split(",") if (word := part.strip())]


def imports(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and dotted name of every import in a module, wherever it stands."""
    for node in ast.walk(tree):
        match node:
            case ast.Import():
                yield from ((node.lineno, alias.name) for alias in node.names)
            case ast.ImportFrom(module=str(module), level=0):
                for alias in node.names:
                    # `from scimctl import bundle` names a module, `from scimctl import __version__` does not.
                    whole = module == "scimctl" and not alias.name.startswith("__")
                    yield node.lineno, f"scimctl.{alias.name}" if whole else module
            case ast.ImportFrom():
                yield node.lineno, "."
            case ast.Call(func=ast.Attribute(attr="import_module"), args=[ast.Constant(value=str(name)), *_]):
                yield node.lineno, name


def faults(package: Path, table: dict[str, Row]) -> list[str]:
    """Every import that the table does not allow, and every module that it does not know, as `file:line: what`."""
    found: list[str] = []
    for path in sorted(package.rglob("*.py")):
        relative = path.relative_to(package)
        own = relative.parts[0].removesuffix(".py")
        if own in {"__init__", "__main__"}:
            continue
        place = f"{package.name}/{relative.as_posix()}"
        if own not in table:
            found.append(f"{place}:1: {own} has no row in the table")
            continue
        for line, name in imports(ast.parse(path.read_text("utf-8"))):
            fault = _fault(own, name, table[own])
            if fault is not None:
                found.append(f"{place}:{line}: {fault}")
    return found


def _fault(own: str, name: str, row: Row) -> str | None:
    top, _, rest = name.partition(".")
    if name == ".":
        return "imports are absolute"
    if top == "scimctl":
        other = rest.partition(".")[0]
        if not other or other in {own, OPEN_TO_ALL} or row.inner is None or other in row.inner:
            return None
        return f"{own} may not import {other}"
    if top in sys.stdlib_module_names or top in row.third_party:
        return None
    return f"{own} may not import {top}"


def test_every_import_is_in_the_table() -> None:
    table = read_table((ROOT / "docs" / "architecture.md").read_text("utf-8"))
    assert {"wire", "redact", "cli", "scim"} <= table.keys()
    assert faults(PACKAGE, table) == []


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(PACKAGE).as_posix())
def test_a_module_stays_short_and_keeps_its_name(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= MOST_LINES
    assert path.stem not in sys.stdlib_module_names - {"__main__"}
    assert path.stem not in {"utils", "helpers", "manager", "base", "common", "misc"}


TABLE = """
## Who may import whom

| module | may import from scimctl | third party |
|---|---|---|
| spec, scim | nothing | |
| engine | spec | httpx |
| cli | all | typer |

## Something else

| engine | report | rich |
"""


def test_the_table_is_read() -> None:
    assert read_table(TABLE) == {
        "spec": Row(frozenset(), frozenset()),
        "scim": Row(frozenset(), frozenset()),
        "engine": Row(frozenset({"spec"}), frozenset({"httpx"})),
        "cli": Row(None, frozenset({"typer"})),
    }


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        pytest.param("spec.py", "import json\nfrom scimctl.spec.x import y\n", [], id="stdlib-and-own"),
        pytest.param("spec.py", "from scimctl.jsonvalue import Json\n", [], id="jsonvalue"),
        pytest.param("engine/run.py", "from scimctl.spec import x\nimport httpx\n", [], id="allowed"),
        pytest.param("cli/app.py", "import typer\nfrom scimctl.engine import run\n", [], id="all"),
        pytest.param("__init__.py", "import httpx\n", [], id="top-level"),
        pytest.param("spec.py", "from scimctl import __version__\n", [], id="version"),
        pytest.param(
            "spec.py", "from scimctl import engine\n", ["scimctl/spec.py:1: spec may not import engine"], id="forbidden"
        ),
        pytest.param(
            "engine/run.py",
            "def f():\n    from scimctl.report import x\n",
            ["scimctl/engine/run.py:2: engine may not import report"],
            id="in-a-function",
        ),
        pytest.param(
            "engine/run.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import scimctl.cli.app\n",
            ["scimctl/engine/run.py:3: engine may not import cli"],
            id="type-checking",
        ),
        pytest.param(
            "engine/run.py",
            "import importlib\nimportlib.import_module('scimctl.report')\n",
            ["scimctl/engine/run.py:2: engine may not import report"],
            id="import-module",
        ),
        pytest.param("spec.py", "import yaml\n", ["scimctl/spec.py:1: spec may not import yaml"], id="third-party"),
        pytest.param("spec/a.py", "from . import b\n", ["scimctl/spec/a.py:1: imports are absolute"], id="relative"),
        pytest.param("odd/a.py", "", ["scimctl/odd/a.py:1: odd has no row in the table"], id="no-row"),
    ],
)
def test_the_check_bites(tmp_path: Path, path: str, text: str, expected: list[str]) -> None:
    file = tmp_path / "scimctl" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    assert faults(tmp_path / "scimctl", read_table(TABLE)) == expected
