"""The wrike profile: approved domains, user types, seats, billing, retention, look-up by e-mail, no groups."""

from collections.abc import Callable
from urllib.parse import quote

import pytest

from scimctl.diagnostic import InputError
from scimctl.scim import urns
from scimctl.server.core import build
from scimctl.server.settings import profile_names, read_profile
from tests.unit.server.reference_client import Client

ENTERPRISE = urns.ENTERPRISE_USER
ADA = "ada@scimctl.example"


@pytest.fixture
def wrike(make: Callable[..., Client]) -> Client:
    """A client of a server of the wrike profile."""
    return make("wrike")


def create(client: Client, name: str, /, **attributes: object) -> dict:
    return client.send("POST", "/Users", {"schemas": [urns.USER], "userName": name, **attributes})


@pytest.mark.parametrize("name", [ADA, "ADA@SCIMCTL.EXAMPLE", "ada+tag@scimctl.example"])
def test_users_of_approved_domains_are_provisioned(wrike: Client, name: str) -> None:
    assert create(wrike, name)["userName"] == name
    assert wrike.last.status == 201


@pytest.mark.parametrize(
    "name", ["ada@unapproved.example", "ada@sub.scimctl.example", "ada@scimctl.example.evil.example"]
)
def test_users_of_other_domains_are_not(wrike: Client, name: str) -> None:
    error = create(wrike, name)
    domain = name.partition("@")[2]
    assert wrike.last.status == 403
    assert error["detail"] == f"Users of the domain {domain} are not provisioned: it is not an approved domain."
    assert wrike.get("/Users")["totalResults"] == 0


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_user_cannot_move_to_an_unapproved_domain(wrike: Client, method: str) -> None:
    before = create(wrike, ADA)
    moved = "ada@unapproved.example"
    bodies = {
        "PUT": {"schemas": [urns.USER], "userName": moved},
        "PATCH": {"schemas": [urns.PATCH_OP], "Operations": [{"op": "replace", "path": "userName", "value": moved}]},
    }
    assert wrike.send(method, "/Users/id-1", bodies[method])["status"] == "403"
    assert wrike.get("/Users/id-1") == before


def test_the_login_is_an_email_address_from_user_name_or_emails(wrike: Client) -> None:
    emails = [{"value": "other@scimctl.example"}, {"value": ADA, "primary": True}]
    assert create(wrike, "ada", emails=emails)["userName"] == ADA
    assert create(wrike, "bob")["scimType"] == "invalidValue"
    assert create(wrike, "bob", emails=[{"value": "bob"}])["scimType"] == "invalidValue"


@pytest.mark.parametrize(
    ("sent", "stored"),
    [(None, "Regular"), ("", "Regular"), ("External", "External"), ("collaborator", "Collaborator")],
)
def test_user_types(wrike: Client, sent: str | None, stored: str) -> None:
    assert create(wrike, ADA, userType=sent)["userType"] == stored


def test_an_unknown_user_type_is_refused_with_those_there_are(wrike: Client) -> None:
    error = create(wrike, ADA, userType="Owner")
    assert (wrike.last.status, error["scimType"]) == (400, "invalidValue")
    assert error["detail"] == "userType is one of Regular, External, Collaborator, not 'Owner'"
    create(wrike, ADA, userType="External")
    remove = {"op": "remove", "path": "userType"}
    assert wrike.patch("/Users/id-1", remove)["userType"] == "Regular"


def test_seats_are_taken_and_freed(make: Callable[..., Client]) -> None:
    client = make("wrike", seats=2)
    for name in ("a", "b"):
        assert create(client, f"{name}@scimctl.example")["active"] is True
    full = "The licence is full: all 2 seats are taken. Deactivate a user or buy seats."
    assert create(client, "c@scimctl.example")["detail"] == full
    assert client.last.status == 403
    assert create(client, "c@scimctl.example", active=False)["id"] == "id-3"
    activate = {"op": "replace", "value": {"active": True}}
    assert client.patch("/Users/id-3", activate)["detail"] == full
    client.patch("/Users/id-1", {"op": "replace", "value": {"active": False}})
    assert client.patch("/Users/id-3", activate)["active"] is True
    client.ok("DELETE", "/Users/id-2")
    assert client.patch("/Users/id-1", activate)["active"] is True
    assert client.patch("/Users/id-1", activate)["active"] is True, "an active user keeps its seat"
    assert client.server.service.rules is not None
    client.server.service.rules.set_seats(None)
    assert create(client, "d@scimctl.example")["active"] is True


def test_every_provisioned_user_is_billed_at_once(wrike: Client) -> None:
    create(wrike, ADA)
    create(wrike, "bob@unapproved.example")
    for active in (False, False, True):
        wrike.patch("/Users/id-1", {"op": "replace", "value": {"active": active}})
    wrike.patch("/Users/id-1", {"op": "add", "path": "title", "value": "x"})
    wrike.ok("DELETE", "/Users/id-1")
    events = [(entry.user_id, entry.event) for entry in wrike.server.billed]
    assert events == [("id-1", "created"), ("id-1", "deactivated"), ("id-1", "activated"), ("id-1", "deleted")]
    assert wrike.server.billed[0].when == "2026-01-02T03:04:05.678Z"


def test_the_standard_profile_bills_nothing(client: Client) -> None:
    client.user("ada")
    assert client.server.billed == ()


@pytest.mark.parametrize(
    "empty",
    [
        {},
        {"title": "", "name": {"givenName": "", "familyName": None}, "phoneNumbers": [{"value": "", "type": "work"}]},
        {"title": None, "name": None, "phoneNumbers": [], "userType": "", ENTERPRISE: {"department": ""}},
        {"phoneNumbers": None, "userType": None, ENTERPRISE: {}},
    ],
)
def test_a_put_keeps_what_okta_leaves_empty(wrike: Client, empty: dict) -> None:
    filled = {
        "title": "Dr",
        "name": {"givenName": "Ada", "familyName": "L"},
        "phoneNumbers": [{"value": "1", "type": "work", "primary": True}],
        "userType": "External",
        ENTERPRISE: {"department": "D"},
    }
    before = create(wrike, ADA, **filled)
    assert wrike.ok("PUT", "/Users/id-1", {"schemas": [urns.USER], "userName": ADA, **empty}) == before
    changed = wrike.ok(
        "PUT", "/Users/id-1", {"schemas": [urns.USER], "userName": ADA, "title": "Prof", "active": False}
    )
    assert (changed["title"], changed["active"], changed["userType"]) == ("Prof", False, "External")
    assert changed[ENTERPRISE] == {"department": "D"}


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ('userName eq "ADA@scimctl.example"', 1),
        ('userName eq "primary@scimctl.example"', 1),
        ('userName eq "second@scimctl.example"', 0),
        ('emails.value eq "second@scimctl.example"', 1),
        (f'{urns.USER}:userName eq "{ADA}"', 1),
    ],
)
def test_look_up_by_email(wrike: Client, text: str, count: int) -> None:
    emails = [{"value": "primary@scimctl.example", "primary": True}, {"value": "second@scimctl.example"}]
    create(wrike, ADA, emails=emails)
    assert len(wrike.found(text)) == count


@pytest.mark.parametrize(
    "text", ["title pr", 'displayName eq "x"', 'userName sw "a"', 'userName eq "a" and active eq true', 'id eq "id-1"']
)
def test_no_other_search(wrike: Client, text: str) -> None:
    error = wrike.get(f"/Users?filter={quote(text)}")
    assert (wrike.last.status, error["scimType"]) == (400, "invalidFilter")
    assert error["detail"].startswith("search is by e-mail address only")


def test_a_token_without_the_permission_reads_only(wrike: Client) -> None:
    create(wrike, ADA)
    reader = wrike.as_token("reader")
    assert reader.found(f'userName eq "{ADA}"') == [ADA]
    create(reader, "bob@scimctl.example")
    assert reader.last.status == 403


def test_profiles_are_found_by_name() -> None:
    assert profile_names() == ("entitlements", "minimal", "okta-strict", "standard", "wrike")
    wrike = read_profile("wrike").provisioning
    assert wrike is not None
    assert wrike.approved_domains == ("scimctl.example",)
    assert read_profile("standard").provisioning is None


_PROFILES = "the profiles are entitlements, minimal, okta-strict, standard, wrike; ./FILE.yaml is one of yours"


@pytest.mark.parametrize(("name", "remedy"), [("wrik", "did you mean wrike?"), ("zzz", _PROFILES)])
def test_an_unknown_profile_is_the_users_error(name: str, remedy: str) -> None:
    with pytest.raises(InputError) as refused:
        build(name, token="t")
    diagnostic = refused.value.diagnostics[0]
    assert (diagnostic.title, diagnostic.help) == (f"there is no profile {name!r}", remedy)
