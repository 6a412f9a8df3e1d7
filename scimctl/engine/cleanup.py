"""Removes what a run made: by id, or by name where the id never came. Removal is not judged.

Nothing is removed on the word of one answer: whatever id came, a read of it must show a value that only we sent.
"""

from collections.abc import Callable, Container

from scimctl.engine.ledger import Entry, Ledger
from scimctl.engine.ownership import Owner, Proof, is_unmistakable, owner_of
from scimctl.events import Event, LeftBehind
from scimctl.exchange import Exchange, Request, Response
from scimctl.jsonvalue import Json, NotJsonError, show
from scimctl.okta import dialect
from scimctl.okta.answers import describe, scim_id
from scimctl.scim.attributes import get
from scimctl.scim.urns import PATCH_OP

SendUnjudged = Callable[[Request], Exchange]


def remove_all(
    entries: list[Entry],
    ledger: Ledger,
    send: SendUnjudged,
    emit: Callable[[Event], None],
    *,
    proven: Container[str] = frozenset(),
) -> None:
    """Removes what `entries` name and settles them; what stays is reported as LeftBehind and kept in the ledger.

    `proven` are paths that a read has just shown to be ours, which need no second one.
    """
    for entry in entries:
        reason = _remove(entry, send, proven)
        if reason is None:
            ledger.settle(entry)
        else:
            name = entry.name or entry.id or "?"
            emit(LeftBehind(scenario=entry.scenario, resource_type=entry.resource_type, name=name, reason=reason))


def _remove(entry: Entry, send: SendUnjudged, proven: Container[str]) -> str | None:
    """None once nothing is left, else why something is."""
    doubt: str | None = None
    if entry.id is not None:
        path = dialect.resource_target(entry.collection, entry.id)
        proof = Proof(Owner.WE) if path in proven else owner_of(path, entry.marks, send)
        if proof.owner is Owner.WE:
            return _delete(path, entry, send)
        if proof.owner is Owner.UNKNOWN:
            doubt = f"whether its id {show(entry.id, 80)} leads to it could not be told: {proof.grounds}"
    # Without an id, or with one that leads elsewhere, what was made may still stand under its name.
    return _remove_by_name(entry, doubt, send)


def _remove_by_name(entry: Entry, doubt: str | None, send: SendUnjudged) -> str | None:
    if not entry.name:
        return doubt
    found = _ids_by_name(entry, send)
    if isinstance(found, str):
        return doubt or found
    if found and not is_unmistakable(entry.name):
        return "something of that name is there, and the name does not tell whether this run made it"
    for identifier in found:
        path = dialect.resource_target(entry.collection, identifier)
        proof = owner_of(path, entry.marks, send)
        if proof.owner is Owner.WE:
            doubt = _delete(path, entry, send)
            if doubt is not None:
                return doubt
        elif proof.owner is Owner.UNKNOWN:
            return f"whether its id {show(identifier, 80)} leads to it could not be told: {proof.grounds}"
    return doubt


def _ids_by_name(entry: Entry, send: SendUnjudged) -> list[str] | str:
    query = dialect.filter_query(entry.attribute, entry.name)
    exchange = send(dialect.get(f"{entry.collection}?{query}"))
    response = exchange.response
    if response is None:
        return f"looking for it by name got {describe(exchange.answer)}"
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
    named = [r for r in resources if isinstance(r, dict) and _same(get(r, entry.attribute), entry)]
    return [identifier for resource in named if (identifier := scim_id(resource)) is not None]


def _same(value: Json, entry: Entry) -> bool:
    return isinstance(value, str) and value.casefold() == entry.name.casefold()


def _delete(path: str, entry: Entry, send: SendUnjudged) -> str | None:
    """Deletes what is proven ours; None once it is gone, else why it is not."""
    exchange = send(dialect.delete(path))
    response = exchange.response
    if response is None:
        return f"DELETE got {describe(exchange.answer)}"
    if _is_gone(response):
        return None
    if response.status not in (405, 501) or entry.collection != "/Users":
        return f"DELETE is answered with {response.status} {response.reason}"
    body: Json = {
        "schemas": [PATCH_OP],
        "Operations": [{"op": "replace", "value": {"active": False}}],
    }
    patched = send(dialect.patch(path, body))
    done = patched.status is not None and 200 <= patched.status < 300
    state = "it was deactivated instead" if done else "and it could not be deactivated either"
    return f"the server does not delete ({response.status}), {state}"


def _is_gone(response: Response) -> bool:
    return 200 <= response.status < 300 or response.status in (404, 410)
