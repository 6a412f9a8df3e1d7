"""The pytest fixture `scim_server`: a SCIM server for the tests of clients. pytest finds it by itself."""

import secrets
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from scimctl.server.watching import Served


@dataclass(frozen=True, slots=True)
class ScimServer:
    """A running SCIM server: its base URL, its bearer tokens, and what it was asked, oldest first."""

    base_url: str
    token: str = field(repr=False)
    read_only_token: str = field(repr=False)
    exchanges: "list[Served]"


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known."""
    config.addinivalue_line(
        "markers",
        'scim_server(profile="standard", faults=()): what the fixture plays and how it misbehaves',
    )


@pytest.fixture
def scim_server(request: pytest.FixtureRequest) -> Iterator[ScimServer]:
    """A SCIM server of the test's own on this machine, empty at the start.

    The marker `scim_server` sets its profile and its faults.
    """
    from scimctl.server import asgi
    from scimctl.server.core import build
    from scimctl.server.faults.catalogue import with_faults

    marker = request.node.get_closest_marker("scim_server")
    wanted = dict(marker.kwargs) if marker is not None else {}
    token, read_only_token = secrets.token_urlsafe(16), secrets.token_urlsafe(16)
    server = build(wanted.get("profile", "standard"), token=token, read_only_token=read_only_token)
    exchanges: list[Served] = []
    handler = with_faults(server, wanted.get("faults", ()))
    listener = asgi.bind("127.0.0.1", 0)
    running = asgi.make_server(asgi.Application(handler, watchers=[exchanges.append]))
    thread = threading.Thread(target=running.run, kwargs={"sockets": [listener]}, name="scim_server", daemon=True)
    thread.start()
    yield ScimServer(asgi.base_url_of(listener), token, read_only_token, exchanges)
    running.should_exit = True
    thread.join(timeout=5)
    listener.close()
