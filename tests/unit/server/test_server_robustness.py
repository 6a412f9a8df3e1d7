"""Whatever is sent, the reference server answers, and never with a 5xx that it does not mean."""

import json
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from scimctl.exchange import Headers, Request
from scimctl.scim import urns
from scimctl.server.core import ReferenceServer, build

BASE_URL = "https://reference.invalid/scim/v2"


@cache
def server(profile: str) -> ReferenceServer:
    return build(profile, token="right")


TARGETS = st.sampled_from(
    [
        "/Users",
        "/Users/x",
        "/Groups",
        "/Groups/x",
        "/Users/.search",
        "/.search",
        "/",
        "",
        "/Schemas",
        "/%e4",
        "/Users/%2F",
    ]
)
NAMES = [
    "schemas",
    "userName",
    "emails",
    "name",
    "active",
    "members",
    "Operations",
    "op",
    "path",
    "value",
    "filter",
    "count",
]
NAMES += [
    urns.ENTERPRISE_USER,
    "manager",
    "primary",
    "type",
    "displayName",
    "password",
    "x509Certificates",
    "meta",
    "id",
]
LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=6),
    st.sampled_from([*NAMES, urns.USER, urns.GROUP, urns.PATCH_OP, urns.SEARCH_REQUEST, "add", "a@scimctl.example"]),
)
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)),
    max_leaves=12,
)
MESSAGES = st.builds(
    lambda body, urn: {**body, "schemas": [urn], "userName": "a@scimctl.example", "displayName": "g"},
    st.dictionaries(st.sampled_from(NAMES), BODIES, max_size=6),
    st.sampled_from([urns.USER, urns.GROUP, urns.PATCH_OP, urns.SEARCH_REQUEST]),
)
CONTENT = st.one_of(st.binary(max_size=40), st.one_of(BODIES, MESSAGES).map(lambda body: json.dumps(body).encode()))
QUERIES = st.one_of(
    st.just(""),
    st.text(alphabet="abc=&%20+filter()[]\"'\u00e9", max_size=20).map(lambda text: "?" + text),
    st.sampled_from(
        ["?filter=userName%20eq%20%22a%22", "?sortBy=emails&sortOrder=descending", "?attributes=name.x,%00"]
    ),
)


@given(
    profile=st.sampled_from(["standard", "wrike"]),
    method=st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "X"]),
    target=TARGETS,
    query=QUERIES,
    content=CONTENT,
    tag=st.sampled_from(["", "*", 'W/"1"', '"', "\u00ff"]),
)
@settings(max_examples=250, deadline=None)
def test_every_request_gets_a_scim_answer(
    profile: str, method: str, target: str, query: str, content: bytes, tag: str
) -> None:
    fields = (
        ("Authorization", "Bearer right"),
        ("Content-Type", "application/scim+json"),
        ("If-Match", tag),
        ("If-None-Match", tag),
    )
    response = server(profile).handle(Request(method, target + query, Headers(fields), content), base_url=BASE_URL)
    assert response.status < 500 or response.status == 501
    if response.status >= 400 and method != "HEAD":
        body = json.loads(response.body)
        assert body["schemas"] == [urns.ERROR]
        assert body["status"] == str(response.status)
        assert body["detail"]
    if response.body:
        response.body.decode("utf-8")
