"""What outcomes come to: one pure function for a finding, one for a scenario, one for the process exit code."""

from collections.abc import Iterable
from enum import Enum

from scimctl.finding import Outcome, Verdict
from scimctl.spec.requirement import Level

_BROKEN = {Level.MUST: Verdict.FAILED, Level.SHOULD: Verdict.WARNED, Level.MAY: Verdict.NOTED}
_ORDER = list(Verdict)


class Deviation(Enum):
    """Whether a deviations file lists the (scenario, check) of a finding."""

    NOT_LISTED = "not listed"
    LISTED = "listed"


def verdict_of(outcome: Outcome, level: Level, deviation: Deviation = Deviation.NOT_LISTED) -> Verdict:
    """The verdict on one finding.

    BROKEN weighs as its requirement does; what a deviations file lists is KNOWN while broken and STALE once it holds.
    """
    match outcome:
        case Outcome.COULD_NOT_TELL:
            return Verdict.UNKNOWN
        case Outcome.NOT_APPLICABLE:
            return Verdict.NOT_RUN
        case Outcome.BROKEN:
            return Verdict.KNOWN if deviation is Deviation.LISTED else _BROKEN[level]
        case Outcome.HELD:
            return Verdict.STALE if deviation is Deviation.LISTED else Verdict.PASSED


def capped(level: Level, document: str, rfc_selected: bool) -> Level:
    """The level at which a passive check counts: unless the RFCs were asked for, theirs reach SHOULD at most."""
    if document.startswith("RFC") and not rfc_selected and level is Level.MUST:
        return Level.SHOULD
    return level


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of several verdicts; PASSED when there is none."""
    return min(verdicts, key=_ORDER.index, default=Verdict.PASSED)


_FAIL_ON = {
    Level.MUST: {Verdict.FAILED, Verdict.STALE},
    Level.SHOULD: {Verdict.FAILED, Verdict.STALE, Verdict.WARNED},
    Level.MAY: {Verdict.FAILED, Verdict.STALE, Verdict.WARNED, Verdict.NOTED},
}


def exit_code(verdicts: Iterable[Verdict], *, any_ran: bool, fail_on: Level = Level.MUST) -> int:
    """The exit code of a run from the verdicts on its findings and scenarios.

    1 the server is wrong, 3 could not tell, 4 nothing was run, 0 conforms; where failures and unknowns meet, 1 wins.
    """
    seen = set(verdicts)
    if seen & _FAIL_ON[fail_on]:
        return 1
    if Verdict.UNKNOWN in seen:
        return 3
    return 0 if any_ran else 4
