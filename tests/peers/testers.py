"""The testers that are compared: the command that each is run by, and what its own report says."""

import json
import re
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.serving import environment

PACKAGES = {"scim2-tester": "0.5.2", "scim2-cli": "0.6.0", "scim-sanity": "0.7.4"}
"""What is installed for the comparison; scim2-cli is the command that runs scim2-tester."""
LIMIT = 300
"""Seconds after which a tester is given up."""

_RUN = (sys.executable, "-m", "scimctl", "run", "all", "--yes", "--report", "json=report.json")
_RESULT = re.compile(
    r"^(?P<status>SUCCESS|COMPLIANT|ACCEPTABLE|DEVIATION|ERROR|CRITICAL|SKIPPED) (?P<name>\w+)$", re.MULTILINE
)
_COLOUR = re.compile(r"\x1b\[\d*m")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a tester said of a server.

    `failed` and `warned` name its failures and its weaker words, each as often as it was said. Without a report,
    `checks` is None: the tester ended early, and said so by its exit code alone.
    """

    checks: int | None
    failed: Counter[str]
    warned: Counter[str]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Tester:
    """A tester: its command, given a base URL and a token, and how its report is read.

    `in_process` is the command for a fault of a tester that has the reference server within itself; `more_tokens` are
    options with the tokens that the reference server accepts beside the first.
    """

    name: str
    command: Callable[[str, str], Sequence[str]]
    read: Callable[[str, Path], tuple[int, Counter[str], Counter[str]] | None]
    in_process: Callable[[str], Sequence[str]] | None = None
    more_tokens: Sequence[str] = ()

    def ask(self, command: Sequence[str], folder: Path) -> Told:
        """Runs a command in `folder`, and reads what it left there or wrote."""
        began = time.perf_counter()
        try:
            done = subprocess.run(
                command,
                capture_output=True,
                text=True,
                cwd=folder,
                env=_environment(folder),
                timeout=LIMIT,
                check=False,
            )
            text, is_wrong = _COLOUR.sub("", done.stdout), done.returncode != 0
        except subprocess.TimeoutExpired:
            text, is_wrong = "", True
        seconds = time.perf_counter() - began
        read = self.read(text, folder)
        if read is None:
            return Told(checks=None, failed=Counter({"no report": int(is_wrong)}), warned=Counter(), seconds=seconds)
        checks, failed, warned = read
        return Told(checks=checks, failed=+failed, warned=+warned, seconds=seconds)


def testers(peers: Path) -> tuple[Tester, ...]:
    """The three testers; `peers` is the folder with the commands of the other two."""
    return (
        Tester(
            name="scimctl",
            command=lambda base_url, token: [*_RUN, "--base-url", base_url, "--token", token],
            read=_read_ours,
            # One new failure is enough, so a run may end with it; a warning takes a whole run.
            in_process=lambda fault: [*_RUN, "--reference", "--fault", fault, "--max-failures", "1"],
            more_tokens=("--read-only-token", "read-only", "--other-token", "other-tenant"),
        ),
        Tester(
            name="scim2-tester",
            command=lambda base_url, token: [
                *(str(peers / "scim2"), "--url", base_url, "--header", f"Authorization: Bearer {token}", "test")
            ],
            read=_read_scim2_tester,
        ),
        Tester(
            name="scim-sanity",
            command=lambda base_url, token: [
                *(str(peers / "scim-sanity"), "probe", base_url, "--token", token),
                *("--json-output", "--i-accept-side-effects"),
            ],
            read=_read_scim_sanity,
        ),
    )


def _environment(folder: Path) -> Mapping[str, str]:
    # Our own package is found from wherever the tester runs.
    return environment(folder) | {"PYTHONPATH": str(Path(__file__).parents[2])}


def _read_ours(_: str, folder: Path) -> tuple[int, Counter[str], Counter[str]] | None:
    path = folder / "report.json"
    if not path.exists():
        return None
    findings = json.loads(path.read_text("utf-8"))["findings"]
    path.unlink()
    named = [(f"{one['scenario']}: {one['check']} {one['requirement']}", one["verdict"]) for one in findings]
    failed = Counter(name for name, verdict in named if verdict == "FAILED")
    return len(named), failed, Counter(name for name, verdict in named if verdict in ("WARNED", "NOTED"))


def _read_scim2_tester(text: str, _: Path) -> tuple[int, Counter[str], Counter[str]] | None:
    results = [(found["status"], found["name"]) for found in _RESULT.finditer(text)]
    if not results:
        return None
    failed = Counter(name for status, name in results if status in ("ERROR", "CRITICAL"))
    warned = Counter(name for status, name in results if status == "DEVIATION")
    return sum(status != "SKIPPED" for status, _ in results), failed, warned


def _read_scim_sanity(text: str, _: Path) -> tuple[int, Counter[str], Counter[str]] | None:
    start = text.find("{")
    try:
        results = json.loads(text[start:])["results"] if start >= 0 else None
    except (ValueError, KeyError):
        return None
    if results is None:
        return None
    failed = Counter(one["name"] for one in results if one["status"] in ("fail", "error"))
    warned = Counter(one["name"] for one in results if one["status"] not in ("fail", "error", "pass", "skip"))
    return sum(one["status"] != "skip" for one in results), failed, warned
