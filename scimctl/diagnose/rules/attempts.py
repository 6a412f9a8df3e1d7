"""Whether Okta has tried at all: assignments from before provisioning, and jobs that wait."""

from datetime import datetime, timedelta

from scimctl.diagnose.cause import Cause, Certainty, Code, Proof, Symptom
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Kind
from scimctl.diagnose.proofs import clock, listed, said, told
from scimctl.diagnose.refusal import Sort
from scimctl.diagnose.rules.grounds import account_proofs, failure_proofs, stated

_SOON = timedelta(hours=1)
_DAY = timedelta(days=1)
_LEAVERS = (Symptom.NOT_DEACTIVATED.value,)


def assigned_before_provisioning(facts: Facts) -> Cause | None:
    """The assignment is older than the provisioning, and Okta does not provision in arrears."""
    user = facts.app_user
    if user is None or facts.linked_id is not None or not facts.wants_account or user.created is None:
        return None
    refusal = facts.is_refused_because
    if refusal is not None and refusal.sort is Sort.BEFORE:
        return _assigned_before(facts, failure_proofs(facts), Certainty.CERTAIN)
    if user.status in ("STAGED", "PROVISIONED", "PENDING") or user.sync_state in ("SYNCING", "ERROR"):
        return None
    if any(event.at > user.created for event in facts.calls) or (facts.app is not None and not facts.app.features):
        return None
    changed = next((one for one in facts.app_events if one.kind is Kind.APP_CHANGED and one.at > user.created), None)
    newer = [one for one in facts.peers if one.created is not None and one.created > user.created]
    older = [one for one in facts.peers if one.created is not None and one.created <= user.created]
    app_changed = facts.app.changed if facts.app is not None else None
    later = app_changed is not None and app_changed > user.created
    if not (changed is not None or (newer and not older) or (later and newer)):
        return None
    because = [told(f"assigned on {clock(user.created)}, status {user.status}, never linked to an account")]
    if changed is not None:
        because.append(said(changed, "the app was changed after that"))
    elif later:
        because.append(told(f"the app was last changed on {clock(app_changed)}, after the assignment"))
    because.append(told("the log has no attempt for this user") if facts.has_log else told("no attempt is known"))
    if newer:
        because.append(told(f"later assignments were provisioned: {listed((one.user_name for one in newer), 3)}"))
    return _assigned_before(facts, because, Certainty.CERTAIN if newer and not older else Certainty.LIKELY)


def _assigned_before(facts: Facts, because: list[Proof], certainty: Certainty) -> Cause:
    return stated(
        facts,
        Code.ASSIGNED_BEFORE,
        "the user was assigned before provisioning was enabled; Okta does not provision in arrears",
        "On the app's Assignments tab click Provision User for the user, or unassign and assign again.",
        [*because, *account_proofs(facts)],
        certainty,
        failure=facts.failure is not None,
    )


def job_pending(facts: Facts) -> Cause | None:
    """The job has not run yet."""
    if facts.now is None or not facts.is_active_in_okta or facts.symptom in _LEAVERS:
        return None
    if facts.app is not None and (facts.app.features == frozenset() or facts.app.status not in ("", "ACTIVE")):
        return None
    waiting = _waiting_since(facts)
    if waiting is None:
        return None
    since, why = waiting
    age = facts.now - since
    if age > _DAY:
        return None
    because = [
        told(why),
        told(f"the log ends {age.total_seconds() / 60:.0f} minutes later ({clock(facts.now)})"),
    ]
    done = facts.others_since(since - _SOON, Kind.CREATE, Kind.SYNC, succeeded=True)
    if done:
        names = listed(dict.fromkeys(one.user_name or "" for one in done), 3)
        because.append(told(f"others of the same time are done: {names}", *done[-1:]))
    return stated(
        facts,
        Code.JOB_PENDING,
        "Okta's provisioning job for this user is still pending: it is queued and has not run yet",
        "Wait some minutes and look again; large assignments take their time. When it stays so for hours, look at "
        "Dashboard > Tasks, or remove and assign again.",
        [*because, *account_proofs(facts)],
        Certainty.CERTAIN if age <= _SOON else Certainty.LIKELY,
    )


def _waiting_since(facts: Facts) -> tuple[datetime, str] | None:
    """Since when something waits for its job, and what."""
    user = facts.app_user
    event = facts.newest(Kind.ASSIGNED)
    if user is None and facts.org.app_users is None:
        if event is None or not facts.is_assigned or any(call.at >= event.at for call in facts.calls):
            return None
        return event.at, f"assigned on {clock(event.at)}, no attempt since"
    if user is None:
        joined = facts.newest(Kind.GROUP_JOINED)
        if facts.is_assigned is False and facts.assigned_groups and joined is not None and facts.leaving is None:
            return joined.at, f"joined a group that has the app on {clock(joined.at)}; the assignment is not there yet"
        return None
    queued = user.status in ("STAGED", "PENDING", "ACTIVE") or user.sync_state in ("SYNCING", "OUT_OF_SYNC")
    assigned = event.at if event is not None else user.created
    if facts.linked_id is None and queued and assigned is not None and user.sync_state != "ERROR":
        if any(call.at >= assigned for call in facts.calls):
            return None
        return assigned, f"assigned on {clock(assigned)}, status {user.status} / {user.sync_state}, no attempt since"
    changed = facts.newest(Kind.USER_CHANGED, Kind.ASSIGNMENT_CHANGED)
    if user.sync_state == "SYNCING" and changed is not None and not any(call.at >= changed.at for call in facts.calls):
        return changed.at, f"changed on {clock(changed.at)}, the assignment is SYNCING, no attempt since"
    return None
