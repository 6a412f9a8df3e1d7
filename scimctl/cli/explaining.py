"""From an id to what is known of it: each kind of id has its sheet."""

from collections.abc import Callable, Iterable
from fnmatch import fnmatchcase

from scimctl.checks import all_checks
from scimctl.checks.registry import Check
from scimctl.cli.explain_sheets import Part, Sheet
from scimctl.diagnose.cause import Code
from scimctl.diagnostic import usage_error
from scimctl.engine.verbs import REQUIREMENT_OF
from scimctl.explanations.texts import Example, broken_by_faults, causes, examples, explanations, words
from scimctl.okta.outcome import Purpose
from scimctl.scenario.model import Scenario
from scimctl.scenario.selection import SUITES, load_bundled
from scimctl.server.faults.catalogue import faults
from scimctl.spec.catalogue import Catalogue
from scimctl.spec.requirement import Requirement
from scimctl.validation import near

_MOST = 12
"""How many scenarios are named before the rest is counted."""


def sheet_of(identifier: str) -> Sheet:
    """What an id stands for. Raises InputError with a suggestion for one that stands for nothing."""
    name = identifier.strip()
    for find in (_fault, _requirement, _check, _cause, _one_scenario, _word, _scenarios):
        sheet = find(name) or find(name.lower())
        if sheet is not None:
            return sheet
    remedy = near(name, _everything(), "ids") or "see: scimctl scenarios list, scimctl checks list"
    raise usage_error(f"nothing has the id `{identifier}`", remedy)


def _everything() -> set[str]:
    scenarios = {each.base_id for each in load_bundled()}
    known: Iterable[Iterable[str]] = (
        scenarios,
        (each.id for each in Catalogue.load()),
        (each.id for each in all_checks()),
        faults(),
        (each.word for each in Code),
        words(),
    )
    return {name for names in known for name in names}


def _fault(name: str) -> Sheet | None:
    fault = faults().get(name)
    if fault is None:
        return None
    parts: list[tuple[str, Part]] = [
        ("asked", fault.asked),
        ("wrong", fault.wrong),
        ("right", fault.right),
        ("rule", fault.rule),
        ("in Okta", fault.in_okta or "nothing is seen of it"),
        ("hidden", fault.hidden),
        ("breaks", ", ".join(broken_by_faults().get(name, ()))),
        ("seen in", fault.links),
        ("try it", "" if fault.hidden else f"scimctl serve --fault {fault.name}"),
    ]
    return _sheet(fault.name, f"fault of {fault.area}; {fault.level}, {fault.severity}", parts)


def _sheet(name: str, kind: str, parts: Iterable[tuple[str, Part]]) -> Sheet:
    return Sheet(id=name, kind=kind, parts=tuple((label, part) for label, part in parts if part))


def _requirement(name: str) -> Sheet | None:
    catalogue = Catalogue.load()
    if name not in catalogue:
        return None
    rule = catalogue.get(name)
    checks = [each for each in all_checks() if each.requires == name]
    tested = _tested_by(name)
    parts: list[tuple[str, Part]] = [
        *_rule(rule),
        *_matters(rule),
        ("checks", tuple(f"{each.id}: {each.title}" for each in checks)),
        ("scenarios", tested),
        ("tested by", "" if checks or tested or name in REQUIREMENT_OF.values() else "nothing that scimctl can see"),
        ("faults", _faults_of(rule)),
        *(_example(checks[0]) if checks else ()),
    ]
    return _sheet(name, "requirement", parts)


def _rule(rule: Requirement) -> list[tuple[str, Part]]:
    where = rule.source if rule.document.startswith("RFC") else f"{rule.document}, {rule.section}"
    quote = f'"{rule.quote}"' if rule.quote else ""
    return [("rule", rule.rule), ("level", f"{rule.level.value} by {where}"), ("quote", quote)]


def _matters(rule: Requirement) -> list[tuple[str, Part]]:
    known = explanations().get(rule.id)
    return [("in Okta", known.okta), ("fix", known.fix)] if known is not None else []


def _tested_by(name: str) -> tuple[str, ...]:
    found = dict.fromkeys(each.base_id for each in load_bundled() if name in _rules_of(each))
    rest = len(found) - _MOST
    return (*list(found)[:_MOST], *((f"and {rest} more",) if rest > 0 else ()))


def _rules_of(scenario: Scenario) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*scenario.requires, *(name for step in scenario.steps for name in step.requires))))


def _faults_of(rule: Requirement) -> str:
    """The faults of the reference server that break a requirement, with how to see one."""
    names = [name for name, broken in broken_by_faults().items() if rule.id in broken]
    return f"{', '.join(names)}; see one with --reference --fault NAME" if names else ""


def _example(check: Check) -> list[tuple[str, Part]]:
    known: Example | None = examples().get(check.id)
    if known is None:
        return []
    return [
        ("asked", known.request),
        ("wrong", tuple(known.wrong.splitlines())),
        ("is told as", f"{check.id}: expected {known.expected}, got {known.actual}"),
        ("right", tuple(known.right.splitlines())),
    ]


def _check(name: str) -> Sheet | None:
    check = next((each for each in all_checks() if each.id == name), None)
    if check is None:
        return None
    rule = Catalogue.load().get(check.requires)
    parts = [("looks at", check.title), ("requirement", rule.id), *_rule(rule), *_matters(rule), *_example(check)]
    return _sheet(name, "passive check: it looks at every exchange", parts)


def _cause(name: str) -> Sheet | None:
    code = next((each for each in Code if each.word == name), None)
    if code is None:
        return None
    rule = Catalogue.load().get(code.requirement) if code.requirement is not None else None
    means, fix = causes()[name]
    parts: list[tuple[str, Part]] = [
        ("means", means),
        ("fix", fix),
        ("breaks", f"the link `{code.link.value}` of the chain from Okta to the app"),
        ("found by", "scimctl diagnose, with the evidence for it and what to change"),
        *([("requirement", rule.id), *_rule(rule)] if rule is not None else ()),
    ]
    return _sheet(name, "cause of scimctl diagnose", parts)


def _scenarios(name: str) -> Sheet | None:
    listed = _below(name)
    kind = "suite" if name in SUITES else "scenarios with this prefix"
    return _sheet(name, kind, [("scenarios", listed), ("play them", f"scimctl run {name}")]) if listed else None


def _below(name: str) -> tuple[str, ...]:
    """The scenarios of a suite, or of a prefix that ends at a dot, with their titles."""
    prefix = name if name.endswith(".") else f"{name}."
    test: Callable[[Scenario], bool] = SUITES.get(name) or (lambda each: each.base_id.startswith(prefix))
    found = {each.base_id: each.title for each in load_bundled() if test(each)}
    return tuple(f"{one}: {title}" for one, title in found.items())


def _one_scenario(name: str) -> Sheet | None:
    rows = [each for each in load_bundled() if name in (each.id, each.base_id)]
    if not rows:
        return None
    first = rows[0]
    catalogue = Catalogue.load()
    rules = [catalogue.get(one) for one in _rules_of(first)]
    told = tuple(f"{rule.id}, {rule.level.value} by {rule.source}: {rule.rule}" for rule in rules)
    parts: list[tuple[str, Part]] = [
        ("tests that", first.title),
        ("where", f"{first.path}:{first.span.line}"),
        ("rows", tuple(row.id for row in rows if row.row_label)),
        ("needs", ", ".join(first.needs)),
        ("steps", tuple(f"{step.number}. {step.text}" for step in first.steps)),
        ("rules", told),
        *(_matters(rules[0]) if rules else ()),
        ("play it", f"scimctl run {name}"),
        ("as written", f"scimctl scenarios show {name}"),
    ]
    return _sheet(name, "scenario", parts)


def _word(name: str) -> Sheet | None:
    pattern = next((each for each in words() if fnmatchcase(name, each)), None)
    if pattern is None and name.upper() in words():
        pattern = name = name.upper()
    if pattern is None:
        return None
    if pattern.isupper():
        return _sheet(name, "verdict", [("means", words()[pattern])])
    purpose = next((each for each in Purpose if f"okta.{each.value}" == pattern), None)
    rule = Catalogue.load().get(REQUIREMENT_OF[purpose]) if purpose is not None else None
    parts: list[tuple[str, Part]] = [
        ("looks at", words()[pattern]),
        ("requirement", "" if rule is not None else "the one that the step, or else the scenario, rests on"),
        *([("requirement", rule.id), *_rule(rule), *_matters(rule)] if rule is not None else ()),
        ("scenarios", _below(name)),
    ]
    return _sheet(name, "check of a scenario", parts)
