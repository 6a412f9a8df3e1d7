"""Group push in a run: groups of other people are left alone, and what was pushed is gone afterwards."""

import pytest

from scimctl.exchange import Answer, Request, Send
from scimctl.finding import Verdict
from scimctl.okta import dialect
from scimctl.scenario.plan import Plan
from tests.exchanges import content, ok, with_content
from tests.playing import plan_written, play, reference

GROUP = "urn:ietf:params:scim:schemas:core:2.0:Group"


def scenario(steps: str, given: str = "group: {name: Engineers}", kind: str = "oin") -> Plan:
    text = (
        f"- id: a.b\n  title: T\n  requires: okta-14\n  matrix: {{app.kind: [{kind}]}}\n"
        f"  given:\n    {given}\n  steps:\n    - okta: {{{steps}}}\n      expect: {{outcome: SUCCESS}}\n"
    )
    return plan_written(text)


def with_engineers() -> tuple[Send, str]:
    """A reference server that has a group Engineers of somebody else's, and its id."""
    server = reference()
    made = server(dialect.post("/Groups", {"schemas": [GROUP], "displayName": "Engineers"}))
    return server, str(content(ok(made))["id"])


def versions(server: Send) -> list[tuple[str, str]]:
    """Id and version of every group there is."""
    listed = content(ok(server(dialect.get("/Groups"))))["Resources"]
    return [(group["id"], group["meta"]["version"]) for group in listed]


@pytest.mark.parametrize("kind", ["oin", "aiw", "oin_no_patch"])
def test_a_group_of_somebody_else_is_not_linked(kind: str) -> None:
    server, _ = with_engineers()
    before = versions(server)
    played = play(server, scenario("link_group: {group: group}", kind=kind))
    assert versions(server) == before
    (finding,) = [finding for finding in played.broken if finding.scenario != "passive"]
    assert (finding.check, finding.verdict) == ("own.id", Verdict.FAILED)
    assert finding.problem is not None
    assert finding.problem.actual == '"Engineers", which scimctl leaves alone'


def test_neither_is_one_of_a_name_that_the_scenario_gave_too() -> None:
    server, theirs = with_engineers()
    before = versions(server)

    def theirs_first(request: Request) -> Answer:
        response = ok(server(request))
        listed = content(response).get("Resources")
        if not request.target.startswith("/Groups?filter") or not listed:
            return response
        found = [group for group in listed if group["id"] == theirs]
        return with_content(response, content(response) | {"totalResults": 1, "Resources": found})

    body = f"{{schemas: ['{GROUP}'], displayName: Engineers}}"
    ours = f"group: {{name: Engineers}}\n    resource: {{type: Group, body: {body}}}"
    played = play(theirs_first, scenario("link_group: {group: group}", ours))
    assert played.verdicts == {"a.b[oin]": Verdict.FAILED}
    # Ours is looked for by its id, and theirs is as it was.
    assert versions(server) == before


def test_a_create_that_answers_with_the_id_of_somebody_else_s_group() -> None:
    server, theirs = with_engineers()
    before = versions(server)

    def lying(request: Request) -> Answer:
        response = ok(server(request))
        return with_content(response, content(response) | {"id": theirs}) if request.method == "POST" else response

    played = play(lying, scenario("push_group: group", "group: {name: $(unique.group)}"))
    assert played.verdicts == {"a.b[oin]": Verdict.FAILED}
    assert versions(server) == before


def test_nothing_is_left_of_what_was_pushed() -> None:
    server = reference()
    play(server, ["okta.groups"])
    for collection in ("/Groups", "/Users"):
        assert content(ok(server(dialect.get(collection))))["totalResults"] == 0


def test_what_is_kept_is_there() -> None:
    server = reference()
    play(server, scenario("push_group: group", "group: {name: $(unique.group)}"), keep=True)
    assert content(ok(server(dialect.get("/Groups"))))["totalResults"] == 1
