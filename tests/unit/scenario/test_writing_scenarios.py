"""docs/writing-scenarios.md: every block of YAML is right, and its tables are the code's."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from scimctl.cli.app import run
from scimctl.scenario.matchers import MATCHERS
from scimctl.scenario.needs import FEATURES
from scimctl.scenario.parser import File, read_files
from scimctl.scenario.template import FILTERS
from scimctl.scenario.verbs import VERBS
from scimctl.source import SourceText
from scimctl.spec.catalogue import Catalogue

PAGE = Path(__file__).parents[3] / "docs" / "writing-scenarios.md"
TEXT = PAGE.read_text("utf-8")
BLOCKS = re.findall(r"^```yaml\n(.*?)^```", TEXT, re.DOTALL | re.MULTILINE)


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def _table(head: str, rows: Iterator[tuple[str, ...]]) -> str:
    columns = head.split(" | ")
    lines = [f"| {head} |", "|" + "---|" * len(columns)]
    return "\n".join([*lines, *("| " + " | ".join(map(_cell, row)) + " |" for row in rows)])


TABLES = {
    "filters": _table("filter | what it does", ((f"`{name}`", doc) for name, (_, doc) in FILTERS.items())),
    "verbs": _table(
        "verb | what it does | example", ((f"`{verb.name}`", verb.doc, f"`{verb.example}`") for verb in VERBS.values())
    ),
    "matchers": _table(
        "matcher | holds for | example",
        ((f"`{name}`", matcher.doc, f"`{matcher.example}`") for name, matcher in MATCHERS.items()),
    ),
}


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_every_block_is_a_file_of_scenarios(number: int) -> None:
    file = File(SourceText(f"block-{number + 1}", BLOCKS[number]), "")
    assert read_files([file], Catalogue.load())


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_every_block_passes_against_the_reference_server(
    number: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "block.yaml"
    path.write_text(BLOCKS[number], encoding="utf-8")
    assert run(["run", str(path), "--reference"]) == 0, capsys.readouterr().out


def test_the_tables_are_the_codes(pytestconfig: pytest.Config) -> None:
    text = TEXT
    for name, table in TABLES.items():
        text = re.sub(
            rf"<!-- {name} -->\n.*?<!-- end -->",
            f"<!-- {name} -->\n{table}\n<!-- end -->".replace("\\", r"\\"),
            text,
            flags=re.DOTALL,
        )
    if pytestconfig.getoption("--update-golden"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text("utf-8") == text


def test_every_need_is_named() -> None:
    assert all(f"`{need}`" in TEXT for need in FEATURES)
