"""Finds out which requirements each fault breaks, by playing every suite against it: a quarter of an hour.

    python -m tests.faults.breaks

writes scimctl/explanations/faults.yaml, which `scimctl explain` shows. A fault over which everything falls is told with
the few requirements that are most its own.
"""

from collections import Counter
from pathlib import Path

import yaml

from scimctl import explanations
from scimctl.finding import Outcome
from scimctl.scenario.plan import Plan
from scimctl.server.faults.catalogue import faults, visible
from scimctl.spec.catalogue import Catalogue
from tests.playing import plan_of, play, reference

PATH = Path(explanations.__file__).parent / "faults.yaml"
MOST = 6
MOST_OF_OKTA = 3


def broken_by(name: str, plan: Plan) -> set[str]:
    """The requirements that a plan finds broken on a server with a fault."""
    findings = play(reference(faults=[name]), plan, rfc_selected=True).findings
    return {found.requirement.id for found in findings if found.outcome is Outcome.BROKEN}


def told(found: dict[str, set[str]]) -> dict[str, list[str]]:
    """Of what each fault breaks first that of its own sections, and before all what few other faults break."""
    common = Counter(rule for broken in found.values() for rule in broken)
    catalogue = Catalogue.load()

    def order(name: str) -> list[str]:
        sections = faults()[name].rule.split(", ")
        rules = [catalogue.get(each) for each in found[name]]
        rules.sort(key=lambda rule: (f"{rule.document} §{rule.section}" not in sections, common[rule.id], rule.id))
        okta = [rule.id for rule in rules if rule.document == "Okta"]
        return [*[rule.id for rule in rules if rule.id not in okta][:MOST], *okta[:MOST_OF_OKTA]]

    return {name: order(name) for name in found}


def write(found: dict[str, list[str]]) -> None:
    """Writes the file."""
    head = "# Made by tests/faults/breaks.py: the requirements that each fault of the reference server breaks.\n"
    PATH.write_text(head + yaml.safe_dump(found, sort_keys=False, default_flow_style=None, width=1000), "utf-8")


def main() -> None:
    """Plays everything once for each fault."""
    every = plan_of("all")
    light = Plan(tuple(scenario for scenario in every.run if not scenario.heavy))
    write(told({name: broken_by(name, light) or broken_by(name, every) for name in visible()}))


if __name__ == "__main__":
    main()
