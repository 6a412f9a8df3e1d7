"""Targets: templates become percent-encoded targets, and patterns meet them decoded."""

from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scimctl.scenario.target import render_pattern, render_target, target_matches


@pytest.mark.parametrize(
    ("template", "value", "wanted"),
    [
        ("/Users/$(x)", "a/b?c", "/Users/a%2Fb%3Fc"),
        (
            '/Users?filter=userName eq "$(x|filter)"',
            "o'hara+1@x",
            "/Users?filter=userName%20eq%20%22o%27hara%2B1%40x%22",
        ),
        ("/Users?filter=$(x)&count=1", "a&b=c", "/Users?filter=a%26b%3Dc&count=1"),
        ("/Users/é%20ü", "", "/Users/%C3%A9%20%C3%BC"),
        ("/Users/$(x)", "100%", "/Users/100%25"),
        ("/Groups?attributes=urn:x:User:a.b", "", "/Groups?attributes=urn:x:User:a.b"),
        ("", "", ""),
    ],
)
def test_a_template_becomes_a_target(template: str, value: str, wanted: str) -> None:
    assert render_target(template, lambda name: value) == wanted


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_a_value_stays_one_segment(value: str) -> None:
    target = render_target("/Users/$(x)", lambda name: value)
    assert target.count("/") == 2
    assert "?" not in target
    assert unquote(target.rpartition("/")[2]) == value


@pytest.mark.parametrize(
    ("pattern", "target", "wanted"),
    [
        ("/Users/*", "/Users/123", True),
        ("/Users/*", "/Users/1/2", False),
        ("/Users/*", "/Users", False),
        ("/Users/*", "/Users/1?count=1", False),
        ("/Users", "/Users", True),
        ("/Users", "/Groups", False),
        ("/Users?*", "/Users?startIndex=1&count=2", True),
        ("/Users?*", "/Users", False),
        ('/Users?filter=userName eq "a@b"&*', "/Users?filter=userName%20eq%20%22a%40b%22&startIndex=1", True),
        ('/Users?filter=userName eq "a@b"&*', "/Users?filter=userName+eq+%22a%40b%22&startIndex=1", True),
        ('/Users?filter=userName eq "a+b"', "/Users?filter=userName%20eq%20%22a%2Bb%22", True),
        ('/Users?filter=userName eq "a+b"', "/Users?filter=userName%20eq%20%22a+b%22", False),
        ("/Users/[1]", "/Users/1", False),
        ("/Users/a%2Fb", "/Users/a%2Fb", True),
        ("/Us*/1", "/Users/1", True),
    ],
)
def test_a_pattern_meets_a_target(pattern: str, target: str, wanted: bool) -> None:
    assert target_matches(pattern, target) is wanted


@given(st.text(st.characters(blacklist_categories=["Cs"])))
def test_a_rendered_pattern_meets_the_rendered_target(value: str) -> None:
    pattern = render_pattern('/Users?filter=userName eq "$(x)"&*', lambda name: value)
    target = render_target('/Users?filter=userName eq "$(x)"&count=1', lambda name: value)
    assert target_matches(pattern, target)


def test_a_star_in_a_value_is_no_wildcard() -> None:
    pattern = render_pattern("/Users/$(x)", lambda name: "a*")
    assert target_matches(pattern, "/Users/a%2A")
    assert not target_matches(pattern, "/Users/abc")
