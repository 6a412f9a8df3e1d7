"""Every hostile server ends every command in bounded time and memory, with words for what came and no leaked token.

`tests/hostile/expected.yaml` holds what each command says of each server, and docs/hostile-servers.md shows it
(`pytest --update-golden` writes both; then every case has to be run).
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests import servers
from tests.hostile.cases import Case
from tests.hostile.lines import started
from tests.hostile.messages import TOKEN
from tests.hostile.zoo import COMMANDS, SECONDS, Keeper, Visit, cases, keeper, said, visit
from tests.serving import TOKEN as SERVED_TOKEN

EXPECTED = Path(__file__).parent / "hostile" / "expected.yaml"
PAGE = Path(__file__).parents[1] / "docs" / "hostile-servers.md"
MEGABYTES = 512
"""The most that a command may need at its peak, all that it has imported included."""

RACES = frozenset({"closes-kept-connections"})
"""Servers of which every answer is a race between them and us: what comes of it is not the same twice."""

_LIBRARY_WORDS = re.compile(r"\b(protocol|connect|read-timeout|tls|tls-untrusted|tls-hostname|refused): .*", re.DOTALL)


@pytest.fixture(scope="module")
def made() -> Iterator[Keeper]:
    with keeper() as started:
        yield started


@cache
def expected() -> dict[str, Any]:
    read = yaml.safe_load(EXPECTED.read_text("utf-8"))
    assert isinstance(read, dict)
    return read


def stable(text: str) -> str:
    """What is said, but for words of the system and of libraries, which differ between machines."""
    return _LIBRARY_WORDS.sub(r"\1", text)


def never(seen: Visit) -> None:
    """What no command may do, whatever the server does."""
    assert 0 <= seen.code <= 4, seen.err
    assert seen.code != 2, seen.err
    assert "Traceback" not in seen.everything
    assert TOKEN not in seen.everything
    assert SERVED_TOKEN not in seen.everything
    assert all(letter.isprintable() or letter == "\n" for letter in seen.out + seen.err)
    assert seen.seconds < SECONDS
    assert seen.megabytes < MEGABYTES
    assert not seen.left or "LEFT BEHIND" in seen.out


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", cases())
def test_a_command_survives_and_says_what_came(name: str, command: str, made: Keeper, tmp_path: Path) -> None:
    seen = visit(cases()[name], command, made, tmp_path)
    never(seen)
    if name in RACES:
        return
    wanted = expected()[name][command]
    assert seen.code == wanted["exit"]
    # Where nothing fails, what `run` warns of depends on all checks there are, and is theirs to test.
    if seen.code or command != "run":
        assert stable(said(command, seen)) == stable(wanted["said"])
    assert not seen.code or wanted["said"] != "nothing wrong"


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_is_sent_where_a_redirect_leads(command: str, made: Keeper, tmp_path: Path) -> None:
    with servers.running(servers.answering()) as elsewhere:
        fields = f"Location: http://127.0.0.1:{elsewhere.port}/scim/v2/Users"
        redirecting = servers.answering("307 Temporary Redirect", b"", fields)
        seen = visit(Case(name="redirecting", does="redirects", start=started(redirecting)), command, made, tmp_path)
    assert seen.code == 1
    assert elsewhere.connections == 0


def test_every_expectation_is_of_a_case() -> None:
    assert list(expected()) == list(cases())
    assert len(cases()) >= 60


def test_a_leak_would_be_noticed() -> None:
    fine = Visit(code=1, seconds=1, megabytes=50, out="a\n", err="", files="", report={}, left=0)
    never(fine)
    for change in (
        {"code": 70},
        {"code": -14},
        {"out": f"sent {TOKEN}"},
        {"files": "Traceback (most recent call last)"},
        {"err": "\x1b[2J"},
        {"megabytes": 4000.0},
        {"left": 1},
    ):
        values = {name: getattr(fine, name) for name in Visit.__slots__} | change
        with pytest.raises(AssertionError):
            never(Visit(**values))


def page() -> str:
    """The page, from the cases and what was said of them."""
    lines = [
        "# Hostile servers",
        "",
        f"What scimctl says of {len(cases())} servers that misbehave on the wire or in what they answer. Each is",
        "a real server on a socket; each command ends by itself, within bounds of time and memory, and shows no token.",
        "The page is made from what the tests expect; `python -m tests.hostile.measure` adds seconds and memory.",
        "The number before the words is the exit code.",
        "",
        "| server | what it does | `test-credentials` | `run` | `schemas pull` |",
        "|---|---|---|---|---|",
    ]
    for name, case in cases().items():
        told = [f"{expected()[name][command]['exit']}: {expected()[name][command]['said']}" for command in COMMANDS]
        cells = [f"`{name}`", case.does, *map(stable, told)]
        lines.append(f"| {' | '.join(_cell(cell) for cell in cells)} |")
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    return plain.replace("|", "&#124;").replace("<", "&lt;")


def test_the_page_says_what_was_said(pytestconfig: pytest.Config, tmp_path: Path) -> None:
    if pytestconfig.getoption("--update-golden"):
        written: dict[str, Any] = {}
        with keeper() as started:
            for name, case in cases().items():
                written[name] = {}
                for command in COMMANDS:
                    folder = tmp_path / f"{name}-{command.replace(' ', '-')}"
                    folder.mkdir()
                    seen = visit(case, command, started, folder)
                    written[name][command] = {"exit": seen.code, "said": stable(said(command, seen))}
        EXPECTED.write_text(yaml.safe_dump(written, sort_keys=False, allow_unicode=True, width=1000), "utf-8")
        expected.cache_clear()
        PAGE.write_text(page(), "utf-8")
    assert PAGE.read_text("utf-8") == page()
