"""What is known of each fault, read from `faults/behaviours/*.yaml`, and the server that has some of them."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path

from scimctl.diagnostic import usage_error
from scimctl.document import load
from scimctl.jsonvalue import Json
from scimctl.server.faults.registry import FaultyServer, Server, behaviours
from scimctl.source import SourceText

_FOLDER = Path(__file__).parent / "behaviours"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A misbehaviour that real servers had.

    `level` is what a tester may make of it: `must` and `okta` fail a server, `should` warns, `interop` is a note.
    `asked` is the request, `wrong` what the faulty server does, `right` what a server has to do, `rule` the sections
    that say so, `in_okta` what an Okta admin sees, empty when nothing. `hidden` is why no request shows it; such a
    fault cannot be switched on. `links` are places where it was reported.
    """

    name: str
    area: str
    level: str
    severity: str
    asked: str
    wrong: str
    right: str
    rule: str
    in_okta: str
    links: tuple[str, ...]
    hidden: str = ""


@cache
def faults() -> dict[str, Fault]:
    """Every known fault by name, in the order of the catalogue: by area, as the files have them."""
    return {fault.name: fault for path in sorted(_FOLDER.glob("*.yaml")) for fault in _read(path)}


def visible() -> tuple[str, ...]:
    """The names of the faults that can be switched on."""
    return tuple(name for name, fault in faults().items() if not fault.hidden)


def look_up(name: str) -> Fault:
    """The fault of that name; raises InputError with a suggestion for one that is not known."""
    found = faults().get(name)
    if found is None:
        near = difflib.get_close_matches(name, faults(), n=1)
        remedy = f"did you mean {near[0]}?" if near else "scimctl serve --list-faults shows them all"
        raise usage_error(f"there is no fault {name!r}", remedy)
    return found


def with_faults(server: Server, names: Iterable[str]) -> FaultyServer:
    """The server with these faults; raises InputError for a name that is not known, or whose fault nobody can see."""
    _import_behaviours()
    chosen = []
    for name in names:
        fault = look_up(name)
        if fault.hidden:
            raise usage_error(f"the fault {name} cannot be switched on", fault.hidden)
        chosen.append(behaviours()[name])
    return FaultyServer(server, chosen)


def _import_behaviours() -> None:
    """Imports the modules beside the files of the catalogue: each registers the faults of its area."""
    for path in _FOLDER.glob("*.yaml"):
        import_module(f"scimctl.server.faults.behaviours.{path.stem}")


def _read(path: Path) -> Iterator[Fault]:
    tree = load(SourceText(path.name, path.read_text(encoding="utf-8"))).tree
    # The files are ours and ship with the package, so what does not fit is our bug: an assertion.
    assert isinstance(tree, dict)
    entries = tree["faults"]
    assert isinstance(entries, list)
    for entry in entries:
        assert isinstance(entry, dict)
        yield _fault(str(tree["area"]), entry)


def _fault(area: str, entry: dict[str, Json]) -> Fault:
    links = entry.get("links", [])
    assert isinstance(links, list)
    words = {name: str(value) for name, value in entry.items() if name != "links"}
    return Fault(area=area, in_okta=words.pop("in_okta", ""), links=tuple(str(link) for link in links), **words)
