"""Each fault of header fields and media types: what the broken server does, and that without it all is right."""

from collections.abc import Callable

import pytest

from scimctl.exchange import Headers, Request
from scimctl.scim import urns
from tests.faults.pairs import Pair
from tests.unit.server.reference_client import BASE_URL

Make = Callable[..., Pair]
ADA = {"schemas": [urns.USER], "userName": "ada"}
SCIM, SCIM_UTF_8 = "application/scim+json", "application/scim+json; charset=utf-8"
JSON, JSON_UTF_8 = "application/json", "Application/JSON;charset=UTF-8"
HTML = "text/html; charset=utf-8"


@pytest.mark.parametrize(
    ("fault", "refused", "taken"),
    [
        ("scim-json-415", (SCIM, SCIM_UTF_8), JSON),
        ("json-content-type-rejected", (JSON, JSON_UTF_8), SCIM_UTF_8),
    ],
)
def test_media_types_refused(pair: Make, fault: str, refused: tuple[str, ...], taken: str) -> None:
    servers = pair(fault)
    change = {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", "path": "title", "value": "Countess"}]}

    assert servers.statuses("POST", "/Users", ADA, Content_Type=taken) == (201, 201)
    for media_type in refused:
        named = {**ADA, "userName": media_type}
        assert servers.statuses("POST", "/Users", named, Content_Type=media_type) == (201, 415)
        assert servers.statuses("PATCH", "/Users/id-1", change, Content_Type=media_type) == (200, 415)
        assert servers.statuses("PUT", "/Users/nobody", ADA, Content_Type=media_type) == (404, 404)
        assert servers.statuses("POST", "/Users", ADA, Content_Type=media_type, Authorization="Bearer x") == (401, 401)
    assert servers.wrong.found("userName pr") == ["ada"]
    assert "title" not in servers.wrong.get("/Users/id-1")


def test_html_200(pair: Make) -> None:
    servers = pair("html-200")
    servers.both("POST", "/Users", ADA)

    client = servers.wrong
    for method, target, token in (
        ("GET", "/Users", "right"),
        ("GET", "/Users?startIndex=1&count=2", "right"),
        ("GET", "/Nothing", "right"),
        ("POST", "/Users", "nonsense"),
    ):
        servers.right.send(method, target, Authorization=f"Bearer {token}")
        assert servers.right.last.headers.get("Content-Type") == SCIM_UTF_8
        fields = Headers((("Authorization", f"Bearer {token}"),))
        page = client.server.handle(Request(method, target, fields), base_url=BASE_URL)
        assert (page.status, page.headers.get("Content-Type")) == (200, HTML)
        assert page.body.startswith(b"<!DOCTYPE html>")
    assert client.found('userName eq "ada"') == ["ada"]
    assert client.get("/Users/id-1")["userName"] == "ada"
    assert servers.statuses("GET", "/Users/nobody") == (404, 404)
    client.send("HEAD", "/Nothing")
    assert (client.last.status, client.last.body) == (200, b"")


def test_accept_json_406(pair: Make) -> None:
    servers = pair("accept-json-406")
    servers.both("POST", "/Users", ADA)

    assert servers.statuses("GET", "/Users/id-1", Accept="application/json") == (200, 406)
    assert servers.statuses("GET", "/Users", Accept="application/json;q=0.9, text/html") == (200, 406)
    for accept in ("application/scim+json", "application/scim+json, application/json", "application/json, */*", "*/*"):
        assert servers.statuses("GET", "/Users/id-1", Accept=accept) == (200, 200)
    assert servers.statuses("GET", "/Users/nobody", Accept="application/json") == (404, 404)


def test_location_header_differs(pair: Make) -> None:
    servers = pair("location-header-differs")

    right, wrong = servers.both("POST", "/Users", ADA)
    assert servers.right.last.headers.get("Location") == right["meta"]["location"]
    assert servers.wrong.last.headers.get("Location") == "https://reference.invalid/Users/id-1"
    assert wrong == right
    group = {"schemas": [urns.GROUP], "displayName": "Engines"}
    servers.both("POST", "/Groups", group)
    assert servers.wrong.last.headers == servers.right.last.headers
