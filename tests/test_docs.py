"""The documentation says what the program does: every command, option, code, format and parameter, and no dead link."""

import re
import shlex
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, get_args

import pytest
import typer.main

from scimctl import events
from scimctl.cli import config
from scimctl.cli.app import build_app
from scimctl.cli.exit_codes import ExitCode
from scimctl.cli.reports import FORMATS
from scimctl.diagnostic import InputError
from scimctl.finding import Verdict
from scimctl.okta.parameters import PARAMETER_NAMES, default_settings
from scimctl.report import jsonl

ROOT = Path(__file__).parents[1]
PAGES = sorted(ROOT.glob("*.md")) + sorted((ROOT / "docs").glob("*.md")) + sorted((ROOT / "tests").rglob("*.md"))
CLI = (ROOT / "docs" / "cli.md").read_text("utf-8")
README = (ROOT / "README.md").read_text("utf-8")
BUILT_IN = {"--help", "-h", "--install-completion", "--show-completion", "--version"}
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")


@cache
def commands() -> dict[str, Any]:
    """Every command that can be typed, such as `schemas pull`, with what typer made of it."""
    found: dict[str, Any] = {}
    for name in typer.main.get_command(build_app([])).commands:
        command = typer.main.get_command(build_app([name])).commands[name]
        nested = getattr(command, "commands", None)
        found |= {name: command} if nested is None else {f"{name} {inner}": one for inner, one in nested.items()}
    return found


@cache
def target_options() -> frozenset[str]:
    """The names of the options that every command with a target takes."""
    takers = (commands()[name] for name in ("test-credentials", "cleanup", "run", "schemas pull"))
    return frozenset.intersection(*(frozenset(one.name for one in taker.params) for taker in takers))


def takes_a_target(command: Any) -> bool:
    """Whether the command takes the target options, which stand in a table of their own."""
    return {parameter.name for parameter in command.params} >= target_options()


def options_of(command: Any) -> Iterator[str]:
    """The spellings of a command's own options."""
    shared = target_options() if takes_a_target(command) else frozenset()
    for parameter in command.params:
        if parameter.name not in shared and parameter.name != "help":
            yield from (spelling for spelling in parameter.opts if spelling.startswith("-"))


def section(page: str, heading: str) -> str:
    """What stands below a heading of the second level."""
    found = page.partition(f"\n## {heading}\n")[2]
    assert found, heading
    return found.partition("\n## ")[0]


def test_there_is_something_to_look_at() -> None:
    assert len(commands()) >= 13
    assert "--dry-run" in set(options_of(commands()["run"]))
    assert "--base-url" not in set(options_of(commands()["run"]))
    assert "--token" in set(options_of(commands()["serve"]))


@pytest.mark.parametrize("name", sorted(commands()))
def test_every_command_and_option_is_on_the_page(name: str) -> None:
    text = section(CLI, f"`scimctl {name.partition(' ')[0]}`")
    if " " in name:
        assert f"| `{name}" in text
    assert [option for option in options_of(commands()[name]) if f"`{option}" not in text] == []


@pytest.mark.parametrize("name", sorted(commands()))
def test_a_command_that_takes_a_target_says_so(name: str) -> None:
    text = section(CLI, f"`scimctl {name.partition(' ')[0]}`")
    if takes_a_target(commands()[name]) and name != "test-credentials":
        assert "takes the target options too" in text


def test_no_option_is_documented_that_is_not_there() -> None:
    known = {spelling for command in commands().values() for parameter in command.params for spelling in parameter.opts}
    written = set(re.findall(r"`(--[a-z-]+)", CLI))
    assert written - known - BUILT_IN == set()


def test_every_exit_code_is_on_both_pages() -> None:
    for page in (CLI, README):
        rows = re.findall(r"^\| (\d+) \|", section(page, "Exit codes"), re.MULTILINE)
        assert [int(row) for row in rows] == [int(code) for code in ExitCode]


def test_every_verdict_is_in_the_table() -> None:
    table = section(CLI, "`scimctl run`").partition("\n### Verdicts\n")[2].partition("\n### ")[0]
    rows = re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)
    assert rows == [verdict.value for verdict in Verdict]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_every_report_format_is_on_the_page(name: str) -> None:
    assert f"`--report {name}=PATH`" in section(CLI, "`scimctl run`")


def test_every_event_is_in_the_table() -> None:
    source = Path(jsonl.__file__).read_text("utf-8")
    written = set(re.findall(r'"event": "([a-z-]+)"', source))
    assert len(written) == len(get_args(events.Event))
    text = section(CLI, "`scimctl run`")
    assert [name for name in sorted(written) if f"| `{name}` |" not in text] == []


def test_every_key_of_a_target_table_is_on_the_page(tmp_path: Path) -> None:
    (tmp_path / "scimctl.toml").write_text("[target.one]\nzzzzzz = 1\n")
    with pytest.raises(InputError) as raised:
        config.load(tmp_path)
    known = raised.value.diagnostics[0].help.removeprefix("it takes: ").split(", ")
    assert "base_url" in known
    text = section(CLI, "The target")
    assert [key for key in known if f"`{key}`" not in text and f"[target.NAME.{key}]" not in text] == []


def test_every_parameter_of_the_mock_is_in_its_table() -> None:
    text = section((ROOT / "docs" / "okta.md").read_text("utf-8"), "Parameters")
    rows = dict(re.findall(r"^\| `(\w+)` \| `([^`]*)` \|", text, re.MULTILINE))
    assert rows == default_settings()
    assert tuple(rows) == PARAMETER_NAMES


def test_the_changelog_names_every_command() -> None:
    text = (ROOT / "CHANGELOG.md").read_text("utf-8")
    for name in commands():
        group, _, inner = name.partition(" ")
        listed = re.search(rf"`scimctl {group}(?: ([a-z|]+))?`", text)
        assert listed is not None, name
        assert not inner or inner in (listed[1] or "").split("|"), name


def anchor(heading: str) -> str:
    """The name that GitHub gives to a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def faults(page: Path) -> Iterator[str]:
    """The links of a page that lead nowhere within the project."""
    for target in LINK.findall(re.sub(r"```.*?```", "", page.read_text("utf-8"), flags=re.DOTALL)):
        if target.startswith(("http://", "https://")):
            continue
        name, _, place = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        if not linked.exists() or not linked.is_relative_to(ROOT.resolve()):
            yield target
        elif place:
            headings = re.findall(r"^#+ (.+)$", linked.read_text("utf-8"), re.MULTILINE)
            if place not in map(anchor, headings):
                yield target


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    assert list(faults(page)) == []


def test_a_dead_link_is_noticed(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# One\n[here](#one) [gone](gone.md) [nowhere](#two) [web](https://example.com)\n")
    assert list(faults(page))[-1] == "#two"
    assert "gone.md" in list(faults(page))


def test_every_page_is_linked_from_the_readme() -> None:
    linked = set(LINK.findall(README)) | {
        f"docs/{target}" for page in PAGES if page.parent.name == "docs" for target in LINK.findall(page.read_text())
    }
    assert [page.name for page in PAGES if page.parent.name == "docs" and f"docs/{page.name}" not in linked] == []


def test_the_two_commands_of_the_readme_are_the_real_ones() -> None:
    first, second = re.findall(r"^```sh\n(.+)\n```$", README, re.MULTILINE)[:2]
    words = shlex.split(first)
    assert words[-3:] == [".venv/bin/scimctl", "run", "--reference"]
    assert [words[at + 1 : at + 4] for at, word in enumerate(words) if word == "&&"] == [
        [".venv/bin/pip", "install", "--quiet"],
        [".venv/bin/scimctl", "run", "--reference"],
    ]
    assert shlex.split(second) == ["bash", "tests/check"]
    check = (ROOT / "tests" / "check").read_text("utf-8")
    for tool in ("ruff check", "ruff format --check", "mypy", "pytest -n auto"):
        assert f".venv/bin/{tool}" in check
    assert "exec bash tests/check" in (ROOT / ".ci" / "run").read_text("utf-8")
