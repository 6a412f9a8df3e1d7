"""Which attributes a scenario rests on: those that it writes and looks at, changes by path, or filters by.

Names are in lower case, parts joined by dots: `title`, `name.middlename`. Attributes of an extension stand without
their URN, for those of RFC 7643 differ from each other and from the core's.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias
from urllib.parse import parse_qsl

from scimctl.engine.discovery import objects
from scimctl.engine.state import State, UnboundError
from scimctl.jsonvalue import Json, NotJsonError, parse
from scimctl.scenario.model import Node, OktaStep, ResponseExpect, SendSpec, SendStep, TogetherStep
from scimctl.scenario.template import render

Words: TypeAlias = frozenset[str]
_Rendered: TypeAlias = Callable[[Node | None], Json]

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_WORD = re.compile(r"[A-Za-z$][\w$-]*")
_ADDRESSING = frozenset({"filter", "sortby", "attributes"})


@dataclass(slots=True)
class Uses:
    """What a scenario does with the attributes of one resource type.

    `posted`, `replaced` (by the scenario's own PUT), `pushed` (by Okta) and `read` are paths; `patched`, `removed` (by
    PATCH) and `filtered` hold the words of each path or filter. `bodies` are the paths in each resource that is
    written, `texts` in each that is sent as it stands. `emptied` are those that a resource has as null or [].
    """

    posted: set[str] = field(default_factory=set)
    replaced: set[str] = field(default_factory=set)
    pushed: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    patched: set[Words] = field(default_factory=set)
    removed: set[Words] = field(default_factory=set)
    filtered: set[Words] = field(default_factory=set)
    bodies: list[Words] = field(default_factory=list)
    texts: list[Words] = field(default_factory=list)
    emptied: set[str] = field(default_factory=set)

    def writes(self, body: Json, paths: set[str], *, is_text: bool = False) -> None:
        """Adds the paths of `body`, a whole resource, to `paths` and to the bodies or texts."""
        written = frozenset(_paths(body))
        paths |= written
        (self.texts if is_text else self.bodies).append(written)
        if isinstance(body, dict):
            self.emptied |= {name.lower() for name, value in body.items() if value is None or value == []}

    @property
    def words(self) -> Words:
        """The names of the attributes and parts that the scenario looks at, changes by path, or filters by."""
        return frozenset().union(*(path.split(".") for path in self.read), *self.patched, *self.filtered)


def uses_of(state: State) -> dict[str, Uses]:
    """The uses of the scenario in `state`, by the name of the resource type: User or Group."""
    found: dict[str, Uses] = defaultdict(Uses)

    def rendered(node: Node | None) -> Json:
        return None if node is None else render(node.tree, lambda name: _known(state, name))

    for spec in state.scenario.resources.values():
        uses = found[spec.type]
        uses.writes(rendered(spec.body), uses.posted)
    for step in state.scenario.steps:
        match step:
            case SendStep():
                _see_request(found, step.send, rendered, state)
                _see_answer(found[_type_of(step.send.path)], step.expect, rendered)
            case TogetherStep():
                for send in step.sends:
                    _see_request(found, send, rendered, state)
            case OktaStep():
                # What is mapped, Okta pushes; an action's answers are looked at as any other.
                found["User"].pushed |= _mapped(state)
                for request in step.expect.requests or ():
                    found[_type_of(request.target)].read |= set(_paths(rendered(request.body)))
            case _:
                pass
    return found


def _known(state: State, name: str) -> Json:
    try:
        return state.resolve(name)
    except UnboundError:
        return ""


def _type_of(path: str) -> str:
    return "Group" if path.startswith("/Groups") else "User"


def _mapped(state: State) -> set[str]:
    places = [attribute.place for attribute in state.org.app.attributes if attribute.place is not None]
    whole = {place.attribute.lower() for place in places}
    return whole | {f"{place.attribute}.{place.sub}".lower() for place in places if place.sub is not None}


def _see_request(found: dict[str, Uses], send: SendSpec, rendered: _Rendered, state: State) -> None:
    uses = found[_type_of(send.path)]
    query = render(send.path.partition("?")[2], lambda name: _known(state, name))
    for name, text in parse_qsl(str(query)):
        if name.lower() in _ADDRESSING:
            uses.filtered.add(_words(text))
    body = rendered(send.body) if isinstance(send.body, Node) else _written_out(send.body, state)
    if isinstance(body, dict):
        _see_body(found, send.method, send.path, body, is_text=isinstance(send.body, str))


def _written_out(body: str | None, state: State) -> Json:
    """The JSON of a body that the scenario writes as text, if it is any and of a size that a person writes."""
    if body is None or "thousandfold" in body:
        return None
    try:
        return parse(str(render(body, lambda name: _known(state, name))).encode("utf-8", "surrogatepass"))
    except NotJsonError:
        return None


def _see_body(found: dict[str, Uses], method: str, path: str, body: dict[str, Json], *, is_text: bool = False) -> None:
    uses = found[_type_of(path)]
    if path.startswith("/Bulk"):
        for operation in objects(body.get("Operations")):
            data = operation.get("data")
            if isinstance(data, dict):
                _see_body(found, str(operation.get("method")), str(operation.get("path")), data)
    elif path.partition("?")[0].endswith("/.search"):
        texts = (str(value) for name, value in body.items() if name.lower() in _ADDRESSING)
        uses.filtered |= {_words(text) for text in texts}
    elif method == "PATCH":
        for operation in objects(body.get("Operations")):
            _see_operation(uses, operation)
    else:
        uses.writes(body, uses.posted if method == "POST" else uses.replaced, is_text=is_text)


def _see_operation(uses: Uses, operation: dict[str, Json]) -> None:
    path, value = operation.get("path"), operation.get("value")
    about = _words(path) if isinstance(path, str) else frozenset()
    if about:
        uses.patched.add(about)
        if str(operation.get("op")).lower() == "remove" or value is None or value == []:
            uses.removed.add(about)
    uses.patched |= {about | frozenset(inner.split(".")) for inner in _paths(value, with_empty=True)}


def _see_answer(uses: Uses, expect: ResponseExpect, rendered: _Rendered) -> None:
    uses.read |= set(_paths(rendered(expect.body)))


def _words(text: str) -> Words:
    return frozenset(word.lower() for word in _WORD.findall(_QUOTED.sub("", text)))


def _paths(tree: Json, under: str = "", *, with_empty: bool = False) -> Iterator[str]:
    """The paths of what has a value in a resource or an expectation, however lists, URNs and matchers enclose it.

    `with_empty` adds those of null and [].
    """
    if isinstance(tree, list):
        for item in tree:
            yield from _paths(item, under, with_empty=with_empty)
    elif isinstance(tree, dict):
        for name, value in tree.items():
            if name.startswith("$") or ":" in name or name in ("Resources", "Operations", "response"):
                yield from _paths(value, under, with_empty=with_empty)
            elif with_empty or not (value is None or value == []):
                path = f"{under}.{name.lower()}" if under else name.lower()
                yield path
                yield from _paths(value, path, with_empty=with_empty)
