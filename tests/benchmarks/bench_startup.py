"""`scimctl --help` beside the --help of a bare typer app: `python -m tests.benchmarks.bench_startup`."""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.serving import environment, timed

RUNS = 15
BUDGET = 1.5
HEAVY = ("httpx", "httpcore", "jsonschema", "jsonschema_rs", "starlette", "rich", "uvicorn", "yaml", "pydantic")

# Help without rich, as scimctl's: with it the bare app would be slower, and the budget easier.
BARE = """
import typer

app = typer.Typer(name="bare", rich_markup_mode=None, pretty_exceptions_enable=False)


@app.callback()
def root() -> None:
    "A bare app."


@app.command("one")
def one() -> None:
    "One command."


app()
"""
LOADED = """
import sys
from scimctl.cli.app import run
run(["--help"])
print(*sorted(name for name in sys.modules if "." not in name), file=sys.stderr)
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "bare.py").write_text(BARE)
        ours = [sys.executable, "-m", "scimctl", "--help"]
        bare = [sys.executable, "bare.py", "--help"]
        nothing = [sys.executable, "-c", "pass"]
        for command in (ours, bare):
            timed(command, folder)
        rounds = [[timed(command, folder) * 1000 for command in (ours, bare, nothing)] for _ in range(RUNS)]
        scimctl, typer, python = (statistics.median(column) for column in zip(*rounds, strict=True))
        done = subprocess.run(
            [sys.executable, "-c", LOADED],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment(folder),
        )
    heavy = [name for name in HEAVY if name in done.stderr.split()]
    print(f"scimctl --help   {scimctl:6.0f} ms")
    print(f"bare typer app   {typer:6.0f} ms   (python -c pass: {python:.0f} ms; medians of {RUNS})")
    print(f"ratio            {scimctl / typer:6.2f}      budget {BUDGET}")
    print(f"heavy modules imported: {', '.join(heavy) or 'none'}")


if __name__ == "__main__":
    main()
