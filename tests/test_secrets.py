"""A canary in place of each secret, and a server that echoes it in every shape: it must come out nowhere.

The server answers with the token in header fields, bodies, addresses, error details and ids, plain and encoded. What a
command writes is looked through afterwards: stdout, stderr, and every file below the folder that it ran in.
"""

import base64
import json
import os
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from scimctl.cli import running
from scimctl.cli.app import run
from scimctl.exchange import Answer, Request, Send
from tests import servers, serving
from tests.cli.test_serve import serving as serve_process
from tests.echoes import (
    API_KEY,
    CLIENT_SECRET,
    ECHOES,
    FETCHED,
    OTHER,
    PASSWORD,
    READ_ONLY,
    SECRETS,
    TOKEN,
    Change,
    everywhere,
    in_bodies,
    in_errors,
    in_escapes,
    in_fields,
    refused,
    shapes,
)
from tests.serving import served

SCENARIOS = ("okta.credentials", "okta.users.create", "okta.users.update", "okta.users.deactivate")

Screen = pytest.CaptureFixture[str]


def leaks(text: str) -> list[str]:
    """The secrets in a text, each with its shape."""
    return [f"{secret} {name}" for secret in SECRETS for name, shape in shapes(secret).items() if shape in text]


def written(folder: Path, *inputs: str) -> str:
    """The names and contents of all files below a folder, but for those that hold a secret on purpose."""
    paths = [path for path in folder.rglob("*") if path.is_file() and path.name not in inputs]
    return "\n".join(f"{path}\n{path.read_bytes().decode('utf-8', 'replace')}" for path in paths)


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    for name in [name for name in os.environ if name.startswith("SCIMCTL_")]:
        monkeypatch.delenv(name)


def listening(change: Change, *, accepts: str = "canary") -> Change:
    """`change` around a server that takes any of the canaries for its own token."""

    def answer(request: Request, server: Send) -> Answer:
        given = request.headers.get("Authorization") or request.headers.get("X-Api-Key") or ""
        if accepts in given or given.startswith("Basic "):
            known = request.headers.with_field("Authorization", f"Bearer {serving.TOKEN}")
            return change(replace(request, headers=known), server)
        return change(request, server)

    return answer


def test_the_search_finds_what_is_not_masked(tmp_path: Path) -> None:
    assert leaks("nothing to see, *** and Bearer ***") == []
    for secret in SECRETS:
        for shape in shapes(secret).values():
            assert leaks(f"before {shape} after") != []
    careless = tmp_path / "folder" / "report.json"
    careless.parent.mkdir()
    careless.write_text(json.dumps({"actual": f"the token {TOKEN} is not known"}))
    assert leaks(written(tmp_path)) == [f"{TOKEN} plain", f"{TOKEN} in JSON", f"{TOKEN} in HTML"]
    assert leaks(written(tmp_path, "report.json")) == []


def test_the_server_does_echo(tmp_path: Path) -> None:
    with served(change=listening(in_bodies)) as base_url:
        body = httpx.get(f"{base_url}/Users", headers={"Authorization": f"Bearer {TOKEN}"}).text
    assert {leak.split()[0] for leak in leaks(body)} == set(SECRETS) - {PASSWORD} | {PASSWORD.split()[0]}


CREDENTIALS = [
    "--token", TOKEN, "--read-only-token", READ_ONLY, "--other-token", OTHER,
    "--header", f"X-Api-Key: {API_KEY}",
]  # fmt: skip
UNSEEN = {PASSWORD, CLIENT_SECRET, FETCHED}
"""Secrets that the command was not given, so that it cannot know them in an echo."""


def told(text: str) -> list[str]:
    """The leaks of what the command did know."""
    return [leak for leak in leaks(text) if not any(leak.startswith(secret) for secret in UNSEEN)]


@pytest.mark.parametrize("change", [pytest.param(one, id=one.__name__) for one in ECHOES])
def test_run_and_cleanup(tmp_path: Path, capfd: Screen, change: Change) -> None:
    reports = ["--report", "json=r.json", "--report", "jsonl=r.jsonl", "--report", "junit=r.xml"]
    with served(change=listening(change)) as base_url:
        target = ["--base-url", base_url, *CREDENTIALS]
        first = run(["run", *SCENARIOS, *target, *reports, "--write-deviations", "known.yaml"])
        left = written(tmp_path)
        run(["run", SCENARIOS[1], *target, "--deviations", "known.yaml", "--report", "jsonl=-"])
        run(["cleanup", "--list"])
        run(["cleanup", *target])
    out, err = capfd.readouterr()
    assert first in (0, 1, 3)
    assert (tmp_path / "r.json").exists()
    assert "Traceback" not in err
    assert told(out + err + left + written(tmp_path)) == []


@pytest.mark.parametrize("change", ECHOES, ids=lambda change: change.__name__)
def test_single_requests(tmp_path: Path, capfd: Screen, change: Change) -> None:
    with served(change=listening(change)) as base_url:
        target = ["--base-url", base_url, *CREDENTIALS]
        for command in (["test-credentials"], ["test-credentials", "--json"], ["schemas", "pull"]):
            assert run([*command, *target]) in (0, 1, 3)
        run(["schemas", "pull", "--output", "schemas", *target])
        run(["run", SCENARIOS[0], "--dry-run", *target])
    out, err = capfd.readouterr()
    assert "Traceback" not in err
    assert told(out + err + written(tmp_path)) == []


def basic() -> list[str]:
    return ["--basic", f"ada:{PASSWORD}"]


def field() -> list[str]:
    return ["--header", f"Authorization: Bearer {TOKEN}"]


def token_file() -> list[str]:
    Path("token.txt").write_text(f" Bearer {TOKEN}\n")
    return ["--token-file", "token.txt"]


def table() -> list[str]:
    text = f'[target.one]\nbase_url = "https://scim.example"\ntoken = "{TOKEN}"\n'
    Path("scimctl.toml").write_text(text)
    return ["--target", "one"]


def verbatim() -> list[str]:
    return ["--token", TOKEN, "--auth-style", "verbatim"]


@pytest.mark.parametrize("given", [basic, field, token_file, table, verbatim], ids=lambda given: given.__name__)
@pytest.mark.parametrize("change", [in_fields, in_errors, in_escapes, refused], ids=lambda change: change.__name__)
def test_whichever_way_it_came_in(
    tmp_path: Path, capfd: Screen, given: Callable[[], list[str]], change: Change
) -> None:
    with served(change=listening(change)) as base_url:
        target = [*given(), "--base-url", base_url]
        run(["run", SCENARIOS[1], *target, "--report", "json=r.json", "--report", "jsonl=r.jsonl"])
        run(["test-credentials", *target])
    out, err = capfd.readouterr()
    text = out + err + written(tmp_path, "token.txt", "scimctl.toml")
    secret = PASSWORD if given is basic else TOKEN
    assert [leak for leak in leaks(text) if leak.startswith(secret)] == []
    assert base64.b64encode(f"ada:{PASSWORD}".encode()).decode() not in text


def test_from_the_environment(tmp_path: Path, capfd: Screen, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCIMCTL_TOKEN", TOKEN)
    monkeypatch.setenv("SCIMCTL_HEADER", f"X-Api-Key: {API_KEY}")
    with served(change=listening(in_errors)) as base_url:
        run(["run", SCENARIOS[1], "--base-url", base_url, "--report", "jsonl=r.jsonl"])
    out, err = capfd.readouterr()
    text = out + err + written(tmp_path)
    assert [leak for leak in leaks(text) if leak.startswith((TOKEN, API_KEY))] == []


@pytest.mark.parametrize("status", ["200 OK", "400 Bad Request"])
def test_a_token_fetched_with_a_client_secret(tmp_path: Path, capfd: Screen, status: str) -> None:
    issued = {
        "access_token": FETCHED,
        "token_type": "bearer",
        "echo": CLIENT_SECRET,
        "error_description": CLIENT_SECRET,
    }
    with servers.running(servers.answering(status, issued, f"X-Echo: {CLIENT_SECRET}")) as issuer:
        oauth = [
            "--oauth-token-url",
            issuer.base_url,
            "--oauth-client-id",
            "me",
            "--oauth-client-secret",
            CLIENT_SECRET,
        ]
        for change in (in_errors, refused):
            with served(change=listening(change)) as base_url:
                target = [*oauth, "--base-url", base_url]
                run(["run", SCENARIOS[1], *target, "--report", "json=r.json", "--report", "jsonl=r.jsonl"])
                run(["test-credentials", *target])
        assert CLIENT_SECRET in "".join(shapes_sent(issuer))
    out, err = capfd.readouterr()
    text = out + err + written(tmp_path)
    known = (CLIENT_SECRET, FETCHED) if status.startswith("200") else (CLIENT_SECRET,)
    assert [leak for leak in leaks(text) if leak.startswith(known)] == []


def shapes_sent(issuer: servers.Server) -> Iterator[str]:
    """What the token endpoint was sent, with what hides the secret undone."""
    for request in issuer.requests:
        text = request.decode("latin-1")
        yield text
        for word in text.split():
            try:
                yield httpx.QueryParams(f"x={base64.b64decode(word, validate=True).decode()}")["x"]
            except ValueError:
                continue
        yield str(dict(httpx.QueryParams(text.rpartition("\r\n")[2])))


@pytest.mark.parametrize(
    "arguments",
    [
        ["run", "--reference", "--token", TOKEN, "extra", "--nosuch"],
        ["run", "--base-url", "not a url", "--token", TOKEN],
        ["run", "--base-url", f"https://ada:{TOKEN}@scim.example", "--token", TOKEN],
        ["run", "--base-url", "http://127.0.0.1:9", "--token", f"{TOKEN} {READ_ONLY}"],
        ["run", "--base-url", "http://127.0.0.1:9", "--token", TOKEN, "--basic", f"ada:{READ_ONLY}"],
        ["run", "--base-url", "http://127.0.0.1:9", "--basic", TOKEN],
        ["run", "--base-url", "http://127.0.0.1:9", "--header", TOKEN],
        ["run", "--base-url", "http://127.0.0.1:9", "--token", "Bearer", TOKEN],
        ["run", "--base-url", "http://127.0.0.1:9", "--token", TOKEN, "--timeout", "0.2"],
        ["test-credentials", "--base-url", "http://127.0.0.1:9", "--token", TOKEN],
        ["test-credentials", "--base-url", "http://127.0.0.1:9", "--token", TOKEN, "--proxy", f"http://u:{OTHER}@127.0.0.1:9"],
        ["serve", "--port", "0", "--token", f"{TOKEN}\n{READ_ONLY}"],
        ["cleanup", "nosuch", "--token", TOKEN],
    ],
    ids=str,
)  # fmt: skip
def test_error_paths(tmp_path: Path, capfd: Screen, arguments: list[str]) -> None:
    assert run(arguments) in (2, 3)
    out, err = capfd.readouterr()
    assert err != "" or out != ""
    assert leaks(out + err + written(tmp_path)) == []


@pytest.mark.parametrize(
    "text",
    [
        f'[target.one]\ntoken = "{TOKEN}\n',
        f'[target.one]\ntokn = "{TOKEN}"\nread_only_token = 3\n',
        f'[target.one]\ntoken = ["{TOKEN}"]\n[target.one.headers]\nX-Api-Key = ["{API_KEY}"]\n',
        f'[target]\none = "{TOKEN}"\n',
    ],
)
def test_faults_of_scimctl_toml(tmp_path: Path, capfd: Screen, text: str) -> None:
    (tmp_path / "scimctl.toml").write_text(text)
    assert run(["run", "--target", "one"]) == 2
    out, err = capfd.readouterr()
    assert "scimctl.toml" in err
    assert leaks(out + err) == []


@pytest.mark.parametrize(
    "given", [lambda: ["--token", TOKEN], token_file, table, basic], ids=["option", "file", "table", "basic"]
)
def test_the_traceback_of_a_bug(capfd: Screen, monkeypatch: pytest.MonkeyPatch, given: Callable[[], list[str]]) -> None:
    secret = PASSWORD if given is basic else TOKEN

    def broken(*arguments: Any) -> int:
        raise RuntimeError(f"lost: {everywhere(secret)}")

    monkeypatch.setattr(running, "play", broken)
    assert run(["run", *given(), "--base-url", "http://127.0.0.1:9", "--yes"]) == 70
    err = capfd.readouterr().err
    assert "RuntimeError: lost: ***" in err
    assert leaks(err) == []


def test_the_access_log_of_serve() -> None:
    with serve_process("--token", TOKEN, "--read-only-token", READ_ONLY) as (base_url, process):
        for secret in (TOKEN, READ_ONLY):
            fields = {"Authorization": f"Bearer {secret}"}
            for shape in shapes(secret).values():
                httpx.get(f"{base_url}/Users/{shape}?filter={shape}", headers=fields)
            assert httpx.get(f"{base_url}/Users", headers=fields).status_code == 200
        port = int(base_url.split(":")[2].split("/")[0])
        with socket.create_connection(("127.0.0.1", port)) as raw:
            raw.sendall(f"BROKEN {TOKEN}\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode())
            raw.recv(100)
        process.terminate()
        out, err = process.communicate(timeout=5)
    assert err.count("GET ") == 14
    assert leaks(out + err) == []


def test_the_ledger_of_a_run_that_kept_its_accounts(tmp_path: Path) -> None:
    with served(change=listening(in_fields)) as base_url:
        target = ["--base-url", base_url, "--token", TOKEN]
        run(["run", SCENARIOS[1], *target, "--keep"])
    ledgers = list((tmp_path / "state" / "scimctl" / "runs").glob("*.jsonl"))
    assert len(ledgers) == 1
    assert base_url in ledgers[0].read_text()
    assert leaks(written(tmp_path)) == []
