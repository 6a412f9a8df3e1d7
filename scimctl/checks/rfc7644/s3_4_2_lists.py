"""RFC 7644 §3.4.2: list responses and their arithmetic."""

from collections.abc import Iterator
from urllib.parse import parse_qs

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import Json, show
from scimctl.scim.urns import LIST_RESPONSE


def _is_listing(view: View) -> bool:
    return view.listing is not None


def _listing(view: View) -> dict[str, Json]:
    listing = view.listing
    assert listing is not None
    return listing


def _parameters(view: View) -> dict[str, list[str]]:
    return parse_qs(view.exchange.request.query, keep_blank_values=True)


def _is_by_cursor(view: View) -> bool:
    """Whether a list is a page by cursor; of the last one only the request, or a way back, tells (RFC 9865 §2)."""
    listing = _listing(view)
    return "nextCursor" in listing or "previousCursor" in listing or "cursor" in _parameters(view)


def _integer(value: Json) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _shown(value: Json) -> str:
    return "absent" if value is None else show(value, 80)


@check("list.schema", requires="list-01", applies=_is_listing)
def list_names_its_schema(view: View) -> Iterator[Problem]:
    """A list answer names the ListResponse message schema."""
    schemas = _listing(view).get("schemas")
    if not isinstance(schemas, list) or LIST_RESPONSE not in schemas:
        yield Problem(show([LIST_RESPONSE]), _shown(schemas), "/schemas")


@check("list.total", requires="list-02", applies=_is_listing)
def list_tells_the_total(view: View) -> Iterator[Problem]:
    """A list answer has totalResults, an integer that is not negative."""
    total = _listing(view).get("totalResults")
    # With cursors a server may leave the total out (RFC 9865 §2).
    if total is None and _is_by_cursor(view):
        return
    if (_integer(total) or 0) < 0 or _integer(total) is None:
        yield Problem("an integer", _shown(total), "/totalResults")


@check("list.numbers", requires="list-09", applies=_is_listing)
def numbers_are_numbers(view: View) -> Iterator[Problem]:
    """The numbers of a list answer are JSON integers."""
    for name in ("totalResults", "startIndex", "itemsPerPage"):
        value = _listing(view).get(name)
        if value is not None and _integer(value) is None:
            yield Problem("an integer", _shown(value), f"/{name}")


@check("list.resources", requires="list-03", applies=_is_listing)
def list_holds_its_resources(view: View) -> Iterator[Problem]:
    """A list answer with results has an array called Resources."""
    listing = _listing(view)
    resources = listing.get("Resources")
    total = _integer(listing.get("totalResults"))
    start, count = view.asked.get("startIndex"), view.asked.get("count")
    past_the_end = total is not None and start is not None and start > total
    optional = not total or past_the_end or (count is not None and count <= 0)
    if (resources is None and not optional) or (resources is not None and not isinstance(resources, list)):
        yield Problem("an array of resources", _shown(resources), "/Resources")


@check("list.items-per-page", requires="page-05", applies=_is_listing)
def items_per_page_is_the_number_of_resources(view: View) -> Iterator[Problem]:
    """itemsPerPage is the number of resources in the answer."""
    listing = _listing(view)
    resources, items = listing.get("Resources"), listing.get("itemsPerPage")
    if isinstance(resources, list) and items is not None and items != len(resources):
        yield Problem(str(len(resources)), _shown(items), "/itemsPerPage")


@check(
    "list.start-index",
    requires="page-05",
    applies=lambda view: _is_listing(view) and "startIndex" in view.asked,
)
def start_index_is_the_one_asked_for(view: View) -> Iterator[Problem]:
    """startIndex is the one that was asked for."""
    asked = max(1, view.asked["startIndex"])
    listing = _listing(view)
    answered = listing.get("startIndex")
    # Larger integers than that are not exact in every JSON library (RFC 8259 §6).
    is_exact = asked < 2**53
    if answered is not None and answered != asked and listing.get("totalResults") and is_exact:
        yield Problem(str(asked), _shown(answered), "/startIndex")


@check("list.partial", requires="list-04", applies=_is_listing)
def partial_list_tells_its_place(view: View) -> Iterator[Problem]:
    """A list answer with a part of the results has startIndex and itemsPerPage."""
    listing = _listing(view)
    resources, total = listing.get("Resources"), _integer(listing.get("totalResults"))
    if not isinstance(resources, list) or total is None or len(resources) >= total:
        return
    # A page by cursor has no number (RFC 9865 §2), and the answer to a count of 0 needs the total alone (§3.4.2.4).
    if _is_by_cursor(view) or view.asked.get("count", 1) <= 0:
        return
    for name in ("startIndex", "itemsPerPage"):
        if listing.get(name) is None:
            yield Problem("an integer", "absent", f"/{name}")


@check("list.count", requires="page-01", applies=lambda view: _is_listing(view) and "count" in view.asked)
def no_more_than_count(view: View) -> Iterator[Problem]:
    """A page never has more resources than were asked for."""
    count = max(0, view.asked["count"])
    resources = _listing(view).get("Resources")
    if isinstance(resources, list) and len(resources) > count:
        yield Problem(f"{count} at most", str(len(resources)), "/Resources")


def _is_filtered(view: View) -> bool:
    """Whether the answer is one to a filter; discovery takes no notice of any (§4)."""
    request = view.exchange.request
    if request.path.endswith("/.search"):
        return view.succeeded and b'"filter"' in request.body
    is_discovery = request.path in ("/Schemas", "/ResourceTypes")
    return _is_listing(view) and not is_discovery and "filter" in _parameters(view)


@check(
    "list.max-results",
    requires="spc-12",
    applies=lambda view: view.context.most_results is not None and _is_filtered(view),
)
def no_more_than_announced(view: View) -> Iterator[Problem]:
    """An answer to a filter never has more resources than /ServiceProviderConfig announces."""
    most = view.context.most_results
    resources = view.body.get("Resources") if isinstance(view.body, dict) else None
    if most is not None and isinstance(resources, list) and len(resources) > most:
        yield Problem(f"{most} at most", str(len(resources)), "/Resources")
