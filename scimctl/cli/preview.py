"""What a plan would send, found out by playing it against the reference server in this process."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

from scimctl.cli.target import Target, connect, reference_target
from scimctl.engine.ledger import Ledger
from scimctl.engine.run import OUTSIDE, Settings, Tools, run
from scimctl.events import Event, ExchangeDone, ScenarioFinished
from scimctl.exchange import Exchange
from scimctl.finding import Verdict
from scimctl.scenario.deviations import Deviations
from scimctl.scenario.plan import Plan
from scimctl.spec.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Preview:
    """The requests of a plan but for clean-up and discovery: scenario id and exchange with the reference server.

    Requests to other servers stand there unanswered; `cut` says of the scenarios that hang on such answers, by id, why
    the rest of them is not known.
    """

    exchanges: tuple[tuple[str, Exchange], ...]
    cut: dict[str, str]

    @property
    def accounts(self) -> int:
        """How many users the plan creates."""
        creates = [e for _, e in self.exchanges if e.request.method == "POST" and e.request.path == "/Users"]
        return sum(1 for exchange in creates if exchange.status == 201)


def preview(plan: Plan, settings: Settings) -> Preview:
    """Plays `plan` in-process: with the wrike profile when a scenario of that suite is in it, else the standard one."""
    profile = "wrike" if any(scenario.suite == "wrike" for scenario in plan.run) else "standard"
    target = reference_target(profile)
    here = replace(settings, base_url=target.base_url, jobs=1, keep=False, max_failures=None)
    events = list(_events(plan, here, target))
    shown = [event for event in events if isinstance(event, ExchangeDone) and _is_shown(event, target.base_url)]
    finished = [event for event in events if isinstance(event, ScenarioFinished) and event.verdict is Verdict.UNKNOWN]
    cut = {event.id: event.reason for event in finished if event.reason}
    return Preview(tuple((event.scenario, event.exchange) for event in shown), cut)


def _is_shown(event: ExchangeDone, base_url: str) -> bool:
    return event.scenario != OUTSIDE and (not event.cleanup or event.exchange.base_url != base_url)


def _events(plan: Plan, settings: Settings, target: Target) -> Iterator[Event]:
    redactor = target.redactor()
    with ExitStack() as stack:
        tools = Tools(
            send=stack.enter_context(connect(target, redactor)),
            sleep=target.sleep,
            ledger=Ledger(target.base_url),
            redactor=redactor,
            catalogue=Catalogue.load(),
            deviations=Deviations(),
        )
        yield from run(plan, settings, tools)
