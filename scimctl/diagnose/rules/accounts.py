"""Lookup, create and link: the account is there and Okta does not see it, or Okta sees what is not there."""

from scimctl.diagnose.accounts import Account
from scimctl.diagnose.cause import Cause, Certainty, Code, Proof, Symptom
from scimctl.diagnose.complaint import complaint
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Kind
from scimctl.diagnose.probes import Look
from scimctl.diagnose.proofs import answered, clock, shows, told
from scimctl.diagnose.refusal import Sort, Topic
from scimctl.diagnose.rules.assignment import import_held, is_sourced_by_app
from scimctl.diagnose.rules.grounds import RETRY, failure_proofs, others, refused, stated

_CLOSE = 300.0
"""Seconds between an attempt in Okta's log and a time of the app's, whose clock may differ."""


def malformed_lookup_response(facts: Facts) -> Cause | None:
    """The lookup's answer is not a list that Okta can use."""
    if facts.linked_id is not None and facts.failure is None:
        return None
    refusal = facts.is_refused_because
    silent = refusal is not None and refusal.sort is Sort.SILENT
    on_lookup = (
        refusal is not None and refusal.call in (Kind.LOOKUP, None) and refusal.sort in (Sort.PARSER, Sort.OTHER)
    )
    broken = facts.survey.malformed_lookup if facts.survey is not None else None
    if broken is None and silent and facts.survey is not None:
        broken = facts.survey.odd_lookup
    if broken is None:
        sound = facts.survey is not None and facts.survey.lookup_total is not None
        later = refusal is not None and refusal.call not in (Kind.LOOKUP, None)
        if not silent or later or (sound and facts.linked_id is not None):
            return None
        title = "Okta gave no reason, as it does when it cannot use the answer to the lookup by userName"
        return refused(
            facts,
            Code.MALFORMED_LOOKUP,
            title,
            _LOOKUP_REMEDY,
            certainty=Certainty.POSSIBLE if sound else Certainty.LIKELY,
        )
    if facts.failure is not None and not silent and not on_lookup:
        return None
    exchange, what = broken
    because = [*failure_proofs(facts), answered(exchange, what)]
    if silent:
        because.append(told("a job that fails without a reason and without a create has ended at the lookup"))
    return stated(
        facts,
        Code.MALFORMED_LOOKUP,
        f"Okta cannot use the answer to its lookup by userName: {what}",
        _LOOKUP_REMEDY,
        [*because, *others(facts)],
        Certainty.CERTAIN if facts.failure is not None or not facts.has_log else Certainty.LIKELY,
        failure=facts.failure is not None,
    )


_LOOKUP_REMEDY = (
    "Have the vendor answer the filtered GET /Users with a ListResponse: schemas, Resources as a list, and "
    "totalResults, startIndex, itemsPerPage as JSON numbers (integers, not strings; RFC 7644 §3.4.2). " + RETRY
)


def non_scim_error_body(facts: Facts) -> Cause | None:
    """The app answered an error that is not JSON, so that Okta shows its parser's words."""
    refusal = facts.is_refused_because
    if refusal is None or refusal.sort is not Sort.PARSER:
        return None
    more: list[Proof] = []
    exchange = facts.survey.error_without_json() if facts.survey is not None else None
    if exchange is not None:
        more.append(answered(exchange, "this error is plain text or HTML, not JSON"))
    return refused(
        facts,
        Code.NON_SCIM_ERROR,
        "the app answered an error that is not JSON, and Okta's parser failed on it (it shows no reason of the app's)",
        "Have the vendor send errors as SCIM JSON (schemas, status, detail; RFC 7644 §3.12) with Content-Type "
        "application/scim+json, and tell what it objects to: its own log has the reason that Okta could not "
        "read. " + RETRY,
        more=tuple(more),
    )


def username_mismatch(facts: Facts) -> Cause | None:
    """Okta and the app call the person by different names."""
    if facts.survey is None or facts.subject is None or not facts.is_active_in_okta:
        return None
    refusal = facts.is_refused_because
    if refusal is not None and refusal.sort is not Sort.NO_MATCH and complaint(facts) is not Topic.EXISTS:
        return None
    mine = facts.user_name.lower()
    linked = facts.survey.accounts(Look.LINKED)
    renamed = [one for one in linked if one.user_name and one.user_name.lower() != mine]
    strangers = [
        one
        for one in _same_person(facts)
        if one.user_name.lower() != mine and one.id not in {other.id for other in linked}
    ]
    if not renamed and not strangers:
        return None
    if not renamed and not facts.wants_account:
        return None
    other = (renamed or strangers)[0]
    by_link = bool(renamed) or _is_owned(facts, other)
    because = [*failure_proofs(facts), told(f"Okta's application user name is {facts.user_name}")]
    because.append(shows(other, _how_same(facts, other)))
    because += [shows(one, "found under the present name") for one in facts.survey.by_name(facts.user_name)[:1]]
    lookup = facts.survey.first(Look.LOOKUP)
    because += [answered(lookup)] if lookup is not None else []
    return stated(
        facts,
        Code.USERNAME_MISMATCH,
        f"Okta and the app call the person by different names: {facts.user_name} in Okta, {other.user_name} in the app",
        f"Rename the account {other.user_name} in the app to {facts.user_name} (or set the application user name in "
        "Okta), remove a second account that was made meanwhile, and unassign and assign again so that Okta links "
        "the right one.",
        because,
        Certainty.CERTAIN if by_link or facts.failure is not None else Certainty.LIKELY,
        failure=facts.failure is not None,
        symptom=Symptom.NOT_REACTIVATED if other.active is False else None,
    )


def _same_person(facts: Facts) -> list[Account]:
    if facts.survey is None:
        return []
    found = [one for one in facts.survey.accounts() if _is_owned(facts, one)]
    if facts.account is None:
        addresses = {address.lower() for address in facts.survey.wish.emails}
        addresses.add(facts.user_name.lower())
        found += [one for one in facts.survey.accounts() if addresses & {*one.emails, one.user_name.lower()}]
    return list({one.id: one for one in found}.values())


def _is_owned(facts: Facts, account: Account) -> bool:
    """Whether an account carries the person's Okta id, or a name that Okta used for the person at this app before."""
    if facts.subject is not None and facts.subject.id is not None and account.external_id == facts.subject.id:
        return True
    return account.user_name.lower() in {name.lower() for name in facts.old_names[1:]}


def _how_same(facts: Facts, account: Account) -> str:
    if facts.subject is not None and account.external_id == facts.subject.id:
        return "it carries the Okta id of the person"
    if account.id == facts.linked_id:
        return "it is the account that Okta has linked"
    if account.user_name.lower() in {name.lower() for name in facts.old_names}:
        return "Okta called the person so before"
    return "it has the person's e-mail address"


def duplicate_user_hidden(facts: Facts) -> Cause | None:
    """The account exists and the lookup does not show it."""
    exists = complaint(facts) is Topic.EXISTS
    survey = facts.survey
    hidden = survey is not None and survey.lookup_total == 0 and facts.account is not None and facts.linked_id is None
    if not exists and not (hidden and facts.failure is None and facts.wants_account):
        return None
    if exists and facts.linked_id is not None and facts.failure is not None and facts.failure.call is Kind.PROFILE:
        return None
    because = failure_proofs(facts) if exists else []
    lookup = survey.first(Look.LOOKUP) if survey is not None else None
    if lookup is not None and survey is not None and not survey.looked_up:
        because.append(answered(lookup, "the lookup by userName does not find the account"))
    if facts.account is not None and facts.survey is not None:
        seen = "but it is there" if not facts.survey.looked_up else "now the lookup finds it"
        because.append(shows(facts.account, seen))
    elif exists:
        because.append(told("the account shows in no read: only the conflict tells of it"))
    state = f" {facts.account.state}" if facts.account is not None and facts.account.active is not None else ""
    return stated(
        facts,
        Code.DUPLICATE_HIDDEN,
        f"an{state} account of that name already exists, but it is hidden from Okta's lookup, so the create ends in "
        f"{_conflict(facts)}",
        "Have the vendor return inactive accounts too when Okta asks by userName, whatever the case of the name. "
        "Until then reactivate (or rename) the old account in the app, and unassign and assign again.",
        because,
        Certainty.CERTAIN if exists else Certainty.LIKELY,
        failure=exists,
    )


def _conflict(facts: Facts) -> str:
    """How the app refused the create; where nothing tells, as RFC 7644 §3.3 has it."""
    refusal = facts.is_refused_because
    return (refusal.status_line if refusal is not None else "") or "409 Conflict"


def account_deleted_downstream(facts: Facts) -> Cause | None:
    """The account that Okta has linked is gone from the app."""
    refusal = facts.is_refused_because
    said_gone = refusal is not None and (
        refusal.sort is Sort.GONE
        or (
            refusal.status in (404, 410)
            and refusal.call in (Kind.PROFILE, Kind.REACTIVATE, Kind.DEACTIVATE, Kind.PASSWORD)
        )
    )
    survey = facts.survey
    gone = survey.gone(Look.LINKED) if survey is not None and not survey.base_is_wrong else ()
    if survey is not None and survey.base_is_wrong:
        return None
    if not gone and not said_gone:
        return None
    if not facts.wants_account and not (facts.failure is not None and facts.failure.call is Kind.DEACTIVATE):
        return None
    if said_gone and not gone and survey is not None and survey.accounts(Look.LINKED):
        return None
    because = failure_proofs(facts) if said_gone else []
    because += [answered(one.exchange, "the linked account is gone") for one in gone]
    others_found = survey.by_name(facts.user_name) if survey is not None else ()
    because += [shows(one, "another account than the linked one") for one in others_found[:1]]
    lookup = survey.first(Look.LOOKUP) if survey is not None else None
    if lookup is not None and not others_found:
        because.append(answered(lookup, "no account under the name either"))
    return stated(
        facts,
        Code.ACCOUNT_DELETED,
        f"the linked account {facts.linked_id or ''} no longer exists in {facts.app_label}: it was deleted there (404 "
        "Not Found)",
        "Unassign the user and assign again: then Okta looks the account up anew, and links or creates it. By itself "
        "Okta does neither.",
        because,
        Certainty.LIKELY if not said_gone and _is_told_by_another(facts) else Certainty.CERTAIN,
        failure=said_gone,
        symptom=Symptom.NOT_UPDATED,
    )


def _is_told_by_another(facts: Facts) -> bool:
    """Whether a missing account is but a sign: of a group's push that fails by it, or of a leaver whom imports hold."""
    held = import_held(facts)
    leaver = held is not None and held.app == facts.app_id and is_sourced_by_app(facts)
    return leaver or any(one.status == "ERROR" for one in facts.mappings)


def empty_create_response(facts: Facts) -> Cause | None:
    """The create was answered without the user, so that Okta has no id for it."""
    refusal = facts.is_refused_because
    failed = refusal is not None and refusal.sort is Sort.EMPTY_CREATE
    silent = refusal is not None and refusal.sort in (Sort.SILENT, Sort.OTHER) and refusal.call is Kind.CREATE
    made = facts.failure is not None and _was_made_then(facts, facts.failure.events[0].at.timestamp())
    if not failed and not (silent and made):
        return None
    more: list[Proof] = []
    if facts.account is not None:
        when = f", created {clock(facts.account.created)}" if facts.account.created is not None else ""
        more.append(told(f"the account exists all the same (id {facts.account.id}{when}), and Okta has no link to it"))
    return refused(
        facts,
        Code.EMPTY_CREATE,
        "the app answered the create with an empty response: no user was returned in the body, so Okta has no id for "
        "the account",
        "Have the vendor answer POST /Users with 201 and the created user, with its id, in the body (RFC 7644 §3.3). "
        f"The account exists already. {RETRY} The retry links it.",
        certainty=Certainty.CERTAIN if failed else Certainty.LIKELY,
        more=tuple(more),
    )


def _was_made_then(facts: Facts, moment: float) -> bool:
    created = facts.account.created if facts.account is not None else None
    return created is not None and abs(created.timestamp() - moment) <= _CLOSE
