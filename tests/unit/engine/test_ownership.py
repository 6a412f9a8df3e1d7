"""A run writes to what it made itself, whatever ids the server hands out."""

import json
from pathlib import Path

import pytest

from scimctl.engine.cleanup import remove_all
from scimctl.engine.ledger import Ledger, read
from scimctl.events import Event, LeftBehind
from scimctl.exchange import Answer, Exchange, Request, Response, Send
from scimctl.finding import Verdict
from scimctl.jsonvalue import Json
from scimctl.okta import dialect
from tests.exchanges import content, error, filter_of, is_create, is_listing, ok, on_one_user, with_content
from tests.playing import plan_written, play, reference

BOSS: dict[str, Json] = {
    "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"],
    "userName": "boss@example.com",
    "name": {"givenName": "Grace", "familyName": "Hopper"},
    "emails": [{"value": "boss@example.com", "type": "work", "primary": True}],
    "title": "Boss",
    "active": True,
}


def with_boss() -> tuple[Send, str]:
    """A reference server that has a user of somebody else's, and that user's id."""
    server = reference()
    return server, str(content(ok(server(dialect.post("/Users", BOSS))))["id"])


def boss_is_untouched(server: Send, boss: str) -> bool:
    stored = content(ok(server(dialect.get(f"/Users/{boss}"))))
    return {name: stored.get(name) for name in BOSS} == BOSS and stored["meta"]["created"] == stored["meta"][
        "lastModified"
    ]


@pytest.mark.parametrize("echo", [True, False], ids=["our name", "their name"])
@pytest.mark.parametrize("jobs", [1, 4])
def test_a_create_that_answers_with_the_id_of_somebody_else(echo: bool, jobs: int) -> None:
    server, boss = with_boss()

    def lying(request: Request) -> Answer:
        response = ok(server(request))
        if not is_create(request) or response.status != 201:
            return response
        return with_content(response, (content(response) if echo else BOSS) | {"id": boss})

    played = play(lying, jobs=jobs)
    assert boss_is_untouched(server, boss)
    finding = next(f for f in played.broken if f.check == "own.id")
    assert finding.verdict is Verdict.FAILED
    assert finding.requirement.id == "post-15"
    assert finding.problem is not None
    assert finding.problem.actual == '"boss@example.com", which scimctl leaves alone'
    # What was made under another id than the one that came is found by its name.
    assert content(ok(server(dialect.get("/Users"))))["totalResults"] == 1


@pytest.mark.parametrize("active", [True, False])
def test_a_lookup_that_answers_with_the_id_of_somebody_else(active: bool) -> None:
    server, boss = with_boss()

    def lying(request: Request) -> Answer:
        response = ok(server(request))
        if not is_listing(request) or 'userName eq "' not in (text := filter_of(request)):
            return response
        name = text.partition('"')[2].rpartition('"')[0]
        found = [BOSS | {"id": boss, "userName": name, "active": active}]
        return with_content(response, content(response) | {"totalResults": 1, "itemsPerPage": 1, "Resources": found})

    played = play(lying)
    assert boss_is_untouched(server, boss)
    assert Verdict.FAILED in played.verdicts.values()


@pytest.mark.parametrize("answer", [error(500), Response(200), Response(200, body=b"[[[")], ids=["500", "empty", "[[["])
def test_what_cannot_be_read_is_not_written_to(answer: Response) -> None:
    server, boss = with_boss()
    writes: list[str] = []

    def lying(request: Request) -> Answer:
        if on_one_user(request, "PUT", "PATCH", "DELETE"):
            writes.append(request.method)
        if on_one_user(request, "GET"):
            return answer
        response = ok(server(request))
        return with_content(response, content(response) | {"id": boss}) if is_create(request) else response

    played = play(lying, ("okta.users.deactivate", "okta.users.create[oin]"))
    assert writes == []
    assert played.verdicts == {"okta.users.create[oin]": Verdict.FAILED, "okta.users.deactivate": Verdict.UNKNOWN}
    left = [event for event in played.events if isinstance(event, LeftBehind)]
    assert len(left) == 2
    assert left[0].reason.startswith('whether its id "')


@pytest.mark.parametrize(
    "identifier", ["..", ".", "", "../../x", "a/?#%&\n b", "\ud800", "x" * 10_000, 12, True, ["a"]]
)
def test_ids_that_lead_anywhere(identifier: object) -> None:
    server, boss = with_boss()
    sent: list[str] = []

    def odd(request: Request) -> Answer:
        sent.append(f"{request.method} {request.path}")
        response = ok(server(request))
        return with_content(response, content(response) | {"id": identifier}) if is_create(request) else response

    played = play(odd, ("tag:smoke", "okta.users.update-email"))
    assert boss_is_untouched(server, boss)
    assert played.finished.exit_code == 1
    assert not [line for line in sent if not line.startswith("GET") and line.endswith(("/..", "/.", "/"))]
    assert content(ok(server(dialect.get("/Users"))))["totalResults"] == 1


def test_a_renamed_account_is_still_ours(tmp_path: Path) -> None:
    server = reference()
    path = tmp_path / "run.jsonl"
    ledger = Ledger("https://reference.invalid/scim/v2", path)
    play(server, ("okta.users.update-user-name[aiw]",), keep=True, tools_changes={"ledger": ledger})
    assert content(ok(server(dialect.get("/Users"))))["totalResults"] == 1
    again = read(path)
    left: list[Event] = []
    remove_all(again.open_entries(), again, lambda request: Exchange(request, server(request)), left.append)
    assert left == []
    assert content(ok(server(dialect.get("/Users"))))["totalResults"] == 0


def test_a_name_that_others_might_have_is_not_removed_by_name() -> None:
    """A server that answers a duplicate with 500 leaves an intent without an id; the account was there before."""
    server, boss = with_boss()
    plan = plan_written(
        f"""
- id: test.duplicate
  title: a duplicate
  requires: okta-05
  steps:
    - send: {{request: POST /Users, body: {json.dumps(BOSS)}}}
      expect: {{status: 409}}
"""
    )

    def breaking(request: Request) -> Answer:
        response = ok(server(request))
        return error(500) if response.status == 409 else response

    played = play(breaking, plan)
    assert boss_is_untouched(server, boss)
    left = [event for event in played.events if isinstance(event, LeftBehind)]
    assert [event.name for event in left] == ["boss@example.com"]


def test_an_author_may_mean_an_account_of_somebody_else() -> None:
    server, boss = with_boss()
    body = "{schemas: [urn:ietf:params:scim:api:messages:2.0:PatchOp], Operations: [{op: replace, value: {title: X}}]}"
    steps = {
        "written out": f"    - send: {{request: PATCH /Users/{boss}, body: {body}}}",
        "taken from an answer": (
            "    - send: GET /Users\n      capture: {who: /Resources/0/id}\n"
            f"    - send: {{request: PATCH /Users/$(who), body: {body}}}"
        ),
    }
    for kind, verdict, title in (
        ("taken from an answer", Verdict.FAILED, "Boss"),
        ("written out", Verdict.PASSED, "X"),
    ):
        played = play(server, plan_written(f"- id: test.a\n  title: t\n  requires: okta-08\n  steps:\n{steps[kind]}\n"))
        assert played.verdicts == {"test.a": verdict}
        assert content(ok(server(dialect.get(f"/Users/{boss}"))))["title"] == title


def test_what_a_create_of_any_path_sent_is_known_to_be_ours() -> None:
    text = """
- id: my.users.made-in-a-step
  title: A user whom a step created is changed by the next one
  steps:
    - send:
        request: POST /Users
        body: {schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: $(unique.email)}
      capture: {id: /id}
      expect: {status: 201}
    - send:
        request: PUT /Users/$(id)
        body: {schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: $(unique.email), title: New}
      expect: {status: 200, body: {title: New}}
"""
    assert play(reference(), plan_written(text)).failures == set()
