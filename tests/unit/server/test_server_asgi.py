"""The reference server on a socket: paths, Host, limits, the port."""

import socket
import threading
from collections.abc import Iterator

import httpx
import pytest

from scimctl.diagnostic import InputError
from scimctl.server import asgi
from scimctl.server.answers import MAX_BODY
from scimctl.server.core import build
from scimctl.server.watching import Served

HEADERS = {"Authorization": "Bearer right"}
USER = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada"}


class Running:
    """A server in a thread, with what it logged."""

    def __init__(self, public_url: str | None = None) -> None:
        self.lines: list[tuple[str, str, int]] = []
        application = asgi.Application(build("standard", token="right"), public_url=public_url, watchers=[self._log])
        self._listener = asgi.bind("127.0.0.1", 0)
        self.base_url = asgi.base_url_of(self._listener)
        self._server = asgi.make_server(application)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._listener]})

    def _log(self, served: Served) -> None:
        assert served.seconds >= 0
        self.lines.append((served.request.method, served.request.target, served.response.status))

    def __enter__(self) -> "Running":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._listener.close()


@pytest.fixture(scope="module")
def running() -> Iterator[Running]:
    """A server that the tests of this file share."""
    with Running() as server:
        yield server


def test_addresses_follow_the_host_field(running: Running) -> None:
    answer = httpx.post(f"{running.base_url}/Users", json=USER, headers={**HEADERS, "Host": "scim.example:99"})
    assert answer.status_code == 201
    location = f"http://scim.example:99/scim/v2/Users/{answer.json()['id']}"
    assert answer.headers["Location"] == answer.json()["meta"]["location"] == location
    assert (
        httpx.get(location.replace("scim.example:99", running.base_url.split("/")[2]), headers=HEADERS).status_code
        == 200
    )
    assert "server" not in answer.headers


def test_the_public_url_overrides_the_host_field() -> None:
    with Running("https://scim.example/tenant") as server:
        answer = httpx.post(f"{server.base_url}/Users", json=USER, headers=HEADERS)
    assert answer.headers["Location"] == f"https://scim.example/tenant/Users/{answer.json()['id']}"


@pytest.mark.parametrize("path", ["/", "/scim", "/scim/v1/Users", "/scim/v2x/Users"])
def test_what_is_not_below_the_base_path_gets_404(running: Running, path: str) -> None:
    answer = httpx.get(running.base_url.removesuffix("/scim/v2") + path, headers=HEADERS)
    assert answer.status_code == 404
    assert answer.json()["status"] == "404"
    assert answer.headers["content-type"] == "application/scim+json; charset=utf-8"


def test_the_query_arrives_as_it_was_sent(running: Running) -> None:
    answer = httpx.get(f"{running.base_url}/Users?filter=userName%20eq%20%22a%2Bb%22&count=1", headers=HEADERS)
    assert answer.json()["totalResults"] == 0
    assert ("GET", "/scim/v2/Users?filter=userName%20eq%20%22a%2Bb%22&count=1", 200) in running.lines


def test_head_delete_and_not_modified_have_no_body(running: Running) -> None:
    made = httpx.post(f"{running.base_url}/Users", json=USER | {"userName": "head"}, headers=HEADERS)
    address = f"{running.base_url}/Users/{made.json()['id']}"
    read = httpx.get(address, headers=HEADERS)
    head = httpx.head(address, headers=HEADERS)
    assert (head.content, head.headers["content-length"]) == (b"", str(len(read.content)))
    same = httpx.get(address, headers={**HEADERS, "If-None-Match": read.headers["etag"]})
    assert (same.status_code, same.content) == (304, b"")
    gone = httpx.delete(address, headers=HEADERS)
    assert (gone.status_code, gone.content) == (204, b"")
    assert "content-length" not in gone.headers


def test_a_body_that_is_too_large_gets_413_and_no_reset(running: Running) -> None:
    answer = httpx.post(f"{running.base_url}/Users", content=b" " * (MAX_BODY * 4), headers=HEADERS)
    assert answer.status_code == 413


def test_a_port_in_use_is_the_users_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"cannot listen on 127.0.0.1 port {port}: Address already in use"):
            asgi.bind("127.0.0.1", port)


@pytest.mark.parametrize(("host", "port"), [("127.0.0.1", 70_000), ("host.invalid", 0)])
def test_an_impossible_address_is_the_users_error(host: str, port: int) -> None:
    with pytest.raises(InputError, match=f"cannot listen on {host} port {port}"):
        asgi.bind(host, port)


def test_the_base_url_of_ipv6_has_brackets() -> None:
    try:
        listener = asgi.bind("::1", 0)
    except InputError:
        pytest.skip("this machine has no IPv6")
    with listener:
        assert asgi.base_url_of(listener) == f"http://[::1]:{listener.getsockname()[1]}/scim/v2"
