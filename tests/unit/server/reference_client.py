"""A client of a reference server in-process, for the tests beside this file."""

import json
from dataclasses import dataclass, field
from typing import Any

from scimctl.exchange import Headers, Request, Response
from scimctl.scim import urns
from scimctl.server.core import ReferenceServer

BASE_URL = "https://reference.invalid/scim/v2"


@dataclass(slots=True)
class Client:
    """Sends requests to a reference server with its token, and reads the answers as JSON."""

    server: ReferenceServer
    token: str | None = "right"
    last: Response = field(default_factory=lambda: Response(0))

    def send(self, method: str, target: str, body: object = None, **fields: str) -> Any:
        """The body of the answer, None without one; `last` is the whole answer."""
        headers = [(name.replace("_", "-"), value) for name, value in fields.items()]
        if self.token is not None and "Authorization" not in fields:
            headers.append(("Authorization", f"Bearer {self.token}"))
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        if content and "Content_Type" not in fields:
            headers.append(("Content-Type", "application/scim+json; charset=utf-8"))
        request = Request(method, target, Headers(tuple(headers)), content)
        self.last = self.server.handle(request, base_url=BASE_URL)
        return json.loads(self.last.body) if self.last.body else None

    def get(self, target: str, **fields: str) -> Any:
        return self.send("GET", target, **fields)

    def ok(self, method: str, target: str, body: object = None, **fields: str) -> Any:
        """As `send`, for what has to succeed."""
        answer = self.send(method, target, body, **fields)
        assert self.last.status in (200, 201, 204), answer
        return answer

    def user(self, name: str, /, **attributes: object) -> Any:
        """A new user."""
        return self.ok("POST", "/Users", {"schemas": [urns.USER], "userName": name, **attributes})

    def group(self, name: str, *members: str) -> Any:
        """A new group with these members."""
        body = {"schemas": [urns.GROUP], "displayName": name, "members": [{"value": member} for member in members]}
        return self.ok("POST", "/Groups", body)

    def patch(self, target: str, *operations: object, **fields: str) -> Any:
        """The answer to a PatchOp of these operations."""
        return self.send("PATCH", target, {"schemas": [urns.PATCH_OP], "Operations": operations}, **fields)

    def found(self, filter_text: str) -> list[str]:
        """The userNames of the users that match a filter."""
        from urllib.parse import quote

        return [user["userName"] for user in self.ok("GET", f"/Users?filter={quote(filter_text)}")["Resources"]]

    def as_token(self, token: str | None) -> "Client":
        """A client of the same server with another token."""
        return Client(self.server, token)
