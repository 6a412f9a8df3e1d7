"""The server's own record of requests: HAR files and request logs, odd ones too, and never a credential."""

import base64
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scimctl.cli.app import run
from scimctl.diagnose.request_log import Recorded, read_requests
from scimctl.diagnostic import InputError
from scimctl.exchange import Request, Response, TransportFault
from scimctl.server.watching import RequestLog, Served

URL = "https://app.example/scim/v2/Users?count=1"
CANARY = "canary-token-0123456789"


def har(*entries: dict[str, Any]) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": list(entries)}})


def entry(**changes: Any) -> dict[str, Any]:
    authorised = [{"name": "Authorization", "value": f"Bearer {CANARY}"}, {"name": "Accept", "value": "*/*"}]
    sent = {"method": "post", "url": URL, "headers": authorised, "postData": {"mimeType": "x", "text": '{"a":1}'}}
    came = {"status": 201, "headers": [], "content": {"text": '{"id":"7"}'}}
    return {
        "startedDateTime": "2026-05-01T10:00:00.000+02:00",
        "time": 1500,
        "request": sent,
        "response": came,
        **changes,
    }


def read(tmp_path: Path, text: str) -> tuple[Recorded, ...]:
    path = tmp_path / "requests.har"
    path.write_text(text, encoding="utf-8")
    return read_requests(path)


def test_a_har_file_gives_its_exchanges(tmp_path: Path) -> None:
    (recorded,) = read(tmp_path, har(entry()))
    assert recorded.at == datetime(2026, 5, 1, 8, tzinfo=UTC)
    request, response = recorded.exchange.request, recorded.exchange.response
    assert (request.method, request.target, request.body) == ("POST", "/scim/v2/Users?count=1", b'{"a":1}')
    assert response is not None
    assert (response.status, response.json(), response.elapsed) == (201, {"id": "7"}, 1.5)
    assert CANARY not in repr(recorded)
    assert request.headers.get("Accept") == "*/*"


def test_content_in_base64_and_an_answer_that_never_came(tmp_path: Path) -> None:
    encoded = {
        "status": 200,
        "headers": [],
        "content": {"encoding": "base64", "text": base64.b64encode(b"{}").decode()},
    }
    first, second = read(tmp_path, har(entry(response=encoded), entry(response={"status": 0})))
    assert first.exchange.response is not None
    assert first.exchange.response.body == b"{}"
    assert isinstance(second.exchange.answer, TransportFault)


def test_what_the_reference_server_wrote_is_read(tmp_path: Path) -> None:
    path = tmp_path / "requests.jsonl"
    log = RequestLog(path)
    request = Request("PATCH", "/scim/v2/Users/7", body=b'{"Operations":[]}')
    at = datetime(2026, 5, 1, 10, tzinfo=UTC)
    for status in (204, 400):
        log(Served(at=at, origin="http://127.0.0.1:1", request=request, response=Response(status), seconds=0.25))
    log.close()
    path.write_text(path.read_text() + '{"at": "2026-05-01T10:00:00Z", "requ')

    told = read_requests(path)
    assert [(one.exchange.status, one.exchange.request.target, one.at) for one in told] == [
        (204, "/scim/v2/Users/7", at),
        (400, "/scim/v2/Users/7", at),
    ]


def test_the_event_log_of_a_run_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    path = tmp_path / "run.jsonl"
    assert run(["run", "okta.users.lookup-miss", "--reference", "--report", f"jsonl={path}"]) == 0
    told = read_requests(path)
    assert any(one.exchange.request.target.startswith("/scim/v2/Users?filter=userName") for one in told)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("<html>", "has no requests in it"),
        ('{"a": 1}\n{"b"\n{"c": 3}', "requests.har:2 is not JSON"),
        ("[]", "has no requests in it"),
        ('{"log": {"entries": [{"request": {"method": 5}}]}}', "has no requests in it"),
    ],
)
def test_another_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(InputError) as refused:
        read(tmp_path, text)
    assert told in refused.value.diagnostics[0].title


def test_an_empty_log_has_no_requests(tmp_path: Path) -> None:
    assert read(tmp_path, "") == ()
    with pytest.raises(InputError, match="cannot be read: No such file"):
        read_requests(tmp_path / "nowhere.har")
