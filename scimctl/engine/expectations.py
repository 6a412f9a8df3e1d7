"""Judging what a step of a scenario expects: pure comparisons that yield what was wrong, and where the file says so."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from scimctl.exchange import Exchange, Headers, Response
from scimctl.finding import Problem
from scimctl.jsonvalue import Json, NotJsonError, parse, show
from scimctl.okta.answers import describe
from scimctl.okta.outcome import ActionResult
from scimctl.scenario.matchers import MISSING, Missing, match, member
from scimctl.scenario.model import (
    ActionExpect,
    CaptureSpec,
    Node,
    RequestExpect,
    ResponseExpect,
    StatusExpect,
    TogetherStep,
)
from scimctl.scenario.target import render_pattern, target_matches
from scimctl.scenario.template import Resolve, render
from scimctl.source import Span


@dataclass(frozen=True, slots=True)
class Held:
    """One expectation and how it fared: check, title, the problem if it was broken, where it stands and shows.

    With `untold` the problem is ours: whether the expectation holds could not be told.
    """

    check: str
    title: str
    problem: Problem | None
    span: Span
    exchange: Exchange | None = None
    untold: bool = False


def response_held(expect: ResponseExpect, exchange: Exchange, resolve: Resolve) -> Iterator[Held]:
    """Each expectation about an answer, in the order of a file: status, headers, body, time."""
    response = exchange.response
    status = response.status if response is not None else None
    wrong = None if expect.status.accepts(status) else Problem(expect.status.text, describe(exchange.answer))
    yield Held("expect.status", f"the answer's status is {expect.status.text}", wrong, expect.status.span, exchange)
    if response is None or wrong is not None:
        return
    if expect.headers is not None:
        yield from _headers_held(expect.headers, response.headers, resolve, exchange)
    if expect.body is not None:
        if response.body or any(match(render(expect.body.tree, resolve), MISSING)):
            yield from _body_held(_BODY, expect.body, response.json, resolve, exchange)
        else:
            # No body is as good as a body without a value, where the file says that there may be none.
            yield Held(*_BODY, None, expect.body.span, exchange)
    if expect.time is not None:
        took = round(response.elapsed * 1000)
        slow = None if took <= expect.time else Problem(f"{expect.time} ms at most", f"{took} ms")
        yield Held(
            "expect.time", f"the answer takes {expect.time} ms at most", slow, expect.time_span or expect.span, exchange
        )


def _headers_held(node: Node, headers: Headers, resolve: Resolve, exchange: Exchange) -> Iterator[Held]:
    expected = render(node.tree, resolve)
    assert isinstance(expected, dict)
    for name, wanted in expected.items():
        actual: dict[str, Json] = {name: value} if (value := headers.get(name)) is not None else {}
        problem = next(match({name: wanted}, actual), None)
        yield Held("expect.headers", f"the header {name} is as expected", problem, node.span_of((name,)), exchange)


_BODY = ("expect.body", "the body is as expected")
_REQUESTS = ("expect.requests", "Okta sends what is expected")


def _body_held(
    check: tuple[str, str], node: Node, read: Callable[[], Json], resolve: Resolve, exchange: Exchange
) -> Iterator[Held]:
    expected = render(node.tree, resolve)
    try:
        actual = read()
    except NotJsonError as error:
        yield Held(*check, Problem("a JSON body", str(error)), node.span, exchange)
        return
    problem = next(match(expected, actual), None)
    yield Held(*check, problem, _span_at(node, problem), exchange)


def _span_at(node: Node, problem: Problem | None) -> Span:
    """The place in the file that a problem's JSON pointer stands for, as near as the file speaks of it."""
    path: list[str | int] = []
    tree = node.tree
    for part in problem.at.split("/")[1:] if problem else ():
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(tree, dict) and name in tree:
            path.append(name)
            tree = tree[name]
        elif isinstance(tree, list) and name.isdigit() and int(name) < len(tree):
            path.append(int(name))
            tree = tree[int(name)]
        else:
            break
    return node.span_of(tuple(path))


def action_held(
    expect: ActionExpect,
    result: ActionResult,
    exchanges: list[Exchange],
    logged: list[dict[str, Json]],
    resolve: Resolve,
) -> Iterator[Held]:
    """Each expectation about an action but its outcome: the admin's text, the System Log, and the exchanges it made."""
    if expect.reason is not None:
        problem = next(match(render(expect.reason.tree, resolve), result.reason), None)
        yield Held("expect.reason", "the text the Okta admin sees", problem, expect.reason.span)
    if expect.log is not None:
        problem = next(match(render(expect.log.tree, resolve), [*logged]), None)
        span = _span_at(expect.log, problem)
        yield Held("expect.log", "the System Log has the events that are expected", problem, span)
    if expect.requests is not None:
        yield from _requests_held(expect, exchanges, resolve)


def _requests_held(expect: ActionExpect, exchanges: list[Exchange], resolve: Resolve) -> Iterator[Held]:
    wanted = expect.requests or ()
    span = expect.requests_span or expect.span
    sent = [f"{e.request.method} {e.request.target}" for e in exchanges]
    patterns = [render_pattern(rule.target, resolve) for rule in wanted]
    fits = len(wanted) == len(sent) and all(
        rule.method == e.request.method and target_matches(pattern, e.request.target)
        for rule, pattern, e in zip(wanted, patterns, exchanges, strict=True)
    )
    expected = (
        ", ".join(f"{r.method} {pattern}" for r, pattern in zip(wanted, patterns, strict=True)) or "nothing is sent"
    )
    problem = None if fits else Problem(expected, ", ".join(sent) or "nothing was sent")
    yield Held(*_REQUESTS, problem, span)
    if fits:
        for rule, exchange in zip(wanted, exchanges, strict=True):
            yield from _exchange_held(rule, exchange, resolve)


def _exchange_held(rule: RequestExpect, exchange: Exchange, resolve: Resolve) -> Iterator[Held]:
    request, response = exchange.request, exchange.response
    if rule.request_headers is not None:
        yield from _headers_held(rule.request_headers, request.headers, resolve, exchange)
    if rule.request_body is not None:
        yield from _body_held(_REQUESTS, rule.request_body, partial(parse, request.body), resolve, exchange)
    if rule.status is not None:
        accepted = rule.status.accepts(response.status if response else None)
        problem = None if accepted else Problem(rule.status.text, describe(exchange.answer))
        title = f"the answer's status is {rule.status.text}"
        yield Held("expect.status", title, problem, rule.status.span, exchange)
    if response is not None and rule.headers is not None:
        yield from _headers_held(rule.headers, response.headers, resolve, exchange)
    if response is not None and rule.body is not None:
        yield from _body_held(_BODY, rule.body, response.json, resolve, exchange)


def statuses_held(step: TogetherStep, exchanges: list[Exchange]) -> Held:
    """The expectation about requests that went out together: which statuses came, in any order."""
    wanted = ", ".join(expect.text for expect in step.expect)
    odd = _odd_one(step.expect, exchanges)
    problem = None
    if odd is not None:
        problem = Problem(f"{wanted}, in any order", ", ".join(describe(each.answer) for each in exchanges))
    title = f"the answers to the requests that went out together are {wanted}, in any order"
    return Held("expect.statuses", title, problem, step.expect_span, odd or exchanges[0])


def _odd_one(wanted: tuple[StatusExpect, ...], exchanges: list[Exchange]) -> Exchange | None:
    """An exchange for which no expectation is left however they are shared out; None when all find one."""
    owner: dict[int, int] = {}

    def settle(place: int, tried: set[int]) -> bool:
        for candidate, expect in enumerate(wanted):
            if candidate in tried or not expect.accepts(exchanges[place].status):
                continue
            tried.add(candidate)
            if candidate not in owner or settle(owner[candidate], tried):
                owner[candidate] = place
                return True
        return False

    return next((exchange for place, exchange in enumerate(exchanges) if not settle(place, set())), None)


def captured(spec: CaptureSpec, exchange: Exchange) -> Json:
    """The value that a capture takes from an answer; None when there is nothing at its place."""
    response = exchange.response
    if response is None:
        return None
    value = response.headers.get(spec.header) if spec.header is not None else _at_pointer(response, spec.pointer or "")
    if spec.regex is None or value is None:
        return value
    found = re.search(spec.regex, value if isinstance(value, str) else show(value))
    if found is None:
        return None
    return found[1] if found.re.groups else found[0]


def _at_pointer(response: Response, pointer: str) -> Json:
    try:
        value = response.json()
    except NotJsonError:
        return None
    for part in pointer.split("/")[1:]:
        name = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, dict):
            inner = member(value, name)
            value = None if isinstance(inner, Missing) else inner
        elif isinstance(value, list) and name.isdigit() and int(name) < len(value):
            value = value[int(name)]
        else:
            return None
    return value
