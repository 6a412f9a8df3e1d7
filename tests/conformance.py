"""How the reference server meets each requirement: tests/conformance.yaml, and docs/conformance.md made from it."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from scimctl.document import load
from scimctl.source import SourceText
from scimctl.spec.catalogue import Catalogue
from scimctl.spec.requirement import Requirement

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "conformance.md"
DOCUMENTS = ("RFC 7643", "RFC 7644", "RFC 9865", "Okta")


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line of the page: a rule, how it is met or why it is not, and the tests, each as `file::function`."""

    id: str
    document: str
    section: str
    level: str
    rule: str
    told: str
    is_met: bool
    tests: tuple[str, ...]


@cache
def _data() -> dict[str, dict[str, Any]]:
    path = ROOT / "tests" / "conformance.yaml"
    tree: Any = load(SourceText(path.name, path.read_text("utf-8"))).tree
    found: dict[str, dict[str, Any]] = tree
    return found


def told_ids() -> set[str]:
    """The ids that the file tells of, those of clients' duties aside."""
    return set(_data()["server"])


def requirements() -> list[Requirement]:
    """The requirements of the RFCs and of Okta, in the order of the catalogue."""
    return [requirement for requirement in Catalogue.load() if requirement.document in DOCUMENTS]


def server_rows() -> list[Row]:
    """A row for each requirement that the file tells of, by document and section."""
    rows = [
        _row(each.id, each.document, each.section, each.level.value, each.rule, _data()["server"][each.id])
        for each in requirements()
        if each.id in _data()["server"]
    ]
    return sorted(rows, key=lambda row: (DOCUMENTS.index(row.document), _place(row.section)))


def client_rows() -> list[Row]:
    """A row for each duty that is not a server's."""
    return [
        _row(name, told["document"], told["section"], told["level"], told["rule"], told)
        for name, told in _data()["client"].items()
    ]


def _row(name: str, document: str, section: str, level: str, rule: str, told: dict[str, Any]) -> Row:
    return Row(
        id=name,
        document=document,
        section=section,
        level=level,
        rule=rule,
        told=told["how"] if "how" in told else told["not"],
        is_met="how" in told,
        tests=tuple(told.get("tests", ())),
    )


def _place(section: str) -> tuple[int, ...]:
    """Where a section stands in its document; pages of Okta have no numbers and stay in the catalogue's order."""
    return tuple(int(part) for part in section.split(".")) if section[0].isdigit() else ()


@cache
def functions(path: Path) -> frozenset[str]:
    """The names of the test functions of a file; none for a file that is not there."""
    if not path.exists():
        return frozenset()
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_")


def page() -> str:
    """docs/conformance.md."""
    rows = server_rows()
    unmet = [row.id for row in rows if not row.is_met]
    kept = len(rows) - len(unmet)
    lines = [
        "# Conformance",
        "",
        f"There are {len(rows)} rules that a server can be seen to keep. The reference server (`scimctl serve`,",
        f"profile `standard`) keeps {kept}; the tests beside each show it. The lines of the others say why not:",
        f"{', '.join(unmet)}.",
        "",
        "The page is made from `scenarios/requirements/` and `tests/conformance.yaml` (`pytest --update-golden`).",
        "The rules of RFC 9865 follow the draft that became it.",
    ]
    for document, of_document in groupby(rows, key=lambda row: row.document):
        lines += ["", f"## {document}", *_table(of_document)]
    lines += ["", "## Duties of a client", "", "What scimctl has to do itself, or what a client may ask of the server."]
    lines += _table(client_rows())
    return "\n".join(lines) + "\n"


def _table(rows: Iterable[Row]) -> Iterator[str]:
    yield from ("", "| § | id | level | rule | how | tests |", "|---|---|---|---|---|---|")
    for row in rows:
        told = row.told if row.is_met else f"**No.** {row.told}"
        cells = (row.section, row.id, row.level, row.rule, told, "<br>".join(map(_link, row.tests)))
        yield f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"


def _link(test: str) -> str:
    path, _, name = test.partition("::")
    return f"[{name.removeprefix('test_').replace('_', ' ')}](../{path})"
