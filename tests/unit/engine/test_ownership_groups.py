"""Groups of other people: a name does not make a group ours, because two groups may have one name."""

from scimctl.engine.ownership import Owner, Ownership
from scimctl.exchange import Exchange, Headers, Request, Response
from scimctl.jsonvalue import compact
from scimctl.okta import dialect

BASE = "https://scim.example/v2"


def ask(name: str) -> Exchange:
    """The read of a group of that name."""
    response = Response(200, Headers(()), compact({"id": "1", "displayName": name}))
    return Exchange(Request("GET", "/Groups/1"), response, BASE, 1)


def knows(name: str) -> Ownership:
    """A scenario that has sent a create of a group of that name."""
    ownership = Ownership()
    ownership.sends(dialect.post("/Groups", {"displayName": name}))
    return ownership


def test_a_name_that_others_use_too_proves_nothing() -> None:
    ownership = knows("Engineers")
    assert ownership.owner("/Groups/1", lambda _: ask("Engineers")).owner is Owner.OTHERS
    ownership.saw(ask("Engineers"))
    assert ownership.proven == set()


def test_it_proves_what_our_create_was_answered_with() -> None:
    ownership = knows("Engineers")
    ownership.created.add("/Groups/1")
    assert ownership.owner("/Groups/1", lambda _: ask("Engineers")).owner is Owner.WE
    assert ownership.owner("/Groups/2", lambda _: ask("Engineers")).owner is Owner.OTHERS


def test_a_name_that_nobody_else_would_use_proves_a_group() -> None:
    name = "Team scimctl-0123456789ab"
    assert knows(name).owner("/Groups/1", lambda _: ask(name)).owner is Owner.WE


def test_a_new_name_counts_from_the_renaming_on() -> None:
    ownership = knows("scimctl-0123456789ab")
    ownership.sends(dialect.patch("/Groups/1", {"Operations": [{"value": {"displayName": "scimctl-ba9876543210"}}]}))
    assert ownership.owner("/Groups/1", lambda _: ask("scimctl-ba9876543210")).owner is Owner.WE
