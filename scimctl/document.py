"""Reads YAML strictly and keeps the place of every key and value. The only module that imports yaml.

Scalars are YAML 1.2's: `NO`, `on`, `12:30`, dates and `010` are strings, and a number is what JSON calls one, so that
a telephone number such as `+1555` stays text. Keys are always strings. Anchors, aliases, tags, duplicate keys and a
second document are refused: a scenario means what a reader sees.
"""

import math
import re
from dataclasses import dataclass, field
from typing import Protocol, Self, TypeAlias

import yaml

from scimctl.diagnostic import Diagnostic, InputError
from scimctl.jsonvalue import Json
from scimctl.source import SourceText, Span

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indexes from the root of a document to one of its values."""

MAX_DEPTH = 64
"""How deep a document may be nested; what people write stays far below."""

_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})
_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_NUMBER = re.compile(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_MAX_DIGITS = 4000


@dataclass(frozen=True, slots=True)
class Document:
    """A file's content as JSON with the span of each key and value."""

    source: SourceText
    tree: Json
    _keys: dict[Path, Span] = field(repr=False)
    _values: dict[Path, Span] = field(repr=False)

    def value_span(self, path: Path) -> Span:
        """The span of the value at `path`, or of its nearest enclosing value that is there."""
        while path and path not in self._values:
            path = path[:-1]
        return self._values[path]

    def key_span(self, path: Path) -> Span:
        """The span of the last key of `path`; for list items and the root the span of the value."""
        return self._keys.get(path) or self.value_span(path)


@dataclass(slots=True)
class _Open:
    """A collection that is being read."""

    value: dict[str, Json] | list[Json]
    path: Path
    flow: bool = False
    key: str | None = None
    skipping: bool = False
    firsts: dict[str, Span] = field(default_factory=dict)


def load(source: SourceText) -> Document:
    """The one document in `source`; an empty file is the value null.

    Raises InputError with every fault that could be found: reading stops at a syntax error, all else is collected.
    """
    try:
        reader = _Reader(source).all(getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.YAMLError:
        # libyaml and PyYAML word their faults differently, libyaml gives up on some files before their first event,
        # and it is not everywhere: the words and what is found before them are PyYAML's.
        reader = _Reader(source)
        try:
            reader.all(yaml.SafeLoader)
        except yaml.YAMLError as error:
            reader.faults.append(_syntax_fault(source, error))
    if reader.faults:
        raise InputError(*reader.faults)
    reader.values.setdefault((), Span(source, 1, 1))
    return Document(source, reader.root, reader.keys, reader.values)


class _Mark(Protocol):
    """What the marks of PyYAML and libyaml have in common."""

    @property
    def line(self) -> int: ...
    @property
    def column(self) -> int: ...


def _mark(mark: _Mark | None) -> tuple[int, int]:
    """Line and column from 0."""
    return (mark.line, mark.column) if mark is not None else (0, 0)


class _TooDeep(Exception):
    def __init__(self, diagnostic: Diagnostic) -> None:
        super().__init__(diagnostic.title)
        self.diagnostic = diagnostic


class _Reader:
    """Builds the tree from parser events, without recursion."""

    def __init__(self, source: SourceText) -> None:
        self.source = source
        self.lines = source.text.splitlines()
        self.root: Json = None
        self.keys: dict[Path, Span] = {}
        self.values: dict[Path, Span] = {}
        self.faults: list[Diagnostic] = []
        self.stack: list[_Open] = []
        self.documents = 0

    def all(self, loader: type[yaml.SafeLoader]) -> Self:
        """Takes the events that `loader` gives, up to a collection too deep. Raises yaml.YAMLError."""
        try:
            for event in yaml.parse(self.source.text, Loader=loader):
                self.take(event)
        except _TooDeep as error:
            self.faults.append(error.diagnostic)
        return self

    def take(self, event: yaml.Event) -> None:
        match event:
            case yaml.DocumentStartEvent():
                self.documents += 1
                if self.documents == 2:
                    self.fault(
                        "a second document begins here", event, "only one document a file", "remove the line `---`"
                    )
            case yaml.AliasEvent():
                self.fault(
                    f"alias `*{event.anchor}` is not allowed", event, "aliases are refused", "write the value out"
                )
                self.add(None, event)
            case yaml.ScalarEvent():
                self.refuse_marks(event)
                self.scalar(event)
            case yaml.MappingStartEvent():
                self.refuse_marks(event)
                self.open({}, event)
            case yaml.SequenceStartEvent():
                self.refuse_marks(event)
                self.open([], event)
            case yaml.MappingEndEvent() | yaml.SequenceEndEvent():
                self.close(event)
            case _:
                pass

    def refuse_marks(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.anchor is not None:
            self.fault(f"anchor `&{event.anchor}` is not allowed", event, "anchors are refused", "write the value out")
        if event.tag is not None:
            tag = event.tag.replace("tag:yaml.org,2002:", "!!")
            self.fault(
                f"tag `{tag}` is not allowed",
                event,
                "tags are refused",
                "remove the tag; quote text that must stay text",
            )

    def scalar(self, event: yaml.ScalarEvent) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self.key(top, event)
            return
        plain = not event.style
        self.add(self.plain(event) if plain else event.value, event)

    def plain(self, event: yaml.ScalarEvent) -> Json:
        text: str = event.value
        if text in _NULL:
            return None
        if text in _TRUE or text in _FALSE:
            return text in _TRUE
        if len(text) <= _MAX_DIGITS and _INTEGER.fullmatch(text):
            return int(text)
        if _NUMBER.fullmatch(text):
            number = float(text)
            if len(text) > _MAX_DIGITS or math.isinf(number):
                self.fault(
                    "the number is too large", event, "more than a computer number holds", "quote it to keep it as text"
                )
                return None
            return number
        return text

    def key(self, top: _Open, event: yaml.ScalarEvent) -> None:
        name: str = event.value
        span = self.span(event)
        top.key = name
        top.skipping = False
        if not name and not event.style:
            self.fault(
                "a key is missing", event, "nothing stands before the colon", 'write a key, or "" for an empty one'
            )
        if name in top.firsts:
            self.fault(
                f"key `{name}` stands here a second time",
                event,
                "duplicate key",
                "remove one of the two",
                f"the first is at {top.firsts[name].place}",
            )
            top.skipping = True
        else:
            top.firsts[name] = span
            self.keys[(*top.path, name)] = span

    def open(self, value: dict[str, Json] | list[Json], event: yaml.CollectionStartEvent) -> None:
        top = self.stack[-1] if self.stack else None
        if top is not None and isinstance(top.value, dict) and top.key is None:
            self.fault(
                "a list or mapping stands where a key is expected",
                event,
                "keys are plain words",
                "quote a key that begins with [ or {",
            )
            top.key, top.skipping = "", True
            # The key itself is read into a place that nobody sees, and its value is dropped.
            self.stack.append(_Open(value, top.path))
            return
        if len(self.stack) >= MAX_DEPTH:
            raise _TooDeep(
                self.diagnostic(f"nested more than {MAX_DEPTH} levels deep", event, "one level too many", "flatten it")
            )
        path = self.add(value, event)
        self.stack.append(_Open(value, path, flow=bool(event.flow_style)))

    def close(self, event: yaml.Event) -> None:
        closed = self.stack.pop()
        begun = self.values.get(closed.path)
        if closed.flow and begun is not None and _mark(event.end_mark)[0] == begun.line - 1:
            length = _mark(event.end_mark)[1] + 1 - begun.column
            self.values[closed.path] = Span(self.source, begun.line, begun.column, length)

    def add(self, value: Json, event: yaml.Event) -> Path:
        """Puts a value where it belongs and returns its path."""
        if not self.stack:
            path: Path = ()
            if self.documents == 1:
                self.root = value
        else:
            top = self.stack[-1]
            if isinstance(top.value, list):
                path = (*top.path, len(top.value))
                top.value.append(value)
            else:
                key = top.key if top.key is not None else ""
                path = (*top.path, key)
                if not top.skipping:
                    top.value[key] = value
                top.key = None
                if top.skipping:
                    return path
        self.values.setdefault(path, self.span(event))
        return path

    def span(self, event: yaml.Event) -> Span:
        """From the event's start to its end, or to the end of its first line."""
        row, column = _mark(event.start_mark)
        last, stop = _mark(event.end_mark)
        line = self.lines[row] if row < len(self.lines) else ""
        if last != row or isinstance(event, yaml.CollectionStartEvent):
            stop = len(line.rstrip())
        return Span(self.source, row + 1, column + 1, max(1, stop - column))

    def diagnostic(self, title: str, event: yaml.Event, label: str, remedy: str, *notes: str) -> Diagnostic:
        return Diagnostic(title=title, span=self.span(event), label=label, help=remedy, notes=notes)

    def fault(self, title: str, event: yaml.Event, label: str, remedy: str, *notes: str) -> None:
        self.faults.append(self.diagnostic(title, event, label, remedy, *notes))


_REMEDIES = (
    ("mapping values are not allowed here", "quote text that contains `: `, and check the indentation"),
    ("cannot start any token", "quote the text, and indent with spaces, not tabs"),
    ("expected <block end>", "check the indentation: the lines of one list or mapping begin in one column"),
    ("could not find expected ':'", "write `key: value`, with a space after the colon"),
    ("expected ',' or", "close the bracket, or put a comma between the items"),
    ("unexpected end of stream", "close the quotation mark"),
)


def _syntax_fault(source: SourceText, error: yaml.YAMLError) -> Diagnostic:
    """The parser's fault as a Diagnostic: its words, the place, and what usually mends it."""
    if isinstance(error, yaml.MarkedYAMLError):
        problem = str(error.problem or error.context)
        context = str(error.context or "")
        line, column = _mark(error.problem_mark or error.context_mark)
    else:
        position = int(getattr(error, "position", 0))
        before = source.text[:position].splitlines() or [""]
        problem, context = "a control character cannot stand in YAML", ""
        line, column = len(before) - 1, len(before[-1])
    remedy = next((text for mark_text, text in _REMEDIES if mark_text in problem), "")
    return Diagnostic(
        title=f"not YAML: {problem}",
        span=Span(source, line + 1, column + 1),
        label=problem,
        notes=(context,) if context and context != problem else (),
        help=remedy,
    )
