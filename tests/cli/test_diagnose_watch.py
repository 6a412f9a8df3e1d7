"""`scimctl diagnose --watch`: each new failure explained, until Ctrl-C."""

from pathlib import Path
from typing import Any

import pytest

from scimctl.cli import evidence_sources
from scimctl.cli.app import run
from tests.unit.diagnose.okta_api import ADA, APP, OktaApi
from tests.unit.diagnose.okta_org import OKTA_TOKEN, okta_org
from tests.unit.diagnose.test_following import event

APP_USER = {"id": ADA, "externalId": None, "scope": "USER", "status": "ACTIVE", "syncState": "ERROR"}


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SCIMCTL_OKTA_TOKEN", OKTA_TOKEN)
    monkeypatch.chdir(tmp_path)


def test_a_failure_is_explained_when_it_happens(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    okta = OktaApi(app_users=[APP_USER | {"credentials": {"userName": "ada@acme.example"}, "profile": {}}], events=[])
    seats = {"result": "FAILURE", "reason": "Forbidden. Errors reported by remote server: User limit reached (50 max)"}
    looks = iter([lambda: okta.events.append(event(1, outcome=seats)), lambda: None])

    def pass_time(seconds: float) -> None:
        step: Any = next(looks, None)
        if step is None:
            raise KeyboardInterrupt
        step()

    monkeypatch.setattr(evidence_sources, "sleep", pass_time)
    with okta_org(okta) as address:
        code = run(["diagnose", "--watch", "--okta-url", address, "--app", "Widgets"])
    out, err = capfd.readouterr()
    assert code == 130
    assert out.count("seat-limit-reached (certain)") == 1
    assert f"following the System Log of Widgets ({APP}); Ctrl-C ends it" in err
    assert OKTA_TOKEN not in out + err
    assert {request.method for request in okta.requests} == {"GET"}


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--evidence", "x"], "--watch needs the Okta org"),
        (["--okta-url", "acme.okta.com", "--app", APP, "--all-failed"], "--watch explains everybody who fails"),
    ],
)
def test_what_does_not_go_with_it_is_told(arguments: list[str], told: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["diagnose", "--watch", *arguments]) == 2
    assert told in capfd.readouterr().err
