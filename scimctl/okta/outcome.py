"""What the mock exchanges with whoever drives it: calls out, answers in, and the result of an action."""

from collections.abc import Generator
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class Call:
    """One request with its purpose."""

    request: Request
    purpose: Purpose


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
    """The end of an action: `reason` is the text the Okta admin sees, or why nothing was sent; empty on success."""

    outcome: ActionOutcome
    reason: str = ""
    refusal: Refusal | None = None


Flow: TypeAlias = Generator[Call, Answer, ActionResult]

SUCCESS = ActionResult(ActionOutcome.SUCCESS)


def skipped(reason: str) -> ActionResult:
    """Nothing was sent, because of `reason`."""
    return ActionResult(ActionOutcome.SKIPPED, reason)


_WORST_FIRST = (ActionOutcome.FAILURE, ActionOutcome.SUCCESS, ActionOutcome.SKIPPED)


def together(results: list[ActionResult]) -> ActionResult:
    """The result of several jobs started by one action: the first failure, else the first success, else the first skip.

    An action that started no job at all is SKIPPED.
    """
    for outcome in _WORST_FIRST:
        for result in results:
            if result.outcome is outcome:
                return result
    return skipped("The action concerns nobody, so Okta sends nothing.")
