"""What the benchmarks share: `scimctl serve` in a process of its own, and timing a command."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

TOKEN = "benchmark-token"


def environment(state: Path) -> dict[str, str]:
    """Ours without SCIMCTL_ variables, with the ledgers in `state`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SCIMCTL_")}
    return kept | {"XDG_STATE_HOME": str(state)}


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """The base URL of a fresh reference server, which is ended afterwards."""
    command = [sys.executable, "-m", "scimctl", "serve", "--port", "0", "--token", TOKEN]
    with (folder / "access.log").open("w") as log:
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=log, text=True, env=environment(folder))
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip().removeprefix("base_url: ")
    finally:
        process.terminate()
        process.communicate(timeout=5)


def timed(command: Sequence[str], folder: Path) -> float:
    """The seconds that a command takes from start to end; raises CalledProcessError when it fails."""
    began = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=environment(folder), cwd=folder)
    return time.perf_counter() - began
