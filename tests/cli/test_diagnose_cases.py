"""The public diagnosis cases: each with the SCIM server of the case, the cause and what the explanation must name."""

import importlib.util
import json
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from scimctl.cli.app import run

CASES = Path(__file__).parents[2].parent / "shared" / "diagnosis-cases"
PUBLIC = sorted((CASES / "public").glob("case-*"))
READS = {"GET", "HEAD"}

pytestmark = pytest.mark.skipif(not PUBLIC, reason="the diagnosis cases are not beside the repository")


def load_server() -> ModuleType:
    spec = importlib.util.spec_from_file_location("serve_case", CASES / "serve_case.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@contextmanager
def serving(case: Path, log: Path) -> Iterator[str]:
    """The base URL of the case's server, while it runs; nothing listens there where that is the point."""
    server, base_url = load_server().build_server(case, 0, scale=0.01, logfile=str(log))
    if server is None:
        yield base_url
        return
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield base_url
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def read(case: Path, name: str) -> dict[str, Any]:
    document = json.loads((case / name).read_text("utf-8"))
    assert isinstance(document, dict)
    return document


@pytest.mark.parametrize("case", PUBLIC, ids=lambda case: case.name)
def test_the_cause_is_named_with_its_ground(
    case: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    truth, scim = read(case, "truth.json"), read(case, "scim.json")
    token = scim.get("client_token", scim["token"])
    requests = tmp_path / "requests.jsonl"
    with serving(case, requests) as base_url:
        arguments = ["diagnose", truth["user"], "--evidence", str(case / "evidence"), "--base-url", base_url]
        started = time.monotonic()
        code = run([*arguments, "--token", token, "--json"])
        took = time.monotonic() - started
        printed = capsys.readouterr().out
        assert run([*arguments, "--token", token]) == code
        shown = " ".join(capsys.readouterr().out.split())
    document = json.loads(printed)
    first = document["causes"][0] if document["causes"] else {"code": "none"}
    assert first["code"] in {truth["cause"], *truth["also_accept"]}
    assert code == (0 if truth["cause"] == "none" else 1)
    assert document["symptom"] == truth["symptom"]
    explained = json.dumps(first if document["causes"] else document, ensure_ascii=False)
    for wanted in truth["must_mention"]:
        assert re.search(wanted, explained, re.IGNORECASE), wanted
        assert re.search(wanted, shown, re.IGNORECASE), wanted
    assert took < 10
    assert token not in printed + shown
    sent = [json.loads(line) for line in requests.read_text().splitlines()] if requests.exists() else []
    assert {request["method"] for request in sent} <= READS


def test_without_a_server_the_evidence_alone_names_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    named = []
    for case in PUBLIC:
        truth = read(case, "truth.json")
        run(["diagnose", truth["user"], "--evidence", str(case / "evidence"), "--json"])
        document = json.loads(capsys.readouterr().out)
        first = document["causes"][0]["code"] if document["causes"] else "none"
        named += [case.name] if first in {truth["cause"], *truth["also_accept"]} else []
        assert any("--base-url" in gap["how"] for gap in document["not_looked_at"])
    # What only the app knows cannot be in the evidence: a kept value, a second account, an undone reactivation.
    assert len(named) >= len(PUBLIC) - 3
