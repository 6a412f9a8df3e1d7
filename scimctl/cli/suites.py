"""Exported suites on the command line: their variables, their pauses, and the other servers that they ask."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace

from scimctl.cli.errors import keep_from_tracebacks
from scimctl.cli.target import Target
from scimctl.diagnostic import usage_error
from scimctl.exchange import Answer, Request
from scimctl.redact import is_secret_field
from scimctl.scenario.exported.variables import BASE_URLS, CREDENTIALS, names_in
from scimctl.scenario.model import PauseStep, Scenario, SuiteStep
from scimctl.validation import near


def given_variables(texts: Sequence[str]) -> dict[str, str]:
    """The values of `--var NAME=VALUE` by name. Raises InputError for a text without a value, and for a name twice."""
    given: dict[str, str] = {}
    for text in texts:
        name, mark, value = text.partition("=")
        name = name.strip()
        if not mark or not name:
            # What stands there may be a token that lost its name.
            raise usage_error("--var has no NAME=VALUE", "write --var NAME=VALUE, such as --var oktaAppId=0oa1b2c3d4")
        if name in given:
            raise usage_error(f"--var {name} is given twice", "leave one of the two out")
        if name in BASE_URLS | CREDENTIALS:
            instead = "--base-url" if name in BASE_URLS else "--token-file or another option for credentials"
            raise usage_error(f"--var {name} is the target's own", f"give it by {instead}")
        given[name] = value
    keep_from_tracebacks(secrets_of(given))
    return given


def secrets_of(variables: Mapping[str, str]) -> tuple[str, ...]:
    """The values that are secrets, to judge by their names."""
    return tuple(value for name, value in variables.items() if value and is_secret_field(name))


def refuse_unused(variables: Mapping[str, str], scenarios: Iterable[Scenario]) -> None:
    """Raises InputError for a variable that no chosen suite uses."""
    used = {name for each in scenarios if _is_exported(each) for name in names_in(each.span.source.text)}
    for name in variables:
        if name not in used:
            remedy = near(name, sorted(used), "variables") or "leave it out, or name the file of a suite"
            raise usage_error(f"no chosen suite has a variable `{name}`", remedy)


def _is_exported(scenario: Scenario) -> bool:
    return any(isinstance(step, SuiteStep) for step in scenario.steps)


def without_pauses(scenario: Scenario) -> Scenario:
    """The scenario with its requests alone; the numbers of its steps stay."""
    return replace(scenario, steps=tuple(step for step in scenario.steps if not isinstance(step, PauseStep)))


def pauses(scenarios: Iterable[Scenario]) -> float:
    """Seconds of pauses in all."""
    return sum(step.seconds for each in scenarios for step in each.steps if isinstance(step, PauseStep))


def origins(scenarios: Iterable[Scenario]) -> tuple[str, ...]:
    """The other servers that suites ask, each once."""
    found = (step.origin for each in scenarios for step in each.steps if isinstance(step, SuiteStep))
    return tuple(dict.fromkeys(origin for origin in found if origin))


@contextmanager
def elsewhere(target: Target, scenarios: Iterable[Scenario]) -> Iterator[Callable[[str, Request], Answer] | None]:
    """Gives what sends to the other servers of suites, without any credential of the target's; None without any."""
    named = origins(scenarios)
    if not named:
        yield None
        return
    from scimctl.wire.client import Wire

    with ExitStack() as stack:
        plain = replace(
            target.wire, credentials={}, oauth=None, credential_headers=(), extra_headers=(), client_cert=None
        )
        plain = replace(plain, client_key=None)
        wires = {origin: stack.enter_context(Wire(replace(plain, base_url=origin))) for origin in named}
        yield lambda origin, request: wires[origin].send(request)
