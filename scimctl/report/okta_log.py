"""`--okta-log`: the System Log of a run, as an export of Okta's; in a folder all that an admin could look at."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from scimctl.events import Event, OrgTold
from scimctl.jsonvalue import Json
from scimctl.report.printable import safe_json
from scimctl.report.reporter import write_file


@dataclass(slots=True)
class OktaLogReporter:
    """Writes the events of all scenarios to a file, oldest first; or a folder of evidence for each scenario.

    In a folder each scenario has one of its own, named by its id, that `scimctl diagnose --evidence` reads.
    Raises OSError when something cannot be written.
    """

    path: Path
    as_folder: bool
    _events: list[Json] = field(default_factory=list)

    def handle(self, event: Event) -> None:
        """Keeps the events of a scenario's log, or writes its folder."""
        if not isinstance(event, OrgTold):
            return
        if self.as_folder:
            folder = self.path / re.sub(r"[^\w.-]+", "-", event.scenario).strip("-")
            folder.mkdir(parents=True, exist_ok=True)
            for name, document in event.documents.items():
                write_file(_text(document), folder / f"{name}.json")
            return
        logs = event.documents["logs"]
        assert isinstance(logs, list)
        self._events += logs

    def close(self) -> None:
        """Writes the file."""
        if not self.as_folder:
            write_file(_text(sorted(self._events, key=_published)), self.path)


def _published(event: Json) -> str:
    return str(event["published"]) if isinstance(event, dict) else ""


def _text(document: Json) -> str:
    return safe_json(json.dumps(document, indent=1, ensure_ascii=False)) + "\n"
