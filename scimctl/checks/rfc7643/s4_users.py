"""RFC 7643 §4.1: users."""

import binascii
import re
from base64 import b64decode
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


def _has_certificates(view: View) -> bool:
    return any(isinstance(resource.canonical.get("x509Certificates"), list) for resource in view.resources)


@check("user.certificates", requires="res-22", applies=_has_certificates)
def certificates_are_base64(view: View) -> Iterator[Problem]:
    """The value of a certificate is base64."""
    for resource in view.resources:
        certificates = resource.canonical.get("x509Certificates")
        for index, certificate in enumerate(certificates if isinstance(certificates, list) else []):
            value = certificate.get("value") if isinstance(certificate, dict) else None
            if isinstance(value, str) and not _is_base64(value):
                yield Problem("base64", show(value, 60), f"{resource.at}/x509Certificates/{index}/value")


def _is_base64(value: str) -> bool:
    try:
        # Lines may be folded, and padding may be missing or of the URL-safe alphabet (RFC 7643 §2.3.6).
        b64decode("".join(value.split()).replace("-", "+").replace("_", "/") + "==", validate=False)
    except binascii.Error:
        return False
    # PEM has base64 inside; its own lines are none.
    return "-----" not in value and re.fullmatch(r"[A-Za-z0-9+/_=\s-]+", value) is not None
