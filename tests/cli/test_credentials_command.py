"""`scimctl test-credentials` against servers that misbehave in one way each: text, JSON, exit code, and no token."""

import json
import socket
from pathlib import Path

import pytest

from scimctl.cli.app import run
from tests import servers

TOKEN = "canary-7f3a-secret"
ERROR = {
    "schemas": ["urn:ietf:params:scim:api:messages:2.0:Error"],
    "status": "401",
    "detail": f"the token {TOKEN} is not known",
}


@pytest.fixture(autouse=True)
def _no_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")


class Screen:
    """Runs the command and keeps what it wrote."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.out = ""
        self.err = ""

    def run(self, base_url: str, *arguments: str) -> int:
        code = run(["test-credentials", "--base-url", base_url, "--token", TOKEN, "--timeout", "0.3", *arguments])
        captured = self._capsys.readouterr()
        self.out, self.err = captured.out, captured.err
        assert TOKEN not in self.out + self.err
        return code


@pytest.fixture
def screen(capsys: pytest.CaptureFixture[str]) -> Screen:
    return Screen(capsys)


def by_path(users: servers.Behaviour, groups: servers.Behaviour) -> servers.Behaviour:
    def behave(connection: socket.socket, request: bytes) -> None:
        (users if b" /scim/v2/Users?" in request else groups)(connection, request)

    return behave


def test_a_good_server_passes(screen: Screen) -> None:
    with servers.running(servers.answering()) as server:
        assert screen.run(server.base_url) == 0
        lines = [request.split(b"\r\n")[0] for request in server.requests]
    assert lines == [
        b"GET /scim/v2/Users?startIndex=1&count=2 HTTP/1.1",
        b"GET /scim/v2/Groups?startIndex=1&count=100 HTTP/1.1",
    ]
    shown = screen.out.splitlines()
    assert shown[0] == f"GET {server.base_url}/Users?startIndex=1&count=2"
    assert shown[1].startswith("    200 OK, ")
    assert shown[1].endswith(f" ms, {len(json.dumps(servers.LIST))} bytes")
    assert shown[-1] == "PASSES  Okta's credential test passes"
    assert screen.err == ""


def test_a_refused_token_is_explained(screen: Screen) -> None:
    with servers.running(servers.answering("401 Unauthorized", ERROR)) as server:
        assert screen.run(server.base_url) == 1
        assert len(server.requests) == 1
    assert "FAILS  the server answers 401 Unauthorized: it does not take the token" in screen.out
    assert "Why         The token is wrong, expired or revoked" in screen.out
    assert "What to do  Make a new token" in screen.out
    assert (
        "Okta shows  Error authenticating: Unauthorized. The connector configuration could not be tested." in screen.out
    )
    assert "Server says the token *** is not known" in screen.out


def test_json_has_the_promised_members(screen: Screen) -> None:
    with servers.running(servers.answering("401 Unauthorized", ERROR)) as server:
        assert screen.run(server.base_url, "--json") == 1
    document = json.loads(screen.out)
    assert list(document) == [
        "format", "ok", "base_url", "code", "title", "cause", "remedy", "okta_text", "server_says", "requests", "notes",
    ]  # fmt: skip
    assert (document["format"], document["ok"], document["code"]) == (1, False, "unauthorized")
    assert document["base_url"] == server.base_url
    assert document["server_says"] == "the token *** is not known"
    (request,) = document["requests"]
    assert list(request) == ["method", "path", "status", "ms", "bytes", "fault"]
    assert (request["method"], request["path"]) == ("GET", "/Users?startIndex=1&count=2")
    assert (request["status"], request["fault"]) == (401, None)
    assert request["bytes"] == len(json.dumps(ERROR)) - len(TOKEN) + len("***")
    assert 0 < request["ms"] < 300


def test_json_of_a_server_that_passes(screen: Screen) -> None:
    behaviour = by_path(servers.answering(), servers.answering("404 Not Found", {}))
    with servers.running(behaviour) as server:
        assert screen.run(server.base_url, "--json") == 0
    document = json.loads(screen.out)
    assert (document["ok"], document["code"], document["okta_text"]) == (True, "ok", None)
    assert [request["status"] for request in document["requests"]] == [200, 404]
    assert document["notes"] == ["GET /Groups answers 404: the server offers no groups, which Okta accepts"]


ANSWERS = [
    pytest.param(servers.answering("403 Forbidden", {}), 1, "forbidden", id="403"),
    pytest.param(servers.answering("404 Not Found", {}), 1, "not-found", id="404"),
    pytest.param(servers.answering("405 Method Not Allowed", {}), 1, "method-not-allowed", id="405"),
    pytest.param(servers.answering("429 Too Many Requests", {}), 1, "rate-limited", id="429"),
    pytest.param(servers.answering("503 Service Unavailable", b"<h1>no"), 1, "server-error", id="503"),
    pytest.param(servers.answering("302 Found", b"", "Location: /login"), 1, "login-page", id="login"),
    pytest.param(servers.answering("200 OK", b"<html><title>Sign in</title>"), 1, "html", id="html"),
    pytest.param(servers.answering("200 OK", b""), 1, "empty-body", id="empty"),
    pytest.param(servers.answering("200 OK", []), 1, "array", id="array"),
    pytest.param(servers.answering("200 OK", b"null"), 1, "null", id="null"),
    pytest.param(servers.answering("200 OK", {"totalResults": 0}), 1, "no-resources", id="no-resources"),
    pytest.param(
        servers.answering("200 OK", {**servers.LIST, "startIndex": "1"}), 1, "numbers-as-strings", id="string-numbers"
    ),
    pytest.param(servers.answering(media_type="text/html"), 0, "ok", id="wrong-media-type"),
    pytest.param(servers.broken_gzip(), 1, "broken-encoding", id="broken-gzip"),
    pytest.param(servers.gzip_bomb(21 * 1024 * 1024), 1, "answer-too-large", id="too-large"),
    pytest.param(servers.silent, 1, "timeout", id="silent"),
    pytest.param(servers.hanging_up, 1, "not-http", id="hangs-up"),
]


@pytest.mark.parametrize(("behaviour", "exit_code", "code"), ANSWERS)
def test_every_way_to_go_wrong_has_its_code(
    screen: Screen, behaviour: servers.Behaviour, exit_code: int, code: str
) -> None:
    with servers.running(behaviour) as server:
        assert screen.run(server.base_url, "--json") == exit_code
    assert json.loads(screen.out)["code"] == code


def test_no_connection_is_not_the_servers_fault(screen: Screen) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    assert screen.run(f"http://127.0.0.1:{port}/scim/v2") == 3
    assert "no answer" in screen.out
    assert "refused: Connection refused" in screen.out
    assert "UNREACHABLE  127.0.0.1 refuses the connection" in screen.out
    assert screen.run("https://nowhere.invalid/scim/v2", "--json") == 3
    assert json.loads(screen.out)["code"] == "name-not-resolved"


@pytest.mark.parametrize(
    ("certificate", "trusted", "code"),
    [
        pytest.param("expired", True, "tls-expired", id="expired"),
        pytest.param("wrong_host", True, "tls-wrong-host", id="wrong-host"),
        pytest.param("good", False, "tls-untrusted", id="unknown-authority"),
    ],
)
def test_a_handshake_shows_that_okta_would_fail(
    screen: Screen, tmp_path: Path, certificate: str, trusted: bool, code: str
) -> None:
    made = servers.make_certificates(tmp_path)
    with servers.running(servers.answering(), getattr(made, certificate)) as server:
        trust = ["--ca-file", str(made.ca_file)] if trusted else []
        assert screen.run(server.base_url, "--json", *trust) == 1
    assert json.loads(screen.out)["code"] == code


def test_what_the_server_says_cannot_steer_the_terminal(screen: Screen) -> None:
    page = b"<html><title>\x1b]0;owned\x07 Sign &amp; in\n now</title>" + b"x" * 100_000
    with servers.running(servers.answering("200 OK", page, media_type="text/html")) as server:
        assert screen.run(server.base_url) == 1
    assert "Server says ]0;owned Sign & in now" in screen.out
    assert "\x1b" not in screen.out
    with servers.running(servers.answering("500 Oops", b"y" * 100_000)) as server:
        assert screen.run(server.base_url, "--json") == 1
    assert json.loads(screen.out)["server_says"] == "y" * 399 + "…"


def test_colour_is_for_terminals_without_no_color(
    screen: Screen, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    with servers.running(servers.answering()) as server:
        monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
        screen.run(server.base_url)
        assert "\x1b[32;1mPASSES\x1b[0m" in screen.out
        monkeypatch.setenv("NO_COLOR", "1")
        screen.run(server.base_url)
        assert "\x1b" not in screen.out


@pytest.mark.parametrize(
    "option",
    [
        pytest.param(["--token", f"Bearer {TOKEN}"], id="token"),
        pytest.param(["--auth-style", "verbatim", "--token", TOKEN], id="verbatim"),
        pytest.param(["--basic", f"ada:{TOKEN}"], id="basic"),
        pytest.param(["--header", f"X-Api-Key: {TOKEN}"], id="header"),
        pytest.param(["--token", TOKEN, "extra-word"], id="extra-argument"),
        pytest.param(["--token", "Bearer", TOKEN], id="split-by-the-shell"),
        pytest.param([f"--token={TOKEN[:6]}", TOKEN], id="split-by-the-shell-after-equals"),
        pytest.param(["--token", f"{TOKEN} {TOKEN}"], id="with-a-blank"),
    ],
)
@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
def test_a_token_comes_out_nowhere(capsys: pytest.CaptureFixture[str], option: list[str], form: list[str]) -> None:
    def echo(connection: socket.socket, request: bytes) -> None:
        secret = [line for line in request.split(b"\r\n") if line.lower().startswith((b"authorization", b"x-api-key"))]
        field = b"".join(secret).partition(b": ")[2].decode()
        body = json.dumps({"detail": f"{field} {TOKEN}"}).encode()
        connection.sendall(servers.message("401 Unauthorized", body, f"X-Echo: {field}", f"Location: /?t={TOKEN}"))

    with servers.running(echo) as server:
        code = run(["test-credentials", "--base-url", server.base_url, *option, *form])
    captured = capsys.readouterr()
    assert code in (1, 2)
    assert captured.out + captured.err
    assert TOKEN not in captured.out + captured.err


def test_nothing_is_sent_without_a_base_url(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["test-credentials"]) == 2
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "no base URL was given" in captured.err
    assert "--base-url https://example.com/scim/v2" in captured.err
