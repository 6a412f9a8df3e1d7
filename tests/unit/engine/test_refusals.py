"""Filters that a server refuses: as comparisons that it does not support, which is its right, or for how they look."""

import re
from collections.abc import Callable

import pytest

from scimctl.exchange import Answer, Request, Send
from scimctl.finding import Verdict
from tests.exchanges import error, filter_of
from tests.playing import play, reference

_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
FILTERS = ("rfc7644.s3-4-2", "rfc7644.s3-4-3", "rfc7644.s5")


def refusing(is_refused: Callable[[str], object], scim_type: str = "invalidFilter") -> Callable[[Request], Answer]:
    """The reference server, which refuses filters."""
    server: Send = reference()

    def act(request: Request) -> Answer:
        text = filter_of(request)
        return error(400, "this is not supported", scim_type) if text and is_refused(text) else server(request)

    return act


def verdicts(server: Callable[[Request], Answer], *scenarios: str) -> set[tuple[str, Verdict]]:
    """The requirements that were not kept, with the verdicts."""
    played = play(server, scenarios, rfc_selected=True)
    return {(each.requirement.id, each.verdict) for each in played.findings if each.verdict is not Verdict.PASSED}


def like(pattern: str) -> Callable[[str], object]:
    """Whether a filter, without what its values say, is like the pattern."""
    return lambda text: re.search(pattern, _QUOTED.sub('""', text))


@pytest.mark.parametrize(
    "pattern",
    [
        r"^(?!(userName|id|externalId) eq \"\"$)",
        r" (ne|co|sw|ew|gt|ge|lt|le) ",
        r" pr\b",
        r"\[",
        r"\btitle\b",
        r"\bemails\b",
        r"(?i)^not | not |\bor\b",
    ],
)
def test_what_a_server_does_not_support_is_noted(pattern: str) -> None:
    # A filter on a password is to be refused with another status.
    beside = {("filt-21", Verdict.WARNED)}
    assert verdicts(refusing(like(pattern)), *FILTERS) - beside == {("filt-23", Verdict.NOTED)}


@pytest.mark.parametrize(
    ("scenario", "pattern", "requirement"),
    [
        ("rfc7644.s3-4-2.filter-by-any-case", r" (Eq|EQ) ", "filt-13"),
        ("rfc7644.s3-4-2.filter-by-any-case", r"EMAILS", "filt-13"),
        ("rfc7644.s3-4-2.filter-by-any-case", r"TYPE", "filt-13"),
        ("rfc7644.s3-4-2.filter-by-urn", r"urn:ietf:params:scim:schemas:core", "filt-14"),
        ("rfc7644.s3-4-2.filter-characters[quotation-mark]", r"\\", "filt-18"),
        ("rfc7644.s3-4-2.filter-precedence[three-terms]", r" or .* or ", "filt-08"),
    ],
)
def test_a_supported_comparison_may_not_be_refused_for_how_it_is_written(
    scenario: str, pattern: str, requirement: str
) -> None:
    assert verdicts(refusing(re.compile(pattern).search), scenario) == {(requirement, Verdict.FAILED)}


def test_a_refusal_of_another_kind_is_broken() -> None:
    server = refusing(re.compile(r" co ").search, "invalidSyntax")
    assert ("filt-03", Verdict.FAILED) in verdicts(server, "rfc7644.s3-4-2.filter-by-text")


def test_a_refusal_of_another_status_may_be_wanted() -> None:
    server = refusing(like("^password"))
    assert verdicts(server, "rfc7644.s3-4-2.filter-password") == {("filt-21", Verdict.WARNED)}


def test_okta_cannot_do_without_its_look_up() -> None:
    server = refusing(re.compile(r"userName eq").search)
    assert Verdict.FAILED in {verdict for _, verdict in verdicts(server, "okta.users.create")}
