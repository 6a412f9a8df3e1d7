"""Prints what every command made of every hostile server, with seconds and peak memory.

python -m tests.hostile.measure [NAME ...]
"""

import sys
import tempfile
from pathlib import Path

from tests.hostile.zoo import COMMANDS, cases, keeper, said, visit


def main(names: list[str]) -> None:
    """Visits the named servers, or all, and prints a table in Markdown."""
    sys.stdout.write("| case | command | exit | seconds | MB | said |\n|---|---|---|---|---|---|\n")
    with keeper() as made:
        for name, case in cases().items():
            if names and name not in names:
                continue
            for command in COMMANDS:
                with tempfile.TemporaryDirectory() as folder:
                    seen = visit(case, command, made, Path(folder))
                row = (name, command, seen.code, f"{seen.seconds:.2f}", f"{seen.megabytes:.0f}", said(command, seen))
                sys.stdout.write(f"| {' | '.join(map(str, row))} |\n")
                sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
