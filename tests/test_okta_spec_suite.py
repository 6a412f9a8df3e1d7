"""Okta's published SPEC suite, a Runscope export, played against `scimctl serve`."""

import json
import os
import random
import re
import string
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx
import pytest

from scimctl.exchange import Headers, Request, Response
from scimctl.jsonvalue import Json
from scimctl.server.core import build

SUITE = Path(__file__).parents[1].parent / "shared" / "okta-suites" / "Okta-SCIM-20-SPEC-Test.json"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"
TOKEN = "okta-suite-token"

pytestmark = pytest.mark.skipif(not SUITE.exists(), reason="Okta's published suites are not beside this checkout")


@dataclass(frozen=True, slots=True)
class Played:
    """What came back: status, body, seconds."""

    status: int
    body: bytes
    seconds: float


Send = Callable[[str, str, dict[str, str], bytes], Played]


def variables(base_url: str, seed: int) -> dict[str, str]:
    """What Initial_Script_Spec.txt sets before the first step."""
    chance = random.Random(seed)
    digits = "".join(chance.choices(string.digits, k=3))
    first = f"Runscope{digits}"
    last = chance.choice(string.ascii_uppercase) + "".join(chance.choices(string.ascii_lowercase, k=8)) + digits
    email = f"{first}{last}@atko.com"
    return {
        "SCIMBaseURL": base_url,
        "auth": f"Bearer {TOKEN}",
        "randomGivenName": first,
        "randomFamilyName": last,
        "randomEmail": email,
        "randomUsername": email,
        "InvalidUserEmail": "abcdefgh@atko.com",
        "UserIdThatDoesNotExist": "010101001010101011001010101011",
        "randomUsernameCaps": email.upper(),
    }


def run_suite(send: Send, base_url: str) -> tuple[int, list[str]]:
    """Plays every request step; returns how many assertions were looked at, and what each broken one says."""
    known = variables(base_url, seed=7)
    looked_at, broken = 0, []
    for step in json.loads(SUITE.read_text())["steps"]:
        if step["step_type"] != "request":
            continue
        headers = {name: fill(values[0], known) for name, values in step["headers"].items()}
        url = quote(fill(step["url"], known), safe=":/?&=%")
        played = send(step["method"], url, headers, fill(step.get("body", ""), known).encode())
        for assertion in step["assertions"]:
            looked_at += 1
            expected = fill(assertion["value"] or "", known)
            actual = actual_value(played, assertion)
            if not holds(assertion["comparison"], actual, expected):
                place = assertion.get("property", assertion["source"])
                broken.append(f"{step['note'].strip()}: {place} {assertion['comparison']} {expected} was {actual!r}")
        for script in filter(None, step["scripts"]):
            looked_at += 1
            broken += [f"{step['note']}: {fault}" for fault in script_faults(script, played)]
        for variable in step["variables"]:
            known[variable["name"]] = str(lookup(played, variable["property"]))
    return looked_at, broken


def fill(text: str, known: dict[str, str]) -> str:
    return re.sub(r"{{(\w+)}}", lambda match: known[match[1]], text)


def lookup(played: Played, path: str) -> Json:
    """The value at a path such as `Resources[0].name.familyName`; None when there is none."""
    try:
        value: Any = json.loads(played.body)
    except ValueError:
        return None
    for name, index in re.findall(r"([^.\[\]]+)|\[(\d+)\]", path):
        try:
            value = value[int(index)] if index else value[name]
        except (KeyError, IndexError, TypeError):
            return None
    return value


def actual_value(played: Played, assertion: dict[str, Any]) -> Json:
    match assertion["source"]:
        case "response_status":
            return played.status
        case "response_time":
            return played.seconds * 1000
        case "response_json":
            return lookup(played, assertion["property"])
        case source:
            raise AssertionError(f"the suite has a source this runner does not know: {source}")


def as_text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def holds(comparison: str, actual: Json, expected: str) -> bool:
    """Runscope's comparisons, as they are meant."""
    match comparison:
        case "equal":
            return as_text(actual) == expected
        case "equal_number":
            return str(actual).isdigit() and int(actual) == int(expected)
        case "has_value":
            return isinstance(actual, list) and expected in actual
        case "contains":
            return actual is not None and expected in actual
        case "is_a_number":
            return isinstance(actual, int | float) and not isinstance(actual, bool)
        case "not_empty":
            return actual not in (None, "", [], {})
        case "is_less_than":
            return float(actual) < float(expected)
        case _:
            raise AssertionError(f"the suite has a comparison this runner does not know: {comparison}")


def script_faults(script: str, played: Played) -> list[str]:
    """The one script of the suite, in Python: groups, if there are any, come as an array."""
    assert "Array.isArray(res)" in script, "the suite has a script this runner does not know"
    if lookup(played, "totalResults") == 0 or isinstance(lookup(played, "Resources"), list):
        return []
    return ["Resources is no array"]


FIRST_USER = {
    "schemas": [USER],
    "userName": "first@atko.com",
    "name": {"givenName": "First", "familyName": "User"},
    "emails": [{"primary": True, "value": "first@atko.com", "type": "work"}],
    "active": True,
}


def seed_user(send: Send, base_url: str) -> None:
    """Okta asks for a user before the suite is run (its own condition)."""
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}
    assert send("POST", f"{base_url}/Users", headers, json.dumps(FIRST_USER).encode()).status == 201


@pytest.fixture
def served() -> Iterator[str]:
    """The base URL of a `scimctl serve` of its own."""
    command = [sys.executable, "-m", "scimctl", "serve", "--port", "0"]
    environment = {**os.environ, "SCIMCTL_TOKEN": TOKEN}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
    assert process.stdout is not None
    with process.stdout:
        try:
            yield process.stdout.readline().removeprefix("base_url: ").strip()
        finally:
            process.terminate()
            process.wait(timeout=5)


def test_every_assertion_of_the_suite_holds_against_serve(served: str) -> None:
    with httpx.Client() as client:

        def send(method: str, url: str, headers: dict[str, str], body: bytes) -> Played:
            answer = client.request(method, url, headers=headers, content=body or None)
            return Played(answer.status_code, answer.content, answer.elapsed.total_seconds())

        seed_user(send, served)
        looked_at, broken = run_suite(send, served)
    assert broken == []
    assert looked_at == 53


def in_process(change: Callable[[Request, Response], Response]) -> Send:
    """A sender to a reference server whose answers go through `change`."""
    server = build("standard", token=TOKEN)
    base_url = "https://reference.invalid/scim/v2"

    def send(method: str, url: str, headers: dict[str, str], body: bytes) -> Played:
        parts = urlsplit(url)
        target = parts.path.removeprefix("/scim/v2") + (f"?{parts.query}" if parts.query else "")
        request = Request(method, target, Headers(tuple(headers.items())), body)
        answer = change(request, server.handle(request, base_url=base_url))
        return Played(answer.status, answer.body, answer.elapsed)

    return send


def edited(response: Response, edit: Callable[[dict[str, Any]], None]) -> Response:
    body = json.loads(response.body) if response.body else {}
    edit(body)
    return replace(response, body=json.dumps(body).encode())


def numbers_as_strings(request: Request, response: Response) -> Response:
    return edited(response, lambda body: body.update(totalResults=str(body.get("totalResults"))))


def duplicates_accepted(request: Request, response: Response) -> Response:
    return replace(response, status=201) if response.status == 409 else response


def errors_without_detail(request: Request, response: Response) -> Response:
    return edited(response, lambda body: body.pop("detail", None))


def wrong_token_accepted(request: Request, response: Response) -> Response:
    return replace(response, status=200) if response.status == 401 else response


def slow_groups(request: Request, response: Response) -> Response:
    return replace(response, elapsed=0.7) if request.path == "/Groups" else response


def html_instead_of_users(request: Request, response: Response) -> Response:
    return replace(response, body=b"<html></html>") if request.path == "/Users" else response


@pytest.mark.parametrize(
    ("change", "step"),
    [
        pytest.param(numbers_as_strings, "Test Users endpoint: totalResults is_a_number", id="numbers-as-strings"),
        pytest.param(duplicates_accepted, "recreating user with same values", id="duplicates"),
        pytest.param(errors_without_detail, "Check status 401: detail not_empty", id="no-detail"),
        pytest.param(wrong_token_accepted, "Check status 401: response_status", id="wrong-token"),
        pytest.param(slow_groups, "Verify Groups endpoint: response_time", id="slow"),
        pytest.param(html_instead_of_users, "Test Users endpoint: Resources not_empty", id="html"),
    ],
)
def test_runner_sees_a_broken_server(change: Callable[[Request, Response], Response], step: str) -> None:
    base_url = "https://reference.invalid/scim/v2"
    send = in_process(change)
    seed_user(send, base_url)
    assert any(step in fault for fault in run_suite(send, base_url)[1])
