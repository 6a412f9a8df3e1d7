"""`scimctl test-credentials`: what Okta's *Test API Credentials* button does, judged and explained."""

import json
import re
import shutil
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Annotated

import typer

from scimctl.cli.errors import wants_color, warn
from scimctl.cli.exit_codes import ExitCode
from scimctl.cli.options import TargetOptions, takes_target
from scimctl.exchange import Exchange, Response, Send
from scimctl.jsonvalue import Json, NotJsonError
from scimctl.okta import credentials
from scimctl.okta.credentials import CredentialsResult, Severity
from scimctl.redact import Redactor

_WORDS_LIMIT = 400
_LABEL_WIDTH = 12
_EXIT_CODES = {
    Severity.PASSES: ExitCode.CONFORMS,
    Severity.FAILS: ExitCode.SERVER_WRONG,
    Severity.UNREACHABLE: ExitCode.UNKNOWN,
}
_HEADLINES = {
    Severity.PASSES: ("PASSES", "32;1"),
    Severity.FAILS: ("FAILS", "31;1"),
    Severity.UNREACHABLE: ("UNREACHABLE", "33;1"),
}


@takes_target
def command(
    *,
    options: TargetOptions,
    as_json: Annotated[bool, typer.Option("--json", help="Prints one JSON document in place of text.")] = False,
) -> None:
    """Makes the requests of Okta's Test API Credentials button and says what is wrong.

    Ends with 0 when Okta would accept the server, with 1 when it would not, with 3 when no connection was made.
    """
    from scimctl.cli.target import connect, resolve_target

    target = resolve_target(options)
    redactor = target.redactor()
    for text in target.warnings:
        warn(redactor.text(text))
    with connect(target, redactor) as send:
        exchanges = _play(send, target.base_url)
    result = _judge(exchanges, () if target.is_local else credentials.url_advice(target.base_url))
    masked = [redactor.exchange(exchange) for exchange in exchanges]
    shown = _masked(result, redactor)
    said = _server_words(masked[0], redactor)
    if as_json:
        typer.echo(json.dumps(_document(shown, masked, said), ensure_ascii=False, indent=2))
    else:
        for line in _lines(shown, masked, said, color=wants_color(sys.stdout)):
            typer.echo(line, color=True)
    raise typer.Exit(_EXIT_CODES[result.severity])


def _play(send: Send, base_url: str) -> list[Exchange]:
    exchanges: list[Exchange] = []
    flow = credentials.test_credentials()
    try:
        call = next(flow)
        while True:
            answer = send(call.request)
            exchanges.append(Exchange(call.request, answer, base_url, len(exchanges) + 1))
            call = flow.send(answer)
    except StopIteration:
        return exchanges


def _judge(exchanges: list[Exchange], advice: tuple[str, ...]) -> CredentialsResult:
    users, *groups = exchanges
    result = credentials.judge_users_answer(users.answer, users.base_url)
    extra = [note for exchange in groups for note in credentials.groups_notes(exchange.answer)]
    return replace(result, notes=(*result.notes, *extra, *advice))


def _masked(result: CredentialsResult, redactor: Redactor) -> CredentialsResult:
    return replace(
        result,
        title=_printable(redactor.text(result.title)),
        notes=tuple(_printable(redactor.text(note)) for note in result.notes),
        actual=_printable(redactor.text(result.actual)),
        okta_text=None if result.okta_text is None else redactor.text(result.okta_text),
    )


def _document(result: CredentialsResult, exchanges: list[Exchange], said: str | None) -> dict[str, Json]:
    """The document of `--json`; docs/cli.md promises its members."""
    return {
        "format": 1,
        "ok": result.ok,
        "base_url": exchanges[0].base_url,
        "code": result.code,
        "title": result.title,
        "cause": result.cause,
        "remedy": result.remedy,
        "okta_text": result.okta_text,
        "server_says": said,
        "requests": [_request(exchange) for exchange in exchanges],
        "notes": list(result.notes),
    }


def _request(exchange: Exchange) -> dict[str, Json]:
    answer = exchange.answer
    is_response = isinstance(answer, Response)
    return {
        "method": exchange.request.method,
        "path": exchange.request.target,
        "status": answer.status,
        "ms": round(answer.elapsed * 1000, 1),
        "bytes": len(answer.body) if isinstance(answer, Response) else None,
        "fault": None if is_response else _fault(exchange),
    }


def _fault(exchange: Exchange) -> str:
    answer = exchange.answer
    return "" if isinstance(answer, Response) else _printable(f"{answer.kind.value}: {answer.detail}")


def _lines(result: CredentialsResult, exchanges: list[Exchange], said: str | None, *, color: bool) -> Iterator[str]:
    for exchange in exchanges:
        yield f"{exchange.request.method} {exchange.base_url}{exchange.request.target}"
        yield f"    {_came(exchange)}"
    word, style = _HEADLINES[result.severity]
    yield ""
    yield _paint(word, style, color) + f"  {result.title}"
    rows = [("Why", result.cause), ("What to do", result.remedy)]
    if not result.ok:
        rows.append(("Okta shows", result.okta_text or "(the text for this is not known)"))
    rows.append(("Server says", "" if result.ok else said or ""))
    rows += [("Note", note) for note in result.notes]
    for label, text in rows:
        if text:
            yield from _row(label, text, color)


def _came(exchange: Exchange) -> str:
    answer = exchange.answer
    took = f"{answer.elapsed * 1000:.0f} ms"
    if isinstance(answer, Response):
        return f"{answer.status} {answer.reason}".strip() + f", {took}, {len(answer.body)} bytes"
    status = "" if answer.status is None else f"{answer.status}, then "
    return f"{status}no answer, {took}: {_fault(exchange)}"


def _row(label: str, text: str, color: bool) -> Iterator[str]:
    width = min(shutil.get_terminal_size((100, 24)).columns, 100)
    lines = textwrap.wrap(text, max(width - _LABEL_WIDTH, 20), break_long_words=False, break_on_hyphens=False)
    for index, line in enumerate(lines):
        head = _paint(label.ljust(_LABEL_WIDTH), "1", color) if index == 0 else " " * _LABEL_WIDTH
        yield head + line


def _paint(text: str, style: str, color: bool) -> str:
    return f"\x1b[{style}m{text}\x1b[0m" if color else text


def _server_words(exchange: Exchange, redactor: Redactor) -> str | None:
    """What the server itself says: the detail of a SCIM error, the title of a page, else the body's beginning.

    The exchange is masked; what JSON and HTML escapes hid in it is masked here, before the text is cut.
    """
    answer = exchange.answer
    if not isinstance(answer, Response) or not answer.body.strip():
        return None
    try:
        document = answer.json()
    except NotJsonError:
        text = answer.body[: 64 * 1024].decode("utf-8", "replace")
        page = re.search(r"<title[^>]*>(.{1,200}?)</title>", text, re.IGNORECASE | re.DOTALL)
        return _printable(redactor.text(unescape(page[1])) if page else text)
    detail = document.get("detail") if isinstance(document, dict) else None
    if isinstance(detail, str) and detail.strip():
        return _printable(redactor.text(detail))
    return _printable(answer.body[: 4 * _WORDS_LIMIT].decode("utf-8", "replace"))


def _printable(text: str) -> str:
    """One bounded line that cannot steer a terminal."""
    line = " ".join("".join(mark if mark.isprintable() else " " for mark in text).split())
    return line if len(line) <= _WORDS_LIMIT else line[: _WORDS_LIMIT - 1] + "…"
