"""Deactivation and reactivation: sent or not, refused, ignored, undone."""

from datetime import datetime, timedelta

from scimctl.diagnose.cause import Cause, Certainty, Code, Proof, Symptom
from scimctl.diagnose.complaint import complaint
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Event, Kind
from scimctl.diagnose.probes import Look
from scimctl.diagnose.proofs import answered, said, shows, told
from scimctl.diagnose.refusal import Refusal, Topic
from scimctl.diagnose.rules.grounds import RETRY, refused, stated

_SHORTLY = timedelta(minutes=2)
_CLOCKS = timedelta(minutes=5)
_QUEUE = timedelta(minutes=10)


def patch_unsupported(facts: Facts) -> Cause | None:
    """The app has no PATCH, by which Okta deactivates and reactivates."""
    refusal = facts.is_refused_because
    if refusal is not None and _is_bad_form(facts, refusal):
        return refused(
            facts,
            Code.PATCH_UNSUPPORTED,
            f"the app refuses the PATCH ({refusal.status_line}) by which Okta deactivates and reactivates users",
            "Ask the vendor to accept a PATCH that replaces `active` with and without a path (RFC 7644 §3.5.2.3): Okta "
            f"sends it without one. Until then change the account's state in the app by hand. {RETRY}",
            certainty=Certainty.LIKELY,
        )
    if refusal is None or refusal.status not in (405, 501):
        return None
    supported = facts.survey.patch_supported if facts.survey is not None else None
    if refusal.call not in (Kind.DEACTIVATE, Kind.REACTIVATE) and supported is not False:
        return None
    more: list[Proof] = []
    configuration = facts.survey.first(Look.CONFIGURATION) if facts.survey is not None else None
    if supported is False and configuration is not None:
        more.append(answered(configuration, "the service provider configuration says patch.supported false"))
    return refused(
        facts,
        Code.PATCH_UNSUPPORTED,
        f"the app does not support PATCH ({refusal.status_line}), by which Okta deactivates and reactivates users",
        "Ask the vendor to support PATCH of `active`, or use an app integration that deactivates by PUT (an app of "
        f"the App Integration Wizard). Until then change the account's state in the app by hand. {RETRY}",
        certainty=Certainty.CERTAIN if refusal.call in (Kind.DEACTIVATE, Kind.REACTIVATE) else Certainty.LIKELY,
        more=tuple(more),
    )


def _is_bad_form(facts: Facts, refusal: Refusal) -> bool:
    """Whether a change of `active` alone is refused as a bad request: no value of the profile is in it."""
    return (
        refusal.status in (400, 422)
        and refusal.call in (Kind.DEACTIVATE, Kind.REACTIVATE)
        and complaint(facts) in (Topic.VALUE, None)
    )


def deactivation_skipped_no_external_id(facts: Facts) -> Cause | None:
    """Okta had no link to the account, and so sent no deactivation."""
    leaving = facts.leaving
    if leaving is None:
        return _never_told(facts)
    if facts.wants_account or (facts.survey is not None and not facts.has_live_account):
        return None
    if facts.app is not None and facts.app.has("PUSH_USER_DEACTIVATION") is False:
        return None
    if any(one.kind is Kind.DEACTIVATE and one.at >= _start(facts, leaving) for one in facts.calls):
        return None
    if facts.linked_id is not None:
        return None
    before = [one for one in facts.calls if one.at < leaving.at and one.kind is not Kind.LOOKUP]
    failed = bool(before) and before[-1].failed
    early = facts.now is not None and facts.now - leaving.at < _QUEUE
    if not failed and (facts.survey is None or early):
        return None
    because = [said(leaving), told("no deactivation was sent after that, although Deactivate Users is on", leaving)]
    if failed:
        because.append(
            said(before[-1], "the last attempt before had failed, so Okta kept no external id of the account")
        )
    if facts.account is not None:
        because.append(shows(facts.account))
    return stated(
        facts,
        Code.DEACTIVATION_SKIPPED,
        "Okta sent no deactivation because the user was not linked (it had no external id), and the account is still "
        "active",
        "Deactivate the account in the app by hand. Have the cause of the failed attempt mended, so that Okta keeps "
        "the link (external id) next time.",
        because,
        _how_skipped(facts, leaving, failed=failed),
        symptom=Symptom.NOT_DEACTIVATED,
    )


def _how_skipped(facts: Facts, leaving: Event, *, failed: bool) -> Certainty:
    """A failure before is proof; silence says something where the log covers the time and the feature was seen on."""
    if failed:
        return Certainty.CERTAIN
    seen = facts.log.covers(leaving.at) and facts.app is not None
    return Certainty.LIKELY if seen else Certainty.POSSIBLE


def _never_told(facts: Facts) -> Cause | None:
    """The same for a deactivated user of whose leaving the log says nothing."""
    person = facts.person
    if person is None or facts.is_active_in_okta or facts.linked_id is not None or not facts.has_live_account:
        return None
    if person.status == "STAGED" or facts.account is None or facts.failure is not None:
        return None
    if facts.newest(Kind.DEACTIVATE) is not None or (facts.app and facts.app.has("PUSH_USER_DEACTIVATION") is False):
        return None
    because = [told(f"the Okta user is {person.status}, and the log has no deactivation at the app")]
    return stated(
        facts,
        Code.DEACTIVATION_SKIPPED,
        "the account is still active although the Okta user is not; Okta has no link (external id) to it now",
        "Deactivate the account in the app by hand, and look in an older System Log for what happened when the user "
        "left.",
        [*because, shows(facts.account)],
        Certainty.POSSIBLE,
        symptom=Symptom.NOT_DEACTIVATED,
    )


def deactivation_ignored_by_server(facts: Facts) -> Cause | None:
    """The app accepted the deactivation and did nothing."""
    if facts.wants_account or facts.account is None or facts.account.active is not True:
        return None
    sent = facts.newest_success(Kind.DEACTIVATE)
    if sent is None or any(one.failed and one.at > sent.at for one in facts.calls):
        return None
    revived = facts.newest_success(Kind.CREATE, Kind.REACTIVATE, Kind.PROFILE)
    if revived is not None and revived.at > sent.at:
        return None
    modified = facts.account.modified
    untouched = modified is None or modified < sent.at - timedelta(seconds=30)
    because = [said(sent, "the app answered Okta's deactivation with success")]
    meaning = "not modified since" if untouched and modified is not None else ""
    because.append(shows(facts.account, meaning))
    return stated(
        facts,
        Code.DEACTIVATION_IGNORED,
        "the app accepted the deactivation and did nothing: the account is still active",
        "Have the vendor make PATCH or PUT with active false take effect (Okta sends a path-less PATCH replace with "
        "the boolean false, or a PUT, and never DELETE). Until then deactivate the account in the app by hand.",
        because,
        Certainty.CERTAIN if untouched else Certainty.LIKELY,
        symptom=Symptom.NOT_DEACTIVATED,
    )


def stale_active_race(facts: Facts) -> Cause | None:
    """The profile push after a reactivation carried the old `active` and undid it."""
    if not facts.wants_account or facts.account is None or facts.account.active is not False:
        return None
    woken = facts.newest_success(Kind.REACTIVATE)
    if woken is None or facts.failure is not None:
        return None
    pushed = next(
        (one for one in facts.calls if one.kind is Kind.PROFILE and one.succeeded and one.at >= woken.at), None
    )
    if pushed is None or (pushed.job != woken.job and pushed.at - woken.at > _SHORTLY):
        return None
    modified = facts.account.modified
    then = modified is not None and abs(modified - pushed.at) <= _CLOCKS
    seconds = (pushed.at - woken.at).total_seconds()
    because = [said(woken), said(pushed, f"the profile push {seconds:.0f} s later")]
    because.append(shows(facts.account, "last modified at the profile push" if then else ""))
    return stated(
        facts,
        Code.STALE_RACE,
        "the profile push right after the reactivation carried the old active: false and made the account inactive "
        "again",
        "Push the user once more so that active: true is sent last: unassign and assign again, or edit the "
        "assignment. When it comes back, wait a minute between activating the Okta user and assigning the app.",
        because,
        Certainty.CERTAIN if then else Certainty.LIKELY,
        symptom=Symptom.NOT_REACTIVATED,
    )


def _start(facts: Facts, leaving: Event) -> datetime:
    """When the leaving began: the user may have been deactivated in Okta before the app was taken away."""
    first = facts.newest(Kind.USER_DEACTIVATED)
    return first.at if first is not None and leaving.at - first.at <= _QUEUE else leaving.at
