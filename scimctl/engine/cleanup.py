"""Removes what a run made: by id, or by name where the id never came. Removal is not judged (DESIGN §6)."""

from collections.abc import Callable

from scimctl.engine.ledger import Entry, Ledger
from scimctl.engine.recorder import is_gone, resource_path
from scimctl.events import Event, LeftBehind
from scimctl.exchange import Exchange, Request
from scimctl.jsonvalue import Json, NotJsonError
from scimctl.okta import dialect
from scimctl.scim.urns import PATCH_OP

SendUnjudged = Callable[[Request], Exchange]


def remove_all(entries: list[Entry], ledger: Ledger, send: SendUnjudged, emit: Callable[[Event], None]) -> None:
    """Removes what `entries` name and settles them; what stays is reported as LeftBehind and kept in the ledger."""
    for entry in entries:
        reason = _remove(entry, send)
        if reason is None:
            ledger.settle(entry)
        else:
            name = entry.name or entry.id or "?"
            emit(LeftBehind(scenario=entry.scenario, resource_type=entry.resource_type, name=name, reason=reason))


def _remove(entry: Entry, send: SendUnjudged) -> str | None:
    """None once nothing is left, else why something is."""
    if entry.id is not None:
        exchange = send(dialect.delete(resource_path(entry)))
        if exchange.status not in (404, 410):
            return None if is_gone(exchange.response) else _give_up(entry, exchange, send)
    # Without an id, or with one that leads nowhere, what was made may still stand under its name.
    if not entry.name:
        return None
    found = _ids_by_name(entry, send)
    if isinstance(found, str):
        return found
    for identifier in found:
        entry.id = identifier
        exchange = send(dialect.delete(resource_path(entry)))
        if not is_gone(exchange.response):
            return _give_up(entry, exchange, send)
    return None


def _ids_by_name(entry: Entry, send: SendUnjudged) -> list[str] | str:
    query = dialect.filter_query(entry.attribute, entry.name)
    exchange = send(dialect.get(f"{entry.collection}?{query}"))
    response = exchange.response
    if response is None:
        return f"looking for it by name got no answer ({exchange.answer})"
    if response.status == 404:
        return []
    try:
        body = response.json()
    except NotJsonError:
        body = None
    resources = body.get("Resources", []) if isinstance(body, dict) else None
    if response.status != 200 or not isinstance(resources, list):
        return f"looking for it by name was answered with {response.status}"
    # A server that ignores the filter answers with other people: only the exact name is ours to remove.
    return [
        str(r["id"]) for r in resources if isinstance(r, dict) and _same(r.get(entry.attribute), entry) and "id" in r
    ]


def _same(value: Json, entry: Entry) -> bool:
    return isinstance(value, str) and value.casefold() == entry.name.casefold()


def _give_up(entry: Entry, exchange: Exchange, send: SendUnjudged) -> str:
    response = exchange.response
    if response is None:
        return f"DELETE got no answer ({exchange.answer})"
    if response.status not in (405, 501) or entry.collection != "/Users":
        return f"DELETE is answered with {response.status} {response.reason}"
    body: Json = {
        "schemas": [PATCH_OP],
        "Operations": [{"op": "replace", "value": {"active": False}}],
    }
    patched = send(dialect.patch(resource_path(entry), body))
    done = patched.status is not None and 200 <= patched.status < 300
    state = "it was deactivated instead" if done else "and it could not be deactivated either"
    return f"the server does not delete ({response.status}), {state}"
