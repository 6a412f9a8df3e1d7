"""Reads `expect`: of an action and of a raw exchange, with the matchers in them."""

import re

from scimctl.document import Path
from scimctl.jsonvalue import show
from scimctl.okta.outcome import ActionOutcome
from scimctl.scenario import template
from scimctl.scenario.matchers import MATCHERS
from scimctl.scenario.model import ActionExpect, Node, RequestExpect, ResponseExpect, StatusExpect
from scimctl.scenario.names import Scope, check_templates
from scimctl.scenario.reading import Reading
from scimctl.scenario.schemas import known_names
from scimctl.validation import Validator, near

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
_TOKEN = re.compile(r"[A-Za-z]+")
_DATA_KEYS = frozenset({"$ref"})


def read_action_expect(reading: Reading, path: Path, scope: Scope) -> ActionExpect:
    """What an action must come to: SUCCESS where the file does not say; of one that only sets the scene, no failure."""
    stated = reading.node(path) is not None
    otherwise = (ActionOutcome.SUCCESS,) if stated else (ActionOutcome.SUCCESS, ActionOutcome.SKIPPED)
    outcomes: list[ActionOutcome] = []
    for text, place in reading.texts((*path, "outcome")):
        known = [outcome.value for outcome in ActionOutcome]
        if text in known:
            outcomes.append(ActionOutcome(text))
        else:
            reading.fault(
                f"`outcome` is `{text}`", place, label="unknown outcome", remedy=near(text.upper(), known, "outcomes")
            )
    requests_node = reading.node((*path, "requests"))
    return ActionExpect(
        stated=stated,
        outcome=tuple(outcomes) or otherwise,
        outcome_span=reading.document.value_span((*path, "outcome")),
        reason=_expectation(reading, (*path, "reason"), scope),
        log=_expectation(reading, (*path, "log"), scope),
        requests=_requests(reading, requests_node, scope) if requests_node is not None else None,
        requests_span=reading.document.key_span(requests_node.path) if requests_node is not None else None,
        span=reading.document.key_span(path),
    )


def _requests(reading: Reading, node: Node, scope: Scope) -> tuple[RequestExpect, ...]:
    if isinstance(node.tree, int) and node.tree != 0:
        reading.fault(
            f"`requests` is {node.tree}",
            node.path,
            label="expected 0 or a list",
            remedy="write 0 when nothing may be sent, else list the exchanges: - {send: GET /Users?*}",
        )
    count = len(node.tree) if isinstance(node.tree, list) else 0
    return tuple(_request(reading, (*node.path, index), scope) for index in range(count))


def _request(reading: Reading, path: Path, scope: Scope) -> RequestExpect:
    line = (*path, "send")
    method, target = split_request(reading, line, pattern=True)
    check_templates(reading, line, scope)
    request: Path = (*path, "request")
    return RequestExpect(
        method=method,
        target=target,
        text=str(reading.at(line)),
        request_headers=_expectation(reading, (*request, "headers"), scope),
        request_body=_expectation(reading, (*request, "body"), scope),
        status=read_status(reading, (*path, "status")),
        headers=_expectation(reading, (*path, "headers"), scope),
        body=_expectation(reading, (*path, "body"), scope),
        span=reading.document.value_span(path),
        send_span=reading.document.value_span(line),
    )


def read_response_expect(reading: Reading, path: Path, scope: Scope) -> ResponseExpect:
    """What an answer must be; any status of success where the file does not say."""
    span = reading.document.key_span(path)
    time = reading.node((*path, "time"))
    return ResponseExpect(
        status=read_status(reading, (*path, "status")) or StatusExpect(("2xx",), span),
        headers=_expectation(reading, (*path, "headers"), scope),
        body=_expectation(reading, (*path, "body"), scope),
        time=time.tree if time is not None and isinstance(time.tree, int) else None,
        time_span=time.span if time is not None else None,
        span=span,
    )


def read_status(reading: Reading, path: Path) -> StatusExpect | None:
    """The statuses at `path`, one or several; None when the key is absent."""
    patterns = tuple(text for text, _ in reading.texts(path))
    return StatusExpect(patterns, reading.document.value_span(path)) if patterns else None


def read_statuses(reading: Reading, path: Path) -> tuple[StatusExpect, ...]:
    """One entry for each of several answers; none when the key is absent."""
    node = reading.node(path)
    count = len(node.tree) if node is not None and isinstance(node.tree, list) else 0
    return tuple(found for index in range(count) if (found := read_status(reading, (*path, index))) is not None)


def split_request(reading: Reading, path: Path, *, pattern: bool) -> tuple[str, str]:
    """Method and path of `GET /Users`, with a fault for what is neither; a pattern may end in a star."""
    text = str(reading.at(path))
    method, _, target = text.strip().partition(" ")
    target = target.strip()
    if method.upper() not in METHODS and not (_TOKEN.fullmatch(method) and method.isupper() and target):
        reading.fault(
            f"`{text}` is no request",
            path,
            label="expected METHOD /path",
            remedy="begin with a method, such as GET /Users/$(user.scim_id)",
        )
    elif method != method.upper():
        reading.fault(
            f"method `{method}` is not in capitals",
            path,
            part=method,
            label="small letters",
            remedy=f"write `{method.upper()}`",
        )
    elif target and not target.startswith(("/", "?")):
        example = "GET /Users/*" if pattern else "GET /Users"
        reading.fault(
            f"path `{target}` does not begin with a slash",
            path,
            part=target,
            label="expected a path below the base URL",
            remedy=f"write it like {example}",
        )
    return method, target


def _expectation(reading: Reading, path: Path, scope: Scope) -> Node | None:
    node = reading.node(path)
    if node is not None:
        check_templates(reading, path, scope)
        check_matchers(reading, path)
    return node


def check_matchers(reading: Reading, path: Path) -> None:
    """Notes a fault for each unknown matcher, faulty argument, and mixture of matchers with data, below `path`."""
    tree = reading.at(path)
    if isinstance(tree, list):
        for index in range(len(tree)):
            check_matchers(reading, (*path, index))
    if not isinstance(tree, dict):
        return
    marked = [name for name in tree if name.startswith("$") and not name.startswith("$(") and name not in _DATA_KEYS]
    for name in tree:
        place = (*path, name)
        if marked and name not in marked:
            reading.fault(
                f"`{name}` stands beside the matcher `{marked[0]}`",
                place,
                label="data and matchers do not mix",
                remedy="put the matcher on a member of its own",
                key=True,
            )
        elif marked and name not in MATCHERS:
            reading.fault(
                f"there is no matcher `{name}`",
                place,
                label="unknown matcher",
                remedy=near(name, MATCHERS, "matchers") or f"matchers: {', '.join(MATCHERS)}",
                key=True,
            )
        elif marked:
            _check_argument(reading, name, place)
        if name not in MATCHERS or MATCHERS[name].nested:
            check_matchers(reading, place)


def _check_argument(reading: Reading, name: str, path: Path) -> None:
    argument = reading.at(path)
    has_template = isinstance(argument, str) and bool(template.marks(argument))
    if not has_template and not Validator(MATCHERS[name].schema).is_valid(argument):
        reading.fault(
            f"`{name}` is {show(argument, 60)}",
            path,
            label="no argument for this matcher",
            remedy=f"for example: {MATCHERS[name].example}",
        )
    elif name == "$regex" and isinstance(argument, str):
        _check_regex(reading, argument, path)
    elif name == "$schema" and not has_template and argument not in known_names():
        reading.fault(
            f"there is no schema `{argument}`",
            path,
            label="unknown schema",
            remedy=near(str(argument), known_names(), "schemas"),
        )


def _check_regex(reading: Reading, expression: str, path: Path) -> None:
    for mark in template.marks(expression):
        if mark.well_formed and "regex" not in mark.filters:
            reading.fault(
                f"`{mark.text}` stands in an expression as it is",
                path,
                label="its characters would have a meaning here",
                remedy=f"write $({mark.name}|regex)",
                part=mark.text,
            )
    try:
        re.compile(template.render_text(expression, lambda name: "x", encode=lambda value: "x"))
    except (re.error, KeyError) as error:
        reading.fault(f"`{expression}` is no regular expression", path, label=str(error))
