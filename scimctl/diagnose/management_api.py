"""Okta's Management API as a source of evidence: read-only, page by page, patient with its rate limit.

Every request is a GET. Pages are followed through the `Link` field alone, and never to another host. After 429 the time
that `X-Rate-Limit-Reset` names is waited for, within bounds. Sources: Okta's reference of the Apps, Users, Schemas,
Group Push and System Log APIs.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote, urlencode, urlsplit

from scimctl.diagnose.evidence import Evidence, Piece, fault_of
from scimctl.diagnose.log_file import LogSpool
from scimctl.diagnose.reading import objects, text
from scimctl.diagnostic import usage_error
from scimctl.exchange import Answer, Headers, Request, Response, Send, TransportFault
from scimctl.jsonvalue import Json, NotJsonError

RETENTION = timedelta(days=90)
"""How far back Okta keeps its System Log."""
_LONGEST_WAIT = 120.0
_LONGEST_WAITS = 600.0
"""Seconds that one wait for the rate limit, and all of a diagnosis, may last."""
_MOST_PAGES = 500
_APP_ID = "0oa"
_NEXT = re.compile(r'<([^>]*)>\s*;[^,]*?\brel="next"')
_USUAL = Headers((("Accept", "application/json"),))
_PAGE_SIZES = {Piece.APP_USERS: 500, Piece.APP_GROUPS: 200, Piece.PUSH_MAPPINGS: 1000}


class RefusedError(Exception):
    """Okta did not answer a request with a document; the text says how it did."""


@dataclass(slots=True, kw_only=True)
class ManagementApi:
    """Asks one org. `send` adds the token; `sleep` takes seconds; `waiting` hears of each wait and why."""

    origin: str
    send: Send
    sleep: Callable[[float], None]
    now: Callable[[], datetime]
    waiting: Callable[[float, str], None] = lambda seconds, reason: None
    _waited: float = field(default=0.0, init=False)

    def evidence(self, app: str, user: str | None, spool: LogSpool, since: datetime | None = None) -> Evidence:
        """All that Okta tells of an app, by id or label, and of a user of it, by login or id.

        The System Log goes to `spool`; it begins at `since`, or where Okta's own memory begins. Raises InputError when
        Okta cannot be asked at all, or knows no such app, or several.
        """
        documents: dict[Piece, Json] = {Piece.APP: self.app(app)}
        absent: dict[Piece, str] = {}
        app_id = text(documents[Piece.APP], "id") or app
        self._add(documents, absent, Piece.APP_SCHEMA, f"/api/v1/meta/schemas/apps/{quote(app_id, safe='')}/default")
        person = self._person(user, documents, absent)
        for piece, path in (
            (Piece.APP_USERS, "users"),
            (Piece.APP_GROUPS, "groups?expand=group"),
            (Piece.PUSH_MAPPINGS, "group-push/mappings"),
        ):
            self._add_list(documents, absent, piece, f"/api/v1/apps/{quote(app_id, safe='')}/{path}")
        begin = since or self.now() - RETENTION
        cut = self._log(spool, app_id, person, begin)
        if cut is not None and not spool.count:
            absent[Piece.LOGS] = cut
        logs = None if Piece.LOGS in absent else spool.finished(cut)
        return Evidence(origin=self.origin, logs=logs, documents=documents, absent=absent)

    def follow(self, app_id: str, since: datetime) -> Iterator[list[Json]]:
        """The events of an app that come after `since`, a list for each time that Okta was asked; it has no end.

        This is the polling form of the log: without `until` there is always a next page, which is empty while nothing
        happens. Raises RefusedError when Okta does not answer.
        """
        target: str | None = _log_target(app_id, None, since, until=None)
        while target is not None:
            answer = self._ask(target)
            yield _list_in(answer, target)
            target = self._next(answer) or target

    def app(self, app: str) -> Json:
        """The document of an app, by id or label. Raises InputError when Okta shows none, or several."""
        if app.startswith(_APP_ID):
            document, refused = self._document(f"/api/v1/apps/{quote(app, safe='')}")
            if refused is not None:
                raise usage_error(
                    f"Okta does not show the app {app}: {refused}",
                    "check --app, --okta-url and the token; the id stands in the app's address in the Admin Console",
                )
            return document
        try:
            found: Json = [*self._pages(f"/api/v1/apps?{urlencode({'q': app, 'limit': 200})}")]
        except RefusedError as refusal:
            raise usage_error(
                f"Okta does not list its apps: {refusal}", "check --okta-url and the token, or give the app's id"
            ) from refusal
        named = [one for one in objects(found) if (text(one, "label") or "").lower() == app.lower()]
        if len(named) == 1:
            return {**named[0]}
        choice = ", ".join(f"{text(one, 'label')} ({text(one, 'id')})" for one in (named or [*objects(found)])[:8])
        problem = "several apps are" if named else "no app is"
        raise usage_error(f"{problem} labelled {app} in Okta", f"give --app the id; there are: {choice or 'none'}")

    def _person(self, user: str | None, documents: dict[Piece, Json], absent: dict[Piece, str]) -> str | None:
        """Adds the user and the user's groups; returns the user's id where Okta knows one."""
        if user is None:
            absent[Piece.USER] = absent[Piece.USER_GROUPS] = "no user was asked about"
            return None
        self._add(documents, absent, Piece.USER, f"/api/v1/users/{quote(user, safe='')}")
        person = text(documents.get(Piece.USER), "id")
        if person is None:
            absent[Piece.USER_GROUPS] = absent.get(Piece.USER, "the user has no id")
            return None
        self._add_list(documents, absent, Piece.USER_GROUPS, f"/api/v1/users/{quote(person, safe='')}/groups")
        return person

    def _add(self, documents: dict[Piece, Json], absent: dict[Piece, str], piece: Piece, target: str) -> None:
        document, refused = self._document(target)
        fault = refused or fault_of(piece, document)
        if fault is None:
            documents[piece] = document
        else:
            absent[piece] = fault

    def _add_list(self, documents: dict[Piece, Json], absent: dict[Piece, str], piece: Piece, target: str) -> None:
        size = _PAGE_SIZES.get(piece)
        paged = f"{target}{'&' if '?' in target else '?'}limit={size}" if size else target
        try:
            documents[piece] = [*self._pages(paged)]
        except RefusedError as refused:
            absent[piece] = str(refused)

    def _log(self, spool: LogSpool, app_id: str, person: str | None, since: datetime) -> str | None:
        """Puts the events into the spool; returns why there are not all of them, if so."""
        try:
            for event in self._pages(_log_target(app_id, person, since, until=self.now())):
                spool.add(event)
        except RefusedError as refused:
            return str(refused)
        finally:
            spool.close()
        return None

    def _document(self, target: str) -> tuple[Json, str | None]:
        """One document, or why there is none."""
        try:
            return _json_of(self._ask(target)), None
        except RefusedError as refused:
            return None, str(refused)

    def _pages(self, target: str) -> Iterator[Json]:
        """The entries of a list, page after page."""
        following: str | None = target
        seen: set[str] = set()
        for _ in range(_MOST_PAGES):
            if following is None:
                return
            seen.add(following)
            answer = self._ask(following)
            yield from _list_in(answer, following)
            following = self._next(answer)
            if following in seen:
                raise RefusedError("Okta's pages lead in a circle")
        raise RefusedError(f"the list has no end after {_MOST_PAGES} pages")

    def _next(self, answer: Response) -> str | None:
        """The target of the next page; a link to another host is none."""
        for value in answer.headers.get_all("Link"):
            for address in _NEXT.findall(value):
                parts = urlsplit(address)
                if f"{parts.scheme}://{parts.netloc}".lower() != self.origin.lower():
                    raise RefusedError(f"Okta's next page is on another host, {parts.netloc}")
                return f"{parts.path}?{parts.query}" if parts.query else parts.path
        return None

    def _ask(self, target: str) -> Response:
        """The answer with 200 to a GET, after waiting as long as the rate limit asks for."""
        while True:
            answer = self.send(Request("GET", target, _USUAL))
            if answer.status != 429 or not isinstance(answer, Response):
                return _accepted(answer, target)
            seconds = self._reset(answer)
            if seconds > _LONGEST_WAIT or self._waited + seconds > _LONGEST_WAITS:
                raise RefusedError(f"Okta's rate limit asks for {seconds:.0f} s more, which is too long")
            self._waited += seconds
            self.waiting(seconds, "Okta's rate limit")
            self.sleep(seconds)

    def _reset(self, answer: Response) -> float:
        """Seconds until the limit is lifted; at least one, and a minute where Okta does not say."""
        value = answer.headers.get("X-Rate-Limit-Reset") or ""
        if not value.isdigit():
            return 60.0
        sent = answer.headers.get("Date")
        here = _http_date(sent) if sent else None
        # Okta's own clock tells how far off the reset is, whatever the clock here says.
        return max(1.0, float(int(value[:12]) - int((here or self.now()).timestamp())))


def _http_date(value: str) -> datetime | None:
    try:
        return parsedate_to_datetime(value)
    except ValueError:
        return None


def _log_target(app_id: str, person: str | None, since: datetime, until: datetime | None) -> str:
    about = f'target.id eq "{app_id}"' + (f' or target.id eq "{person}"' if person is not None else "")
    query: Mapping[str, str] = {
        "since": _stamp(since),
        **({"until": _stamp(until)} if until is not None else {}),
        "filter": about,
        "sortOrder": "ASCENDING",
        "limit": "1000",
    }
    return f"/api/v1/logs?{urlencode(query, quote_via=quote)}"


def _stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _accepted(answer: Answer, target: str) -> Response:
    if isinstance(answer, TransportFault):
        raise RefusedError(f"no answer to GET {target.partition('?')[0]} ({answer.kind.value}: {answer.detail})")
    if answer.status != 200:
        raise RefusedError(_words(answer))
    return answer


def _words(answer: Response) -> str:
    """Status, code and summary of an error of Okta's API."""
    told = f"{answer.status} {answer.reason}".strip()
    try:
        body = answer.json()
    except NotJsonError:
        return told
    code, summary = text(body, "errorCode"), text(body, "errorSummary")
    return f"{told}, {code}: {summary}" if code else told


def _json_of(answer: Response) -> Json:
    try:
        return answer.json()
    except NotJsonError as error:
        raise RefusedError(f"the answer is not JSON: {error}") from error


def _list_in(answer: Response, target: str) -> list[Json]:
    document = _json_of(answer)
    if not isinstance(document, list):
        raise RefusedError(f"GET {target.partition('?')[0]} is answered with no list")
    return document
