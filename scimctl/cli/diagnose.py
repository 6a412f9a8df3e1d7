"""`scimctl diagnose`: why was this user not created, updated or deactivated, or this group not pushed."""

import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from scimctl.cli import watching
from scimctl.cli.errors import wants_color, warn
from scimctl.cli.evidence_sources import Sources, gathered
from scimctl.cli.exit_codes import ExitCode
from scimctl.cli.options import TargetOptions, option, takes_target
from scimctl.diagnose.cause import Symptom
from scimctl.diagnose.diagnosis import Case, Diagnosis, Question, Server, diagnose, failed_users, read_case
from scimctl.diagnose.evidence import Evidence, Piece
from scimctl.diagnose.reading import text
from scimctl.diagnostic import usage_error
from scimctl.jsonvalue import Json
from scimctl.redact import Redactor

_MOST_USERS = 50
_OKTA = "Okta's side"


@takes_target
def command(
    user: Annotated[
        str | None, typer.Argument(metavar="[USER]", help="The login, an e-mail address or the Okta id, in any case.")
    ] = None,
    *,
    options: TargetOptions,
    evidence: Annotated[
        Path | None,
        typer.Option(
            metavar="PATH",
            help="A folder of saved answers of Okta's API, or the System Log as JSON or CSV.",
            rich_help_panel=_OKTA,
        ),
    ] = None,
    csv_columns: Annotated[
        str,
        typer.Option(
            metavar="NAME=COLUMN,…", help="Names columns of the CSV, such as time=Zeit.", rich_help_panel=_OKTA
        ),
    ] = "",
    okta_url: Annotated[
        str | None, option("okta-url", "Asks the Okta org itself, by GETs alone.", "URL", panel=_OKTA)
    ] = None,
    okta_token: Annotated[
        str | None,
        option("okta-token", "An API token of a read-only admin; better by SCIMCTL_OKTA_TOKEN.", "TOKEN", panel=_OKTA),
    ] = None,
    app: Annotated[str | None, option("app", "The app's id (0oa…) or label in Okta.", "APP", panel=_OKTA)] = None,
    save_evidence: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Saves Okta's side there, to be read again.", rich_help_panel=_OKTA),
    ] = None,
    requests: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="What the SCIM server was asked: a HAR file or a request log.",
            rich_help_panel=_OKTA,
        ),
    ] = None,
    group: Annotated[str | None, typer.Option(metavar="NAME", help="Diagnoses the push of this group.")] = None,
    all_failed: Annotated[
        bool, typer.Option("--all-failed", help="Diagnoses everybody whose last attempt failed.")
    ] = False,
    symptom: Annotated[Symptom | None, typer.Option(help="What is wrong; found out when it is not given.")] = None,
    report: Annotated[
        list[str] | None, typer.Option(metavar="FORMAT=PATH", help="Writes markdown for a ticket; may be repeated.")
    ] = None,
    bundle: Annotated[
        Path | None,
        typer.Option(metavar="FILE.zip", help="Packs the diagnosis and what proves it, to be sent to a support team."),
    ] = None,
    mask_people: Annotated[
        bool, typer.Option("--mask-people", help="Puts numbers in place of names and addresses in the bundle.")
    ] = False,
    watch: Annotated[
        bool,
        typer.Option("--watch", help="Follows the System Log and explains each new failure.", rich_help_panel=_OKTA),
    ] = False,
    interval: Annotated[
        float, typer.Option(metavar="SECONDS", help="How often --watch looks.", rich_help_panel=_OKTA, min=1)
    ] = 15,
    try_create: Annotated[
        bool, typer.Option("--try", help="Sends the create that Okta would send, asks first, and takes it back.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Does not ask before --try writes.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Prints one JSON document in place of text.")] = False,
) -> None:
    """Finds out why a user or a group did not arrive, with the proof and the remedy.

    Looks at Okta's side (--evidence) and at the SCIM server (the target options), or at one of them. It sends GETs
    alone, unless --try is given. Ends with 0 when nothing is wrong, with 1 when a cause was found, with 3 when nothing
    could be told.
    """
    files = [_report_path(entry) for entry in report or ()]
    if bundle is not None:
        _check_file(f"--bundle {bundle}", bundle)
    elif mask_people:
        raise usage_error("--mask-people is given without --bundle", "--bundle diagnosis.zip")
    asked = symptom if symptom is not Symptom.NONE else None
    redactor = Redactor()
    sources = Sources(
        evidence=evidence,
        csv_columns=csv_columns,
        okta_url=okta_url,
        okta_token=okta_token,
        app=app,
        save=save_evidence,
        requests=requests,
    )
    if watch:
        _check_watch(sources, all_failed=all_failed)
        only = Question(user=user, group=group, symptom=asked)
        explain = partial(_explain, options=options, redactor=redactor, as_json=as_json)
        raise typer.Exit(watching.watch(sources, redactor, interval=interval, only=only, explain=explain))
    with gathered(sources, user, redactor) as gained:
        case = read_case(gained)
        questions = _questions(case, user, group, asked, all_failed=all_failed)
        agreed = _Agreed(try_create=try_create, yes=yes)
        diagnoses = _diagnose(case, questions, options, redactor, agreed)
        if bundle is not None:
            _pack(bundle, diagnoses, gained, redactor, mask_people=mask_people)
    _show(diagnoses, redactor, as_json=as_json, several=all_failed)
    for path in files:
        _write(path, diagnoses, redactor)
    raise typer.Exit(_exit_code(diagnoses))


def _check_watch(sources: Sources, *, all_failed: bool) -> None:
    if not sources.uses_api:
        raise usage_error("--watch needs the Okta org", "--okta-url https://acme.okta.com --app 0oa…")
    if all_failed:
        raise usage_error("--watch explains everybody who fails", "leave out --all-failed")


def _explain(case: Case, question: Question, *, options: TargetOptions, redactor: Redactor, as_json: bool) -> None:
    _show(_diagnose(case, [question], options, redactor), redactor, as_json=as_json, several=False)


def _questions(
    case: Case, user: str | None, group: str | None, symptom: Symptom | None, *, all_failed: bool
) -> list[Question]:
    if all_failed:
        if user is not None or group is not None:
            raise usage_error("--all-failed is given together with a user or a group", "give one of them")
        if case.evidence.is_empty:
            raise usage_error("--all-failed needs Okta's side, to know who failed", "add --evidence DIR")
        return [Question(user=name, symptom=symptom) for name in failed_users(case)]
    if user is None and group is None:
        user = text(case.evidence.get(Piece.USER), "profile", "login")
    if user is not None and not user.strip():
        raise usage_error("the user is an empty text", "scimctl diagnose alice@example.com")
    if user is None and group is None:
        raise usage_error(
            "no user was named",
            "scimctl diagnose alice@example.com --evidence DIR; or --group NAME, or --all-failed",
        )
    if group is not None and user is None:
        symptom = Symptom.GROUP_NOT_PUSHED
    return [Question(user=user, group=group, symptom=symptom)]


@dataclass(frozen=True, slots=True)
class _Agreed:
    """Whether something may be written to the server, and whether that has been agreed to already."""

    try_create: bool = False
    yes: bool = False


def _diagnose(
    case: Case,
    questions: list[Question],
    options: TargetOptions,
    redactor: Redactor,
    agreed: _Agreed = _Agreed(),
) -> list[Diagnosis]:
    from scimctl.cli.diagnosing import names_a_server, server_of

    if len(questions) > _MOST_USERS:
        warn(f"{len(questions)} users failed; the first {_MOST_USERS} are diagnosed")
    if agreed.try_create and (len(questions) != 1 or not names_a_server(options)):
        raise usage_error(
            "--try needs one user and the SCIM server", "scimctl diagnose alice@example.com --base-url URL"
        )
    if not names_a_server(options):
        if case.evidence.is_empty:
            raise usage_error(
                "there is nothing to look at: no evidence and no SCIM server",
                "--evidence DIR with saved answers of Okta's API, or --base-url URL --token-file FILE, or both",
            )
        return _each(case, questions, None)
    from scimctl.cli.target import resolve_target

    target = resolve_target(options)
    for secret in target.secrets:
        redactor.learn(secret)
    for warning in target.warnings:
        warn(redactor.text(warning))
    with server_of(target, redactor) as server:
        if agreed.try_create:
            from scimctl.cli.trying import with_trial

            case = read_case(with_trial(case, questions[0], server, target, redactor, yes=agreed.yes))
        return _each(case, questions, server)


def _each(case: Case, questions: list[Question], server: Server | None) -> list[Diagnosis]:
    return [diagnose(case, question, server) for question in questions[:_MOST_USERS]]


def _show(diagnoses: list[Diagnosis], redactor: Redactor, *, as_json: bool, several: bool) -> None:
    from scimctl.report.diagnosis import lines_of
    from scimctl.report.diagnosis_json import document_of, documents_of

    if as_json:
        document = documents_of(diagnoses) if several else document_of(diagnoses[0])
        typer.echo(json.dumps(_masked(document, redactor.text), ensure_ascii=False, indent=2))
        return
    if not diagnoses:
        typer.echo("nobody's last attempt failed")
    for place, diagnosis in enumerate(diagnoses):
        if place:
            typer.echo("")
        for line in lines_of(diagnosis, color=wants_color(sys.stdout), mask=redactor.text):
            typer.echo(line, color=True)


def _masked(value: Json, mask: Callable[[str], str]) -> Json:
    match value:
        case str():
            return mask(value)
        case list():
            return [_masked(entry, mask) for entry in value]
        case dict():
            return {name: _masked(entry, mask) for name, entry in value.items()}
        case _:
            return value


def _report_path(entry: str) -> Path:
    name, mark, where = entry.partition("=")
    if name != "markdown" or not mark or not where:
        raise usage_error(f"--report {entry} is no report of a diagnosis", "--report markdown=diagnosis.md")
    path = Path(where)
    _check_file(f"--report {entry}", path)
    return path


def _check_file(option_text: str, path: Path) -> None:
    if path.is_dir() or not path.absolute().parent.is_dir():
        problem = "is a folder" if path.is_dir() else "lies in a folder that does not exist"
        raise usage_error(f"{option_text}: {path} {problem}", "name a file in a folder that exists")


def _pack(path: Path, diagnoses: list[Diagnosis], evidence: Evidence, redactor: Redactor, *, mask_people: bool) -> None:
    from scimctl import __version__
    from scimctl.diagnose.people import People, names_in
    from scimctl.report.diagnosis_bundle import bundle_of

    people = People()
    if mask_people:
        people.learn(names_in(evidence, (one for diagnosis in diagnoses for one in diagnosis.exchanges)))

    def mask(text: str) -> str:
        told = redactor.text(text)
        return people.masked(told) if mask_people else told

    try:
        path.write_bytes(bundle_of(diagnoses, version=__version__, mask=mask, people_masked=mask_people))
    except OSError as error:
        raise usage_error(f"the bundle {path} cannot be written: {error.strerror}", "name another file") from error


def _write(path: Path, diagnoses: list[Diagnosis], redactor: Redactor) -> None:
    from scimctl.report.diagnosis_markdown import markdown_of

    whole = "\n".join(redactor.text(markdown_of(diagnosis)) for diagnosis in diagnoses)
    try:
        path.write_text(whole or "Nobody's last attempt failed.\n", encoding="utf-8")
    except OSError as error:
        raise usage_error(f"the report {path} cannot be written: {error.strerror}", "name another file") from error


def _exit_code(diagnoses: list[Diagnosis]) -> ExitCode:
    if any(diagnosis.causes for diagnosis in diagnoses):
        return ExitCode.SERVER_WRONG
    if any(not diagnosis.in_step or not diagnosis.saw_anything for diagnosis in diagnoses):
        return ExitCode.UNKNOWN
    return ExitCode.CONFORMS
