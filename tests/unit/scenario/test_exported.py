"""Exported suites: what is read, how it is judged, what goes where."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scimctl.cli.app import run
from scimctl.cli.suites import given_variables, without_pauses
from scimctl.diagnostic import InputError
from scimctl.engine.run import Tools
from scimctl.events import LeftBehind, Waiting
from scimctl.exchange import Answer, Headers, Request, Response
from scimctl.finding import Outcome, Verdict
from scimctl.jsonvalue import Json
from scimctl.okta import dialect
from scimctl.scenario.exported.assertions import problem_of
from scimctl.scenario.exported.model import Assertion, Comparison, Source
from scimctl.scenario.exported.places import parts_of, value_at
from scimctl.scenario.matchers import MISSING
from scimctl.scenario.plan import Plan, make_plan
from scimctl.scenario.selection import select
from scimctl.source import SourceText, Span
from tests.playing import Played, play, reference
from tests.serving import served

SPAN = Span(SourceText("suite.json", ""), 1, 1)
BODY = {
    "n": 3,
    "text": "3",
    "words": "a long day",
    "none": None,
    "yes": True,
    "no": False,
    "zero": 0,
    "empty": [],
    "list": ["a", "b", 4],
    "object": {"k": "v", "urn:x:1.0": {"deep": [1]}},
}
ANSWER = Response(200, Headers((("X-Kind", "fine"),)), json.dumps(BODY).encode(), elapsed=0.5)


def holds(comparison: str, place: str, value: str = "", source: str = "response_json") -> bool:
    assertion = Assertion(
        check="c", source=Source(source), place=place, comparison=Comparison(comparison), value=value, span=SPAN
    )
    return problem_of(assertion, ANSWER, lambda name: name) is None


COMPARISONS = [
    ("empty", ("empty", ""), ("list", "")),
    ("empty", ("nowhere", ""), ("zero", "")),
    ("not_empty", ("no", ""), ("none", "")),
    ("equal", ("yes", "true"), ("yes", "True")),
    ("equal", ("none", "null"), ("nowhere", "null")),
    ("not_equal", ("n", "4"), ("n", "3")),
    ("contains", ("words", "long"), ("words", "short")),
    ("contains", ("list", "a"), ("list", "c")),
    ("does_not_contain", ("list", "c"), ("list", "4")),
    ("is_a_number", ("zero", ""), ("text", "")),
    ("is_a_number", ("n", ""), ("yes", "")),
    ("equal_number", ("text", "3.0"), ("n", "4")),
    ("is_less_than", ("n", "4"), ("n", "3")),
    ("is_less_than_or_equal", ("n", "3"), ("n", "2")),
    ("is_greater_than", ("n", "2"), ("n", "3")),
    ("is_greater_than_or_equal", ("n", "3"), ("words", "3")),
    ("has_key", ("object", "k"), ("object", "v")),
    ("has_value", ("object", "v"), ("object", "k")),
    ("is_null", ("none", ""), ("zero", "")),
]


@pytest.mark.parametrize(("comparison", "yes", "no"), COMPARISONS)
def test_comparisons(comparison: str, yes: tuple[str, str], no: tuple[str, str]) -> None:
    assert holds(comparison, *yes)
    assert not holds(comparison, *no)


def test_every_comparison_is_tried() -> None:
    assert {row[0] for row in COMPARISONS} == {comparison.value for comparison in Comparison}


def test_sources() -> None:
    assert holds("equal", "", "200", "response_status")
    assert holds("equal", "x-kind", "fine", "response_headers")
    assert holds("is_less_than", "", "600", "response_time")
    assert not holds("is_less_than", "", "500", "response_time")
    assert holds("equal_number", "", str(len(ANSWER.body)), "response_size")
    assert holds("contains", "", '"n": 3', "response_text")


@pytest.mark.parametrize(
    ("place", "parts"),
    [
        ("Resources[0].name.familyName", ("Resources", 0, "name", "familyName")),
        ("a['b.c'][\"d\"]", ("a", "b.c", "d")),
        ("", ()),
        ("list[-1]", ("list", -1)),
        ("a[x]", None),
        ("a[", None),
    ],
)
def test_paths(place: str, parts: tuple[str | int, ...] | None) -> None:
    assert parts_of(place) == parts


def test_values() -> None:
    assert value_at(ANSWER, Source.JSON, "object['urn:x:1.0'].deep[0]") == 1
    assert value_at(ANSWER, Source.JSON, "list[-1]") == 4
    assert value_at(ANSWER, Source.JSON, "list[7]") is MISSING
    assert value_at(Response(200, Headers(), b"<html>"), Source.JSON, "a") is MISSING


def request(url: str = "{{SCIMBaseURL}}/Users", **more: Any) -> dict[str, Any]:
    plain = {"step_type": "request", "note": "A step", "method": "GET", "url": url}
    return plain | {"headers": {"Authorization": ["{{auth}}"]}} | more


def asserted(comparison: str, place: str = "", value: str | None = None, source: str = "") -> dict[str, Any]:
    kind = source or ("response_json" if place else "response_status")
    return {"comparison": comparison, "source": kind, "value": value, "property": place}


def plan(tmp_path: Path, steps: list[dict[str, Any]], **variables: str) -> Plan:
    path = tmp_path / "suite.json"
    path.write_text(json.dumps({"name": "A suite", "steps": steps}, indent=1), "utf-8")
    return make_plan(select([str(path)], variables=variables), allow_heavy=True)


def outcomes(played: Played) -> dict[str, Outcome]:
    return {found.check: found.outcome for found in played.findings if found.check.startswith("suite.")}


CREATE = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "{{randomUsername}}",
    "name": {"givenName": "{{randomGivenName}}", "familyName": "{{randomFamilyName}}"},
}


def test_what_a_suite_creates_is_removed(tmp_path: Path) -> None:
    made = request(method="POST", body=json.dumps(CREATE), variables=[taken("one", "id")])
    read = request("{{SCIMBaseURL}}/Users/{{one}}", assertions=[asserted("equal", "userName", "{{randomUsername}}")])
    server = reference()
    played = play(server, plan(tmp_path, [made, read]))
    assert outcomes(played) == {"suite.step-2.userName.equal": Outcome.HELD}
    deleted = [each.exchange for each in played.exchanges if each.exchange.request.method == "DELETE"]
    assert [each.status for each in deleted] == [204]
    answer = server(Request("GET", "/Users"))
    assert isinstance(answer, Response)
    assert json.loads(answer.body)["totalResults"] == 0


def taken(name: str | None, place: str) -> dict[str, Any]:
    return {"name": name, "property": place, "source": "response_json"}


FIRST = [asserted("not_empty", "Resources[0].userName")]


@pytest.mark.parametrize("others", [0, 1])
def test_a_first_user_is_made_only_where_there_is_none(tmp_path: Path, others: int) -> None:
    server = reference()
    if others:
        body: Json = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "boss@example.com"}
        server(dialect.post("/Users", body))
    played = play(server, plan(tmp_path, [request(assertions=FIRST)]))
    posts = [each for each in played.exchanges if each.exchange.request.method == "POST"]
    assert len(posts) == 1 - others
    assert outcomes(played) == {"suite.step-1.Resources[0].userName.not_empty": Outcome.HELD}


def test_the_suite_goes_on_after_a_broken_assertion(tmp_path: Path) -> None:
    steps = [
        request(assertions=[asserted("equal_number", value="404")]),
        request(assertions=[asserted("equal", value="200")]),
    ]
    played = play(reference(), plan(tmp_path, steps))
    assert outcomes(played) == {
        "suite.step-1.status.equal_number": Outcome.BROKEN,
        "suite.step-2.status.equal": Outcome.HELD,
    }
    broken = next(iter(played.broken))
    assert broken.problem is not None
    assert (broken.problem.expected, broken.problem.actual) == ("equal_number 404", "200")
    assert played.finished.exit_code == 1


def test_two_assertions_alike_are_two_findings(tmp_path: Path) -> None:
    twice = [asserted("equal", value="200"), asserted("equal", value="201")]
    played = play(reference(), plan(tmp_path, [request(assertions=twice)]))
    assert outcomes(played) == {
        "suite.step-1.status.equal": Outcome.HELD,
        "suite.step-1.status.equal.2": Outcome.BROKEN,
    }


def test_a_step_that_is_optional_warns(tmp_path: Path) -> None:
    step = request(note="Optional Test: it", assertions=[asserted("equal", value="404")])
    played = play(reference(), plan(tmp_path, [step]))
    assert [found.verdict for found in played.broken] == [Verdict.WARNED]
    assert played.finished.exit_code == 0


def test_an_unknown_script_is_told_and_never_passed(tmp_path: Path) -> None:
    step = request(scripts=["assert.equal(1, 1); // sure", ""], before_scripts=["variables.set('a', 1)"])
    played = play(reference(), plan(tmp_path, [step]))
    assert outcomes(played) == {
        "suite.step-1.before-script-1": Outcome.COULD_NOT_TELL,
        "suite.step-1.script-1": Outcome.COULD_NOT_TELL,
    }
    told = [found.problem.actual for found in played.findings if found.problem and "script" in found.check]
    assert told == ["variables.set('a',1)", "assert.equal(1,1);"]
    assert played.finished.exit_code == 3


def test_what_no_answer_gave_is_not_made_up(tmp_path: Path) -> None:
    steps = [request(variables=[taken("one", "Resources[0].id")]), request("{{SCIMBaseURL}}/Users/{{one}}")]
    played = play(reference(), plan(tmp_path, steps))
    assert set(played.verdicts.values()) == {Verdict.UNKNOWN}
    assert list(played.reasons.values()) == ["step 2 needs `$(one)`, which no earlier answer gave"]


def test_pauses(tmp_path: Path) -> None:
    steps = [request(), {"step_type": "pause", "duration": 5}, {"step_type": "pause", "duration": 2}, request()]
    made = plan(tmp_path, steps)
    slept: list[float] = []
    played = play(reference(), made, tools_changes={"sleep": slept.append})
    waits = [event.reason for event in played.events if isinstance(event, Waiting)]
    assert waits == [f"a pause of the suite; {left} s of pauses remain" for left in (2, 0)]
    assert sum(slept) == 7
    fast = replace(made, run=tuple(map(without_pauses, made.run)))
    assert not [event for event in play(reference(), fast).events if isinstance(event, Waiting)]
    assert [step.number for step in fast.run[0].steps] == [1, 4]


def test_an_interruption_ends_a_pause(tmp_path: Path) -> None:
    stop = threading.Event()
    steps = [request(), {"step_type": "pause", "duration": 3000}, request()]
    changes: dict[str, object] = {"stop": stop, "sleep": lambda seconds: stop.set()}
    assert play(reference(), plan(tmp_path, steps), tools_changes=changes).finished.exit_code == 130


def test_headers_go_out_as_they_stand(tmp_path: Path) -> None:
    seen: list[Request] = []
    server = reference()

    def send(sent: Request) -> Answer:
        seen.append(sent)
        return server(sent)

    own = request(headers={"Authorization": ["non-token"], "X-One": ["1", "2"]})
    played = play(send, plan(tmp_path, [own, request(headers={})]))
    asked = [each for each in seen if each.target == "/Users"]
    assert asked[0].headers.fields == (("Authorization", "non-token"), ("X-One", "1, 2"))
    assert [each.auth.value for each in asked] == ["none", "none"]
    assert played.finished.exit_code == 0


ELSEWHERE = {
    "method": "POST",
    "headers": {"Authorization": "SSWS {{orgToken}}"},
    "assertions": [asserted("equal", value="200")],
}


def test_another_server_gets_its_own_credentials_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    seen: list[tuple[str, str | None]] = []

    def org(asked: Request, ask: Callable[[Request], Answer]) -> Answer:
        seen.append((asked.target, asked.headers.get("Authorization")))
        return Response(200, Headers(), b'{"id":"00u1"}')

    path = tmp_path / "suite.json"
    steps = [request("{{org}}/users", **ELSEWHERE), request("{{org}}/users", **ELSEWHERE), request()]
    path.write_text(json.dumps({"name": "A suite", "steps": steps}), "utf-8")
    with served(change=org) as origin:
        given = ["--var", f"org={origin}", "--var", "orgToken=canary-0123456789"]
        assert run(["run", str(path), "--reference", *given]) == 0
    assert seen == [("/users", "SSWS canary-0123456789")] * 2
    out, err = capsys.readouterr()
    assert "canary" not in out + err
    assert out.count("LEFT BEHIND") == 1


def test_a_dry_run_shows_requests_to_another_server_and_where_it_ends(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first = request("{{org}}/users", **ELSEWHERE, variables=[taken("one", "id")])
    path = tmp_path / "suite.json"
    path.write_text(json.dumps({"steps": [first, request("{{SCIMBaseURL}}/Users/{{one}}")]}), "utf-8")
    given = ["--var", "org=http://127.0.0.1:9/api", "--var", "orgToken=canary-0123456789"]
    assert run(["run", str(path), "--reference", "--dry-run", *given]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:2] == ["suite", "  POST http://127.0.0.1:9/api/users"]
    assert lines[2].endswith("step 2 needs `$(one)`, which no earlier answer gave")


def test_another_server_that_fails_is_not_the_targets_fault(tmp_path: Path) -> None:
    played = play(reference(), plan(tmp_path, [request("{{org}}/x", **ELSEWHERE)], org="http://o.test", orgToken="t"))
    assert outcomes(played) == {"suite.step-1.answer": Outcome.COULD_NOT_TELL}
    assert played.finished.exit_code == 3
    assert not [event for event in played.events if isinstance(event, LeftBehind)]
    assert Tools.__dataclass_fields__["elsewhere"].default is None


@pytest.mark.parametrize(
    ("step", "words", "line"),
    [
        ({"step_type": "subtest"}, 'step 1 is of the type "subtest"', '"step_type": "subtest"'),
        ({"step_type": "pause", "duration": "5"}, 'the pause of step 1 is "5"', '"duration": "5"'),
        (request("https://example.com/Users"), "step 1 asks a host that you have not named", "example.com"),
        (request("{{SCIMBaseURL}}/{{what}}"), "the suite needs a value for `what`", "{{what}}"),
        (request(assertions=[asserted("equals")]), '`comparison` is "equals"', '"equals"'),
        (request(assertions=[asserted("equal", source="response_xml")]), '`source` is "response_xml"', "xml"),
        (request(assertions=[asserted("equal", "a[b]", "c")]), "`a[b]` is no path", "a[b]"),
        (request(variables=[taken("x", "a[b]")]), "`a[b]` is no path", "a[b]"),
        (request(form={"a": ["b"]}), "step 1 has `form`", '"form"'),
        (request("{{org}}/x"), "the target's credentials would go where they do not belong", "{{auth}}"),
        (request(headers={"X-Copy": ["{{auth}}"]}), "the target's credentials would go where they do not", "{{auth}}"),
        (request("{{bad}}/x", headers={}), "`bad` is no address", "{{bad}}"),
    ],
)
def test_what_cannot_be_played_is_told_with_its_place(
    tmp_path: Path, step: dict[str, Any], words: str, line: str
) -> None:
    with pytest.raises(InputError) as raised:
        plan(tmp_path, [step], org="http://127.0.0.1:1", bad="file:///etc")
    told = [each for each in raised.value.diagnostics if words in each.title]
    assert len(told) == 1
    span = told[0].span
    assert span is not None
    assert line in span.source.line(span.line)


def test_every_missing_variable_is_told_once(tmp_path: Path) -> None:
    step = request("{{SCIMBaseURL}}/{{one}}/{{two}}/{{one}}", body="{{one}}")
    with pytest.raises(InputError) as raised:
        plan(tmp_path, [step])
    assert [each.help for each in raised.value.diagnostics if "needs a value" in each.title] == [
        "--var one=VALUE",
        "--var two=VALUE",
    ]


def test_skipped_steps_and_empty_suites(tmp_path: Path) -> None:
    assert len(plan(tmp_path, [request(skipped=True), request()]).run[0].steps) == 1
    with pytest.raises(InputError, match="no step to play"):
        plan(tmp_path, [request(skipped=True)])


@pytest.mark.parametrize(
    ("texts", "words"),
    [
        (["secret-without-a-name"], "--var has no NAME=VALUE"),
        (["a=1", "a=2"], "--var a is given twice"),
        (["SCIMBaseURL=x"], "--var SCIMBaseURL is the target's own"),
    ],
)
def test_variables_that_are_wrong(texts: list[str], words: str) -> None:
    with pytest.raises(InputError) as raised:
        given_variables(texts)
    assert str(raised.value) == words
    assert given_variables(["b=2=3"]) == {"b": "2=3"}


def test_a_variable_that_nobody_uses(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    plan(tmp_path, [request("{{SCIMBaseURL}}/Users?x={{first}}")], first="1")
    assert run(["run", str(tmp_path / "suite.json"), "--reference", "--var", "frist=1"]) == 2
    assert "needs a value for `first`" in capsys.readouterr().err
    assert run(["run", str(tmp_path / "suite.json"), "--reference", "--var", "first=1", "--var", "frist=1"]) == 2
    assert "no chosen suite has a variable `frist`" in capsys.readouterr().err
