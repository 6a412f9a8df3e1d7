"""Writes evidence to files: a log as its events come, so that its size costs no memory, and a folder of everything."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from scimctl.diagnose.evidence import Damage, Evidence, LogEntry, LogFile, Piece
from scimctl.diagnose.reading import member, objects, text
from scimctl.diagnostic import usage_error
from scimctl.jsonvalue import Json

_MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class CutLog:
    """The events of a file, and then why there are no more of them."""

    log: LogFile
    reason: str

    @property
    def path(self) -> Path:
        """The file of the log."""
        return self.log.path

    def __iter__(self) -> Iterator[LogEntry]:
        yield from self.log
        yield Damage(self.reason)


@dataclass(slots=True)
class LogSpool:
    """Events on their way into a file, one to a line. Raises OSError when it cannot be written."""

    path: Path
    count: int = 0
    _file: TextIO | None = field(default=None, init=False)

    def add(self, event: Json) -> None:
        """Writes one event."""
        if self._file is None:
            self._file = self.path.open("w", encoding="utf-8", errors="surrogatepass")
            self._file.write("[")
        self._file.write(("," if self.count else "") + "\n" + json.dumps(event, ensure_ascii=False))
        self.count += 1

    def close(self) -> None:
        """Ends the array and closes the file; once is enough."""
        if self._file is not None:
            self._file.write("\n]\n")
            self._file.close()
            self._file = None
        elif not self.count:
            self.path.write_text("[]\n", "utf-8")

    def finished(self, cut: str | None = None) -> LogFile | CutLog:
        """The log as it is now; `cut` says why it is not the whole."""
        self.close()
        log = LogFile(self.path)
        return log if cut is None else CutLog(log, cut)


@dataclass(frozen=True, slots=True)
class AppLog:
    """The events of a log without those of other apps than the one with the id `app`."""

    log: Iterable[LogEntry]
    app: str

    def __iter__(self) -> Iterator[LogEntry]:
        for entry in self.log:
            apps = [identifier for identifier, _ in _apps_of(entry)]
            if not apps or self.app in apps:
                yield entry


def only_app(log: Iterable[LogEntry], app: str | None) -> Iterable[LogEntry]:
    """The log of one app, named by id or label; without a name, of the only app that is provisioned in it.

    Raises InputError when the log has no such app, or when several would do.
    """
    seen: dict[str, str] = {}
    for entry in log:
        if isinstance(entry, dict) and (text(entry, "eventType") or "").startswith("application."):
            seen.update(_apps_of(entry))
    wanted = {one for one, label in seen.items() if app is None or app.lower() in (one.lower(), label.lower())}
    if len(wanted) == 1:
        return AppLog(log, wanted.pop())
    if not seen and app is None:
        return log
    labels = (
        ", ".join(
            f"{label} ({one})" for label, one in sorted((label, one) for one, label in seen.items())[:_MOST_NAMED]
        )
        or "none"
    )
    problem = f"no app {app}" if app is not None and not wanted else "several apps"
    raise usage_error(f"the log has events of {problem}; it has: {labels}", "name the app with --app ID")


def _apps_of(entry: LogEntry) -> Iterator[tuple[str, str]]:
    """Id and label of each app that an event names; an export without ids has the label in their place."""
    for target in objects(member(entry, "target")) if isinstance(entry, dict) else ():
        if text(target, "type") == "AppInstance":
            label = text(target, "displayName") or text(target, "alternateId") or "?"
            yield text(target, "id") or label, label


def prepare_folder(folder: Path) -> None:
    """Makes the folder that evidence is to be saved in. Raises InputError when that cannot be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise usage_error(f"the folder {folder} cannot be made: {error.strerror}", "name another one") from error


def save_folder(evidence: Evidence, folder: Path) -> None:
    """Writes each piece to its file, in the layout that `read_folder` reads.

    Raises InputError when a file cannot be written.
    """
    prepare_folder(folder)
    try:
        for piece, document in evidence.documents.items():
            (folder / piece.file_name).write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
        if evidence.logs is not None:
            _save_log(evidence, folder / Piece.LOGS.file_name)
    except OSError as error:
        raise usage_error(f"the evidence cannot be saved in {folder}: {error.strerror}", "name another one") from error


def _save_log(evidence: Evidence, path: Path) -> None:
    logs = evidence.logs
    if logs is None or (isinstance(logs, LogFile | CutLog) and logs.path == path):
        # The events were written here as they came.
        return
    spool = LogSpool(path)
    try:
        for event in logs:
            if not isinstance(event, Damage):
                spool.add(event)
    finally:
        spool.close()
