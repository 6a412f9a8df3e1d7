"""What a check found, and what that means. Facts only: expected, actual, place."""

from dataclasses import dataclass
from enum import Enum

from scimctl.source import Span
from scimctl.spec.requirement import Requirement


class Outcome(Enum):
    """What one check saw."""

    HELD = "HELD"
    BROKEN = "BROKEN"
    NOT_APPLICABLE = "NOT_APPLICABLE"
    COULD_NOT_TELL = "COULD_NOT_TELL"


class Verdict(Enum):
    """What a finding or a scenario comes to, worst first."""

    FAILED = "FAILED"
    STALE = "STALE"
    UNKNOWN = "UNKNOWN"
    BLOCKED = "BLOCKED"
    WARNED = "WARNED"
    KNOWN = "KNOWN"
    NOTED = "NOTED"
    PASSED = "PASSED"
    NOT_RUN = "NOT_RUN"


@dataclass(frozen=True, slots=True)
class Problem:
    """One departure from a rule: what was expected and what came, both as short text, and the JSON pointer."""

    expected: str
    actual: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class Witness:
    """The exchange that shows a finding: its number within the scenario, from 1, and the request in short."""

    number: int
    method: str
    path: str
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """All that one scenario (or the passive checks of a run) saw of one check and requirement.

    The worst outcome stands, with the problem and the witness of its first occurrence; `times` counts how often
    that outcome came. `step` counts from 1. `notes` are grounds for people, such as the server's own words.
    """

    scenario: str
    step: int | None
    check: str
    requirement: Requirement
    outcome: Outcome
    verdict: Verdict
    title: str
    problem: Problem | None = None
    times: int = 1
    witness: Witness | None = None
    span: Span | None = None
    notes: tuple[str, ...] = ()
