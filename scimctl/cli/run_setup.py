"""From the options of `scimctl run` to what the engine needs: target, plan, settings, deviations."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

from scimctl import __version__
from scimctl.cli.options import TargetOptions
from scimctl.cli.suites import given_variables, refuse_unused, secrets_of, without_pauses
from scimctl.cli.target import Target, resolve_target
from scimctl.diagnostic import usage_error
from scimctl.engine.run import Settings
from scimctl.okta.app import AppKind
from scimctl.okta.parameters import Parameters, default_settings, with_settings
from scimctl.scenario.deviations import Deviations, load_deviations
from scimctl.scenario.model import Scenario
from scimctl.scenario.plan import Plan, make_plan
from scimctl.scenario.selection import rfc_selected, select
from scimctl.spec.requirement import Level


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What the user asked of a run, but for the target."""

    selectors: Sequence[str]
    skip: Sequence[str]
    app_kind: str
    settings: Sequence[str]
    jobs: int
    fail_on: str
    deviations: Path | None
    test_domain: str
    heavy: bool
    keep: bool
    max_failures: int | None
    seed: str | None
    tell_org: bool
    variables: Sequence[str] = ()
    fast: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """A run that is ready to begin."""

    target: Target
    plan: Plan
    settings: Settings
    deviations: Deviations


def set_up(options: RunOptions, target_options: TargetOptions) -> Setup:
    """Reads every file and checks every option; raises InputError before anything is sent."""
    target = resolve_target(target_options)
    if options.jobs < 1:
        raise usage_error(f"--jobs is {options.jobs}", "give 1 or more")
    if options.max_failures is not None and options.max_failures < 1:
        raise usage_error(f"--max-failures is {options.max_failures}", "give 1 or more, or leave it out")
    parameters = _parameters(target.parameters, options.settings)
    kind = None if options.app_kind == "all" else AppKind(options.app_kind)
    variables = given_variables(options.variables)
    chosen = select(options.selectors, skip=options.skip, app_kind=kind, variables=variables)
    refuse_unused(variables, chosen)
    target = replace(target, secrets=(*target.secrets, *secrets_of(variables)))
    scenarios: Sequence[Scenario] = [without_pauses(scenario) for scenario in chosen] if options.fast else chosen
    deviations = Deviations()
    if options.deviations is not None:
        deviations = load_deviations(options.deviations, date.today())
    settings = Settings(
        scimctl=__version__,
        base_url=target.base_url,
        started=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        seed=options.seed or secrets.token_hex(8),
        parameters=parameters,
        test_domain=options.test_domain,
        jobs=options.jobs,
        keep=options.keep,
        max_failures=options.max_failures,
        fail_on=Level[options.fail_on.upper()],
        rfc_selected=rfc_selected(options.selectors),
        in_process=target.is_reference,
        auths=target.auths,
        tell_org=options.tell_org,
    )
    plan = make_plan(scenarios, allow_heavy=options.heavy or target.is_local)
    return Setup(target=target, plan=plan, settings=settings, deviations=deviations)


def _parameters(from_file: Mapping[str, str | int | bool], given: Sequence[str]) -> dict[str, str]:
    """The mock's parameters as text: defaults, then scimctl.toml, then `--set NAME=VALUE`."""
    parameters = default_settings()
    changes = {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in from_file.items()}
    for text in given:
        name, mark, value = text.partition("=")
        if not mark:
            raise usage_error(f"--set {text} has no value", "write --set NAME=VALUE")
        changes[name.strip()] = value.strip()
    with_settings(Parameters(), changes)
    return {**parameters, **changes}
