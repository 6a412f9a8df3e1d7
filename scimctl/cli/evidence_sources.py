"""Where `scimctl diagnose` gets Okta's side from: a folder, an export of the log, or the Management API."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from time import sleep
from urllib.parse import urlsplit

from scimctl.cli.address import clean_base_url
from scimctl.cli.errors import warn
from scimctl.diagnose.evidence import Evidence, LogEntry, LogFile, Piece, no_evidence, read_folder
from scimctl.diagnose.log_file import LogSpool, only_app, prepare_folder, save_folder
from scimctl.diagnose.management_api import ManagementApi
from scimctl.diagnose.reading import text
from scimctl.diagnose.request_events import events_of
from scimctl.diagnose.request_log import read_requests
from scimctl.diagnostic import usage_error
from scimctl.exchange import Auth
from scimctl.redact import Redactor
from scimctl.wire.client import Wire
from scimctl.wire.settings import WireSettings, is_loopback

_NO_FILE = "the evidence is an export of the System Log"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sources:
    """What the command line names.

    `evidence` is a folder, or a file with the System Log as JSON or CSV; `requests` is the app's own record.
    """

    evidence: Path | None
    csv_columns: str
    okta_url: str | None
    okta_token: str | None
    app: str | None
    save: Path | None
    requests: Path | None = None

    @property
    def uses_api(self) -> bool:
        """Whether Okta itself is to be asked."""
        return self.okta_url is not None


@contextmanager
def gathered(sources: Sources, user: str | None, redactor: Redactor) -> Iterator[Evidence]:
    """The evidence, saved where that was asked for. What the log needs on the disk is gone afterwards.

    Raises InputError for what cannot be read, and for options that do not go together.
    """
    _check(sources)
    if not sources.uses_api:
        evidence = _with_requests(_from_files(sources), sources)
        if sources.save is not None:
            save_folder(evidence, sources.save)
        yield evidence
        return
    with tempfile.TemporaryDirectory(prefix="scimctl-") as scratch:
        folder = sources.save or Path(scratch)
        prepare_folder(folder)
        with okta_api(sources, redactor) as api:
            spool = LogSpool(folder / Piece.LOGS.file_name)
            evidence = api.evidence(str(sources.app), user, spool)
        if sources.save is not None:
            save_folder(evidence, sources.save)
        yield _with_requests(evidence, sources)


@contextmanager
def okta_api(sources: Sources, redactor: Redactor) -> Iterator[ManagementApi]:
    """The Management API of the org that the options name, over a socket."""
    origin = org_url(str(sources.okta_url))
    token = (sources.okta_token or "").strip()
    redactor.learn(token)
    # An OAuth access token is a JWT; an API token of Okta's own has no dots.
    scheme = "Bearer" if token.count(".") == 2 else "SSWS"
    settings = WireSettings(base_url=origin, credentials={Auth.TARGET: f"{scheme} {token}"}, connections=1)
    with Wire(settings) as wire:
        yield ManagementApi(
            origin=origin, send=wire.send, sleep=sleep, now=lambda: datetime.now(UTC), waiting=_tell_of_wait
        )


def org_url(text: str) -> str:
    """The address of an Okta org from what was pasted: the Admin Console's address will do. Raises InputError."""
    url = clean_base_url(text if "://" in text else f"https://{text}")
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme != "https" and not is_loopback(host):
        raise usage_error(f"--okta-url {url} is not https, and the token would be seen", f"--okta-url https://{host}")
    label, dot, rest = parts.netloc.partition(".")
    return f"{parts.scheme}://{label.removesuffix('-admin')}{dot}{rest}"


def _check(sources: Sources) -> None:
    if not sources.uses_api:
        # A token alone asks for nothing: it may stand in the environment all the time.
        if sources.app and not (sources.evidence is not None and sources.evidence.is_file()):
            raise usage_error("--app is given without --okta-url", "--okta-url https://acme.okta.com")
        return
    if sources.evidence is not None:
        raise usage_error("--evidence and --okta-url are both given", "give one of them")
    if not (sources.okta_token or "").strip():
        raise usage_error(
            "Okta's API needs a token",
            "SCIMCTL_OKTA_TOKEN=…, a token of a read-only admin (Security > API > Tokens in the Admin Console)",
        )
    if not (sources.app or "").strip():
        raise usage_error("--okta-url is given without --app", "--app 0oa… or the app's label, such as --app Wrike")


def _from_files(sources: Sources) -> Evidence:
    path = sources.evidence
    if path is None:
        return no_evidence("no evidence was given")
    if not path.is_file():
        return read_folder(path)
    absent: dict[Piece, str] = {piece: _NO_FILE for piece in Piece if piece is not Piece.LOGS}
    logs: Iterable[LogEntry] = LogFile(path)
    if path.suffix.lower() in (".csv", ".tsv", ".txt"):
        from scimctl.diagnose.csv_log import columns_of, read_csv

        logs = read_csv(path, columns_of(sources.csv_columns))
    return Evidence(origin=str(path), logs=only_app(logs, sources.app), absent=absent)


def _with_requests(evidence: Evidence, sources: Sources) -> Evidence:
    """The evidence with the app's own record; where there is no System Log, with the events that it amounts to."""
    if sources.requests is None:
        return evidence
    requests = read_requests(sources.requests)
    if evidence.logs is not None:
        return replace(evidence, requests=requests)
    app = text(evidence.get(Piece.APP), "id") or "the app"
    absent: dict[Piece, str] = {piece: reason for piece, reason in evidence.absent.items() if piece is not Piece.LOGS}
    return replace(evidence, requests=requests, logs=tuple(events_of(requests, app)), absent=absent)


def _tell_of_wait(seconds: float, reason: str) -> None:
    warn(f"waiting {seconds:.0f} s for {reason}")
