"""Every row of the functions that turn outcomes into verdicts, and verdicts into an exit code."""

from itertools import product

import pytest

from scimctl.engine.verdicts import Deviation, capped, exit_code, verdict_of, worst
from scimctl.finding import Outcome, Verdict
from scimctl.spec.requirement import Level

MUST, SHOULD, MAY = Level.MUST, Level.SHOULD, Level.MAY
FREE, LISTED = Deviation.NOT_LISTED, Deviation.LISTED

ROWS = {
    (Outcome.HELD, MUST, FREE): Verdict.PASSED,
    (Outcome.HELD, SHOULD, FREE): Verdict.PASSED,
    (Outcome.HELD, MAY, FREE): Verdict.PASSED,
    (Outcome.HELD, MUST, LISTED): Verdict.STALE,
    (Outcome.HELD, SHOULD, LISTED): Verdict.STALE,
    (Outcome.HELD, MAY, LISTED): Verdict.STALE,
    (Outcome.BROKEN, MUST, FREE): Verdict.FAILED,
    (Outcome.BROKEN, SHOULD, FREE): Verdict.WARNED,
    (Outcome.BROKEN, MAY, FREE): Verdict.NOTED,
    (Outcome.BROKEN, MUST, LISTED): Verdict.KNOWN,
    (Outcome.BROKEN, SHOULD, LISTED): Verdict.KNOWN,
    (Outcome.BROKEN, MAY, LISTED): Verdict.KNOWN,
    (Outcome.COULD_NOT_TELL, MUST, FREE): Verdict.UNKNOWN,
    (Outcome.COULD_NOT_TELL, SHOULD, FREE): Verdict.UNKNOWN,
    (Outcome.COULD_NOT_TELL, MAY, FREE): Verdict.UNKNOWN,
    (Outcome.COULD_NOT_TELL, MUST, LISTED): Verdict.UNKNOWN,
    (Outcome.COULD_NOT_TELL, SHOULD, LISTED): Verdict.UNKNOWN,
    (Outcome.COULD_NOT_TELL, MAY, LISTED): Verdict.UNKNOWN,
    (Outcome.NOT_APPLICABLE, MUST, FREE): Verdict.NOT_RUN,
    (Outcome.NOT_APPLICABLE, SHOULD, FREE): Verdict.NOT_RUN,
    (Outcome.NOT_APPLICABLE, MAY, FREE): Verdict.NOT_RUN,
    (Outcome.NOT_APPLICABLE, MUST, LISTED): Verdict.NOT_RUN,
    (Outcome.NOT_APPLICABLE, SHOULD, LISTED): Verdict.NOT_RUN,
    (Outcome.NOT_APPLICABLE, MAY, LISTED): Verdict.NOT_RUN,
}


def test_every_row_is_listed() -> None:
    assert set(ROWS) == set(product(Outcome, Level, Deviation))


@pytest.mark.parametrize("row", ROWS)
def test_verdict(row: tuple[Outcome, Level, Deviation]) -> None:
    assert verdict_of(*row) is ROWS[row]


@pytest.mark.parametrize(
    ("level", "document", "rfc_selected", "counts_as"),
    [
        (MUST, "RFC 7644", False, SHOULD),
        (SHOULD, "RFC 7644", False, SHOULD),
        (MAY, "RFC 7643", False, MAY),
        (MUST, "RFC 7644", True, MUST),
        (MUST, "Okta", False, MUST),
        (MUST, "Wrike", False, MUST),
    ],
)
def test_cap(level: Level, document: str, rfc_selected: bool, counts_as: Level) -> None:
    assert capped(level, document, rfc_selected) is counts_as


def test_worst_goes_by_the_order_of_the_design() -> None:
    order = ["FAILED", "STALE", "UNKNOWN", "BLOCKED", "WARNED", "KNOWN", "NOTED", "PASSED", "NOT_RUN"]
    assert [verdict.value for verdict in Verdict] == order
    for index, verdict in enumerate(Verdict):
        assert worst(list(Verdict)[index:]) is verdict
    assert worst([]) is Verdict.PASSED


@pytest.mark.parametrize(
    ("verdicts", "any_ran", "fail_on", "code"),
    [
        ([Verdict.PASSED], True, MUST, 0),
        ([Verdict.PASSED, Verdict.FAILED], True, MUST, 1),
        ([Verdict.STALE], True, MUST, 1),
        ([Verdict.UNKNOWN], True, MUST, 3),
        ([Verdict.UNKNOWN, Verdict.FAILED], True, MUST, 1),
        ([Verdict.BLOCKED, Verdict.UNKNOWN], True, MUST, 3),
        ([Verdict.WARNED], True, MUST, 0),
        ([Verdict.WARNED], True, SHOULD, 1),
        ([Verdict.NOTED], True, SHOULD, 0),
        ([Verdict.NOTED], True, MAY, 1),
        ([Verdict.KNOWN], True, MAY, 0),
        ([Verdict.NOT_RUN], False, MUST, 4),
        ([], False, MUST, 4),
    ],
)
def test_exit_code(verdicts: list[Verdict], any_ran: bool, fail_on: Level, code: int) -> None:
    assert exit_code(verdicts, any_ran=any_ran, fail_on=fail_on) == code
