"""Servers that speak SCIM well enough to be believed: wrong counts, circular pages, odd ids, monstrous schemas."""

import contextlib
import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs

from scimctl.exchange import Answer, Headers, Request, Response
from tests.hostile.cases import SMALL, Case, Site, Zoo
from tests.serving import TOKEN, served

Ask = Callable[[Request], Answer]
Change = Callable[[Request, Ask], Answer]
Edit = Callable[[dict[str, Any], Request], object]

CREATED = ("okta.users.create[oin]", "okta.users.deactivate", "okta.groups.push")
IMPORTED = ("okta.import.users", "okta.users.create[oin]")
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


def running(make: Callable[[], Change]) -> Callable[[], contextlib.AbstractContextManager[Site]]:
    """Starts the reference server behind a change that is new each time."""

    @contextlib.contextmanager
    def start() -> Iterator[Site]:
        asks: list[Ask] = []
        change = make()

        def remembered(request: Request, ask: Ask) -> Answer:
            asks[:] = [ask]
            return change(request, ask)

        with served(change=remembered) as base_url:
            yield Site(base_url, ("--token", TOKEN), lambda: _ours(asks))

    return start


def _ours(asks: list[Ask]) -> int:
    """How many accounts of a run the server still has."""
    if not asks:
        return 0
    answer = asks[0](Request("GET", "/Users?count=1000"))
    assert isinstance(answer, Response)
    return answer.body.count(b'"userName":"scimctl-')


def _json(response: Answer, body: object, *fields: tuple[str, str]) -> Response:
    assert isinstance(response, Response)
    kept = Headers((*response.headers.without("Content-Length"), *fields))
    return replace(response, headers=kept, body=json.dumps(body).encode())


def editing(edit: Edit, *, of: Callable[[Request], bool]) -> Callable[[], Change]:
    """Edits the JSON of answers to some requests."""

    def change(request: Request, ask: Ask) -> Answer:
        response = ask(request)
        assert isinstance(response, Response)
        if not of(request) or not response.body or response.status >= 300:
            return response
        body = json.loads(response.body)
        edit(body, request)
        return _json(response, body)

    return lambda: change


def _lists(request: Request) -> bool:
    return request.method == "GET" and request.path in ("/Users", "/Groups") and "filter" not in request.query


def _creates(request: Request) -> bool:
    return request.method == "POST"


def _everywhere(request: Request) -> bool:
    return True


def _start_of(request: Request) -> int:
    return int(parse_qs(request.query).get("startIndex", ["1"])[0])


def _stranger(number: int) -> dict[str, object]:
    return {"schemas": [USER], "id": f"x{number}", "userName": f"x{number}@other.example", "active": True}


def _endless(body: dict[str, Any], request: Request) -> None:
    start = _start_of(request)
    body.update(totalResults=start + 100, startIndex=start, itemsPerPage=1, Resources=[_stranger(start)])


def _circular(body: dict[str, Any], request: Request) -> None:
    body.update(totalResults=1000, startIndex=1, itemsPerPage=2, Resources=[_stranger(1), _stranger(2)])


def _nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return dict.fromkeys(value)
    return None


LISTS: dict[str, tuple[str, Edit]] = {
    "pages-endless": ("has a further page after each page", _endless),
    "pages-circular": ("gives the same page whatever is asked", _circular),
    "total-too-large": ("counts 1,000,000,000,000 users and has two", lambda b, r: b.update(totalResults=10**12)),
    "total-negative": ("counts -1 users", lambda b, r: b.update(totalResults=-1)),
    "total-too-small": (
        "counts 0 users and lists some",
        lambda b, r: b.update(totalResults=0, Resources=[_stranger(1)]),
    ),
    "total-a-fraction": ("counts 1.5 users", lambda b, r: b.update(totalResults=1.5)),
    "page-of-nothing": ("counts ten users and lists none", lambda b, r: b.update(totalResults=10, Resources=[])),
    "list-of-lists": ("lists lists", lambda b, r: b.update(totalResults=1, Resources=[[[]]])),
}

ODD_IDS = {
    "id-with-slashes": "../../admin/1",
    "id-with-marks": "a?b=c#d&e;f",
    "id-with-percent": "%2e%2e%2f%00",
    "id-with-blanks": "  \t\r\nX-Injected: 1",
    "id-of-dots": "..",
    "id-empty": "",
    "id-a-number": 42,
    "id-an-object": {"$ref": "x"},
    "id-of-a-megabyte": "i" * 1_000_000,
    "id-of-everybody": "the-same",
}


def _named(identifier: object) -> Edit:
    return lambda body, request: body.update(id=identifier)


def one_behind() -> Change:
    """Answers each request with the answer to the one before."""
    before: list[Answer] = [Response(200, Headers((("Content-Type", "application/scim+json"),)), b"{}")]

    def change(request: Request, ask: Ask) -> Answer:
        before.append(ask(request))
        return before[-2]

    return change


def flaky() -> Change:
    """Answers every third request with 503."""
    count = itertools.count(1)

    def change(request: Request, ask: Ask) -> Answer:
        return Response(503, Headers(), b"try again") if next(count) % 3 == 0 else ask(request)

    return change


def luring() -> Change:
    """Gives addresses on another host in Location, meta.location and $ref."""
    there = "http://127.0.0.2:9/scim/v2/Users/1"

    def change(request: Request, ask: Ask) -> Answer:
        response = ask(request)
        assert isinstance(response, Response)
        if not response.body:
            return response
        body = json.loads(response.body)
        if isinstance(body, dict) and "meta" in body:
            body["meta"]["location"] = there
        return replace(_json(response, body), headers=response.headers.with_field("Location", there))

    return change


def reading_only() -> Change:
    """Makes what is asked and never removes it."""

    def change(request: Request, ask: Ask) -> Answer:
        return Response(403, Headers(), b"") if request.method in ("DELETE", "PATCH", "PUT") else ask(request)

    return change


def dying() -> Change:
    """Makes one account and fails from then on."""
    made: list[bool] = []

    def change(request: Request, ask: Ask) -> Answer:
        if made:
            return Response(500, Headers(), b"out of memory")
        made.extend([True] if request.method == "POST" else [])
        return ask(request)

    return change


def forgetting() -> Change:
    """Answers a create with 500 and keeps the account."""

    def change(request: Request, ask: Ask) -> Answer:
        response = ask(request)
        return Response(500, Headers(), b"oops") if request.method == "POST" else response

    return change


def _nested(depth: int) -> dict[str, object]:
    attribute: dict[str, object] = {"name": "last", "type": "string"}
    for level in range(depth):
        attribute = {"name": f"n{level}", "type": "complex", "subAttributes": [attribute]}
    return attribute


def _schema(*attributes: object, urn: object = USER) -> dict[str, object]:
    return {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"], "id": urn, "attributes": list(attributes)}


SCHEMAS: dict[str, tuple[str, Callable[[], object]]] = {
    "schemas-deep": ("nests attributes 300 deep", lambda: [_schema(_nested(300))]),
    "schemas-wide": (
        "announces 100,000 attributes",
        lambda: [_schema(*[{"name": f"a{n}", "type": "string"} for n in range(100_000)])],
    ),
    "schemas-of-expressions": (
        "names attributes after regular expressions and paths",
        lambda: [_schema({"name": "(a+)+$"}, {"name": "../../x"}, {"name": "$ref"}, {"name": "\x1b[2J"})],
    ),
    "schemas-with-odd-urns": (
        "announces schemas whose URNs are paths, numbers, nothing",
        lambda: [_schema(urn=urn) for urn in ("../../../tmp/x", "/etc/passwd", "", 5, None, "CON", "a\x00b")],
    ),
    "schemas-twice": ("announces each schema twice", lambda: [_schema({"name": "userName"})] * 2),
    "schemas-null": ("announces schemas that are null", lambda: [None, _schema(None), _schema(urn=None)]),
    "schemas-of-types": (
        "announces attributes with types that are no types",
        lambda: [_schema({"name": "a", "type": None}, {"name": "b", "type": []}, {"name": "c", "type": "x" * 100_000})],
    ),
}


def announcing(make: Callable[[], object]) -> Callable[[], Change]:
    """Announces schemas of its own."""

    def start() -> Change:
        schemas = make()

        def change(request: Request, ask: Ask) -> Answer:
            response = ask(request)
            if request.path != "/Schemas":
                return response
            assert isinstance(schemas, list)
            return _json(response, {"totalResults": len(schemas), "Resources": schemas})

        return change

    return start


def add_to(zoo: Zoo) -> None:
    """Adds every server of this module."""
    for name, (does, edit) in LISTS.items():
        zoo.add(Case(name=name, does=does, start=running(editing(edit, of=_lists)), plays=IMPORTED))
    for name, identifier in ODD_IDS.items():
        shown = json.dumps(identifier) if len(str(identifier)) < 40 else "a text of a megabyte"
        start = running(editing(_named(identifier), of=_creates))
        zoo.add(Case(name=name, does=f"answers each create with the id {shown}", start=start, plays=CREATED))
    nulls = running(editing(lambda body, request: body.update(_nulls(body)), of=_everywhere))
    zoo.add(Case(name="nulls", does="answers with null in every member", start=nulls))
    for name, does, make in (
        ("one-behind", "answers each request with the answer to the one before", one_behind),
        ("flaky", "answers every third request with 503", flaky),
        ("luring", "gives addresses on another host in Location and meta.location", luring),
        ("never-removes", "refuses PUT, PATCH and DELETE", reading_only),
        ("fails-after-a-create", "answers everything after the first create with 500", dying),
        ("forgets-to-say", "answers each create with 500 and keeps the account", forgetting),
    ):
        zoo.add(Case(name=name, does=does, start=running(make), plays=CREATED))
    for name, (does, definitions) in SCHEMAS.items():
        zoo.add(Case(name=name, does=does, start=running(announcing(definitions)), timeout=10, plays=SMALL))
