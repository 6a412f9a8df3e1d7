"""What the options of `scimctl serve` do: tenants, TLS, files, faults, logs, the inspector."""

import json
import sqlite3
import ssl
from pathlib import Path

import httpx
import pytest
import trustme

from tests.cli.test_serve import TOKEN, USER, refused, serving, start

AUTH = {"Authorization": f"Bearer {TOKEN}"}


def test_tenants_see_nothing_of_each_other() -> None:
    with serving("--token", TOKEN, "--tenant", "acme=acme-token-1", "--tenant", "globex=globex-token-1") as (
        base_url,
        _,
    ):
        acme, globex = {"Authorization": "Bearer acme-token-1"}, {"Authorization": "Bearer globex-token-1"}
        root = base_url.removesuffix("/scim/v2")
        made = httpx.post(f"{root}/tenants/acme/scim/v2/Users", json=USER, headers=acme)
        assert made.headers["Location"] == f"{root}/tenants/acme/scim/v2/Users/{made.json()['id']}"
        assert httpx.get(made.headers["Location"], headers=acme).status_code == 200
        assert httpx.get(made.headers["Location"], headers=globex).status_code == 401
        assert httpx.get(f"{root}/tenants/globex/scim/v2/Users", headers=globex).json()["totalResults"] == 0
        # At the shared base URL the token says which tenant is meant.
        assert httpx.get(f"{base_url}/Users/{made.json()['id']}", headers=acme).status_code == 200
        assert httpx.get(f"{base_url}/Users/{made.json()['id']}", headers=globex).status_code == 404
        assert httpx.get(f"{base_url}/Users", headers=AUTH).json()["totalResults"] == 0
        assert httpx.get(f"{root}/tenants/nobody/scim/v2/Users", headers=acme).status_code == 404


def test_a_made_certificate_is_trusted_by_its_authority() -> None:
    with serving("--token", TOKEN, "--tls-self-signed") as (base_url, process):
        assert base_url.startswith("https://127.0.0.1:")
        assert process.stderr is not None
        told = process.stderr.readline()
        authority = Path(told.split("--ca-file ")[1].strip())
        context = ssl.create_default_context(cafile=authority)
        made = httpx.post(f"{base_url}/Users", json=USER, headers=AUTH, verify=context)
        assert made.json()["meta"]["location"].startswith(base_url)
        with pytest.raises(httpx.ConnectError):
            httpx.get(f"{base_url}/Users", headers=AUTH)
        assert (
            authority.parent / "key.pem"
        ).stat().st_mode & 0o077 == 0 or authority.parent.stat().st_mode & 0o077 == 0
        process.terminate()
        process.communicate(timeout=3)
    assert not authority.parent.exists()


def test_a_given_certificate_is_served(tmp_path: Path) -> None:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_pem.write_to_path(str(tmp_path / "key.pem"))
    issued.cert_chain_pems[0].write_to_path(str(tmp_path / "cert.pem"))
    context = ssl.create_default_context()
    authority.configure_trust(context)
    files = ("--cert", str(tmp_path / "cert.pem"), "--key", str(tmp_path / "key.pem"))
    with serving("--token", TOKEN, *files) as (base_url, _):
        assert httpx.get(f"{base_url}/Users", headers=AUTH, verify=context).status_code == 200


def test_data_and_token_outlast_the_server(tmp_path: Path) -> None:
    data = tmp_path / "scim.sqlite"
    with serving("--data", str(data)) as (base_url, process):
        assert process.stdout is not None
        token = process.stdout.readline().removeprefix("token: ").strip()
        headers = {"Authorization": f"Bearer {token}"}
        made = httpx.post(f"{base_url}/Users", json=USER, headers=headers).json()
    with serving("--data", str(data)) as (base_url, process):
        assert httpx.get(f"{base_url}/Users/{made['id']}?token={token}", headers=headers).status_code == 200
        process.terminate()
        out, err = process.communicate(timeout=3)
    assert out == ""
    assert "the token of before is accepted" in err
    assert token not in err
    with serving("--data", str(data), "--token", TOKEN) as (base_url, _):
        assert httpx.get(f"{base_url}/Users", headers=headers).status_code == 401
        assert httpx.get(f"{base_url}/Users", headers=AUTH).json()["totalResults"] == 1
    assert token.encode() not in data.read_bytes()
    with sqlite3.connect(data) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_users_are_made_at_the_start() -> None:
    with serving("--token", TOKEN, "--seed-users", "250") as (base_url, _):
        page = httpx.get(f"{base_url}/Users?startIndex=201&count=100", headers=AUTH).json()
        assert (page["totalResults"], page["itemsPerPage"]) == (250, 50)


def test_schemas_and_profiles_come_from_files(tmp_path: Path) -> None:
    schema = tmp_path / "badge.json"
    schema.write_text(
        json.dumps({"id": "urn:example:badge:2.0:User", "attributes": [{"name": "number", "type": "string"}]})
    )
    profile = tmp_path / "short.yaml"
    profile.write_text("title: Short pages\npage_size: 1\nmax_results: 1\n")
    options = ("--token", TOKEN, "--schema", str(schema), "--profile", str(profile), "--seed-users", "3")
    with serving(*options) as (base_url, _):
        assert httpx.get(f"{base_url}/Users", headers=AUTH).json()["itemsPerPage"] == 1
        assert httpx.get(f"{base_url}/Schemas/urn:example:badge:2.0:User", headers=AUTH).status_code == 200


def test_faults_are_switched_on_by_name() -> None:
    with serving("--token", TOKEN, "--fault", "create-200") as (base_url, _):
        assert httpx.post(f"{base_url}/Users", json=USER, headers=AUTH).status_code == 200


def test_requests_are_logged_with_secrets_masked(tmp_path: Path) -> None:
    log = tmp_path / "requests.jsonl"
    with serving("--token", TOKEN, "--log-requests", str(log)) as (base_url, _):
        httpx.post(f"{base_url}/Users?x={TOKEN}", json=USER | {"password": "swordfish-9"}, headers=AUTH)
        httpx.get(f"{base_url}/Users/none", headers=AUTH)
        first, second = [json.loads(line) for line in log.read_text("utf-8").splitlines()]
    assert first["request"]["method"] == "POST"
    assert first["request"]["url"] == f"{base_url}/Users?x=***"
    assert ["authorization", "Bearer ***"] in first["request"]["headers"]
    assert json.loads(first["request"]["body"])["password"] == "***"
    assert json.loads(first["response"]["body"])["userName"] == USER["userName"]
    assert (first["response"]["status"], second["response"]["status"]) == (201, 404)
    assert first["at"].endswith("Z")
    assert "swordfish" not in log.read_text("utf-8")
    assert TOKEN not in log.read_text("utf-8")


def test_the_access_log_says_why_a_request_was_refused() -> None:
    with serving("--token", TOKEN) as (base_url, process):
        httpx.get(f"{base_url}/Users", params={"filter": 'userName zz "\x1b[31m"'}, headers=AUTH)
        process.terminate()
        _, err = process.communicate(timeout=3)
    assert '400 GET    /scim/v2/Users?filter=userName zz "\\x1b[31m"' in err
    assert "invalidFilter: " in err
    assert "\x1b" not in err


def test_the_inspector_shows_what_came_and_is_off_without_the_option() -> None:
    with serving("--token", TOKEN) as (base_url, _):
        assert httpx.get(base_url.replace("/scim/v2", "/_/")).status_code == 404
    with serving("--token", TOKEN, "--inspect") as (base_url, process):
        assert process.stderr is not None
        address = process.stderr.readline().removeprefix("inspector: ").strip()
        made = httpx.post(f"{base_url}/Users", json=USER | {"password": "swordfish-9"}, headers=AUTH).json()
        listed = httpx.get(address)
        assert "/scim/v2/Users" in listed.text
        shown = httpx.get(f"{address}requests/1").text
        assert "Bearer ***" in shown
        assert "swordfish" not in shown
        assert TOKEN not in shown
        assert "ada@scimctl.example" in httpx.get(f"{address}resources/User").text
        assert made["id"] in httpx.get(f"{address}resources/User/{made['id']}").text


def test_faults_are_listed_and_explained() -> None:
    with start("--list-faults") as process:
        out, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (0, "")
    assert "\n  create-200\n" in out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--tenant", "acme"), "--tenant is not NAME=TOKEN"),
        (("--tenant", "a/b=token-1234"), "--tenant is not NAME=TOKEN"),
        (("--tenant", "a=token-1234", "--tenant", "a=token-5678"), "--tenant a is given twice"),
        (("--cert", "x.pem"), "--key is missing"),
        (("--cert", "x.pem", "--key", "y.pem"), "cannot serve TLS with x.pem and y.pem"),
        (("--tls-self-signed", "--cert", "x.pem"), "choose one"),
        (("--seed-users", "-1"), "--seed-users is -1"),
        (("--fault", "create-2000"), "did you mean create-200?"),
        (("--schema", "nowhere.json"), "cannot read the schema file nowhere.json"),
        (("--profile", "./nowhere.yaml"), "cannot read the profile nowhere.yaml"),
        (("--log-requests", "/nowhere/at/all"), "cannot write the request log"),
        (("--data", "/nowhere/at/all"), "/nowhere/at/all"),
    ],
)
def test_what_cannot_be_served_is_said(arguments: tuple[str, ...], words: str) -> None:
    err = refused("--port", "0", *arguments)
    assert words in err
    assert "token-1234" not in err
