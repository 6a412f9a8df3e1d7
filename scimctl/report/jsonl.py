"""Every event as one line of JSON: the faithful record of a run, written as it happens."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from scimctl.events import (
    ActionDone,
    Event,
    ExchangeDone,
    FindingMade,
    LeftBehind,
    Noted,
    OrgTold,
    RunFinished,
    RunStarted,
    ScenarioFinished,
    ScenarioStarted,
    StepStarted,
    Waiting,
)
from scimctl.exchange import Exchange, Headers, Response
from scimctl.jsonvalue import Json
from scimctl.report.json_report import finding_json
from scimctl.report.printable import safe_json
from scimctl.source import Span


def _place(span: Span | None) -> Json:
    return span.place if span is not None else None


def _headers(headers: Headers) -> Json:
    return [[name, value] for name, value in headers]


def _exchange(exchange: Exchange) -> dict[str, Json]:
    request, answer = exchange.request, exchange.answer
    sent: Json = {
        "method": request.method,
        "url": exchange.base_url + request.target,
        "headers": _headers(request.headers),
        "body": request.body.decode("utf-8", "replace"),
    }
    if isinstance(answer, Response):
        came: Json = {
            "status": answer.status,
            "headers": _headers(answer.headers),
            "body": answer.body.decode("utf-8", "replace"),
            "seconds": round(answer.elapsed, 6),
        }
        return {"request": sent, "response": came}
    fault: Json = {
        "kind": answer.kind.value,
        "detail": answer.detail,
        "status": answer.status,
        "seconds": round(answer.elapsed, 6),
    }
    return {"request": sent, "fault": fault}


def event_json(event: Event) -> dict[str, Json]:
    """An event as JSON: `event` names it, the other members are its fields."""
    match event:
        case RunStarted():
            return {
                "event": "run-started",
                "format": 1,
                "scimctl": event.scimctl,
                "base_url": event.base_url,
                "started": event.started,
                "planned": list(event.planned),
            }
        case ScenarioStarted():
            return {"event": "scenario-started", "id": event.id, "title": event.title, "at": _place(event.span)}
        case StepStarted():
            return {
                "event": "step-started",
                "scenario": event.scenario,
                "step": event.step,
                "text": event.text,
                "at": _place(event.span),
            }
        case ExchangeDone():
            where: dict[str, Json] = {"scenario": event.scenario, "step": event.step, "number": event.number}
            return {"event": "exchange-done", **where, "cleanup": event.cleanup, **_exchange(event.exchange)}
        case ActionDone():
            return {
                "event": "action-done",
                "scenario": event.scenario,
                "step": event.step,
                "verb": event.verb,
                "outcome": event.outcome,
                "reason": event.reason,
            }
        case OrgTold():
            return {"event": "org-told", "scenario": event.scenario, "documents": event.documents}
        case FindingMade():
            return {"event": "finding-made", **finding_json(event.finding), "notes": list(event.finding.notes)}
        case ScenarioFinished():
            return {
                "event": "scenario-finished",
                "id": event.id,
                "verdict": event.verdict.value,
                "reason": event.reason,
                "duration_seconds": round(event.duration, 6),
            }
        case LeftBehind():
            return {
                "event": "left-behind",
                "scenario": event.scenario,
                "type": event.resource_type,
                "name": event.name,
                "reason": event.reason,
            }
        case Waiting():
            return {"event": "waiting", "seconds": event.seconds, "reason": event.reason}
        case Noted():
            return {"event": "noted", "text": event.text}
        case RunFinished():
            return {
                "event": "run-finished",
                "duration_seconds": round(event.duration, 6),
                "requests": event.requests,
                "summary": dict(event.summary),
                "exit_code": event.exit_code,
                "interrupted": event.interrupted,
            }


@dataclass(slots=True)
class JsonlReporter:
    """Writes each event as it comes; None as path is stdout. Raises OSError when the file cannot be written."""

    path: Path | None
    stdout: TextIO
    _file: TextIO | None = None

    def handle(self, event: Event) -> None:
        """Writes one line."""
        if self._file is None:
            self._file = self.stdout if self.path is None else self.path.open("w", encoding="utf-8")
        self._file.write(safe_json(json.dumps(event_json(event), ensure_ascii=False)) + "\n")
        if isinstance(event, RunFinished):
            self._file.flush()

    def close(self) -> None:
        """Closes the file."""
        if self._file is not None and self.path is not None:
            self._file.close()
