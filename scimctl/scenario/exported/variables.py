"""The `{{variables}}` of an exported suite: which are the target's, which scimctl makes, which a person has to give."""

import re
from collections.abc import Iterable, Iterator

BASE_URLS = frozenset({"SCIMBaseURL", "SCIMBaseUrl", "SCIMUrl", "SCIM Base URL"})
"""The names that Okta's suites have for the base URL of the target."""

CREDENTIALS = frozenset({"auth", "SCIMAuth"})
"""The names that Okta's suites have for the value of the Authorization field."""

MADE = {
    "randomGivenName": "Runscope",
    "randomFamilyName": "$(unique.family)",
    "randomEmail": "Runscope-$(unique.email)",
    "randomUsername": "Runscope-$(unique.email)",
    "randomUsernameCaps": "RUNSCOPE-$(unique.email|upper)",
    "InvalidUserEmail": "abcdefgh@atko.com",
    "UserIdThatDoesNotExist": "010101001010101011001010101011",
    "okta_user_firstname": "Runscope",
    "okta_user_firstname_update": "Runscopeupdate",
    "okta_user_lastname": "$(unique.family)",
    "okta_user_fullname": "Runscope $(unique.family)",
    "okta_user_fullname_update": "Runscopeupdate $(unique.family)",
    "okta_user_email": "Runscope-$(unique.email)",
    "okta_user_title": "Engineer",
    "okta_user_primaryphone": "415.123.4567",
}
"""What the initial scripts of Okta's suites set before the first step, as templates.

The names are new in each run and bear the mark by which a clean-up knows them, and the domain is the run's.
"""

EXAMPLES = {
    "oktaOrgUrl": "https://your-org.okta.com",
    "oktaToken": "TOKEN",
    "oktaAppId": "0oa1b2c3d4",
    "EntitlementEndpoint": "/Entitlements",
}
"""What a value looks like, for the message that asks for it."""

_MARK = re.compile(r"\{\{\s*([^{}]+?)\s*\}\}")


def names_in(text: str) -> Iterator[str]:
    """The names of the variables in `text`, in order."""
    return (found[1] for found in _MARK.finditer(text))


def identifier(name: str) -> str:
    """The name that a variable has in scimctl's templates."""
    return re.sub(r"[^\w-]", "_", name)


def literal(text: str) -> str:
    """`text` as a template that stands for itself."""
    return text.replace("$(", "$$(")


def template_of(text: str, given: dict[str, str]) -> str:
    """`text` with scimctl's own marks in place of `{{name}}`; `given` are values that a person gave."""
    out: list[str] = []
    position = 0
    for found in _MARK.finditer(text):
        out += [literal(text[position : found.start()]), _value(found[1], given)]
        position = found.end()
    return "".join([*out, literal(text[position:])])


def _value(name: str, given: dict[str, str]) -> str:
    if name in given:
        return literal(given[name])
    if name in BASE_URLS:
        return "$(target.base_url)"
    return MADE.get(name, f"$({identifier(name)})")


def has_value(name: str, given: Iterable[str], captured: Iterable[str]) -> bool:
    """Whether `{{name}}` stands for something: given, made, the target's, or taken from an earlier answer."""
    return name in BASE_URLS or name in MADE or name in given or name in captured
