"""What the parts of the parser share: the document, the faults found so far, and where they stand."""

from dataclasses import dataclass, field

from scimctl.diagnostic import Diagnostic
from scimctl.document import Document, Path
from scimctl.jsonvalue import Json
from scimctl.scenario.model import Node
from scimctl.source import Span
from scimctl.spec.catalogue import Catalogue


@dataclass(slots=True)
class Reading:
    """One file that is being read; faults are collected, so that a person sees all of them at once."""

    document: Document
    catalogue: Catalogue
    suite: str
    faults: list[Diagnostic] = field(default_factory=list)

    def at(self, path: Path) -> Json:
        """The value at `path`, which is there."""
        tree = self.document.tree
        for part in path:
            if isinstance(tree, dict):
                tree = tree[str(part)]
            elif isinstance(tree, list):
                tree = tree[int(part)]
        return tree

    def members(self, path: Path) -> dict[str, Json]:
        """The mapping at `path`; empty when there is none."""
        try:
            found = self.at(path)
        except KeyError:
            return {}
        return found if isinstance(found, dict) else {}

    def node(self, path: Path) -> Node | None:
        """The value at `path` with its spans, or None when its key is absent."""
        name = path[-1]
        if isinstance(name, str) and name not in self.members(path[:-1]):
            return None
        return Node(self.document, path, self.at(path))

    def texts(self, path: Path) -> tuple[tuple[str, Path], ...]:
        """A text or a list of texts at `path`, each with its place; none when the key is absent."""
        node = self.node(path)
        if node is None:
            return ()
        if isinstance(node.tree, list):
            return tuple((str(item), (*path, index)) for index, item in enumerate(node.tree))
        return ((str(node.tree), path),)

    def requirements(self, path: Path) -> tuple[str, ...]:
        """The requirement ids at `path`; one that the catalogue lacks is a fault."""
        found: list[str] = []
        for text, place in self.texts(path):
            if text in self.catalogue:
                found.append(text)
            else:
                self.fault(
                    f"requirement `{text}` is not in the catalogue",
                    place,
                    label="unknown requirement",
                    remedy=self.catalogue.suggestion(text),
                )
        return tuple(found)

    def fault(
        self, title: str, path: Path, *, label: str = "", remedy: str = "", key: bool = False, part: str = ""
    ) -> None:
        """Notes a fault at the value at `path`, at its key, or at `part` of its text."""
        span = self.document.key_span(path) if key else self.document.value_span(path)
        self.faults.append(Diagnostic(title=title, span=_narrow(span, part), label=label, help=remedy))


def _narrow(span: Span, part: str) -> Span:
    """The span of `part` within `span`, where it stands there literally."""
    if not part:
        return span
    line = span.source.line(span.line)
    start = line.find(part, span.column - 1, span.column - 1 + span.length)
    return span if start < 0 else Span(span.source, span.line, start + 1, len(part))
