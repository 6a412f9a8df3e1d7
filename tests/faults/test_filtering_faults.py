"""Each fault of filters: what the broken server does, and that the server without it does right."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from scimctl.scim import urns
from tests.faults.pairs import Pair

Make = Callable[..., Pair]


def with_users(servers: Pair) -> Pair:
    for client in (servers.right, servers.wrong):
        client.user("alice", title="Boss", userType="E", name={"givenName": "A", "familyName": "Or"}, nickName="u")
        client.user("Bob@b.example", name={"givenName": "A'KELAH", "familyName": "Research and Play"}, active=False)
        client.user("O'Brien", emails=[{"value": "x@b.example", "type": "work"}], userType="I")
        client.group('The "test" group\\')
        client.group("admins")
        client.group("Admins")
    return servers


def found(servers: Pair, filter_text: str, **query: str) -> tuple[Any, Any]:
    """The names that the two servers find, or the status of what is no list; `.search` finds what GET does."""
    named = "".join(f"&{name}={quote(value)}" for name, value in query.items())
    place = "/Groups" if filter_text.startswith("displayName") else "/Users"
    body: dict[str, object] = {"schemas": [urns.SEARCH_REQUEST], "filter": filter_text, **query}
    out = [_names(servers, *servers.both("GET", f"{place}?filter={quote(filter_text)}{named}"))]
    out.append(_names(servers, *servers.both("POST", f"{place}/.search", body)))
    assert out[0] == out[1]
    return out[0]


def _names(servers: Pair, *bodies: Any) -> tuple[Any, Any]:
    one, other = (
        [each.get("userName") or each.get("displayName") or each["id"] for each in body["Resources"]]
        if client.last.status == 200
        else client.last.status
        for client, body in zip((servers.right, servers.wrong), bodies, strict=True)
    )
    return one, other


EVERYONE = ["alice", "Bob@b.example", "O'Brien"]


def test_filter_ignored_returns_all(pair: Make) -> None:
    servers = with_users(pair("filter-ignored-returns-all"))

    assert found(servers, 'userName eq "nobody@x"') == ([], EVERYONE)
    assert found(servers, "userName zz") == (400, EVERYONE)
    assert servers.statuses("GET", "/Schemas?filter=id%20pr") == (403, 403)


def test_attributes_disables_filter(pair: Make) -> None:
    servers = with_users(pair("attributes-disables-filter"))

    assert found(servers, 'userName eq "alice"', attributes="userName") == (["alice"], EVERYONE)
    assert found(servers, 'userName eq "alice"') == (["alice"], ["alice"])


def test_filter_apostrophe_truncates(pair: Make) -> None:
    servers = with_users(pair("filter-apostrophe-truncates"))

    assert found(servers, 'name.givenName eq "A\'KELAH"') == (["Bob@b.example"], ["alice"])
    assert found(servers, 'userName eq "O\'Brien"') == (["O'Brien"], [])
    assert found(servers, 'userName eq "alice"') == (["alice"], ["alice"])


def test_filter_compound_truncated(pair: Make) -> None:
    servers = with_users(pair("filter-compound-truncated"))

    assert found(servers, 'userName eq "alice" and active eq false') == ([], ["alice"])
    assert found(servers, 'userName eq "alice" or active eq false') == (["alice", "Bob@b.example"], ["alice"])
    assert found(servers, 'emails[type eq "home" and value pr]') == ([], [])


@pytest.mark.parametrize(
    ("fault", "missed", "hit"),
    [
        ("filter-username-case-sensitive", 'userName eq "ALICE"', 'userName eq "alice"'),
        ("filter-username-case-sensitive", 'title pr and USERNAME eq "Alice"', 'title pr and USERNAME eq "alice"'),
        ("filter-username-case-sensitive", f'{urns.USER}:userName eq "ALICE"', 'title eq "BOSS"'),
        ("filter-attrname-case-sensitive", 'username eq "alice"', 'userName eq "ALICE"'),
        ("filter-attrname-case-sensitive", 'NAME.givenName eq "A"', 'name.givenName eq "A"'),
        ("filter-attrname-case-sensitive", 'emails[TYPE eq "work"]', 'emails[type eq "work"]'),
        ("filter-attrname-case-sensitive", 'Emails[type eq "work"]', f'{urns.USER}:title eq "boss"'),
        ("filter-attrname-case-sensitive", "Title pr", "title pr"),
        ("filter-escapes", 'displayName eq "The \\"test\\" group\\\\"', 'userName eq "O\'Brien"'),
        ("filter-escapes", 'userName eq "\\u0061lice"', 'userName eq "alice"'),
        ("filter-hides-listed-user", 'userName eq "alice"', 'userName eq "bob@b.example"'),
        ("filter-hides-listed-user", 'userName eq "O\'Brien"', 'userName sw "alice"'),
    ],
)
def test_misses(pair: Make, fault: str, missed: str, hit: str) -> None:
    servers = with_users(pair(fault))

    right, wrong = found(servers, missed)
    assert (len(right), wrong) == (1, [])
    right, wrong = found(servers, hit)
    assert (len(right), wrong) == (1, right)


def test_filter_username_case_sensitive_with_few_filters(pair: Make) -> None:
    servers = pair("filter-username-case-sensitive", profile="wrike")
    for client in (servers.right, servers.wrong):
        client.user("ada@scimctl.example")

    assert found(servers, 'userName eq "ADA@scimctl.example"') == (["ada@scimctl.example"], [])
    assert found(servers, 'userName eq "ada@scimctl.example"') == (["ada@scimctl.example"], ["ada@scimctl.example"])


def test_filter_group_displayname_case(pair: Make) -> None:
    servers = with_users(pair("filter-group-displayname-case"))

    both = ["admins", "Admins"]
    assert found(servers, 'displayName eq "ADMINS"') == (both, [])
    assert found(servers, 'displayName eq "Admins"') == (both, ["Admins"])
    assert found(servers, 'displayName sw "ADM"') == (both, both)
    assert found(servers, 'userName eq "ALICE"') == (["alice"], ["alice"])


def test_filter_not_scope(pair: Make) -> None:
    servers = with_users(pair("filter-not-scope"))

    everyone_but = 'not (emails co "x") and userType ne "E"'
    assert found(servers, everyone_but) == (["Bob@b.example"], ["alice", "Bob@b.example"])
    assert found(servers, 'title pr and not (userType eq "E") and active eq false') == ([], ["alice"])
    assert found(servers, 'not (emails co "x")') == (EVERYONE[:2], EVERYONE[:2])
    assert found(servers, 'userType ne "E" and not (emails co "x")') == (["Bob@b.example"], ["Bob@b.example"])


@pytest.mark.parametrize(
    "text", ['userName Eq "alice"', 'userName eq "alice" AND title pr', "title PR", 'NOT (userName ne "alice")']
)
def test_filter_operator_case_sensitive(pair: Make, text: str) -> None:
    servers = with_users(pair("filter-operator-case-sensitive"))

    assert found(servers, text) == (["alice"], 400)
    assert servers.wrong.get(f"/Users?filter={quote(text)}")["scimType"] == "invalidFilter"
    assert found(servers, 'USERNAME eq "alice" or userName eq "Eq AND"') == (["alice"], ["alice"])


def test_filter_three_terms_fail(pair: Make) -> None:
    servers = with_users(pair("filter-three-terms-fail"))

    assert found(servers, 'displayName co "u" or nickName co "u" or userName co "u"')[1] == 500
    assert found(servers, 'nickName co "u" or title co "u" or userName co "nobody"') == (["alice"], 500)
    assert found(servers, "title pr and (active eq true and userName pr and name pr)") == (["alice"], 500)
    assert found(servers, "title pr and active eq true or nickName pr") == (["alice"], ["alice"])


def test_filter_keyword_values(pair: Make) -> None:
    servers = with_users(pair("filter-keyword-values"))

    assert found(servers, 'name.familyName eq "Or"') == (["alice"], 400)
    assert found(servers, 'name.familyName co "and play"') == (["Bob@b.example"], 400)
    assert found(servers, 'title pr and userName eq "alice"') == (["alice"], ["alice"])


def test_filter_unsupported_wrong_code(pair: Make) -> None:
    servers = with_users(pair("filter-unsupported-wrong-code"))

    right, wrong = servers.both("GET", "/Users?filter=userName%20zz%20%22x%22")
    assert right["scimType"] == "invalidFilter"
    assert wrong == {**right, "scimType": "InvalidFilter"}
    assert servers.wrong.get("/Users?count=x")["scimType"] == "invalidValue"
