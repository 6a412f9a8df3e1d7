"""An import of users or groups from the app, as Okta pages through it. A generator without I/O.

Of each resource only the id and a digest are kept, so that an import of any size needs little memory.
"""

import hashlib
from collections.abc import Collection, Generator, Iterator
from dataclasses import dataclass, field
from enum import Enum

from scimctl.exchange import Answer, Response
from scimctl.jsonvalue import Json, NotJsonError, compact, show
from scimctl.okta import dialect, texts
from scimctl.okta.answers import describe, scim_id
from scimctl.okta.app import App
from scimctl.okta.outcome import ActionOutcome, ActionResult, Call, Flow, Purpose, Refusal
from scimctl.scim.attributes import get

_MOST_PAGES = 1000
"""Pages after which an import ends: a server that never comes to an end would keep a run for ever."""
_SAFEGUARD = 0.2
"""The share of what was imported before that may be gone; more ends the import (Okta's default)."""
_NUMBERS = ("totalResults", "startIndex", "itemsPerPage")


class Imported(Enum):
    """What an import is of, with the endpoint."""

    USERS = "/Users"
    GROUPS = "/Groups"

    @property
    def noun(self) -> str:
        """`users` or `groups`."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Wanted:
    """What whoever asked for the import knows of it: ids that have to be on its pages, and ids that must not be."""

    present: Collection[str] = ()
    absent: Collection[str] = ()


@dataclass(slots=True)
class _Seen:
    """What came so far: digests by id, in order; how many were inactive; how many have no last name."""

    digests: dict[str, bytes] = field(default_factory=dict)
    inactive: set[str] = field(default_factory=set)
    nameless: int = 0
    total: int = 0


Pages = Generator[Call, Answer, "_Seen | Refusal"]


def run_import(app: App, kind: Imported, wanted: Wanted | None = None) -> Flow:
    """Imports all users or groups, and ends with what Okta tells of the result.

    Only active users are imported. What was imported before and is on no page any more is removed, unless that were
    too much at once.
    """
    seen = yield from _pages(kind, app.parameters.page_step)
    if isinstance(seen, Refusal):
        return _failed(app, seen)
    refusal = _missed(kind, seen, wanted or Wanted())
    if refusal is not None:
        return _failed(app, refusal)
    before = app.imported.get(kind.noun, {})
    now = {identifier: digest for identifier, digest in seen.digests.items() if identifier not in seen.inactive}
    gone = [identifier for identifier in before if identifier not in now]
    if len(gone) > _SAFEGUARD * len(before):
        return ActionResult(ActionOutcome.FAILURE, texts.import_roadblock(app.label, len(gone), len(before)))
    app.imported[kind.noun] = now
    new = sum(identifier not in before for identifier in now)
    updated = sum(identifier in before and before[identifier] != digest for identifier, digest in now.items())
    counts = texts.ImportCounts(
        scanned=len(seen.digests),
        new=new,
        updated=updated,
        unchanged=len(now) - new - updated,
        removed=len(gone),
        nameless=seen.nameless,
    )
    return ActionResult(ActionOutcome.SUCCESS, texts.imported(kind.noun, counts))


def _failed(app: App, refusal: Refusal) -> ActionResult:
    return ActionResult(ActionOutcome.FAILURE, texts.import_failed(app.label, refusal.actual), refusal)


def _pages(kind: Imported, step: str) -> Pages:
    seen = _Seen()
    start = 1
    for number in range(1, _MOST_PAGES + 1):
        answer = yield Call(dialect.get(f"{kind.value}?{dialect.list_query(start)}"), Purpose.IMPORT)
        page = _read_page(answer, kind)
        if isinstance(page, Refusal):
            return page
        total, resources = page
        refusal = _take(seen, resources, kind)
        if refusal is not None:
            return refusal
        seen.total = total
        start += dialect.PAGE_SIZE if step == "100" else len(resources)
        if start > total or not resources:
            return _complete(seen, kind, number)
    return Refusal(Purpose.IMPORT, "a last page", f"{_MOST_PAGES} pages and no end")


def _complete(seen: _Seen, kind: Imported, pages: int) -> _Seen | Refusal:
    if len(seen.digests) == seen.total:
        return seen
    actual = f"{len(seen.digests)} on {pages} pages"
    return Refusal(Purpose.IMPORT, f"all of the {seen.total} {kind.noun} that totalResults tells of", actual)


def _read_page(answer: Answer, kind: Imported) -> tuple[int, list[dict[str, Json]]] | Refusal:
    expected = "200 with a ListResponse"
    if not isinstance(answer, Response) or answer.status != 200:
        return Refusal(Purpose.IMPORT, expected, describe(answer))
    try:
        body = answer.json()
    except NotJsonError as error:
        return Refusal(Purpose.IMPORT, expected, f"200 with a body that is not JSON: {error}")
    if not isinstance(body, dict):
        return Refusal(Purpose.IMPORT, expected, f"200 with {show(body, 60)}")
    for name in _NUMBERS:
        value = get(body, name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            return Refusal(Purpose.IMPORT, "a JSON integer", show(value, 60), f"/{name}")
    total, resources = get(body, "totalResults"), get(body, "Resources")
    if not isinstance(total, int):
        return Refusal(Purpose.IMPORT, "a JSON integer", "absent", "/totalResults")
    if resources is None and total == 0:
        return 0, []
    if not isinstance(resources, list) or not all(isinstance(each, dict) for each in resources):
        actual = "absent" if resources is None else show(resources, 60)
        return Refusal(Purpose.IMPORT, f"an array of {kind.noun}", actual, "/Resources")
    return total, [each for each in resources if isinstance(each, dict)]


def _take(seen: _Seen, resources: list[dict[str, Json]], kind: Imported) -> Refusal | None:
    name = "userName" if kind is Imported.USERS else "displayName"
    for index, resource in enumerate(resources):
        at = f"/Resources/{index}"
        identifier = scim_id(resource)
        if identifier is None:
            return Refusal(Purpose.IMPORT, "a non-empty string", show(get(resource, "id"), 60), f"{at}/id")
        if identifier in seen.digests:
            return Refusal(Purpose.IMPORT, "each resource on one page", f"{identifier} a second time", f"{at}/id")
        if not isinstance(get(resource, name), str):
            return Refusal(Purpose.IMPORT, "a text", show(get(resource, name), 60), f"{at}/{name}")
        seen.digests[identifier] = hashlib.blake2b(compact(resource), digest_size=8).digest()
        if kind is Imported.USERS:
            if get(resource, "active") is False:
                seen.inactive.add(identifier)
            elif not _last_name(resource):
                seen.nameless += 1
    return None


def _last_name(user: dict[str, Json]) -> Json:
    name = get(user, "name")
    return get(name, "familyName") if isinstance(name, dict) else None


def _missed(kind: Imported, seen: _Seen, wanted: Wanted) -> Refusal | None:
    return next(_differences(kind, seen, wanted), None)


def _differences(kind: Imported, seen: _Seen, wanted: Wanted) -> Iterator[Refusal]:
    active = seen.digests.keys() - seen.inactive
    for identifier in wanted.present:
        if identifier not in active:
            actual = "inactive" if identifier in seen.inactive else "on no page"
            yield Refusal(Purpose.IMPORT, f"{identifier} among the {kind.noun}", f"{identifier} is {actual}")
    for identifier in wanted.absent:
        if identifier in active:
            yield Refusal(Purpose.IMPORT, f"{identifier} not among the {kind.noun}", f"{identifier} is active")
