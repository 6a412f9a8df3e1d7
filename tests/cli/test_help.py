"""`scimctl --help` and what the command line does with what is not a command."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from scimctl import __version__
from scimctl.cli import app as application
from scimctl.cli.app import run
from scimctl.cli.exit_codes import ExitCode

HEAVY = {"httpx", "httpcore", "jsonschema", "jsonschema_rs", "rich", "uvicorn", "starlette", "yaml", "ssl", "asyncio"}
TARGET_OPTIONS = [
    "--base-url", "--token", "--token-file", "--basic", "--header", "--auth-style", "--oauth-token-url",
    "--oauth-client-id", "--oauth-client-secret", "--other-token", "--read-only-token", "--ca-file", "--client-cert",
    "--client-key", "--insecure", "--proxy", "--timeout", "--target", "--reference", "--profile", "--fault",
]  # fmt: skip

PROBE = """
import sys
from scimctl.cli.app import run
code = run(sys.argv[1:])
print(sorted(name for name in sys.modules if "." not in name), file=sys.stderr)
raise SystemExit(code)
"""


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["test-credentials", "--help"], ["run", "--help"]])
def test_help_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0
    loaded = {name.strip("' ") for name in done.stderr.strip().strip("[]").split(",")}
    assert loaded & HEAVY == set()
    assert "typer" in loaded


def test_help_names_the_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--help"]) == 0
    shown = capsys.readouterr().out
    assert shown.startswith("Usage: scimctl [OPTIONS] COMMAND [ARGS]...")
    assert "test-credentials  Does what Okta's Test API Credentials button does." in shown
    assert "serve" in shown


def test_a_command_without_arguments_shows_help(capsys: pytest.CaptureFixture[str]) -> None:
    assert run([]) == 2
    assert "Usage: scimctl" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["test-credentials", "run"])
def test_target_options_are_the_same_everywhere(capsys: pytest.CaptureFixture[str], command: str) -> None:
    assert run([command, "--help"]) == 0
    shown = capsys.readouterr().out
    assert [option for option in TARGET_OPTIONS if not re.search(rf"^  {option} ", shown, re.MULTILINE)] == []


def test_the_version_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    assert capsys.readouterr().out == f"scimctl {__version__}\n"


@pytest.mark.parametrize("arguments", [["nosuch"], ["test-credentials", "--nosuch"], ["test-credentials", "word"]])
def test_what_is_no_command_or_option_ends_with_2(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    assert run(arguments) == ExitCode.INPUT_WRONG
    assert "Error: " in capsys.readouterr().err


@pytest.mark.parametrize(
    ("raised", "code", "said"),
    [
        pytest.param(KeyboardInterrupt(), 130, "", id="interrupted"),
        pytest.param(RuntimeError("canary-7f3a is lost"), 70, "this is a bug in scimctl", id="bug"),
    ],
)
def test_what_a_command_raises_becomes_an_exit_code(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], raised: BaseException, code: int, said: str
) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise raised

    monkeypatch.setattr(application, "build_app", lambda arguments: fail)
    assert run(["run", "--token", "canary-7f3a"]) == code
    err = capsys.readouterr().err
    assert said in err
    assert "canary" not in err
    assert ("Traceback" in err) == (code == ExitCode.OUR_BUG)


def test_a_closed_pipe_is_quiet_and_no_verdict(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    try:
        done = subprocess.run(
            [sys.executable, "-m", "scimctl", "test-credentials", "--reference"],
            cwd=tmp_path,
            stdout=writer,
            stderr=subprocess.PIPE,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        os.close(writer)
    assert (done.returncode, done.stderr) == (3, "")


def test_the_documentation_lists_every_target_option() -> None:
    page = (Path(__file__).parents[2] / "docs" / "cli.md").read_text("utf-8")
    section = page.partition("\n## The target\n")[2].partition("\n## ")[0]
    rows = [line for line in section.splitlines() if line.startswith("| `--")]
    assert [re.match(r"\| `(--[a-z-]+)", row)[1] for row in rows] == TARGET_OPTIONS
    for row in rows:
        option = re.match(r"\| `--([a-z-]+)", row)[1]
        assert f"`SCIMCTL_{option.replace('-', '_').upper()}`" in row
