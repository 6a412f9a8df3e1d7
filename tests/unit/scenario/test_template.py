"""Templates: finding marks, names, filters; rendering with JSON types kept."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimctl.jsonvalue import Json
from scimctl.scenario.template import FILTERS, Mark, as_text, marks, names_in, render, render_text

VALUES: dict[str, Json] = {
    "user.login": 'o"hara\\@x.example',
    "flag": True,
    "count": 3,
    "nothing": None,
    "tree": {"a": [1]},
    "key": "title",
}


def resolve(name: str) -> Json:
    return VALUES[name]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("plain", "plain"),
        ("$(flag)", True),
        ("$(count)", 3),
        ("$(nothing)", None),
        ("$(tree)", {"a": [1]}),
        ("x$(flag)y", "xtruey"),
        ("$(count)$(count)", "33"),
        ("$(tree) ", '{"a":[1]} '),
        ("$$(flag)", "$(flag)"),
        ("$(user.login|filter)", 'o\\"hara\\\\@x.example'),
        ("$( key | upper )", "TITLE"),
        ("$(key|upper|lower)", "title"),
        ("a.$(key|regex)", "a.title"),
        ("5 $ and (x)", "5 $ and (x)"),
    ],
)
def test_a_text_is_rendered(text: str, wanted: Json) -> None:
    rendered = render(text, resolve)
    assert rendered == wanted
    assert type(rendered) is type(wanted)


def test_everything_in_a_tree_is_rendered_keys_too() -> None:
    tree: Json = {"$(key)": ["$(flag)", {"x": "a $(count)"}], "n": 1, "b": None}
    assert render(tree, resolve) == {"title": [True, {"x": "a 3"}], "n": 1, "b": None}


def test_names_are_found_once_in_order() -> None:
    assert names_in("$(b) $(a.c|filter) $$(no) $(b)") == ("b", "a.c")


def test_marks_know_their_place_and_filters() -> None:
    assert marks("a $(b|upper|x) $(") == [
        Mark("$(b|upper|x)", 2, "b", ("upper", "x")),
        Mark("$(", 15, "", (), well_formed=False),
    ]


@pytest.mark.parametrize("text", ["$()", "$(1a)", "$(a b)", "$(a..b)", "$(a.)", "$(|x)", "$(a$(b))"])
def test_what_is_no_name_is_malformed(text: str) -> None:
    assert next(mark.well_formed for mark in marks(text)) is False


def test_values_and_literals_are_encoded_apart() -> None:
    text = render_text("a $(key) b", resolve, encode=str.upper, literal=lambda part: part.replace(" ", "_"))
    assert text == "a_TITLE_b"


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        ("filter", 'a"b\\c\né', 'a\\"b\\\\c\\né'),
        ("path", "a/b c%é", "a%2Fb%20c%25%C3%A9"),
        ("upper", "aé", "AÉ"),
        ("lower", "AÉ", "aé"),
        ("regex", "a.b", r"a\.b"),
        ("thousandfold", "ab", "ab" * 1000),
        ("hour_later", "2026-01-01T09:30:00Z", "2025-12-31T23:30:00-11:00"),
        ("hour_later", "2026-01-01T09:30:00.125+02:00", "2025-12-31T21:30:00.125000-11:00"),
        ("hour_later", "2026-01-01T09:30:00", "2026-01-01T10:30:00"),
        ("hour_later", "9999-12-31T23:30:00Z", "9999-12-31T23:30:00Z"),
        ("hour_later", "yesterday", "yesterday"),
    ],
)
def test_filters(name: str, text: str, wanted: str) -> None:
    assert FILTERS[name][0](text) == wanted


@given(st.text())
def test_a_text_without_marks_stays_as_it_is(text: str) -> None:
    assert "$(" in text or render(text, resolve) == text


@given(st.text())
def test_finding_marks_never_fails(text: str) -> None:
    assert all(text[mark.start :].startswith(mark.text) for mark in marks(text))


def test_values_as_text() -> None:
    assert [as_text(value) for value in ("a", 1.5, False, None, ["é"])] == ["a", "1.5", "false", "null", '["é"]']
