"""`scimctl diagnose --try`: sends the create that Okta would send, once that was agreed to, and takes it back."""

import secrets
import sys
from dataclasses import replace
from datetime import UTC, datetime

import typer

from scimctl.cli.errors import warn
from scimctl.cli.target import Target, connect
from scimctl.diagnose.diagnosis import Case, Question, Server, facts_of
from scimctl.diagnose.evidence import Evidence
from scimctl.diagnose.trying import Trial, reason_against, trial_of
from scimctl.diagnostic import usage_error
from scimctl.engine.cleanup import remove_all
from scimctl.engine.ledger import Ledger, state_folder
from scimctl.engine.ownership import marks_of
from scimctl.events import Event, LeftBehind
from scimctl.exchange import Exchange, Request, Send
from scimctl.jsonvalue import parse
from scimctl.okta.answers import read_created
from scimctl.okta.outcome import ActionOutcome, ActionResult, Purpose
from scimctl.redact import Redactor

_NO_TERMINAL = "add --yes to agree"


def with_trial(
    case: Case, question: Question, server: Server, target: Target, redactor: Redactor, *, yes: bool
) -> Evidence:
    """The evidence with the events of a create that failed; as it was, when nothing can be tried, or it succeeds.

    Raises InputError when nobody agrees to it.
    """
    facts = facts_of(case, question, server)
    against = reason_against(facts)
    if against is not None:
        warn(f"nothing was tried: {redactor.text(against)}")
        return case.evidence
    _ask(facts.user_name, target.base_url, yes=yes)
    trial = trial_of(facts)
    with connect(target, redactor) as send:
        result = _play(trial, send, target, redactor)
    if result.outcome is not ActionOutcome.FAILURE:
        warn(f"the create of {facts.user_name} succeeds now, and what it made was removed: retry the task in Okta")
        return case.evidence
    warn(f"the create of {facts.user_name} fails now too: {redactor.text(result.reason)}")
    return replace(case.evidence, logs=(*(case.evidence.logs or ()), *trial.events))


def _ask(name: str, base_url: str, *, yes: bool) -> None:
    warning = f"this creates the account {name} on {base_url}, as Okta would, and deletes it again; it may be billed"
    if yes:
        warn(warning)
        return
    if not sys.stdin.isatty():
        raise usage_error(f"{warning}, and nobody is there to ask", _NO_TERMINAL)
    if not typer.confirm(f"{warning[0].upper()}{warning[1:]}. Go on?", err=True):
        raise usage_error("nothing was written", "leave out --try to look alone")


def _play(trial: Trial, send: Send, target: Target, redactor: Redactor) -> ActionResult:
    """Plays the create and removes what it made; what is still there is told, and `scimctl cleanup` knows of it."""
    started = datetime.now(UTC).strftime("%Y-%m-%dT%H%M%SZ")
    ledger = Ledger(target.base_url, state_folder() / f"{started}-try-{secrets.token_hex(4)}.jsonl")
    flow = trial.flow
    try:
        call = next(flow)
        while True:
            if call.purpose is not Purpose.CREATE:
                call = flow.send(send(call.request))
                continue
            body = parse(call.request.body)
            entry = ledger.intend("try", "/Users", "userName", trial.user.login, marks_of(body, "/Users"))
            answer = send(call.request)
            created = read_created(answer)
            if isinstance(created, str):
                ledger.made(entry, created)
            elif answer.status is not None and 400 <= answer.status < 500:
                ledger.settle(entry)
            call = flow.send(answer)
    except StopIteration as stop:
        result: ActionResult = stop.value
    finally:
        _remove(ledger, send, target, redactor)
    return result


def _remove(ledger: Ledger, send: Send, target: Target, redactor: Redactor) -> None:
    def unjudged(request: Request) -> Exchange:
        return Exchange(request, send(request), target.base_url)

    def emit(event: Event) -> None:
        if isinstance(event, LeftBehind):
            words = redactor.text(f"{event.name}: {event.reason}")
            typer.echo(f"LEFT BEHIND {event.resource_type} {words}", err=True)

    remove_all(ledger.open_entries(), ledger, unjudged, emit)
    ledger.close()
