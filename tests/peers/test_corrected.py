"""What servers of others do, and what they were once accused of for it without a reason."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from scimctl.exchange import Answer, Headers, Request
from scimctl.finding import Verdict
from tests.exchanges import content, ok, with_content
from tests.playing import play, reference

Server = Callable[[Request], Answer]


def peopled() -> Server:
    """The reference server with users of others in it."""
    server = reference()
    for name in ("grace", "mary"):
        user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": name}
        headers = Headers((("Content-Type", "application/scim+json"),))
        assert ok(server(with_content(Request("POST", "/Users", headers), user))).status == 201
    return server


def asked_twice_lists_all(server: Server) -> Server:
    """A server to which two counts are none: no rule says which of them holds."""

    def answer(request: Request) -> Answer:
        is_doubled = request.query.count("count=") > 1
        return server(replace(request, target=request.path) if is_doubled else request)

    return answer


def keeps_the_first_type_of_a_member(server: Server) -> Server:
    """A server to which the type of a member is what a client says first, and nothing before (RFC 7644 §3.5.1)."""
    types: dict[str, str] = {}

    def shown(member: dict[str, Any]) -> dict[str, Any]:
        kept = {name: value for name, value in member.items() if name != "type"}
        return kept | ({"type": types[member["value"]]} if member["value"] in types else {})

    def answer(request: Request) -> Answer:
        if not request.path.startswith("/Groups"):
            return server(request)
        sent = content(request) if request.method in ("POST", "PUT") else {}
        for member in sent.get("members", ()):
            if "type" in member:
                types.setdefault(member["value"], member["type"])
        response = ok(server(request))
        body = content(response)
        if "members" not in body:
            return response
        return with_content(response, body | {"members": [shown(one) for one in body["members"]]})

    return answer


@pytest.mark.parametrize(
    ("habit", "scenario"),
    [
        (asked_twice_lists_all, "rfc7644.s3-12.odd-requests"),
        (keeps_the_first_type_of_a_member, "rfc7643.s4-2.member-type"),
    ],
)
def test_it_is_accused_of_nothing(habit: Callable[[Server], Server], scenario: str) -> None:
    played = play(habit(peopled()), [scenario], rfc_selected=True)
    assert played.broken == []
    assert played.verdicts == {scenario: Verdict.PASSED}


def test_every_header_can_be_sent() -> None:
    """No value ends in a blank (RFC 9110 §5.5): HTTP libraries refuse to send one, which tells nothing of a server."""
    values: list[str] = []
    server = reference()

    def send(request: Request) -> Answer:
        values.extend(value for _, value in request.headers)
        return server(request)

    play(send, ["rfc7644.s2"])
    assert values
    assert [value for value in values if value != value.strip()] == []


def test_what_nobody_knows_may_be_refused() -> None:
    """RFC 7643 says of no attribute beyond the schemas what becomes of it, so that scim2-server may answer 400."""
    scenario = "rfc7644.s3-3.unknown-attribute"
    played = play(reference(faults=["unknown-attribute-rejected"]), [scenario], rfc_selected=True)
    assert played.verdicts == {scenario: Verdict.NOTED}
