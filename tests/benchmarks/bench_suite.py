"""Suites over a socket, beside a bare replay of their requests and beside scim2-tester.

`python -m tests.benchmarks.bench_suite [SELECTOR…]` compares with the replay, all suites where none is named; with
`--scim2-tester` it also installs scim2-tester from PyPI into a temporary environment and compares checks per second.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
import venv
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from tests.benchmarks.serving import TOKEN, environment, serving, timed

RUNS = 5
BUDGET = 1.5
CHECKS_BUDGET = 10
TESTER = ("scim2-tester==0.5.2", "scim2-client[httpx2]")
ROOT = Path(__file__).parents[2]
# What the client writes itself.
OWN = frozenset({"host", "content-length", "connection", "accept-encoding"})
ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

TESTER_RUN = """
import sys, time
from httpx2 import Client
from scim2_client.engines.httpx2 import SyncSCIMClient
from scim2_tester import check_server
from scim2_tester.utils import Status

base_url, token = sys.argv[1:]
with Client(base_url=base_url, headers={"Authorization": f"Bearer {token}"}) as client:
    began = time.perf_counter()
    scim = SyncSCIMClient(client)
    scim.discover()
    results = check_server(scim, raise_exceptions=False)
    seconds = time.perf_counter() - began
print(sum(1 for result in results if result.status is not Status.SKIPPED), seconds)
"""


def play(folder: Path, report: str, *arguments: str) -> float:
    """Plays suites against a fresh server, and returns the seconds of the whole process."""
    with serving(folder) as base_url:
        command = [sys.executable, "-m", "scimctl", "run", "--base-url", base_url, "--token", TOKEN, *arguments]
        return timed([*command, "--report", report], folder)


def record(folder: Path, suites: Sequence[str]) -> Path:
    """Plays the suites and keeps their requests, each with the status and the id that it got."""
    play(folder, "jsonl=events.jsonl", *suites)
    events = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    done = [event for event in events if event["event"] == "exchange-done" and event["response"] is not None]
    kept = [[event["request"], event["response"]["status"], made_id(event["response"]["body"])] for event in done]
    recording = folder / "requests.json"
    recording.write_text(json.dumps(kept))
    return recording


def made_id(body: str) -> str | None:
    """The id of the resource in an answer."""
    value = json.loads(body) if body.startswith("{") else None
    return value.get("id") if isinstance(value, dict) else None


def replay(recording: Path, base_url: str) -> tuple[float, int]:
    """Sends what was recorded through one bare client: the seconds of the requests, and how many statuses differ.

    The fresh server gives ids of its own, so an id of the recording gives way to the one that the same create got.
    """
    recorded = json.loads(recording.read_text())
    path = urlsplit(base_url).path
    ids: dict[str, str] = {}
    seconds, different = 0.0, 0
    with httpx.Client(headers={"Authorization": f"Bearer {TOKEN}"}, timeout=60) as client:
        for request, status, identifier in recorded:
            target, body = (
                ID.sub(lambda found: ids.get(found[0], found[0]), text)
                for text in (request["url"].partition(path)[2], request["body"])
            )
            headers = [(name, value) for name, value in request["headers"] if name.lower() not in OWN]
            began = time.perf_counter()
            answer = client.request(request["method"], base_url + target, headers=headers, content=body.encode())
            seconds += time.perf_counter() - began
            different += answer.status_code != status
            if request["method"] == "POST" and identifier and (given := made_id(answer.text)):
                ids[identifier] = given
    return seconds, different


def replayed(folder: Path, recording: Path) -> tuple[float, float, int]:
    """A replay in a process of its own: the seconds of its requests, of the whole process, and differing statuses."""
    with serving(folder) as base_url:
        command = [sys.executable, "-m", "tests.benchmarks.bench_suite", "--replay", str(recording), base_url]
        began = time.perf_counter()
        done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, env=environment(folder))
        whole = time.perf_counter() - began
    seconds, different = json.loads(done.stdout)
    return seconds, whole, different


def played(folder: Path, *arguments: str) -> tuple[float, float, dict[str, Any]]:
    """A run in a process of its own: the seconds in its report, of the whole process, and the report."""
    whole = play(folder, "json=report.json", *arguments)
    report = json.loads((folder / "report.json").read_text())
    return report["duration_seconds"], whole, report


def compare_with_replay(folder: Path, suites: Sequence[str]) -> None:
    """Plays and replays in turns, and prints the medians."""
    recording = record(folder, suites)
    rounds = [(played(folder, *suites), replayed(folder, recording)) for _ in range(RUNS)]
    runs, replays = zip(*rounds, strict=True)
    ours, bare = (statistics.median(one[0] for one in many) for many in (runs, replays))
    ours_whole, bare_whole = (statistics.median(one[1] for one in many) for many in (runs, replays))
    report = runs[-1][2]
    print(f"{' '.join(suites):16} {ours:6.2f} s    {report['requests']} requests, {len(report['findings'])} checks")
    print(f"bare replay      {bare:6.2f} s    {max(one[2] for one in replays)} statuses differ; medians of {RUNS}")
    print(f"ratio            {ours / bare:6.2f}      budget {BUDGET}")
    print(f"whole process    {ours_whole:6.2f} s    and {bare_whole:.2f} s: ratio {ours_whole / bare_whole:.2f}")


def rate(folder: Path, *arguments: str) -> float:
    """The checks per second of a run."""
    seconds, _, report = played(folder, *arguments)
    return len(report["findings"]) / seconds


def tester_rate(folder: Path) -> float:
    """The checks per second of scim2-tester against a fresh server."""
    with serving(folder) as base_url:
        command = [folder / "venv" / "bin" / "python", "tester.py", base_url, TOKEN]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=folder)
    checks, seconds = map(float, done.stdout.split())
    return checks / seconds


def compare_with_tester(folder: Path, suites: Sequence[str]) -> None:
    """Installs scim2-tester into an environment of its own, runs both in turns, and prints the medians."""
    venv.create(folder / "venv", with_pip=True)
    python = folder / "venv" / "bin" / "python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", *TESTER], check=True)
    (folder / "tester.py").write_text(TESTER_RUN)
    rounds = [(rate(folder, *suites), rate(folder, *suites, "-j", "4"), tester_rate(folder)) for _ in range(RUNS)]
    ours, side_by_side, theirs = (statistics.median(column) for column in zip(*rounds, strict=True))
    print(f"scimctl          {ours:6.0f} checks/s   -j 4: {side_by_side:.0f}")
    print(f"scim2-tester     {theirs:6.0f} checks/s")
    print(f"ratio            {ours / theirs:6.1f}      -j 4: {side_by_side / theirs:.1f}; budget {CHECKS_BUDGET}")


def main(arguments: list[str]) -> None:
    if arguments[:1] == ["--replay"]:
        print(json.dumps(replay(Path(arguments[1]), arguments[2])))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("suites", nargs="*", default=["all"], help="what to run, as `scimctl run` takes it")
    parser.add_argument("--scim2-tester", action="store_true", help="compares the checks per second too")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        compare_with_replay(Path(name), asked.suites)
        if asked.scim2_tester:
            compare_with_tester(Path(name), asked.suites)


if __name__ == "__main__":
    main(sys.argv[1:])
