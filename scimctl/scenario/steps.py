"""Reads the steps of a scenario: actions, raw exchanges, what they expect and what they capture."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from scimctl.document import Path
from scimctl.exchange import Auth
from scimctl.jsonvalue import Json
from scimctl.scenario.expectations import (
    read_action_expect,
    read_response_expect,
    read_status,
    read_statuses,
    split_request,
)
from scimctl.scenario.given import Given
from scimctl.scenario.model import (
    CaptureSpec,
    Node,
    OktaStep,
    SendSpec,
    SendStep,
    StatusExpect,
    Step,
    TogetherStep,
)
from scimctl.scenario.names import RESERVED, Scope, check_templates
from scimctl.scenario.reading import Reading
from scimctl.scenario.verbs import EVERYONE, VERBS, Kind
from scimctl.validation import near


@dataclass(slots=True)
class _Place:
    """What the reader of a step works on."""

    reading: Reading
    path: Path
    number: int
    given: Given
    scope: Scope


def read_steps(reading: Reading, path: Path, given: Given, scope: Scope, taken: set[str]) -> tuple[Step, ...]:
    """The steps at `path`. Captures of one step are known to the steps after it, and to its own expectations not."""
    entries = reading.at(path)
    steps: list[Step] = []
    for index in range(len(entries) if isinstance(entries, list) else 0):
        place = _Place(reading, (*path, index), index + 1, given, scope)
        step = _read_step(place)
        if step is not None:
            steps.append(step)
        for name in reading.members((*path, index, "capture")):
            where = (*path, index, "capture", name)
            if name in RESERVED or name in taken:
                reading.fault(f"the name `{name}` is taken", where, label="choose another name", key=True)
            scope.whole.add(name)
    return tuple(steps)


def _read_step(place: _Place) -> Step | None:
    entry = place.reading.members(place.path)
    kinds = [kind for kind in _KINDS if kind in entry]
    if len(kinds) != 1:
        several = " and ".join(f"`{kind}`" for kind in kinds)
        place.reading.fault(
            f"a step has both {several}" if kinds else "a step has neither `okta` nor `send` nor `together`",
            place.path,
            label="one of them belongs here",
            remedy="make two steps of it" if kinds else "add `okta: {assign: user}` or `send: GET /Users`",
        )
        return None
    stray = "capture" if kinds == ["together"] else "again"
    if stray in entry:
        place.reading.fault(
            f"`{stray}` stands beside `{kinds[0]}`",
            (*place.path, stray),
            label="it means nothing here",
            remedy="read the value in a step of its own" if stray == "capture" else "it belongs beside `together`",
            key=True,
        )
    return _KINDS[kinds[0]](place)


def _okta_step(place: _Place) -> OktaStep:
    reading = place.reading
    verb = next(iter(reading.members((*place.path, "okta"))))
    where = (*place.path, "okta", verb)
    argument = Node(reading.document, where, reading.at(where))
    _check_references(place, verb, where)
    changes = reading.members((*where, "set")) if verb == "update" else {}
    if verb == "update":
        # Attributes that a step gives a user can be used from this step's expectations on.
        user = reading.members(where).get("user")
        place.scope.whole |= {f"{user}.{attribute}" for attribute in changes}
    check_templates(reading, where, place.scope)
    return OktaStep(
        number=place.number,
        verb=verb,
        argument=argument,
        expect=read_action_expect(reading, (*place.path, "expect"), place.scope),
        requires=reading.requirements((*place.path, "requires")),
        capture=_captures(place),
        span=reading.document.value_span(place.path),
    )


def _check_references(place: _Place, verb: str, path: Path) -> None:
    """Notes a fault for a name in a verb's argument that is nothing of the right kind."""
    names = {
        Kind.USER: set(place.given.users),
        Kind.GROUP: set(place.given.groups),
        Kind.RESOURCE: set(place.given.resources),
        Kind.EVERYONE: {EVERYONE},
    }
    for reference in VERBS[verb].references:
        known = set().union(*(names[kind] for kind in reference.kinds))
        wanted = " or ".join(kind.value for kind in reference.kinds if kind is not Kind.EVERYONE)
        for name, where in place.reading.texts(path + reference.path):
            if name not in known:
                place.reading.fault(
                    f"there is no {wanted} `{name}` in `given`",
                    where,
                    label=f"unknown {wanted}",
                    remedy=near(name, sorted(known), f"known here, for `{verb}`") or "add it under `given`",
                )


def _send_step(place: _Place) -> SendStep:
    reading = place.reading
    return SendStep(
        number=place.number,
        send=_send(place, (*place.path, "send")),
        expect=read_response_expect(reading, (*place.path, "expect"), place.scope),
        requires=reading.requirements((*place.path, "requires")),
        capture=_captures(place),
        span=reading.document.value_span(place.path),
    )


def _send(place: _Place, where: Path) -> SendSpec:
    """The request at `where`, in its short form or its long one."""
    reading = place.reading
    entry = reading.members(where)
    line_path = (*where, "request") if entry else where
    method, path = split_request(reading, line_path, pattern=False)
    check_templates(reading, where, place.scope)
    headers = reading.members((*where, "headers"))
    return SendSpec(
        method=method,
        path=path,
        headers=tuple((name, value if isinstance(value, str) else None) for name, value in headers.items()),
        body=_body(reading, (*where, "body")) if "body" in entry else None,
        auth=Auth(entry.get("auth", "target")),
        span=reading.document.value_span(line_path),
    )


def _together_step(place: _Place) -> TogetherStep:
    reading = place.reading
    where: Path = (*place.path, "together")
    requests = reading.at(where)
    count = len(requests) if isinstance(requests, list) else 0
    stated = (*place.path, "expect", "statuses")
    span = reading.document.value_span(stated)
    expect = read_statuses(reading, stated) or (StatusExpect(("2xx",), span),) * count
    if len(expect) != count:
        reading.fault(
            f"{count} requests go out and {len(expect)} statuses are expected",
            stated,
            label="one for each request belongs here",
            remedy="write a status, or a list of those that are right, for each request, in any order",
        )
    return TogetherStep(
        number=place.number,
        sends=tuple(_send(place, (*where, index)) for index in range(count)),
        again=read_status(reading, (*place.path, "again")),
        expect=expect,
        requires=reading.requirements((*place.path, "requires")),
        span=reading.document.value_span(place.path),
        expect_span=span,
    )


def _body(reading: Reading, path: Path) -> Node | str:
    tree = reading.at(path)
    return tree if isinstance(tree, str) else Node(reading.document, path, tree)


def _captures(place: _Place) -> dict[str, CaptureSpec]:
    reading = place.reading
    captures: dict[str, CaptureSpec] = {}
    for name, value in reading.members((*place.path, "capture")).items():
        where = (*place.path, "capture", name)
        entry: dict[str, Json] = value if isinstance(value, dict) else {"pointer": value}
        pointer, header, regex = (_optional(entry.get(key)) for key in ("pointer", "header", "regex"))
        if (pointer is None) == (header is None):
            reading.fault(
                f"capture `{name}` needs either `pointer` or `header`",
                where,
                label="one of the two belongs here",
                remedy="write a JSON pointer such as /id, or {header: Location}",
            )
        _check_regex(reading, regex, (*where, "regex"))
        span = reading.document.value_span(where)
        captures[name] = CaptureSpec(name=name, pointer=pointer, header=header, regex=regex, span=span)
    return captures


def _optional(value: Json) -> str | None:
    return value if isinstance(value, str) else None


def _check_regex(reading: Reading, regex: str | None, path: Path) -> None:
    if regex is None:
        return
    try:
        re.compile(regex)
    except re.error as error:
        reading.fault(f"`{regex}` is no regular expression", path, label=str(error))


_KINDS: dict[str, Callable[[_Place], Step]] = {"okta": _okta_step, "send": _send_step, "together": _together_step}
