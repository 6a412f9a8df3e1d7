"""Every way in which a scenario file can be wrong, and the picture that its author sees (tests/golden/diagnostics)."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scimctl.diagnostic import InputError
from scimctl.report.carets import render
from scimctl.scenario.parser import File, read_files
from scimctl.source import SourceText
from scimctl.spec.catalogue import Catalogue

CASES = sorted((Path(__file__).parents[2] / "golden" / "diagnostics").glob("*.yaml"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_a_faulty_file_is_shown_with_every_fault(path: Path, golden: Callable[[str, str], None]) -> None:
    file = File(SourceText(path.name, path.read_text("utf-8")), "")
    with pytest.raises(InputError) as caught:
        read_files([file], Catalogue.load())
    text = "\n\n".join(render(diagnostic) for diagnostic in caught.value.diagnostics)
    golden(f"diagnostics/{path.stem}.txt", text + "\n")


def test_every_picture_belongs_to_a_file() -> None:
    folder = CASES[0].parent
    assert {path.stem for path in folder.glob("*.txt")} == {path.stem for path in CASES}
