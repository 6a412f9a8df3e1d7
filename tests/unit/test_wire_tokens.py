"""The wire to a target with OAuth, and through proxies."""

import json
import socket
from collections.abc import Callable, Iterator

import pytest

from scimctl.diagnostic import InputError
from scimctl.exchange import FaultKind, TransportFault
from scimctl.okta import dialect
from scimctl.wire.client import Wire
from scimctl.wire.proxies import proxy_for
from scimctl.wire.settings import OAuth
from tests import servers
from tests.unit.wired import GET, kind, send, settings


def _token_endpoint(tokens: Iterator[str]) -> Callable[[socket.socket, bytes], None]:
    def behave(connection: socket.socket, request: bytes) -> None:
        body = json.dumps({"access_token": next(tokens), "token_type": "Bearer"}).encode()
        connection.sendall(servers.message(body=body, media_type="application/json"))

    return behave


def _accepting_once_each(connection: socket.socket, request: bytes) -> None:
    first = b"Authorization: Bearer one" in request
    old = b"/Users/2" in request and first
    connection.sendall(servers.message("401 Unauthorized" if old else "200 OK"))


def test_a_token_is_fetched_and_renewed_when_it_is_refused_later() -> None:
    heard: list[str] = []
    with (
        servers.running(_token_endpoint(iter(["one", "two"]))) as issuer,
        servers.running(_accepting_once_each) as server,
    ):
        client = OAuth(token_url=f"{issuer.base_url}/token?x=1", client_id="id", client_secret="s/e")
        with Wire(settings(server.base_url, oauth=client), on_secret=heard.append) as wire:
            statuses = [wire.send(dialect.get(f"/Users/{number}")).status for number in (1, 2, 3)]
        assert statuses == [200, 200, 200]
        assert heard == ["one", "two"]
        assert issuer.requests[0].startswith(b"POST /scim/v2/token?x=1 HTTP/1.1\r\n")
        assert b"Authorization: Basic aWQ6cyUyRmU=\r\n" in issuer.requests[0]
        assert issuer.requests[0].endswith(b"grant_type=client_credentials")
        assert [b"Bearer two" in request for request in server.requests] == [False, False, True, True]


def test_a_token_that_never_worked_is_fetched_once() -> None:
    with (
        servers.running(_token_endpoint(iter(["one"]))) as issuer,
        servers.running(servers.answering("401 Unauthorized")) as server,
    ):
        client = OAuth(token_url=issuer.base_url, client_id="id", client_secret="secret")
        with Wire(settings(server.base_url, oauth=client)) as wire:
            assert [wire.send(GET).status for _ in range(2)] == [401, 401]
        assert len(issuer.requests) == 1


@pytest.mark.parametrize(
    "behaviour",
    [
        pytest.param(servers.answering("401 Unauthorized", {"error": "invalid_client"}), id="401"),
        pytest.param(servers.answering("200 OK", {"token": "x"}), id="no-token"),
        pytest.param(servers.answering("200 OK", b"<html>"), id="html"),
        pytest.param(servers.answering("200 OK", {"access_token": "a\r\nX: y"}), id="token-with-line-end"),
    ],
)
def test_no_token_is_a_fault_and_the_target_hears_nothing(behaviour: servers.Behaviour) -> None:
    with servers.running(behaviour) as issuer, servers.running(servers.answering()) as server:
        client = OAuth(token_url=issuer.base_url, client_id="id", client_secret="secret")
        answer = send(server.base_url, oauth=client)
        assert kind(answer) is FaultKind.OAUTH
        assert isinstance(answer, TransportFault)
        assert answer.detail.startswith("OAuth token endpoint: ")
        assert server.requests == []


def test_a_proxy_gets_the_whole_url_and_its_own_credentials() -> None:
    with servers.running(servers.answering()) as proxy:
        answer = send("http://scim.example/v2", proxy=f"http://me:p%40ss@127.0.0.1:{proxy.port}")
        assert answer.status == 200
        assert proxy.requests[0].startswith(b"GET http://scim.example")
        assert b"Proxy-Authorization: Basic bWU6cEBzcw==\r\n" in proxy.requests[0]


def test_a_proxy_that_refuses_or_is_not_there_is_a_proxy_fault() -> None:
    with servers.running(servers.answering("407 Proxy Authentication Required")) as proxy:
        answer = send("https://scim.example/v2", proxy=f"http://127.0.0.1:{proxy.port}")
        assert kind(answer) is FaultKind.PROXY
        assert b"canary" not in proxy.requests[0]
    assert kind(send("https://scim.example/v2", proxy=f"http://127.0.0.1:{proxy.port}")) is FaultKind.PROXY


def test_a_proxy_of_another_kind_is_told() -> None:
    with pytest.raises(InputError, match="socks5"):
        Wire(settings("http://scim.example/v2", proxy="socks5://127.0.0.1:1"))


@pytest.mark.parametrize(
    ("host", "no_proxy", "expected"),
    [
        pytest.param("scim.example", "", "http://proxy.example:3128", id="through-the-proxy"),
        pytest.param("scim.example", "scim.example", None, id="no-proxy"),
        pytest.param("127.0.0.1", "", None, id="this-machine"),
        pytest.param("::1", "", None, id="this-machine-v6"),
    ],
)
def test_proxies_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, host: str, no_proxy: str, expected: str | None
) -> None:
    monkeypatch.setenv("https_proxy", "proxy.example:3128")
    monkeypatch.setenv("no_proxy", no_proxy)
    assert proxy_for("https", host, None) == expected
