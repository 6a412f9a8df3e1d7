"""The requirements, read from `scenarios/requirements/`."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from scimctl import bundle
from scimctl.diagnostic import Diagnostic, InputError
from scimctl.document import Document, load
from scimctl.jsonvalue import Json
from scimctl.source import SourceText
from scimctl.spec.requirement import Level, Requirement
from scimctl.validation import Validator, diagnostics, near

OWN = "own-01"
"""The requirement of a scenario that names none: what its author expects."""


class Catalogue:
    """Requirements by id, in the order of the files."""

    def __init__(self, requirements: Iterable[Requirement]) -> None:
        self._by_id = {requirement.id: requirement for requirement in requirements}

    def __iter__(self) -> Iterator[Requirement]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, requirement_id: str) -> bool:
        return requirement_id in self._by_id

    def get(self, requirement_id: str) -> Requirement:
        """The requirement of that id; raises KeyError for one that is not there (parser and checks know theirs)."""
        return self._by_id[requirement_id]

    def look_up(self, requirement_id: str) -> Requirement:
        """The requirement of an id that a person gave, in any case; raises InputError with a suggestion."""
        found = self._by_id.get(requirement_id.lower())
        if found is None:
            raise InputError(
                Diagnostic(title=f"there is no requirement `{requirement_id}`", help=self.suggestion(requirement_id))
            )
        return found

    def suggestion(self, requirement_id: str) -> str:
        """Help for an id that is not there."""
        word, _, number = requirement_id.lower().partition("-")
        padded = f"{word}-{number.zfill(2)}"
        wanted = padded if padded in self._by_id else requirement_id.lower()
        return near(wanted, self._by_id, "requirements") or "a requirement's id looks like okta-08"

    @classmethod
    def load(cls) -> "Catalogue":
        """The bundled catalogue, read once a process."""
        return _bundled()


@cache
def _bundled() -> Catalogue:
    paths = sorted((bundle.scenarios_folder() / "requirements").glob("*.yaml"))
    return Catalogue(requirement for path in paths for requirement in read(path))


@cache
def _validator() -> Validator:
    return Validator(bundle.read_schema("scimctl/requirement.schema.json"))


def read(path: Path) -> list[Requirement]:
    """The requirements of one file. Raises InputError for what does not keep `requirement.schema.json`."""
    document = load(SourceText(path.name, path.read_text("utf-8")))
    faults = diagnostics(document, _validator())
    if faults:
        raise InputError(*faults)
    return list(_requirements(document))


def _requirements(document: Document) -> Iterator[Requirement]:
    tree = document.tree
    assert isinstance(tree, dict)
    assert isinstance(tree["requirements"], list)
    seen: set[str] = set()
    for index, entry in enumerate(tree["requirements"]):
        assert isinstance(entry, dict)
        requirement = _requirement(str(tree["document"]), entry)
        if requirement.id in seen:
            span = document.value_span(("requirements", index, "id"))
            raise InputError(Diagnostic(title=f"`{requirement.id}` stands here a second time", span=span))
        seen.add(requirement.id)
        yield requirement


def _requirement(document: str, entry: dict[str, Json]) -> Requirement:
    return Requirement(
        id=str(entry["id"]),
        document=document,
        section=str(entry["section"]),
        level=Level(entry["level"]),
        rule=str(entry["rule"]),
        quote=str(entry.get("quote", "")),
        derived=entry.get("derived") is True,
    )
