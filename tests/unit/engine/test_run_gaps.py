"""What a run lacks: values that no answer gave, credentials that nobody gave, a ledger that nobody needs."""

import pytest

from scimctl.engine.ledger import Ledger
from scimctl.events import ScenarioFinished
from scimctl.finding import Verdict
from tests.playing import BASE_URL, plan_written, play, reference


def test_a_capture_that_finds_nothing_breaks_the_step() -> None:
    plan = plan_written(
        """
- id: test.capture
  title: nothing there
  requires: okta-01
  steps:
    - send: GET /Users?startIndex=1&count=2
      capture: {first: /Resources/0/id}
    - send: GET /Users/$(first)
"""
    )
    played = play(reference(), plan)
    assert [(f.check, f.problem.actual) for f in played.broken if f.problem] == [("expect.capture", "absent")]


def test_a_template_without_a_value_cannot_be_told() -> None:
    plan = plan_written(
        """
- id: test.unbound
  title: no id was ever given
  requires: okta-03
  given:
    app: {features: {create: false}}
    user: {profile: {login: $(unique.email), firstName: A, lastName: B}}
  steps:
    - okta: {assign: user}
      expect: {outcome: FAILURE}
    - send: GET /Users/$(user.scim_id)
"""
    )
    played = play(reference(), plan)
    assert played.verdicts == {"test.unbound": Verdict.UNKNOWN}
    assert played.reasons == {"test.unbound": "step 2 needs `$(scim_id)`, which no earlier answer gave"}


def test_a_scenario_without_credentials_for_it_is_not_run() -> None:
    from scimctl.exchange import Auth

    played = play(reference("wrike"), ("wrike.token",), auths=frozenset({Auth.TARGET, Auth.NONE}))
    assert played.reasons == {"wrike.token.without-permission": "needs a token that may not write (--read-only-token)"}


def test_the_ledger_of_a_clean_run_is_gone(tmp_path: object) -> None:
    from pathlib import Path

    path = Path(str(tmp_path)) / "runs" / "one.jsonl"
    seen: list[bool] = []

    def note(event: object) -> None:
        if isinstance(event, ScenarioFinished):
            seen.append(path.exists())

    ledger = Ledger(BASE_URL, path)
    play(reference(), ("okta.users.create[oin]",), on_event=note, tools_changes={"ledger": ledger})
    assert seen == [True]
    assert not path.exists()


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ("{$any_of: [{userName: ada}, {$absent: true}]}", Verdict.PASSED),
        ("{$absent: true}", Verdict.PASSED),
        ("{userName: ada}", Verdict.FAILED),
        ("{$any_of: [{userName: ada}, {$schema: error}]}", Verdict.FAILED),
    ],
)
def test_an_answer_without_a_body_has_no_value(body: str, verdict: Verdict) -> None:
    plan = plan_written(f"""
- id: t.deleted
  title: A deletion is answered without a body
  given:
    resource:
      type: User
      body: {{schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: $(unique.email)}}
  steps:
    - send: DELETE /Users/$(resource.id)
      expect: {{status: 204, body: {body}}}
""")
    assert play(reference(), plan).verdicts == {"t.deleted": verdict}
