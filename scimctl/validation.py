"""JSON Schema: whether a tree is valid, and what is wrong with one that is not. The only owner of the two libraries.

jsonschema_rs answers yes or no and is fast; jsonschema explains. Where jsonschema_rs has no wheel, jsonschema does
both. Formats are annotations and are not asserted (JSON Schema 2020-12, Validation §7.2.1).
"""

import difflib
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Protocol, TypeAlias, cast

from scimctl.diagnostic import Diagnostic
from scimctl.jsonvalue import Json, show
from scimctl.source import Span

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError

Path: TypeAlias = tuple[str | int, ...]


class Spans(Protocol):
    """A tree that knows where its parts stand; document.Document is one."""

    @property
    def tree(self) -> Json:
        """The tree itself."""

    def key_span(self, path: Path) -> Span:
        """The span of the key at `path`."""

    def value_span(self, path: Path) -> Span:
        """The span of the value at `path`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemaError:
    """One departure from a schema.

    `path` leads to the value at fault, for `required` and `additionalProperties` to the member; `keyword` is the
    schema's keyword, `rule` its value; `known` are the members that the schema names, for an unknown one.
    """

    path: Path
    keyword: str
    rule: Json
    expected: str
    actual: Json
    message: str
    known: tuple[str, ...] = ()


MAX_ERRORS = 200
"""How many departures are explained: a schema that asks for ten thousand members would take minutes."""


class Validator:
    """A JSON Schema (2020-12), compiled when it is first needed; one may be shared between threads."""

    def __init__(self, schema: dict[str, Json]) -> None:
        self._schema = schema
        self._lock = threading.Lock()
        self._fast: Callable[[Json], bool] | None = None
        self._slow: Draft202012Validator | None = None

    def is_valid(self, tree: Json) -> bool:
        """Whether `tree` keeps the schema."""
        with self._lock:
            if self._fast is None:
                self._fast = self._compile_fast()
        try:
            return self._fast(tree)
        except ValueError:
            # Lone surrogates and deep nesting are beyond jsonschema_rs.
            return self._explainer().is_valid(tree)

    def errors(self, tree: Json) -> list[SchemaError]:
        """The departures of `tree` from the schema, in the order of the places; empty when it is valid.

        Of a tree that is wrong in more than MAX_ERRORS places, the first that come up.
        """
        found = [error for raw in islice(self._explainer().iter_errors(tree), MAX_ERRORS) for error in _explain(raw)]
        return sorted(found, key=lambda error: [_sortable(part) for part in error.path])

    def _compile_fast(self) -> Callable[[Json], bool]:
        try:
            import jsonschema_rs
        except ImportError:
            return lambda tree: self._explainer().is_valid(tree)
        compiled = jsonschema_rs.Draft202012Validator(self._schema, validate_formats=False)
        return cast("Callable[[Json], bool]", compiled.is_valid)

    def _explainer(self) -> "Draft202012Validator":
        if self._slow is None:
            from jsonschema import Draft202012Validator

            self._slow = Draft202012Validator(self._schema)
        return self._slow


def _sortable(part: str | int) -> tuple[int, str]:
    return (part, "") if isinstance(part, int) else (0, part)


_TYPE_WORDS = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "a boolean",
    "array": "an array",
    "object": "an object",
    "null": "null",
}
_YAML_WORDS = {**_TYPE_WORDS, "string": "text", "integer": "a whole number", "boolean": "true or false"} | {
    "array": "a list",
    "object": "a mapping",
}


def _explain(error: "ValidationError") -> Iterator[SchemaError]:
    """jsonschema's error in our words: one for each member, and the nearest branch of a choice."""
    if error.validator in ("anyOf", "oneOf") and error.context:
        from jsonschema.exceptions import best_match

        inner = best_match([error])
        if inner is not None and inner is not error:
            yield from _explain(inner)
            return
    path: Path = tuple(error.absolute_path)
    keyword = str(error.validator)
    schema: Mapping[str, Json] = error.schema if isinstance(error.schema, Mapping) else {}
    actual = cast("Json", error.instance)
    rule = cast("Json", error.validator_value)
    if keyword in ("additionalProperties", "unevaluatedProperties") and isinstance(actual, dict):
        known = tuple(_object(schema.get("properties", {})))
        for name in actual:
            if name not in known:
                yield SchemaError(
                    path=(*path, name),
                    keyword=keyword,
                    rule=rule,
                    expected="no such member",
                    actual=actual[name],
                    message=f"`{name}` is not known here",
                    known=known,
                )
        return
    if keyword == "required":
        # jsonschema reports each missing member by itself and names it in the message alone.
        name = next(name for name in _strings(rule) if error.message.startswith(repr(name)))
        yield SchemaError(
            path=(*path, name),
            keyword=keyword,
            rule=rule,
            expected="present",
            actual=None,
            message=f"`{name}` is missing",
        )
        return
    expected = _expected(keyword, rule, schema, _TYPE_WORDS)
    if list(error.absolute_schema_path)[-2:-1] == ["propertyNames"]:
        # Here the instance is a name, and the path leads to the object that holds it.
        path, keyword = (*path, str(actual)), "propertyNames"
    yield SchemaError(
        path=path,
        keyword=keyword,
        rule=rule,
        expected=expected,
        actual=actual,
        message=f"{show(actual, 60)} is not {expected}",
    )


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}


def _strings(value: Json) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _alternatives(words: Sequence[str]) -> str:
    return " or ".join(([", ".join(words[:-1])] if words[1:] else []) + list(words[-1:]))


def _expected(keyword: str, rule: Json, schema: Mapping[str, Json], words: dict[str, str]) -> str:
    """What a keyword demands, as the end of `… is not …`."""
    own = schema.get("patternErrorMessage")
    match keyword:
        case "type":
            names = [rule] if isinstance(rule, str) else _strings(rule)
            return _alternatives([words[name] for name in names])
        case "enum" if isinstance(rule, list):
            return _alternatives([show(item, 40) for item in rule[:8]]) + (" …" if len(rule) > 8 else "")
        case "const":
            return show(rule, 60)
        case "pattern":
            return own if isinstance(own, str) else f"text that matches {rule}"
        case "minItems" | "minProperties" | "minLength":
            what = {"minItems": "items", "minProperties": "members", "minLength": "characters"}[keyword]
            return f"{show(rule)} {what} long at least" if rule != 1 else "non-empty"
        case "maxItems" | "maxProperties" | "maxLength":
            what = {"maxItems": "items", "maxProperties": "members", "maxLength": "characters"}[keyword]
            return f"{show(rule)} {what} long at most"
        case "minimum" | "maximum":
            return f"at {'least' if keyword == 'minimum' else 'most'} {show(rule)}"
        case "uniqueItems":
            return "free of duplicates"
        case _:
            return f"what `{keyword}` allows"


_SHOWN = 8
_MANY = 20


def near(word: str, candidates: Iterable[str], kind: str) -> str:
    """Help for an unknown word: the one near name, else eight candidates; nothing when there are far more of them."""
    names = list(dict.fromkeys(candidates))
    close = difflib.get_close_matches(word, names, n=1, cutoff=0.6)
    if close:
        return f"did you mean `{close[0]}`?"
    if not names or len(names) > _MANY:
        return ""
    return f"{kind}: {', '.join(names[:_SHOWN])}" + (", …" if len(names) > _SHOWN else "")


def diagnostics(document: Spans, validator: Validator) -> list[Diagnostic]:
    """The schema errors of a person's file, each at the key or value at fault and with what to do."""
    if validator.is_valid(document.tree):
        return []
    return [_diagnostic(document, error) for error in validator.errors(document.tree)]


def _diagnostic(document: Spans, error: SchemaError) -> Diagnostic:
    if error.keyword == "required":
        return Diagnostic(
            title=f"`{error.path[-1]}` is missing",
            span=document.key_span(error.path[:-1]),
            label="it belongs in here",
            help=f"add `{error.path[-1]}: …`",
        )
    if error.known or error.keyword in ("additionalProperties", "unevaluatedProperties"):
        name = str(error.path[-1])
        return Diagnostic(
            title=f"key `{name}` is not known here",
            span=document.key_span(error.path),
            label="unknown key",
            help=near(name, error.known, "known keys"),
        )
    if error.keyword == "propertyNames":
        return Diagnostic(
            title=f"`{error.path[-1]}` is no name here",
            span=document.key_span(error.path),
            label=f"expected {error.expected}",
        )
    return _value_diagnostic(document, error)


def _value_diagnostic(document: Spans, error: SchemaError) -> Diagnostic:
    name = next((part for part in reversed(error.path) if isinstance(part, str)), "")
    subject = f"`{name}`" if name else "the file"
    actual = show(error.actual, 60)
    help_text = ""
    if error.keyword == "type":
        expected = _expected("type", error.rule, {}, _YAML_WORDS)
        if isinstance(error.actual, bool | int | float) and "text" in expected:
            help_text = f'quote it to make it text: "{actual}"'
    elif error.keyword == "enum" and isinstance(error.rule, list):
        words = [item if isinstance(item, str) else show(item) for item in error.rule]
        expected = "one of the known values"
        help_text = near(error.actual if isinstance(error.actual, str) else actual, words, "known values")
    elif error.keyword == "maxProperties":
        expected = f"at most {show(error.rule)} key" + ("" if error.rule == 1 else "s")
    else:
        expected = error.expected
    if not error.path and error.actual is None:
        title = "the file is empty"
    elif isinstance(error.actual, dict | list):
        title = f"{subject} is {_YAML_WORDS['object' if isinstance(error.actual, dict) else 'array']}"
    else:
        title = f"{subject} is {actual}"
    if error.keyword.startswith("min") and error.actual in ({}, [], ""):
        title, expected = f"{subject} is empty", "at least one entry" if error.actual != "" else "some text"
    return Diagnostic(
        title=title,
        span=document.value_span(error.path),
        label=f"expected {expected}",
        help=help_text,
    )
