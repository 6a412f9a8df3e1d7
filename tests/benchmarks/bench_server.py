"""The reference server beside scim2-server and SCIMMY, and by itself from 1,000 to 1,000,000 users.

`python -m tests.benchmarks.bench_server` compares at 10,000 users; `--users N` (repeatable) at other sizes,
`--fill-minutes N` says how long a rival may take to be filled. `--scale` measures `scimctl serve` alone, in memory and
on SQLite, at the sizes of `--users`.
"""

import argparse
import contextlib
import itertools
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from scimctl.scim import urns
from tests.benchmarks.load import Answer, exchange
from tests.benchmarks.rivals import RIVALS, Server, ours, pin, rival

CONNECTIONS = {"scim2-server": 2}
"""How many connections each server does best with; scim2-server lets no more than five wait, and drops the others."""

MOST_CONNECTIONS = 8

ROUNDS, SECONDS = 3, 1.0
WRITES = 300
"""The most creates of a round, so that the number of users hardly changes."""

BUDGETS = {"GET by id": 5, "userName eq": 5, "POST": 3}
"""How many times faster than scim2-server at 10,000 users (more than SCIMMY is asked for everywhere)."""


@dataclass(frozen=True, slots=True)
class Rate:
    """Requests per second over all connections, and the milliseconds that 99 of 100 stay below over a single one."""

    per_second: float
    p99: float


Requests = Iterator[bytes]
Row = tuple[str, Callable[[], Requests]]


def user(number: int) -> bytes:
    """The body of a user, the same for every server."""
    login = f"user{number}@people.example"
    return json.dumps(
        {
            "schemas": [urns.USER, urns.ENTERPRISE_USER],
            "userName": login,
            "externalId": f"00u{number:017d}",
            "name": {"givenName": "Ada", "familyName": f"Lovelace {number}"},
            "displayName": f"Ada Lovelace {number}",
            "emails": [{"value": login, "type": "work", "primary": True}],
            "title": "Software Engineer",
            "active": True,
            urns.ENTERPRISE_USER: {"department": "Engineering", "organization": "Example Works"},
        }
    ).encode()


def retitle(number: int) -> bytes:
    operation = {"op": "replace", "path": "title", "value": f"Title {number}"}
    return json.dumps({"schemas": [urns.PATCH_OP], "Operations": [operation]}).encode()


def eq(attribute: str, value: str) -> str:
    return "/Users?filter=" + quote(f'{attribute} eq "{value}"', safe="")


def fill(server: Server, count: int, seconds: float) -> list[str]:
    """Creates users, and returns their ids; fewer than `count` when the time is over."""
    end = time.perf_counter() + seconds
    numbers = itertools.takewhile(lambda _: time.perf_counter() < end, range(count))
    creates = (server.target.request("POST", "/Users", user(number)) for number in numbers)
    answers = exchange(server.target, creates, connections_of(server))
    return [str(json.loads(answer.body)["id"]) for answer in answers]


def connections_of(server: Server) -> int:
    return CONNECTIONS.get(server.name, MOST_CONNECTIONS)


def rows(server: Server, ids: list[str], fresh: Iterator[int]) -> list[Row]:
    """What is compared: an endless stream of requests each, but for creates."""
    chosen, request = random.Random(7), server.target.request
    count = len(ids)

    def endless(make: Callable[[], bytes]) -> Callable[[], Requests]:
        return lambda: (make() for _ in itertools.count())

    def name() -> str:
        return f"user{chosen.randrange(count)}@people.example"

    def page() -> int:
        return chosen.randrange(1, max(2, count - 100))

    return [
        ("GET by id", endless(lambda: request("GET", f"/Users/{chosen.choice(ids)}"))),
        ("userName eq", endless(lambda: request("GET", eq("userName", name())))),
        ("POST", lambda: (request("POST", "/Users", user(number)) for number in itertools.islice(fresh, WRITES))),
        ("PATCH", endless(lambda: request("PATCH", f"/Users/{chosen.choice(ids)}", retitle(chosen.randrange(10**9))))),
        ("list of 100", endless(lambda: request("GET", f"/Users?startIndex={page()}&count=100"))),
    ]


def measure(server: Server, make: Callable[[], Requests]) -> Rate:
    """Measures both for SECONDS each; raises RuntimeError for an error answer."""
    answers, elapsed = sent(server, make(), connections_of(server))
    seconds = sorted(answer.seconds for answer in sent(server, make(), 1)[0])
    return Rate(len(answers) / elapsed, seconds[int(len(seconds) * 0.99)] * 1000)


def sent(server: Server, requests: Requests, connections: int) -> tuple[list[Answer], float]:
    """Sends requests for SECONDS, and what was begun by then to its end: the answers, and the seconds it took."""
    began = time.perf_counter()
    timely = itertools.takewhile(lambda _: time.perf_counter() - began < SECONDS, requests)
    answers: list[Answer] = []
    for answer in exchange(server.target, timely, connections):
        if answer.status >= 300:
            raise RuntimeError(f"{server.name} answered {answer.status}: {answer.body[:200]!r}")
        answers.append(answer)
    return answers, time.perf_counter() - began


def delays(server: Server, make: Callable[[], Requests]) -> tuple[float, float]:
    """The milliseconds that half of the answers take, and 99 of 100, over a single connection for all rounds."""
    answers = [answer for _ in range(ROUNDS) for answer in sent(server, make(), 1)[0]]
    seconds = sorted(answer.seconds for answer in answers)
    return seconds[len(seconds) // 2] * 1000, seconds[int(len(seconds) * 0.99)] * 1000


def medians(rates: list[Rate]) -> Rate:
    return Rate(statistics.median(each.per_second for each in rates), statistics.median(each.p99 for each in rates))


def compare(folder: Path, count: int, seconds: float) -> None:
    """Fills every server, measures row by row in turns, and prints the medians and how many times faster we are."""
    with contextlib.ExitStack() as stack:
        started = [stack.enter_context(ours(folder))]
        started += [each for name in RIVALS if (each := stack.enter_context(rival(name))) is not None]
        print(f"\n{count} users; requests/s and p99 in ms, medians of {ROUNDS} rounds; load {load()}")
        tables: dict[str, list[Row]] = {}
        for server in started:
            began = time.perf_counter()
            ids = fill(server, count, seconds)
            note = "" if len(ids) == count else f" (all that were possible in {seconds / 60:.0f} minutes)"
            print(f"  {server.name}: {len(ids)} users in {time.perf_counter() - began:.0f} s{note}")
            tables[server.name] = rows(server, ids, itertools.count(10**9))
        print(
            f"  {'':12}" + "".join(f"{server.name:>22}{'ratio' if at else '':>8}" for at, server in enumerate(started))
        )
        for number, (label, _) in enumerate(tables["scimctl"]):
            rounds = [[measure(each, tables[each.name][number][1]) for each in started] for _ in range(ROUNDS)]
            print_row(label, [medians(list(column)) for column in zip(*rounds, strict=True)])


def print_row(label: str, rates: list[Rate]) -> None:
    line = f"  {label:12}"
    for at, rate in enumerate(rates):
        line += f"{rate.per_second:12.1f} {rate.p99:9.1f}"
        line += f"{rates[0].per_second / rate.per_second:8.1f}" if at else ""
    budget = f"   budget {BUDGETS[label]} × scim2-server" if label in BUDGETS else ""
    print(line + budget, flush=True)


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


@dataclass(frozen=True, slots=True)
class Known:
    """A user to look for."""

    id: str
    user_name: str
    external_id: str
    display_name: str


def known(server: Server, count: int) -> list[Known]:
    """Two hundred users from all over the list."""
    found: list[Known] = []
    starts = sorted({random.Random(5).randrange(1, count - 9) for _ in range(20)} | {1})
    pages = (server.target.request("GET", f"/Users?startIndex={start}&count=10") for start in starts)
    for answer in exchange(server.target, pages, 1):
        for each in json.loads(answer.body)["Resources"]:
            found.append(Known(each["id"], each["userName"], each["externalId"], each["displayName"]))
    return found


def scale_rows(server: Server, count: int) -> list[Row]:
    users, request, chosen = known(server, count), server.target.request, random.Random(3)
    fresh = itertools.count(random.Random(time.time_ns()).randrange(10**12) + 10**12)

    def endless(make: Callable[[Known], bytes]) -> Callable[[], Requests]:
        return lambda: (make(chosen.choice(users)) for _ in itertools.count())

    def page(start: int) -> tuple[str, Callable[[], Requests]]:
        label = {1: "first page", count // 2: "middle page"}.get(start, "last page")
        return label, endless(lambda _: request("GET", f"/Users?startIndex={start}&count=100"))

    return [
        ("GET by id", endless(lambda one: request("GET", f"/Users/{one.id}"))),
        ("userName eq", endless(lambda one: request("GET", eq("userName", one.user_name)))),
        ("externalId eq", endless(lambda one: request("GET", eq("externalId", one.external_id)))),
        ("displayName eq", endless(lambda one: request("GET", eq("displayName", one.display_name)))),
        *(page(start) for start in (1, count // 2, count - 99)),
        ("POST", lambda: (request("POST", "/Users", user(number)) for number in itertools.islice(fresh, WRITES))),
        ("PATCH", endless(lambda one: request("PATCH", f"/Users/{one.id}", retitle(chosen.randrange(10**9))))),
    ]


def scale(folder: Path, sizes: list[int], *options: str) -> None:
    """Prints the delays at every size, and what a user takes of memory and of the disk."""
    table: dict[str, list[str]] = {}
    with ours(folder) as empty:
        base = empty.memory()
    for count in sizes:
        for file in folder.glob("data*"):
            file.unlink()
        began = time.perf_counter()
        with ours(folder, "--seed-users", str(count), *options) as server:
            table.setdefault("seconds to start", []).append(f"{time.perf_counter() - began:.1f}")
            table.setdefault("KiB a user", []).append(f"{(server.memory() - base) / count / 1024:.2f}")
            for label, requests in scale_rows(server, count):
                half, nearly_all = delays(server, requests)
                table.setdefault(label, []).append(f"{half:.2f} {nearly_all:5.1f}")
        size = sum(file.stat().st_size for file in folder.glob("data*"))
        if size:
            table.setdefault("KiB a user on disk", []).append(f"{size / count / 1024:.2f}")
    print(f"\nscimctl serve {' '.join(options[:1])}; p50 and p99 in ms over one connection; load {load()}")
    print(f"  {'users':20}" + "".join(f"{size:>18}" for size in sizes))
    for label, values in table.items():
        print(f"  {label:20}" + "".join(f"{value:>18}" for value in values), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--users", type=int, action="append")
    parser.add_argument("--fill-minutes", type=float, default=10)
    parser.add_argument("--scale", action="store_true")
    options = parser.parse_args()
    pin(1)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.scale:
            sizes = options.users or [1000, 10_000, 100_000, 1_000_000]
            scale(folder, sizes)
            scale(folder, sizes, "--data", str(folder / "data"))
            return
        for count in options.users or [10_000]:
            compare(folder, count, options.fill_minutes * 60)


if __name__ == "__main__":
    main()
