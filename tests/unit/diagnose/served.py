"""A SCIM server as a function of probes, with accounts, groups, and ways to misbehave."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote

from scimctl.diagnose.probes import Probe, Way
from scimctl.exchange import Answer, FaultKind, Headers, Request, Response, TransportFault
from scimctl.jsonvalue import Json, compact
from tests.unit.diagnose.times import at

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"


def scim_error(status: int, detail: str = "") -> Response:
    body: Json = {"schemas": [ERROR], "status": str(status), "detail": detail}
    return Response(status, Headers((("Content-Type", "application/scim+json"),)), compact(body), 0.01)


def plain(status: int, text: str, kind: str = "text/plain") -> Response:
    return Response(status, Headers((("Content-Type", kind),)), text.encode(), 0.01)


def found(body: Any, status: int = 200) -> Response:
    return Response(status, Headers((("Content-Type", "application/scim+json"),)), compact(body), 0.01)


def account(user_name: str, identifier: str, *, active: bool = True, **more: Any) -> dict[str, Any]:
    """A user resource; `modified` and `created` are minutes."""
    created, modified = more.pop("created", -5000), more.pop("modified", -4000)
    resource = {
        "schemas": [CORE],
        "id": identifier,
        "userName": user_name,
        "name": {"givenName": "Ada", "familyName": "Byron"},
        "displayName": "Ada Byron",
        "title": "Analyst",
        "emails": [{"value": user_name, "type": "work", "primary": True}],
        "active": active,
        "meta": {"resourceType": "User", "created": at(created), "lastModified": at(modified)},
    }
    return {**resource, **more}


@dataclass
class App:
    """A SCIM server with accounts and groups; `override` may answer before it does."""

    accounts: list[dict[str, Any]] = field(default_factory=list)
    groups: list[str] | None = None
    base_path: str = "/scim/v2"
    hides_inactive: bool = False
    patch: bool = True
    schemas: list[dict[str, Any]] = field(default_factory=list)
    override: Callable[[Request, Probe], Answer | None] = lambda request, probe: None
    methods: list[str] = field(default_factory=list)

    def answer(self, probe: Probe) -> Answer:
        request = probe.request
        self.methods.append(request.method)
        special = self.override(request, probe)
        if special is not None:
            return special
        base = "/scim/v2" if probe.base_path is None else probe.base_path
        if base != self.base_path:
            return plain(404, "<html>Not Found</html>", "text/html")
        return self._served(unquote(request.path), parse_qs(request.query))

    def _served(self, path: str, query: dict[str, list[str]]) -> Answer:
        if path == "/ServiceProviderConfig":
            urn = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
            return found({"schemas": [urn], "patch": {"supported": self.patch}})
        if path == "/Schemas":
            return found(listing(self.schemas)) if self.schemas else scim_error(404)
        if path == "/Groups":
            return self._groups(query)
        if path.startswith("/Users/"):
            match = [one for one in self.accounts if one["id"] == path[7:]]
            return found(match[0]) if match else scim_error(404, "Resource not found")
        wanted = query.get("filter", [""])[0]
        people = [one for one in self.accounts if not wanted or _matches(one, wanted)]
        if wanted and self.hides_inactive:
            people = [one for one in people if one["active"]]
        start, count = int(query.get("startIndex", ["1"])[0]), int(query.get("count", ["100"])[0])
        return found(listing(people[start - 1 : start - 1 + count], len(people), start))

    def _groups(self, query: dict[str, list[str]]) -> Answer:
        if self.groups is None:
            return scim_error(404)
        wanted = re.search('"(.*)"', query.get("filter", [""])[0])
        names = [name for name in self.groups if wanted is None or name == wanted[1]]
        return found(listing([{"id": f"g-{name}", "displayName": name} for name in names]))


def listing(resources: list[Any], total: int | None = None, start: int = 1) -> dict[str, Any]:
    count = len(resources)
    total = count if total is None else total
    return {
        "schemas": [LIST],
        "totalResults": total,
        "startIndex": start,
        "itemsPerPage": count,
        "Resources": resources,
    }


def _matches(one: dict[str, Any], wanted: str) -> bool:
    parts = re.fullmatch(r'([\w.]+) eq "(.*)"', wanted)
    assert parts is not None, wanted
    name, value = parts[1], parts[2].lower()
    if name == "emails.value":
        return any(entry["value"].lower() == value for entry in one.get("emails", []))
    return str(one.get(name, "")).lower() == value


def unreachable(kind: FaultKind, detail: str) -> Callable[[Request, Probe], Answer | None]:
    """An override by which no connection is made, unless certificates are not checked."""

    def override(request: Request, probe: Probe) -> Answer | None:
        return None if probe.way is Way.UNCHECKED else TransportFault(kind, detail, 0.1)

    return override
