"""RFC 7643 §4.1: users."""

from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import show
from scimctl.scim.urns import USER


@check("user.password", requires="usr-04", applies=lambda view: bool(view.resources))
def password_never_comes_back(view: View) -> Iterator[Problem]:
    """No answer holds a password."""
    for resource in view.resources:
        if any(name.lower() == "password" and value is not None for name, value in resource.sent.items()):
            yield Problem("absent", "a value", f"{resource.at}/password")


def _has_addresses(view: View) -> bool:
    return any(isinstance(resource.canonical.get("addresses"), list) for resource in view.resources)


@check("user.country", requires="usr-08", applies=_has_addresses)
def country_is_a_code_of_two_letters(view: View) -> Iterator[Problem]:
    """The country of an address is a code of two letters."""
    for resource in view.resources:
        addresses = resource.canonical.get("addresses")
        for index, address in enumerate(addresses if isinstance(addresses, list) else []):
            country = address.get("country") if isinstance(address, dict) else None
            if isinstance(country, str) and not (len(country) == 2 and country.isascii() and country.isalpha()):
                yield Problem("a code such as DE", show(country, 60), f"{resource.at}/addresses/{index}/country")


def _has_whole_users(view: View) -> bool:
    return view.is_whole and any(r.kind is not None and r.kind.base.id == USER for r in view.resources)


@check("user.user-name", requires="usr-01", applies=_has_whole_users)
def user_has_a_user_name(view: View) -> Iterator[Problem]:
    """Every user has a userName, and it is not empty."""
    for resource in view.resources:
        name = resource.canonical.get("userName")
        if resource.kind is not None and resource.kind.base.id == USER and (name is None or name == ""):
            yield Problem("a text", "absent" if name is None else "empty", f"{resource.at}/userName")
