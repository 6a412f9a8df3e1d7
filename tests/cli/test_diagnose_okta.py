"""`scimctl diagnose` with Okta's Management API, with exports of the log, and with evidence that was saved."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scimctl.cli.app import run
from scimctl.cli.evidence_sources import org_url
from scimctl.diagnostic import InputError
from tests.unit.diagnose.okta_api import ADA, APP, OktaApi, error
from tests.unit.diagnose.okta_org import OKTA_TOKEN, okta_org

ADA_LOGIN = "ada@acme.example"


def failed(number: int, **changes: Any) -> dict[str, Any]:
    """An event of Ada's create in Widgets, which was refused for want of a seat."""
    reason = "Forbidden. Errors reported by remote server: User limit reached (50 max)"
    return {
        "uuid": f"failed-{number}",
        "published": f"2026-05-02T10:00:{number:02}.000Z",
        "eventType": "application.provision.user.push",
        "displayMessage": "Push new user to external application",
        "severity": "ERROR",
        "outcome": {"result": "FAILURE", "reason": reason},
        "transaction": {"type": "JOB", "id": "puj1", "detail": {}},
        "target": [
            {"id": "0uaAda", "type": "AppUser", "alternateId": ADA_LOGIN, "displayName": "Ada"},
            {"id": APP, "type": "AppInstance", "alternateId": "Widgets", "displayName": "Widgets"},
            {"id": ADA, "type": "User", "alternateId": ADA_LOGIN, "displayName": "Ada"},
        ],
        **changes,
    }


@pytest.fixture
def okta() -> OktaApi:
    mine = {"id": ADA, "externalId": None, "scope": "USER", "status": "ACTIVE", "syncState": "ERROR"}
    return OktaApi(events=[failed(1)], app_users=[mine | {"credentials": {"userName": ADA_LOGIN}, "profile": {}}])


@pytest.fixture(autouse=True)
def org(okta: OktaApi, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[str]:
    monkeypatch.setenv("SCIMCTL_OKTA_TOKEN", OKTA_TOKEN)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    with okta_org(okta) as address:
        monkeypatch.setenv("SCIMCTL_OKTA_URL", address)
        yield address


def diagnosed(capfd: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, Any]:
    code = run(["diagnose", *arguments, "--json"])
    out, err = capfd.readouterr()
    assert OKTA_TOKEN not in out + err
    return code, json.loads(out)


def test_the_org_is_asked_by_get_alone_and_the_cause_is_named(okta: OktaApi, capfd: pytest.CaptureFixture[str]) -> None:
    code, told = diagnosed(capfd, ADA_LOGIN, "--app", "widgets")
    assert (code, told["causes"][0]["code"]) == (1, "seat-limit-reached")
    assert len(okta.requests) > 7
    assert {(request.method, request.body) for request in okta.requests} == {("GET", b"")}


def test_what_was_saved_tells_the_same(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, live = diagnosed(capfd, ADA_LOGIN, "--app", APP, "--save-evidence", "saved")
    saved = {path.name for path in (tmp_path / "saved").iterdir()}
    assert saved == {
        "logs.json",
        "app.json",
        "app-users.json",
        "app-groups.json",
        "user.json",
        "user-groups.json",
        "group-push-mappings.json",
        "app-schema.json",
    }
    assert OKTA_TOKEN not in "".join(path.read_text() for path in (tmp_path / "saved").iterdir())
    monkeypatch.delenv("SCIMCTL_OKTA_URL")
    assert diagnosed(capfd, ADA_LOGIN, "--evidence", "saved") == (code, live)


def test_a_token_that_okta_refuses_is_told_with_the_remedy(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCIMCTL_OKTA_TOKEN", "00wrong-token")
    assert run(["diagnose", ADA_LOGIN, "--app", APP]) == 2
    err = capfd.readouterr().err
    assert "401 Unauthorized, E0000011: Invalid token provided" in err
    assert "00wrong-token" not in err


def test_the_rate_limit_is_waited_for_and_told(okta: OktaApi, capfd: pytest.CaptureFixture[str]) -> None:
    okta.limits.append(error(429, "E0000047", "API call exceeded rate limit due to too many requests."))
    okta.limits[0] = type(okta.limits[0])(429, okta.limits[0].headers.with_field("X-Rate-Limit-Reset", "1"), b"{}")
    assert run(["diagnose", ADA_LOGIN, "--app", APP]) == 1
    assert "waiting 1 s for Okta's rate limit" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--app", ""], "--okta-url is given without --app"),
        (["--app", APP, "--okta-token", " "], "Okta's API needs a token"),
        (["--app", APP, "--evidence", "x"], "--evidence and --okta-url are both given"),
        (["--app", "Gadgets"], "no app is labelled Gadgets in Okta"),
        (["--app", "0oaNoSuchApp00000000"], "Okta does not show the app 0oaNoSuchApp00000000: 404 Not Found, E0000007"),
    ],
)
def test_what_does_not_go_together_is_told(arguments: list[str], told: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["diagnose", ADA_LOGIN, *arguments]) == 2
    assert told in capfd.readouterr().err


@pytest.mark.parametrize(
    ("text", "url"),
    [
        ("acme.okta.com", "https://acme.okta.com"),
        ("https://acme-admin.okta.com/", "https://acme.okta.com"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_the_address_of_the_org_is_made_of_what_was_pasted(text: str, url: str) -> None:
    assert org_url(text) == url


def test_a_token_never_goes_out_unencrypted() -> None:
    with pytest.raises(InputError, match="is not https, and the token would be seen"):
        org_url("http://acme.okta.com")


class TestExports:
    """A System Log alone, as JSON or CSV."""

    @pytest.fixture(autouse=True)
    def _no_org(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("SCIMCTL_OKTA_URL")

    def test_a_log_as_json(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "log.json").write_text(json.dumps([failed(1)]))
        code, told = diagnosed(capfd, ADA_LOGIN, "--evidence", "log.json")
        assert (code, told["causes"][0]["code"]) == (1, "seat-limit-reached")
        assert any(one["what"].startswith("the app's users") for one in told["not_looked_at"])

    def test_a_log_as_csv(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        event = failed(1)
        cells = [event["published"], event["eventType"], "FAILURE", event["outcome"]["reason"]]
        cells += [
            value for target in event["target"] for value in (target["type"], target["id"], target["alternateId"])
        ]
        header = "Zeit,Event Type,Outcome,Reason," + ",".join(
            f"target{number}.{part}" for number in range(3) for part in ("type", "id", "alternateId")
        )
        (tmp_path / "log.csv").write_text(header + "\n" + ",".join(f'"{cell}"' for cell in cells) + "\n")
        code, told = diagnosed(capfd, ADA_LOGIN, "--evidence", "log.csv", "--csv-columns", "time=Zeit")
        assert (code, told["causes"][0]["code"]) == (1, "seat-limit-reached")

    def test_a_log_of_several_apps_asks_which(self, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
        other = [{"id": "0oaOther", "type": "AppInstance", "alternateId": "Widgets 2", "displayName": "Widgets 2"}]
        (tmp_path / "log.json").write_text(json.dumps([failed(1), failed(2, target=other)]))
        assert run(["diagnose", ADA_LOGIN, "--evidence", "log.json"]) == 2
        assert f"it has: Widgets ({APP}), Widgets 2 (0oaOther)" in capfd.readouterr().err
        code, told = diagnosed(capfd, ADA_LOGIN, "--evidence", "log.json", "--app", "widgets")
        assert (code, told["causes"][0]["code"]) == (1, "seat-limit-reached")
        assert run(["diagnose", ADA_LOGIN, "--evidence", "log.json", "--app", "Gadgets"]) == 2
        assert "the log has events of no app Gadgets" in capfd.readouterr().err

    def test_an_app_alone_is_no_evidence(self, capfd: pytest.CaptureFixture[str]) -> None:
        assert run(["diagnose", ADA_LOGIN, "--app", APP]) == 2
        assert "--app is given without --okta-url" in capfd.readouterr().err
