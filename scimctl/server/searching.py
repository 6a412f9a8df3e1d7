"""Lists: filter, sort, page, project (RFC 7644 §3.4.2, §3.4.3, RFC 9865)."""

from dataclasses import replace
from typing import Required, TypedDict

from scimctl.exchange import Response
from scimctl.scim.attributes import Resource
from scimctl.scim.errors import invalid_count, invalid_value, too_many
from scimctl.scim.filter import And, Compare, Filter, Or, ValuePath, parse
from scimctl.scim.matching import equality, matcher, sort_key
from scimctl.scim.messages import encoded_list
from scimctl.scim.names import resolve
from scimctl.scim.projection import Projection
from scimctl.scim.query import Query, read_parameters, read_search
from scimctl.scim.schema import ResourceType
from scimctl.scim.values import fold
from scimctl.server.actions import kind_of
from scimctl.server.answers import Call, encoded_answer, read_body
from scimctl.server.rendering import Renderer, names_derived
from scimctl.server.service import Service
from scimctl.server.store import EMAIL, ID, INDEXED, Key, Record


def list_resources(service: Service, call: Call) -> Response:
    """GET of a collection."""
    return _answer(service, call, [kind_of(call)], read_parameters(call.parameters))


def search(service: Service, call: Call) -> Response:
    """POST to a collection's `.search`."""
    return _answer(service, call, [kind_of(call)], read_search(read_body(call.request)))


def list_all(service: Service, call: Call) -> Response:
    """GET of the base URL: resources of every type."""
    return _answer(service, call, list(service.kinds.values()), read_parameters(call.parameters))


def search_all(service: Service, call: Call) -> Response:
    """POST to `.search` at the base URL."""
    return _answer(service, call, list(service.kinds.values()), read_search(read_body(call.request)))


def _answer(service: Service, call: Call, kinds: list[ResourceType], query: Query) -> Response:
    if not service.profile.sort:
        # Who does not offer sorting ignores the parameter (RFC 7644 §3.4.2.3).
        query = replace(query, sort_by=None)
    render = service.renderer(call)
    shown = {kind.name: Projection(kind, query.attributes, query.excluded) for kind in kinds}
    page = _page_by_index if service.cursors is None or query.cursor is None else _page_by_cursor
    records, told = page(service, call, kinds, query, render)
    resources = [render.encode(record, shown[record.kind])[0] for record in records]
    return encoded_answer(200, encoded_list(resources, **told))


class _Told(TypedDict, total=False):
    """What a list answer tells beside its resources."""

    total: Required[int]
    start_index: int
    cursors: Resource


def _page_by_index(
    service: Service, call: Call, kinds: list[ResourceType], query: Query, render: Renderer
) -> tuple[list[Record], _Told]:
    profile = service.profile
    count = min(profile.page_size if query.count is None else query.count, profile.max_results)
    start_index = query.start_index or 1
    first = start_index - 1
    if query.filter is None and query.sort_by is None:
        total, records = _window(service, kinds, first, count)
        _check_total(service, total)
    else:
        found = _matching(service, kinds, query, render)
        total, records = len(found), found[first : first + count]
    return records, {"total": total, "start_index": start_index}


def _page_by_cursor(
    service: Service, call: Call, kinds: list[ResourceType], query: Query, render: Renderer
) -> tuple[list[Record], _Told]:
    """A page of the result as it was found for the first page; what is gone since then is left out (RFC 9865)."""
    cursors, profile = service.cursors, service.profile
    assert cursors is not None
    if query.start_index is not None:
        raise invalid_value("startIndex and cursor are two ways of paging: give one of them")
    if query.count is not None and query.count > profile.max_results:
        raise invalid_count(f"count is at most {profile.max_results} (maxPageSize)")
    count = profile.page_size if query.count is None else query.count
    owner = (call.request.headers.get("Authorization") or "").partition(" ")[2].strip()
    same = repr((owner, [kind.name for kind in kinds], replace(query, cursor=None)))
    if query.cursor:
        name, first, ids = cursors.resume(query.cursor, same)
    else:
        first, ids = 0, _matching_ids(service, kinds, query, render)
        name = cursors.begin(ids) if 0 < count < len(ids) else b""
    around: Resource = {}
    if 0 < count < len(ids) - first:
        around["nextCursor"] = cursors.cursor(name, first + count, same)
    if first > 0:
        around["previousCursor"] = cursors.cursor(name, max(0, first - count), same)
    found = (service.store.find_member(each) for each in ids[first : first + count])
    return [record for record in found if record is not None], {"total": len(ids), "cursors": around}


def _check_total(service: Service, total: int) -> None:
    limit = service.profile.max_matches
    if limit is not None and total > limit:
        raise too_many(f"{total} resources match, and {limit} are the most that are searched for: give a filter")


def _matching(service: Service, kinds: list[ResourceType], query: Query, render: Renderer) -> list[Record]:
    """All records that match, in the order asked for; raises ScimError tooMany for more than the profile allows."""
    found = [record for kind in kinds for record in _found(service, kind, query.filter, render)]
    _check_total(service, len(found))
    return found if query.sort_by is None else _sorted(found, query, {kind.name: kind for kind in kinds}, render)


def _matching_ids(service: Service, kinds: list[ResourceType], query: Query, render: Renderer) -> tuple[str, ...]:
    """The ids of all that match, in the order asked for; what matches is not read where everything does."""
    if query.filter is not None or query.sort_by is not None:
        return tuple(record.id for record in _matching(service, kinds, query, render))
    _check_total(service, sum(service.store.count(kind.name) for kind in kinds))
    return tuple(each for kind in kinds for each in service.store.ids(kind.name))


def _window(service: Service, kinds: list[ResourceType], first: int, count: int) -> tuple[int, list[Record]]:
    """How many records the types have, and those of one page, without a look at the others."""
    total = 0
    records: list[Record] = []
    for kind in kinds:
        size = service.store.count(kind.name)
        records += service.store.page(kind.name, max(0, first - total), count - len(records))
        total += size
    return total, records


def _found(service: Service, kind: ResourceType, text: str | None, render: Renderer) -> list[Record]:
    """The records of a type that match a filter, oldest first."""
    if text is None:
        return list(service.store.scan(kind.name))
    tree = parse(text)
    if service.rules is not None:
        tree = service.rules.lookup(tree)
    matches = matcher(tree, kind)
    indexed = _by_index(service, kind, tree)
    candidates = service.store.scan(kind.name) if indexed is None else indexed
    if names_derived(text):
        return [record for record in candidates if matches(render(record))]
    return [record for record in candidates if matches(record.resource)]


def _by_index(service: Service, kind: ResourceType, tree: Filter) -> list[Record] | None:
    """Candidates from the store's indexes, which still have to match; None when the filter needs a look at all."""
    keys = _keys(tree, kind)
    return None if keys is None else service.store.find_any(kind.name, keys)


def _keys(tree: Filter, kind: ResourceType) -> list[Key] | None:
    """Keys of which every match has at least one; None when there are no such keys."""
    match tree:
        case Compare():
            key = _key(tree, kind)
            return None if key is None else [key]
        case And(terms):
            return next((keys for term in terms if (keys := _keys(term, kind)) is not None), None)
        case Or(terms):
            each = [_keys(term, kind) for term in terms]
            return None if None in each else [key for keys in each if keys is not None for key in keys]
        case ValuePath(path, condition):
            return _keys_within(path, condition, kind)
        case _:
            return None


def _key(tree: Filter, kind: ResourceType) -> Key | None:
    """The key of `attribute eq "text"`, None for another comparison and for an attribute without an index."""
    compared = equality(tree)
    found = resolve(compared[0], kind) if compared else None
    if compared is None or found is None or found.extension is not None or found.attribute is None:
        return None
    name, text = found.attribute.name, compared[1]
    if name == ID and found.sub is None:
        return ID, text
    if name in INDEXED and found.sub is None:
        return name, INDEXED[name](text)
    if name == "emails" and (found.sub is None or found.sub.name == "value"):
        return EMAIL, fold(text)
    return None


def _keys_within(path: str, condition: Filter, kind: ResourceType) -> list[Key] | None:
    """The keys of `emails[value eq "text" and …]`."""
    found = resolve(path, kind)
    if found is None or found.extension is not None or found.attribute is None or found.attribute.name != "emails":
        return None
    terms = condition.terms if isinstance(condition, And) else (condition,)
    compared = (equality(term) for term in terms)
    return next(([(EMAIL, fold(each[1]))] for each in compared if each and each[0].lower() == "value"), None)


def _sorted(found: list[Record], query: Query, kinds: dict[str, ResourceType], render: Renderer) -> list[Record]:
    """The records in the order asked for; sorting is stable, and an attribute that no type has orders nothing."""
    assert query.sort_by is not None
    keys = {name: sort_key(query.sort_by, kind) for name, kind in kinds.items()}
    is_derived = names_derived(query.sort_by)

    def key(record: Record) -> tuple[bool, str, object]:
        compared = keys[record.kind]
        if compared is None:
            return (True, "", 0)
        unassigned, value = compared(render(record) if is_derived else record.resource)
        # The type's name keeps values of different Python types apart where types of resources are mixed.
        return (unassigned, type(value).__name__, value)

    return sorted(found, key=key, reverse=query.descending)
