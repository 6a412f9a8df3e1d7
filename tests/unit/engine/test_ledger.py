"""The ledger: what it holds at any moment is enough to clean up, and no more."""

import json
from pathlib import Path

import pytest

from scimctl.engine.ledger import Ledger, read

BASE_URL = "https://example.com/scim/v2"


def test_an_intent_is_on_disk_before_the_request_goes_out(tmp_path: Path) -> None:
    path = tmp_path / "runs" / "a.jsonl"
    ledger = Ledger(BASE_URL, path)
    ledger.intend("okta.users.create[oin]", "/Users", "userName", "ada@scimctl.example")
    found = read(path)
    assert found.base_url == BASE_URL
    assert [(e.collection, e.attribute, e.name, e.id) for e in found.open_entries()] == [
        ("/Users", "userName", "ada@scimctl.example", None)
    ]


def test_ids_and_settled_entries_are_read_back_newest_first(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    ledger = Ledger(BASE_URL, path)
    entries = [ledger.intend("s", "/Users", "userName", f"user{number}") for number in range(3)]
    ledger.made(entries[0], "id-0")
    ledger.made(entries[2], "id-2")
    ledger.settle(entries[1])
    assert [(e.name, e.id) for e in read(path).open_entries()] == [("user2", "id-2"), ("user0", "id-0")]


def test_a_line_cut_short_by_a_kill_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    ledger = Ledger(BASE_URL, path)
    ledger.intend("s", "/Users", "userName", "ada")
    with path.open("a") as file:
        file.write('{"made": 1, "id"')
    assert [(e.name, e.id) for e in read(path).open_entries()] == [("ada", None)]


def test_the_file_goes_once_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    ledger = Ledger(BASE_URL, path)
    entry = ledger.intend("s", "/Users", "userName", "ada")
    ledger.close()
    assert path.exists()
    ledger.settle(entry)
    ledger.close()
    assert not path.exists()


@pytest.mark.parametrize("text", ["", "nonsense", json.dumps({"intent": 1})])
def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(text)
    with pytest.raises(ValueError, match="base URL"):
        read(path)
