"""What the mock exchanges with whoever drives it: calls out, answers in, and the result of an action."""

from collections.abc import Generator, Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from scimctl.exchange import Answer, Request


class Purpose(Enum):
    """Why Okta makes a request; the driver knows the requirement that stands behind each."""

    TEST_USERS = "test-users"
    TEST_GROUPS = "test-groups"
    LOOKUP = "lookup"
    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    ACTIVATE = "activate"
    ACTIVATE_PUT = "activate-put"
    DEACTIVATE = "deactivate"
    DEACTIVATE_PUT = "deactivate-put"
    PASSWORD = "password"
    PASSWORD_PUT = "password-put"
    IMPORT = "import"
    DISCOVER = "discover"
    DELETE = "delete"
    GROUP_LOOKUP = "group-lookup"
    GROUP_CREATE = "group-create"
    GROUP_READ = "group-read"
    GROUP_RENAME = "group-rename"
    GROUP_MEMBERS = "group-members"
    GROUP_OVERWRITE = "group-overwrite"
    GROUP_PUT = "group-put"
    GROUP_DELETE = "group-delete"


@dataclass(frozen=True, slots=True)
class Call:
    """One request with its purpose, and the password in it that nobody may read."""

    request: Request
    purpose: Purpose
    secret: str = ""


class ActionOutcome(Enum):
    """How an Okta admin's action ended, in the System Log's words."""

    SUCCESS = "SUCCESS"
    FAILURE = "FAILURE"
    SKIPPED = "SKIPPED"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The call at which an action failed: what Okta needed of the answer, and what came."""

    purpose: Purpose
    expected: str
    actual: str
    at: str = ""


@dataclass(frozen=True, slots=True)
class ActionResult:
    """The end of an action: `reason` is the text the Okta admin sees, or why nothing was sent; empty on success.

    `refused_at` are the positions, from 0, of the calls at which jobs of the action failed; the first is that of
    `refusal`. A single job that failed at its last call leaves it empty; one that made further calls counts back from
    its end, and `in_turn` turns that into a position.
    """

    outcome: ActionOutcome
    reason: str = ""
    refusal: Refusal | None = None
    refused_at: tuple[int, ...] = ()


Flow: TypeAlias = Generator[Call, Answer, ActionResult]

SUCCESS = ActionResult(ActionOutcome.SUCCESS)


def skipped(reason: str) -> ActionResult:
    """Nothing was sent, because of `reason`."""
    return ActionResult(ActionOutcome.SKIPPED, reason)


_WORST_FIRST = (ActionOutcome.FAILURE, ActionOutcome.SUCCESS, ActionOutcome.SKIPPED)


def in_turn(jobs: Iterable[Flow], otherwise: str) -> Flow:
    """One action that starts several jobs: ends as the first failure, else the first success, else the first skip.

    Without any job it is SKIPPED for the reason `otherwise`.
    """
    results: list[ActionResult] = []
    refused_at: list[int] = []
    calls = 0
    for job in jobs:
        result, made = yield from _counted(job)
        results.append(result)
        calls += made
        if result.refusal is not None:
            # A job ends with the call that was refused, unless it says how far back that call is.
            refused_at += [calls + back for back in result.refused_at or (-1,)]
    for outcome in _WORST_FIRST:
        for result in results:
            if result.outcome is outcome:
                return replace(result, refused_at=tuple(refused_at))
    return skipped(otherwise)


def _counted(job: Flow) -> Generator[Call, Answer, tuple[ActionResult, int]]:
    """Runs a job through and returns its result with the number of calls it made."""
    made = 0
    try:
        call = next(job)
        while True:
            made += 1
            answer = yield call
            call = job.send(answer)
    except StopIteration as stop:
        result: ActionResult = stop.value
        return result, made
