"""JSON Schema validation: the two libraries agree, and errors are told in our words."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimctl import bundle
from scimctl.document import load
from scimctl.jsonvalue import Json
from scimctl.source import SourceText
from scimctl.validation import SchemaError, Validator, diagnostics, near

PERSON: dict[str, Json] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "pattern": "^[a-z]+$", "patternErrorMessage": "small letters"},
        "age": {"type": ["integer", "null"], "minimum": 0, "maximum": 150},
        "kind": {"enum": ["admin", "user", 3]},
        "tags": {"type": "array", "items": {"type": "string"}, "uniqueItems": True, "maxItems": 2},
        "state": {"const": True},
        "choice": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["id"]}]},
        "never": {"not": {}},
    },
    "required": ["name"],
    "additionalProperties": False,
}


def only(tree: Json) -> SchemaError:
    found = Validator(PERSON).errors(tree)
    assert len(found) == 1
    return found[0]


@pytest.mark.parametrize(
    ("tree", "path", "keyword", "message"),
    [
        ({"name": ""}, ("name",), "pattern", None),
        ({}, ("name",), "required", "`name` is missing"),
        ({"name": "a", "nam": 1}, ("nam",), "additionalProperties", "`nam` is not known here"),
        ({"name": "A"}, ("name",), "pattern", '"A" is not small letters'),
        ({"name": "a", "age": True}, ("age",), "type", "true is not an integer or null"),
        ({"name": "a", "age": -1}, ("age",), "minimum", "-1 is not at least 0"),
        ({"name": "a", "age": 200}, ("age",), "maximum", "200 is not at most 150"),
        ({"name": "a", "kind": "x"}, ("kind",), "enum", '"x" is not "admin", "user" or 3'),
        ({"name": "a", "tags": ["a", 2]}, ("tags", 1), "type", "2 is not a string"),
        ({"name": "a", "tags": ["a", "a"]}, ("tags",), "uniqueItems", '["a", "a"] is not free of duplicates'),
        ({"name": "a", "tags": ["a", "b", "c"]}, ("tags",), "maxItems", '["a", "b", "c"] is not 2 items long at most'),
        ({"name": "a", "state": 1}, ("state",), "const", "1 is not true"),
        ({"name": "a", "choice": {}}, ("choice", "id"), "required", "`id` is missing"),
        ({"name": "a", "never": 1}, ("never",), "not", "1 is not what `not` allows"),
        ([], (), "type", "[] is not an object"),
    ],
)
def test_an_error_is_told_in_our_words(
    tree: Json, path: tuple[str | int, ...], keyword: str, message: str | None
) -> None:
    found = [error for error in Validator(PERSON).errors(tree) if error.keyword == keyword]
    assert [error.path for error in found] == [path]
    assert message is None or found[0].message == message
    assert not Validator(PERSON).is_valid(tree)


def test_an_unknown_member_comes_with_the_known_ones() -> None:
    error = only({"name": "a", "kinds": "user"})
    assert error.known == ("name", "age", "kind", "tags", "state", "choice", "never")
    assert (error.actual, error.expected) == ("user", "no such member")


def test_errors_come_in_the_order_of_places() -> None:
    schema: dict[str, Json] = {"type": "array", "items": {"type": "integer"}}
    tree: Json = ["a", *range(10), "b"]
    assert [error.path for error in Validator(schema).errors(tree)] == [(0,), (11,)]


def test_formats_are_not_asserted() -> None:
    validator = Validator({"type": "string", "format": "date-time"})
    assert validator.is_valid("yesterday")
    assert validator.errors("yesterday") == []


def test_what_the_fast_library_cannot_read_is_judged_all_the_same() -> None:
    validator = Validator({"type": "string", "maxLength": 2})
    assert validator.is_valid("\ud800")
    assert not validator.is_valid("\ud800xx")


def test_one_validator_serves_many_threads() -> None:
    validator = Validator(PERSON)
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(validator.is_valid, [{"name": "a"}, {"name": 1}] * 20)) == [True, False] * 20


SCHEMAS = {
    "person": PERSON,
    "scenario": bundle.read_schema("scimctl/scenario.schema.json"),
    "list-response": bundle.read_schema("messages/list-response.schema.json"),
}
WORDS = sorted({word for schema in SCHEMAS.values() for word in json.dumps(schema).split('"') if word.isalpha()})
TREES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 600)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5)
    | st.sampled_from(["a.b", "GET /Users", "2xx", "/id", "okta-08"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=5),
    max_leaves=20,
)
STEPS = st.fixed_dictionaries(
    {},
    optional={
        "okta": st.sampled_from([{"assign": "user"}, {"asign": 1}, {}, {"features": {"create": False}}]) | TREES,
        "send": st.sampled_from(["GET /Users", {"request": "GET /Users", "body": {}}]) | TREES,
        "expect": st.sampled_from([{"status": 200}, {"status": "20x"}, {"requests": 0}]) | TREES,
        "capture": st.sampled_from([{"id": "/id"}, {"id": {"header": "Location"}}, {"id": "id"}]) | TREES,
    },
)
SCENARIOS = st.lists(
    st.fixed_dictionaries(
        {"id": st.sampled_from(["a.b", "A", 1]), "title": st.text(max_size=3), "steps": st.lists(STEPS, max_size=2)},
        optional={"needs": TREES, "matrix": TREES, "given": TREES, "alone": TREES},
    ),
    max_size=2,
)


@pytest.mark.parametrize("name", SCHEMAS)
@given(tree=TREES | SCENARIOS)
def test_the_two_libraries_agree(name: str, tree: Json) -> None:
    validator = Validator(SCHEMAS[name])
    assert validator.is_valid(tree) == (validator.errors(tree) == [])


@pytest.mark.parametrize(
    ("word", "candidates", "wanted"),
    [
        ("expct", ["expect", "given"], "did you mean `expect`?"),
        ("zzz", ["b", "a"], "words: b, a"),
        ("zzz", [str(number) for number in range(10)], "words: 0, 1, 2, 3, 4, 5, 6, 7, …"),
        ("zzz", [str(number) for number in range(100)], ""),
        ("zzz", [], ""),
    ],
)
def test_help_is_one_near_word_or_a_short_list(word: str, candidates: list[str], wanted: str) -> None:
    assert near(word, candidates, "words") == wanted


def test_a_valid_file_has_no_diagnostics() -> None:
    assert diagnostics(load(SourceText("a.yaml", "name: ada\n")), Validator(PERSON)) == []


def test_a_diagnostic_stands_at_the_offending_key_or_value() -> None:
    found = diagnostics(load(SourceText("a.yaml", "name: 7\nkinds: user\n")), Validator(PERSON))
    places = [(one.title, one.span.place if one.span else "", one.help) for one in found]
    assert places == [
        ("key `kinds` is not known here", "a.yaml:2:1", "did you mean `kind`?"),
        ("`name` is 7", "a.yaml:1:7", 'quote it to make it text: "7"'),
    ]
