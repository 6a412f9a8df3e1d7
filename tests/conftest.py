"""What all tests share: golden files, compared or rewritten (`pytest --update-golden`)."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

# A busy machine is no failure. What else the profile in force says (hypothesis has one of its own for CI) stays.
settings.register_profile("scimctl", settings(), deadline=None)
settings.load_profile("scimctl")

GOLDEN = Path(__file__).parent / "golden"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="rewrites golden files in place of comparing them")


@pytest.fixture
def golden(pytestconfig: pytest.Config) -> Callable[[str, str], None]:
    """Compares a text with the file of that name below tests/golden, or writes it there."""
    update = bool(pytestconfig.getoption("--update-golden"))

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if update:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{name} is not there yet: pytest --update-golden writes it"
        assert text == path.read_text("utf-8")

    return compare
