"""`scimctl serve` as a process: what it prints, where, and how it ends."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx
import pytest

TOKEN = "canary-7c1f0e"
USER = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "ada@scimctl.example"}


def start(*arguments: str, **variables: str) -> "subprocess.Popen[str]":
    """A `scimctl serve` with these arguments and no SCIMCTL_ variables but these."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("SCIMCTL_")}
    return subprocess.Popen(
        [sys.executable, "-m", "scimctl", "serve", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment | variables,
    )


@contextlib.contextmanager
def serving(*arguments: str, **variables: str) -> Iterator[tuple[str, "subprocess.Popen[str]"]]:
    """The base URL that was printed, and the process, which is ended."""
    with start("--port", "0", *arguments, **variables) as process:
        try:
            assert process.stdout is not None
            name, _, base_url = process.stdout.readline().strip().partition(" ")
            assert name == "base_url:"
            yield base_url, process
        finally:
            process.terminate()


def refused(*arguments: str, **variables: str) -> str:
    """What is written to stderr by a command that ends with 2 and says nothing else."""
    with start(*arguments, **variables) as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (2, "")
    assert "Traceback" not in err
    return err


def test_it_prints_the_base_url_and_the_token_it_made_and_nothing_else() -> None:
    with serving() as (base_url, process):
        assert process.stdout is not None
        name, _, token = process.stdout.readline().strip().partition(" ")
        assert name == "token:"
        assert base_url.startswith("http://127.0.0.1:")
        assert base_url.endswith("/scim/v2")
        with httpx.Client(headers={"Authorization": f"Bearer {token}"}) as client:
            assert client.get(f"{base_url}/Users?startIndex=1&count=2").json()["totalResults"] == 0
            assert client.get(f"{base_url}/Users?token={token}").status_code == 200
            assert client.post(f"{base_url}/Users", json=USER).status_code == 201
        process.terminate()
        out, err = process.communicate(timeout=3)
    assert out == ""
    lines = err.splitlines()
    form = re.compile(r"\d\d:\d\d:\d\d (\d+ .*?)  \d+\.\d ms")
    assert [found[1] for line in lines if (found := form.fullmatch(line))] == [
        "200 GET    /scim/v2/Users?startIndex=1&count=2",
        "200 GET    /scim/v2/Users?token=***",
        "201 POST   /scim/v2/Users",
    ]
    assert token not in err


@pytest.mark.parametrize(
    ("arguments", "variables"),
    [(("--token", TOKEN), {}), ((), {"SCIMCTL_TOKEN": TOKEN}), (("--token", f" Bearer {TOKEN} "), {})],
    ids=["option", "variable", "with-scheme"],
)
def test_a_given_token_is_never_printed(arguments: tuple[str, ...], variables: dict[str, str]) -> None:
    with serving(*arguments, **variables) as (base_url, process):
        assert httpx.get(f"{base_url}/Users", headers={"Authorization": f"Bearer {TOKEN}"}).status_code == 200
        assert httpx.get(f"{base_url}/Users", headers={"Authorization": "Bearer other"}).status_code == 401
        process.terminate()
        out, err = process.communicate(timeout=3)
    assert out == ""
    assert TOKEN not in err


@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_within_three_seconds_with_a_connection_open(stop: signal.Signals) -> None:
    with serving("--token", TOKEN) as (base_url, process), httpx.Client() as client:
        client.get(f"{base_url}/Users")
        port = int(base_url.split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port)) as halfway:
            halfway.sendall(b"POST /scim/v2/Users HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n{")
            began = time.monotonic()
            process.send_signal(stop)
            _, err = process.communicate(timeout=3)
            assert time.monotonic() - began < 3
    assert process.returncode == (130 if stop is signal.SIGINT else -signal.SIGTERM)
    assert "Traceback" not in err


def test_the_wrike_profile_with_its_options() -> None:
    options = ("--profile", "wrike", "--seats", "0", "--token", TOKEN, "--read-only-token", "reader-token")
    with serving(*options, "--public-url", "https://scim.example/v2/") as (base_url, _):
        with httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"}) as client:
            assert "all 0 seats are taken" in client.post(f"{base_url}/Users", json=USER).json()["detail"]
            made = client.post(f"{base_url}/Users", json=USER | {"active": False})
            assert made.headers["Location"] == f"https://scim.example/v2/Users/{made.json()['id']}"
        reader = {"Authorization": "Bearer reader-token"}
        assert httpx.post(f"{base_url}/Users", json=USER, headers=reader).status_code == 403


def test_a_port_in_use_is_said() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        err = refused("--port", port)
        assert f"cannot listen on 127.0.0.1 port {port}: Address already in use" in err
        assert "--port 0" in err
        assert f"port {port}" in refused(SCIMCTL_PORT=port)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--profile", "wrik"), "did you mean wrike?"),
        (("--seats", "-1", "--profile", "wrike"), "--seats is -1"),
        (("--public-url", "scim.example"), "is not a base URL"),
        (("--token", ""), "--token is empty"),
        (("--port", "many"), "many"),
    ],
)
def test_faulty_options_are_said(arguments: tuple[str, ...], words: str) -> None:
    assert words in refused("--port", "0", *arguments)
