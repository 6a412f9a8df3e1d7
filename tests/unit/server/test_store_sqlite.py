"""The file of an SQLite store: what it keeps, and what is said of files that cannot be used."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from scimctl.diagnostic import InputError
from scimctl.jsonvalue import Json
from scimctl.scim.errors import ScimError
from scimctl.server.core import build
from scimctl.server.sqlite_file import APPLICATION_ID, VERSION
from scimctl.server.sqlite_store import SqliteStore
from scimctl.server.store import EMAIL, INDEXED, Billed, Record
from tests.unit.server.reference_client import Client


def refused(path: Path) -> tuple[str, str]:
    """What is said of a file that cannot be used: the title and the remedy."""
    with pytest.raises(InputError) as caught:
        SqliteStore(path)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic.title.replace(str(path), "FILE"), diagnostic.help


def client_of(path: Path, profile: str = "standard") -> tuple[Client, SqliteStore]:
    store = SqliteStore(path)
    return Client(build(profile, token="right", store=store)), store


def test_everything_is_there_after_the_file_was_closed(tmp_path: Path) -> None:
    client, store = client_of(tmp_path / "data")
    ada = client.user("ada", emails=[{"value": "ada@x.example"}])
    team = client.group("Team", ada["id"])
    ada = client.get(f"/Users/{ada['id']}")
    store.bill(Billed(when="2026-01-01T00:00:00Z", user_id="x", event="created"))
    store.set_setting("name", "value")
    store.close()
    client, store = client_of(tmp_path / "data")
    assert client.get(f"/Users/{ada['id']}") == ada
    assert client.get(f"/Groups/{team['id']}") == team
    assert client.found('emails.value eq "ADA@x.example"') == ["ada"]
    assert [entry.user_id for entry in client.server.billed] == ["x"]
    assert store.setting("name") == "value"
    client.user("bob")
    assert [user["userName"] for user in client.get("/Users")["Resources"]] == ["ada", "bob"]
    store.close()


def test_seats_and_the_ledger_outlast_the_server(tmp_path: Path) -> None:
    for name in ("ada", "bob"):
        store = SqliteStore(tmp_path / "data")
        client = Client(build("wrike", token="right", store=store, seats=1))
        client.send(
            "POST",
            "/Users",
            {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": f"{name}@scimctl.example"},
        )
        statuses = client.last.status, [entry.event for entry in client.server.billed]
        assert statuses == ((201, ["created"]) if name == "ada" else (403, ["created"]))
        store.close()


def test_a_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    SqliteStore(tmp_path / "data").close()
    assert (tmp_path / "data").stat().st_mode & 0o777 == 0o600


def test_an_empty_file_becomes_a_store(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    SqliteStore(tmp_path / "data").close()
    SqliteStore(tmp_path / "data").close()
    assert (tmp_path / "data").stat().st_size > 0


def test_a_file_of_something_else_is_left_alone(tmp_path: Path) -> None:
    notes, other = tmp_path / "notes.txt", tmp_path / "other.db"
    notes.write_text("What I did today. " * 100)
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE mine (a)")
    connection.close()
    before = notes.read_bytes(), other.read_bytes()
    remedy = "give another file, or one that does not exist yet"
    assert refused(notes) == ("FILE is not a store of scimctl", remedy)
    assert refused(other) == ("FILE is not a store of scimctl", remedy)
    assert (notes.read_bytes(), other.read_bytes()) == before


def test_a_newer_file_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "data"
    SqliteStore(path).close()
    connection = sqlite3.connect(path)
    connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    connection.close()
    title, remedy = refused(path)
    assert title == f"FILE is a store of version {VERSION + 1}; this scimctl reads version {VERSION}"
    assert remedy == "use the scimctl that made the file, or give another file"


def test_a_file_is_used_by_one_server_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "data"
    store = SqliteStore(path)
    script = "import sys, pathlib, scimctl.server.sqlite_store as s; s.SqliteStore(pathlib.Path(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=False)
    assert "is in use by another process" in done.stderr
    assert refused(path)[1] == "stop the other server, or give another file"
    store.close()
    SqliteStore(path).close()


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    remedy = "give a file in a folder that you may write to"
    assert refused(tmp_path) == ("FILE cannot be used as a store: Is a directory", remedy)
    assert refused(tmp_path / "no" / "data") == ("FILE cannot be used as a store: No such file or directory", remedy)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everything")
def test_a_read_only_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "data"
    SqliteStore(path).close()
    path.chmod(0o400)
    assert refused(path)[0] == "FILE cannot be used as a store: Permission denied"


def test_a_full_disk_is_a_503_and_nothing_is_half_written(tmp_path: Path) -> None:
    client, store = client_of(tmp_path / "data")
    client.user("ada")
    pages = store._execute("PRAGMA page_count")[0][0]
    store._execute(f"PRAGMA max_page_count = {pages}")
    names = [f"user{number}" for number in range(200)]
    user = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "title": "x" * 500}
    statuses: list[int] = []
    for name in names:
        answer = client.send("POST", "/Users", user | {"userName": name})
        statuses.append(client.last.status)
    assert set(statuses) == {201, 503}
    assert answer["detail"] == "the store cannot be used: database or disk is full"
    assert client.get("/Users")["totalResults"] == 1 + statuses.count(201)
    assert [name for name in names if client.found(f'userName eq "{name}"')] == names[: statuses.count(201)]
    store.close()


def test_every_index_has_its_column(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "data")
    columns = {row[1] for row in store._execute("PRAGMA table_info(resource)")}
    store.close()
    assert columns == {"number", "id", "kind", "version", "active", "body", *INDEXED}
    assert APPLICATION_ID.to_bytes(4, "big") == b"SCIM"


QUERIES = (
    "SELECT kind FROM resource WHERE id = 'x'",
    *(f"SELECT number FROM resource WHERE {name} = 'x' AND kind = 'User'" for name in INDEXED),
    "SELECT number FROM email JOIN resource USING (number) WHERE address = 'x' AND kind = 'User'",
    "SELECT body FROM member JOIN resource USING (number) WHERE member.id = 'x' ORDER BY number",
    "SELECT body FROM resource WHERE kind = 'User' AND number >= 5 ORDER BY number LIMIT 10",
    "SELECT block, amount FROM census WHERE kind = 'User' AND level = 8 AND block BETWEEN 1 AND 2 ORDER BY block",
)


@pytest.mark.parametrize("query", QUERIES)
def test_no_look_up_walks_or_sorts(tmp_path: Path, query: str) -> None:
    store = SqliteStore(tmp_path / "data")
    plan = [row[3] for row in store._execute(f"EXPLAIN QUERY PLAN {query}")]
    store.close()
    assert plan
    assert all(step.startswith("SEARCH") for step in plan), plan


def test_neither_look_ups_nor_pages_walk_through_all_users(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "data")
    counted = [0]

    def count() -> int:
        counted[0] += 1
        return 0

    def steps(users: int) -> list[int]:
        """How many steps of SQLite's machine, in tens, each look-up takes."""
        out = []
        for look_up in (
            lambda: store.find("User", "userName", "user7"),
            lambda: store.find("User", EMAIL, "user7@x.example"),
            lambda: store.get("User", "7"),
            lambda: store.count("User"),
            lambda: store.count_active("User"),
            lambda: store.page("User", 0, 10),
            lambda: store.page("User", users // 2, 10),
            lambda: store.page("User", users - 10, 10),
        ):
            counted[0] = 0
            look_up()
            out.append(counted[0])
        return out

    store._connection.set_progress_handler(count, 10)
    fill(store, 0, 20_000)
    *looked_up, first, middle, last = steps(20_000)
    store.close()
    assert max(looked_up) < 10
    assert max(first, middle, last) < 300


def fill(store: SqliteStore, first: int, end: int) -> None:
    with store.transaction():
        for number in range(first, end):
            name = f"user{number}"
            emails: list[Json] = [{"value": f"{name}@x.example"}]
            resource: dict[str, Json] = {"id": str(number), "userName": name, "emails": emails, "meta": {}}
            store.put(Record(kind="User", id=str(number), version=1, resource=resource))


def test_a_closed_store_answers_503(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "data")
    store.close()
    with pytest.raises(ScimError, match="Cannot operate on a closed database"):
        store.count("User")
