"""Faults of filters."""

import json
import re
from dataclasses import replace

from scimctl.exchange import Request, Response
from scimctl.scim.filter import And, Compare, Filter, Not, Operator, Or, ValuePath
from scimctl.scim.names import resolve
from scimctl.scim.schema import Attribute, ResourceType, common_attributes
from scimctl.scim.values import fold, user_name
from scimctl.server.faults.exchanges import content, error, with_content
from scimctl.server.faults.queries import (
    Leaf,
    asked,
    asking,
    collection,
    filter_tree,
    with_filter,
    with_leaves,
)
from scimctl.server.faults.registry import Beneath, fault
from scimctl.server.store import Record

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WORD = re.compile(r"[^\s()\[\]]+")
_OPERATORS = frozenset({*(operator.value for operator in Operator), "pr", "and", "or", "not"})


@fault("filter-ignored-returns-all")
def filter_ignored(server: Beneath, request: Request) -> Response:
    return server(asking(request, filter=None) if _filter_of(request) is not None else request)


@fault("attributes-disables-filter")
def attributes_disables_filter(server: Beneath, request: Request) -> Response:
    disabled = _filter_of(request) is not None and asked(request).get("attributes")
    return server(asking(request, filter=None) if disabled else request)


@fault("filter-apostrophe-truncates")
def apostrophe_truncates(server: Beneath, request: Request) -> Response:
    def cut(leaf: Leaf) -> Filter:
        if not isinstance(leaf, Compare) or not isinstance(leaf.value, str):
            return leaf
        return Compare(leaf.path, leaf.operator, leaf.value.partition("'")[0])

    return server(with_filter(request, with_leaves(cut)))


@fault("filter-compound-truncated")
def compound_truncated(server: Beneath, request: Request) -> Response:
    def first(tree: Filter) -> Filter:
        while isinstance(tree, And | Or):
            tree = tree.terms[0]
        return tree

    return server(with_filter(request, first))


@fault("filter-username-case-sensitive")
def user_name_case_sensitive(server: Beneath, request: Request) -> Response:
    return server(_exactly(server, request, "User", "userName"))


@fault("filter-group-displayname-case")
def group_name_case_sensitive(server: Beneath, request: Request) -> Response:
    return server(_exactly(server, request, "Group", "displayName"))


@fault("filter-attrname-case-sensitive")
def attribute_name_case_sensitive(server: Beneath, request: Request) -> Response:
    names = _names(server)
    known = {name.lower() for name in names}

    def is_misspelt(path: str) -> bool:
        parts = path.rpartition(":")[2].split(".")
        return any(part not in names and part.lower() in known for part in parts)

    def misread(leaf: Leaf) -> Filter:
        return replace(leaf, path=f"{leaf.path}Unknown") if is_misspelt(leaf.path) else leaf

    return server(with_filter(request, with_leaves(misread)))


@fault("filter-escapes")
def escapes_not_decoded(server: Beneath, request: Request) -> Response:
    text = _filter_of(request)
    if text is None or "\\" not in text:
        return server(request)
    # A text that decodes to the escapes themselves.
    return server(asking(request, filter=_STRING.sub(lambda found: json.dumps(found[0][1:-1]), text)))


@fault("filter-hides-listed-user")
def hides_listed_user(server: Beneath, request: Request) -> Response:
    kind = server.service.kinds.get("User")

    def with_domain(leaf: Leaf) -> Filter:
        named = _names_by(leaf, kind, "userName") if kind is not None else None
        return leaf if named is None or "@" in named else Compare(leaf.path, Operator.EQ, f"{named}@primary")

    return server(with_filter(request, with_leaves(with_domain)) if collection(request) == "/Users" else request)


@fault("filter-not-scope")
def not_swallows_the_rest(server: Beneath, request: Request) -> Response:
    def swallowing(tree: Filter) -> Filter:
        if not isinstance(tree, And | Or):
            return tree
        terms = tuple(swallowing(term) for term in tree.terms)
        at = next((at for at, term in enumerate(terms[:-1]) if isinstance(term, Not)), None)
        negated = terms[at] if at is not None else None
        if at is None or not isinstance(negated, Not):
            return type(tree)(terms)
        swallowed = Not(type(tree)((negated.filter, *terms[at + 1 :])))
        return type(tree)((*terms[:at], swallowed)) if at > 0 else swallowed

    return server(with_filter(request, swallowing))


@fault("filter-operator-case-sensitive")
def operator_case_sensitive(server: Beneath, request: Request) -> Response:
    response = server(request)
    words = _WORD.findall(_STRING.sub('""', _filter_of(request) or ""))
    unknown = next((word for word in words if word.lower() in _OPERATORS and word not in _OPERATORS), None)
    if unknown is None or response.status != 200:
        return response
    return error(400, f"{unknown} is no operator", "invalidFilter")


@fault("filter-three-terms-fail")
def three_terms_500(server: Beneath, request: Request) -> Response:
    response = server(request)
    tree = filter_tree(request) if collection(request) is not None else None
    fails = tree is not None and response.status == 200 and _has_three_terms(tree)
    return error(500, "the parser expected the end of the filter") if fails else response


@fault("filter-keyword-values")
def keyword_values_400(server: Beneath, request: Request) -> Response:
    response = server(request)
    texts = _STRING.findall(_filter_of(request) or "") if response.status == 200 else []
    if not any({"and", "or"} & set(text[1:-1].lower().split()) for text in texts):
        return response
    return error(400, "unexpected operator in the filter", "invalidFilter")


@fault("filter-unsupported-wrong-code")
def wrong_code(server: Beneath, request: Request) -> Response:
    response = server(request)
    body = content(response)
    if collection(request) is None or body.get("scimType") != "invalidFilter":
        return response
    return with_content(response, body | {"scimType": "InvalidFilter"})


def _filter_of(request: Request) -> str | None:
    found = asked(request).get("filter") if collection(request) is not None else None
    return found if isinstance(found, str) else None


def _names_by(leaf: Leaf, kind: ResourceType, attribute: str) -> str | None:
    """The text of a comparison for equality with that attribute; None for any other."""
    if not isinstance(leaf, Compare) or leaf.operator is not Operator.EQ or not isinstance(leaf.value, str):
        return None
    found = resolve(leaf.path, kind)
    if found is None or found.attribute is None or found.extension is not None or found.sub is not None:
        return None
    return leaf.value if found.attribute.name == attribute else None


def _exactly(server: Beneath, request: Request, kind_name: str, attribute: str) -> Request:
    """The list request whose filter finds by that attribute only what has the very letters."""
    kind = server.service.kinds.get(kind_name)
    if kind is None or collection(request) != kind.endpoint:
        return request

    def exact(leaf: Leaf) -> Filter:
        text = _names_by(leaf, kind, attribute)
        key = user_name if attribute == "userName" else fold
        found = server.service.store.find(kind_name, attribute, key(text)) if text is not None else []
        same = [record for record in found if record.resource.get(attribute) == text]
        return leaf if len(same) == len(found) else _any_of(leaf.path, same)

    return with_filter(request, with_leaves(exact))


def _any_of(path: str, records: list[Record]) -> Filter:
    """A filter for some records. For none it compares with a value that no name has, still by the same attribute."""
    terms = tuple(Compare("id", Operator.EQ, record.id) for record in records)
    if not terms:
        return Compare(path, Operator.EQ, "")
    return terms[0] if len(terms) == 1 else Or(terms)


def _has_three_terms(tree: Filter) -> bool:
    match tree:
        case And(terms) | Or(terms):
            return len(terms) > 2 or any(_has_three_terms(term) for term in terms)
        case Not(inner) | ValuePath(_, inner):
            return _has_three_terms(inner)
        case _:
            return False


def _names(server: Beneath) -> set[str]:
    """The names of all attributes and sub-attributes, as the schemas spell them."""
    schemas = [schema for kind in server.service.kinds.values() for schema in kind.schemas]
    every: list[Attribute] = [*common_attributes().values()]
    every += [attribute for schema in schemas for attribute in schema.attributes]
    return {name.name for attribute in every for name in (attribute, *attribute.sub_attributes)}
