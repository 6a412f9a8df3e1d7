"""`scimctl diagnose --watch`: explains each failure in Okta's log as it happens."""

from collections.abc import Callable
from datetime import datetime

import typer

from scimctl.cli.errors import warn
from scimctl.cli.evidence_sources import Sources, gathered, okta_api
from scimctl.cli.exit_codes import ExitCode
from scimctl.diagnose.diagnosis import Case, Question, read_case
from scimctl.diagnose.following import app_id, follow_log
from scimctl.diagnose.management_api import RefusedError
from scimctl.redact import Redactor

Explain = Callable[[Case, Question], None]


def watch(sources: Sources, redactor: Redactor, *, interval: float, only: Question, explain: Explain) -> ExitCode:
    """Follows the log until it is interrupted; returns only when Okta stops answering.

    `only` has the user or group that others are left out for, if any. `explain` shows one diagnosis.
    """
    with okta_api(sources, redactor) as api:
        app = app_id(api, str(sources.app))
        typer.echo(f"following the System Log of {sources.app} ({app}); Ctrl-C ends it", err=True)
        try:
            for questions in follow_log(api, app, interval):
                for question in questions:
                    if _is_wanted(question, only):
                        typer.echo(
                            f"\n{datetime.now():%H:%M:%S} a failure: {question.user or question.group}", err=True
                        )
                        with gathered(sources, question.user, redactor) as evidence:
                            explain(read_case(evidence), question)
        except RefusedError as refused:
            warn(redactor.text(f"Okta's log can no longer be followed: {refused}"))
    return ExitCode.UNKNOWN


def _is_wanted(question: Question, only: Question) -> bool:
    if only.user is None and only.group is None:
        return True
    return (question.user or "").lower() == (only.user or "?").lower() or (question.group or "").lower() == (
        only.group or "?"
    ).lower()
