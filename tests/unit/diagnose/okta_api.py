"""A small Management API of Okta's as a function: pages, rate limits, refusals, as Okta documents them."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

from scimctl.exchange import Answer, Headers, Request, Response

ORIGIN = "https://acme.okta.example"
APP = "0oaWidgets0000000001"
ADA = "00uAda00000000000001"


def user(identifier: str, login: str) -> dict[str, Any]:
    return {"id": identifier, "status": "ACTIVE", "profile": {"login": login, "email": login}}


def event(number: int) -> dict[str, Any]:
    """One event of the app, each a minute after the one before."""
    return {
        "uuid": f"event-{number}",
        "published": f"2026-05-{1 + number // 1440:02}T{number // 60 % 24:02}:{number % 60:02}:00.000Z",
        "eventType": "application.provision.user.push_profile",
        "outcome": {"result": "SUCCESS", "reason": None},
        "target": [{"type": "AppInstance", "id": APP}, {"type": "User", "id": ADA}],
    }


def error(status: int, code: str, summary: str) -> Response:
    body = {"errorCode": code, "errorSummary": summary, "errorLink": code, "errorId": "oae1", "errorCauses": []}
    return Response(status, Headers((("Content-Type", "application/json"),)), json.dumps(body).encode())


@dataclass
class OktaApi:
    """Answers requests; `page` is the most entries of a page, whatever is asked, and `requests` what was asked."""

    page: int = 3
    events: list[dict[str, Any]] = field(default_factory=lambda: [event(number) for number in range(7)])
    users: list[dict[str, Any]] = field(default_factory=lambda: [user(ADA, "ada@acme.example")])
    assigned: int = 5
    app_users: list[dict[str, Any]] = field(default_factory=list)
    limits: list[Response] = field(default_factory=list)
    requests: list[Request] = field(default_factory=list)
    refused: dict[str, Response] = field(default_factory=dict)

    def send(self, request: Request) -> Answer:
        self.requests.append(request)
        if self.limits:
            return self.limits.pop(0)
        parts = urlsplit(request.target)
        path, query = unquote(parts.path), {name: values[0] for name, values in parse_qs(parts.query).items()}
        return self.refused.get(path) or self.answer(path, query)

    def answer(self, path: str, query: dict[str, str]) -> Response:
        app = f"/api/v1/apps/{APP}"
        lists: dict[str, list[Any]] = {
            "/api/v1/apps": [{"id": APP, "label": "Widgets"}, {"id": "0oaOther", "label": "Widgets Two"}],
            f"{app}/users": [
                *({"id": f"00u{number:017}", "status": "PROVISIONED"} for number in range(self.assigned)),
                *self.app_users,
            ],
            f"{app}/groups": [],
            f"{app}/group-push/mappings": [],
            f"/api/v1/users/{ADA}/groups": [{"id": "00gEveryone", "profile": {"name": "Everyone"}}],
            "/api/v1/logs": self.events,
        }
        if path in lists:
            return self.listed(path, query, lists[path])
        documents: dict[str, Any] = {
            app: {"id": APP, "label": "Widgets", "status": "ACTIVE", "features": ["PUSH_NEW_USERS"]},
            f"/api/v1/meta/schemas/apps/{APP}/default": {"definitions": {}},
        }
        documents |= {f"/api/v1/users/{key}": one for one in self.users for key in (one["id"], one["profile"]["login"])}
        if path in documents:
            return Response(200, Headers(), json.dumps(documents[path]).encode())
        return error(404, "E0000007", f"Not found: Resource not found: {path.rpartition('/')[2]} (User)")

    def listed(self, path: str, query: dict[str, str], entries: list[Any]) -> Response:
        start = int(query.get("after", "0"))
        size = min(self.page, int(query.get("limit", "50")))
        links = [f'<{ORIGIN}{path}?{urlencode(query)}>; rel="self"']
        if start + size < len(entries) or (path.endswith("/logs") and "until" not in query):
            following = query | {"after": str(min(start + size, len(entries)))}
            links.append(f'<{ORIGIN}{path}?{urlencode(following)}>; rel="next"')
        headers = Headers(tuple(("Link", link) for link in links))
        return Response(200, headers, json.dumps(entries[start : start + size]).encode())
