"""The line that sends a request again: what a shell makes of it, and that it never holds a token."""

import shlex

import pytest

from scimctl.exchange import Auth, Exchange, Headers, Request, Response
from scimctl.report.curl import curl


def line(request: Request) -> str:
    return curl(Exchange(request, Response(200), "https://scim.example/v2"))


def test_a_get_is_short() -> None:
    request = Request("GET", "/Users?filter=userName%20eq%20%22ada%22", Headers((("Accept", "application/scim+json"),)))
    assert line(request) == (
        "curl -sS -i 'https://scim.example/v2/Users?filter=userName%20eq%20%22ada%22'"
        " -H \"Authorization: Bearer $SCIMCTL_TOKEN\" -H 'Accept: application/scim+json'"
    )


def test_a_body_reaches_curl_as_it_was_sent() -> None:
    body = '{"name":"O\'Hara $HOME `id` \\"ü\\""}'
    words = shlex.split(line(Request("POST", "/Users", body=body.encode())))
    assert words[:6] == ["curl", "-sS", "-i", "-X", "POST", "https://scim.example/v2/Users"]
    assert words[-2:] == ["--data-binary", body]


def test_what_curl_writes_itself_is_left_out() -> None:
    fields = Headers((("Host", "h"), ("Content-Length", "2"), ("Connection", "close"), ("Accept-Encoding", "gzip")))
    assert line(Request("GET", "/Users", fields, auth=Auth.NONE)) == "curl -sS -i https://scim.example/v2/Users"


@pytest.mark.parametrize(
    ("auth", "variable"),
    [
        (Auth.TARGET, "$SCIMCTL_TOKEN"),
        (Auth.OTHER, "$SCIMCTL_OTHER_TOKEN"),
        (Auth.READ_ONLY, "$SCIMCTL_READ_ONLY_TOKEN"),
    ],
)
def test_each_credential_has_its_variable(auth: Auth, variable: str) -> None:
    assert f'-H "Authorization: Bearer {variable}"' in line(Request("GET", "/Users", auth=auth))


def test_a_field_of_its_own_stays_and_takes_no_token() -> None:
    shown = line(Request("GET", "/Users", Headers((("Authorization", "Bearer ***"),))))
    assert shown == "curl -sS -i https://scim.example/v2/Users -H 'Authorization: Bearer ***'"
