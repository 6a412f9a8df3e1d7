"""`scimctl explain` and `scimctl checks list`: every id has something to say, and what it shows is true."""

import contextlib
import json
from pathlib import Path

import pytest
import yaml

from scimctl import explanations as package
from scimctl.checks import all_checks
from scimctl.checks.context import view
from scimctl.cli.app import run
from scimctl.cli.explain_sheets import Sheet, lines
from scimctl.cli.explaining import sheet_of
from scimctl.diagnose.cause import Code
from scimctl.engine.marks import PASSIVE
from scimctl.exchange import Exchange
from scimctl.explanations.texts import broken_by_faults, causes
from scimctl.finding import Problem, Verdict
from scimctl.jsonvalue import Json, NotJsonError, compact
from scimctl.okta.outcome import Purpose
from scimctl.scenario.selection import SUITES, load_bundled
from scimctl.server.faults.catalogue import faults, visible
from scimctl.spec.catalogue import Catalogue
from tests.playing import play, reference
from tests.test_checks_bite import BITES, CHECKS, CONTEXT, exchange

EXAMPLES = Path(package.__file__).parent / "examples.yaml"
OWN = {"own-01", "own-02"}
"""What these mean is for the author of a scenario or suite to say."""
_MOST = 300
_SHOWN = 420

Screen = pytest.CaptureFixture[str]


def labels(sheet: Sheet) -> set[str]:
    return {label for label, _ in sheet.parts}


def assert_whole(sheet: Sheet) -> None:
    """Every part says something, as text and as JSON."""
    assert all(part for _, part in sheet.parts), sheet.id
    assert len(list(lines(sheet))) > 2, sheet.id
    assert json.loads(json.dumps(sheet.document()))["id"] == sheet.id


def test_every_requirement() -> None:
    for requirement in Catalogue.load():
        sheet = sheet_of(requirement.id)
        assert_whole(sheet)
        wanted = set() if requirement.id in OWN else {"in Okta", "fix"}
        assert labels(sheet) >= {"rule", "level", *wanted}, requirement.id


def test_every_check_has_words_and_an_example() -> None:
    for check in all_checks():
        sheet = sheet_of(check.id)
        assert_whole(sheet)
        assert labels(sheet) >= {"looks at", "requirement", "in Okta", "fix", "asked", "wrong", "right"}, check.id


def test_every_scenario_row_prefix_and_suite() -> None:
    known = load_bundled()
    names = {each.id for each in known} | {each.base_id for each in known} | set(SUITES)
    names |= {each.base_id.rpartition(".")[0] for each in known}
    for name in sorted(names):
        assert_whole(sheet_of(name))
    assert labels(sheet_of("okta.users.deactivate")) >= {"tests that", "where", "steps", "rules", "in Okta", "fix"}


def test_every_fault_cause_and_verdict() -> None:
    for name in [*faults(), *(code.word for code in Code), *(verdict.value for verdict in Verdict)]:
        assert_whole(sheet_of(name))


def test_every_cause_has_a_remedy() -> None:
    assert set(causes()) == {code.word for code in Code}
    assert labels(sheet_of("tls-failure")) == {"means", "fix", "breaks", "found by", "requirement", "rule", "level"}


@pytest.mark.parametrize(
    ("name", "requirement"), [("patch-active-noop", "okta-08"), ("error-status-integer", "err-03")]
)
def test_what_a_fault_breaks_is_what_a_run_finds(name: str, requirement: str) -> None:
    found = {each.requirement.id for each in play(reference(faults=[name]), ("okta",)).broken}
    assert requirement in found & set(broken_by_faults()[name])
    assert "faults" in labels(sheet_of(requirement))


def test_every_fault_breaks_something_that_there_is() -> None:
    assert set(broken_by_faults()) == set(visible())
    catalogue = Catalogue.load()
    assert [rule for rules in broken_by_faults().values() for rule in rules if rule not in catalogue] == []


def test_every_check_of_a_scenario() -> None:
    for purpose in Purpose:
        assert labels(sheet_of(f"okta.{purpose.value}")) >= {"looks at", "requirement", "in Okta", "fix"}
    findings = play(reference(), ("okta", "rfc7644.s3-14")).findings
    seen = {finding.check for finding in findings if finding.scenario != PASSIVE}
    assert {"expect.status", "okta.create"} <= seen
    for name in [*sorted(seen), "given.resource", "own.id", "suite.step-1.status.equal_number"]:
        assert_whole(sheet_of(name))


def test_every_explanation_is_of_something() -> None:
    catalogue = Catalogue.load()
    told = package_texts()
    assert set(told) == {requirement.id for requirement in catalogue} - OWN
    for name, (okta, fix) in told.items():
        for text in (okta, fix):
            assert text[0].isupper(), name
            assert text[-1] in ".;", name
            assert len(text) <= _MOST, name
            assert "SHALL" not in text, name


def package_texts() -> dict[str, tuple[str, str]]:
    folder = Path(package.__file__).parent / "requirements"
    return {
        name: (entry["okta"], entry["fix"])
        for path in sorted(folder.glob("*.yaml"))
        for name, entry in yaml.safe_load(path.read_text("utf-8")).items()
    }


def test_a_requirement_as_text(capsys: Screen) -> None:
    assert run(["explain", "OKTA-08"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("okta-08  (requirement)\n")
    assert "a leaver keeps access" in " ".join(out.split())
    assert "okta.users.deactivate" in out
    assert run(["explain", "err-03"]) == 0
    out = capsys.readouterr().out
    assert "RFC 7644 §3.12" in out
    assert 'error.status: expected "404", got 404' in out
    assert "error-status-integer" in out


def test_a_check_as_json(capsys: Screen) -> None:
    assert run(["explain", "error.status", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["format"], document["id"], document["requirement"]) == (1, "error.status", "err-03")
    assert document["asked"] == "GET /Users/1"
    assert document["wrong"][0] == "404 Not Found"


def test_a_fault_as_text(capsys: Screen) -> None:
    assert run(["explain", "duplicate-500"]) == 0
    out = capsys.readouterr().out
    assert "try it       scimctl serve --fault duplicate-500" in out


@pytest.mark.parametrize(
    ("name", "suggested"),
    [
        ("okta-8", "okta-08"),
        ("error.statsu", "error.status"),
        ("duplicate-50", "duplicate-500"),
        ("okta.users.deactivat", "okta.users.deactivate"),
    ],
)
def test_an_unknown_id_gets_a_suggestion(capsys: Screen, name: str, suggested: str) -> None:
    assert run(["explain", name]) == 2
    err = capsys.readouterr().err
    assert f"nothing has the id `{name}`" in err
    assert suggested in err


def test_the_checks_are_listed(capsys: Screen) -> None:
    assert run(["checks", "list"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in listed] == [check.id for check in all_checks()]
    assert run(["checks", "list", "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    first = next(entry for entry in document["checks"] if entry["id"] == "error.status")
    assert (first["requirement"], first["level"], first["source"]) == ("err-03", "MUST", "RFC 7644 §3.12")


def answer_text(seen: Exchange, at: str) -> str:
    """An answer as it is shown: of a large body the part around `at`."""
    response = seen.response
    assert response is not None
    fields = [f"{name}: {value}" for name, value in response.headers if value != "application/scim+json"]
    body = response.body.decode("utf-8", "replace")
    with contextlib.suppress(NotJsonError):
        body = part_of(response.json(), at)
    return "\n".join([f"{response.status} {response.reason}".strip(), *fields, *([body] if body else [])])


def part_of(value: Json, at: str) -> str:
    """A value, or where it is long the nearest part around a pointer, cut."""
    whole = compact(value).decode()
    if len(whole) <= _SHOWN:
        return whole
    *above, last = at.split("/")[1:] or [""]
    place = ""
    for part in above:
        inner = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            inner = value[int(part)]
        if inner is None:
            break
        value, place = inner, f"{place}/{part}"
    if isinstance(value, dict) and last in value:
        # What is looked at comes first, so that no cut takes it.
        value = {last: value[last], **value}
    text = compact(value).decode()
    return f"… at {place or 'the top'}: {text if len(text) <= _SHOWN else text[:_SHOWN] + '…'}"


def made_examples() -> dict[str, dict[str, str]]:
    """An example for each check, from the pair of exchanges that shows that it bites."""
    out: dict[str, dict[str, str]] = {}
    for name in CHECKS:
        wrong, right = (exchange(BITES[name], side) for side in ("wrong", "right"))
        seen = view(wrong, CONTEXT)
        assert seen is not None
        problem: Problem = next(iter(CHECKS[name].judge(seen)))
        out[name] = {
            "request": f"{wrong.request.method} {wrong.request.target}",
            "wrong": answer_text(wrong, problem.at),
            "right": answer_text(right, problem.at),
            "expected": problem.expected,
            "actual": f"{problem.actual} at {problem.at}" if problem.at else problem.actual,
        }
    return out


def test_the_examples_are_those_that_the_checks_were_tried_on(pytestconfig: pytest.Config) -> None:
    if pytestconfig.getoption("--update-golden"):
        head = "# Made from tests/bites (pytest --update-golden): what each check finds wrong, and what is right.\n"
        text = yaml.safe_dump(made_examples(), sort_keys=False, allow_unicode=True, width=1000)
        EXAMPLES.write_text(head + text, "utf-8")
    assert yaml.safe_load(EXAMPLES.read_text("utf-8")) == made_examples()
