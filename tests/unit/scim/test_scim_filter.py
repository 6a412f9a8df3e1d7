"""Filters: what is read, what is refused, what a tree means."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scimctl.bundle import scim_definitions
from scimctl.jsonvalue import Json
from scimctl.scim import urns
from scimctl.scim.errors import ScimError
from scimctl.scim.filter import (
    MAX_DEPTH,
    And,
    Compare,
    Filter,
    Not,
    Operator,
    Or,
    Present,
    ValuePath,
    parse,
    render,
)
from scimctl.scim.matching import equality, matcher, sort_key
from scimctl.scim.schema import Attribute, Extension, ResourceType, Schema, SchemaSet, Type

ADA: dict[str, Json] = {
    "schemas": [urns.USER, urns.ENTERPRISE_USER],
    "id": "1a",
    "externalId": "E-1",
    "userName": "Ada.Lovelace@Example.com",
    "name": {"familyName": "Lovelace", "givenName": "Ada"},
    "displayName": "Zoe\u0301",
    "title": 'say "hi" \\ +&',
    "nickName": "",
    "active": True,
    "emails": [
        {"value": "ada@work.example", "type": "work", "primary": True},
        {"value": "ada@home.example", "type": "home"},
    ],
    "x509Certificates": [{"value": "AQID"}],
    urns.ENTERPRISE_USER: {"department": "Engines", "manager": {"value": "9"}},
    "meta": {"created": "2026-01-01T12:00:00.500Z", "resourceType": "User"},
}


@cache
def user_kind() -> ResourceType:
    schemas = SchemaSet(Schema.from_json(definition) for definition in scim_definitions())
    extension = Extension(schemas[urns.ENTERPRISE_USER])
    return ResourceType(name="User", endpoint="/Users", base=schemas[urns.USER], extensions=(extension,))


def matches(text: str) -> bool:
    return matcher(parse(text), user_kind())(ADA)


@pytest.mark.parametrize(
    "text",
    [
        'userName eq "ada.lovelace@example.com"',
        'USERNAME Eq "ADA.LOVELACE@EXAMPLE.COM"',
        'userName ne "bob"',
        'userName co "LOVE"',
        'userName sw "ada."',
        'userName ew ".COM"',
        "title pr",
        'title eq "say \\"hi\\" \\\\ +&"',
        'externalId eq "E-1"',
        'displayName eq "Zo\\u00e9"',
        'displayName eq "ZOÉ"',
        "active eq true",
        "active ne false",
        'name.familyName eq "lovelace"',
        'emails.value eq "ada@home.example"',
        'emails co "home.example"',
        'emails[type eq "work" and primary eq true]',
        'emails[type eq "home" and not (primary eq true)]',
        'emails.type ne "work"',
        "emails pr",
        'meta.created gt "2026-01-01T13:00:00+02:00"',
        'meta.created eq "2026-01-01T12:00:00.5Z"',
        'meta.created le "2026-01-01T12:00:00.500Z"',
        'meta.created sw "2026-01"',
        'schemas eq "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"',
        f'{urns.USER}:userName eq "ada.lovelace@example.com"',
        f'{urns.ENTERPRISE_USER}:department eq "engines"',
        f'{urns.ENTERPRISE_USER.upper()}:manager.value eq "9"',
        f"{urns.ENTERPRISE_USER} pr",
        "timezone eq null",
        "title ne null",
        'timezone ne "x"',
        "nosuch eq null",
        'nosuch ne "x"',
        'title pr and active eq true or userName eq "nobody"',
        'userName eq "nobody" or title pr and active eq true',
        "not (not (title pr))",
        'userName gt "ada"',
        'x509Certificates.value eq "AQID"',
    ],
)
def test_matches(text: str) -> None:
    assert matches(text)


@pytest.mark.parametrize(
    "text",
    [
        'userName eq "bob"',
        'externalId eq "e-1"',
        'id eq "1A"',
        "active eq false",
        "nickName pr",
        "timezone pr",
        "nosuch pr",
        'nosuch eq "x"',
        'nosuch[type eq "x"]',
        'emails[type eq "work" and value co "home"]',
        'emails[nosuch eq "x"]',
        'name.nosuch eq "x"',
        'meta.created lt "2026-01-01T12:00:00Z"',
        "title eq null",
        "emails eq null",
        'userName eq "ada.lovelace@example.com" and not (title pr)',
        '(title pr or active eq true) and userName eq "nobody"',
        'userName eq "x\\" or \\"1\\" eq \\"1"',
        'x509Certificates.value eq "aqid"',
    ],
)
def test_does_not_match(text: str) -> None:
    assert not matches(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "userName",
        "userName eq",
        "userName eq bob",
        "userName eq 'bob'",
        'userName eq "bob',
        'userName eq "a\\x"',
        'userName like "bob"',
        'userName eq "a" "b"',
        'userName eq "a" and',
        'and userName eq "a"',
        "(title pr",
        "title pr)",
        "not title pr",
        "emails[type pr",
        "emails[emails[type pr]]",
        'emails[type eq "work"].value eq "a"',
        "emails[]",
        "()",
        'a.b.c eq "x"',
        '[0] eq "x"',
        "userName eq True",
        "userName eq 1e999",
        "title gt null",
        "active gt true",
        'active co "t"',
        'active eq "true"',
        "userName eq 5",
        "userName co 5",
        'name eq "x"',
        f'{urns.ENTERPRISE_USER} eq "x"',
        'x509Certificates.value gt "A"',
        'meta.created gt "yesterday"',
        "userName[type pr]",
        "(" * (MAX_DEPTH + 1) + "title pr" + ")" * (MAX_DEPTH + 1),
        'title eq "' + "x" * 20_000 + '"',
    ],
)
def test_refused_as_invalid_filter(text: str) -> None:
    with pytest.raises(ScimError) as refused:
        matches(text)
    assert (refused.value.status, refused.value.scim_type) == (400, "invalidFilter")


def test_a_syntax_error_says_where() -> None:
    with pytest.raises(ScimError, match="at character 10, found like"):
        parse('userName like "bob"')


def test_never_returned_attributes_cannot_be_probed() -> None:
    with pytest.raises(ScimError) as refused:
        matches('password sw "a"')
    assert (refused.value.status, refused.value.scim_type) == (403, "sensitive")


def test_long_disjunctions_are_read() -> None:
    assert matches(" or ".join(['userName eq "x"'] * 200 + ["title pr"]))


def test_only_a_lone_equality_can_use_an_index() -> None:
    assert equality(parse('userName eq "a"')) == ("userName", "a")
    assert equality(parse('userName eq "a" and title pr')) is None
    assert equality(parse("active eq true")) is None


def test_numbers_are_compared_as_numbers() -> None:
    schema = Schema(id="urn:example:thing", attributes=(Attribute(name="size", type=Type.INTEGER),))
    kind = ResourceType(name="Thing", endpoint="/Things", base=schema)
    found = [size for size in (9, 10, None) if matcher(parse("size ge 9.5"), kind)({"size": size})]
    assert found == [10]


@pytest.mark.parametrize(
    ("path", "order"),
    [
        ("userName", ["A", "b", "C"]),
        ("name.familyName", ["b", "A", "C"]),
        ("emails.value", ["C", "b", "A"]),
        ("emails", ["C", "b", "A"]),
    ],
)
def test_sort_key(path: str, order: list[str]) -> None:
    users: list[dict[str, Json]] = [
        {"userName": "b", "name": {"familyName": "a"}, "emails": [{"value": "y"}]},
        {"userName": "C", "emails": [{"value": "z"}, {"value": "x", "primary": True}]},
        {"userName": "A", "name": {"familyName": "B"}},
    ]
    key = sort_key(path, user_kind())
    assert key is not None
    assert [user["userName"] for user in sorted(users, key=key)] == order


@pytest.mark.parametrize("path", ["nosuch", "password", "name", urns.ENTERPRISE_USER])
def test_what_cannot_be_sorted_by(path: str) -> None:
    assert sort_key(path, user_kind()) is None


PATHS = st.sampled_from(["userName", "name.givenName", "emails.value", f"{urns.ENTERPRISE_USER}:department", "$ref"])
VALUES = st.one_of(
    st.text(max_size=8), st.booleans(), st.none(), st.integers(-(10**6), 10**6), st.floats(-1e6, 1e6, allow_nan=False)
)
LEAVES = st.one_of(st.builds(Present, PATHS), st.builds(Compare, PATHS, st.sampled_from(Operator), VALUES))


def _compound(inner: st.SearchStrategy[Filter]) -> st.SearchStrategy[Filter]:
    terms = st.lists(inner, min_size=2, max_size=3).map(tuple)
    return st.one_of(st.builds(Not, inner), st.builds(And, terms), st.builds(Or, terms))


FLAT = st.recursive(LEAVES, _compound, max_leaves=6)
TREES = st.recursive(st.one_of(LEAVES, st.builds(ValuePath, st.just("emails"), FLAT)), _compound, max_leaves=8)


@given(TREES)
@settings(max_examples=60, deadline=None)
def test_what_is_rendered_is_read_back(tree: Filter) -> None:
    assert parse(render(tree)) == tree


@given(st.text(alphabet='()[]"\\ aeqprnotd.:0', max_size=30))
@settings(max_examples=150, deadline=None)
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        matches(text)
    except ScimError as error:
        refused = error.scim_type
    else:
        refused = None
    assert refused in (None, "invalidFilter", "sensitive")
