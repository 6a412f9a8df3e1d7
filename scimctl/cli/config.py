"""Reads `scimctl.toml`: named targets, and parameters of the mock and of the app."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from scimctl.diagnostic import Diagnostic, InputError, usage_error
from scimctl.source import SourceText, Span

FILE_NAME = "scimctl.toml"

_TARGET_KEYS: dict[str, type | tuple[type, ...]] = {
    "base_url": str,
    "token": str,
    "token_file": str,
    "token_env": str,
    "basic": str,
    "auth_style": str,
    "headers": dict,
    "oauth_token_url": str,
    "oauth_client_id": str,
    "oauth_client_secret": str,
    "other_token": str,
    "read_only_token": str,
    "ca_file": str,
    "client_cert": str,
    "client_key": str,
    "insecure": bool,
    "proxy": str,
    "timeout": (int, float),
    "set": dict,
}
_PATH_KEYS = frozenset({"token_file", "ca_file", "client_cert", "client_key"})
_KINDS = {
    str: "a string",
    bool: "true or false",
    dict: "a table",
    (int, float): "a number",
    (str, int, bool): "a value",
}

_TABLE_LINE = re.compile(r"^\s*\[\s*(?P<name>[^\[\]]+?)\s*\]")
_KEEP = re.compile(
    r"""\s*(?:\[|$|(?:[\w."'-]+\.)?(?:base_url|token_file|token_env|auth_style|oauth_token_url|oauth_client_id|ca_file"""
    r"""|client_cert|client_key|insecure|timeout)["']?\s*=)"""
)
_USER = re.compile(r"//[^/@\s]*@")
_KEY_LINE = re.compile(r"""^\s*(?P<quote>["']?)(?P<key>[^"'=]+?)(?P=quote)\s*=""")


@dataclass(frozen=True, slots=True, repr=False)
class TargetTable:
    """A table `[target.NAME]`, its paths resolved against the file's folder. No repr, for it may hold a token."""

    values: Mapping[str, str | float | bool]
    headers: tuple[tuple[str, str], ...] = ()
    parameters: Mapping[str, str | int | bool] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, repr=False)
class Config:
    """What `scimctl.toml` says; empty when there is none."""

    path: Path | None = None
    targets: Mapping[str, TargetTable] = field(default_factory=dict)
    parameters: Mapping[str, str | int | bool] = field(default_factory=dict)

    def target(self, name: str) -> TargetTable:
        """The table of `name`; raises InputError with the names there are."""
        if name in self.targets:
            return self.targets[name]
        if self.path is None:
            raise usage_error(
                f"--target {name} needs a {FILE_NAME}, and neither this folder nor one above it has one",
                f'write {FILE_NAME} with:  [target.{name}]  and  base_url = "https://example.com/scim/v2"',
            )
        near = get_close_matches(name, self.targets, n=1)
        known = ", ".join(list(self.targets)[:8]) or "none"
        raise usage_error(
            f"{self.path.name} has no table [target.{name}]",
            f"--target {near[0]}" if near else "",
            f"it has: {known}",
        )


def find(folder: Path) -> Path | None:
    """The nearest `scimctl.toml` in `folder` or above it."""
    return next((path for place in (folder, *folder.parents) if (path := place / FILE_NAME).is_file()), None)


def load(folder: Path) -> Config:
    """The configuration that holds in `folder`. Raises InputError with every fault of the file, and its lines."""
    path = find(folder)
    if path is None:
        return Config()
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise usage_error(f"{path} cannot be read: {reason}", "make it a UTF-8 text file that you may read") from error
    source = SourceText(FILE_NAME, _masked(text))
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(_syntax_fault(source, str(error))) from error
    return _Reader(source, path).config(document)


class _Reader:
    def __init__(self, source: SourceText, path: Path) -> None:
        self._source = source
        self._path = path
        self._faults: list[Diagnostic] = []

    def config(self, document: dict[str, Any]) -> Config:
        known = ("target", "set")
        for name in document:
            if name not in known:
                self._unknown(name, "", known)
        targets: dict[str, TargetTable] = {}
        for name, table in self._table(document, "target", "").items():
            if isinstance(table, dict):
                targets[name] = self._target(table, f"target.{name}")
            else:
                self._fault(f"target.{name} is {_kind_of(table)}, not a table", name, "target", f"[target.{name}]")
        parameters = self._parameters(self._table(document, "set", ""), "set")
        if self._faults:
            raise InputError(*sorted(self._faults, key=lambda fault: fault.span.line if fault.span is not None else 0))
        return Config(self._path, targets, parameters)

    def _target(self, table: dict[str, Any], place: str) -> TargetTable:
        values: dict[str, str | float | bool] = {}
        for name, value in table.items():
            kind = _TARGET_KEYS.get(name)
            if kind is None:
                self._unknown(name, place, tuple(_TARGET_KEYS))
            elif not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
                self._fault(f"{name} is {_kind_of(value)}, not {_KINDS[kind]}", name, place, "")
            elif kind is not dict:
                values[name] = table[name]
        headers = self._table(table, "headers", place)
        for name, value in headers.items():
            if not isinstance(value, str):
                self._fault(f"the header {name} is {_kind_of(value)}, not a string", name, f"{place}.headers", "")
        fields = tuple((name, value) for name, value in headers.items() if isinstance(value, str))
        for name in _PATH_KEYS & values.keys():
            values[name] = str(self._path.parent / Path(str(values[name])).expanduser())
        return TargetTable(values, fields, self._parameters(self._table(table, "set", place), f"{place}.set"))

    def _table(self, table: dict[str, Any], name: str, place: str) -> dict[str, Any]:
        value = table.get(name, {})
        if isinstance(value, dict):
            return value
        if not place:
            self._fault(f"{name} is {_kind_of(value)}, not a table", name, place, f"[{name}]")
        return {}

    def _parameters(self, table: dict[str, Any], place: str) -> dict[str, str | int | bool]:
        for name, value in table.items():
            if not isinstance(value, str | int | bool):
                self._fault(f"{name} is {_kind_of(value)}, not a string, a number or true or false", name, place, "")
        return {name: value for name, value in table.items() if isinstance(value, str | int | bool)}

    def _unknown(self, name: str, place: str, known: tuple[str, ...]) -> None:
        near = get_close_matches(name, known, n=1)
        where = f"[{place}]" if place else "the top level"
        remedy = f"did you mean {near[0]}?" if near else "it takes: " + ", ".join(known)
        self._fault(f"{where} has no key {name}", name, place, remedy)

    def _fault(self, title: str, name: str, place: str, remedy: str) -> None:
        self._faults.append(Diagnostic(title=title, span=_span(self._source, name, place), help=remedy))


def _kind_of(value: object) -> str:
    """What a value is, without showing it: it may be a token."""
    words = {
        bool: "true or false",
        str: "a string",
        int: "a number",
        float: "a number",
        list: "a list",
        dict: "a table",
    }
    return words.get(type(value), "a date or time")


def _masked(text: str) -> str:
    """`text` as a diagnostic may show it: of a line that may hold a secret, only what stands before the value."""
    out: list[str] = []
    in_parameters = False
    for line in text.splitlines():
        header = _TABLE_LINE.match(line)
        if header is not None:
            in_parameters = header["name"].rpartition(".")[2].strip() == "set"
        name, equals, _ = line.partition("=")
        if in_parameters or _KEEP.match(line):
            out.append(_USER.sub("//***@", line))
        else:
            out.append(f"{name}{equals} ***" if equals else "***")
    return "\n".join(out)


def _lines(source: SourceText) -> Iterator[tuple[int, str, str]]:
    """Number, table and text of each line."""
    table = ""
    for number, line in enumerate(source.text.splitlines(), 1):
        header = _TABLE_LINE.match(line)
        if header is not None:
            table = header["name"].replace('"', "").replace(" ", "")
        yield number, table, line


def _span(source: SourceText, name: str, place: str) -> Span | None:
    """Where `name` stands in the table `place`: tomllib keeps no positions."""
    full = f"{place}.{name}" if place else name
    for number, table, line in _lines(source):
        key = _KEY_LINE.match(line)
        if key is not None and f"{table}.{key['key']}".lstrip(".").replace(" ", "") == full:
            return Span(source, number, key.start("key") + 1, len(key["key"]))
        header = _TABLE_LINE.match(line)
        if header is not None and (table == full or table.startswith(f"{full}.")):
            return Span(source, number, header.start("name") + 1, len(header["name"]))
    return None


def _syntax_fault(source: SourceText, message: str) -> Diagnostic:
    found = re.search(r"\(at line (\d+), column (\d+)\)", message)
    words = message.partition(" (at ")[0]
    # Past its last line the text has nothing to point at, so the last line is shown.
    last = max(len(source.text.splitlines()), 1)
    line, column = (int(found[1]), int(found[2])) if found else (last, len(source.line(last)) + 1)
    span = Span(source, line, min(column, len(source.line(line)) + 1))
    return Diagnostic(title=f"{FILE_NAME} is not TOML: {words}", span=span, help="see https://toml.io for the syntax")
