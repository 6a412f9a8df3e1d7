"""One scenario's way to the server: sends, numbers, proves whose an account is, records what was made."""

from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass, field
from functools import partial

from scimctl.engine.ledger import Entry, Ledger
from scimctl.engine.observer import Sent
from scimctl.engine.ownership import (
    Owner,
    Ownership,
    Proof,
    bulk_operations,
    marks_of,
    naming_attribute,
    written_paths,
)
from scimctl.engine.session import Session, StoppedError
from scimctl.engine.together import at_once
from scimctl.events import Event, LeftBehind
from scimctl.exchange import Answer, Exchange, FaultKind, Request, TransportFault
from scimctl.finding import Witness
from scimctl.jsonvalue import Json, NotJsonError, parse
from scimctl.okta import dialect
from scimctl.redact import Redactor

_QUERY_PATHS = ("/.search", "/Bulk", "/Me")


class NotOursError(Exception):
    """A write was not sent: `path` leads to somebody else, or it could not be told to whom."""

    def __init__(self, path: str, proof: Proof, exchange: Exchange | None) -> None:
        super().__init__(path)
        self.path = path
        self.proof = proof
        self.exchange = exchange


@dataclass(slots=True, kw_only=True)
class Recorder:
    """Sends the requests of one scenario and keeps what they showed."""

    scenario: str
    session: Session
    ledger: Ledger
    redactor: Redactor
    emit: Callable[[Event | Sent], None]
    base_url: str
    sent: int = 0
    _ownership: Ownership = field(default_factory=Ownership)
    _made_elsewhere: set[str] = field(default_factory=set)

    def exchange(self, request: Request, step: int, *, anyones: bool = False) -> Exchange:
        """Sends `request` as part of `step`, judged by the passive checks.

        Raises session.StoppedError when the run was interrupted before it was sent, and NotOursError for a change to
        what this scenario did not make, unless its author means `anyones`.
        """
        if anyones:
            self._ownership.sends(request)
        else:
            self._assert_ours(request, step)
        entries = self._intents(request)
        return self._noted(request, entries, self.session.send(request), step)

    def together(self, requests: Sequence[Request], step: int) -> list[Exchange]:
        """Sends `requests` at the same moment; the exchanges come in the order of the requests.

        Raises what `exchange` raises.
        """
        for request in requests:
            self._assert_ours(request, step)
        # The intents are on the disk before the first request leaves, as for every other create.
        intents = [self._intents(request) for request in requests]
        answers = at_once(self.session.send, requests)
        return [
            self._noted(request, entries, answer, step)
            for request, entries, answer in zip(requests, intents, answers, strict=True)
        ]

    def _noted(self, request: Request, entries: Sequence[Entry], answer: Answer, step: int) -> Exchange:
        exchange = self._sent(request, answer)
        for entry in entries:
            self._note_made(entry, exchange)
        self._ownership.saw(exchange)
        self.emit(Sent(exchange, step))
        return exchange

    def _assert_ours(self, request: Request, step: int) -> None:
        paths = written_paths(request)
        asked: list[Exchange] = []

        def ask(question: Request) -> Exchange:
            asked.append(self.question(question, step))
            return asked[-1]

        for path in paths:
            proof = self._ownership.owner(path, ask)
            if proof.owner in (Owner.OTHERS, Owner.UNKNOWN):
                raise NotOursError(path, proof, asked[-1] if asked else None)
        renamed = self._ownership.sends(request)
        for entry in self.ledger.open_entries(self.scenario) if paths and renamed else ():
            if entry.id is not None and dialect.resource_target(entry.collection, entry.id) in paths:
                self.ledger.marked(entry, renamed)

    def question(self, request: Request, step: int) -> Exchange:
        """Sends a request of our own as part of `step`; it is not judged.

        Raises session.StoppedError when the run was interrupted.
        """
        exchange = self._sent(request, self.session.send(request))
        self.emit(Sent(exchange, step, is_judged=False))
        return exchange

    def unjudged(self, request: Request) -> Exchange:
        """Sends `request` for clean-up: not numbered among the steps, not judged, also while the run is stopping."""
        exchange = self._sent(request, self.session.send(request, while_stopping=True))
        self.emit(Sent(exchange, 0, is_judged=False))
        return exchange

    def elsewhere(self, origin: str, request: Request, step: int) -> Exchange:
        """Sends `request` to another server than the target; what comes is nobody's conformance, and not judged.

        What a POST made there stays, and is reported as left behind, once for each id.
        """
        send = self.session.elsewhere
        if self.session.stop.is_set():
            raise StoppedError
        unasked = TransportFault(FaultKind.CONNECT, f"{origin} was not asked")
        answer = send(origin, request) if send is not None else unasked
        self.sent += 1
        exchange = Exchange(request, answer, origin, self.sent)
        self.emit(Sent(exchange, step, is_judged=False))
        identifier = _document(exchange.response.json).get("id") if exchange.response is not None else None
        made = request.method == "POST" and exchange.status in (200, 201)
        if made and isinstance(identifier, str) and identifier not in self._made_elsewhere:
            self._made_elsewhere.add(identifier)
            words = f"it was made at {origin} by POST {request.path}, as the suite says; remove it there"
            name = self.redactor.text(identifier)
            self.emit(LeftBehind(scenario=self.scenario, resource_type="resource", name=name, reason=words))
        return exchange

    @property
    def proven(self) -> Container[str]:
        """The paths that a read of this scenario has shown to be its own."""
        return self._ownership.proven

    def witness(self, exchange: Exchange) -> Witness:
        """One of this recorder's exchanges, as findings cite it."""
        request = exchange.request
        return Witness(exchange.number, request.method, self.redactor.text(request.target), exchange.status)

    def _sent(self, request: Request, answer: Answer) -> Exchange:
        self.sent += 1
        return Exchange(request, answer, self.base_url, self.sent)

    def _intents(self, request: Request) -> list[Entry]:
        """What a request is about to make: a resource, or those that a bulk request's operations create."""
        creates = [(request.method, request.path, _document(partial(parse, request.body)))]
        for each in bulk_operations(request):
            data = each.get("data")
            creates.append((str(each.get("method")), str(each.get("path")), data if isinstance(data, dict) else {}))
        return [
            self._intent(collection, body)
            for method, collection, body in creates
            if method == "POST" and collection.count("/") == 1 and collection not in _QUERY_PATHS
        ]

    def _intent(self, collection: str, body: dict[str, Json]) -> Entry:
        attribute = naming_attribute(collection)
        name = body.get(attribute)
        text = name if isinstance(name, str) else ""
        return self.ledger.intend(self.scenario, collection, attribute, text, marks_of(body, collection))

    def _note_made(self, entry: Entry, exchange: Exchange) -> None:
        response = exchange.response
        if response is None or response.status >= 500:
            return
        if exchange.request.path == "/Bulk" and response.status < 300:
            # What the operations made is looked up by name: an id in such an answer proves nothing.
            return
        if response.status >= 300:
            self.ledger.settle(entry)
            return
        identifier = _document(response.json).get("id")
        if isinstance(identifier, (str, int)) and not isinstance(identifier, bool) and identifier != "":
            text = str(identifier)
            self._ownership.created.add(dialect.resource_target(entry.collection, text))
            # A server may give our own token back as an id, and no token is written, whichever way it came.
            self.ledger.made(entry, text, is_secret=self.redactor.text(text) != text)


def _document(read: Callable[[], Json]) -> dict[str, Json]:
    """The JSON object that `read` gives; empty for anything else."""
    try:
        value = read()
    except NotJsonError:
        return {}
    return value if isinstance(value, dict) else {}
