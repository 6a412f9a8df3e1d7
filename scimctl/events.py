"""What happened in a run: the engine's only output, and all that a reporter sees. Secrets are masked already."""

from dataclasses import dataclass
from typing import TypeAlias

from scimctl.exchange import Exchange
from scimctl.finding import Finding, Verdict
from scimctl.jsonvalue import Json
from scimctl.source import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """A run begins; `started` is UTC in RFC 3339 form with `Z`, `planned` the ids of the scenarios, in plan order."""

    scimctl: str
    base_url: str
    started: str
    planned: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioStarted:
    """A scenario begins; it may be followed by nothing but ScenarioFinished when it is not run."""

    id: str
    title: str
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepStarted:
    """A step begins: `text` is the step in short, such as `okta assign: user` or `GET /Users/…`."""

    scenario: str
    step: int
    text: str
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeDone:
    """One exchange, masked; `number` counts within the scenario from 1.

    `step` is 0 for what `given` makes, for clean-up and for what comes before and after all scenarios. `cleanup` is
    set for what no scenario asks for: clean-up, and the read of an id before the first write to it.
    """

    scenario: str
    step: int
    number: int
    exchange: Exchange
    cleanup: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDone:
    """What an Okta admin's action came to, with the text the admin sees."""

    scenario: str
    step: int
    verb: str
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OrgTold:
    """The scenario's Okta org when its steps are over, as Okta's Management API would answer; asked for by a setting.

    `documents` go by the names that files of evidence have: `logs` is the System Log, `app`, `app-users`, ….
    """

    scenario: str
    documents: dict[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingMade:
    """A finding is final."""

    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioFinished:
    """A scenario is over; `reason` says why it was blocked, unknown or not run. `duration` is in seconds."""

    id: str
    title: str
    verdict: Verdict
    reason: str | None
    duration: float


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftBehind:
    """Something we made is still on the server: its type, its id or name, and why it could not be removed."""

    scenario: str
    resource_type: str
    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """The run pauses, because the server asked for it (429)."""

    seconds: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """Something a person should know that is not a finding, such as an expired deviation."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """The run is over; always the last event, also after Ctrl-C. `summary` has the keys of the JSON report."""

    duration: float
    requests: int
    summary: dict[str, int]
    exit_code: int
    interrupted: bool = False


Event: TypeAlias = (
    RunStarted
    | ScenarioStarted
    | StepStarted
    | ExchangeDone
    | ActionDone
    | OrgTold
    | FindingMade
    | ScenarioFinished
    | LeftBehind
    | Waiting
    | Noted
    | RunFinished
)
