"""The zoo: every hostile server, and what a command made of it."""

import contextlib
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.hostile import contents, handshakes, lines, messages
from tests.hostile.cases import Case, Site, Zoo
from tests.hostile.messages import TOKEN

COMMANDS = ("test-credentials", "run", "schemas pull")
SECONDS = 60
"""After which a command counts as one that hangs."""


@cache
def cases() -> dict[str, Case]:
    """Every case by name."""
    zoo = Zoo()
    for module in (handshakes, lines, messages, contents):
        module.add_to(zoo)
    return zoo.cases


class Keeper:
    """Runs commands one after the other in a process that has scimctl imported."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.hostile.zygote"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )

    def run(self, arguments: list[str], folder: Path, environment: dict[str, str]) -> dict[str, Any]:
        """How a command ended; its output is in the folder."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        order = {"arguments": arguments, "folder": str(folder), "environment": environment, "seconds": SECONDS}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        assert isinstance(told, dict)
        return told

    def close(self) -> None:
        """Ends the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(10)


@contextlib.contextmanager
def keeper() -> Iterator[Keeper]:
    """A keeper, ended with the block."""
    made = Keeper()
    try:
        yield made
    finally:
        made.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """What one command made of one server; `left` is how many of our accounts the server still has."""

    code: int
    seconds: float
    megabytes: float
    out: str
    err: str
    files: str
    report: dict[str, Any]
    left: int

    @property
    def everything(self) -> str:
        """All that was shown or written."""
        return self.out + self.err + self.files


def visit(case: Case, command: str, made: Keeper, folder: Path) -> Visit:
    """Runs one command against one server."""
    with case.start() as site:
        told = made.run(_arguments(case, command, site), folder, _environment(folder))
        left = site.left()
    report = folder / "report.json"
    written = [path.read_text("utf-8", "replace") for path in folder.rglob("*") if path.is_file()]
    return Visit(
        code=told["code"],
        seconds=told["seconds"],
        megabytes=told["megabytes"],
        out=(folder / "stdout.txt").read_text("utf-8", "replace"),
        err=(folder / "stderr.txt").read_text("utf-8", "replace"),
        files="".join(written),
        report=json.loads(report.read_text("utf-8")) if report.exists() else {},
        left=left,
    )


def _arguments(case: Case, command: str, site: Site) -> list[str]:
    own: list[str] = []
    if command == "run":
        reports = [f"--report={name}=report.{name}" for name in ("json", "jsonl", "junit")]
        own = [*case.plays, "--seed", case.name, "--yes", *reports]
    options = ["--base-url", site.base_url, "--timeout", str(case.timeout), *site.options]
    if "--token" not in options:
        options += ["--token", TOKEN]
    return [*command.split(), *own, *options]


def _environment(folder: Path) -> dict[str, str]:
    return {"XDG_STATE_HOME": str(folder / "state"), "NO_COLOR": "1", "COLUMNS": "100"}


def said(command: str, seen: Visit) -> str:
    """What a command came to in a line: that of a finding for `run`, the headline or the last line for the others."""
    text = _finding(seen.report) if command == "run" else _line(command, seen)
    text = re.sub(r"(?<=\.0\.1:)\d+", "PORT", " ".join(text.split()))
    text = text.encode("utf-8", "backslashreplace").decode()
    text = re.sub(r"scimctl-[0-9a-f]{12}", "scimctl-…", text)
    text = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)
    return text if len(text) <= 160 else text[:159] + "…"


def _line(command: str, seen: Visit) -> str:
    lines_seen = [line for line in (seen.err if command == "schemas pull" else seen.out).splitlines() if line.strip()]
    if command == "schemas pull":
        return re.sub(r"^http\S+ ", "", lines_seen[-1]) if lines_seen else "the schemas"
    found = next((line for line in lines_seen if line.startswith(("PASSES", "FAILS", "UNREACHABLE"))), "")
    return found.partition("  ")[2]


def _finding(report: dict[str, Any]) -> str:
    for verdict in ("FAILED", "UNKNOWN", "WARNED"):
        for found in report.get("findings", []):
            if found["verdict"] == verdict:
                return f"{found['title']}: expected {found['expected']}, got {found['actual']}"
    reasons = [scenario["reason"] for scenario in report.get("scenarios", []) if scenario["reason"]]
    return str(reasons[0]) if reasons else "nothing wrong"
