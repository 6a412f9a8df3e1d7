"""Evidence from Okta's Management API: what is asked, how pages and limits are met, and what a refusal leaves out."""

import json
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scimctl.diagnose.evidence import Damage, Evidence, Piece, read_folder
from scimctl.diagnose.log_file import LogSpool, save_folder
from scimctl.diagnose.management_api import ManagementApi, RefusedError
from scimctl.diagnostic import InputError
from scimctl.exchange import FaultKind, Headers, Response, TransportFault
from tests.unit.diagnose.okta_api import ADA, APP, ORIGIN, OktaApi, error, event

NOW = datetime(2026, 5, 9, tzinfo=UTC)


class Asked:
    """An API that is asked through a fake clock; `waits` are the pauses."""

    def __init__(self, okta: OktaApi, folder: Path) -> None:
        self.okta, self.folder = okta, folder
        self.waits: list[float] = []
        self.api = ManagementApi(origin=ORIGIN, send=okta.send, sleep=self.waits.append, now=lambda: NOW)

    def evidence(self, app: str = APP, user: str | None = "ada@acme.example") -> Evidence:
        return self.api.evidence(app, user, LogSpool(self.folder / "logs.json"))

    @property
    def targets(self) -> list[str]:
        return [request.target for request in self.okta.requests]


Ask = Callable[..., Asked]


@pytest.fixture
def ask(tmp_path: Path) -> Ask:
    return lambda **options: Asked(OktaApi(**options), tmp_path)


def limited(**headers: str) -> Response:
    refusal = error(429, "E0000047", "API call exceeded rate limit due to too many requests.")
    return Response(
        429, Headers(tuple((name.replace("_", "-"), value) for name, value in headers.items())), refusal.body
    )


def test_every_piece_is_asked_for_by_get_and_read_to_its_last_page(ask: Ask) -> None:
    asked = ask()
    evidence = asked.evidence()

    assert {request.method for request in asked.okta.requests} == {"GET"}
    assert not any(request.body for request in asked.okta.requests)
    assert evidence.absent == {}
    assert set(evidence.documents) == set(Piece) - {Piece.LOGS}
    users: Any = evidence.get(Piece.APP_USERS)
    assert [one["id"][-1] for one in users] == ["0", "1", "2", "3", "4"]
    assert [one["uuid"] for one in evidence.logs or ()] == [f"event-{number}" for number in range(7)]  # type: ignore[index,call-overload]
    first_log = next(target for target in asked.targets if target.startswith("/api/v1/logs"))
    assert first_log == (
        "/api/v1/logs?since=2026-02-08T00%3A00%3A00.000Z&until=2026-05-09T00%3A00%3A00.000Z"
        f"&filter=target.id%20eq%20%22{APP}%22%20or%20target.id%20eq%20%22{ADA}%22&sortOrder=ASCENDING&limit=1000"
    )


def test_an_app_is_found_by_its_label(ask: Ask) -> None:
    assert ask().evidence(app="widgets").absent == {}
    with pytest.raises(InputError) as refused:
        ask().evidence(app="Widget")
    assert refused.value.diagnostics[0].title == "no app is labelled Widget in Okta"
    assert "Widgets (0oaWidgets0000000001), Widgets Two (0oaOther)" in (refused.value.diagnostics[0].help or "")


def test_a_user_whom_okta_does_not_know_is_an_absent_piece(ask: Ask) -> None:
    evidence = ask().evidence(user="nobody@acme.example")
    told = "404 Not Found, E0000007: Not found: Resource not found: nobody@acme.example (User)"
    assert evidence.absent == {Piece.USER: told, Piece.USER_GROUPS: told}


@pytest.mark.parametrize(
    ("headers", "wait"),
    [
        ({"X_Rate_Limit_Reset": str(int(NOW.timestamp()) + 7)}, 7),
        ({"X_Rate_Limit_Reset": str(int(NOW.timestamp()) + 3607), "Date": "Sat, 09 May 2026 01:00:00 GMT"}, 7),
        ({"X_Rate_Limit_Reset": "0"}, 1),
        ({}, 60),
    ],
)
def test_the_rate_limit_is_waited_out_by_oktas_clock(ask: Ask, headers: dict[str, str], wait: float) -> None:
    asked = ask(limits=[limited(**headers), limited(**headers)])
    assert asked.evidence().absent == {}
    assert asked.waits == [wait, wait]


def test_a_limit_that_lasts_too_long_is_not_waited_for(ask: Ask) -> None:
    far = limited(X_Rate_Limit_Reset=str(int(NOW.timestamp()) + 9000))
    asked = ask(limits=[far])
    with pytest.raises(InputError, match="rate limit asks for 9000 s more"):
        asked.evidence()
    assert asked.waits == []


def test_a_token_that_okta_refuses_ends_it_with_the_remedy(ask: Ask) -> None:
    asked = ask(refused={f"/api/v1/apps/{APP}": error(401, "E0000011", "Invalid token provided")})
    with pytest.raises(InputError) as refused:
        asked.evidence()
    (diagnostic,) = refused.value.diagnostics
    assert diagnostic.title == f"Okta does not show the app {APP}: 401 Unauthorized, E0000011: Invalid token provided"
    assert "token" in (diagnostic.help or "")


def test_what_the_token_may_not_read_is_left_out_with_the_reason(ask: Ask) -> None:
    forbidden = error(403, "E0000006", "You do not have permission to perform the requested action")
    evidence = ask(refused={"/api/v1/logs": forbidden, f"/api/v1/apps/{APP}/group-push/mappings": forbidden}).evidence()
    assert evidence.logs is None
    assert set(evidence.absent) == {Piece.LOGS, Piece.PUSH_MAPPINGS}
    assert evidence.absent[Piece.LOGS].startswith("403 Forbidden, E0000006: You do not have permission")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Response(200, Headers(), b"<html>"), "the answer is not JSON"),
        (Response(200, Headers(), b"{}"), "is answered with no list"),
        (Response(302, Headers((("Location", "https://elsewhere.example/"),)), b""), "302 Found"),
        (TransportFault(FaultKind.READ_TIMEOUT, "nothing came", 60.0), "read-timeout: nothing came"),
        (
            Response(200, Headers((("Link", '<https://evil.example/x>; rel="next"'),)), b"[]"),
            "another host, evil.example",
        ),
        (
            Response(200, Headers((("Link", f'<{ORIGIN}/api/v1/apps/{APP}/users?limit=500>; rel="next"'),)), b"[]"),
            "lead in a circle",
        ),
    ],
)
def test_an_odd_answer_is_an_absent_piece(ask: Ask, answer: Response, told: str) -> None:
    evidence = ask(refused={f"/api/v1/apps/{APP}/users": answer}).evidence()
    assert told in evidence.absent[Piece.APP_USERS]


def test_a_log_that_breaks_off_is_kept_as_far_as_it_came(ask: Ask, tmp_path: Path) -> None:
    asked = ask()
    usual = asked.okta.send

    def send(request: Any) -> Any:
        late = "after=3" in request.target and "/logs" in request.target
        return error(500, "E0000009", "Internal Server Error") if late else usual(request)

    asked.api.send = send
    entries: list[Any] = [*(asked.evidence().logs or ())]
    assert [entry["uuid"] for entry in entries[:-1]] == ["event-0", "event-1", "event-2"]
    assert entries[-1] == Damage("500 Internal Server Error, E0000009: Internal Server Error")


def test_saved_evidence_is_read_back_as_it_was(ask: Ask, tmp_path: Path) -> None:
    evidence = ask().evidence()
    save_folder(evidence, tmp_path / "saved" / "ada")
    again = read_folder(tmp_path / "saved" / "ada")
    assert again.documents == evidence.documents
    assert [*(again.logs or ())] == [*(evidence.logs or ())]
    assert len(json.loads((tmp_path / "saved" / "ada" / "logs.json").read_text())) == 7


def test_a_hundred_thousand_events_need_little_memory(ask: Ask) -> None:
    many = [json.dumps(event(number % 40_000)) for number in range(1000)]
    page = ("[" + ",".join(many) + "]").encode()
    asked = ask()
    pages = iter(range(100))
    usual = asked.okta.send

    def send(request: Any) -> Any:
        if "/logs" not in request.target:
            return usual(request)
        number = next(pages)
        link = f'<{ORIGIN}/api/v1/logs?after={number}>; rel="next"'
        return Response(200, Headers((("Link", link),) if number < 99 else ()), page)

    asked.api.send = send
    tracemalloc.start()
    evidence = asked.evidence()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert sum(1 for _ in evidence.logs or ()) == 100_000
    assert peak < 20_000_000


def test_the_log_is_followed_from_page_to_page(ask: Ask) -> None:
    asked = ask()
    pages = asked.api.follow(APP, NOW)
    seen = [[one["uuid"] for one in next(pages)] for _ in range(4)]  # type: ignore[index,call-overload]
    assert [len(page) for page in seen] == [3, 3, 1, 0]
    asked.okta.events.append(event(7))
    assert [one["uuid"] for one in next(pages)] == ["event-7"]  # type: ignore[index,call-overload]
    asked.okta.refused["/api/v1/logs"] = error(500, "E0000009", "Internal Server Error")
    with pytest.raises(RefusedError, match="E0000009"):
        next(pages)
