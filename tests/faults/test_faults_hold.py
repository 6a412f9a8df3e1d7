"""Whatever a faulty server gets, it answers: wrongly perhaps, but never with an exception or a broken answer."""

import json
import random
import re
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from scimctl.exchange import Headers, Request, Response
from scimctl.server.core import ReferenceServer
from scimctl.server.faults.catalogue import look_up, visible, with_faults
from scimctl.server.faults.registry import FaultyServer
from tests.faults.pairs import server
from tests.faults.tour import ADA, BULK, ENTERPRISE, GRACE, GROUP, PATCH, SEARCH, USER
from tests.unit.server.reference_client import BASE_URL

_BEGINNING = (
    ("POST", "/Users", ADA),
    ("POST", "/Users", GRACE),
    ("POST", "/Groups", {"schemas": [GROUP], "displayName": "Engines", "members": [{"value": "id-1"}]}),
)
_LONG = "a" * 20_000
_HALF = "\\ud800"


def _patch(operations: object) -> object:
    return {"schemas": [PATCH], "Operations": operations}


_BODIES: tuple[object, ...] = (
    b"",
    b"{",
    b"\xff\xfe",
    b"null",
    b"[]",
    b"[[1]]",
    b'"text"',
    b'{"schemas": NaN}',
    b"[" * 30 + b"]" * 30,
    b'{"a":' * 900 + b"1" + b"}" * 900,
    b"[" * 2000,
    f'{{"schemas": ["{USER}"], "userName": "{_HALF}", "externalId": "{_HALF}"}}'.encode(),
    {},
    {"schemas": None, "userName": None, "emails": None, "members": None, "active": None},
    {"schemas": [1], "userName": 1, "emails": {"value": 1}, "members": "id-1", "active": "False", "name": [1]},
    {"schemas": [USER], "userName": ["x"], "emails": [1, None, [], {"value": {"value": 1}}], ENTERPRISE: "text"},
    {"schemas": [USER], "userName": "new", "emails": [], "name": {}, "groups": [{}], "password": {"a": 1}},
    {"schemas": [GROUP], "displayName": {}, "members": [None, 1, {"value": None}, {"value": ["id-1"]}]},
    _patch(None),
    _patch({}),
    _patch([1, None, "x", []]),
    _patch([{}]),
    _patch([{"op": 1, "path": 2, "value": 3}]),
    _patch([{"op": "replace", "path": ["active"], "value": {"active": []}}]),
    _patch([{"op": "replace", "value": [{"active": False}]}, {"op": "remove"}]),
    _patch([{"op": "add", "path": "members[", "value": "id-1"}]),
    _patch([{"op": "remove", "path": 'members[value eq "', "value": None}]),
    _patch([{"op": "replace", "path": 'emails[type eq "work"].value', "value": None}] * 3),
    _patch([{"op": "replace", "path": f"{ENTERPRISE}:manager", "value": [None]}]),
    {"schemas": [BULK], "Operations": [1]},
    {"schemas": [BULK], "Operations": [{"method": 1, "path": None, "data": []}]},
    {"schemas": [BULK], "Operations": [{"method": "POST", "path": "/Users", "data": {"userName": 1}}]},
    {"schemas": [SEARCH], "filter": 1, "count": "x", "startIndex": [], "attributes": {}, "sortBy": 1},
    {"schemas": [SEARCH], "filter": f'userName eq "{_HALF}"', "count": -1, "startIndex": 0, "sortBy": "name"},
)
_QUERIES = (
    "filter=",
    "filter=%22",
    "filter=%FF",
    "filter=" + quote(f'userName eq "{_HALF}"'),
    "filter=" + quote(f'USERNAME eq "{_HALF}\'" and title pr'),
    "filter=" + quote('userName eq "\\q"'),
    "filter=" + quote("(" * 60 + "id pr" + ")" * 60),
    "filter=" + quote('emails[type eq "work" and not (value co "x")].value pr'),
    f"filter={_LONG}",
    "filter=id%20pr&filter=title%20pr",
    "startIndex=99999999999999999999&count=99999999999999999999",
    "startIndex=-9&count=-9",
    "startIndex=%D9%A3&count=%C2%B2",
    "startIndex=&count=&sortBy=&attributes=&excludedAttributes=&cursor=",
    "sortBy=name&sortOrder=sideways",
    "sortBy=name.givenName&sortOrder=descending&attributes=%FF",
    "attributes=userName&excludedAttributes=userName",
    "cursor=x&startIndex=1",
    "&&==&=a&b",
)
_PATHS = (
    "",
    "/",
    "//Users//",
    "/Users/",
    "/Users/%FF",
    "/Users/%2e%2e/%00",
    f"/Users/{_LONG}",
    "/Users/id-1/name",
    "/Users/.search",
    "/Groups/.search",
    "/.search",
    "/Me",
    "/Bulk",
    "/Schemas/",
    "/ResourceType",
    "/Users/id-1",
    "/Groups/id-3",
)
_FIELDS: tuple[tuple[tuple[str, str], ...], ...] = (
    (),
    (("Authorization", ""),),
    (("Authorization", "Bearer"),),
    (("Authorization", "Bearer e30.e30.e30"),),
    (("Authorization", "Bearer \xff.\xff.\xff"),),
    (("Authorization", "Bearer reader"),),
    (("Authorization", "Bearer right"), ("If-Match", '"'), ("If-None-Match", "\xff")),
    (("Authorization", "Bearer right"), ("Accept", ",;="), ("Content-Type", ";;")),
    (("Authorization", "Bearer right"), ("Accept", "application/json"), ("Content-Type", "application/json")),
)


def _requests() -> Iterator[Request]:
    for number, body in enumerate(_BODIES):
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        for method, target in _places(sent, number):
            yield _request(method, target, sent)
    for number, query in enumerate(_QUERIES):
        yield _request("GET", f"/Users?{query}")
        yield _request("GET", f"{('/Groups', '/Users/id-1', '/')[number % 3]}?{query}")
    for number, path in enumerate(_PATHS):
        for method in ("GET", ("HEAD", "DELETE")[number % 2], ("OPTIONS", "POST", "BREW")[number % 3]):
            yield _request(method, path, b"{}" if method == "POST" else b"")
    for fields in _FIELDS:
        for method, target in (("HEAD", "/Users"), ("PATCH", "/Users/id-2"), ("GET", "/Nothing")):
            yield Request(method, target, Headers(fields), b"{}" if method == "PATCH" else b"")


def _places(body: bytes, number: int) -> tuple[tuple[str, str], ...]:
    """Where a body may hurt: the messages at home, all others at two of the places that read one."""
    if PATCH.encode() in body:
        return ("PATCH", "/Users/id-1"), ("PATCH", "/Groups/id-3")
    if BULK.encode() in body:
        return (("POST", "/Bulk"),)
    if SEARCH.encode() in body:
        return ("POST", "/Users/.search"), ("POST", "/.search")
    other = (("PUT", "/Users/id-1"), ("PATCH", "/Users/id-1"), ("POST", "/Groups"), ("PUT", "/Groups/id-3"))
    return ("POST", "/Users"), other[number % 4]


def _request(method: str, target: str, body: bytes = b"") -> Request:
    media = (("Content-Type", "application/scim+json"),) if body else ()
    return Request(method, target, Headers((("Authorization", "Bearer right"), *media)), body)


HOSTILE = tuple(_requests())


def _answers(subject: ReferenceServer | FaultyServer) -> list[Response]:
    for method, target, body in _BEGINNING:
        subject.handle(_request(method, target, json.dumps(body).encode()), base_url=BASE_URL)
    return [subject.handle(request, base_url=BASE_URL) for request in HOSTILE]


@pytest.fixture(scope="module")
def clean() -> list[Response]:
    return _answers(server())


def _check_form(request: Request, response: Response) -> None:
    assert 200 <= response.status < 600, request
    length = response.headers.get("Content-Length")
    if request.method == "HEAD" or response.status in (204, 304):
        assert response.body == b"", request
    elif length is not None:
        assert int(length) == len(response.body), request


@pytest.mark.parametrize("name", visible())
def test_a_faulty_server_answers_whatever_comes(name: str, clean: list[Response]) -> None:
    answers = _answers(with_faults(server(), [name]))

    is_about_5xx = re.search(r"\b5\d\d\b", look_up(name).wrong) is not None
    for request, right, wrong in zip(HOSTILE, clean, answers, strict=True):
        _check_form(request, wrong)
        assert wrong.status < 500 or right.status >= 500 or is_about_5xx, request


@pytest.mark.parametrize("seed", range(8))
def test_many_faults_at_once_hold(seed: int) -> None:
    some = random.Random(seed).sample(visible(), 15)

    for request, response in zip(HOSTILE, _answers(with_faults(server(), some)), strict=True):
        _check_form(request, response)
