"""Options, environment and scimctl.toml become one target, and what is wrong with them is said."""

import base64
from collections.abc import Mapping
from pathlib import Path

import pytest

from scimctl.cli.app import run
from scimctl.cli.options import Setting, TargetOptions
from scimctl.cli.reference import BASE_URL as REFERENCE_BASE_URL
from scimctl.cli.target import Target, connect, resolve_target
from scimctl.diagnostic import InputError
from scimctl.exchange import Auth, FaultKind, Request, Response, TransportFault
from scimctl.okta import dialect
from scimctl.wire.settings import OAuth

BASE = "https://scim.example/scim/v2"
CANARY = "canary-7f3a"


def resolve(folder: Path, environment: Mapping[str, Setting] | None = None, **options: Setting) -> Target:
    return resolve_target(TargetOptions(options, environment or {}), folder)


def refused(folder: Path, environment: Mapping[str, Setting] | None = None, **options: Setting) -> str:
    with pytest.raises(InputError) as caught:
        resolve(folder, environment, **options)
    diagnostics = caught.value.diagnostics
    said = "\n".join(f"{fault.title} | {fault.help} | {' '.join(fault.notes)}" for fault in diagnostics)
    assert CANARY not in said
    return said


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        pytest.param("https://scim.example/scim/v2", BASE, id="clean"),
        pytest.param("https://scim.example/scim/v2/", BASE, id="trailing-slash"),
        pytest.param("  https://scim.example/scim/v2//\n", BASE, id="pasted-with-blanks"),
        pytest.param("HTTPS://scim.example/scim/v2", BASE, id="capitals"),
        pytest.param("https://scim.example:8443/ä/v2", "https://scim.example:8443/%C3%A4/v2", id="beyond-ascii"),
        pytest.param("https://[::1]:8080/v2", "https://[::1]:8080/v2", id="ipv6"),
        pytest.param("https://scim.example/scim/v2/Userservice", "https://scim.example/scim/v2/Userservice", id="like"),
    ],
)
def test_a_base_url_is_cleaned(tmp_path: Path, given: str, clean: str) -> None:
    assert resolve(tmp_path, base_url=given, token="t").base_url == clean


@pytest.mark.parametrize(
    ("given", "title", "remedy"),
    [
        pytest.param("scim.example/scim/v2", "has no scheme", "https://scim.example/scim/v2", id="no-scheme"),
        pytest.param("localhost:8080/scim/v2", "has no scheme", "http://localhost:8080/scim/v2", id="no-scheme-here"),
        pytest.param("ftp://scim.example/v2", "ftp://", "https://scim.example/v2", id="another-scheme"),
        pytest.param(f"{BASE}?a=b", "has a query", f"--base-url {BASE} ", id="query"),
        pytest.param(f"{BASE}#a", "has a fragment", f"--base-url {BASE} ", id="fragment"),
        pytest.param(f"{BASE}/Users", "is an endpoint", f"--base-url {BASE} ", id="users"),
        pytest.param(f"{BASE}/groups/", "is an endpoint", f"--base-url {BASE} ", id="groups"),
        pytest.param("https://a:canary-7f3a@scim.example/v2", "user name", "--basic USER:PASSWORD", id="user"),
        pytest.param("a:canary-7f3a@scim.example/v2", "has no scheme", "https://scim.example/v2", id="user-no-scheme"),
        pytest.param("https:///v2", "no host", "https://example.com", id="no-host"),
        pytest.param("https://a..b/v2", "not a host name", "https://example.com", id="empty-label"),
        pytest.param("https://scim.example:99999/v2", "not a URL", "https://example.com", id="port"),
        pytest.param("https://[::1/v2", "not a URL", "https://example.com", id="bracket"),
        pytest.param("https://scim.example/a b", "blank", "one line", id="blank"),
        pytest.param("", "empty", "https://example.com", id="empty"),
    ],
)
def test_a_faulty_base_url_is_told_with_what_to_type(tmp_path: Path, given: str, title: str, remedy: str) -> None:
    said = refused(tmp_path, base_url=given, token="t")
    assert title in said
    assert remedy in said


def test_without_a_base_url_there_is_an_example(tmp_path: Path) -> None:
    (tmp_path / "scimctl.toml").write_text('[target.prod]\nbase_url = "https://scim.example/v2"\n')
    said = refused(tmp_path)
    assert "no base URL was given" in said
    assert "--base-url https://example.com/scim/v2 --token-file" in said
    assert "--target prod" in said


@pytest.mark.parametrize(
    ("base_url", "parts"),
    [
        pytest.param("http://scim.example/v2", ["unencrypted"], id="http"),
        pytest.param("http://127.0.0.1:1/v2", [], id="http-on-this-machine"),
        pytest.param("http://localhost:1/v2", [], id="http-on-localhost"),
        pytest.param("http://[::1]:1/v2", [], id="http-on-ipv6"),
        pytest.param("https://scim.example", ["has no path"], id="no-path"),
    ],
)
def test_what_a_person_is_warned_of(tmp_path: Path, base_url: str, parts: list[str]) -> None:
    warnings = resolve(tmp_path, base_url=base_url, token="t").warnings
    assert len(warnings) == len(parts)
    assert all(part in text for part, text in zip(parts, warnings, strict=True))


@pytest.mark.parametrize(
    ("options", "field", "warned"),
    [
        pytest.param({"token": "abc"}, "Bearer abc", False, id="token"),
        pytest.param({"token": " abc\n"}, "Bearer abc", False, id="pasted-with-a-line-end"),
        pytest.param({"token": "Bearer abc"}, "Bearer abc", True, id="bearer-twice"),
        pytest.param({"token": "bearer  abc"}, "Bearer abc", True, id="bearer-small"),
        pytest.param({"token": "Bearer abc", "auth_style": "verbatim"}, "Bearer abc", False, id="verbatim"),
        pytest.param({"token": "abcd", "auth_style": "verbatim"}, "abcd", False, id="verbatim-bare"),
        pytest.param(
            {"basic": "ada:pä:ss"}, "Basic " + base64.b64encode("ada:pä:ss".encode()).decode(), False, id="basic"
        ),
        pytest.param({"header": ["authorization: SSWS abc"]}, "SSWS abc", False, id="header"),
    ],
)
def test_a_credential_becomes_a_field(tmp_path: Path, options: dict[str, Setting], field: str, warned: bool) -> None:
    target = resolve(tmp_path, base_url=BASE, **options)
    assert target.wire.credentials == {Auth.TARGET: field}
    assert bool(target.warnings) == warned
    assert target.redactor().text(field) != field


@pytest.mark.parametrize(
    ("options", "part"),
    [
        pytest.param({"token": f"{CANARY} {CANARY}"}, "a blank or a line end after 11 characters", id="blank-inside"),
        pytest.param({"token": f"{CANARY}\nx"}, "a blank or a line end", id="line-end-inside"),
        pytest.param({"token": f"{CANARY}\u201d"}, "outside Latin-1 at place 12", id="typographic-quote"),
        pytest.param({"token": f"{CANARY}\x00"}, "control character at place 12", id="control"),
        pytest.param({"token": " "}, "is empty", id="empty"),
        pytest.param({"token": "Bearer"}, "no token", id="only-bearer"),
        pytest.param({"token": f"{CANARY}\nx", "auth_style": "verbatim"}, "control character", id="verbatim-line-end"),
        pytest.param({"token": CANARY, "basic": f"a:{CANARY}"}, "--token and --basic", id="two"),
        pytest.param(
            {"token": CANARY, "header": [f"Authorization: {CANARY}"]}, "--token and --header", id="token-and-header"
        ),
        pytest.param({"basic": CANARY}, "is not USER:PASSWORD", id="basic-without-colon"),
        pytest.param({"header": [CANARY]}, "no colon", id="header-without-colon"),
        pytest.param({"header": [f"X Y: {CANARY}"]}, "a name that HTTP does not allow", id="header-name"),
        pytest.param({"header": [f"X-A: {CANARY}\u201d"]}, "header X-A has a character outside", id="header-value"),
        pytest.param({"oauth_token_url": BASE, "oauth_client_id": "a"}, "without --oauth-client-secret", id="oauth"),
        pytest.param({"oauth_client_id": "a"}, "without --oauth-token-url", id="oauth-without-url"),
        pytest.param(
            {"oauth_token_url": "scim.example", "oauth_client_id": "a", "oauth_client_secret": CANARY},
            "not an http or https URL",
            id="oauth-url",
        ),
        pytest.param({"client_key": "key.pem"}, "without --client-cert", id="key-alone"),
        pytest.param({"timeout": 0.0}, "more than 0 seconds", id="no-time"),
        pytest.param({"timeout": float("nan")}, "more than 0 seconds", id="no-number"),
        pytest.param({"profile": "wrike"}, "--profile is for the reference server", id="profile-of-another-server"),
    ],
)
def test_a_faulty_credential_is_told_without_showing_it(tmp_path: Path, options: dict[str, Setting], part: str) -> None:
    assert part in refused(tmp_path, base_url=BASE, **options)


def test_a_token_file_holds_a_token_and_a_line_end(tmp_path: Path) -> None:
    path = tmp_path / "token.txt"
    path.write_text(f"{CANARY}\r\n")
    assert resolve(tmp_path, base_url=BASE, token_file=str(path)).wire.credentials[Auth.TARGET] == f"Bearer {CANARY}"
    path.write_bytes(b"\xff\xfe\x00")
    assert "is not text" in refused(tmp_path, base_url=BASE, token_file=str(path))
    path.write_text("\n")
    assert "is empty" in refused(tmp_path, base_url=BASE, token_file=str(path))
    assert "No such file" in refused(tmp_path, base_url=BASE, token_file=str(tmp_path / "none.txt"))
    assert "cannot be read" in refused(tmp_path, base_url=BASE, token_file=str(tmp_path))


def test_a_nearer_place_wins(tmp_path: Path) -> None:
    (tmp_path / "scimctl.toml").write_text(
        '[target.prod]\nbase_url = "https://table.example/v2"\ntoken = "from-table"\ntimeout = 5\n'
    )
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    table = resolve(inner, target="prod")
    assert (table.base_url, table.wire.timeout) == ("https://table.example/v2", 5.0)
    assert table.wire.credentials == {Auth.TARGET: "Bearer from-table"}
    environment = {"token": "from-environment", "timeout": 7.0}
    both = resolve(inner, environment, target="prod")
    assert (both.wire.credentials, both.wire.timeout) == ({Auth.TARGET: "Bearer from-environment"}, 7.0)
    three = resolve(inner, environment, target="prod", basic="a:b", timeout=9.0)
    assert (three.wire.credentials, three.wire.timeout) == ({Auth.TARGET: "Basic YTpi"}, 9.0)
    field = resolve(inner, environment, target="prod", header=["Authorization: mine"])
    assert field.wire.credentials == {Auth.TARGET: "mine"}


def test_a_table_may_name_every_setting(tmp_path: Path) -> None:
    (tmp_path / "token.txt").write_text("one")
    (tmp_path / "scimctl.toml").write_text(
        '[set]\nuser_type_attribute = "userType"\npage_size = 10\n'
        '[target."my server"]\nbase_url = "https://scim.example/v2/"\ntoken_file = "token.txt"\nother_token = "two"\n'
        'read_only_token = "three"\nca_file = "ca.pem"\nclient_cert = "c.pem"\nclient_key = "k.pem"\ninsecure = true\n'
        'proxy = "proxy.example:3128"\ntimeout = 2.5\n'
        '[target."my server".headers]\nX-Tenant = "acme"\nX-Api-Key = "four"\n'
        '[target."my server".set]\npage_size = 20\n'
    )
    target = resolve(tmp_path, target="my server")
    wire = target.wire
    assert wire.credentials == {Auth.TARGET: "Bearer one", Auth.OTHER: "Bearer two", Auth.READ_ONLY: "Bearer three"}
    assert (wire.extra_headers, wire.credential_headers) == ((("X-Tenant", "acme"),), (("X-Api-Key", "four"),))
    assert (wire.ca_file, wire.client_cert) == (tmp_path / "ca.pem", tmp_path / "c.pem")
    assert (wire.proxy, wire.timeout, wire.insecure) == ("http://proxy.example:3128", 2.5, True)
    assert target.parameters == {"user_type_attribute": "userType", "page_size": 20}
    assert target.auths == frozenset(Auth)
    assert target.redactor().text("four two") == "*** two"


def test_a_table_may_take_its_token_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "scimctl.toml").write_text(f'[target.a]\nbase_url = "{BASE}"\ntoken_env = "MY_TOKEN"\n')
    assert "MY_TOKEN, which is not set" in refused(tmp_path, target="a")
    monkeypatch.setenv("MY_TOKEN", CANARY)
    assert resolve(tmp_path, target="a").wire.credentials == {Auth.TARGET: f"Bearer {CANARY}"}


def test_oauth_is_a_credential(tmp_path: Path) -> None:
    options = {"oauth_token_url": "https://id.example/token", "oauth_client_id": "a", "oauth_client_secret": CANARY}
    target = resolve(tmp_path, base_url=BASE, **options)
    assert target.wire.oauth == OAuth(token_url="https://id.example/token", client_id="a", client_secret=CANARY)
    assert target.auths == {Auth.TARGET, Auth.NONE}
    assert target.redactor().text(CANARY) == "***"
    assert CANARY not in repr(target)


FILES = [
    pytest.param("[target.a]\ntokn = 'canary-7f3a'\n", ["[target.a] has no key tokn", "token?"], 2, id="unknown-key"),
    pytest.param("[targets.a]\n", ["the top level has no key targets", "did you mean target?"], 1, id="unknown-table"),
    pytest.param("[target.a]\ntimeout = '5'\n", ["timeout is a string, not a number"], 2, id="wrong-type"),
    pytest.param("[target.a]\ntimeout = true\n", ["timeout is true or false, not a number"], 2, id="boolean-number"),
    pytest.param("[target.a]\nheaders = ['canary-7f3a']\n", ["headers is a list, not a table"], 2, id="headers"),
    pytest.param("[set]\na = [1]\n", ["a is a list, not a string"], 2, id="parameter"),
    pytest.param("[target]\na = 'canary-7f3a'\n", ["target.a is a string, not a table"], 2, id="no-table"),
    pytest.param("[target.a]\ntoken = 'canary-7f3a\n", ["scimctl.toml is not TOML"], 2, id="not-toml"),
    pytest.param("[target.a]\ntoken =", ["scimctl.toml is not TOML"], 2, id="cut-off"),
]


@pytest.mark.parametrize(("text", "parts", "line"), FILES)
def test_a_faulty_file_is_told_with_its_line(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    text: str,
    parts: list[str],
    line: int,
) -> None:
    (tmp_path / "scimctl.toml").write_text(text)
    monkeypatch.chdir(tmp_path)
    assert run(["test-credentials", "--target", "a"]) == 2
    said = capsys.readouterr().err
    assert all(part in said for part in parts)
    assert f"scimctl.toml:{line}:" in said
    assert CANARY not in said


def test_all_faults_of_a_file_are_told_in_their_order(tmp_path: Path) -> None:
    (tmp_path / "scimctl.toml").write_text("[target.a]\nfoo = 1\nbasic = 2\n[other]\nx = 1\n")
    with pytest.raises(InputError) as caught:
        resolve(tmp_path)
    lines = [fault.span.line for fault in caught.value.diagnostics if fault.span is not None]
    assert lines == [2, 3, 4]


def test_an_unknown_target_is_told_with_the_nearest(tmp_path: Path) -> None:
    assert "needs a scimctl.toml" in refused(tmp_path, target="prod")
    (tmp_path / "scimctl.toml").write_text("[target.production]\n[target.test]\n")
    said = refused(tmp_path, target="producton")
    assert "--target production" in said
    assert "production, test" in said


def test_the_reference_server_answers_in_this_process(tmp_path: Path) -> None:
    target = resolve(tmp_path, {"base_url": BASE, "token": CANARY}, reference=True)
    assert (target.base_url, target.profile, target.is_local) == (REFERENCE_BASE_URL, "standard", True)
    with connect(target, target.redactor()) as send:
        answer = send(dialect.get("/Users?startIndex=1&count=2"))
        assert isinstance(answer, Response)
        assert (answer.status, answer.json()["totalResults"]) == (200, 0)
        assert answer.elapsed > 0
        assert send(Request("GET", "/Users", auth=Auth.NONE)).status == 401
        assert send(Request("POST", "/Users", auth=Auth.READ_ONLY, body=b"{}")).status == 403
    assert "both --reference and --base-url" in refused(tmp_path, reference=True, base_url=BASE)
    assert "wrike" in resolve(tmp_path, reference=True, profile="wrike").profile
    with (
        pytest.raises(InputError, match="wrke"),
        connect(resolve(tmp_path, reference=True, profile="wrke"), target.redactor()),
    ):
        pass


def test_every_option_is_read_from_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SCIMCTL_REFERENCE", "1")
    monkeypatch.setenv("SCIMCTL_HEADER", "X-One: 1\nX-Two: two words\n")
    assert run(["test-credentials"]) == 0
    assert REFERENCE_BASE_URL in capsys.readouterr().out
    monkeypatch.setenv("SCIMCTL_BASE_URL", "scim.example")
    assert run(["test-credentials"]) == 2
    assert "the environment has both --reference and --base-url" in capsys.readouterr().err
    monkeypatch.delenv("SCIMCTL_REFERENCE")
    assert run(["test-credentials"]) == 2
    assert "https://scim.example" in capsys.readouterr().err


def test_the_loopback_is_this_machine(tmp_path: Path) -> None:
    local = {"http://127.0.0.1:1/v2", "http://localhost/v2", "https://[::1]/v2", "http://scim.localhost/v2"}
    assert all(resolve(tmp_path, base_url=url).is_local for url in local)
    assert not resolve(tmp_path, base_url="https://localhost.example/v2").is_local


def test_the_reference_server_misbehaves_when_told_to(tmp_path: Path) -> None:
    target = resolve(tmp_path, reference=True, fault=["create-200, slow-response"])
    assert target.faults == ("create-200", "slow-response")
    with connect(target, target.redactor()) as send:
        late = send(dialect.get("/Groups"))
        assert isinstance(late, TransportFault)
        assert (late.kind, late.elapsed) == (FaultKind.READ_TIMEOUT, 60.0)
    with connect(resolve(tmp_path, reference=True, fault=["slow-response"], timeout=90.0), target.redactor()) as send:
        assert send(dialect.get("/Groups")).elapsed > 60
    assert "--fault is for the reference server alone" in refused(tmp_path, base_url=BASE, fault=["create-200"])


def test_the_reference_server_has_another_tenant(tmp_path: Path) -> None:
    target = resolve(tmp_path, reference=True)
    with connect(target, target.redactor()) as send:
        body = b'{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ada"}'
        assert send(Request("POST", "/Users", body=body, auth=Auth.OTHER)).status == 201
        assert send(Request("GET", "/Users")).json()["totalResults"] == 0
