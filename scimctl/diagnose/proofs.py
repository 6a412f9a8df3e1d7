"""Grounds in words: an event, an exchange, a value in two places. What others said is quoted, never retold."""

from collections.abc import Iterable
from datetime import datetime

from scimctl.diagnose.accounts import Account
from scimctl.diagnose.cause import Proof
from scimctl.diagnose.log import Event
from scimctl.diagnose.probes import total_of
from scimctl.diagnose.reading import objects, text
from scimctl.exchange import Exchange, Response, document
from scimctl.jsonvalue import Json, show

_MOST_WORDS = 300


def clock(when: datetime | None) -> str:
    """A time as it is shown, in UTC to the second."""
    return "an unknown time" if when is None else when.strftime("%Y-%m-%d %H:%M:%S UTC")


def said(event: Event, told: str = "") -> Proof:
    """What an event says: its time, type and outcome, with the reason."""
    result = "SUCCESS" if event.succeeded else ("FAILURE" if event.failed else "no outcome")
    reason = f": {event.reason}" if event.reason else ("" if not event.failed else ", without a reason")
    note = f" ({event.note})" if event.note else ""
    lead = f"{told}: " if told else ""
    return Proof(text=f"{lead}{clock(event.at)} {event.type} {result}{reason}{note}", events=(event,))


def told(words: str, *events: Event) -> Proof:
    """A ground in our own words, with the events it rests on."""
    return Proof(text=words, events=tuple(events))


def answered(exchange: Exchange, meaning: str = "") -> Proof:
    """What a probe met: the request, the status, the app's own words, and what that means."""
    answer = exchange.answer
    request = f"{exchange.request.method} {exchange.base_url}{exchange.request.target}"
    if not isinstance(answer, Response):
        came = f"no answer: {answer.kind.value}, {answer.detail}"
    else:
        came = f"{answer.status} {answer.reason}".strip()
        words = own_words(exchange)
        if words:
            came += f", {words}"
        elif (total := total_of(answer)) is not None:
            came += f", totalResults {total}"
    took = f" after {answer.elapsed:.0f} s" if answer.elapsed >= 1 else ""
    tail = f": {meaning}" if meaning else ""
    return Proof(text=f"{request} → {came}{took}{tail}", exchange=exchange)


def own_words(exchange: Exchange) -> str:
    """What an error answer says itself: the `detail` of a SCIM error, or the beginning of its body."""
    answer = exchange.answer
    if not isinstance(answer, Response) or answer.status < 400:
        return ""
    detail = text(document(answer), "detail")
    if detail is not None:
        return f"“{detail[:_MOST_WORDS]}”"
    body = answer.body[:_MOST_WORDS].decode("utf-8", "replace").strip()
    kind = answer.media_type or "no content type"
    return f"{kind}: {body}" if body and document(answer) is None else ""


def shows(account: Account, meaning: str = "") -> Proof:
    """An account that was seen, with when it last changed."""
    changed = f", last modified {clock(account.modified)}" if account.modified is not None else ""
    tail = f": {meaning}" if meaning else ""
    return Proof(text=f"the app has the {account.shown}{changed}{tail}", exchange=account.exchange)


def both(name: str, okta: Json, app: Json) -> str:
    """An attribute with its value in Okta and in the app."""
    return f"{name}: {quoted(okta)} in Okta, {quoted(app)} in the app"


def quoted(value: Json) -> str:
    """A value as JSON, or `empty`."""
    return "empty" if value is None or value == "" else show(value, 80)


def listed(names: Iterable[str], most: int = 5) -> str:
    """Names in a row, the first few of them."""
    every = list(names)
    more = len(every) - most
    return ", ".join(every[:most]) + (f" and {more} more" if more > 0 else "")


def resources(exchange: Exchange) -> list[dict[str, Json]]:
    """The resources of a list answer."""
    body = document(exchange.answer)
    return list(objects(body.get("Resources"))) if isinstance(body, dict) else []
