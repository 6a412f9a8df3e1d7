"""docs/peers.md, made from `results.json` and `traps.yaml` in this folder."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from scimctl.document import load
from scimctl.server.faults.catalogue import faults, visible
from scimctl.source import SourceText

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "peers.md"
TESTERS = ("scimctl", "scim2-tester", "scim-sanity")
_HERE = Path(__file__).parent

_HEAD = """# Beside other testers

What [scim2-tester](https://pypi.org/project/scim2-tester/) {tester} (by scim2-cli {cli}) and
[scim-sanity](https://pypi.org/project/scim-sanity/) {sanity} find where `scimctl run all` finds something, each as its
own command runs. Measured {date} with Python {python} on {cores} cores, at a load of {load} by other work. The page is
made from `tests/peers/results.json`, which `python -m tests.peers.compare` measures.

**What this says, and what not.** The faults are those of [our own catalogue](faults.md): we knew each of them while
we wrote the suites, and the authors of the others did not. So the table shows what kinds of defects each tester looks
for, not how good it is at unknown ones. The three are also made for different things: scim2-tester walks what a
server announces, and is a library for the tests of a server; scim-sanity is a first look of a second, and checks
single documents too. A failure that the same tester does not report without the fault counts as found, and so does a
run that ends without a report; a warning or a note counts apart."""


def results() -> dict[str, Any]:
    """What was measured."""
    measured: dict[str, Any] = json.loads((_HERE / "results.json").read_text("utf-8"))
    return measured


def traps() -> list[dict[str, Any]]:
    """Mistakes of testers, each with the tests that show that we do not make it."""
    path = _HERE / "traps.yaml"
    tree: Any = load(SourceText(path.name, path.read_text("utf-8"))).tree
    told: list[dict[str, Any]] = tree
    return told


def page() -> str:
    """The page."""
    measured = results()
    packages = measured["packages"]
    head = _HEAD.format(
        tester=packages["scim2-tester"],
        cli=packages["scim2-cli"],
        sanity=packages["scim-sanity"],
        **{name: measured[name] for name in ("date", "python", "cores", "load")},
    )
    return "\n".join([head, *_clean(measured), *_faults(measured["faults"]), *_servers(measured), *_traps()]) + "\n"


def _clean(measured: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## The reference server without a fault", "")
    yield "Each failure here is a false alarm: the server is right by the tests of [conformance.md](conformance.md)."
    yield "One of scim-sanity is that a member whom nobody knows is to be taken with 200."
    yield from ("", "| profile | tester | checks | failures | warnings | seconds |", "|---|---|---|---|---|---|")
    for profile, row in measured["clean"].items():
        yield from (_answer(f"`{profile}`", name, row[name]) for name in TESTERS)


def _answer(where: str, name: str, told: dict[str, Any]) -> str:
    checks = "no report" if told["checks"] is None else f"{told['checks']:,}"
    return f"| {where} | {name} | {checks} | {told['failed']} | {told['warned']} | {told['seconds']:.1f} |"


def _faults(rows: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## Faults found", "")
    part = (
        ""
        if len(rows) == len(visible())
        else f"{len(rows)} of {len(visible())} faults were measured, some of each area. "
    )
    yield f"{part}Each number is of faults that fail the server; `+` those that get a warning or a note alone."
    yield "scimctl played the reference server in its own process (`--reference`), and ended at the first failure."
    yield from ("", f"| area | faults | {' | '.join(TESTERS)} |", "|---|---|---|---|---|")
    areas = list(dict.fromkeys(faults()[name].area for name in visible() if name in rows))
    for area in areas:
        yield _counts(area, [row for name, row in rows.items() if faults()[name].area == area])
    yield _counts("**all**", list(rows.values()))
    ended = {name: sum(not row[name]["report"] for row in rows.values()) for name in TESTERS}
    said = ", ".join(f"{name} {number}" for name, number in ended.items())
    yield from ("", f"Runs that ended without a report: {said}.")


def _counts(area: str, rows: list[dict[str, Any]]) -> str:
    cells = []
    for name in TESTERS:
        failed = sum(row[name]["failed"] for row in rows)
        warned = sum(row[name]["warned"] and not row[name]["failed"] for row in rows)
        cells.append(f"{failed} + {warned}" if warned else str(failed))
    return f"| {area} | {len(rows)} | {' | '.join(cells)} |"


def _servers(measured: dict[str, Any]) -> Iterator[str]:
    yield from ("", "## Servers of others", "")
    yield "scim2-server 0.8.3, and SCIMMY 1.3.5 with a small store, each started afresh. What scimctl fails here was"
    yield "read beside the RFCs; what was not true was corrected (`tests/peers/test_corrected.py`)."
    yield from ("", "| server | tester | checks | failures | warnings | seconds |", "|---|---|---|---|---|---|")
    for server, row in measured["servers"].items():
        yield from (_answer(server, name, row[name]) for name in TESTERS)


def _traps() -> Iterator[str]:
    yield from (
        "",
        "## Mistakes that testers make",
        "",
        "Seen in the sources of ten testers, with the tests that keep us from them.",
    )
    yield from ("", "| mistake | tests |", "|---|---|")
    for told in traps():
        yield f"| {told['trap']} | {', '.join(f'`{test}`' for test in told['tests'])} |"
