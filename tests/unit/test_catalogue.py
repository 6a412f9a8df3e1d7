"""The requirement catalogue: its entries, look-ups, and its quotations against the RFCs."""

from pathlib import Path

import pytest

from scimctl.diagnostic import InputError
from scimctl.spec.catalogue import OWN, Catalogue, read
from scimctl.spec.requirement import Level, Requirement

RFCS = Path(__file__).parents[2].parent / "shared" / "rfcs"
CATALOGUE = Catalogue.load()
QUOTED = [requirement for requirement in CATALOGUE if requirement.quote]


def test_a_requirement_is_found_by_its_id() -> None:
    found = CATALOGUE.get("okta-08")
    assert (found.document, found.level, found.source) == ("Okta", Level.MUST, "Okta")
    assert CATALOGUE.look_up("OKTA-08") is found
    assert "okta-08" in CATALOGUE
    assert "okta-99" not in CATALOGUE


@pytest.mark.parametrize(
    ("requirement_id", "source"),
    [
        ("post-01", "RFC 7644 §3.3"),
        ("patch-39", "follows from RFC 7644 §3.5.2"),
        ("wrike-01", "Wrike"),
        (OWN, "scenario"),
    ],
)
def test_a_report_cites_the_source(requirement_id: str, source: str) -> None:
    assert CATALOGUE.get(requirement_id).source == source


@pytest.mark.parametrize(
    ("wrong", "remedy"),
    [
        ("okta-8", "did you mean `okta-08`?"),
        ("pots-01", "did you mean `post-01`?"),
        ("quite another", "a requirement's id looks like okta-08"),
    ],
)
def test_an_unknown_id_is_told_with_a_suggestion(wrong: str, remedy: str) -> None:
    with pytest.raises(InputError) as caught:
        CATALOGUE.look_up(wrong)
    fault = caught.value.diagnostics[0]
    assert (fault.title, fault.help) == (f"there is no requirement `{wrong}`", remedy)


def test_ids_are_unique_over_all_files() -> None:
    folder = Path(__file__).parents[2] / "scenarios" / "requirements"
    read_ids = [requirement.id for path in sorted(folder.glob("*.yaml")) for requirement in read(path)]
    assert len(read_ids) == len(set(read_ids)) == len(CATALOGUE)


@pytest.mark.parametrize("requirement", CATALOGUE, ids=lambda requirement: str(requirement.id))
def test_a_rule_is_a_sentence_of_our_own(requirement: Requirement) -> None:
    assert requirement.rule.endswith(".")
    assert requirement.rule[0].isupper() or requirement.rule[0] == "`"
    assert not requirement.quote or requirement.quote.lower() not in requirement.rule.lower()


@pytest.mark.parametrize("requirement", QUOTED, ids=lambda requirement: str(requirement.id))
def test_a_quotation_is_in_the_rfc_and_short(requirement: Requirement) -> None:
    assert len(requirement.quote.split()) <= 12
    path = RFCS / f"{requirement.document.replace(' ', '').lower()}.txt"
    if not path.exists():
        pytest.skip("the texts of the RFCs are not beside this checkout")
    assert " ".join(requirement.quote.split()) in " ".join(path.read_text("utf-8").split())


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("document: X\nrequirements: [{id: a-1, section: s, level: MUST, rule: R.}]\n", '`id` is "a-1"'),
        ("document: X\nrequirements: [{id: a-01, section: s, level: SHALL, rule: R.}]\n", '`level` is "SHALL"'),
        (
            "document: X\nrequirements: [{id: a-01, section: s, level: MUST, rule: R.}, "
            "{id: a-01, section: s, level: MUST, rule: R.}]\n",
            "`a-01` stands here a second time",
        ),
    ],
)
def test_a_faulty_file_is_told(tmp_path: Path, text: str, title: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read(path)
    assert [fault.title for fault in caught.value.diagnostics] == [title]
