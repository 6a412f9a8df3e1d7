"""What Okta's credential test makes of each answer."""

import json
import re
from collections.abc import Iterable
from pathlib import Path

import pytest

from scimctl.exchange import Answer, FaultKind, Headers, Response, TransportFault
from scimctl.okta import advice, credentials
from scimctl.okta.advice import FAULTS, UNAUTHORIZED, Advice
from scimctl.okta.credentials import Severity, groups_notes, judge_users_answer, url_advice
from scimctl.okta.outcome import ActionOutcome, ActionResult, Purpose

SCIM = "application/scim+json"
LIST = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"],
    "totalResults": 0,
    "startIndex": 1,
    "itemsPerPage": 0,
    "Resources": [],
}
NO_RESULTS = "No results for users returned"


def answer(status: int = 200, body: object = None, media_type: str = SCIM, **fields: str) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(LIST if body is None else body).encode()
    extra = tuple((name.replace("_", "-"), value) for name, value in fields.items())
    return Response(status, Headers((("Content-Type", media_type), *extra)), content)


def without(*names: str, **changes: object) -> dict[str, object]:
    return {**{name: value for name, value in LIST.items() if name not in names}, **changes}


PASSES = [
    pytest.param(answer(), (), id="no-users"),
    pytest.param(
        answer(body=without(totalResults=1, itemsPerPage=1, Resources=[{"id": "1", "userName": "a"}])), (), id="a-user"
    ),
    pytest.param(answer(media_type="application/json; charset=utf-8"), (), id="plain-json"),
    pytest.param(answer(media_type="text/json;charset=UTF-8"), (), id="as-in-oktas-own-examples"),
    pytest.param(answer(media_type="text/html"), ("Content-Type is text/html",), id="wrong-media-type"),
    pytest.param(
        answer(body={name.lower(): value for name, value in LIST.items()}),
        ("resources in place of Resources", "totalresults in", "startindex in", "itemsperpage in"),
        id="lower-case",
    ),
    pytest.param(answer(body=without("totalResults")), ("no totalResults",), id="no-total"),
    pytest.param(
        answer(body=without(Resources=[{"id": "1", "userName": "a"}] * 3)), ("3 users came",), id="count-ignored"
    ),
    pytest.param(answer(body=without(Resources=[{"userName": "a"}])), ("has no id",), id="user-without-id"),
]


@pytest.mark.parametrize(("given", "notes"), PASSES)
def test_an_answer_that_okta_accepts(given: Response, notes: tuple[str, ...]) -> None:
    result = judge_users_answer(given)
    assert (result.ok, result.severity, result.code) == (True, Severity.PASSES, "ok")
    assert len(result.notes) == len(notes)
    assert all(part in note for part, note in zip(notes, result.notes, strict=True))


FAILS = [
    pytest.param(answer(body=b""), "empty-body", NO_RESULTS, id="empty"),
    pytest.param(answer(body=b" \r\n"), "empty-body", NO_RESULTS, id="blank"),
    pytest.param(answer(body=b"null"), "null", NO_RESULTS, id="null"),
    pytest.param(answer(body=[]), "array", NO_RESULTS, id="empty-array"),
    pytest.param(answer(body=[{"id": "1"}]), "array", NO_RESULTS, id="array-of-users"),
    pytest.param(answer(body=b"<!doctype html>", media_type="text/html"), "html", NO_RESULTS, id="html"),
    pytest.param(answer(body=b"\n<html>", media_type=SCIM), "html", NO_RESULTS, id="html-called-scim"),
    pytest.param(answer(body=b'{"totalResults":', media_type=SCIM), "not-json", None, id="cut-json"),
    pytest.param(answer(body=without("Resources")), "no-resources", NO_RESULTS, id="no-resources"),
    pytest.param(answer(body=without(Resources=None)), "no-resources", NO_RESULTS, id="resources-null"),
    pytest.param(answer(body=without(Resources={})), "resources-not-users", None, id="resources-object"),
    pytest.param(answer(body=without(Resources=["1"])), "resources-not-users", None, id="resources-of-ids"),
    pytest.param(answer(body=without(startIndex="1")), "numbers-as-strings", None, id="string-number"),
    pytest.param(answer(body=without("totalResults", totalresults="1")), "numbers-as-strings", None, id="lower-string"),
    pytest.param(answer(body=without(totalResults=True)), "numbers-as-strings", None, id="boolean-number"),
    pytest.param(
        answer(body={"schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"], "status": "401"}),
        "error-with-200",
        None,
        id="error-with-200",
    ),
    pytest.param(answer(body={"users": []}), "other-json", None, id="other-api"),
    pytest.param(answer(body="ok"), "other-json", None, id="string"),
    pytest.param(answer(204, b""), "unexpected-status", None, id="204"),
    pytest.param(answer(301, b"", Location="https://x/scim/v2/Users/"), "redirect", None, id="301"),
    pytest.param(answer(302, b"", Location="https://x/login?next=/"), "login-page", None, id="302-login"),
    pytest.param(answer(302, b"", Location="https://acme.okta.com/app"), "login-page", None, id="302-okta"),
    pytest.param(answer(400, {}), "bad-request", None, id="400"),
    pytest.param(answer(401, {}), "unauthorized", UNAUTHORIZED, id="401"),
    pytest.param(answer(403, {}), "forbidden", None, id="403"),
    pytest.param(answer(404, {}), "not-found", None, id="404"),
    pytest.param(answer(405, {}), "method-not-allowed", None, id="405"),
    pytest.param(answer(406, {}), "media-type-rejected", None, id="406"),
    pytest.param(answer(415, {}), "media-type-rejected", None, id="415"),
    pytest.param(answer(418, {}), "refused", None, id="418"),
    pytest.param(answer(429, {}), "rate-limited", None, id="429"),
    pytest.param(answer(500, {}), "server-error", None, id="500"),
    pytest.param(answer(501, {}), "not-implemented", None, id="501"),
    pytest.param(answer(503, {}), "server-error", None, id="503"),
    pytest.param(answer(599, {}), "server-error", None, id="599"),
]


@pytest.mark.parametrize(("given", "code", "okta_text"), FAILS)
def test_an_answer_that_okta_does_not_accept(given: Response, code: str, okta_text: str | None) -> None:
    result = judge_users_answer(given)
    assert (result.ok, result.severity, result.code) == (False, Severity.FAILS, code)
    assert result.okta_text == okta_text
    assert "{" not in result.title
    assert result.title
    assert result.cause.endswith(".")
    assert result.remedy.endswith(".")
    assert result.actual


@pytest.mark.parametrize("fault", list(FaultKind))
def test_every_fault_of_the_network_has_a_cause_and_a_remedy(fault: FaultKind) -> None:
    result = judge_users_answer(TransportFault(fault, "words", 1.0), "https://scim.example/v2")
    never_connected = {
        FaultKind.DNS, FaultKind.REFUSED, FaultKind.CONNECT_TIMEOUT, FaultKind.CONNECT, FaultKind.PROXY,
        FaultKind.OAUTH,
    }  # fmt: skip
    assert (result.severity is Severity.UNREACHABLE) == (fault in never_connected)
    assert (result.ok, result.code) == (False, FAULTS[fault].code)
    assert "{" not in result.title
    assert result.cause
    assert result.remedy
    assert result.actual == f"no answer ({fault.value}: words)"


def test_the_text_of_a_timeout_names_the_address() -> None:
    fault = TransportFault(FaultKind.CONNECT_TIMEOUT, "timed out")
    text = judge_users_answer(fault, "https://scim.example/v2").okta_text
    assert text == (
        "Error authenticating: Connect to scim.example:443 [scim.example/<IP address>] failed: Connect timed out"
    )


def test_what_decided_is_pointed_at() -> None:
    numbers = judge_users_answer(answer(body=without(itemsPerPage="0")))
    assert (numbers.at, numbers.actual) == ("/itemsPerPage", '"0"')
    assert numbers.title == 'itemsPerPage is "0", not a number'
    assert judge_users_answer(answer(body=without("Resources"))).at == "/Resources"


def test_notes_of_an_error() -> None:
    assert judge_users_answer(answer(302, b"", Location="/login")).notes == ("it points to /login",)
    assert judge_users_answer(answer(302, b"")).notes == ("it has no Location",)
    challenge = judge_users_answer(answer(401, {}, WWW_Authenticate='Basic realm="x"')).notes
    assert challenge == ('the server asks for Basic realm="x" (WWW-Authenticate)',)
    waiting = judge_users_answer(answer(429, b"slow down", Retry_After="120")).notes
    assert waiting[0] == "Retry-After is 120"
    assert waiting[1].startswith("the error is not SCIM JSON")


@pytest.mark.parametrize(
    ("given", "part"),
    [
        pytest.param(answer(), None, id="groups"),
        pytest.param(answer(404, {}), "offers no groups, which Okta accepts", id="404"),
        pytest.param(answer(501, {}), "offers no groups, which Okta accepts", id="501"),
        pytest.param(answer(403, {}), "answers 403 Forbidden", id="403"),
        pytest.param(answer(500, {}), "answers 500", id="500"),
        pytest.param(answer(body=b"<html>"), "not JSON", id="html"),
        pytest.param(answer(body=[]), "without a list in Resources", id="array"),
        pytest.param(
            TransportFault(FaultKind.READ_TIMEOUT, "timed out"), "no answer (read-timeout: timed out)", id="fault"
        ),
    ],
)
def test_groups_never_decide_but_are_spoken_of(given: Answer, part: str | None) -> None:
    notes = groups_notes(given)
    assert len(notes) == (part is not None)
    assert part is None or part in notes[0]


@pytest.mark.parametrize(
    ("base_url", "parts"),
    [
        pytest.param("https://scim.example/v2", [], id="fine"),
        pytest.param("http://scim.example/v2", ["https only"], id="http"),
        pytest.param("https://my_tenant.scim.example/v2", ["underscore"], id="underscore"),
        pytest.param("https://scim.example/my_tenant/v2", [], id="underscore-in-the-path"),
    ],
)
def test_what_okta_asks_of_the_base_url(base_url: str, parts: list[str]) -> None:
    notes = url_advice(base_url)
    assert len(notes) == len(parts)
    assert all(part in note for part, note in zip(parts, notes, strict=True))


def play(answers: Iterable[Answer], **options: bool) -> tuple[list[tuple[str, str, Purpose]], ActionResult]:
    flow = credentials.test_credentials(**options)
    calls = []
    call = next(flow)
    for given in answers:
        calls.append((call.request.method, call.request.target, call.purpose))
        try:
            call = flow.send(given)
        except StopIteration as end:
            return calls, end.value
    raise AssertionError("the flow asks for more")


def test_the_button_asks_for_users_and_the_save_for_groups() -> None:
    users = ("GET", "/Users?startIndex=1&count=2", Purpose.TEST_USERS)
    groups = ("GET", "/Groups?startIndex=1&count=100", Purpose.TEST_GROUPS)
    calls, result = play([answer(), answer(404, {})])
    assert (calls, result.outcome) == ([users, groups], ActionOutcome.SUCCESS)
    calls, result = play([answer()], include_groups=False)
    assert (calls, result.outcome) == ([users], ActionOutcome.SUCCESS)
    calls, result = play([answer(401, {})])
    assert (calls, result.outcome, result.reason) == ([users], ActionOutcome.FAILURE, UNAUTHORIZED)
    assert result.refusal is not None
    assert (result.refusal.purpose, result.refusal.actual) == (Purpose.TEST_USERS, "401 Unauthorized")


def test_the_documentation_lists_every_code() -> None:
    page = (Path(__file__).parents[3] / "docs" / "cli.md").read_text("utf-8")
    table = page.partition("| `code` | when |")[2].partition("\n## ")[0]
    documented = {code for line in table.splitlines() for code in re.findall(r"`([^`]+)`", line.split(" | ")[0])}
    known = [value for value in vars(advice).values() if isinstance(value, Advice)]
    codes = {entry.code for entry in (*known, *FAULTS.values(), *advice.STATUSES.values())}
    assert documented == codes | {"ok"}
