"""What a plan would send, found out by playing it against the reference server in this process."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace

from scimctl.cli.target import Target, connect, reference_target
from scimctl.engine.ledger import Ledger
from scimctl.engine.run import OUTSIDE, Settings, Tools, run
from scimctl.events import ExchangeDone
from scimctl.exchange import Exchange
from scimctl.scenario.deviations import Deviations
from scimctl.scenario.plan import Plan
from scimctl.spec.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Preview:
    """The requests of a plan but for clean-up and discovery: scenario id and exchange with the reference server."""

    exchanges: tuple[tuple[str, Exchange], ...]

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
    return Preview(tuple(_exchanges(plan, here, target)))


def _exchanges(plan: Plan, settings: Settings, target: Target) -> Iterator[tuple[str, Exchange]]:
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
        for event in run(plan, settings, tools):
            if isinstance(event, ExchangeDone) and event.scenario != OUTSIDE and not event.cleanup:
                yield event.scenario, event.exchange
