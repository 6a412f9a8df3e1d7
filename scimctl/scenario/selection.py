"""Which scenarios a person means: suites, ids, prefixes, tags and paths, with the same forms to leave some out."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TypeAlias

from scimctl import bundle
from scimctl.diagnostic import Diagnostic, InputError, usage_error
from scimctl.okta.app import AppKind
from scimctl.scenario.files import read_source
from scimctl.scenario.model import Scenario
from scimctl.scenario.parser import File, read_files
from scimctl.spec.catalogue import Catalogue
from scimctl.validation import near

DEFAULT_SUITE = "okta"
SUFFIXES = (".yaml", ".yml", ".json")
"""The suffixes of scenario files."""

_Test: TypeAlias = Callable[[Scenario], bool]

SUITES: dict[str, _Test] = {
    "okta": lambda scenario: scenario.suite == "okta",
    "rfc": lambda scenario: scenario.suite.startswith("rfc"),
    "all": lambda scenario: scenario.suite == "okta" or scenario.suite.startswith("rfc"),
    "wrike": lambda scenario: scenario.suite == "wrike",
}
"""The suites by name; `all` leaves out `wrike`, which runs only when it is named."""


@cache
def load_bundled() -> tuple[Scenario, ...]:
    """Every bundled scenario: okta, then the RFCs, then wrike; within a suite by path, then in file order."""
    folder = bundle.scenarios_folder()
    order = {"okta": 0, "wrike": 2}
    paths = [path for path in folder.glob("*/*.yaml") if path.parent.name != "requirements"]
    paths.sort(key=lambda path: (order.get(path.parent.name, 1), path.parent.name, path.name))
    return tuple(read_files(map(_file, paths), Catalogue.load()))


def load_paths(paths: Iterable[Path], variables: Mapping[str, str] | None = None) -> tuple[Scenario, ...]:
    """The scenarios of the user's files, and of the scenario files in the user's folders.

    `variables` are those of exported suites; without any mapping, what lacks a value is no fault. Raises InputError
    with every fault of all files, and for a path that is not there.
    """
    return tuple(read_files(map(_file, scenario_files(paths)), Catalogue.load(), variables))


def scenario_files(paths: Iterable[Path]) -> list[Path]:
    """The files that `paths` stand for: a folder stands for the scenario files in and below it."""
    files: list[Path] = []
    for path in paths:
        if not path.exists():
            raise usage_error(f"there is no file {path}", "check the path")
        if path.is_dir():
            below = (found for found in path.rglob("*") if found.suffix in SUFFIXES and found.is_file())
            files += sorted(found for found in below if found.parent.name != "requirements")
        else:
            files.append(path)
    return list(dict.fromkeys(files))


def _file(path: Path) -> File:
    folder = bundle.scenarios_folder().resolve()
    resolved = path.resolve()
    if resolved.is_relative_to(folder):
        # The same name wherever the bundle lies, so that reports do not depend on the machine.
        return File(read_source(path, f"scenarios/{resolved.relative_to(folder).as_posix()}"), resolved.parent.name)
    return File(read_source(path), "")


def is_path(selector: str) -> bool:
    """Whether a selector names a file or a folder."""
    return "/" in selector or selector.endswith(SUFFIXES) or ("." in selector and Path(selector).exists())


def rfc_selected(selectors: Sequence[str]) -> bool:
    """Whether RFC findings of passive checks keep their level."""
    return any(selector in ("rfc", "all") for selector in selectors)


def select(
    selectors: Sequence[str],
    *,
    skip: Sequence[str] = (),
    app_kind: AppKind | None = None,
    variables: Mapping[str, str] | None = None,
) -> tuple[Scenario, ...]:
    """The scenarios that `selectors` mean (none: the okta suite) without those that `skip` means, each once.

    Bundled ones come in their order, then those of paths in theirs. `app_kind` drops the scenarios that state another
    kind; `variables` are those of exported suites. Raises InputError for a selector that matches nothing, and when
    nothing is left.
    """
    wanted = list(selectors) or [DEFAULT_SUITE]
    own = load_paths((Path(selector) for selector in wanted if is_path(selector)), variables)
    # A path may lead to a bundled file; its scenarios are then there twice, and the first is as good as the second.
    known = tuple({scenario.id: scenario for scenario in (*load_bundled(), *own)}.values())
    chosen = {scenario.id for selector in wanted for scenario in _matching(selector, known)}
    left_out = {scenario.id for selector in skip for scenario in _matching(selector, known)}
    selected = tuple(
        scenario for scenario in known if scenario.id in chosen - left_out and _is_of_kind(scenario, app_kind)
    )
    if not selected:
        raise usage_error("no scenario is left to run", "leave out some of --skip and --app-kind")
    return selected


def _is_of_kind(scenario: Scenario, kind: AppKind | None) -> bool:
    return kind is None or not scenario.app.stated or scenario.app.kind is kind


def _matching(selector: str, known: tuple[Scenario, ...]) -> list[Scenario]:
    """The scenarios that one selector means; the forms are tried in the order of docs/cli.md."""
    if is_path(selector):
        ids = {scenario.id for scenario in load_paths([Path(selector)])}
        return [scenario for scenario in known if scenario.id in ids]
    for test in _tests(selector):
        found = [scenario for scenario in known if test(scenario)]
        if found:
            return found
    raise InputError(_no_match(selector, known))


def _tests(selector: str) -> list[_Test]:
    if selector in SUITES:
        return [SUITES[selector]]
    if selector.startswith("tag:"):
        return [lambda scenario: selector.removeprefix("tag:") in scenario.tags]
    prefix = selector if selector.endswith(".") else selector + "."
    return [
        lambda scenario: selector in (scenario.id, scenario.base_id),
        lambda scenario: scenario.base_id.startswith(prefix),
    ]


def _no_match(selector: str, known: tuple[Scenario, ...]) -> Diagnostic:
    tags = {f"tag:{tag}" for scenario in known for tag in scenario.tags}
    ids = {name for scenario in known for name in (scenario.id, scenario.base_id, *_prefixes(scenario.base_id))}
    if selector.startswith("tag:"):
        remedy = near(selector, tags, "tags")
    else:
        suites = {name for name, test in SUITES.items() if any(map(test, known))}
        remedy = near(selector, ids | suites, "scenarios")
    return Diagnostic(title=f"`{selector}` selects no scenario", help=remedy or "see: scimctl scenarios list")


def _prefixes(base_id: str) -> list[str]:
    parts = base_id.split(".")
    return [".".join(parts[:count]) for count in range(1, len(parts))]
