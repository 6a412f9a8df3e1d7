"""What tests each requirement: checks, scenarios, the mock's own calls; and docs/coverage.md made from it."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from scimctl.checks import all_checks
from scimctl.document import load
from scimctl.engine.verbs import REQUIREMENT_OF
from scimctl.scenario.selection import select
from scimctl.source import SourceText
from scimctl.spec.catalogue import Catalogue
from scimctl.spec.requirement import Requirement

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "coverage.md"
_MOST = 4
"""Scenarios that a line of the page names; `scimctl explain` has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """One requirement with what tests it, and else what does so under another name, or why nothing can."""

    requirement: Requirement
    checks: tuple[str, ...]
    scenarios: tuple[str, ...]
    by: str = ""
    reason: str = ""


@cache
def told() -> dict[str, dict[str, str]]:
    """What tests/coverage.yaml says of requirements that nothing names."""
    path = ROOT / "tests" / "coverage.yaml"
    tree: Any = load(SourceText(path.name, path.read_text("utf-8"))).tree
    found: dict[str, dict[str, str]] = tree
    return found


@cache
def covered() -> tuple[Covered, ...]:
    """Every requirement of the catalogue, in its order."""
    checks: defaultdict[str, list[str]] = defaultdict(list)
    for check in all_checks():
        checks[check.requires].append(check.id)
    for purpose, requirement in REQUIREMENT_OF.items():
        checks[requirement].append(f"okta.{purpose.value}")
    scenarios: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for scenario in [one for suite in ("all", "wrike") for one in select([suite])]:
        for requirement in (*scenario.requires, *(each for step in scenario.steps for each in step.requires)):
            scenarios[requirement][scenario.id.partition("[")[0]] = None
    return tuple(
        Covered(
            requirement=each,
            checks=tuple(checks[each.id]),
            scenarios=tuple(scenarios[each.id]),
            **told().get(each.id, {}),
        )
        for each in Catalogue.load()
    )


def page() -> str:
    """The text of docs/coverage.md."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    rows = covered()
    tested = [row for row in rows if row.checks or row.scenarios or row.by]
    yield "# What is tested"
    yield ""
    untested = len(rows) - len(tested)
    yield f"The catalogue has {len(rows)} requirements. {len(tested)} of them are tested; the other {untested} cannot"
    yield "be, for the reason that stands beside them. `scimctl explain ID` says more of each: why it matters in Okta,"
    yield "and every scenario. The page is made from the suites: `pytest tests/test_coverage.py --update-golden`."
    for document, group in groupby(rows, key=lambda row: row.requirement.document):
        yield ""
        yield f"## {document}"
        yield ""
        yield "| id | § | level | rule | tested by |"
        yield "|---|---|---|---|---|"
        for row in group:
            each = row.requirement
            section = each.section if document.startswith("RFC") else "–"
            yield f"| `{each.id}` | {section} | {each.level.value} | {each.rule} | {_by(row)} |"


def _by(row: Covered) -> str:
    names = [f"`{name}`" for name in (*row.checks, *row.scenarios[:_MOST])]
    more = len(row.scenarios) - _MOST
    if more > 0:
        names.append(f"and {more} more scenarios" if more > 1 else "and one more scenario")
    if names:
        return ", ".join(names)
    return row.by or f"not tested: {row.reason}"
