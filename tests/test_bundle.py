"""The wheel: what it holds, and that scimctl runs from it, away from any checkout."""

import os
import subprocess
import sys
import venv
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from scimctl import bundle

ROOT = Path(__file__).parents[1]
Scimctl = Callable[..., "subprocess.CompletedProcess[str]"]

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without a network."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "--target", "wheel", "--directory", str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Scimctl:
    """Runs the scimctl that pip installed from the wheel into a fresh environment, in an empty folder."""
    folder = tmp_path_factory.mktemp("fresh")
    venv.create(folder / "venv", with_pip=True)
    programs = folder / "venv" / ("Scripts" if os.name == "nt" else "bin")
    install = [programs / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel]
    done = subprocess.run(install, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    elsewhere = folder / "elsewhere"
    elsewhere.mkdir()
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SCIMCTL_", "PYTHON"))}

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [programs / "scimctl", *arguments],
            cwd=elsewhere,
            env=kept | {"HOME": str(folder), "XDG_STATE_HOME": str(folder / "state")},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    return run


def tracked(folder: str) -> set[str]:
    """The files below a folder of the checkout, as paths from its root."""
    return {path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()}


def test_the_wheel_holds_scenarios_schemas_and_profiles(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("scenarios", "schemas"):
        assert {f"scimctl/_bundled/{name}" for name in tracked(folder)} - names == set()
    assert {"scimctl/server/profiles/standard.yaml", "scimctl/server/profiles/wrike.yaml", "scimctl/py.typed"} <= names
    assert {name.partition("/")[0].partition("-")[0] for name in names} == {"scimctl"}


def test_scimctl_runs_from_the_wheel(installed: Scimctl) -> None:
    # One test, not four: pytest-xdist would make the environment again in each process that gets one of them.
    listed = installed("scenarios", "list")
    assert (listed.returncode, listed.stderr) == (0, "")
    assert "okta.users.create" in listed.stdout
    assert "wrike.seats.full" in listed.stdout
    played = installed("run", "okta.users.create", "--reference")
    assert (played.returncode, played.stderr) == (0, "")
    assert played.stdout.splitlines()[-1] == "The server conforms to what was run."
    wrike = installed("run", "wrike.seats.full", "--reference", "--profile", "wrike")
    assert (wrike.returncode, wrike.stderr) == (0, "")
    shown = installed("schemas", "show", "User")
    assert '"urn:ietf:params:scim:schemas:core:2.0:User"' in shown.stdout
    explained = installed("explain", "seat-limit-reached")
    assert (explained.returncode, explained.stderr) == (0, "")
    assert "cause of scimctl diagnose" in explained.stdout


def test_a_checkout_uses_its_own_folders() -> None:
    assert bundle.scenarios_folder() == ROOT / "scenarios"
    assert bundle.schemas_folder() == ROOT / "schemas"
    assert (bundle.scenarios_folder() / "okta").is_dir()
    assert (bundle.schemas_folder() / "scim").is_dir()
