"""What a server's `/Schemas` takes away or requires: no scenario that rests on it accuses the server."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from scimctl.exchange import Answer, Request, Send
from scimctl.finding import Verdict
from scimctl.scenario.parser import File, read_files
from scimctl.scenario.plan import make_plan
from scimctl.source import SourceText
from scimctl.spec.catalogue import Catalogue
from tests.exchanges import content, error, ok, with_content
from tests.playing import Played, play, reference

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
SELECTED = (
    "rfc7643.s2",
    "rfc7644.s3-3",
    "rfc7644.s3-5-1",
    "rfc7644.s3-5-2",
    "rfc7644.s3-7",
    "rfc7644.s5",
    "okta.users",
)
BAD = (Verdict.FAILED, Verdict.UNKNOWN, Verdict.BLOCKED)
Attributes = list[dict[str, Any]]


def said(request: Request) -> dict[str, Any]:
    """The JSON object of a request; empty for anything else."""
    try:
        return content(request)
    except ValueError:
        return {}


def announcing(server: Send, change: Callable[[Attributes], Attributes]) -> Send:
    """`server` with other attributes of the core User in `/Schemas`."""

    def changed(request: Request) -> Answer:
        response = ok(server(request))
        if request.path != "/Schemas" or response.status != 200:
            return response
        body = content(response)
        for schema in body["Resources"]:
            if schema["id"] == USER:
                schema["attributes"] = change(schema["attributes"])
        return with_content(response, body)

    return changed


def without(name: str) -> Send:
    """A server of users without an attribute: it ignores it, shows it to nobody, and knows no such path."""
    server = reference()

    def lacking(request: Request) -> Answer:
        body = said(request)
        if request.method == "PATCH" and name.lower() in json.dumps(body.get("Operations")).lower():
            return error(400, f"no attribute {name}", "invalidPath")
        if body and request.method in ("POST", "PUT") and request.path.startswith("/Users"):
            request = with_content(request, {key: value for key, value in body.items() if key != name})
        return server(request)

    return lacking


def requiring(name: str) -> Send:
    """A server that refuses users without an attribute."""
    server = reference()

    def strict(request: Request) -> Answer:
        body = said(request) if request.method in ("POST", "PUT") and request.path.startswith("/Users") else {}
        if "userName" in body and body.get(name) in (None, []):
            return error(400, f"{name} is required", "invalidValue")
        answer = ok(server(request))
        if request.method == "PATCH" and request.path.startswith("/Users/") and answer.status < 300:
            stored = content(ok(server(Request("GET", request.path, auth=request.auth))))
            assert stored.get(name) is not None, "a scenario took what is required away"
        return answer

    return strict


def drop(name: str) -> Callable[[Attributes], Attributes]:
    return lambda attributes: [one for one in attributes if one["name"] != name]


def mark(name: str, **characteristics: Any) -> Callable[[Attributes], Attributes]:
    return lambda attributes: [one | characteristics if one["name"] == name else one for one in attributes]


def bad(played: Played) -> list[str]:
    return [name for name, verdict in played.verdicts.items() if verdict in BAD]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (drop("nickName"), f"/Schemas defines no nickName in {USER}"),
        (mark("nickName", mutability="readOnly"), "/Schemas says nickName is readOnly"),
    ],
    ids=["absent", "read-only"],
)
def test_what_the_server_says_it_lacks_is_not_asked_for(
    change: Callable[[Attributes], Attributes], reason: str
) -> None:
    played = play(announcing(without("nickName"), change), SELECTED, rfc_selected=True)
    assert bad(played) == []
    assert played.reasons["rfc7644.s3-5-2.nick-name"] == reason
    assert played.verdicts["rfc7644.s3-3.create"] is Verdict.PASSED
    assert sum(verdict is Verdict.PASSED for verdict in played.verdicts.values()) > 150


def test_what_the_server_lacks_and_announces_is_found() -> None:
    assert "rfc7644.s3-5-2.nick-name" in bad(play(without("nickName"), SELECTED, rfc_selected=True))


def test_what_is_shown_on_request_alone_is_not_looked_for() -> None:
    server = reference()

    def hiding(request: Request) -> Answer:
        response = ok(server(request))
        body = content(response)
        body.pop("nickName", None)
        return with_content(response, body) if body.get("userName") and response.status < 300 else response

    played = play(announcing(hiding, mark("nickName", returned="request")), SELECTED, rfc_selected=True)
    assert bad(played) == []
    assert "/Schemas says nickName is returned: request" in played.reasons.values()


@pytest.mark.parametrize("name", ["emails", "displayName", "active"])
def test_what_the_server_requires_is_filled_in(name: str) -> None:
    played = play(announcing(requiring(name), mark(name, required=True)), SELECTED, rfc_selected=True)
    assert bad(played) == []
    reason = f"/Schemas requires {name}, which the scenario does without"
    assert played.verdicts["rfc7644.s3-3.create"] is Verdict.PASSED
    assert 0 < sum(why == reason for why in played.reasons.values()) < len(played.verdicts) / 5
    assert sum(verdict is Verdict.PASSED for verdict in played.verdicts.values()) > 150


def test_a_filled_value_is_unique_where_it_has_to_be() -> None:
    played = play(
        announcing(requiring("nickName"), mark("nickName", required=True, uniqueness="server")),
        ("rfc7644.s3-3.create", "rfc7644.s3-6"),
        rfc_selected=True,
    )
    sent = [content(event.exchange.request) for event in played.exchanges if event.exchange.request.method == "POST"]
    filled = [body for body in sent if "nickName" in body]
    assert len(filled) > 5
    assert all(body["nickName"] == body["userName"] for body in filled)


def test_nothing_is_filled_in_where_nothing_more_is_required() -> None:
    names = [
        [
            sorted(content(event.exchange.request))
            for event in play(server, ("rfc7644.s3-6",), rfc_selected=True).exchanges
        ]
        for server in (reference(), announcing(reference(), drop("x509Certificates")))
    ]
    assert names[0] == names[1]


def test_a_scenario_of_ones_own_is_played_as_it_stands() -> None:
    text = """
- id: acme.nick-names
  title: Nick names are stored
  steps:
    - send:
        request: POST /Users
        body: {schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], userName: $(unique.email), nickName: Ada}
      expect: {status: 201, body: {nickName: Ada}}
"""
    own = read_files([File(SourceText("acme.yaml", text), "")], Catalogue.load())
    played = play(announcing(without("nickName"), drop("nickName")), make_plan(own, allow_heavy=True))
    assert played.verdicts == {"acme.nick-names": Verdict.FAILED}
