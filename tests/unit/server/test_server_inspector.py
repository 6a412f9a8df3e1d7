"""The inspector's pages: what they show, whom they show it to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import httpx
import pytest

from scimctl.exchange import Headers, Request, Response
from scimctl.jsonvalue import compact
from scimctl.scim import messages, urns
from scimctl.server.inspector.pages import Inspector
from scimctl.server.watching import Served
from tests.unit.server.reference_client import Client

LOCAL = ("127.0.0.1", 50000)


@dataclass(frozen=True, slots=True)
class Browser:
    """Asks for pages from the address of a peer, under a name of the server."""

    inspector: Inspector
    base_url: str
    peer: tuple[str, int]

    def get(self, path: str, method: str = "GET", **headers: str) -> httpx.Response:
        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.inspector.application, client=self.peer)
            async with httpx.AsyncClient(transport=transport, base_url=self.base_url) as client:
                return await client.request(method, path, headers=headers)

        return asyncio.run(ask())


Open = Callable[..., Browser]


def served(target: str, status: int = 200, body: bytes = b"{}", sent: bytes = b"") -> Served:
    return Served(
        at=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        origin="http://127.0.0.1:8080",
        request=Request("GET", target, Headers((("authorization", "Bearer ***"),)), sent),
        response=Response(status, Headers((("content-type", "application/scim+json"),)), body),
        seconds=0.0012,
    )


@pytest.fixture
def inspector(client: Client) -> Inspector:
    """The inspector of a server with two users and a group."""
    ada, grace = client.user("ada", displayName="Ada <b>"), client.user("grace", active=False)
    client.group("Engines", ada["id"], grace["id"])
    return Inspector({"": client.server.service})


@pytest.fixture
def browse(inspector: Inspector) -> Open:
    """A browser: `browse(host=…, peer=…)`."""

    def browse(host: str = "127.0.0.1:8080", peer: tuple[str, int] = LOCAL) -> Browser:
        return Browser(inspector, f"http://{host}", peer)

    return browse


def test_requests_come_newest_first_and_can_be_searched(inspector: Inspector, browse: Open) -> None:
    inspector(served("/scim/v2/Users?filter=userName+eq+%22ada%22"))
    refusal = compact(messages.error(409, "userName 'ada' is taken", "uniqueness"))
    inspector(served("/scim/v2/Users", 409, refusal))

    page = browse().get("/_/").text
    assert page.index("409") < page.index("filter=userName eq &#34;ada&#34;")
    assert "userName &#39;ada&#39; is taken" in page
    assert '<meta http-equiv="refresh" content="2">' in page
    failed = browse().get("/_/?failed=1&live=0").text
    assert "filter=" not in failed.partition("<table>")[2]
    assert "http-equiv" not in failed
    assert "No request fits." in browse().get("/_/?q=DELETE").text


def test_an_exchange_is_shown_whole(inspector: Inspector, browse: Open) -> None:
    inspector(served("/scim/v2/Users", 200, b'{"id":"<script>"}', b'{"password":"***"}'))

    page = browse().get("/_/requests/1").text
    assert "authorization: Bearer ***" in page
    assert "&#34;id&#34;: &#34;&lt;script&gt;&#34;" in page
    assert "<script" not in page
    assert browse().get("/_/requests/2").status_code == 404


def test_memory_is_bounded(inspector: Inspector, browse: Open) -> None:
    for number in range(600):
        inspector(served(f"/scim/v2/Users/{number}", body=b"x" * 70_000))

    assert browse().get("/_/requests/100").status_code == 404
    assert "… 4464 bytes more" in browse().get("/_/requests/600").text
    assert "500 shown, 600 since the start" in browse().get("/_/").text


def test_users_and_groups_are_shown(browse: Open) -> None:
    users = browse().get("/_/resources/User").text
    assert "Ada &lt;b&gt;" in users
    assert "1 to 2 of 2" in users
    assert "inactive" in users
    assert "2 members" in browse().get("/_/resources/Group").text
    ada = browse().get("/_/resources/User/id-1").text
    assert 'Member of <a href="/_/resources/Group/id-3">Engines</a>.' in ada
    assert urns.USER in ada
    assert browse().get("/_/resources/User/nobody").status_code == 404
    assert browse().get("/_/resources/Desk").status_code == 404
    assert browse().get("/_/resources/User?first=zzz").status_code == 200
    assert browse().get("/_/resources/User?tenant=none").status_code == 404


def test_only_a_browser_on_this_machine_is_served(browse: Open) -> None:
    assert browse().get("/_/").status_code == 200
    assert browse(host="localhost:1").get("/_/").status_code == 200
    assert browse(host="[::1]:1", peer=("::1", 1)).get("/_/").status_code == 200
    for far in (browse(host="evil.example"), browse(peer=("192.0.2.7", 1)), browse(host="192.0.2.7")):
        assert far.get("/_/").status_code == 403
        assert "for the machine that the server runs on" in far.get("/_/resources/User").text
    assert browse().get("/_/", **{"X-Forwarded-For": "192.0.2.7"}).status_code == 403


def test_pages_allow_no_scripts_and_are_not_kept(inspector: Inspector, browse: Open) -> None:
    inspector(replace(served("/x"), seconds=1.0))
    page = browse().get("/_/")

    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'self'")
    assert page.headers["Cache-Control"] == "no-store"
    assert "<script" not in page.text
    assert browse().get("/_/style.css").headers["Content-Type"].startswith("text/css")
    assert browse().get("/_/", "POST").status_code == 405
