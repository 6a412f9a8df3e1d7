"""Reads the explanations beside this module."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from scimctl.document import load
from scimctl.jsonvalue import Json
from scimctl.source import SourceText

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Explanation:
    """Of a requirement: what a broken one means in Okta, and what to do about it."""

    okta: str
    fix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """Of a passive check: a request with a wrong and a right answer, and what the check says of the wrong one."""

    request: str
    wrong: str
    right: str
    expected: str
    actual: str


@cache
def explanations() -> dict[str, Explanation]:
    """By the id of the requirement; every one that a scenario or a check tests has one."""
    found: dict[str, Explanation] = {}
    for path in sorted((_FOLDER / "requirements").glob("*.yaml")):
        for name, entry in _mapping(path):
            found[name] = Explanation(okta=str(entry["okta"]), fix=str(entry["fix"]))
    return found


@cache
def causes() -> dict[str, tuple[str, str]]:
    """By the code of a cause: what it means, and what an Okta admin does about it."""
    return {name: (str(entry["means"]), str(entry["fix"])) for name, entry in _mapping(_FOLDER / "causes.yaml")}


@cache
def broken_by_faults() -> dict[str, tuple[str, ...]]:
    """By the name of a fault of the reference server: the ids of the requirements that it breaks."""
    tree = load(SourceText("faults.yaml", (_FOLDER / "faults.yaml").read_text("utf-8"))).tree
    assert isinstance(tree, dict)
    return {name: tuple(map(str, entry)) for name, entry in tree.items() if isinstance(entry, list)}


@cache
def examples() -> dict[str, Example]:
    """By the id of the passive check; each check has one."""
    return {
        name: Example(**{key: str(value) for key, value in entry.items()})
        for name, entry in _mapping(_FOLDER / "examples.yaml")
    }


@cache
def words() -> dict[str, str]:
    """Ids that stand for something else than a requirement or a passive check, with what they mean.

    The checks that scenarios make themselves, and the verdicts. A star stands for anything.
    """
    tree = load(SourceText("words.yaml", (_FOLDER / "words.yaml").read_text("utf-8"))).tree
    assert isinstance(tree, dict)
    return {name: str(text) for name, text in tree.items()}


def _mapping(path: Path) -> Iterator[tuple[str, dict[str, Json]]]:
    tree = load(SourceText(path.name, path.read_text("utf-8"))).tree
    # The files are ours and ship with the package, so what does not fit is our bug: an assertion.
    assert isinstance(tree, dict)
    for name, entry in tree.items():
        assert isinstance(entry, dict)
        yield name, entry
