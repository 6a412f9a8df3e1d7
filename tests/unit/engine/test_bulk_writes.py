"""Bulk requests: what their operations make is removed, and what they would change must be ours."""

import json
from dataclasses import replace

import pytest

from scimctl.engine.discovery import Announced
from scimctl.events import LeftBehind
from scimctl.exchange import Answer, Request, Send
from scimctl.finding import Verdict
from scimctl.jsonvalue import Json
from scimctl.scenario.plan import Plan
from tests.exchanges import content, is_create, ok, with_content
from tests.playing import plan_written, play, reference

CREATE = """
- id: test.bulk
  title: A bulk request makes a user and a group
  steps:
    - send:
        request: POST /Bulk
        body:
          schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
          Operations:
            - {method: POST, path: /Users, bulkId: a, data: {schemas: ['URN:User'], userName: $(unique.email)}}
            - {method: POST, path: /Groups, bulkId: b, data: {schemas: ['URN:Group'], displayName: $(unique.group)}}
      expect: {status: 200}
"""
WRITE = """
- id: test.bulk
  title: A bulk request changes the user that was made
  given:
    resource: {type: User, body: {schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: $(unique.email)}}
  steps:
    - send:
        request: POST /Bulk
        body:
          schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
          Operations:
            - method: METHOD
              path: /Users/$(resource.id)
              data: {schemas: ['URN:User'], userName: $(unique.email), title: Boss}
      expect: {status: 200, body: {Operations: [{status: STATUS}]}}
"""

REPEATED = """
- id: test.bulk
  title: Operations on one path
  steps:
    - send:
        request: POST /Bulk
        body:
          schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest']
          Operations:
            - {method: DELETE, path: /Users/no-such-id}
            - {method: DELETE, path: /Users/no-such-id}
      expect: {status: 200}
"""


def plan(text: str) -> Plan:
    return plan_written(text.replace("URN:", "urn:ietf:params:scim:schemas:core:2.0:"))


def total(server: Send, collection: str) -> int:
    return int(content(ok(server(Request("GET", f"/{collection}?count=0"))))["totalResults"])


def test_what_a_bulk_request_made_is_removed() -> None:
    server = reference()
    played = play(server, plan(CREATE))
    assert played.verdicts == {"test.bulk": Verdict.PASSED}
    assert not any(isinstance(event, LeftBehind) for event in played.events)
    assert (total(server, "Users"), total(server, "Groups")) == (0, 0)


def test_a_path_that_is_written_twice_is_read_once() -> None:
    played = play(reference(), plan(REPEATED))
    sent = [event.exchange.request for event in played.exchanges if event.scenario == "test.bulk"]
    assert [(request.method, request.path) for request in sent] == [("GET", "/Users/no-such-id"), ("POST", "/Bulk")]


def test_what_cannot_be_removed_is_told() -> None:
    server = reference()

    def keeping(request: Request) -> Answer:
        answer = ok(server(request))
        return answer if request.method != "DELETE" else replace(answer, status=500)

    left = [event for event in play(keeping, plan(CREATE)).events if isinstance(event, LeftBehind)]
    assert sorted(event.resource_type for event in left) == ["Group", "User"]


@pytest.mark.parametrize(("method", "status"), [("PUT", "'200'"), ("DELETE", "'204'")])
def test_a_bulk_request_changes_what_is_ours(method: str, status: str) -> None:
    played = play(reference(), plan(WRITE.replace("METHOD", method).replace("STATUS", status)))
    assert played.verdicts == {"test.bulk": Verdict.PASSED}


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE"])
def test_a_bulk_request_to_somebody_elses_id_is_not_sent(method: str) -> None:
    server = reference()
    body: Json = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "boss@example.com"}
    made = ok(server(Request("POST", "/Users", body=json.dumps(body).encode())))
    boss = str(content(made)["id"])

    def lying(request: Request) -> Answer:
        response = ok(server(request))
        created = is_create(request) and response.status == 201
        return with_content(response, content(response) | {"id": boss}) if created else response

    played = play(lying, plan(WRITE.replace("METHOD", method).replace("STATUS", "'200'")))
    assert not [event for event in played.exchanges if event.exchange.request.path == "/Bulk"]
    stored = content(ok(server(Request("GET", f"/Users/{boss}"))))
    assert (stored["userName"], stored.get("title")) == ("boss@example.com", None)


@pytest.mark.parametrize(
    ("config", "denied"),
    [
        ({"bulk": {"maxOperations": 1000}}, None),
        (
            {"bulk": {"maxOperations": 1001}},
            "/ServiceProviderConfig says bulk.maxOperations is 1001, which is more than",
        ),
        ({"bulk": {"maxOperations": "1001"}}, None),
        ({"bulk": 5}, None),
        (None, None),
    ],
)
def test_a_limit_is_tried_where_it_can_be_exceeded(config: dict[str, Json] | None, denied: str | None) -> None:
    told = Announced(config=config).denial("at_most:bulk.maxOperations:1000")
    assert (told is None) == (denied is None)
    assert told is None or told.startswith(str(denied))


@pytest.mark.parametrize(("operations", "denied"), [(1, True), (2, False), (1000, False), (True, False), ("1", False)])
def test_no_more_operations_are_sent_than_are_taken(operations: Json, denied: bool) -> None:
    told = Announced(config={"bulk": {"maxOperations": operations}}).denial("at_least:bulk.maxOperations:2")
    assert told == ("/ServiceProviderConfig says bulk.maxOperations is 1, and 2 are sent" if denied else None)
