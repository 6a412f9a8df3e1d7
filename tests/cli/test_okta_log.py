"""`scimctl run --okta-log`: the System Log as a file or a folder of evidence, and scenarios that expect its events."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from scimctl.cli.app import run

CREATE = "okta.users.create[oin]"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)


def types(path: Path) -> list[str]:
    return [event["eventType"] for event in json.loads(path.read_text())]


def test_a_file_gets_the_events_of_all_scenarios_oldest_first(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    assert run(["run", CREATE, "okta.system-log.suspended", "--reference", "--okta-log", str(log)]) == 0

    events: list[Any] = json.loads(log.read_text())
    created = ["application.user_membership.add", "application.provision.user.push", "application.provision.user.sync"]
    assert types(log) == [*created, *created, "user.lifecycle.suspend"]
    assert [event["published"] for event in events] == sorted(event["published"] for event in events)
    apps = {target["id"] for event in events for target in event["target"] if target["type"] == "AppInstance"}
    assert len(apps) == 2


def test_a_folder_gets_the_evidence_of_each_scenario(tmp_path: Path) -> None:
    assert run(["run", CREATE, "--reference", "--okta-log", "told/"]) == 0

    folder = tmp_path / "told" / "okta.users.create-oin"
    assert sorted(path.name for path in folder.iterdir()) == [
        "app-groups.json",
        "app-schema.json",
        "app-users.json",
        "app.json",
        "group-push-mappings.json",
        "logs.json",
        "user-groups.json",
        "user.json",
    ]
    user = json.loads((folder / "user.json").read_text())
    (app_user,) = json.loads((folder / "app-users.json").read_text())
    assert (app_user["id"], app_user["credentials"]["userName"]) == (user["id"], user["profile"]["login"])
    assert json.loads((folder / "app.json").read_text())["settings"]["app"]["baseUrl"].endswith("/scim/v2")


def test_a_failure_leaves_the_event_that_an_admin_reads(tmp_path: Path) -> None:
    log = tmp_path / "log.json"
    deactivated = ["run", "okta.users.deactivate", "--reference", "--fault", "patch-pathless-active-rejected"]
    assert run([*deactivated, "--okta-log", str(log)]) == 1

    failed = [event for event in json.loads(log.read_text()) if event["outcome"]["result"] == "FAILURE"]
    assert [event["eventType"] for event in failed] == [
        "application.provision.user.deactivate",
        "application.provision.user.sync",
    ]
    assert re.match("Automatic deprovisioning of user .* failed: Error while trying", failed[1]["outcome"]["reason"])


def test_a_password_is_in_no_log(tmp_path: Path) -> None:
    arguments = [
        "run",
        "okta.passwords.push",
        "--reference",
        "--fault",
        "password-returned",
        "--okta-log",
        "told/",
    ]
    assert run([*arguments, "--report", "jsonl=run.jsonl"]) == 1
    told = "".join(path.read_text() for path in (tmp_path / "told").rglob("*.json"))
    assert "application.provision.user.push_password" in told
    assert "Aa1!-" not in told + (tmp_path / "run.jsonl").read_text()


def test_a_folder_that_is_not_there_is_told_before_anything_is_sent(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(["run", CREATE, "--reference", "--okta-log", "nowhere/log.json"]) == 2
    assert "nowhere/log.json lies in a folder that does not exist" in capfd.readouterr().err


SCENARIO = """
- id: mine.log
  title: The log is as expected
  requires: okta-04
  given:
    user: {profile: {login: $(unique.email), firstName: Ada, lastName: Lovelace}}
  steps:
    - okta: {assign: user}
      expect:
        log:
          - eventType: application.user_membership.add
          - eventType: EVENT
          - eventType: application.provision.user.sync
"""


@pytest.mark.parametrize(
    ("event", "code"), [("application.provision.user.push", 0), ("application.provision.user.import", 1)]
)
def test_a_scenario_expects_events(tmp_path: Path, event: str, code: int, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.yaml").write_text(SCENARIO.replace("EVENT", event))
    assert run(["run", "./mine.yaml", "--reference"]) == code
    if code:
        assert "mine.yaml:12" in capfd.readouterr().out
