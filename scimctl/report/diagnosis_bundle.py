"""The support bundle: one archive with a diagnosis, what proves it, and a text that is ready to be sent."""

import json
import platform
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO

from scimctl.diagnose.diagnosis import Diagnosis
from scimctl.diagnose.log import Event
from scimctl.exchange import Exchange, Headers, Response
from scimctl.jsonvalue import Json
from scimctl.report.diagnosis_json import document_of, documents_of
from scimctl.report.diagnosis_markdown import markdown_of
from scimctl.report.printable import safe_json

_CONTENTS = {
    "README.txt": "this text",
    "diagnosis.md": "the diagnosis, for people",
    "diagnosis.json": "the diagnosis, for programs",
    "events.json": "the events of Okta's System Log that it rests on",
    "exchanges.json": "the requests to the SCIM server that it rests on, with their answers",
    "versions.json": "what made it",
}
_MOST_BODY = 200_000
"""Characters of a body that are kept; more says nothing to a person."""


def bundle_of(diagnoses: list[Diagnosis], *, version: str, mask: Callable[[str], str], people_masked: bool) -> bytes:
    """The archive as bytes. `mask` takes secrets, and people where that was asked for, out of every text."""
    told = document_of(diagnoses[0]) if len(diagnoses) == 1 else documents_of(diagnoses)
    versions: Json = {"scimctl": version, "python": platform.python_version(), "system": platform.system()}
    files = {
        "README.txt": _letter(diagnoses, people_masked=people_masked),
        "diagnosis.md": "\n".join(markdown_of(diagnosis) for diagnosis in diagnoses),
        "diagnosis.json": _json(told),
        "events.json": _json([_event(event) for diagnosis in diagnoses for event in diagnosis.events]),
        "exchanges.json": _json([_exchange(one) for diagnosis in diagnoses for one in diagnosis.exchanges]),
        "versions.json": _json(versions),
    }
    held = BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in _CONTENTS:
            archive.writestr(name, mask(files[name]).encode("utf-8", "replace"))
    return held.getvalue()


def _letter(diagnoses: list[Diagnosis], *, people_masked: bool) -> str:
    return "\n".join(_letter_lines(diagnoses, people_masked=people_masked)) + "\n"


def _letter_lines(diagnoses: list[Diagnosis], *, people_masked: bool) -> Iterator[str]:
    yield "Hello,"
    yield ""
    yield "provisioning from Okta over SCIM does not do what it should. This is what we found:"
    for diagnosis in diagnoses:
        yield ""
        yield f"{diagnosis.subject} ({diagnosis.symptom.value}): {diagnosis.summary}"
        for cause in diagnosis.causes:
            yield f"  - {cause.code.word} ({cause.certainty.value}): {cause.title}"
            yield from (f"      {proof.text}" for proof in cause.because)
            yield f"      What we think is to be done: {cause.remedy}"
    yield ""
    yield "Please tell us whether you can confirm it, and what your own log says of these requests."
    yield ""
    yield "The archive holds:"
    yield from (f"  {name}: {what}" for name, what in _CONTENTS.items())
    hidden = "tokens, passwords, names and addresses" if people_masked else "tokens and passwords"
    yield f"What is hidden: {hidden}. Look through it before you send it."


def _event(event: Event) -> Json:
    return {
        "published": event.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "eventType": event.type,
        "outcome": "SUCCESS" if event.succeeded else "FAILURE" if event.failed else None,
        "reason": event.reason,
        "user": event.user_name,
        "app": event.app_label,
        "transaction": event.job,
        "uuid": event.uuid,
    }


def _exchange(exchange: Exchange) -> Json:
    request, answer = exchange.request, exchange.answer
    sent: Json = {
        "method": request.method,
        "url": exchange.base_url + request.target,
        "headers": _fields(request.headers),
        "body": _text(request.body),
    }
    if not isinstance(answer, Response):
        return {"request": sent, "fault": {"kind": answer.kind.value, "detail": answer.detail}}
    came: Json = {
        "status": answer.status,
        "headers": _fields(answer.headers),
        "body": _text(answer.body),
        "seconds": round(answer.elapsed, 3),
    }
    return {"request": sent, "response": came}


def _fields(headers: Headers) -> list[Json]:
    return [[name, value] for name, value in headers]


def _text(body: bytes) -> str:
    text = body[:_MOST_BODY].decode("utf-8", "replace")
    return f"{text}… ({len(body)} bytes in all)" if len(body) > _MOST_BODY else text


def _json(document: Json) -> str:
    return safe_json(json.dumps(document, ensure_ascii=False, indent=1)) + "\n"
