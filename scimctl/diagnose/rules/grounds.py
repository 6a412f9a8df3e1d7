"""What many rules say: the failure and what others met meanwhile, the state of the account, the symptom."""

from collections.abc import Sequence
from datetime import timedelta

from scimctl.diagnose.cause import About, Cause, Certainty, Code, Proof, Symptom
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Event, Kind
from scimctl.diagnose.probes import Look
from scimctl.diagnose.proofs import answered, listed, said, shows, told
from scimctl.diagnose.refusal import read_refusal

RETRY = "Then retry the failed task under Dashboard > Tasks, or with Retry on the app's Assignments tab."
_NEAR = timedelta(days=14)


def refused(
    facts: Facts,
    code: Code,
    title: str,
    remedy: str,
    *,
    certainty: Certainty = Certainty.CERTAIN,
    more: tuple[Proof, ...] = (),
) -> Cause:
    """The cause of a failure in the log, with the failure and what others met as its grounds."""
    return Cause(
        code=code,
        certainty=certainty,
        title=title,
        because=(*failure_proofs(facts), *more, *others(facts), *account_proofs(facts)),
        remedy=remedy,
        about=About.FAILURE,
        symptom=symptom_of(facts),
    )


def stated(
    facts: Facts,
    code: Code,
    title: str,
    remedy: str,
    because: Sequence[Proof],
    certainty: Certainty = Certainty.CERTAIN,
    *,
    failure: bool = False,
    symptom: Symptom | None = None,
) -> Cause:
    """A cause that Okta's and the app's state show; `failure` says that the failure in the log is of it too."""
    asked = Symptom(facts.symptom) if facts.symptom is not None else None
    return Cause(
        code=code,
        certainty=certainty,
        title=title,
        because=tuple(because),
        remedy=remedy,
        about=About.FAILURE if failure else About.STATE,
        symptom=asked or symptom or symptom_of(facts),
    )


def failure_proofs(facts: Facts) -> list[Proof]:
    """The failure that stands."""
    if facts.failure is None:
        return []
    count = len({event.job or event.uuid for event in facts.failure.events})
    times = f" (failed {count} times)" if count > 1 else ""
    return [said(facts.failure.event, f"last attempt, which no later success has overtaken{times}")]


def others(facts: Facts) -> list[Proof]:
    """What other people in the app met around the failure and after it."""
    if facts.failure is None:
        return []
    failed = facts.failure
    failing = [
        event
        for event in facts.others_since(failed.events[0].at - _NEAR, succeeded=False)
        if event.at - failed.at <= _NEAR and _alike(event, facts)
    ]
    working = facts.others_since(failed.at, succeeded=True)
    proofs: list[Proof] = []
    if failing:
        proofs.append(told(f"others fail alike: {_names(failing)}", *failing[-3:]))
    if working:
        proofs.append(told(f"since then it worked for others: {_names(working)}", *working[-1:]))
    return proofs


def account_proofs(facts: Facts) -> list[Proof]:
    """What the probes found of the account."""
    if facts.survey is None or facts.subject is None:
        return []
    if facts.account is not None:
        return [shows(facts.account)]
    lookup = facts.survey.first(Look.LOOKUP)
    return [answered(lookup)] if lookup is not None and facts.survey.reads_users else []


def symptom_of(facts: Facts) -> Symptom:
    """What the person would complain of: as asked, else as Okta and the app show it."""
    if facts.symptom is not None:
        return Symptom(facts.symptom)
    call = facts.failure.call if facts.failure is not None else None
    if facts.subject is None:
        return Symptom.GROUP_NOT_PUSHED
    if call is Kind.PASSWORD:
        return Symptom.PASSWORD_NOT_SYNCED
    if call is Kind.DEACTIVATE:
        return Symptom.NOT_DEACTIVATED
    was_there = facts.newest_success(Kind.DEACTIVATE) is not None
    is_inactive = facts.account is not None and facts.account.active is False
    if not facts.wants_account:
        if facts.has_live_account:
            return Symptom.NOT_DEACTIVATED
        return Symptom.NOT_REACTIVATED if is_inactive else Symptom.NOT_CREATED
    if call is Kind.REACTIVATE or is_inactive or (facts.linked_id is None and was_there):
        return Symptom.NOT_REACTIVATED
    return Symptom.NOT_CREATED if facts.linked_id is None else Symptom.NOT_UPDATED


def _names(events: list[Event] | tuple[Event, ...]) -> str:
    return listed(dict.fromkeys(event.user_name or event.user or "" for event in events), 3)


def _alike(event: Event, facts: Facts) -> bool:
    mine = facts.is_refused_because
    theirs = read_refusal(event.reason, event.kind)
    return mine is not None and theirs.sort is mine.sort and theirs.status == mine.status
