"""A server's own record as evidence: what Okta asked, told as the events that its System Log would have.

Okta keeps no bodies, and a vendor has no System Log. So whoever has the record alone can still ask why, and whoever has
both sees what was in a push.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote

from scimctl.diagnose.reading import objects, text
from scimctl.diagnose.request_log import Recorded
from scimctl.exchange import Response
from scimctl.jsonvalue import Json, NotJsonError, parse
from scimctl.okta import texts
from scimctl.okta.event_types import (
    DEACTIVATE,
    MAPPING_FAILED,
    PUSH,
    PUSH_PASSWORD,
    PUSH_PROFILE,
    REACTIVATE,
    VERIFY,
    EventType,
)

_USER = re.compile(r"/Users(?:/(?P<id>[^/?]+))?(?:\?(?P<query>.*))?$", re.IGNORECASE)
_GROUP = re.compile(r"/Groups(?:/(?P<id>[^/?]+))?(?:\?.*)?$", re.IGNORECASE)
_ASKED_NAME = re.compile(r'userName\s+eq\s+"((?:[^"\\]|\\.)*)"', re.IGNORECASE)


@dataclass(slots=True)
class _Known:
    """What earlier requests told of ids: user names, Okta's ids, names of groups."""

    names: dict[str, str] = field(default_factory=dict)
    okta_ids: dict[str, str] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)


def events_of(requests: Sequence[Recorded], app: str) -> Iterator[Json]:
    """An event for each request by which Okta changed, or looked for, a user, and for each group push that failed.

    `app` stands for the app's id and label. Requests without a time follow the one before them.
    """
    known = _Known()
    newest = "1970-01-01T00:00:00.000Z"
    for number, one in enumerate(requests):
        if one.at is not None:
            newest = one.at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        event = _user_event(one, known) or _group_event(one, known)
        if event is not None:
            yield _document(event, app, newest, number)


def body_for(requests: Sequence[Recorded], names: frozenset[str], linked_id: str | None) -> dict[str, Json] | None:
    """The newest whole user that Okta sent for a person, in a create or a profile push; None when there is none.

    `names` are in lower case: user names, addresses, Okta's id.
    """
    for one in reversed(requests):
        request = one.exchange.request
        match = _USER.search(request.target)
        body = _json(request.body)
        if request.method not in ("POST", "PUT") or match is None or not isinstance(body, dict):
            continue
        own = {(text(body, name) or "").lower() for name in ("userName", "externalId")}
        if own & names or (linked_id is not None and unquote(match["id"] or "") == linked_id):
            return body
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Told:
    kind: EventType
    failed: bool
    reason: str | None
    name: str | None = None
    okta_id: str | None = None
    group: tuple[str, str] | None = None


def _user_event(one: Recorded, known: _Known) -> _Told | None:
    request, answer = one.exchange.request, one.exchange.answer
    match = _USER.search(request.target)
    if match is None:
        return None
    sent, came = _json(request.body), _answered(one)
    identifier = unquote(match["id"] or "") or text(came, "id") or ""
    _learn(known, identifier, sent, came)
    failed = not (isinstance(answer, Response) and answer.status < 400)
    name = known.names.get(identifier) or text(sent, "userName")
    kind = _kind(request.method, sent, has_id=match["id"] is not None)
    if kind is None:
        name = _asked_name(match["query"])
        missed = isinstance(answer, Response) and answer.status == 404
        if request.method != "GET" or name is None or missed or (not failed and not list(_listed(came))):
            return None
        kind = VERIFY
    return _Told(
        kind=kind,
        failed=failed,
        reason=texts.remote_error(answer) if failed else None,
        name=name,
        okta_id=known.okta_ids.get(identifier) or text(sent, "externalId"),
    )


def _kind(method: str, sent: Json, *, has_id: bool) -> EventType | None:
    if method == "POST" and not has_id:
        return PUSH
    if not has_id or method not in ("PUT", "PATCH"):
        return None
    values = list(_patched(sent)) if method == "PATCH" else [sent]
    for value in values:
        if isinstance(value, dict) and isinstance(value.get("active"), bool) and (method == "PATCH" or _only(value)):
            return REACTIVATE if value["active"] else DEACTIVATE
        if isinstance(value, dict) and "password" in value and method == "PATCH":
            return PUSH_PASSWORD
    if method == "PUT" and isinstance(sent, dict) and sent.get("active") is False:
        return DEACTIVATE
    return PUSH_PROFILE


def _only(value: dict[str, Json]) -> bool:
    return set(value) <= {"active", "schemas", "id"}


def _patched(sent: Json) -> Iterator[Json]:
    for operation in objects(sent.get("Operations")) if isinstance(sent, dict) else ():
        path, value = operation.get("path"), operation.get("value")
        yield {path: value} if isinstance(path, str) else value


def _group_event(one: Recorded, known: _Known) -> _Told | None:
    request, answer = one.exchange.request, one.exchange.answer
    match = _GROUP.search(request.target)
    if match is None or request.method not in ("POST", "PUT", "PATCH", "DELETE"):
        return None
    sent, came = _json(request.body), _answered(one)
    identifier = unquote(match["id"] or "") or text(came, "id") or ""
    name = text(came, "displayName") or text(sent, "displayName")
    if name is not None:
        known.groups[identifier] = name
    if isinstance(answer, Response) and answer.status < 400:
        return None
    group = (identifier, known.groups.get(identifier) or identifier)
    return _Told(kind=MAPPING_FAILED, failed=True, reason=texts.remote_error(answer), group=group)


def _learn(known: _Known, identifier: str, sent: Json, came: Json) -> None:
    """Keeps what bodies say of ids; a look-up tells of the users in its list."""
    for resource in (*_listed(came), came, sent):
        if not isinstance(resource, dict):
            continue
        own = text(resource, "id") or identifier
        name, okta_id = text(resource, "userName"), text(resource, "externalId")
        if own and name is not None:
            known.names[own] = name
        if own and okta_id is not None:
            known.okta_ids[own] = okta_id


def _listed(came: Json) -> Iterator[dict[str, Json]]:
    yield from objects(came.get("Resources")) if isinstance(came, dict) else ()


def _asked_name(query: str | None) -> str | None:
    for value in parse_qs(query or "").get("filter", []):
        found = _ASKED_NAME.search(value)
        if found is not None:
            return re.sub(r"\\(.)", r"\1", found[1])
    return None


def _document(told: _Told, app: str, published: str, number: int) -> Json:
    targets: list[Json] = [{"type": "AppInstance", "id": app, "displayName": app}]
    if told.name is not None:
        targets.append({"type": "AppUser", "alternateId": told.name})
    if told.okta_id is not None:
        targets.append({"type": "User", "id": told.okta_id, "alternateId": told.name})
    if told.group is not None:
        targets.append({"type": "UserGroup", "id": told.group[0], "displayName": told.group[1]})
    return {
        "uuid": f"request-{number + 1}",
        "published": published,
        "eventType": told.kind.name,
        "outcome": {"result": "FAILURE" if told.failed else "SUCCESS", "reason": told.reason},
        "transaction": {"type": "JOB", "id": f"request-{number + 1}"},
        "target": targets,
    }


def _answered(one: Recorded) -> Json:
    answer = one.exchange.answer
    return _json(answer.body) if isinstance(answer, Response) else None


def _json(body: bytes) -> Json:
    try:
        return parse(body)
    except NotJsonError:
        return None
