"""Whether the app serves reads while it refuses a write: what tells credentials, rights and the address apart."""

from urllib.parse import urlsplit

from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Kind
from scimctl.diagnose.naming import subjects
from scimctl.diagnose.refusal import Topic


def refuses_reads(facts: Facts) -> bool:
    """Whether reads end in the same 403 as the failure, and nothing has worked for others since."""
    if facts.failure is None or facts.others_since(facts.failure.at, succeeded=True):
        return False
    refused = facts.survey.refused if facts.survey is not None else None
    reads = facts.survey is not None and facts.survey.reads_users
    by_probe = refused is not None and not reads and refused.status == facts.failure.refusal.status
    return _failed_to_look_up(facts) or by_probe


def refuses_writes_alone(facts: Facts) -> bool:
    """Whether a 401 is about the write: the lookup before it and the reads of the probes were served."""
    failure = facts.failure
    if failure is None or facts.survey is None or not facts.survey.reads_users or _failed_to_look_up(facts):
        return False
    topics = subjects(facts)
    if topics & {Topic.PERMISSION, Topic.CREDENTIALS}:
        return Topic.PERMISSION in topics
    # A create comes after a lookup, with the same credentials; an update of a linked account does not.
    return failure.call is Kind.CREATE


def serves_base(facts: Facts) -> bool:
    """Whether a create went to the right base: its lookup was served, and so are the probes under the same path."""
    failure, survey = facts.failure, facts.survey
    if failure is None or survey is None or not survey.reads_users or failure.call is not Kind.CREATE:
        return False
    return not _failed_to_look_up(facts) and not has_another_base(facts)


def has_another_base(facts: Facts) -> bool:
    """Whether Okta's base URL, where it is known, has another path than the one that was given here."""
    configured = facts.app.base_url if facts.app is not None else None
    if facts.survey is None or configured is None:
        return False
    return urlsplit(configured).path != facts.survey.wish.base_path


def _failed_to_look_up(facts: Facts) -> bool:
    if facts.failure is None:
        return False
    job = facts.failure.event.job
    jobs = [one for one in facts.failure.events if one.job == job]
    return facts.failure.call is Kind.LOOKUP or any(one.kind is Kind.LOOKUP for one in jobs)
