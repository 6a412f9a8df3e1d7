"""Okta's requests, byte for byte as captures and documents show them."""

from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scimctl.exchange import Auth, Request
from scimctl.jsonvalue import parse
from scimctl.okta import dialect

WRITES = [
    pytest.param(dialect.post("/Users", {"a": 1}), "POST", b'{"a":1}', id="post"),
    pytest.param(dialect.put("/Users/1", {"a": 1}), "PUT", b'{"a":1}', id="put"),
    pytest.param(dialect.patch("/Users/1", {"a": 1}), "PATCH", b'{"a":1}', id="patch"),
    pytest.param(dialect.delete("/Groups/1"), "DELETE", b"", id="delete"),
]


def test_a_read_has_no_content_type() -> None:
    request = dialect.get("/Users/1")
    assert request.headers.fields == (
        ("Accept", "application/scim+json"),
        ("Accept-Charset", "utf-8"),
        ("User-Agent", "Okta SCIM Client 1.0.0"),
        ("Accept-Encoding", "gzip,deflate"),
    )
    assert (request.method, request.target, request.body, request.auth) == ("GET", "/Users/1", b"", Auth.TARGET)


@pytest.mark.parametrize(("request_made", "method", "body"), WRITES)
def test_every_write_has_one_even_without_a_body(request_made: Request, method: str, body: bytes) -> None:
    assert request_made.headers.fields == (
        ("Accept", "application/scim+json"),
        ("Accept-Charset", "utf-8"),
        ("Content-Type", "application/scim+json; charset=utf-8"),
        ("User-Agent", "Okta SCIM Client 1.0.0"),
        ("Accept-Encoding", "gzip,deflate"),
    )
    assert (request_made.method, request_made.body) == (method, body)


def test_bodies_are_compact_and_keep_their_keys_in_order() -> None:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "value": {"active": False}}],
    }
    sent = dialect.patch("/Users/1", body).body
    assert sent == (
        b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],'
        b'"Operations":[{"op":"replace","value":{"active":false}}]}'
    )
    assert len(sent) == 118
    assert dialect.put("/Users/1", {"title": "Müller"}).body == '{"title":"Müller"}'.encode()


@pytest.mark.parametrize(
    ("value", "query"),
    [
        pytest.param("test.user@okta.local", "%22test.user%40okta.local%22", id="documented"),
        pytest.param("a+b@x", "%22a%2Bb%40x%22", id="plus"),
        pytest.param('a"b', "%22a%5C%22b%22", id="quotation-mark"),
        pytest.param("a\\b", "%22a%5C%5Cb%22", id="backslash"),
        pytest.param("o'hara", "%22o%27hara%22", id="apostrophe"),
        pytest.param("50% & more", "%2250%25%20%26%20more%22", id="percent-and-ampersand"),
        pytest.param("Zoë", "%22Zo%C3%AB%22", id="latin"),
        pytest.param("名前", "%22%E5%90%8D%E5%89%8D%22", id="beyond-latin"),
        pytest.param("a~b-c_d.e", "%22a~b-c_d.e%22", id="unreserved"),
        pytest.param("\ud800", "%22%5Cud800%22", id="lone-surrogate"),
    ],
)
def test_a_lookup_is_encoded_once(value: str, query: str) -> None:
    expected = f"filter=userName%20eq%20{query}&startIndex=1&count=100"
    assert dialect.filter_query("userName", value) == expected
    plus = dialect.filter_query("userName", value, space="+")
    assert plus == expected.replace("%20", "+")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20), st.sampled_from(["%20", "+"]))
def test_a_server_decodes_what_was_looked_up(value: str, space: str) -> None:
    query = dialect.filter_query("displayName", value, space=space)
    name, text = parse_qsl(query, strict_parsing=True)[0]
    assert (name, text[:15]) == ("filter", "displayName eq ")
    assert parse(text[15:].encode()) == value


def test_pages_are_asked_for_as_imports_do() -> None:
    assert dialect.list_query() == "startIndex=1&count=100"
    assert dialect.list_query(101, 50) == "startIndex=101&count=50"


def test_an_id_is_one_segment_of_the_path() -> None:
    assert dialect.resource_target("/Users", "a/b ?ä") == "/Users/a%2Fb%20%3F%C3%A4"
    assert unquote(dialect.resource_target("/Users", "23a35c27-23d3")) == "/Users/23a35c27-23d3"
