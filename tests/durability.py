"""Kills a server on an SQLite file again and again in the middle of a write load, and looks at what is left.

`python -m tests.durability --kills 1000` prints what it did; it ends with 1 when something was lost or half written.
Each round forks a process that answers requests as fast as it can and tells of each before and after; it is killed at
a random moment. Then the file has to hold exactly what was acknowledged, with or without the one request on its way.
"""

import argparse
import json
import os
import random
import signal
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from scimctl.exchange import Headers, Request
from scimctl.scim import urns
from scimctl.server.core import ReferenceServer
from scimctl.server.settings import read_profile
from scimctl.server.sqlite_file import ACTIVE, LEVELS
from scimctl.server.sqlite_store import SqliteStore
from scimctl.server.store import EMAIL, INDEXED, Record, keys_of, members_of
from scimctl.server.tokens import Tokens

BASE_URL = "https://reference.invalid/scim/v2"
USERS, GROUPS = 60, 8
"""About how many of each there are, so that a look at all of them stays quick."""

LONGEST = 0.03
"""The most seconds that a server works before it is killed."""

Step = dict[str, Any]
State = dict[str, Any]


def after(state: State, step: Step) -> State:
    """What has to be stored once a step is done: a second opinion, in as few words as possible."""
    kept = {key: dict(value) for key, value in state["resources"].items()}
    ledger = list(state["ledger"])
    name, own = step["do"], kept.get(step["id"])
    if name == "create":
        kept[step["id"]] = {"version": 1, **step["fields"]}
        ledger += [(step["id"], "created")] if "userName" in step["fields"] else []
    elif name == "delete":
        is_user = "userName" in kept.pop(step["id"])
        ledger += [(step["id"], "deleted")] if is_user else []
        for other in kept.values():
            if step["id"] in other.get("members", ()):
                other |= {"members": [each for each in other["members"] if each != step["id"]]}
                other["version"] += 1
    elif own is not None:
        fields = step["fields"]
        if "active" in fields and fields["active"] != own["active"]:
            ledger.append((step["id"], "activated" if fields["active"] else "deactivated"))
        if fields.items() - own.items() if "members" not in fields else fields["members"] != own["members"]:
            kept[step["id"]] = {**own, **fields, "version": own["version"] + 1}
    return {"resources": kept, "ledger": ledger}


def next_steps(chosen: random.Random, state: State, number: int) -> list[Step]:
    """What the load does next: one request, or the operations of a bulk request."""
    if chosen.random() < 0.1:
        steps: list[Step] = []
        for part in range(3):
            steps.append(next_step(chosen, state, f"{number}-{part}"))
            state = after(state, steps[-1])
        return steps
    return [next_step(chosen, state, str(number))]


def next_step(chosen: random.Random, state: State, name: str) -> Step:
    users = [key for key, value in state["resources"].items() if "userName" in value]
    groups = [key for key, value in state["resources"].items() if "members" in value]
    kind = chosen.choices(("user", "group", "put", "patch", "members", "delete"), (4, 1, 3, 3, 4, 3))[0]
    if kind == "group" and len(groups) < GROUPS and users:
        members = sorted(chosen.sample(users, min(len(users), 3)))
        return {"do": "create", "id": f"g{name}", "fields": {"displayName": f"Team {name}", "members": members}}
    if kind == "members" and groups and users:
        group, user = chosen.choice(groups), chosen.choice(users)
        held = state["resources"][group]["members"]
        changed = [each for each in held if each != user] if user in held else [*held, user]
        return {"do": "members", "id": group, "user": user, "fields": {"members": changed}}
    if kind == "delete" and users:
        whom = chosen.choice(groups) if groups and chosen.random() < 0.1 else chosen.choice(users)
        return {"do": "delete", "id": whom, "fields": {}}
    if kind in ("put", "patch") and users:
        user = chosen.choice(users)
        fields = {"title": f"Title {name}", "active": chosen.random() < 0.5}
        if kind == "put":
            fields |= {"email": f"{name}@other.example", "userName": state["resources"][user]["userName"]}
        return {"do": kind, "id": user, "fields": fields}
    if len(users) < USERS:
        login = f"{name}@scimctl.example"
        fields = {"userName": login, "email": login, "title": "New", "active": True}
        return {"do": "create", "id": f"u{name}", "fields": fields}
    return {"do": "delete", "id": chosen.choice(users), "fields": {}}


def operation(state: State, step: Step) -> Step:
    """The step as an operation of a bulk request."""
    fields, name = step["fields"], step["do"]
    is_group = "members" in (fields or state["resources"].get(step["id"], {}))
    path = ("/Groups" if is_group else "/Users") + ("" if name == "create" else f"/{step['id']}")
    if name == "delete":
        return {"method": "DELETE", "path": path}
    if name == "members":
        is_new = step["user"] in fields["members"]
        change = {"op": "add", "path": "members", "value": [{"value": step["user"]}]}
        gone = {"op": "remove", "path": f'members[value eq "{step["user"]}"]'}
        return {"method": "PATCH", "path": path, "data": patch([change if is_new else gone])}
    if name == "patch":
        changes = [{"op": "replace", "path": key, "value": value} for key, value in fields.items()]
        return {"method": "PATCH", "path": path, "data": patch(changes)}
    rest = {key: value for key, value in fields.items() if key not in ("email", "members")}
    body: Step = {"schemas": [urns.GROUP if is_group else urns.USER], **rest}
    if "email" in fields:
        body["emails"] = [{"value": fields["email"], "primary": True}]
    if is_group:
        body["members"] = [{"value": member} for member in fields["members"]]
    return {"method": "POST" if name == "create" else "PUT", "path": path, "data": body, "bulkId": step["id"]}


def patch(operations: list[Step]) -> Step:
    return {"schemas": [urns.PATCH_OP], "Operations": operations}


def make_server(store: SqliteStore, ids: list[str]) -> ReferenceServer:
    """A server that bills and has groups, and takes the ids of new resources from a list."""
    profile = read_profile("wrike")
    assert profile.provisioning is not None
    rules = replace(profile.provisioning, seats=None, retain_empty=False)
    profile = replace(profile, provisioning=rules, resource_types=("User", "Group"), max_bulk_operations=10)
    return ReferenceServer(profile=profile, tokens=Tokens(("t",)), store=store, new_id=lambda: ids.pop(0))


def serve(path: Path, state: State, pipe: int, seed: int) -> None:
    """The load: tells of each request before and after, until it is killed."""
    chosen = random.Random(seed)
    ids: list[str] = []
    server = make_server(SqliteStore(path), ids)
    headers = Headers((("Authorization", "Bearer t"), ("Content-Type", "application/scim+json")))
    os.write(pipe, b'"ready"\n')
    for number in range(1_000_000):
        steps = next_steps(chosen, state, seed * 1_000_000 + number)
        os.write(pipe, json.dumps(steps).encode() + b"\n")
        operations: list[Step] = []
        for step in steps:
            operations.append(operation(state, step))
            state = after(state, step)
        ids[:] = [step["id"] for step in steps if step["do"] == "create"]
        if len(steps) == 1:
            (one,) = operations
            body = json.dumps(one["data"]).encode() if "data" in one else b""
            response = server.handle(Request(one["method"], one["path"], headers, body), base_url=BASE_URL)
            statuses = [response.status]
        else:
            body = json.dumps({"schemas": [urns.BULK_REQUEST], "Operations": operations}).encode()
            response = server.handle(Request("POST", "/Bulk", headers, body), base_url=BASE_URL)
            statuses = [int(each["status"]) for each in json.loads(response.body)["Operations"]]
        assert all(status in (200, 201, 204) for status in statuses), (operations, response.body)
        os.write(pipe, b'"done"\n')


def kill_one(path: Path, state: State, chosen: random.Random, seed: int) -> tuple[State, list[Step], int]:
    """One round: what was acknowledged, the request on its way, and how many were acknowledged."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            serve(path, state, writer, seed)
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader, "rb") as told:
        # Now and then the server is killed while it opens the file.
        if chosen.random() < 0.9:
            told.readline()
        time.sleep(chosen.random() * LONGEST)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        lines = [line for line in told.read().splitlines(keepends=True) if line.endswith(b"\n")]
    assert os.WIFSIGNALED(status), "the load ended by itself"
    waiting: list[Step] = []
    acknowledged = 0
    for message in map(json.loads, lines):
        if message == "done":
            for step in waiting:
                state = after(state, step)
            waiting, acknowledged = [], acknowledged + 1
        elif message != "ready":
            waiting = message
    return state, waiting, acknowledged


def stored(store: SqliteStore) -> State:
    """What is in the file, in the words of `after`."""
    resources = {record.id: told(record) for kind in ("User", "Group") for record in store.scan(kind)}
    return {"resources": resources, "ledger": [(entry.user_id, entry.event) for entry in store.billed()]}


def told(record: Record) -> Step:
    resource: Any = record.resource
    assert resource["meta"]["version"] == f'W/"{record.version}"'
    if record.kind == "Group":
        members = [entry["value"] for entry in resource.get("members", ())]
        return {"version": record.version, "displayName": resource["displayName"], "members": members}
    names = ("userName", "title", "active")
    return {"version": record.version, "email": resource["emails"][0]["value"]} | {
        name: resource[name] for name in names
    }


def differences_within(store: SqliteStore) -> list[str]:
    """Where tables of the file do not agree with each other."""
    wrong = [str(row) for row in store._execute("PRAGMA integrity_check") if row != ("ok",)]
    records = {kind: list(store.scan(kind)) for kind in ("User", "Group")}
    every = [record for kind in records.values() for record in kind]
    numbers: dict[str, int] = dict(store._execute("SELECT id, number FROM resource"))
    columns = {row[0]: row[1:] for row in store._execute(f"SELECT id, {', '.join(INDEXED)} FROM resource")}
    emails, members, census = set(), set(), Counter[tuple[str, int, int]]()
    for record in every:
        names = dict(keys_of(record))
        if columns[record.id] != tuple(names.get(name) for name in INDEXED):
            wrong.append(f"the columns of {record.id} are {columns[record.id]}")
        emails |= {(key, numbers[record.id]) for name, key in keys_of(record) if name == EMAIL}
        members |= {(member, numbers[record.id]) for member in members_of(record)}
        census.update((record.kind, level, numbers[record.id] >> level) for level in LEVELS)
        census[record.kind, ACTIVE, 0] += record.is_active
    if set(store._execute("SELECT * FROM email")) != emails:
        wrong.append("the e-mail addresses are others than those of the users")
    if set(store._execute("SELECT * FROM member")) != members:
        wrong.append("the members are others than those of the groups")
    counted = {row[:3]: row[3] for row in store._execute("SELECT * FROM census")}
    if any(counted.get(key, 0) != census.get(key, 0) for key in {*counted, *census}):
        wrong.append(f"the census is {counted}")
    missing = {member for member, _ in members} - set(numbers)
    return wrong + [f"{member} is a member and not there" for member in missing]


def judge(path: Path, expected: State, waiting: list[Step]) -> tuple[State, int]:
    """What the file holds, and how many steps of the request on its way are done; raises SystemExit if it is wrong."""
    possible = [expected]
    for step in waiting:
        possible.append(after(possible[-1], step))
    store = SqliteStore(path)
    found, wrong = stored(store), differences_within(store)
    store.close()
    # Of two equal states the earlier one is meant: the request changed nothing.
    done = next((number for number, state in enumerate(possible) if state == found), None)
    if done is None:
        keys = {*expected["resources"], *found["resources"]}
        pairs = ((key, expected["resources"].get(key), found["resources"].get(key)) for key in sorted(keys))
        wrong += [f"{key} was acknowledged as {one} and is {other}" for key, one, other in pairs if one != other]
        wrong.append(f"the ledger ends in {found['ledger'][-3:]}, not in {expected['ledger'][-3:]}")
    if wrong or done is None:
        raise SystemExit("\n".join([*wrong, f"on its way: {waiting}"]))
    return found, done


def run(kills: int, seed: int) -> str:
    """Kills so many servers, and says what happened."""
    chosen = random.Random(seed)
    state: State = {"resources": {}, "ledger": []}
    counts = Counter[str]()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data"
        for round_ in range(kills):
            state, waiting, acknowledged = kill_one(path, state, chosen, seed * 10_000 + round_)
            state, done = judge(path, state, waiting)
            counts["acknowledged"] += acknowledged
            counts["kept" if done else "undone"] += bool(waiting)
    seconds = time.perf_counter() - began
    return (
        f"{kills} kills in {seconds:.0f} s, seed {seed}: {counts['acknowledged']} writes acknowledged, none lost; "
        f"{counts['kept'] + counts['undone']} killed on their way, {counts['kept']} done at least in part, "
        f"{counts['undone']} undone, none half"
    )


def main(arguments: list[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=random.randrange(1000))
    options = parser.parse_args(arguments)
    sys.stdout.write(run(options.kills, options.seed) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
