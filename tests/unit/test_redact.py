"""Masking: every shape in which a secret comes back, and bytes that stay as they are beside it."""

import base64
import json
from dataclasses import replace
from urllib.parse import quote

import pytest

from scimctl.exchange import Exchange, FaultKind, Headers, Request, Response, TransportFault
from scimctl.redact import MASK, Redactor, is_secret_field

SECRET = 'canary/7f+3a="ä"'


@pytest.mark.parametrize(
    "shape",
    [
        pytest.param(SECRET, id="bare"),
        pytest.param(f"Bearer {SECRET}", id="with-its-scheme"),
        pytest.param(quote(SECRET, safe=""), id="percent-encoded"),
        pytest.param(quote(SECRET), id="percent-encoded-with-slash"),
        pytest.param(json.dumps(SECRET), id="json"),
        pytest.param(json.dumps(SECRET).replace("/", "\\/"), id="json-with-escaped-slash"),
        pytest.param(base64.b64encode(SECRET.encode()).decode(), id="base64"),
        pytest.param(base64.urlsafe_b64encode(SECRET.encode()).decode().rstrip("="), id="base64url"),
    ],
)
@pytest.mark.parametrize("known", [SECRET, f"Bearer {SECRET}"], ids=["token", "field"])
def test_every_shape_of_a_secret_is_masked(known: str, shape: str) -> None:
    redactor = Redactor([known])
    text = redactor.text(f"before {shape} after")
    assert "canary" not in text
    assert SECRET not in text
    assert text.startswith("before ")
    assert text.endswith(" after")
    assert redactor.body(f"before {shape} after".encode()) == text.encode()


def test_the_parts_of_basic_credentials_are_secrets() -> None:
    redactor = Redactor(["Basic " + base64.b64encode(b"ada:pass-word").decode()])
    assert redactor.text("ada:pass-word pass-word YWRhOnBhc3Mtd29yZA== ada") == "*** *** *** ada"


def test_a_secret_that_begins_like_another_is_masked_whole() -> None:
    assert Redactor(["token", "token-two"]).text("token-two token") == "*** ***"


def test_a_secret_learnt_later_is_masked() -> None:
    redactor = Redactor()
    assert redactor.text("fetched-token") == "fetched-token"
    redactor.learn("fetched-token")
    assert redactor.text("fetched-token") == MASK


def test_a_very_short_secret_does_not_blot_out_text_but_is_masked_in_its_field() -> None:
    redactor = Redactor(["Bearer ab"])
    assert redactor.text("about") == "about"
    assert redactor.headers(Headers((("Authorization", "Bearer ab"),))).fields == (("Authorization", "Bearer ***"),)


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        pytest.param(("Authorization", "Bearer x"), "Bearer ***", id="bearer"),
        pytest.param(("authorization", "basic x"), "basic ***", id="basic"),
        pytest.param(("Authorization", "x"), MASK, id="verbatim"),
        pytest.param(("Proxy-Authorization", "Basic x"), "Basic ***", id="proxy"),
        pytest.param(("Cookie", "Bearer x"), MASK, id="cookie"),
        pytest.param(("Set-Cookie", "session=1"), MASK, id="set-cookie"),
        pytest.param(("X-Api-Key", "x"), MASK, id="api-key"),
        pytest.param(("X-Auth-Token", "x"), MASK, id="auth-token"),
        pytest.param(("WWW-Authenticate", "Bearer realm=x"), "Bearer realm=x", id="challenge"),
        pytest.param(("Location", "https://x/?t=known-secret"), "https://x/?t=***", id="location"),
    ],
)
def test_fields_are_masked_by_name_and_by_value(field: tuple[str, str], shown: str) -> None:
    assert Redactor(["known-secret"]).headers(Headers((field,))).fields == ((field[0], shown),)
    assert is_secret_field(field[0]) == (field[0] not in {"WWW-Authenticate", "Location"})


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        pytest.param(
            b'{ "userName":"ada",\n "password" : "a\\"b" }', b'{ "userName":"ada",\n "password" : "***" }', id="own"
        ),
        pytest.param(b'{"Resources":[{"Password":"x"}]}', b'{"Resources":[{"Password":"***"}]}', id="in-a-list"),
        pytest.param(
            b'{"Operations":[{"op":"replace","path":"password","value":"x"},{"op":"add","path":"title","value":"x"}]}',
            b'{"Operations":[{"op":"replace","path":"password","value":"***"},'
            b'{"op":"add","path":"title","value":"***"}]}',
            id="patch-with-path",
        ),
        pytest.param(
            b'{"Operations":[{"op":"replace","value":{"password":"x"}}]}',
            b'{"Operations":[{"op":"replace","value":{"password":"***"}}]}',
            id="patch-without-path",
        ),
        pytest.param(
            b'{"urn:ietf:params:scim:schemas:core:2.0:User:password":"x"}',
            b'{"urn:ietf:params:scim:schemas:core:2.0:User:password":"***"}',
            id="with-its-urn",
        ),
        pytest.param(b'{"pass\\u0077ord": "x", "a": 1}', b'{"password":"***","a":1}', id="escaped-name"),
        pytest.param(b'{"password": 12345, "a": 1}', b'{"password":"***","a":1}', id="number"),
        pytest.param(b'{"password":null}', b'{"password":null}', id="null"),
        pytest.param(b'{"password":"x"', b'{"password":"***"', id="cut-off"),
        pytest.param(
            b'{"changePassword":{"supported":true}}', b'{"changePassword":{"supported":true}}', id="capability"
        ),
        pytest.param(b'{"name":"password","type":"string"}', b'{"name":"password","type":"string"}', id="definition"),
        pytest.param(b"\xff\x00password", b"\xff\x00password", id="not-text"),
        pytest.param(b'{"password":' + b"[" * 2000, b'{"password":' + b"[" * 2000, id="too-deep"),
    ],
)
def test_passwords_are_masked_in_bodies(body: bytes, shown: bytes) -> None:
    assert Redactor().body(body) == shown


def test_an_exchange_is_masked_everywhere_and_keeps_the_rest() -> None:
    redactor = Redactor([SECRET])
    spilled = json.dumps({"detail": f"bad token {SECRET}"}).encode()
    exchange = Exchange(
        Request("POST", f"/Users?token={quote(SECRET, safe='')}", Headers((("X-Trace", SECRET),)), spilled),
        Response(401, Headers((("X-Echo", f"Bearer {SECRET}"),)), spilled, 0.25),
        f"https://x/{quote(SECRET, safe='')}",
        7,
    )
    masked = redactor.exchange(exchange)
    assert "canary" not in repr(masked)
    assert masked.request.target == "/Users?token=***"
    assert masked.response == Response(401, Headers((("X-Echo", "Bearer ***"),)), b'{"detail": "bad token ***"}', 0.25)
    assert masked.number == 7
    fault = replace(exchange, answer=TransportFault(FaultKind.PROTOCOL, f"illegal header {SECRET}"))
    assert redactor.exchange(fault).answer == TransportFault(FaultKind.PROTOCOL, "illegal header ***")


def test_nothing_to_mask_changes_no_byte() -> None:
    body = b'\r\n{ "id" : "1",  "emails":[ ] }\n'
    assert Redactor(["secret"]).body(body) == body
