"""What an app complains of when it refuses a user: decided once, so that one failure has one cause.

The status and the app's words come first. Where they are silent, the values decide: one that is missing, one with odd
characters, a type or a domain that nobody else has.
"""

import re

from scimctl.diagnose.domains import can_be_refused, own_domain, speaks_of_domain
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Kind
from scimctl.diagnose.naming import named, named_blanks, named_values, repeated, subjects, values
from scimctl.diagnose.needs import needed_blanks, rare_blanks
from scimctl.diagnose.reads import refuses_reads, refuses_writes_alone, serves_base
from scimctl.diagnose.refusal import Refusal, Sort, Topic
from scimctl.diagnose.user_types import blank_types, refuses_type, speaks_of_type, user_type
from scimctl.diagnose.values import Oddity, oddities
from scimctl.diagnose.wording import SEATS_TAKEN

_MEDIA = re.compile(r"content[ -]type|media[ -]type|scim\+json", re.IGNORECASE)


def complaint(facts: Facts) -> Topic | None:
    """What the app complains of in the failure that stands; None when it is no refusal of the user."""
    refusal = facts.is_refused_because
    if refusal is None or refusal.sort not in (Sort.STATUS, Sort.OTHER):
        return None
    status = refusal.status
    if status == 401:
        return Topic.PERMISSION if refuses_writes_alone(facts) else None
    if status == 404 and not serves_base(facts):
        return None
    if status is not None and (status in (405, 410, 429) or status >= 500):
        return None
    if status in (406, 415):
        return Topic.MEDIA_TYPE
    if status == 402:
        return Topic.SEATS
    said = _by_words(facts, refusal)
    if said is None and status == 409:
        return Topic.EXISTS
    return said if said is not None else _by_values(facts, refusal)


def _by_words(facts: Facts, refusal: Refusal) -> Topic | None:
    topics = subjects(facts)
    if refusal.status == 403 and not topics & {Topic.RATE, Topic.PERMISSION} and refuses_reads(facts):
        # No seat, domain or password is asked for in a read.
        return Topic.CREDENTIALS
    if refusal.status == 409 and not topics & {Topic.SEATS, Topic.DOMAIN}:
        return Topic.EXISTS
    if Topic.PASSWORD in topics and refusal.call in (Kind.CREATE, Kind.PASSWORD, None):
        return Topic.PASSWORD
    if Topic.EXISTS in topics and not _are_seats_taken(refusal, topics):
        return Topic.EXISTS
    if Topic.MEDIA_TYPE in topics and refusal.status == 400 and _MEDIA.search(refusal.words):
        return Topic.MEDIA_TYPE
    if refuses_type(facts, refusal):
        return Topic.USER_TYPE
    if blank_types(facts):
        return Topic.REQUIRED
    if speaks_of_domain(facts, refusal):
        return Topic.DOMAIN
    return _of_the_account(facts, refusal, topics)


def _of_the_account(facts: Facts, refusal: Refusal, topics: frozenset[Topic]) -> Topic | None:
    """What is wrong with the account that Okta works with, or with the user type, by the app's words."""
    is_typed = speaks_of_type(facts)
    if Topic.RATE in topics:
        return Topic.RATE
    if Topic.SEATS in topics and not (is_typed and user_type(facts) is None):
        return Topic.SEATS
    if is_typed:
        return Topic.USER_TYPE
    if Topic.CREDENTIALS in topics:
        return Topic.CREDENTIALS
    if Topic.MEDIA_TYPE in topics and refusal.status == 400:
        return Topic.MEDIA_TYPE
    if Topic.PERMISSION in topics and (refusal.status == 403 or not topics & {Topic.REQUIRED, Topic.VALUE}):
        return Topic.PERMISSION
    return None


def _are_seats_taken(refusal: Refusal, topics: frozenset[Topic]) -> bool:
    return Topic.SEATS in topics and re.search(SEATS_TAKEN, refusal.words, re.IGNORECASE) is not None


def _by_values(facts: Facts, refusal: Refusal) -> Topic | None:
    if refusal.status == 403:
        return Topic.DOMAIN if _stands_apart(facts) and not refusal.words else Topic.PERMISSION
    if refusal.status not in (400, 404, 422, None) or (refusal.status is None and not refusal.words):
        return None
    if named_blanks(facts):
        return Topic.REQUIRED
    if refusal.status == 404:
        return Topic.VALUE if named_values(facts) else None
    if named(facts):
        return Topic.VALUE
    if _has_twin(facts):
        return Topic.EXISTS
    if needed_blanks(facts):
        return Topic.REQUIRED
    if odd_values(facts) or repeated(facts):
        return Topic.VALUE
    choice = user_type(facts)
    if choice is not None and not choice.is_known:
        return Topic.USER_TYPE
    if rare_blanks(facts) or Topic.REQUIRED in subjects(facts):
        return Topic.REQUIRED
    return Topic.VALUE if refusal.status is not None or Topic.VALUE in subjects(facts) else None


def _stands_apart(facts: Facts) -> bool:
    return own_domain(facts) is not None and can_be_refused(facts)


def _has_twin(facts: Facts) -> bool:
    """Whether an account of that user name, older than the refused create, shows in the list and not in the lookup."""
    survey, account, failure = facts.survey, facts.account, facts.failure
    if survey is None or account is None or failure is None or facts.linked_id is not None:
        return False
    is_older = account.created is not None and account.created < failure.events[0].at
    is_named = account.user_name.lower() == facts.user_name.lower()
    return is_older and is_named and survey.lookup_total == 0 and failure.call in (Kind.CREATE, None)


def odd_values(facts: Facts) -> tuple[Oddity, ...]:
    """Values with characters that apps refuse, the worst first."""
    return oddities(values(facts))
