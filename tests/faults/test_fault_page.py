"""docs/faults.md says what the catalogue says (`pytest --update-golden` writes it)."""

from pathlib import Path

import pytest

from scimctl.server.faults.catalogue import Fault, faults, visible

PAGE = Path(__file__).parents[2] / "docs" / "faults.md"

HEAD = ("| fault | level | asked | wrong | right | in Okta |", "|---|---|---|---|---|---|")


def page() -> str:
    """The page, from the catalogue."""
    lines = [
        "# Faults",
        "",
        f"What real SCIM servers did wrong, and the reference server does on demand: {len(visible())} faults.",
        "The page is made from the catalogue beside their code. `scimctl serve --fault NAME` has one;",
        "`scimctl explain NAME` adds the rule and where it was reported. A level of `must` or `okta` fails a server,",
        "`should` warns, `interop` is a note.",
    ]
    area = ""
    for fault in faults().values():
        if fault.area != area:
            area = fault.area
            lines += [
                "",
                f"## {area}",
                "",
                "| fault | level | asked | wrong | right | in Okta |",
                "|---|---|---|---|---|---|",
            ]
        lines.append(_row(fault))
    return "\n".join(lines) + "\n"


def _row(fault: Fault) -> str:
    wrong = fault.wrong or fault.hidden
    cells = (f"`{fault.name}`", fault.level, fault.asked, wrong, fault.right, fault.in_okta or "nothing is seen of it")
    return f"| {' | '.join(cell.replace('|', '&#124;').replace('<', '&lt;') for cell in cells)} |"


def test_the_page_is_the_catalogue(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--update-golden"):
        PAGE.write_text(page(), "utf-8")

    assert PAGE.read_text("utf-8") == page()
