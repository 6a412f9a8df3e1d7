"""What the mock sends, byte for byte beside the captures and documents of Okta (REF20, and the 2018 reference)."""

import json
import re

from scimctl.okta import actions
from scimctl.okta.app import AppKind
from tests.unit.okta.scripted import answer, found, org, stored, tell

ID = "23a35c27-23d3-4c03-b4c5-6443c09e7173"


def test_the_lookup_line() -> None:
    told = tell(actions.assign(*org()), [found(stored()), answer(200, stored()), answer(200, stored())])
    assert told.lines[0] == "GET /Users?filter=userName%20eq%20%22test.user%40okta.local%22&startIndex=1&count=100"
    assert told.requests[0].body == b""


def test_the_lookup_line_of_2018() -> None:
    profile = {"login": "jane.doe@example.com", "email": "jane.doe@example.com", "firstName": "Jane", "lastName": "Doe"}
    told = tell(actions.assign(*org(profile=profile, space_encoding="+")), [found(), answer(201, stored())])
    assert told.lines[0] == "GET /Users?filter=userName+eq+%22jane.doe%40example.com%22&startIndex=1&count=100"


def test_the_create_body() -> None:
    told = tell(actions.assign(*org()), [found(), answer(201, stored())])
    assert told.lines[1] == "POST /Users"
    body, password = re.subn(rb'"password":"[A-Za-z0-9]{8}"', b'"password":"1mz050nq"', told.requests[1].body)
    assert password == 1
    assert body == (
        b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"test.user@okta.local",'
        b'"name":{"givenName":"Test","familyName":"User"},'
        b'"emails":[{"primary":true,"value":"test.user@okta.local","type":"work"}],'
        b'"displayName":"Test User","locale":"en-US","externalId":"00ujl29u0le5T6Aj10h7","groups":[],'
        b'"password":"1mz050nq","active":true}'
    )


def test_the_deactivation_body_has_the_captured_length() -> None:
    world, user = org()
    tell(actions.assign(world, user), [found(), answer(201, stored())])
    told = tell(actions.unassign(world, user), [answer(204)])
    assert told.lines == [f"PATCH /Users/{ID}"]
    assert told.requests[0].body == (
        b'{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],'
        b'"Operations":[{"op":"replace","value":{"active":false}}]}'
    )
    assert len(told.requests[0].body) == 118


def test_the_put_echoes_the_server_in_its_own_order() -> None:
    captured = (
        '{"id":"17","externalId":"00uq2kqg7YTkFo3cY0g3","meta":{"resourceType":"User","created":"04-12-2018 00:00:00",'
        '"lastModified":"04-12-2018 00:00:00","version":"v1.0"},'
        '"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],'
        '"userName":"jane.doe@example.com","displayName":"Jane Doe","locale":"en_US","active":true,'
        '"password":"TkdFNVdIVkxhM2c9","emails":[{"value":"jane.doe@example.com","type":"work","primary":true}],'
        '"name":{"familyName":"Doe","givenName":"Jane"},"groups":[]}'
    )
    profile = {
        "login": "jane.doe@example.com",
        "email": "jane.doe@example.com",
        "firstName": "Jane",
        "lastName": "Doe",
        "locale": "en_US",
    }
    before = json.loads(captured.replace('"givenName":"Jane"', '"givenName":"Janet"'))
    world, user = org(AppKind.AIW, profile=profile)
    told = tell(actions.assign(world, user), [found(before), answer(200, before), answer(200, before)])
    assert told.lines[1:] == ["GET /Users/17", "PUT /Users/17"]
    assert told.requests[2].body == captured.encode()


def test_the_headers_of_a_read_and_of_a_write() -> None:
    told = tell(actions.assign(*org()), [found(), answer(201, stored())])
    assert [name for name, _ in told.requests[0].headers] == [
        "Accept",
        "Accept-Charset",
        "User-Agent",
        "Accept-Encoding",
    ]
    assert list(told.requests[1].headers) == [
        ("Accept", "application/scim+json"),
        ("Accept-Charset", "utf-8"),
        ("Content-Type", "application/scim+json; charset=utf-8"),
        ("User-Agent", "Okta SCIM Client 1.0.0"),
        ("Accept-Encoding", "gzip,deflate"),
    ]


def test_the_aiw_link_of_an_inactive_account_has_the_five_captured_requests() -> None:
    inactive = stored(active=False)
    world, user = org(AppKind.AIW)
    answers = [
        found(inactive),
        answer(200, inactive),
        answer(200, stored()),
        answer(200, stored()),
        answer(200, stored()),
    ]
    told = tell(actions.assign(world, user), answers)
    assert [line.partition("?")[0] for line in told.lines] == [
        "GET /Users",
        f"GET /Users/{ID}",
        f"PUT /Users/{ID}",
        f"GET /Users/{ID}",
        f"PUT /Users/{ID}",
    ]
    assert told.body(2)["active"] is True
