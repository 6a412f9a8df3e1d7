"""scimctl beside two other testers, on the same faults and on the same servers.

`python -m tests.peers.compare` starts `scimctl serve` afresh for each tester: without a fault in each of three
profiles, then once for each fault. Beside the checkout it looks for `shared/servers`, and asks the servers there too.
What came is written to `results.json`, piece by piece, and what is there already is not measured again; `docs/peers.md`
is made from it. `--peers FOLDER` names the folder with the commands `scim2` and `scim-sanity`; without it they are
installed from PyPI into a temporary environment.
"""

import argparse
import contextlib
import datetime
import json
import os
import platform
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from scimctl.server.faults.catalogue import visible
from tests.benchmarks.rivals import RIVALS, rival
from tests.benchmarks.serving import TOKEN, environment
from tests.peers.testers import PACKAGES, Tester, Told, testers

RESULTS = Path(__file__).parent / "results.json"
PROFILES = ("standard", "minimal", "okta-strict")
AT_ONCE = 2
"""How many servers with a fault are tested side by side."""
STRIDE = 8
ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def serving(folder: Path, *options: str) -> Iterator[str]:
    """The base URL of a fresh reference server with tokens for everything that a tester may ask with."""
    command = [
        *(sys.executable, "-m", "scimctl", "serve", "--port", "0", "--token", TOKEN),
        *("--read-only-token", "read-only", "--tenant", "other=other-tenant", *options),
    ]
    with (folder / "access.log").open("w") as log:
        process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment(folder), cwd=ROOT
        )
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip().removeprefix("base_url: ")
    finally:
        process.terminate()
        process.communicate(timeout=10)


def on_reference(tester: Tester, *served: str) -> Told:
    """What a tester says of a fresh reference server."""
    with tempfile.TemporaryDirectory() as name, serving(Path(name), *served) as base_url:
        return tester.ask([*tester.command(base_url, TOKEN), *tester.more_tokens], Path(name))


def plain(told: Told) -> dict[str, Any]:
    """What a tester said, as JSON."""
    return {
        "checks": told.checks,
        "failed": sum(told.failed.values()),
        "warned": sum(told.warned.values()),
        "kinds": len(told.failed),
        "seconds": round(told.seconds, 2),
    }


def found(tester: Tester, fault: str, clean: Told) -> dict[str, Any]:
    """What a tester makes of a fault: new failures, new weaker words, whether there was a report, an example."""
    if tester.in_process is None:
        told = on_reference(tester, "--fault", fault)
    else:
        with tempfile.TemporaryDirectory() as name:
            told = tester.ask(tester.in_process(fault), Path(name))
    failed, warned = told.failed - clean.failed, told.warned - clean.warned
    return {
        "failed": bool(failed),
        "warned": bool(warned),
        "report": told.checks is not None,
        "example": next(iter(failed or warned), ""),
        "seconds": round(told.seconds, 2),
    }


def spread() -> list[str]:
    """The faults in an order in which each part has something of each area, so that a part can stand for the whole."""
    return [name for start in range(STRIDE) for name in visible()[start::STRIDE]]


def all_found(many: Sequence[Tester], clean: dict[str, Told], rows: dict[str, Any]) -> Iterator[None]:
    """Puts each fault that `rows` has not yet into it, with what each tester makes of it; yields after each."""

    def one(fault: str) -> tuple[str, dict[str, Any]]:
        return fault, {tester.name: found(tester, fault, clean[tester.name]) for tester in many}

    with ThreadPoolExecutor(AT_ONCE) as pool:
        for fault, row in pool.map(one, [name for name in spread() if name not in rows]):
            rows[fault] = row
            told = ("FAILED" if one["failed"] else "warned" if one["warned"] else "-" for one in row.values())
            sys.stdout.write(f"{fault}: {' '.join(told)}\n")
            sys.stdout.flush()
            yield


def outside(many: Sequence[Tester]) -> dict[str, Any]:
    """What each tester says of each outside server, fresh for each."""
    told: dict[str, Any] = {}
    for name in RIVALS:
        for tester in many:
            with rival(name) as server, tempfile.TemporaryDirectory() as folder:
                if server is not None:
                    answer = tester.ask(tester.command(server.target.base_url, server.target.token), Path(folder))
                    told.setdefault(name, {})[tester.name] = plain(answer)
    return told


@contextlib.contextmanager
def commands(folder: Path | None) -> Iterator[Path]:
    """The folder with the commands of the other testers, installed where none is given."""
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory() as name:
        venv.create(name, with_pip=True)
        wanted = [f"{package}=={version}" for package, version in PACKAGES.items()]
        subprocess.run([Path(name) / "bin" / "pip", "install", "--quiet", *wanted], check=True)
        yield Path(name) / "bin"


def measure(many: Sequence[Tester], results: dict[str, Any]) -> Iterator[None]:
    """Adds to `results` what is not there yet, and yields after each piece that is worth keeping."""
    load = os.getloadavg()[0]
    asked = [(profile, one) for profile in PROFILES for one in many]
    # One after the other: the seconds of these are shown.
    told = [on_reference(one, "--profile", profile) for profile, one in asked]
    clean = {one.name: answer for (profile, one), answer in zip(asked, told, strict=True) if profile == "standard"}
    results |= {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "cores": os.cpu_count(),
        "load": round(load, 1),
        "packages": PACKAGES,
        "clean": {profile: {} for profile in PROFILES},
    }
    for (profile, one), answer in zip(asked, told, strict=True):
        results["clean"][profile][one.name] = plain(answer)
    yield
    if "servers" not in results:
        results["servers"] = outside(many)
        yield
    yield from all_found(many, clean, results.setdefault("faults", {}))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peers", type=Path, help="the folder with the commands scim2 and scim-sanity")
    arguments = parser.parse_args()
    results: dict[str, Any] = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {}
    with commands(arguments.peers) as folder:
        for _ in measure(testers(folder), results):
            RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
