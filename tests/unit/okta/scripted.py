"""Flows driven by scripted answers: what Okta sends when the server says this."""

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from scimctl.exchange import Answer, FaultKind, Headers, Request, Response, TransportFault
from scimctl.okta.actions import Org
from scimctl.okta.app import App, AppKind, Features
from scimctl.okta.directory import Directory, OktaUser
from scimctl.okta.mapping import default_attributes
from scimctl.okta.outcome import ActionResult, Flow
from scimctl.okta.parameters import Parameters, with_settings

LIST = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
ERROR = "urn:ietf:params:scim:api:messages:2.0:Error"
USER = "urn:ietf:params:scim:schemas:core:2.0:User"


@dataclass(frozen=True)
class Told:
    """How a flow went: the requests in order, and the result."""

    requests: list[Request]
    result: ActionResult

    @property
    def lines(self) -> list[str]:
        return [f"{request.method} {request.target}" for request in self.requests]

    def body(self, number: int) -> Any:
        return json.loads(self.requests[number].body)


def tell(flow: Flow, answers: Sequence[Answer]) -> Told:
    """Drives a flow with one answer a request; too few or too many answers are a mistake of the test."""
    requests: list[Request] = []
    remaining = list(answers)
    try:
        call = next(flow)
        while True:
            requests.append(call.request)
            call = flow.send(remaining.pop(0))
    except StopIteration as stop:
        assert remaining == []
        return Told(requests, stop.value)


def answer(status: int, body: object = None) -> Response:
    content = b"" if body is None else json.dumps(body).encode()
    return Response(status, Headers((("Content-Type", "application/scim+json"),)), content)


def found(*users: dict[str, Any]) -> Response:
    page = {"schemas": [LIST], "totalResults": len(users), "startIndex": 1, "itemsPerPage": len(users)}
    return answer(200, {**page, "Resources": list(users)})


def refused(status: int, detail: str = "") -> Response:
    return answer(status, {"schemas": [ERROR], "status": str(status), "detail": detail})


def timed_out() -> TransportFault:
    return TransportFault(FaultKind.READ_TIMEOUT, "nothing came within 60 s", 60.0)


PROFILE: dict[str, Any] = {
    "login": "test.user@okta.local",
    "email": "test.user@okta.local",
    "firstName": "Test",
    "lastName": "User",
    "locale": "en-US",
}


def org(
    kind: AppKind = AppKind.OIN,
    *,
    features: Features | None = None,
    profile: dict[str, Any] | None = None,
    **settings: str,
) -> tuple[Org, OktaUser]:
    """An org with one app and one user, Test User, who is not assigned yet."""
    user = OktaUser(id="00ujl29u0le5T6Aj10h7", profile=dict(PROFILE if profile is None else profile))
    parameters = with_settings(Parameters(), settings)
    app = App(
        label="My App",
        kind=kind,
        features=features or Features(),
        parameters=parameters,
        attributes=default_attributes(parameters),
    )
    return Org(Directory({user.id: user}), app, random.Random(1)), user


def stored(**changes: Any) -> dict[str, Any]:
    """Test User as a server returns it."""
    return {
        "id": "23a35c27-23d3-4c03-b4c5-6443c09e7173",
        "schemas": [USER],
        "userName": "test.user@okta.local",
        "name": {"familyName": "User", "givenName": "Test"},
        "emails": [{"value": "test.user@okta.local", "type": "work", "primary": True}],
        "active": True,
        **changes,
    }
