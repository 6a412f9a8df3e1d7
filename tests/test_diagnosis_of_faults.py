"""From end to end: an admin's actions against a server with a fault, and what the diagnosis makes of log and server."""

import itertools
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from scimctl.diagnose.accounts import Survey
from scimctl.diagnose.diagnosis import Diagnosis, Question, Server, diagnose, read_case
from scimctl.diagnose.evidence import Evidence, Piece
from scimctl.diagnose.probes import Probe, Wish
from scimctl.diagnose.probes import play as probe
from scimctl.diagnose.reading import objects, text
from scimctl.engine.session import CANARY
from scimctl.events import OrgTold
from scimctl.exchange import Answer, Exchange, Request, Send
from scimctl.jsonvalue import Json
from scimctl.scenario.model import Scenario
from scimctl.scenario.parser import File, read_files
from scimctl.scenario.plan import make_plan
from scimctl.server.core import build
from scimctl.server.faults.catalogue import faults, with_faults
from scimctl.source import SourceText
from scimctl.spec.catalogue import Catalogue
from tests.playing import BASE_URL, play, reference

FLOWS = Path(__file__).with_name("diagnosis_flows.yaml")

FAULTS: dict[str, tuple[str, str]] = {
    "create-returns-wrong-id": ("update", "account-deleted-downstream"),
    "patch-active-noop": ("deactivate", "deactivation-ignored-by-server"),
    "put-active-ignored": ("deactivate-put", "deactivation-ignored-by-server"),
    "boolean-false-stored-as-true": ("deactivate-put", "deactivation-ignored-by-server"),
    "reactivation-of-inactive-conflicts": ("return", "duplicate-user-hidden"),
    "list-hides-inactive": ("return", "duplicate-user-hidden"),
    "deleted-user-still-uniqueness-conflict": ("return-after-deletion", "duplicate-user-hidden"),
    "filter-username-case-sensitive": ("other-case", "duplicate-user-hidden"),
    "filter-escapes": ("quote", "duplicate-user-hidden"),
    "uniqueness-keyed-on-email": ("shared-mailbox", "username-mismatch"),
    "username-change-ignored": ("rename", "username-mismatch"),
    "empty-list-not-a-listresponse": ("create", "malformed-lookup-response"),
    "filter-keyword-values": ("keyword", "invalid-attribute-value"),
    "unknown-attribute-rejected": ("custom", "invalid-attribute-value"),
    "null-rejected": ("nulls", "missing-required-attribute"),
    "scim-json-415": ("create", "media-type-rejected"),
    "password-stored-unverified": ("create", "password-policy-rejected"),
    "patch-password-fails": ("password", "server-error"),
    "patch-replace-unset-500": ("patch-first-title", "server-error"),
    "put-unsupported": ("update", "server-error"),
    "patch-pathless-active-rejected": ("deactivate", "patch-unsupported"),
    "group-member-display-rejected": ("group", "group-push-error"),
    "patch-echoes-request-schema": ("group", "group-push-error"),
    "group-put-self-conflict": ("group-put", "group-push-error"),
    "put-group-members-immutable": ("group-put", "group-push-error"),
    "group-malformed-member-500": ("member-deleted", "group-push-error"),
    "db-outage-404": ("update-again", "none"),
    "duplicate-accepted": ("create", "none"),
    "password-returned": ("password", "none"),
    "group-rename-empties": ("group", "none"),
}
"""By fault: what the admin did, and the first cause."""

WRONG_TOKEN = {
    "auth-401-not-scim-error": "credentials-rejected",
    "auth-missing-token-not-401": "credentials-rejected",
    "html-200": "base-url-wrong",
}
"""By fault of the answer to a token that is wrong: the first cause of a create."""

SOUND: dict[str, str] = {
    "create": "none",
    "update": "none",
    "update-again": "none",
    "rename": "none",
    "deactivate": "none",
    "return": "none",
    "password": "none",
    "group": "none",
    "deleted": "account-deleted-downstream",
    "group-deleted": "group-deleted-downstream",
    "member-deleted": "group-push-member-unknown",
    "switched-off": "create-users-disabled",
    "left-while-off": "deactivate-users-disabled",
    "changed-while-off": "update-users-disabled",
    "suspended": "suspended-sends-nothing",
}
"""By what the admin did to a server that does all right: the first cause."""


@cache
def flows() -> dict[str, Scenario]:
    """The scenarios of the file by their names."""
    source = SourceText(FLOWS.name, FLOWS.read_text("utf-8"))
    found = read_files([File(source, "flows")], Catalogue.load())
    return {scenario.id.removeprefix("flow.").partition("[")[0]: scenario for scenario in found}


def diagnosis(flow: str, server: Send) -> Diagnosis:
    """What is said of the user, or the group, of a flow that was played against a server."""
    plan = make_plan([flows()[flow]], allow_heavy=True)
    played = play(server, plan, keep=True, tell_org=True)
    (documents,) = [event.documents for event in played.events if isinstance(event, OrgTold)]
    logs = documents["logs"]
    assert isinstance(logs, list)
    pieces: dict[Piece, Json] = {
        piece: documents[piece.stem] for piece in Piece if piece is not Piece.LOGS and piece.stem in documents
    }
    case = read_case(Evidence(origin="the mock", logs=logs, documents=pieces))
    return diagnose(case, _question(flow, documents), Server(look=lambda wish: looked(server, wish)))


def _question(flow: str, documents: dict[str, Json]) -> Question:
    if flow.startswith(("group", "member")):
        (group,) = objects(documents["app-groups"])
        return Question(group=text(group, "_embedded", "group", "profile", "name"))
    return Question(user=text(documents["user"], "profile", "login"))


def looked(server: Send, wish: Wish) -> Survey:
    """The probes, sent to a function."""
    numbers = itertools.count(1)

    def send(asked: Probe) -> Exchange:
        assert asked.request.method == "GET"
        return Exchange(asked.request, server(asked.request), BASE_URL, next(numbers))

    return Survey(wish=wish, seen=probe(wish, send))


def first(found: Diagnosis) -> str:
    """The code of the first cause, or `none`."""
    return found.causes[0].code.word if found.causes else "none"


def test_there_are_at_least_thirty_faults_with_an_impact() -> None:
    named = [name for name in (*FAULTS, *WRONG_TOKEN) if faults()[name].in_okta]
    assert len(named) >= 30


@pytest.mark.parametrize("fault", FAULTS)
def test_the_cause_of_a_fault_is_named(fault: str) -> None:
    flow, code = FAULTS[fault]
    found = diagnosis(flow, reference(faults=[fault]))
    assert first(found) == code, found.summary


@pytest.mark.parametrize("flow", SOUND)
def test_a_server_that_does_all_right_is_not_accused(flow: str) -> None:
    found = diagnosis(flow, reference())
    assert first(found) == SOUND[flow], found.summary


def with_wrong_token(names: Sequence[str]) -> Send:
    """A server with faults, asked with a token that it does not know.

    A run that meets 401 at once sends nothing more, so its first look at the server has the right one.
    """
    server = with_faults(build("standard", token="right"), names)

    def send(request: Request) -> Answer:
        token = "right" if request.target == CANARY.target else "wrong"
        fields = request.headers.with_field("Authorization", f"Bearer {token}")
        return server.handle(replace(request, headers=fields), base_url=BASE_URL)

    return send


@pytest.mark.parametrize("fault", WRONG_TOKEN)
def test_a_wrong_token_is_seen_through_the_fault(fault: str) -> None:
    assert first(diagnosis("create", with_wrong_token([fault]))) == WRONG_TOKEN[fault]


def test_a_wrong_token_is_named() -> None:
    assert first(diagnosis("create", with_wrong_token([]))) == "credentials-rejected"


def read_only() -> Send:
    """A server that knows the token, which may read and not write."""
    server = build("wrike", token="right", read_only_token="reads")

    def send(request: Request) -> Answer:
        fields = request.headers.with_field("Authorization", "Bearer reads")
        return server.handle(replace(request, headers=fields), base_url=BASE_URL)

    return send


@pytest.mark.parametrize(
    ("flow", "server", "code"),
    [
        ("other-domain", reference("wrike"), "domain-not-approved"),
        ("odd-type", reference("wrike"), "unknown-user-type"),
        ("two", reference("wrike", seats=1), "seat-limit-reached"),
        ("create", read_only(), "token-lacks-permission"),
        ("create", reference("wrike"), "none"),
    ],
    ids=["domain", "user type", "seats", "permission", "nothing wrong"],
)
def test_the_rules_of_a_work_management_product_are_named(flow: str, server: Send, code: str) -> None:
    found = diagnosis(flow, server)
    assert first(found) == code, found.summary
