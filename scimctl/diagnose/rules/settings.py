"""The app integration in Okta: whether it is active, whether provisioning is on, and which features."""

from scimctl.diagnose.cause import Cause, Certainty, Code, Proof, Symptom
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Event, Kind
from scimctl.diagnose.proofs import both, clock, listed, said, shows, told
from scimctl.diagnose.refusal import Sort
from scimctl.diagnose.rules.attributes import is_kept
from scimctl.diagnose.rules.grounds import RETRY, account_proofs, failure_proofs, stated

_TO_APP = frozenset({"PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION"})
_NAMES = {
    "PUSH_NEW_USERS": "Create Users",
    "PUSH_PROFILE_UPDATES": "Update User Attributes",
    "PUSH_USER_DEACTIVATION": "Deactivate Users",
}


def app_inactive(facts: Facts) -> Cause | None:
    """The app integration is deactivated in Okta."""
    if facts.app is None or facts.app.status in ("", "ACTIVE"):
        return None
    if facts.person is not None and not facts.is_active_in_okta and facts.in_step:
        return None
    event = next((one for one in reversed(facts.app_events) if one.kind is Kind.APP_STOPPED), None)
    because = [
        told(f"the app {facts.app.label} has the status {facts.app.status}, last changed {clock(facts.app.changed)}")
    ]
    because += [said(event)] if event is not None else []
    return stated(
        facts,
        Code.APP_INACTIVE,
        f"the app integration {facts.app.label} is {facts.app.status} (deactivated) in Okta, so nothing is provisioned",
        f"Under Applications > {facts.app.label} choose Activate, then retry the failed tasks or assign the users "
        "again.",
        [*because, *account_proofs(facts)],
    )


def provisioning_disabled(facts: Facts) -> Cause | None:
    """The API integration is not enabled: the app has no provisioning feature at all."""
    if facts.app is None or facts.app.features is None or facts.app.features:
        return None
    if facts.subject is not None and (facts.is_assigned is False and not facts.has_live_account):
        return None
    behind = any(one.is_behind for one in facts.attributes) and facts.account is not None
    if facts.subject is not None and facts.in_step and not behind:
        return None
    because = [told(f"the app {facts.app.label} has no provisioning features (features is empty)")]
    if facts.app_user is not None:
        state = f"{facts.app_user.status} / {facts.app_user.sync_state}"
        because.append(told(f"the assignment of {clock(facts.app_user.created)} is {state}"))
    changed = next((one for one in reversed(facts.app_events) if one.kind is Kind.APP_CHANGED), None)
    last = _last_call(facts)
    because += [said(changed, "the app was changed")] if changed is not None else []
    because += [said(last, "the last provisioning event of the app")] if last is not None else []
    return stated(
        facts,
        Code.PROVISIONING_DISABLED,
        f"provisioning of {facts.app.label} is disabled: the API integration is not enabled, no provisioning feature "
        "is on",
        "Under Provisioning > Integration check Enable API integration, test the credentials, save, turn on the "
        "features under To App, and then use Provision User on the Assignments tab (assignments made meanwhile are "
        "not made up for).",
        [*because, *account_proofs(facts)],
    )


def create_users_disabled(facts: Facts) -> Cause | None:
    """The feature Create Users is off."""
    refusal = facts.is_refused_because
    no_match = refusal is not None and refusal.sort is Sort.NO_MATCH
    off = _is_off(facts, "PUSH_NEW_USERS")
    if not no_match and not (off and facts.failure is None):
        return None
    if facts.linked_id is not None or not facts.wants_account or (facts.account is not None and not no_match):
        return None
    because = failure_proofs(facts) + _feature(facts, "PUSH_NEW_USERS")
    return stated(
        facts,
        Code.CREATE_DISABLED,
        "the feature Create Users (PUSH_NEW_USERS) is off, and the app has no account to match"
        if off or not facts.app
        else "Okta found no account to match and created none: Create Users (PUSH_NEW_USERS) was off at that time",
        "Turn on Create Users under Provisioning > To App, or create the account in the app first. " + RETRY,
        [*because, *account_proofs(facts)],
        Certainty.CERTAIN if off else Certainty.LIKELY,
        failure=no_match,
    )


def update_users_disabled(facts: Facts) -> Cause | None:
    """The feature Update User Attributes is off."""
    if not _is_off(facts, "PUSH_PROFILE_UPDATES") or facts.linked_id is None or not facts.wants_account:
        return None
    if facts.failure is not None or (facts.account is not None and facts.account.active is False):
        return None
    changed = facts.newest(Kind.USER_CHANGED, Kind.ASSIGNMENT_CHANGED)
    pushed = facts.newest_success(Kind.PROFILE)
    waiting = changed is not None and (pushed is None or pushed.at < changed.at)
    behind = [one for one in facts.attributes if facts.account is not None and (one.is_behind or one.differs)]
    # A value that was emptied counts after a change alone: apps have values of their own.
    behind = [one for one in behind if one.okta is not None or one.assigned is not None or (waiting and is_kept(one))]
    if not behind and not (waiting and facts.account is None):
        return None
    because = _feature(facts, "PUSH_PROFILE_UPDATES")
    because += [told(both(one.title, one.okta or one.assigned, one.stored)) for one in behind[:4]]
    if changed is not None and waiting:
        because.append(said(changed, "the profile was changed, and no profile push followed"))
    return stated(
        facts,
        Code.UPDATE_DISABLED,
        "the feature Update User Attributes (PUSH_PROFILE_UPDATES) is off: changes in Okta are not pushed to the app",
        "Turn on Update User Attributes under Provisioning > To App; then change the profile once more, or use Force "
        "Sync, so that the present values are pushed.",
        because,
        symptom=Symptom.NOT_UPDATED,
    )


def deactivate_users_disabled(facts: Facts) -> Cause | None:
    """The feature Deactivate Users is off; it is also the one that reactivates."""
    off = _is_off(facts, "PUSH_USER_DEACTIVATION")
    refusal = facts.is_refused_because
    inactive = refusal is not None and refusal.sort is Sort.INACTIVE
    if inactive or (off and _waits_for_reactivation(facts)):
        return _no_reactivation(facts, off=bool(off), failed=inactive)
    if not off or facts.wants_account or facts.is_suspended:
        return None
    leaving = facts.leaving
    if leaving is None or not _is_live_or_unknown(facts):
        return None
    if any(one.kind is Kind.DEACTIVATE and one.at >= leaving.at for one in facts.calls):
        return None
    because: list[Proof] = [said(leaving), told("no deactivation was sent after that")]
    because += _feature(facts, "PUSH_USER_DEACTIVATION")
    if facts.account is not None:
        because.append(shows(facts.account))
    return stated(
        facts,
        Code.DEACTIVATE_DISABLED,
        "the feature Deactivate Users (PUSH_USER_DEACTIVATION) is off: Okta sent no deactivation, the account stays "
        "active",
        "Turn on Deactivate Users under Provisioning > To App, and deactivate this account in the app by hand: the "
        "removal is not replayed.",
        because,
        symptom=Symptom.NOT_DEACTIVATED,
    )


def _waits_for_reactivation(facts: Facts) -> bool:
    return (
        facts.wants_account
        and facts.account is not None
        and facts.account.active is False
        and facts.newest_success(Kind.REACTIVATE) is None
        and facts.failure is None
    )


def _no_reactivation(facts: Facts, *, off: bool, failed: bool) -> Cause:
    return stated(
        facts,
        Code.DEACTIVATE_DISABLED,
        "the account is inactive and Okta may not reactivate it: the feature Deactivate Users "
        f"(PUSH_USER_DEACTIVATION), which covers reactivation, {'is' if off else 'was'} off",
        "Turn on Deactivate Users under Provisioning > To App, and retry; or reactivate the account in the app by "
        "hand. " + RETRY,
        [*failure_proofs(facts), *_feature(facts, "PUSH_USER_DEACTIVATION"), *account_proofs(facts)],
        Certainty.CERTAIN if off else Certainty.LIKELY,
        failure=failed,
        symptom=Symptom.NOT_REACTIVATED,
    )


def _is_live_or_unknown(facts: Facts) -> bool:
    return facts.has_live_account or (facts.account is None and not facts.account_missing)


def _is_off(facts: Facts, feature: str) -> bool:
    """Whether a feature is off while the integration as such is on."""
    return facts.app is not None and bool(facts.app.features) and facts.app.has(feature) is False


def _feature(facts: Facts, feature: str) -> list[Proof]:
    if facts.app is None or facts.app.features is None:
        return []
    on = listed(sorted(facts.app.features & _TO_APP)) or "none of the three"
    lacks = f"the app's features lack {feature} ({_NAMES[feature]}); on to the app: {on}"
    has = f"{feature} ({_NAMES[feature]}) is among the app's features today"
    proofs = [told(has if feature in facts.app.features else lacks)]
    changed = next((one for one in reversed(facts.app_events) if one.kind is Kind.APP_CHANGED), None)
    return proofs + ([said(changed, "the app's settings were changed")] if changed is not None else [])


def _last_call(facts: Facts) -> Event | None:
    kinds = (Kind.CREATE, Kind.PROFILE, Kind.DEACTIVATE, Kind.REACTIVATE, Kind.SYNC)
    return next((one for one in reversed(facts.app_events) if one.kind in kinds), None)
