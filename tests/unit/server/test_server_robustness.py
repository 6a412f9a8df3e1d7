"""Whatever is sent, the reference server answers, and never with a 5xx that it does not mean."""

import json
from functools import cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from scimctl.exchange import Headers, Request
from scimctl.scim import urns
from scimctl.server.core import ReferenceServer, build
from tests.unit.server.reference_client import Client

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
        "/Bulk",
        "/Me",
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
    "cursor",
    "method",
    "bulkId",
    "data",
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
    st.sampled_from(
        [
            *NAMES,
            urns.USER,
            urns.GROUP,
            urns.PATCH_OP,
            urns.SEARCH_REQUEST,
            urns.BULK_REQUEST,
            "add",
            "a@scimctl.example",
        ]
    ),
)
BODIES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.sampled_from(NAMES), inner, max_size=6)),
    max_leaves=12,
)
MESSAGES = st.builds(
    lambda body, urn: {**body, "schemas": [urn], "userName": "a@scimctl.example", "displayName": "g"},
    st.dictionaries(st.sampled_from(NAMES), BODIES, max_size=6),
    st.sampled_from([urns.USER, urns.GROUP, urns.PATCH_OP, urns.SEARCH_REQUEST, urns.BULK_REQUEST]),
)
CONTENT = st.one_of(st.binary(max_size=40), st.one_of(BODIES, MESSAGES).map(lambda body: json.dumps(body).encode()))
QUERIES = st.one_of(
    st.just(""),
    st.text(alphabet="abc=&%20+filter()[]\"'\u00e9", max_size=20).map(lambda text: "?" + text),
    st.sampled_from(
        [
            "?filter=userName%20eq%20%22a%22",
            "?sortBy=emails&sortOrder=descending",
            "?attributes=name.x,%00",
            "?cursor&count=1",
        ]
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


BULK_IDS = st.sampled_from(["a", "b", "c", "d"])
REFERENCES = st.one_of(BULK_IDS.map(lambda name: f"bulkId:{name}"), st.just("none"))
MEMBERS = st.lists(st.fixed_dictionaries({"value": REFERENCES}), max_size=3)
OPERATIONS = st.one_of(
    st.builds(
        lambda bulk_id, name, manager: {
            "method": "POST",
            "path": "/Users",
            "bulkId": bulk_id,
            "data": {
                "schemas": [urns.USER],
                "userName": name,
                urns.ENTERPRISE_USER: {"manager": {"value": manager}},
            },
        },
        BULK_IDS,
        st.sampled_from(["", "ada", "bob"]),
        REFERENCES,
    ),
    st.builds(
        lambda bulk_id, name, members: {
            "method": "POST",
            "path": "/Groups",
            "bulkId": bulk_id,
            "data": {"schemas": [urns.GROUP], "displayName": name, "members": members},
        },
        BULK_IDS,
        st.sampled_from(["", "g"]),
        MEMBERS,
    ),
    st.builds(
        lambda target, members: {
            "method": "PATCH",
            "path": f"/Groups/{target}",
            "data": {
                "schemas": [urns.PATCH_OP],
                "Operations": [{"op": "add", "path": "members", "value": members}],
            },
        },
        REFERENCES,
        MEMBERS,
    ),
    st.builds(lambda target: {"method": "DELETE", "path": f"/Groups/{target}"}, REFERENCES),
    st.dictionaries(st.sampled_from(["method", "path", "bulkId", "data"]), st.sampled_from(["POST", "/Users", "a"])),
)


@given(operations=st.lists(OPERATIONS, min_size=1, max_size=8), limit=st.sampled_from([None, 1, 2]))
@settings(max_examples=250, deadline=None)
def test_a_bulk_request_leaves_no_reference_to_nothing(operations: list[dict[str, Any]], limit: int | None) -> None:
    fresh = build("standard", token="right")
    client = Client(fresh)
    told = client.send(
        "POST", "/Bulk", {"schemas": [urns.BULK_REQUEST], "failOnErrors": limit, "Operations": operations}
    )
    assert client.last.status in (200, 400)
    results = told.get("Operations", [])
    created = {
        result["location"].removeprefix(BASE_URL)
        for result in results
        if result["status"] == "201" and client.get(result["location"].removeprefix(BASE_URL)).get("id")
    }
    stored = client.get("/")["Resources"]
    assert {entry["meta"]["location"].removeprefix(BASE_URL) for entry in stored} == created
    ids = {entry["id"] for entry in stored}
    assert {member["value"] for entry in stored for member in entry.get("members", [])} <= ids
    for result in results:
        assert int(result["status"]) < 500
        assert ("response" in result) == (int(result["status"]) >= 400)
        assert "location" in result or (result.get("method") == "POST" and "response" in result)
    if limit is None and told["schemas"] == [urns.BULK_RESPONSE]:
        assert len(results) == len(operations)
