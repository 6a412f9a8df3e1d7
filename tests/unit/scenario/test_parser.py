"""Scenario files become values: matrix rows, given, steps, expectations and captures."""

from dataclasses import replace

import pytest

from scimctl.diagnostic import InputError
from scimctl.exchange import Auth
from scimctl.okta.app import AppKind, Features
from scimctl.okta.directory import UserStatus
from scimctl.okta.outcome import ActionOutcome
from scimctl.scenario.model import OktaStep, Scenario, SendStep
from scimctl.scenario.parser import File, read_files
from scimctl.source import SourceText
from scimctl.spec.catalogue import OWN, Catalogue


def read(text: str, suite: str = "") -> list[Scenario]:
    return read_files([File(SourceText("my.yaml", text), suite)], Catalogue.load())


HEAD = "- id: my.users.one\n  title: One\n"
USER = "{profile: {login: $(unique.email), firstName: Ada, lastName: Lovelace}}"


def test_the_smallest_scenario() -> None:
    (scenario,) = read(HEAD + "  steps: [{send: GET /Users}]\n")
    assert (scenario.id, scenario.base_id, scenario.title) == ("my.users.one", "my.users.one", "One")
    assert (scenario.tags, scenario.needs, scenario.requires) == ((), (), (OWN,))
    assert (scenario.alone, scenario.heavy, scenario.suite, scenario.path) == (False, False, "", "my.yaml")
    assert (scenario.row, scenario.row_label) == ({"app.kind": "oin"}, "")
    assert (scenario.app.kind, scenario.app.stated) == (AppKind.OIN, False)
    assert (scenario.span.line, scenario.span.column) == (1, 7)
    (step,) = scenario.steps
    assert isinstance(step, SendStep)
    assert (step.number, step.text, step.send.method, step.send.path) == (1, "GET /Users", "GET", "/Users")
    assert (step.send.auth, step.send.body, step.send.headers) == (Auth.TARGET, None, ())
    assert step.expect.status.patterns == ("2xx",)


def test_the_head_of_a_scenario() -> None:
    text = HEAD + (
        "  tags: [one, two]\n  requires: [okta-08, res-01]\n"
        "  needs: [patch, 'type:Group', 'attribute:name.givenName']\n"
        "  alone: true\n  heavy: true\n  steps: [{send: GET /Users, requires: usr-04}]\n"
    )
    (scenario,) = read(text, "okta")
    assert scenario.tags == ("one", "two")
    assert scenario.requires == ("okta-08", "res-01")
    assert scenario.needs == ("patch", "type:Group", "attribute:name.givenName")
    assert (scenario.alone, scenario.heavy, scenario.suite) == (True, True, "okta")
    assert scenario.steps[0].requires == ("usr-04",)


def test_each_row_of_a_matrix_is_a_scenario() -> None:
    rows = read(
        HEAD + "  matrix: {app.kind: [oin, aiw], case: [{name: t, value: x}, {name: u, value: 2}], flag: [true]}\n"
        f"  given: {{user: {USER}}}\n  steps: [{{send: GET /Users/$(case.value)-$(flag)-$(row)-$(app.kind)}}]\n"
    )
    assert [row.id for row in rows] == [
        "my.users.one[oin,t,true]",
        "my.users.one[oin,u,true]",
        "my.users.one[aiw,t,true]",
        "my.users.one[aiw,u,true]",
    ]
    assert {row.base_id for row in rows} == {"my.users.one"}
    assert [row.app.kind for row in rows] == [AppKind.OIN, AppKind.OIN, AppKind.AIW, AppKind.AIW]
    assert all(row.app.stated for row in rows)
    assert rows[3].row == {
        "app.kind": "aiw",
        "case": {"name": "u", "value": 2},
        "case.name": "u",
        "case.value": 2,
        "flag": True,
        "row": "aiw,u,true",
    }


def test_given_single_and_named() -> None:
    text = (
        HEAD
        + f"""\
  given:
    app:
      kind: aiw
      features: {{update: false}}
      attributes: [{{name: level, external_namespace: 'urn:x', from: grade, type: integer}}]
      parameters: {{empty_as: omit}}
    user: {{profile: {{login: a@x.example, firstName: Ada, lastName: Lovelace, email: b@x.example}}, status: STAGED}}
    users:
      bob: {USER}
      eve: {{profile: {{login: $(bob.email), firstName: $(bob.firstName), lastName: E}}, password: secret-1}}
    group: {{name: All of $(user.lastName), members: [user, bob]}}
    groups: {{empty: {{name: Empty}}}}
    resource: {{type: User, body: {{userName: $(user.login)}}}}
    resources: {{team: {{type: Group, body: {{displayName: $(empty.name), members: [{{value: $(resource.id)}}]}}}}}}
  steps: [{{send: GET /Users/$(resource.id)}}, {{send: GET /Groups/$(team.id)}}, {{send: GET /$(team.meta.location)}}]
"""
    )
    (scenario,) = read(text)
    assert (scenario.app.kind, scenario.app.stated) == (AppKind.AIW, True)
    assert scenario.app.features == Features(create=True, update=False, deactivate=True)
    assert scenario.app.parameters == {"empty_as": "omit"}
    (attribute,) = scenario.app.attributes
    assert (attribute.name, attribute.external_name, attribute.source) == ("level", "level", "grade")
    assert (attribute.external_namespace, attribute.type) == ("urn:x", "integer")
    assert list(scenario.users) == ["user", "bob", "eve"]
    assert scenario.users["user"].profile["email"] == "b@x.example"
    assert scenario.users["user"].status is UserStatus.STAGED
    assert scenario.users["bob"].profile["email"] == "$(unique.email)"
    assert (scenario.users["bob"].status, scenario.users["bob"].password) == (UserStatus.ACTIVE, None)
    assert scenario.users["eve"].password == "secret-1"
    assert scenario.groups["group"].members == ("user", "bob")
    assert (scenario.groups["empty"].display_name, scenario.groups["empty"].members) == ("Empty", ())
    assert scenario.resources["team"].type == "Group"
    assert scenario.resources["resource"].body.tree == {"userName": "$(user.login)"}


def test_an_action_with_what_it_must_come_to() -> None:
    text = (
        HEAD
        + f"""\
  given: {{user: {USER}}}
  steps:
    - okta: {{assign: user}}
    - okta: {{update: {{user: user, set: {{nickName: A}}}}}}
      expect:
        outcome: [SUCCESS, FAILURE]
        reason: {{$contains: $(user.nickName)}}
        requests:
          - send: PUT /Users/*
            request: {{headers: {{Accept: x}}, body: {{active: true}}}}
            status: 200
            headers: {{ETag: null}}
            body: {{id: $(user.scim_id)}}
    - okta: {{suspend: user}}
      expect: {{requests: 0}}
"""
    )
    first, update, suspend = read(text)[0].steps
    assert isinstance(first, OktaStep)
    assert isinstance(update, OktaStep)
    assert isinstance(suspend, OktaStep)
    assert (first.verb, first.argument.tree, first.text) == ("assign", "user", "okta assign: user")
    assert not first.expect.stated
    assert first.expect.requests is None
    assert update.text == "okta update: user"
    assert update.expect.outcome == (ActionOutcome.SUCCESS, ActionOutcome.FAILURE)
    assert update.expect.reason is not None
    assert update.expect.requests is not None
    (request,) = update.expect.requests
    assert (request.method, request.target, request.text) == ("PUT", "/Users/*", "PUT /Users/*")
    assert request.request_headers is not None
    assert request.request_body is not None
    assert request.request_body.tree == {"active": True}
    assert request.request_body.span_of(("active",)).place == "my.yaml:12:60"
    assert request.status is not None
    assert request.status.accepts(200)
    assert request.headers is not None
    assert request.body is not None
    assert (request.span.line, request.send_span.column) == (11, 19)
    assert suspend.expect.requests == ()
    assert suspend.expect.stated
    assert suspend.expect.outcome == (ActionOutcome.SUCCESS,)


def test_a_raw_exchange_with_everything() -> None:
    text = (
        HEAD
        + """\
  steps:
    - send:
        request: POST /Users?attributes=id
        headers: {Content-Type: text/plain, Accept: null}
        body: '{"broken'
        auth: other
      expect: {status: [201, 4xx], headers: {Location: {$type: string}}, body: {id: {$type: string}}, time: 500}
      capture: {id: /id, at: {header: Location, regex: 'Users/(.*)'}, all: {pointer: ''}}
    - send: {request: DELETE /Users/$(id), body: {a: $(at)}}
"""
    )
    post, delete = read(text)[0].steps
    assert isinstance(post, SendStep)
    assert isinstance(delete, SendStep)
    assert post.send.headers == (("Content-Type", "text/plain"), ("Accept", None))
    assert (post.send.body, post.send.auth) == ('{"broken', Auth.OTHER)
    assert [post.expect.status.accepts(status) for status in (201, 200, 404, 500, None)] == [
        True,
        False,
        True,
        False,
        False,
    ]
    assert post.expect.status.text == "201 or 4xx"
    assert post.expect.time == 500
    assert post.expect.headers is not None
    captures = {name: (one.pointer, one.header, one.regex) for name, one in post.capture.items()}
    assert captures == {"id": ("/id", None, None), "at": (None, "Location", "Users/(.*)"), "all": ("", None, None)}
    assert not isinstance(delete.send.body, str)
    assert delete.send.body is not None
    assert delete.send.body.tree == {"a": "$(at)"}


def test_texts_of_steps_are_short() -> None:
    text = HEAD + "  steps: [{okta: {test_credentials: true}}, {okta: {features: {create: false}}}]\n"
    assert [step.text for step in read(text)[0].steps] == ["okta test_credentials", "okta features"]


def test_a_group_and_its_pushes() -> None:
    text = HEAD + (
        f"  heavy: true\n  given:\n    user: {USER}\n"
        "    group: {name: Sales, members: [user], crowd: 40}\n  steps:\n"
        "    - okta: {push_group: [group]}\n    - okta: {change_members: {group: group, add: [user], remove: user}}\n"
        "    - okta: {unlink_group: {group: group, delete: true}}\n    - send: GET /Groups/$(group.scim_id)\n"
    )
    (scenario,) = read(text)
    assert (scenario.groups["group"].members, scenario.groups["group"].crowd) == (("user",), 40)
    assert [step.text for step in scenario.steps] == [
        "okta push_group: group",
        "okta change_members: group user user",
        "okta unlink_group: group",
        "GET /Groups/$(group.scim_id)",
    ]


def test_faults_of_several_files_come_together_in_order() -> None:
    files = [
        File(SourceText("b.yaml", HEAD + "  steps: [{send: Users}]\n"), ""),
        File(SourceText("a.yaml", "x: [\n"), ""),
        File(SourceText("c.yaml", HEAD + "  steps: [{send: GET /Users}]\n"), ""),
    ]
    with pytest.raises(InputError) as caught:
        read_files(files, Catalogue.load())
    places = [fault.span.place for fault in caught.value.diagnostics if fault.span]
    assert places == ["b.yaml:3:18", "a.yaml:2:1", "c.yaml:1:7"]


def test_scenarios_are_values() -> None:
    text = HEAD + "  steps: [{send: GET /Users}]\n"
    assert read(text) == read(text)
    assert replace(read(text)[0], title="Two") != read(text)[0]


def test_a_need_of_patch_may_hang_on_the_kind_of_app() -> None:
    text = (
        "- id: own.one\n"
        "  title: One\n"
        "  needs: [app.patch, filter]\n"
        "  matrix: {app.kind: [oin, aiw, oin_no_patch]}\n"
        "  steps: [{send: GET /Users}]\n"
    )
    assert [scenario.needs for scenario in read(text)] == [("patch", "filter"), ("filter",), ("filter",)]
    alone = text.replace("  matrix: {app.kind: [oin, aiw, oin_no_patch]}\n", "")
    assert [scenario.needs for scenario in read(alone)] == [("patch", "filter")]
