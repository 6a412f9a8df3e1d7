"""A folder of saved answers: what is there, what is not and why, and a log that breaks off."""

import json
from pathlib import Path

import pytest

from scimctl.diagnose.evidence import Damage, Piece, no_evidence, read_folder
from scimctl.diagnostic import InputError


def test_pieces_are_read_and_the_others_have_a_reason(tmp_path: Path) -> None:
    (tmp_path / "app.json").write_text('{"id": "0oa1", "label": "Wrike"}')
    (tmp_path / "app-users.json").write_text('[{"id": "00u1"}]')
    (tmp_path / "app-groups.json").write_text('{"id": "00g1"}')
    (tmp_path / "user.json").write_text('{"errorCode": "E0000007", "errorSummary": "Not found: Resource not found"}')
    (tmp_path / "user-groups.json").write_text('[{"id": ')
    evidence = read_folder(tmp_path)
    assert evidence.get(Piece.APP) == {"id": "0oa1", "label": "Wrike"}
    assert evidence.get(Piece.APP_USERS) == [{"id": "00u1"}]
    assert evidence.logs is None
    assert evidence.absent[Piece.LOGS] == f"logs.json is not in {tmp_path}"
    assert evidence.absent[Piece.APP_GROUPS] == "app-groups.json: it holds an object in place of a list"
    assert evidence.absent[Piece.USER] == "user.json: Okta answered E0000007: Not found: Resource not found"
    assert evidence.absent[Piece.USER_GROUPS].startswith("user-groups.json: it is not JSON: ")
    assert set(evidence.documents) | set(evidence.absent) == set(Piece)


@pytest.mark.parametrize("make", ["", "nothing", "file"])
def test_a_folder_without_evidence_is_an_error(tmp_path: Path, make: str) -> None:
    folder = tmp_path / "evidence"
    if make == "nothing":
        folder.mkdir()
    elif make == "file":
        folder.write_text("[]")
    with pytest.raises(InputError) as raised:
        read_folder(folder)
    assert str(folder) in raised.value.diagnostics[0].title


@pytest.mark.parametrize(
    ("text", "events", "damaged"),
    [
        ('[{"uuid": "1"}, {"uuid": "2"}]', ["1", "2"], False),
        ('{"uuid": "1"}\n{"uuid": "2"}\n', ["1", "2"], False),
        ("[]", [], False),
        ("", [], False),
        ('[{"uuid": "1"}, {"uuid": "2"', ["1"], True),
        ('[{"uuid": "1"}, {"uuid": oops}, {"uuid": "3"}]', ["1"], True),
        ("[" * 100_000, [], False),
        ('[{"a": ' + "[" * 100_000, [], True),
        ("Internal Server Error", [], True),
    ],
    ids=["array", "one after the other", "no event", "empty", "cut off", "broken", "brackets", "deep", "no JSON"],
)
def test_a_log_is_read_as_far_as_it_goes(tmp_path: Path, text: str, events: list[str], damaged: bool) -> None:
    (tmp_path / "logs.json").write_text(text)
    logs = read_folder(tmp_path).logs
    assert logs is not None
    entries = list(logs)
    assert [entry["uuid"] for entry in entries if isinstance(entry, dict)] == events
    assert any(isinstance(entry, Damage) for entry in entries) is damaged
    assert list(logs) == entries


def test_a_log_of_many_chunks_is_whole(tmp_path: Path) -> None:
    events = [{"uuid": str(number), "text": "é" * 300} for number in range(5000)]
    (tmp_path / "logs.json").write_text(json.dumps(events, ensure_ascii=False), encoding="utf-8")
    logs = read_folder(tmp_path).logs
    assert logs is not None
    assert list(logs) == events


def test_no_evidence_gives_its_reason_for_every_piece() -> None:
    evidence = no_evidence("none was given")
    assert evidence.is_empty
    assert set(evidence.absent.values()) == {"none was given"}
    assert set(evidence.absent) == set(Piece)
