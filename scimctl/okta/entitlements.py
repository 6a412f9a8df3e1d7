"""Roles and entitlements of apps under Okta's governance: finding out what an app offers, and giving it to users.

Okta reads the resource types, the schemas, and then each list of roles or entitlements that it found; what a user is
given goes out with the user's profile. Generators without I/O.
"""

from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum

from scimctl.exchange import Answer, Response
from scimctl.jsonvalue import Json, NotJsonError, show
from scimctl.okta import dialect, texts
from scimctl.okta.answers import describe, scim_id
from scimctl.okta.app import App
from scimctl.okta.outcome import SUCCESS, ActionOutcome, ActionResult, Call, Flow, Purpose, Refusal, skipped
from scimctl.okta.provisioning import Job, push_profile
from scimctl.scim.attributes import get
from scimctl.scim.urns import OKTA_ENTITLEMENT, OKTA_ROLE, same_urn

_PROBE = "count=1&startIndex=1"
_NUMBERS = ("totalResults", "startIndex", "itemsPerPage")


class Grant(Enum):
    """What an app can offer, with the URN of its schema."""

    ROLE = OKTA_ROLE
    ENTITLEMENT = OKTA_ENTITLEMENT

    @property
    def attribute(self) -> str:
        """The attribute of a user that holds it."""
        return "roles" if self is Grant.ROLE else "entitlements"


@dataclass(frozen=True, slots=True)
class _Endpoint:
    """A list of roles or entitlements: what it has, the name of its resource type, where it is."""

    grant: Grant
    name: str
    path: str


Reading = Generator[Call, Answer, "list[dict[str, Json]] | Refusal"]


def discover(app: App) -> Flow:
    """Okta's discovery: `/ResourceTypes`, `/Schemas`, and one entry of each list of roles or entitlements.

    The app remembers the first entry of each kind, as a user's attribute would hold it.
    """
    types = yield from _read("/ResourceTypes")
    if isinstance(types, Refusal):
        return _failed(app, types)
    schemas = yield from _read("/Schemas")
    if isinstance(schemas, Refusal):
        return _failed(app, schemas)
    endpoints = _endpoints(types)
    if isinstance(endpoints, Refusal):
        return _failed(app, endpoints, (0,))
    for endpoint in endpoints:
        value = yield from _first(endpoint)
        if isinstance(value, Refusal):
            return _failed(app, value)
        app.offers.setdefault(endpoint.grant.attribute, value)
    return SUCCESS


def grant(job: Job, what: Grant) -> Flow:
    """Gives the user the first role, or entitlement, that the discovery found; it goes out with the profile."""
    offer = job.app.offers.get(what.attribute)
    if offer is None:
        return skipped(f"Okta knows of no {what.name.lower()} in the app, so it sends nothing.")
    held = job.record.granted.setdefault(what.attribute, [])
    if offer not in held:
        held.append(offer)
    return (yield from push_profile(job))


def revoke(job: Job, what: Grant) -> Flow:
    """Takes from the user what `grant` gave."""
    if not job.record.granted.get(what.attribute):
        return skipped(f"Okta gave the user no {what.name.lower()}, so it sends nothing.")
    job.record.granted[what.attribute] = []
    return (yield from push_profile(job))


def _failed(app: App, refusal: Refusal, refused_at: tuple[int, ...] = ()) -> ActionResult:
    text = texts.discovery_failed(app.label, refusal.actual)
    return ActionResult(ActionOutcome.FAILURE, text, refusal, refused_at)


def _endpoints(types: list[dict[str, Json]]) -> list[_Endpoint] | Refusal:
    found: list[_Endpoint] = []
    for index, kind in enumerate(types):
        urn, name, path = (get(kind, key) for key in ("schema", "name", "endpoint"))
        what = next((each for each in Grant if isinstance(urn, str) and same_urn(urn, each.value)), None)
        if what is None:
            continue
        if not isinstance(name, str) or not isinstance(path, str) or not path.startswith("/"):
            expected = "a name, and an endpoint such as /Roles"
            return Refusal(Purpose.DISCOVER, expected, f"{show(name, 60)}, {show(path, 60)}", f"/Resources/{index}")
        found.append(_Endpoint(what, name, path))
    if not found:
        return Refusal(Purpose.DISCOVER, "a type with Okta's schema of roles or entitlements", "none", "/Resources")
    return found


def _first(endpoint: _Endpoint) -> Generator[Call, Answer, dict[str, Json] | Refusal]:
    """One entry of a list, as `roles` or `entitlements` of a user hold it."""
    entries = yield from _read(f"{endpoint.path}?{_PROBE}", page=True)
    if isinstance(entries, Refusal):
        return entries
    entry, at = entries[0], "/Resources/0"
    identifier, display = scim_id(entry), get(entry, "displayName")
    if identifier is None or not isinstance(display, str):
        return Refusal(Purpose.DISCOVER, "an id and a displayName", show(entry, 80), at)
    value: dict[str, Json] = {"value": identifier, "display": display}
    if endpoint.grant is Grant.ENTITLEMENT:
        kind = get(entry, "type")
        if kind != endpoint.name:
            return Refusal(Purpose.DISCOVER, f"{endpoint.name}, its resource type", show(kind, 60), f"{at}/type")
        value["type"] = endpoint.name
    return value


def _read(target: str, *, page: bool = False) -> Reading:
    answer = yield Call(dialect.get(target), Purpose.DISCOVER)
    expected = "200 with a ListResponse that is not empty"
    if not isinstance(answer, Response) or answer.status != 200:
        return Refusal(Purpose.DISCOVER, expected, describe(answer))
    try:
        body = answer.json()
    except NotJsonError as error:
        return Refusal(Purpose.DISCOVER, expected, f"200 with a body that is not JSON: {error}")
    resources = get(body, "Resources") if isinstance(body, dict) else None
    if not isinstance(body, dict) or not isinstance(resources, list) or not resources:
        return Refusal(Purpose.DISCOVER, expected, f"200 with {show(body, 60)}", "/Resources")
    entries = [entry for entry in resources if isinstance(entry, dict)]
    if len(entries) != len(resources):
        return Refusal(Purpose.DISCOVER, "objects", show(resources, 60), "/Resources")
    return (_wrong_page(body) if page else None) or entries


def _wrong_page(body: dict[str, Json]) -> Refusal | None:
    """What Okta's suite for entitlements asks of the numbers of a page of one."""
    for name in _NUMBERS:
        value = get(body, name)
        if isinstance(value, bool) or not isinstance(value, int):
            return Refusal(Purpose.DISCOVER, "a JSON integer", show(value, 60), f"/{name}")
    size = get(body, "itemsPerPage")
    return None if size == 1 else Refusal(Purpose.DISCOVER, "1, as asked for", show(size, 60), "/itemsPerPage")
