"""Scenarios that are played once for each resource type that a server announces, whatever types those are."""

from scimctl.exchange import Answer, Request
from scimctl.finding import Verdict
from scimctl.scenario.plan import Plan
from tests.exchanges import content, error, ok, with_content
from tests.playing import Played, plan_written, play, reference

TEXT = """
- id: my.types
  title: Every type is listed
  for_each: resource_type
  steps:
    - send: GET /$(type.path)?count=0
    - send: GET /ResourceTypes/$(type.name)
      expect: {body: {schema: $(type.schema)}}
"""


def plan() -> Plan:
    return plan_written(TEXT)


def asked(played: Played) -> list[str]:
    return [event.exchange.request.target for event in played.exchanges if event.scenario == "my.types"]


def test_the_types_are_those_of_the_server() -> None:
    played = play(reference("entitlements"), plan())
    assert asked(played) == [
        target
        for name, path in (
            ("User", "Users"),
            ("Group", "Groups"),
            ("Role", "Roles"),
            ("Entitlement", "Entitlements"),
        )
        for target in (f"/{path}?count=0", f"/ResourceTypes/{name}")
    ]
    assert played.verdicts == {"my.types": Verdict.PASSED}


def test_an_announced_type_that_is_not_there_is_found() -> None:
    server = reference()

    def announces_more(request: Request) -> Answer:
        response = ok(server(request))
        if request.path != "/ResourceTypes":
            return response
        body = content(response)
        more = body["Resources"][0] | {"name": "Device", "id": "Device", "endpoint": "/Devices"}
        return with_content(response, body | {"Resources": [*body["Resources"], more]})

    played = play(announces_more, plan())
    assert played.failures == {("my.types", 1, "expect.status")}
    assert asked(played)[-1] == "/Devices?count=0"


def test_users_are_asked_for_where_no_types_can_be_read() -> None:
    server = reference()
    played = play(lambda request: error(500) if request.path == "/ResourceTypes" else server(request), plan())
    assert asked(played) == ["/Users?count=0", "/ResourceTypes/User"]
