"""The strict YAML reader: what scalars mean, what is refused, and where everything stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimctl.diagnostic import InputError
from scimctl.document import MAX_DEPTH, Document, load
from scimctl.jsonvalue import Json, compact
from scimctl.source import SourceText

SCALARS: list[tuple[str, Json]] = [
    ("true", True),
    ("True", True),
    ("FALSE", False),
    ("null", None),
    ("~", None),
    ("", None),
    ("0", 0),
    ("-17", -17),
    ("2.5", 2.5),
    ("-1e3", -1000.0),
    ("NO", "NO"),
    ("yes", "yes"),
    ("on", "on"),
    ("12:30", "12:30"),
    ("010", "010"),
    ("0x1F", "0x1F"),
    ("0o17", "0o17"),
    ("1_000", "1_000"),
    ("+15551234", "+15551234"),
    (".inf", ".inf"),
    (".nan", ".nan"),
    ("2026-01-31", "2026-01-31"),
    ("'12'", "12"),
    ('"true"', "true"),
    ("$(user.login)", "$(user.login)"),
    ("2.", "2."),
    ("<<", "<<"),
]


def read(text: str) -> Document:
    return load(SourceText("file.yaml", text))


def place(document: Document, *path: str | int) -> tuple[int, int, int]:
    span = document.value_span(path)
    return span.line, span.column, span.length


@pytest.mark.parametrize(("text", "value"), SCALARS, ids=[repr(text) for text, _ in SCALARS])
def test_scalars_mean_what_yaml_1_2_says(text: str, value: Json) -> None:
    read_value = read(f"[{text}]").tree if text else read("a:").tree
    wanted: Json = [value] if text else {"a": None}
    assert read_value == wanted
    assert isinstance(read_value, list | dict)


def test_true_and_one_are_told_apart() -> None:
    assert read("[true, 1]").tree == [True, 1]
    first = read("[true]").tree
    assert isinstance(first, list)
    assert first[0] is True


def test_keys_are_strings_whatever_they_look_like() -> None:
    assert read("200: a\ntrue: b\nNO: c\n").tree == {"200": "a", "true": "b", "NO": "c"}


def test_an_empty_file_is_null() -> None:
    assert read("").tree is None
    assert place(read("# nothing\n")) == (1, 1, 1)


TEXT = """\
- id: a.b
  given:
    user: {profile: {login: "x y", tags: [1, two]}}
  text: |
    one
    two
"""


@pytest.mark.parametrize(
    ("path", "wanted"),
    [
        ((), (1, 1, 9)),
        ((0,), (1, 3, 7)),
        ((0, "id"), (1, 7, 3)),
        ((0, "given", "user"), (3, 11, 41)),
        ((0, "given", "user", "profile", "login"), (3, 29, 5)),
        ((0, "given", "user", "profile", "tags"), (3, 42, 8)),
        ((0, "given", "user", "profile", "tags", 1), (3, 46, 3)),
        ((0, "text"), (4, 9, 1)),
    ],
)
def test_every_value_has_its_place(path: tuple[str | int, ...], wanted: tuple[int, int, int]) -> None:
    assert place(read(TEXT), *path) == wanted


def test_keys_have_their_places() -> None:
    span = read(TEXT).key_span((0, "given", "user", "profile"))
    assert (span.line, span.column, span.length, span.place) == (3, 12, 7, "file.yaml:3:12")


def test_a_place_that_is_not_there_is_that_of_what_is_around_it() -> None:
    document = read(TEXT)
    assert document.value_span((0, "given", "group", "name")) == document.value_span((0, "given"))
    assert document.key_span((0, "given", "group")) == document.value_span((0, "given"))
    assert document.key_span((0,)) == document.value_span((0,))


def test_columns_count_characters() -> None:
    assert place(read("漢字: [é, x]\n"), "漢字", 1) == (1, 9, 1)


def test_all_faults_are_found_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read("a: &x 1\na: 2\nb: *x\nc: !!str 3\n---\nd: 4\n")
    titles = [diagnostic.title for diagnostic in caught.value.diagnostics]
    assert titles == [
        "anchor `&x` is not allowed",
        "key `a` stands here a second time",
        "alias `*x` is not allowed",
        "tag `!!str` is not allowed",
        "a second document begins here",
    ]


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [("a: [1,\n", 2, 1), ("a: b: c\n", 1, 5), ("\ta: 1\n", 1, 1), ("a: \x07\n", 1, 4), ("é: '\n", 2, 1)],
    ids=["bracket", "colon", "tab", "control", "quote"],
)
def test_a_syntax_error_has_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(InputError) as caught:
        read(text)
    span = caught.value.diagnostics[0].span
    assert span is not None
    assert (span.line, span.column) == (line, column)


@pytest.mark.parametrize("text", ["[a]: 1", "{a: b}: 1", "? [a, {b: c}]\n: 1"])
def test_a_key_is_a_plain_word(text: str) -> None:
    with pytest.raises(InputError, match="where a key is expected"):
        read(text)


@pytest.mark.parametrize("text", ["9" * 5000, "1e999", "-1e999"], ids=["digits", "exponent", "negative"])
def test_a_number_that_no_computer_holds_is_refused(text: str) -> None:
    outcome = f"[{text}]"
    with pytest.raises(InputError, match="too large"):
        read(outcome)


def test_a_missing_key_is_a_fault() -> None:
    with pytest.raises(InputError, match="a key is missing"):
        read("?\n: 1")


def test_deep_nesting_is_refused_before_it_hurts() -> None:
    assert read("[" * MAX_DEPTH + "]" * MAX_DEPTH).tree is not None
    with pytest.raises(InputError, match="levels deep"):
        read("[" * 100_000)


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(blacklist_categories=["Cs", "Cc"], blacklist_characters="\ufeff\u2028\u2029\ufffe\uffff")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text("ab c:#-", min_size=1), inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_json_is_yaml(value: Json) -> None:
    assert read(compact(value).decode()).tree == value
