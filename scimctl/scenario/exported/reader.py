"""Reads an export: each becomes one scenario, whose steps are its requests and pauses."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePath
from urllib.parse import urlsplit

from scimctl.document import Path
from scimctl.exchange import Auth
from scimctl.jsonvalue import Json, show
from scimctl.okta.app import AppKind
from scimctl.scenario.exported import checks
from scimctl.scenario.exported.model import Assertion, Source, Variable
from scimctl.scenario.exported.places import parts_of
from scimctl.scenario.exported.variables import (
    BASE_URLS,
    CREDENTIALS,
    EXAMPLES,
    has_value,
    identifier,
    names_in,
    template_of,
)
from scimctl.scenario.model import AppSpec, PauseStep, Scenario, SendSpec, SuiteStep
from scimctl.scenario.reading import Reading
from scimctl.spec.catalogue import OWN

OPTIONAL = "own-02"
"""The requirement of a step that the author of a suite calls optional."""

_UNSUPPORTED = ("auth", "form", "multipart_form", "binary_body", "graphql_body", "args", "data")
_BASE_URL = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


def is_export(tree: Json) -> bool:
    """Whether a document is an export of a test suite and no file of scenarios."""
    steps = tree.get("steps") if isinstance(tree, dict) else None
    return isinstance(steps, list) and any(isinstance(step, dict) and "step_type" in step for step in steps)


@dataclass(slots=True)
class _Suite:
    """One export that is being read: `given` are values by `--var`, None when nobody is asked for them."""

    reading: Reading
    given: dict[str, str]
    asks: bool
    captured: set[str] = field(default_factory=set)
    missing: set[str] = field(default_factory=set)


def read_export(reading: Reading, given: Mapping[str, str] | None) -> Scenario:
    """The scenario that an export comes to; what it cannot be is noted as faults of `reading`.

    `given` are the values of variables by name; without it, variables that have no value are no faults.
    """
    suite = _Suite(reading, dict(given or {}), given is not None)
    root = reading.members(())
    name = str(root.get("name") or "exported suite")
    count = len(root["steps"]) if isinstance(root["steps"], list) else 0
    steps = tuple(step for index in range(count) if (step := _step(suite, ("steps", index))) is not None)
    # The name within the file would not do: Okta's old and new suite have the same one.
    stem = PurePath(reading.document.source.name).stem
    label = re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "exported-suite"
    if not steps:
        reading.fault("the suite has no step to play", ("steps",), label="nothing to send")
    return Scenario(
        id=label,
        base_id=label,
        title=name,
        tags=("exported",),
        requires=(OWN,),
        needs=(),
        alone=True,
        heavy=False,
        row={"app.kind": AppKind.OIN.value},
        row_label="",
        app=AppSpec(),
        users={},
        groups={},
        resources={},
        steps=steps,
        suite="",
        span=reading.document.value_span(("name",)),
    )


def _step(suite: _Suite, path: Path) -> SuiteStep | PauseStep | None:
    reading = suite.reading
    entry = reading.members(path)
    kind = entry.get("step_type")
    if entry.get("skipped") is True:
        return None
    if kind == "pause":
        return _pause(suite, path, entry.get("duration"))
    if kind != "request":
        reading.fault(
            f"step {_number(path)} is of the type {show(kind)}",
            (*path, "step_type"),
            label="no request and no pause",
            remedy="scimctl plays steps of the types request and pause; remove the others from the export",
        )
        return None
    return _request(suite, path)


def _number(path: Path) -> int:
    return int(path[1]) + 1


def _pause(suite: _Suite, path: Path, duration: Json) -> PauseStep | None:
    if not isinstance(duration, int | float) or isinstance(duration, bool) or not 0 <= duration <= 3600:
        suite.reading.fault(
            f"the pause of step {_number(path)} is {show(duration)}",
            (*path, "duration"),
            label="no number of seconds",
            remedy="write seconds, from 0 to 3600",
        )
        return None
    span = suite.reading.document.value_span(path)
    return PauseStep(number=_number(path), seconds=float(duration), requires=(), span=span)


def _request(suite: _Suite, path: Path) -> SuiteStep:
    reading = suite.reading
    entry = reading.members(path)
    for name in _UNSUPPORTED:
        if entry.get(name):
            reading.fault(
                f"step {_number(path)} has `{name}`",
                (*path, name),
                label="scimctl cannot send this",
                remedy="put it into `headers` or `body`",
                key=True,
            )
    note = " ".join(str(entry.get("note") or "").split()) or f"step {_number(path)}"
    origin, target = _address(suite, (*path, "url"))
    auth, headers = _headers(suite, (*path, "headers"), elsewhere=bool(origin))
    body = entry.get("body")
    send = SendSpec(
        method=str(entry.get("method") or "GET").upper(),
        path=target,
        headers=headers,
        body=_filled(suite, (*path, "body")) if isinstance(body, str) else None,
        auth=auth,
        span=reading.document.value_span((*path, "url")),
    )
    assertions = tuple(checks.assertions(reading, path, lambda place: _filled(suite, place)))
    scripts = tuple(checks.scripts(reading, path, template_of("{{randomUsername}}", suite.given)))
    return SuiteStep(
        number=_number(path),
        note=note,
        send=send,
        origin=origin,
        assertions=assertions,
        scripts=scripts,
        variables=tuple(_variables(suite, (*path, "variables"))),
        requires=(OPTIONAL,) if note.lower().startswith("optional") else (OWN,),
        needs_user=_looks_at_the_first(assertions) and "idUserOne" not in suite.captured,
        span=reading.document.value_span((*path, "note")),
    )


def _looks_at_the_first(assertions: tuple[Assertion, ...]) -> bool:
    """Whether a step asserts of the first user of a list, who has to be there before the suite is run."""
    return any(each.place.startswith("Resources[0].userName") and not each.value for each in assertions)


def _filled(suite: _Suite, path: Path) -> str:
    """The text at `path` as a template of scimctl's, with a fault for each variable that has no value there."""
    value = suite.reading.at(path)
    text = value if isinstance(value, str) else "" if value is None else show(value)
    for name in names_in(text):
        if has_value(name, suite.given, suite.captured) or name in suite.missing:
            continue
        suite.missing.add(name)
        if suite.asks:
            suite.reading.fault(
                f"the suite needs a value for `{name}`",
                path,
                label="no earlier answer gives it, and scimctl cannot make it up",
                remedy=f"--var {name}={EXAMPLES.get(name, 'VALUE')}",
                part=name,
            )
    return template_of(text, suite.given)


def _address(suite: _Suite, path: Path) -> tuple[str, str]:
    """Another origin than the target's, or nothing, and the target below the base URL or that origin."""
    text = str(suite.reading.members(path[:-1]).get("url") or "")
    first = _BASE_URL.match(text)
    if first is not None and first[1] in BASE_URLS:
        rest = text[first.end() :]
        return "", _filled_text(suite, path, rest)
    if first is not None:
        _filled(suite, path)
        origin = suite.given.get(first[1], f"{{{{{first[1]}}}}}").rstrip("/")
        parts = urlsplit(origin)
        if first[1] in suite.given and (parts.scheme not in ("http", "https") or not parts.hostname or "@" in origin):
            suite.reading.fault(
                f"`{first[1]}` is no address", path, label="an http or https URL belongs here", part=first[1]
            )
        return origin, _filled_text(suite, path, text[first.end() :])
    suite.reading.fault(
        f"step {_number(path[:-1])} asks a host that you have not named",
        path,
        label="scimctl sends to the target, and to addresses that you give by --var",
        remedy="write {{SCIMBaseURL}} in place of the target's address, or another {{name}} and --var name=URL",
    )
    return "", ""


def _filled_text(suite: _Suite, path: Path, rest: str) -> str:
    _filled(suite, path)
    return template_of(rest, suite.given)


def _headers(suite: _Suite, path: Path, *, elsewhere: bool) -> tuple[Auth, tuple[tuple[str, str | None], ...]]:
    """Whose credentials go along, and the fields as the suite has them.

    A field that is the target's credential becomes one that the sender adds; without one, none are sent.
    """
    auth = Auth.NONE
    out: list[tuple[str, str | None]] = []
    for name, value in suite.reading.members(path).items():
        place: Path = (*path, name)
        lines: list[str] = []
        for each in [(*place, index) for index in range(len(value))] if isinstance(value, list) else [place]:
            names = set(names_in(str(suite.reading.at(each))))
            if not names & CREDENTIALS:
                lines.append(_filled(suite, each))
            elif elsewhere or name.lower() != "authorization":
                suite.reading.fault(
                    "the target's credentials would go where they do not belong",
                    each,
                    label="they go to the target alone, in Authorization",
                    remedy="use a variable of your own, and --var",
                )
            else:
                auth = Auth.TARGET
        if lines:
            out.append((name, ", ".join(lines)))
    return auth, tuple(out)


def _variables(suite: _Suite, path: Path) -> Iterator[Variable]:
    entries = suite.reading.members(path[:-1]).get("variables")
    for index in range(len(entries) if isinstance(entries, list) else 0):
        place = (*path, index)
        entry = suite.reading.members(place)
        name, where = entry.get("name"), str(entry.get("property") or "")
        if not isinstance(name, str) or not name:
            # The vendor's editor leaves empty rows behind.
            continue
        source = checks.source(suite.reading, (*place, "source"))
        if source is None:
            continue
        if source is Source.JSON and parts_of(where) is None:
            suite.reading.fault(f"`{where}` is no path", (*place, "property"), label="such as Resources[0].id")
        suite.captured.add(name)
        span = suite.reading.document.value_span(place)
        yield Variable(name=identifier(name), source=source, place=where, span=span)
