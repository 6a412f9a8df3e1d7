"""What an SQLite store acknowledged outlives the process; `tests/durability.py` says how this is found out."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

KILLS = os.environ.get("SCIMCTL_TEST_KILLS", "10")


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the load is a forked process")
def test_no_acknowledged_write_is_lost_by_kill_9() -> None:
    # In a process of its own, because one with threads should not fork.
    command = [sys.executable, "-m", "tests.durability", "--kills", KILLS]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=Path(__file__).parents[3])
    assert done.returncode == 0, done.stderr
    told = re.fullmatch(rf"{KILLS} kills in \d+ s, seed \d+: (\d+) writes acknowledged, none lost; .*\n", done.stdout)
    assert told, done.stdout
    assert int(told[1]) > 0
