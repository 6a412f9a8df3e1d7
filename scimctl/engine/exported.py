"""Judging the steps of an exported suite, and what such a suite takes for granted."""

from collections.abc import Iterator

from scimctl.engine.expectations import Held
from scimctl.engine.recorder import Recorder
from scimctl.engine.session import CANARY
from scimctl.engine.state import State
from scimctl.exchange import Exchange
from scimctl.finding import Problem
from scimctl.jsonvalue import Json, NotJsonError
from scimctl.okta import dialect
from scimctl.okta.answers import describe
from scimctl.scenario.exported.assertions import problem_of
from scimctl.scenario.exported.places import value_at
from scimctl.scenario.exported.scripts import judge_of, normalised
from scimctl.scenario.matchers import Missing
from scimctl.scenario.model import PauseStep, Scenario, SuiteStep
from scimctl.scenario.template import render_text
from scimctl.scim.urns import USER

_SHOWN = 300


def suite_held(step: SuiteStep, exchange: Exchange, state: State) -> Iterator[Held]:
    """Each assertion and script of a step, in the order of the file; without an answer, that alone.

    What another server than the target answered tells nothing about the target.
    """
    response, untold = exchange.response, bool(step.origin)
    if response is None:
        problem = Problem("an answer", describe(exchange.answer))
        title = f"{step.note}: the request is answered"
        yield Held(f"suite.step-{step.number}.answer", title, problem, step.send.span, exchange, untold)
        return
    for assertion in step.assertions:
        problem_found = problem_of(assertion, response, state.resolve)
        title = f"{step.note}: {render_text(assertion.title, state.resolve)}"
        yield Held(assertion.check, title, problem_found, assertion.span, exchange, untold)
    for script in step.scripts:
        known = judge_of(script.text)
        if known is None:
            unread = Problem("a script that scimctl knows", normalised(script.text)[:_SHOWN])
            title = f"{step.note}: a script, which scimctl does not run"
            yield Held(script.check, title, unread, script.span, exchange, untold=True)
        else:
            words, judge = known
            user_name = render_text(script.user_name, state.resolve)
            yield Held(script.check, f"{step.note}: {words}", judge(response, user_name), script.span, exchange, untold)


def suite_values(step: SuiteStep, exchange: Exchange) -> dict[str, Json]:
    """What the step takes from its answer for later steps; what is not there is left out."""
    values: dict[str, Json] = {}
    for variable in step.variables:
        found = value_at(exchange.response, variable.source, variable.place) if exchange.response else None
        if found is not None and not isinstance(found, Missing):
            values[variable.name] = found
    return values


def pauses_after(scenario: Scenario, step: PauseStep) -> float:
    """Seconds of pauses that are still to come."""
    return sum(each.seconds for each in scenario.steps if isinstance(each, PauseStep) and each.number > step.number)


def see_to_a_user(recorder: Recorder, state: State) -> None:
    """Makes a user where there is none: Okta's suites begin by looking at the first, and ask for one beforehand."""
    response = recorder.unjudged(CANARY).response
    try:
        listing = response.json() if response is not None and response.status == 200 else None
    except NotJsonError:
        return
    if isinstance(listing, dict) and listing.get("totalResults") == 0:
        address = state.unique.value("email-first-user")
        body: Json = {
            "schemas": [USER],
            "userName": address,
            "name": {"givenName": "First", "familyName": "User"},
            "displayName": "First User",
            "emails": [{"primary": True, "value": address, "type": "work"}],
            "active": True,
        }
        recorder.exchange(dialect.post("/Users", body), 0)
