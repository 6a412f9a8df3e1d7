"""Starting `scimctl serve` and the servers that it is compared with, each in a process on one core."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.benchmarks.load import Target
from tests.benchmarks.serving import TOKEN, environment

SCRIPTS = Path(__file__).parents[3] / "shared" / "servers"
RIVALS = {"scim2-server": 19381, "scimmy": 19385}
"""The rivals that have a start script, each with the port it gets."""

PAGE = os.sysconf("SC_PAGESIZE")


class Server:
    """A server under load, with the process that it runs in."""

    def __init__(self, name: str, target: Target, pid: int) -> None:
        self.name = name
        self.target = target
        self.pid = pid

    def memory(self) -> int:
        """The bytes of memory that the process holds."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * PAGE


def pin(core: int) -> None:
    """Keeps this process on one core, where there are several."""
    if (os.cpu_count() or 1) > core:
        os.sched_setaffinity(0, {core})


def on_core(command: Sequence[str], core: int) -> list[str]:
    """The command on that core."""
    return ["taskset", "-c", str(core), *command] if (os.cpu_count() or 1) > core else list(command)


@contextlib.contextmanager
def ours(folder: Path, *options: str) -> Iterator[Server]:
    """`scimctl serve`, up once the users that it was told to make are there."""
    command = [sys.executable, "-m", "scimctl", "serve", "--port", "0", "--token", TOKEN, *options]
    with (folder / "access.log").open("w") as log:
        process = subprocess.Popen(
            on_core(command, 0), stdout=subprocess.PIPE, stderr=log, text=True, env=environment(folder)
        )
    try:
        assert process.stdout is not None
        base_url = process.stdout.readline().strip().removeprefix("base_url: ")
        yield Server("scimctl", Target(base_url, TOKEN), process.pid)
    finally:
        process.terminate()
        process.communicate(timeout=30)


@contextlib.contextmanager
def rival(name: str) -> Iterator[Server | None]:
    """A rival, fresh and empty; None, with a word about it, where it cannot be started."""
    script = SCRIPTS / f"{name}.sh"
    if not script.exists():
        print(f"{name} is not compared with: there is no {script.name} in shared/servers")
        yield None
        return
    port = RIVALS[name]
    done = subprocess.run(on_core([str(script), str(port)], 0), stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        print(f"{name} is not compared with: its start script failed")
        yield None
        return
    told = dict(word.split("=", 1) for word in done.stdout.split())
    try:
        yield Server(name, Target(told["BASE_URL"], told["TOKEN"]), int(told["PID"]))
    finally:
        stop = [str(SCRIPTS / "stop.sh"), name, str(port)]
        subprocess.run(stop, stdout=subprocess.DEVNULL, check=True)
