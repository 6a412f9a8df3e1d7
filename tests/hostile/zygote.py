"""Runs commands of scimctl in children of a process that has imported it, so that each costs milliseconds.

One line of JSON on stdin asks for a command; one on stdout tells how it ended. A child that takes too long is ended by
an alarm, and one that takes too much memory by a limit.
"""

import json
import os
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any

from scimctl.cli import app, run, run_setup, running, schemas, target, test_credentials  # noqa: F401 -- what the commands import
from scimctl.scenario.selection import load_bundled
from scimctl.wire import client  # noqa: F401 -- as above

MEMORY = 2 << 30
"""Bytes of address space that a command may have."""


def child(order: dict[str, Any]) -> None:
    """Becomes the command; does not return."""
    folder = Path(order["folder"])
    os.chdir(folder)
    for name, descriptor in (("stdout.txt", 1), ("stderr.txt", 2)):
        file = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(file, descriptor)
    os.environ.update(order["environment"])
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    signal.alarm(order["seconds"])
    code = app.run(order["arguments"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Takes orders until stdin ends."""
    load_bundled()
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        begun = time.perf_counter()
        number = os.fork()
        if number == 0:
            child(json.loads(line))
        _, status, used = os.wait4(number, 0)
        told = {
            "code": os.waitstatus_to_exitcode(status),
            "seconds": time.perf_counter() - begun,
            "megabytes": used.ru_maxrss / 1024,
        }
        answers.write(json.dumps(told) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
