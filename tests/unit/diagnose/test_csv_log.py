"""The Admin Console's CSV as events: columns by name, times as they are written, lines that tell nothing."""

from pathlib import Path
from typing import Any

import pytest

from scimctl.diagnose.csv_log import columns_of, read_csv
from scimctl.diagnose.evidence import Damage
from scimctl.diagnostic import InputError

PUSH = "application.provision.user.push"
FLAT = (
    "timestamp,event_type,display_message,outcome.result,outcome.reason,transaction.id,"
    "target0.id,target0.type,target0.alternate_id,target0.display_name,target1.id,target1.type,target1.alternate_id\n"
    f'2026-05-01T10:00:00.000Z,{PUSH},Push new user,FAILURE,"Forbidden. Errors reported by remote server: no, really",'
    "puj1,0ua1,AppUser,ada@acme.example,Ada,0oa1,AppInstance,Widgets\n"
)


def events(tmp_path: Path, text: str, columns: str = "") -> list[Any]:
    path = tmp_path / "log.csv"
    path.write_text(text, encoding="utf-8")
    return list(read_csv(path, columns_of(columns)))


def refused(tmp_path: Path, text: str, columns: str = "") -> tuple[str, str | None]:
    with pytest.raises(InputError) as error:
        events(tmp_path, text, columns)
    (diagnostic,) = error.value.diagnostics
    return diagnostic.title.replace(str(tmp_path), ""), diagnostic.help


def test_numbered_targets_become_targets_by_type(tmp_path: Path) -> None:
    (event,) = events(tmp_path, FLAT)
    assert event["eventType"] == PUSH
    assert event["published"] == "2026-05-01T10:00:00.000Z"
    assert event["outcome"] == {
        "result": "FAILURE",
        "reason": "Forbidden. Errors reported by remote server: no, really",
    }
    assert event["transaction"] == {"id": "puj1"}
    assert event["target"] == [
        {"id": "0ua1", "type": "AppUser", "alternateId": "ada@acme.example", "displayName": "Ada"},
        {"id": "0oa1", "type": "AppInstance", "alternateId": "Widgets"},
    ]


def test_the_columns_of_the_table_on_the_screen(tmp_path: Path) -> None:
    text = (
        "Time;Event Type;Event Message;Outcome;Reason;Actor;Targets\n"
        f"May 1, 2026 10:15:12 AM PDT;{PUSH};Push new user;success;;admin@acme.example;"
        "ada@acme.example (AppUser); Widgets (AppInstance)\n"
    ).replace("(AppUser); ", "(AppUser)| ")
    (event,) = events(tmp_path, "\ufeff" + text)
    assert (event["published"], event["outcome"]["result"]) == ("2026-05-01T17:15:12.000Z", "SUCCESS")
    assert event["actor"] == {"alternateId": "admin@acme.example"}
    assert [(one["type"], one["alternateId"]) for one in event["target"]] == [
        ("AppUser", "ada@acme.example"),
        ("AppInstance", "Widgets"),
    ]


def test_columns_of_other_names_are_given(tmp_path: Path) -> None:
    (event,) = events(
        tmp_path, f"Zeit\tArt\tGrund\n2026-05-01 12:00\t{PUSH}\tnein\n", "time=Zeit, type=art,reason=Grund"
    )
    assert event["published"] == "2026-05-01T12:00:00.000Z"
    assert event["outcome"]["reason"] == "nein"


@pytest.mark.parametrize(
    ("text", "columns", "title", "remedy"),
    [
        (
            "Zeit,Event Type\n",
            "",
            "/log.csv has no column for the time of an event; it has: Zeit, Event Type",
            "name it, such as --csv-columns time=NAME",
        ),
        ("Time,Event Type\n", "time=Tim", "/log.csv has no column Tim", "did you mean Time?"),
        ("Time,Event Type\n", "tme=Time", "--csv-columns knows no tme", "did you mean time?"),
        ("Time\n", "time", "--csv-columns has time", "write NAME=COLUMN, such as time=Zeit,reason=Grund"),
        ("", "", "/log.csv has no column for the time and the type of an event; it has: -", None),
    ],
)
def test_what_does_not_fit_is_told(tmp_path: Path, text: str, columns: str, title: str, remedy: str | None) -> None:
    told = refused(tmp_path, text, columns)
    assert told[0] == title
    assert remedy is None or told[1] == remedy


def test_a_line_without_a_time_is_a_damage_and_the_rest_is_read(tmp_path: Path) -> None:
    text = f"Time,Event Type\nyesterday,{PUSH}\n\n2026-05-01T10:00:00Z,{PUSH}\n13,x\n2026-05-02T10:00:00Z\n"
    told = events(tmp_path, text)
    assert told[0] == Damage("log.csv:2: `yesterday` is no time")
    assert told[1]["eventType"] == PUSH
    assert told[2] == Damage("log.csv:5: `13` is no time")
    assert (told[3]["published"], told[3]["eventType"]) == ("2026-05-02T10:00:00.000Z", "")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"nowhere\.csv cannot be read: No such file or directory"):
        read_csv(tmp_path / "nowhere.csv", {})
