"""The inspector's pages: the newest requests and answers, users and groups. They show, and change nothing."""

import ipaddress
import json
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote, unquote_plus, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request as PageRequest
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from scimctl.exchange import Headers
from scimctl.jsonvalue import NotJsonError, parse
from scimctl.server.service import Service
from scimctl.server.store import Record
from scimctl.server.watching import Served

_FOLDER = Path(__file__).parent
_KEPT = 500
"""Exchanges that are kept, the newest."""
_LONGEST_BODY = 65_536
"""Bytes that are kept of a body."""
_PAGE = 100
_REFRESH = 2
"""Seconds after which the live list is loaded again."""
_GUARDED = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'self'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_Page: TypeAlias = Callable[[PageRequest], Response]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A kept exchange with its number, counted from 1 since the server started."""

    number: int
    served: Served

    @property
    def path(self) -> str:
        """The target as people read it: percent-decoded."""
        path, question, query = self.served.request.target.partition("?")
        return unquote(path) + question + unquote_plus(query)

    @property
    def time(self) -> str:
        """The local time of day."""
        return self.served.at.astimezone().strftime("%H:%M:%S.%f")[:-3]

    @property
    def grade(self) -> str:
        """The class of the status: ok, refused, or broken."""
        status = self.served.response.status
        return "ok" if status < 400 else "refused" if status < 500 else "broken"

    @property
    def detail(self) -> str:
        """The detail of an error, empty for any other answer."""
        if self.served.response.status < 400:
            return ""
        try:
            body = self.served.response.json()
        except NotJsonError:
            return ""
        return str(body.get("detail") or "") if isinstance(body, dict) else ""


class Inspector:
    """Keeps the newest exchanges, and shows them and the resources of a server.

    It is a Watcher, to be called with each exchange; `application` is the ASGI application of the pages.
    """

    def __init__(self, tenants: Mapping[str, Service]) -> None:
        """Takes the servers to show by the name of their tenant; the main server's is empty."""
        self._tenants = dict(tenants)
        self._entries: deque[_Entry] = deque(maxlen=_KEPT)
        self._count = 0
        self._templates = Environment(
            loader=FileSystemLoader(_FOLDER / "templates"), autoescape=True, undefined=StrictUndefined
        )
        pages: dict[str, _Page] = {
            "/_/": self._requests,
            "/_/requests/{number:int}": self._request,
            "/_/style.css": self._style,
            "/_/resources/{kind}": self._resources,
            "/_/resources/{kind}/{id}": self._resource,
        }
        routes = [Route(path, _guarded(page)) for path, page in pages.items()]
        self.application = Starlette(routes=[*routes, Route("/_", _guarded(lambda _: RedirectResponse("/_/")))])

    def __call__(self, served: Served) -> None:
        """Keeps an exchange; the oldest is forgotten."""
        self._count += 1
        request = replace(served.request, body=_cut(served.request.body))
        response = replace(served.response, body=_cut(served.response.body))
        self._entries.appendleft(_Entry(self._count, replace(served, request=request, response=response)))

    def _requests(self, page: PageRequest) -> Response:
        wanted = page.query_params.get("q", "")
        failed = page.query_params.get("failed") == "1"
        live = page.query_params.get("live", "1") == "1"
        shown = [
            entry
            for entry in list(self._entries)
            if wanted.lower() in f"{entry.served.request.method} {entry.path} {entry.served.response.status}".lower()
            and not (failed and entry.grade == "ok")
        ]
        refresh = _REFRESH if live else 0
        return self._show(
            "requests.html", entries=shown, count=self._count, q=wanted, failed=failed, live=live, refresh=refresh
        )

    def _request(self, page: PageRequest) -> Response:
        number = page.path_params["number"]
        entry = next((entry for entry in self._entries if entry.number == number), None)
        if entry is None:
            return self._missing(f"Request {number} is not kept: the newest {_KEPT} are.")
        request, response = entry.served.request, entry.served.response
        return self._show(
            "request.html",
            entry=entry,
            request_headers=_fields(request.headers),
            request_body=_pretty(request.body),
            response_headers=_fields(response.headers),
            response_body=_pretty(response.body),
        )

    def _resources(self, page: PageRequest) -> Response:
        tenant, service = self._tenant(page)
        kind = page.path_params["kind"]
        if service is None or kind not in service.kinds:
            return self._missing("There is no such type of resource.")
        first = _number(page.query_params.get("first", "0"))
        records = service.store.page(kind, first, _PAGE)
        return self._show(
            "resources.html",
            kind=kind,
            tenant=tenant,
            rows=[_row(record) for record in records],
            first=first,
            total=service.store.count(kind),
            size=_PAGE,
        )

    def _resource(self, page: PageRequest) -> Response:
        tenant, service = self._tenant(page)
        kind, resource_id = page.path_params["kind"], page.path_params["id"]
        record = service.store.get(kind, resource_id) if service is not None else None
        if service is None or record is None:
            return self._missing("There is no such resource.")
        groups = [_row(group) for group in service.store.groups_of(resource_id)]
        text = json.dumps(record.resource, indent=2, ensure_ascii=False)
        return self._show("resource.html", kind=kind, tenant=tenant, row=_row(record), text=text, groups=groups)

    def _tenant(self, page: PageRequest) -> tuple[str, Service | None]:
        name = page.query_params.get("tenant", "")
        return name, self._tenants.get(name)

    def _style(self, _: PageRequest) -> Response:
        return Response((_FOLDER / "style.css").read_bytes(), media_type="text/css")

    def _missing(self, text: str) -> Response:
        return self._show("missing.html", status=404, text=text)

    def _show(self, template: str, status: int = 200, **values: Any) -> Response:  # noqa: ANN401 -- a template's words
        places = [(kind, name) for name, service in self._tenants.items() for kind in service.kinds]
        html = self._templates.get_template(template).render(places=places, **{"refresh": 0} | values)
        return HTMLResponse(html, status_code=status)


def _guarded(page: _Page) -> _Page:
    def guarded(request: PageRequest) -> Response:
        response = page(request) if _is_local(request) else PlainTextResponse(_FAR, status_code=403)
        response.headers.update(_GUARDED)
        return response

    return guarded


_FAR = "The inspector is for the machine that the server runs on: open it there, under 127.0.0.1 or localhost.\n"


def _is_local(request: PageRequest) -> bool:
    """Whether a browser on this machine asks, under a name of this machine.

    The name in Host keeps pages of other sites from reading these through a name of theirs that leads here; a proxy
    that forwards the requests of others says so.
    """
    peer = request.client.host if request.client is not None else ""
    host = urlsplit(f"//{request.headers.get('host', '')}").hostname or ""
    forwarded = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip"))
    return _is_loopback(peer) and (host == "localhost" or _is_loopback(host)) and not forwarded


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _cut(body: bytes) -> bytes:
    if len(body) <= _LONGEST_BODY:
        return body
    return body[:_LONGEST_BODY] + f"… {len(body) - _LONGEST_BODY} bytes more".encode()


def _fields(headers: Headers) -> list[tuple[str, str]]:
    return list(headers)


def _pretty(body: bytes) -> str:
    try:
        return json.dumps(parse(body), indent=2, ensure_ascii=False)
    except NotJsonError:
        return body.decode("utf-8", "replace")


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _row(record: Record) -> dict[str, str]:
    resource = record.resource
    meta = resource["meta"]
    changed = str(meta["lastModified"]) if isinstance(meta, dict) else ""
    members = resource.get("members")
    status = "" if record.kind != "User" else "active" if record.is_active else "inactive"
    if record.kind == "Group":
        status = f"{len(members) if isinstance(members, list) else 0} members"
    return {
        "id": record.id,
        "name": str(resource.get("userName") or resource.get("displayName") or record.id),
        "display": str(resource.get("displayName") or ""),
        "external": str(resource.get("externalId") or ""),
        "status": status,
        "changed": changed,
    }
