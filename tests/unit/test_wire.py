"""The wire over real sockets: bytes that go out, answers that come in, faults as values."""

import gzip
import json
import socket
import threading
import zlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from scimctl.diagnostic import InputError
from scimctl.exchange import Auth, FaultKind, Headers, Request, Response, TransportFault
from scimctl.okta import dialect
from scimctl.wire.client import Wire
from scimctl.wire.settings import OAuth
from tests import servers
from tests.unit.wired import GET, TOKEN, kind, send, settings


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> servers.Certificates:
    return servers.make_certificates(tmp_path_factory.mktemp("tls"))


def test_a_get_goes_out_as_okta_sends_it() -> None:
    with servers.running(servers.answering()) as server:
        send(server.base_url)
        assert server.requests[0].decode() == (
            "GET /scim/v2/Users?startIndex=1&count=2 HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{server.port}\r\n"
            "Accept: application/scim+json\r\n"
            "Accept-Charset: utf-8\r\n"
            "User-Agent: Okta SCIM Client 1.0.0\r\n"
            "Authorization: Bearer canary-7f3a\r\n"
            "Connection: Keep-Alive\r\n"
            "Accept-Encoding: gzip,deflate\r\n\r\n"
        )


def test_a_patch_goes_out_as_okta_sends_it() -> None:
    body = {
        "schemas": ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
        "Operations": [{"op": "replace", "value": {"active": False}}],
    }
    with servers.running(servers.answering("204 No Content", b"")) as server:
        send(server.base_url, dialect.patch("/Users/23a35c27", body))
        assert server.requests[0].decode() == (
            "PATCH /scim/v2/Users/23a35c27 HTTP/1.1\r\n"
            f"Host: 127.0.0.1:{server.port}\r\n"
            "Accept: application/scim+json\r\n"
            "Accept-Charset: utf-8\r\n"
            "Content-Type: application/scim+json; charset=utf-8\r\n"
            "User-Agent: Okta SCIM Client 1.0.0\r\n"
            "Authorization: Bearer canary-7f3a\r\n"
            "Content-Length: 118\r\n"
            "Connection: Keep-Alive\r\n"
            "Accept-Encoding: gzip,deflate\r\n\r\n"
            '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],'
            '"Operations":[{"op":"replace","value":{"active":false}}]}'
        )


def test_a_delete_has_a_content_type_and_no_length() -> None:
    with servers.running(servers.answering("204 No Content", b"")) as server:
        send(server.base_url, dialect.delete("/Groups/1"))
        assert b"Content-Type: application/scim+json; charset=utf-8" in server.requests[0]
        assert b"Content-Length" not in server.requests[0]


def test_a_target_is_sent_as_it_is() -> None:
    target = "/Users/../x%2fy?filter=a%20eq%20%22%C3%BC%22&b='(,)'"
    with servers.running(servers.answering()) as server:
        send(server.base_url, dialect.get(target))
        assert server.requests[0].startswith(f"GET /scim/v2{target} HTTP/1.1".encode())


@pytest.mark.parametrize(
    ("auth", "field"),
    [
        pytest.param(Auth.TARGET, "Bearer canary-7f3a", id="target"),
        pytest.param(Auth.OTHER, "Bearer of-another-tenant", id="other"),
        pytest.param(Auth.NONE, None, id="none"),
    ],
)
def test_each_kind_of_credential_is_sent_for_its_requests_alone(auth: Auth, field: str | None) -> None:
    known = {Auth.TARGET: TOKEN, Auth.OTHER: "Bearer of-another-tenant"}
    with servers.running(servers.answering()) as server:
        send(server.base_url, replace(GET, auth=auth), credentials=known)
        lines = [line for line in server.requests[0].decode().split("\r\n") if line.startswith("Authorization")]
        assert lines == ([] if field is None else [f"Authorization: {field}"])


def test_an_authorization_that_the_request_brings_wins() -> None:
    with servers.running(servers.answering()) as server:
        send(server.base_url, replace(GET, headers=Headers((("Authorization", "Bearer wrong"),))))
        assert server.requests[0].count(b"Authorization") == 1
        assert b"Authorization: Bearer wrong\r\n" in server.requests[0]


def test_extra_fields_go_with_every_request_and_credential_fields_with_the_target_alone() -> None:
    changes = {"extra_headers": (("X-Tenant", "acme"),), "credential_headers": (("X-Api-Key", "k"),)}
    with servers.running(servers.answering()) as server:
        send(server.base_url, **changes)
        send(server.base_url, replace(GET, auth=Auth.NONE), **changes)
        assert b"X-Api-Key: k\r\n" in server.requests[0]
        assert b"X-Tenant: acme\r\n" in server.requests[0]
        assert b"X-Api-Key" not in server.requests[1]
        assert b"X-Tenant: acme\r\n" in server.requests[1]


def test_a_field_name_outside_ascii_is_no_http() -> None:
    with servers.running(servers.answering("201 Created", {"id": "1"}, "X-Ünicode: ü")) as server:
        assert kind(send(server.base_url)) is FaultKind.PROTOCOL


def test_field_names_keep_their_letters_and_their_order() -> None:
    with servers.running(servers.answering("201 Created", {"id": "1"}, "LOCATION: a", "x-b: ü", "X-B: 2")) as server:
        answer = send(server.base_url)
    assert isinstance(answer, Response)
    assert (answer.status, answer.json()) == (201, {"id": "1"})
    assert answer.headers.fields[2:] == (("LOCATION", "a"), ("x-b", "ü"), ("X-B", "2"))
    assert 0 < answer.elapsed < 2


@pytest.mark.parametrize(
    ("encoded", "field"),
    [
        pytest.param(gzip.compress(b'{"a":1}'), "gzip", id="gzip"),
        pytest.param(gzip.compress(b'{"a"') + gzip.compress(b":1}"), "gzip", id="gzip-in-two-members"),
        pytest.param(zlib.compress(b'{"a":1}'), "deflate", id="deflate"),
        pytest.param(zlib.compress(b'{"a":1}')[2:-4], "deflate", id="raw-deflate"),
        pytest.param(gzip.compress(gzip.compress(b'{"a":1}')), "gzip, gzip", id="twice"),
        pytest.param(b'{"a":1}', "identity", id="identity"),
    ],
)
def test_content_codings_are_undone(encoded: bytes, field: str) -> None:
    with servers.running(servers.answering("200 OK", encoded, f"Content-Encoding: {field}")) as server:
        answer = send(server.base_url)
    assert isinstance(answer, Response)
    assert answer.body == b'{"a":1}'


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        pytest.param(servers.broken_gzip(), FaultKind.ENCODING, id="not-gzip"),
        pytest.param(
            servers.answering("200 OK", gzip.compress(b"{}")[:-5], "Content-Encoding: gzip"),
            FaultKind.ENCODING,
            id="cut-gzip",
        ),
        pytest.param(
            servers.answering("200 OK", b"{}", "Content-Encoding: br"), FaultKind.ENCODING, id="not-asked-for"
        ),
        pytest.param(servers.gzip_bomb(3_000_000), FaultKind.TOO_LARGE, id="bomb"),
        pytest.param(servers.answering("200 OK", b"x" * 2_000_001), FaultKind.TOO_LARGE, id="long"),
        pytest.param(
            servers.sending(
                b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"fffff\r\n" + b"x" * 0xFFFFF + b"\r\n"
                b"fffff\r\n" + b"x" * 0xFFFFF + b"\r\n0\r\n\r\n"
            ),
            FaultKind.TOO_LARGE,
            id="chunked",
        ),
        pytest.param(
            servers.sending(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{}"), FaultKind.PROTOCOL, id="cut-body"
        ),
    ],
)
def test_a_spoilt_body_is_a_fault_with_the_status(behaviour: servers.Behaviour, expected: FaultKind) -> None:
    with servers.running(behaviour) as server:
        answer = send(server.base_url, max_body=2_000_000)
    assert (kind(answer), answer.status) == (expected, 200)


@pytest.mark.parametrize(
    ("behaviour", "expected"),
    [
        pytest.param(servers.hanging_up, FaultKind.PROTOCOL, id="hangs-up"),
        pytest.param(servers.sending(b"SSH-2.0-OpenSSH_9.6\r\n"), FaultKind.PROTOCOL, id="another-protocol"),
        pytest.param(
            servers.sending(b"HTTP/1.1 200 OK\r\nA: " + b"x" * 200_000), FaultKind.TOO_LARGE, id="endless-field"
        ),
        pytest.param(servers.silent, FaultKind.READ_TIMEOUT, id="silent"),
        pytest.param(servers.dripping(b"HTTP/1.1 200 OK\r\nA: x", 0.02), FaultKind.READ_TIMEOUT, id="drips-fields"),
        pytest.param(
            servers.dripping(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nx", 0.02),
            FaultKind.READ_TIMEOUT,
            id="drips-body",
        ),
    ],
)
def test_a_server_that_gives_no_whole_answer_is_a_fault(behaviour: servers.Behaviour, expected: FaultKind) -> None:
    with servers.running(behaviour) as server:
        answer = send(server.base_url, timeout=0.2)
    assert kind(answer) is expected
    assert answer.elapsed < 2


def test_no_name_no_listener_and_an_impossible_name() -> None:
    assert kind(send("http://nowhere.invalid/scim")) is FaultKind.DNS
    assert kind(send(f"http://{'a' * 64}.example/scim")) is FaultKind.DNS
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    refused = send(f"http://127.0.0.1:{port}/scim")
    assert kind(refused) is FaultKind.REFUSED
    assert isinstance(refused, TransportFault)
    assert refused.detail == "Connection refused"


@pytest.mark.parametrize(
    ("certificate", "trusted", "expected"),
    [
        pytest.param("good", True, None, id="good"),
        pytest.param("good", False, FaultKind.TLS_UNTRUSTED, id="unknown-authority"),
        pytest.param("expired", True, FaultKind.TLS_EXPIRED, id="expired"),
        pytest.param("wrong_host", True, FaultKind.TLS_HOSTNAME, id="wrong-host"),
    ],
)
def test_certificates_are_judged(
    certificates: servers.Certificates, certificate: str, trusted: bool, expected: FaultKind | None
) -> None:
    with servers.running(servers.answering(), getattr(certificates, certificate)) as server:
        answer = send(server.base_url, ca_file=certificates.ca_file if trusted else None)
        assert kind(answer) is expected
        assert len(server.requests) == (expected is None)


def test_insecure_takes_any_certificate(certificates: servers.Certificates) -> None:
    with servers.running(servers.answering(), certificates.expired) as server:
        assert isinstance(send(server.base_url, insecure=True), Response)


def test_tls_towards_a_plain_port_is_a_tls_fault() -> None:
    with servers.running(servers.answering()) as server:
        answer = send(server.base_url.replace("http", "https"), timeout=0.5)
    assert kind(answer) is FaultKind.TLS


def test_a_client_certificate_is_shown(tmp_path: Path) -> None:
    made = servers.make_certificates(tmp_path)
    made.good.load_verify_locations(made.ca_file)
    made.good.verify_mode = servers.ssl.CERT_REQUIRED
    with servers.running(servers.answering(), made.good) as server:
        assert isinstance(send(server.base_url, ca_file=made.ca_file, client_cert=made.client_cert), Response)
        assert kind(send(server.base_url, ca_file=made.ca_file)) is FaultKind.TLS


@pytest.mark.parametrize("option", ["ca_file", "client_cert"])
def test_files_that_hold_no_certificate_are_told(tmp_path: Path, option: str) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    for path in (empty, tmp_path / "missing.pem"):
        with pytest.raises(InputError, match=path.name):
            Wire(settings("https://127.0.0.1:1/scim", **{option: path}))


def test_a_redirect_is_an_answer_and_takes_no_token_elsewhere() -> None:
    with servers.running(servers.answering()) as elsewhere:
        location = f"Location: {elsewhere.base_url}/login"
        with servers.running(servers.answering("302 Found", b"", location)) as server:
            answer = send(server.base_url)
        assert (answer.status, elsewhere.requests) == (302, [])


def test_connections_are_kept() -> None:
    with servers.running(servers.answering()) as server, Wire(settings(server.base_url)) as wire:
        assert [wire.send(GET).status for _ in range(5)] == [200] * 5
        assert server.connections == 1


def test_a_connection_on_which_the_server_failed_is_not_used_again() -> None:
    with servers.running(servers.answering("500 Internal Server Error")) as server:
        with Wire(settings(server.base_url)) as wire:
            assert [wire.send(dialect.post("/Users", {})).status for _ in range(3)] == [500] * 3
        assert server.connections == 3


def test_no_thread_is_lent_a_connection_on_which_the_server_failed() -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        failed = b"/Users/0" in request
        connection.sendall(servers.message("500 Internal Server Error" if failed else "200 OK"))

    with servers.running(behave) as server, Wire(settings(server.base_url)) as wire, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: wire.send(dialect.put(f"/Users/{number % 2}", {})), range(2000)))
    assert {kind(answer) for answer in answers} == {None}


def test_a_get_on_a_connection_that_was_just_closed_goes_out_again() -> None:
    with servers.running(servers.once_per_connection(servers.answering())) as server:
        with Wire(settings(server.base_url)) as wire:
            assert [wire.send(GET).status for _ in range(2)] == [200, 200]
        assert (server.connections, len(server.requests)) == (2, 3)


def test_a_create_on_a_connection_that_was_just_closed_is_not_repeated() -> None:
    with servers.running(servers.once_per_connection(servers.answering())) as server:
        with Wire(settings(server.base_url)) as wire:
            wire.send(GET)
            answer = wire.send(dialect.post("/Users", {}))
        assert kind(answer) is FaultKind.PROTOCOL
        assert sum(request.startswith(b"POST") for request in server.requests) == 1


@pytest.mark.parametrize(
    ("method", "raw"),
    [
        pytest.param("GET", servers.message(body=b'{"a":1}') + b"and more", id="beyond-the-length"),
        pytest.param("HEAD", servers.message(body=b'{"a":1}'), id="body-after-head"),
        pytest.param("DELETE", servers.message("204 No Content", b'{"a":1}'), id="body-after-204"),
    ],
)
def test_stray_bytes_are_not_taken_for_the_next_answer(method: str, raw: bytes) -> None:
    def behave(connection: socket.socket, request: bytes) -> None:
        connection.sendall(servers.message() if request.startswith(b"POST") else raw)

    with servers.running(behave) as server, Wire(settings(server.base_url)) as wire:
        for _ in range(3):
            assert wire.send(Request(method, "/Users/1")).status in (200, 204)
            answer = wire.send(dialect.post("/Users", {}))
            assert isinstance(answer, Response)
            assert answer.body == b"{}"


def test_answers_in_chunks_keep_their_connection() -> None:
    raw = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n"
    with servers.running(lambda connection, request: connection.sendall(raw)) as server:
        with Wire(settings(server.base_url)) as wire:
            assert [wire.send(GET).status for _ in range(3)] == [200] * 3
        assert server.connections == 1


@pytest.mark.parametrize(
    "request_made",
    [
        pytest.param(dialect.get("/a b"), id="blank-in-the-target"),
        pytest.param(dialect.get("/a\r\nX: y"), id="line-end-in-the-target"),
        pytest.param(dialect.get("/\ud800"), id="lone-surrogate"),
        pytest.param(Request("GE T", "/Users"), id="method"),
        pytest.param(replace(GET, headers=Headers((("X-A", "secret\r\nX-B: c"),))), id="line-end-in-a-field"),
        pytest.param(replace(GET, headers=Headers((("X A", "b"),))), id="name-of-a-field"),
    ],
)
def test_what_http_cannot_carry_is_a_fault_and_not_sent(request_made: Request) -> None:
    with servers.running(servers.answering()) as server:
        answer = send(server.base_url, request_made)
        assert isinstance(answer, TransportFault)
        assert (answer.kind, server.requests) == (FaultKind.PROTOCOL, [])
        assert "secret" not in answer.detail


def test_threads_share_a_wire() -> None:
    def echo(connection: socket.socket, request: bytes) -> None:
        path = request.split(b" ")[1]
        connection.sendall(servers.message(body=json.dumps(path.decode()).encode()))

    with servers.running(echo) as server, Wire(settings(server.base_url)) as wire, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda number: wire.send(dialect.get(f"/Users/{number}")), range(64)))
    bodies = [answer.json() if isinstance(answer, Response) else answer for answer in answers]
    assert bodies == [f"/scim/v2/Users/{number}" for number in range(64)]


def test_no_more_connections_are_open_than_allowed() -> None:
    first, may_answer = threading.Event(), threading.Event()

    def behave(connection: socket.socket, request: bytes) -> None:
        first.set()
        if may_answer.wait(5):
            connection.sendall(servers.message())

    with (
        servers.running(behave) as server,
        Wire(settings(server.base_url, connections=1)) as wire,
        ThreadPoolExecutor(2) as pool,
    ):
        answers = [pool.submit(wire.send, dialect.post("/Users", {})) for _ in range(2)]
        assert first.wait(5)
        may_answer.set()
        assert [answer.result().status for answer in answers] == [200, 200]
        assert server.connections == 1


def test_connections_are_kept_after_requests_that_went_together() -> None:
    ports: list[int] = []

    def behave(connection: socket.socket, request: bytes) -> None:
        ports.append(connection.getpeername()[1])
        together.wait(5)
        connection.sendall(servers.message())

    together = threading.Barrier(3)
    with servers.running(behave) as server, Wire(settings(server.base_url)) as wire:
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(wire.send, [GET] * 3))
        together = threading.Barrier(1)
        assert [wire.send(GET).status for _ in range(4)] == [200] * 4
        assert (len(set(ports[:3])), len(set(ports[3:])), server.connections) == (3, 1, 3)


def test_a_length_that_the_body_has_not_is_told_without_sending() -> None:
    with servers.running(servers.answering()) as server:
        request = replace(dialect.post("/Users", {}), headers=Headers((("Content-Length", "7"),)))
        answer = send(server.base_url, request)
        assert (kind(answer), server.requests) == (FaultKind.PROTOCOL, [])


def test_secrets_are_in_no_repr() -> None:
    client = OAuth(token_url="http://x", client_id="id", client_secret="canary-secret")
    made = settings("http://x/scim", oauth=client, credential_headers=(("X-Api-Key", "canary-key"),), proxy="canary-p")
    assert "canary" not in repr(made)


def test_requests_end_when_the_wire_is_closed() -> None:
    before = threading.active_count()
    with servers.running(servers.answering()) as server:
        send(server.base_url)
    assert threading.active_count() <= before + 1
