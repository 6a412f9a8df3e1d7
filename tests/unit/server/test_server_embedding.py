"""The server inside other programs: as an ASGI application, and as a fixture of pytest."""

import asyncio

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from scimctl.diagnostic import InputError
from scimctl.pytest_plugin import ScimServer
from scimctl.scim import urns
from scimctl.server import app

USER = {"schemas": [urns.USER], "userName": "ada"}


def asked(application: object, method: str, path: str, **options: object) -> httpx.Response:
    """The answer of an ASGI application."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=application)  # type: ignore[arg-type]
        headers = {"Authorization": "Bearer right"}
        async with httpx.AsyncClient(transport=transport, base_url="http://app.example", headers=headers) as client:
            return await client.request(method, path, **options)  # type: ignore[arg-type]

    return asyncio.run(ask())


def test_it_is_an_asgi_application() -> None:
    made = asked(app(token="right"), "POST", "/scim/v2/Users", json=USER)

    assert made.status_code == 201
    assert made.headers["Location"] == f"http://app.example/scim/v2/Users/{made.json()['id']}"


def test_it_can_be_mounted_in_another_application() -> None:
    site = Starlette(routes=[Mount("/identity", app=app(token="right"))])

    made = asked(site, "POST", "/identity/scim/v2/Users", json=USER)
    assert made.json()["meta"]["location"].startswith("http://app.example/identity/scim/v2/Users/")
    assert asked(site, "GET", "/identity/scim/v2/Users?count=1").json()["totalResults"] == 1


def test_it_may_misbehave() -> None:
    wrong = app(token="right", faults=["create-200"])

    assert asked(wrong, "POST", "/scim/v2/Users", json=USER).status_code == 200
    with pytest.raises(InputError, match="there is no fault 'nothing'"):
        app(token="right", faults=["nothing"])


def test_the_fixture_serves_on_this_machine(scim_server: ScimServer) -> None:
    headers = {"Authorization": f"Bearer {scim_server.token}"}
    assert httpx.get(f"{scim_server.base_url}/Users", headers=headers).json()["totalResults"] == 0
    reader = {"Authorization": f"Bearer {scim_server.read_only_token}"}
    assert httpx.post(f"{scim_server.base_url}/Users", headers=reader, json=USER).status_code == 403

    assert [(each.request.method, each.response.status) for each in scim_server.exchanges] == [
        ("GET", 200),
        ("POST", 403),
    ]
    assert scim_server.token not in repr(scim_server)


@pytest.mark.scim_server(profile="wrike", faults=["create-200"])
def test_the_marker_sets_profile_and_faults(scim_server: ScimServer) -> None:
    headers = {"Authorization": f"Bearer {scim_server.token}"}
    body = USER | {"userName": "ada@scimctl.example"}
    made = httpx.post(f"{scim_server.base_url}/Users", headers=headers, json=body)

    assert (made.status_code, made.json()["userType"]) == (200, "Regular")
