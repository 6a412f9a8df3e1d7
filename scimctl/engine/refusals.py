"""Filters that a server need not understand.

`invalidFilter` stands for what breaks the grammar and also for a comparison that a server does not support with an
attribute (RFC 7644 §3.12, table 9). Which of the two a refusal means shows when the comparison is asked for by itself,
plainly written: a server that answers it does support it, and had no ground to refuse.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TypeAlias
from urllib.parse import parse_qsl, quote

from scimctl.engine.expectations import Held
from scimctl.exchange import Answer, Exchange, Request, document
from scimctl.finding import Problem
from scimctl.jsonvalue import Json, NotJsonError, compact, parse
from scimctl.scenario.model import SendStep
from scimctl.scim import filter as filters
from scimctl.scim.errors import ScimError
from scimctl.scim.filter import And, Compare, Filter, Not, Or, Present, ValuePath
from scimctl.scim.names import resolve
from scimctl.scim.schema import Attribute, ResourceType, SchemaSet
from scimctl.scim.urns import ENTERPRISE_USER, GROUP, USER
from scimctl.scim.values import parse_date_time

UNSUPPORTED = "filt-23"
"""The requirement that a server supports every comparison: what a refusal comes to that is allowed."""
Leaf: TypeAlias = Compare | Present | ValuePath
_NEUTRAL = "scimctl"


def refusal(step: SendStep, exchange: Exchange, schemas: SchemaSet, ask: Callable[[Request], Exchange]) -> Held | None:
    """What is to be noted where the step's filter was refused, and the server refuses one of its comparisons anyhow.

    None for any other answer, for a step that takes the refusal or wants another, and for a filter whose parts `ask`
    gets answers to.
    """
    text = _filter_of(exchange.request)
    wanted = step.expect.status
    if not text or wanted.accepts(400) or not wanted.accepts(200) or not _is_refusal(exchange.answer):
        return None
    try:
        tree = filters.parse(text)
    except ScimError:
        return None
    kind = _kind_of(exchange.request, schemas)
    for plain in _plain(tree, kind):
        asked = ask(_asking(exchange.request, plain))
        if _is_refusal(asked.answer):
            title = "the server supports the comparisons of the filter"
            return Held("expect.filter", title, Problem("200", f"400 invalidFilter to {plain}"), step.span, asked)
    return None


def _is_refusal(answer: Answer) -> bool:
    body = document(answer)
    return answer.status == 400 and isinstance(body, dict) and body.get("scimType") == "invalidFilter"


def _filter_of(request: Request) -> str:
    if request.path.endswith("/.search"):
        try:
            body = parse(request.body)
        except NotJsonError:
            return ""
        value: Json = body.get("filter") if isinstance(body, dict) else None
        return value if isinstance(value, str) else ""
    return dict(parse_qsl(request.query)).get("filter", "") if request.method == "GET" else ""


def _asking(request: Request, text: str) -> Request:
    if request.path.endswith("/.search"):
        body = parse(request.body)
        schemas = body.get("schemas") if isinstance(body, dict) else None
        return replace(request, body=compact({"schemas": schemas, "filter": text, "startIndex": 1, "count": 1}))
    return replace(request, target=f"{request.path}?filter={quote(text, safe='')}&startIndex=1&count=1")


def _kind_of(request: Request, schemas: SchemaSet) -> ResourceType | None:
    urns: list[Json] = [GROUP] if request.path.startswith("/Groups") else [USER, ENTERPRISE_USER]
    return schemas.kind_of({"schemas": urns})


def _plain(tree: Filter, kind: ResourceType | None) -> Iterator[str]:
    """The comparisons in a filter, each by itself, then what joins them; values and names as plain as can be."""
    if kind is None:
        return
    leaves = [leaf for each in _leaves(tree) if (leaf := _plain_leaf(each, kind)) is not None]
    yield from dict.fromkeys(map(filters.render, leaves))
    if leaves:
        joined = {type(node) for node in _nodes(tree)}
        forms: tuple[Filter, ...] = (And((leaves[0], leaves[0])), Or((leaves[0], leaves[0])), Not(leaves[0]))
        yield from (filters.render(form) for form in forms if type(form) in joined)


def _plain_leaf(leaf: Leaf, kind: ResourceType) -> Filter | None:
    resolved = resolve(leaf.path, kind)
    if resolved is None or resolved.attribute is None:
        return None
    urn = f"{resolved.extension.id}:" if resolved.extension is not None else ""
    name = f"{urn}{resolved.attribute.name}{f'.{resolved.sub.name}' if resolved.sub is not None else ''}"
    match leaf:
        case Compare(_, operator, value):
            neutral = _NEUTRAL if isinstance(value, str) and parse_date_time(value) is None else value
            return Compare(name, operator, neutral)
        case ValuePath(_, inner):
            # What stands in brackets is a comparison of its own: of several parts of one value.
            return ValuePath(name, _with_plain_names(inner, resolved.attribute))
        case Present():
            return Present(name)


def _with_plain_names(tree: Filter, attribute: Attribute) -> Filter:
    match tree:
        case And(terms):
            return And(tuple(_with_plain_names(term, attribute) for term in terms))
        case Or(terms):
            return Or(tuple(_with_plain_names(term, attribute) for term in terms))
        case Not(inner):
            return Not(_with_plain_names(inner, attribute))
        case _:
            part = attribute.sub(tree.path)
            return tree if part is None else replace(tree, path=part.name)


def _nodes(tree: Filter) -> Iterator[Filter]:
    yield tree
    match tree:
        case And(terms) | Or(terms):
            for term in terms:
                yield from _nodes(term)
        case Not(inner):
            yield from _nodes(inner)
        case _:
            pass


def _leaves(tree: Filter) -> Iterator[Leaf]:
    return (node for node in _nodes(tree) if isinstance(node, Compare | Present | ValuePath))
