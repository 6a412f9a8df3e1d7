"""Whatever a server answers: the run ends by itself, accounts for everything, and leaves other people's users alone."""

import io
import json
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scimctl.engine.session import CANARY
from scimctl.events import Noted
from scimctl.exchange import Answer, FaultKind, Headers, Request, Response, Send, TransportFault
from scimctl.finding import Verdict
from scimctl.jsonvalue import Json
from scimctl.okta import dialect
from scimctl.report.console import console_reporter
from scimctl.scenario.plan import Plan
from tests.exchanges import content, filter_of, is_create, is_listing, ok, on_one_user
from tests.playing import Played, plan_of, play, reference

SOME = (
    "okta.credentials.test",
    "okta.users.lookup-miss",
    "okta.users.create[oin]",
    "okta.users.create-existing-inactive[oin]",
    "okta.users.deactivate",
    "okta.users.reactivate[aiw]",
    "okta.users.update[oin]",
    "okta.attributes.enterprise",
)
DISCOVERY = ("/ServiceProviderConfig", "/ResourceTypes", "/Schemas")
FOREIGN: Json = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "boss@example.com",
    "title": "Boss",
    "active": True,
}

WHERE: dict[str, Callable[[Request], bool]] = {
    "everywhere": lambda request: True,
    "all but the canary": lambda request: request.target != "/Users?startIndex=1&count=1",
    "lookup": lambda request: is_listing(request) and bool(filter_of(request)),
    "create": is_create,
    "read": lambda request: on_one_user(request, "GET"),
    "put": lambda request: on_one_user(request, "PUT"),
    "patch": lambda request: on_one_user(request, "PATCH"),
    "delete": lambda request: request.method == "DELETE",
    "discovery": lambda request: request.path in DISCOVERY,
}

BODIES: dict[str, bytes] = {
    "empty": b"",
    "null": b"null",
    "array": b"[]",
    "object": b"{}",
    "string": b'"x"',
    "number": b"12",
    "huge number": b"9" * 5000,
    "deep": b"[" * 100_000,
    "NaN": b'{"id":NaN}',
    "duplicate keys": b'{"id":"a","id":"b","userName":"u","userName":"v"}',
    "surrogates": b'{"id":"\\ud800","userName":"\\ud800","detail":"\\ud800","Resources":[{"id":"\\ud800"}]}',
    "terminal": b'{"id":"\\u001b[31m\\u0000","userName":"\\u001b[2J","detail":"\\u202e","totalResults":"\\u001b"}',
    "numbers": b'{"id":12,"userName":5,"Resources":{},"totalResults":1.5}',
    "lists": b'{"id":["a"],"userName":[1],"Resources":[[{"id":1}],null,"x",3],"totalResults":[],"schemas":{}}',
    "objects": b'{"id":{"a":1},"emails":[1,null,[2]],"name":null,"active":"True","schemas":"urn:x","Resources":"x"}',
    "an error": b'{"status":400,"detail":["x"],"scimType":{"a":1},"schemas":5}',
    "HTML": b"<html>\x1b[31m</html>",
    "latin-1": "é".encode("latin-1"),
    "UTF-16": '{"id":1}'.encode("utf-16"),
}


@cache
def plan() -> Plan:
    """What every test here plays."""
    return plan_of(*SOME)


def changed(where: str, answer: Answer) -> tuple[Send, Callable[[], bool]]:
    """A server that answers alike in one place, and whether its user of somebody else's is as before."""
    server = reference()
    boss = content(ok(server(dialect.post("/Users", FOREIGN))))
    path = f"/Users/{boss['id']}"
    return (
        lambda request: answer if WHERE[where](request) else server(request),
        lambda: content(ok(server(dialect.get(path)))) == boss,
    )


def played(send: Send, untouched: Callable[[], bool], jobs: int = 1) -> Played:
    """Plays, shows it on a console, and asserts what holds of every run."""
    out = io.StringIO()
    reporter = console_reporter(out, color=False)
    result = play(send, plan(), on_event=reporter.handle, jobs=jobs)
    assert untouched()
    assert result.finished.exit_code in (0, 1, 3, 4)
    started = result.events[0]
    assert list(result.verdicts) == list(getattr(started, "planned", ()))
    verdicts = set(result.verdicts.values())
    assert Verdict.BLOCKED not in verdicts or verdicts & {Verdict.FAILED, Verdict.UNKNOWN}
    assert all(character.isprintable() or character == "\n" for character in out.getvalue())
    return result


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("body", BODIES)
def test_bodies(where: str, body: str) -> None:
    status = 201 if where == "create" else 200
    result = played(*changed(where, json_response(status, BODIES[body])))
    # Okta reads neither discovery nor the answers to a clean-up; everything else it does.
    wrong = where not in ("discovery", "delete", "put", "patch")
    if wrong:
        assert result.finished.exit_code == 1
    elif where in ("discovery", "delete"):
        assert result.finished.exit_code == 0


def json_response(status: int, body: bytes = b"", *fields: tuple[str, str]) -> Response:
    return Response(status, Headers((("Content-Type", "application/scim+json"), *fields)), body)


@pytest.mark.parametrize("status", [100, 199, 204, 206, 301, 302, 304, 307, 400, 418, 429, 500, 501, 503, 599, 999])
@pytest.mark.parametrize("where", ["all but the canary", "create", "read", "discovery"])
def test_statuses(where: str, status: int) -> None:
    detail = b'{"detail":"\\u001b[31m\\u0000\\ud800","status":7}'
    answer = json_response(status, detail, ("Location", "https://elsewhere.example/\x1b"), ("Retry-After", "99999999"))
    result = played(*changed(where, answer))
    if where == "discovery":
        assert result.finished.exit_code == 0 if status != 429 else 3
    else:
        assert result.finished.exit_code == (3 if status == 429 else 1)


@pytest.mark.parametrize("retry_after", ["0", "-5", "9" * 30, "Wed, 21 Oct 2015 07:28:00 GMT", "1e9", "²", "\x1b", ""])
def test_retry_after(retry_after: str) -> None:
    result = played(*changed("create", json_response(429, b"", ("Retry-After", retry_after))))
    assert result.finished.exit_code == 3


@pytest.mark.parametrize("kind", FaultKind)
@pytest.mark.parametrize("where", ["everywhere", "create", "read"])
def test_faults(where: str, kind: FaultKind) -> None:
    result = played(*changed(where, TransportFault(kind, "words \x1b[31m\ud800", 0.1)))
    expected = 3 if where == "everywhere" or kind is FaultKind.RATE_LIMIT else 1
    assert result.finished.exit_code == expected


def test_a_server_that_answers_the_request_before() -> None:
    server = reference()
    before: list[Answer] = [Response(200)]

    def late(request: Request) -> Answer:
        before.append(server(request))
        return before[-2]

    assert played(late, lambda: True).finished.exit_code == 1


@pytest.mark.parametrize("jobs", [1, 4])
def test_a_server_that_starts_again_with_nothing(jobs: int) -> None:
    servers = [reference()]
    count = [0]

    def forgetful(request: Request) -> Answer:
        count[0] += 1
        # Often enough that no order of four scenarios escapes it.
        if count[0] % 7 == 0:
            servers.append(reference())
        return servers[-1](request)

    assert played(forgetful, lambda: True, jobs=jobs).finished.exit_code == 1


@pytest.mark.parametrize("after", [1, 5, 20, 40])
def test_a_server_that_dies_on_the_way(after: int) -> None:
    server = reference()
    count = [0]

    def dying(request: Request) -> Answer:
        count[0] += 1
        return server(request) if count[0] <= after else TransportFault(FaultKind.REFUSED, "Connection refused")

    result = played(dying, lambda: True)
    assert result.finished.exit_code == 3
    assert set(result.verdicts.values()) <= {Verdict.PASSED, Verdict.UNKNOWN, Verdict.NOT_RUN}


def test_a_server_that_dies_at_the_end() -> None:
    server = reference()
    canaries: list[Request] = []

    def dying(request: Request) -> Answer:
        canaries.extend([request] if request == CANARY else [])
        return server(request) if len(canaries) < 2 else TransportFault(FaultKind.REFUSED, "Connection refused")

    result = played(dying, lambda: True)
    notes = [event.text for event in result.events if isinstance(event, Noted)]
    assert notes == ["after the last scenario the server did not answer any more: refused: Connection refused"]


def schema(*attributes: dict[str, Json], urn: str = "urn:ietf:params:scim:schemas:core:2.0:User") -> Json:
    return {"Resources": [{"id": urn, "name": "User", "attributes": [*attributes]}], "totalResults": "1"}


def required(number: int) -> dict[str, Json]:
    return {"name": f"a{number}", "required": True}


def nested(depth: int) -> dict[str, Json]:
    attribute: dict[str, Json] = {"name": "last"}
    for level in range(depth):
        attribute = {"name": f"n{level}", "type": "complex", "subAttributes": [attribute]}
    return attribute


SCHEMAS: dict[str, Json] = {
    "many": schema(*map(required, range(5_000))),
    "no name": schema({"type": "string"}),
    "odd names": schema({"name": "a/b~c \n%(x)s"}, {"name": "$ref"}, {"name": "(a+)+$"}),
    "surrogate name": schema({"name": "\ud800"}),
    "deep": schema(nested(200)),
    "one name twice": schema({"name": "userName"}, {"name": "USERNAME", "type": "complex"}),
    "odd URNs": {"Resources": [{"id": urn, "attributes": []} for urn in ("\ud800", "", "$ref", "urn:" + "x" * 9999)]},
    "a bare list": [{"id": "urn:x"}],
}


@pytest.mark.parametrize("definitions", SCHEMAS)
def test_schemas(definitions: str) -> None:
    server = reference()
    answer = json_response(200, json.dumps(SCHEMAS[definitions]).encode())
    result = played(lambda request: answer if request.path == "/Schemas" else server(request), lambda: True)
    # Okta never reads them, so nothing fails for it.
    assert result.finished.exit_code == 0


def values() -> st.SearchStrategy[Json]:
    leaves = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    names = st.sampled_from(["id", "userName", "schemas", "Resources", "totalResults", "active", "meta", "emails", ""])
    texts = st.text(st.characters(), max_size=8)
    return st.recursive(
        leaves | texts, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=5)
    )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(value=values(), where=st.sampled_from(sorted(WHERE)), status=st.sampled_from([200, 201, 400, 404, 409]))
def test_any_json(value: Json, where: str, status: int) -> None:
    played(*changed(where, json_response(status, json.dumps(value).encode())))


def test_a_server_that_is_not_there_is_told_once() -> None:
    out = io.StringIO()
    fault = TransportFault(FaultKind.REFUSED, "Connection refused")
    play(lambda request: fault, plan(), on_event=console_reporter(out, color=False).handle)
    reason = "the first request got no usable answer: refused: Connection refused"
    assert out.getvalue().splitlines()[1:4] == [
        f"- NOT_RUN okta.attributes.enterprise  {reason}",
        "- NOT_RUN 7 more for the same reason",
        "",
    ]
