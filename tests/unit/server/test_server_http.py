"""What the reference server does with HTTP: tokens, routes, methods, media types, bodies, errors."""

import gzip

import pytest

from scimctl.exchange import Headers, Request
from scimctl.scim import urns
from scimctl.server.answers import MAX_BODY, MAX_DEPTH
from tests.unit.server.reference_client import Client

USER = {"schemas": [urns.USER], "userName": "ada"}


@pytest.mark.parametrize(
    "authorization", ["Bearer wrong", "Bearer ", "Bearer", "right", "Basic right", "Bearer righ", "Bearer right x", ""]
)
@pytest.mark.parametrize(
    ("method", "target"), [("GET", "/Users"), ("POST", "/Users"), ("DELETE", "/Users/1"), ("GET", "/nowhere")]
)
def test_a_wrong_token_gets_401_everywhere(client: Client, method: str, target: str, authorization: str) -> None:
    body = client.send(method, target, Authorization=authorization)
    assert client.last.status == 401
    assert client.last.headers.get("WWW-Authenticate") == 'Bearer realm="scimctl"'
    assert body["schemas"] == [urns.ERROR]
    assert body["status"] == "401"
    assert body["detail"] == ("the bearer token is not valid" if authorization else "a bearer token is needed")


def test_no_token_gets_401_but_for_the_configuration(client: Client) -> None:
    stranger = client.as_token(None)
    assert stranger.get("/Users")["detail"] == "a bearer token is needed"
    assert stranger.last.status == 401
    assert stranger.get("/ServiceProviderConfig")["authenticationSchemes"][0]["type"] == "oauthbearertoken"


def test_a_wrong_token_is_refused_for_the_configuration_too(client: Client) -> None:
    wrong = client.as_token("wrong")
    wrong.get("/ServiceProviderConfig")
    assert wrong.last.status == 401


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer "])
def test_the_scheme_is_read_without_case(client: Client, scheme: str) -> None:
    client.get("/Users", Authorization=f"{scheme} right")
    assert client.last.status == 200


def test_a_token_without_permission_reads_and_searches_but_does_not_write(client: Client) -> None:
    user = client.user("ada")
    reader = client.as_token("reader")
    assert reader.get("/Users")["totalResults"] == 1
    assert reader.send("POST", "/Users/.search", {"schemas": [urns.SEARCH_REQUEST]})["totalResults"] == 1
    for method, target in (
        ("POST", "/Users"),
        ("PUT", "/Users/id-1"),
        ("PATCH", "/Users/id-1"),
        ("DELETE", "/Users/id-1"),
    ):
        assert reader.send(method, target, USER)["detail"].startswith("this token may read but not write")
        assert reader.last.status == 403
    assert client.get("/Users/id-1") == user


@pytest.mark.parametrize("target", ["/nowhere", "/Users/1/2", "/v1/Users", "/users", "/Users/%ff", "/Schemas/urn:x/y"])
def test_unknown_endpoints_get_404_with_an_error(client: Client, target: str) -> None:
    body = client.get(target)
    assert (client.last.status, body["status"], body["schemas"]) == (404, "404", [urns.ERROR])
    assert client.last.media_type == "application/scim+json"


@pytest.mark.parametrize("target", ["/Users/", "//Users", "/Users"])
def test_slashes_do_not_matter(client: Client, target: str) -> None:
    assert client.get(target)["totalResults"] == 0


@pytest.mark.parametrize(
    ("method", "target", "allow"),
    [
        ("DELETE", "/Users", "GET, POST, HEAD, OPTIONS"),
        ("PUT", "/Users", "GET, POST, HEAD, OPTIONS"),
        ("POST", "/Users/1", "GET, PUT, PATCH, DELETE, HEAD, OPTIONS"),
        ("GET", "/Users/.search", "POST, OPTIONS"),
        ("POST", "/Schemas", "GET, HEAD, OPTIONS"),
        ("DELETE", "/ServiceProviderConfig", "GET, HEAD, OPTIONS"),
        ("BREW", "/Users", "GET, POST, HEAD, OPTIONS"),
    ],
)
def test_methods_that_are_not_there_get_405(client: Client, method: str, target: str, allow: str) -> None:
    body = client.send(method, target)
    assert (client.last.status, body["status"]) == (405, "405")
    assert client.last.headers.get("Allow") == allow


def test_options_and_head(client: Client) -> None:
    client.user("ada")
    assert client.send("OPTIONS", "/Users") is None
    assert (client.last.status, client.last.headers.get("Allow")) == (204, "GET, POST, HEAD, OPTIONS")
    client.get("/Users")
    length = len(client.last.body)
    assert client.send("HEAD", "/Users") is None
    assert (client.last.status, client.last.headers.get("Content-Length")) == (200, str(length))


@pytest.mark.parametrize("accept", ["application/scim+json", "application/json", "*/*", "text/html", None])
def test_every_answer_is_scim_json(client: Client, accept: str | None) -> None:
    client.get("/Users", **({"Accept": accept} if accept else {}))
    assert client.last.headers.get("Content-Type") == "application/scim+json; charset=utf-8"


@pytest.mark.parametrize(
    ("media_type", "status"),
    [
        ("application/scim+json", 201),
        ("application/json", 201),
        ("APPLICATION/JSON; charset=UTF-8", 201),
        ('application/scim+json; charset="utf-8"', 201),
        ("text/plain", 415),
        ("application/x-www-form-urlencoded", 415),
        ("application/json; charset=latin-1", 415),
        ("", 415),
    ],
)
def test_media_types_of_requests(client: Client, media_type: str, status: int) -> None:
    client.send("POST", "/Users", USER, Content_Type=media_type)
    assert client.last.status == status


def test_a_compressed_body_gets_415(client: Client) -> None:
    client.send("POST", "/Users", gzip.compress(b"{}"), Content_Encoding="gzip")
    assert (client.last.status, client.last.headers.get("Accept-Encoding")) == (415, "identity")
    client.send("POST", "/Users", USER, Content_Encoding="identity")
    assert client.last.status == 201


def test_a_body_without_a_media_type_is_read(client: Client) -> None:
    request = Request(
        "POST",
        "/Users",
        Headers((("Authorization", "Bearer right"),)),
        b'{"schemas":["%s"],"userName":"a"}' % urns.USER.encode(),
    )
    assert client.server.handle(request, base_url="https://x.invalid").status == 201


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"",
        b"null!",
        b'{"a":1}{"b":2}',
        b"\xff\xfe",
        b'{"userName":NaN}',
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b"[" * 100_000,
        b'{"userName":"\\ud800"}',
        b'{"\\udc00":1}',
        b'["\\ud800"]',
        b'{"n":' + b"9" * 5000 + b"}",
    ],
    ids=range(12),
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_a_body_that_is_no_json_gets_400_invalid_syntax(client: Client, method: str, body: bytes) -> None:
    client.user("ada")
    target = "/Users" if method == "POST" else "/Users/id-1"
    answer = client.send(method, target, body)
    assert (client.last.status, answer["scimType"]) == (400, "invalidSyntax")


@pytest.mark.parametrize("body", [b"[]", b"null", b'"x"', b"5", b"{}"])
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
def test_json_that_is_no_resource_gets_400(client: Client, method: str, body: bytes) -> None:
    client.user("ada")
    answer = client.send(method, "/Users" if method == "POST" else "/Users/id-1", body)
    assert client.last.status == 400
    assert answer["scimType"] in ("invalidValue", "invalidSyntax")


def test_brackets_inside_of_strings_do_not_nest(client: Client) -> None:
    client.user("ada", title="[{" * 200 + '\\"' + "[" * 50)
    assert client.last.status == 201


def test_a_body_that_is_too_large_gets_413(client: Client) -> None:
    answer = client.send("POST", "/Users", b" " * (MAX_BODY + 1))
    assert (client.last.status, answer["status"]) == (413, "413")


def test_an_unknown_parameter_is_ignored(client: Client) -> None:
    assert client.get("/Users?foo=bar&api_key=x")["totalResults"] == 0
