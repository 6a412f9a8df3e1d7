"""The app refuses the user: seats, domain, user type, values, password, permission, and errors of its own."""

from scimctl.diagnose.cause import Cause, Certainty, Code, Proof
from scimctl.diagnose.complaint import (
    complaint,
    domain_of,
    named_blanks,
    named_values,
    needed_blanks,
    odd_values,
    peer_domains,
    quotes,
    rare_blanks,
    refused_address,
    user_type,
    values,
)
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Kind
from scimctl.diagnose.proofs import answered, listed, quoted, told
from scimctl.diagnose.refusal import Sort, Topic
from scimctl.diagnose.rules.grounds import RETRY, refused, stated

_TITLES = {"givenName": "first name", "familyName": "last name", "primaryPhone": "primary phone", "email": "e-mail"}


def password_policy_rejected(facts: Facts) -> Cause | None:
    """The password that Okta sends breaks the app's rules."""
    if complaint(facts) is not Topic.PASSWORD:
        return None
    return refused(
        facts,
        Code.PASSWORD_POLICY,
        f"the app rejects the placeholder password that Okta sends with a create: {_words(facts)}",
        "Okta always sends a random password of letters and digits with a new user, also when passwords are not "
        "synced. Ask the vendor to ignore it or to relax the rule for SCIM, or have the password left out (app "
        f"feature PUSH_NEW_USERS_WITHOUT_PASSWORD). {RETRY}",
    )


def domain_not_approved(facts: Facts) -> Cause | None:
    """The domain of the address is not approved in the app."""
    if complaint(facts) is not Topic.DOMAIN:
        return None
    address = refused_address(facts)
    domain = domain_of(address)
    refusal = facts.is_refused_because
    named = refusal is not None and Topic.DOMAIN in refusal.topics
    more: list[Proof] = []
    known = peer_domains(facts)
    if known and domain not in known:
        more.append(told(f"{address} is of {domain}; those who have accounts are of {listed(known)}"))
    return refused(
        facts,
        Code.DOMAIN_NOT_APPROVED,
        f"the domain {domain} is not approved (verified) in {facts.app_label}",
        f"Add {domain} to the approved domains in {facts.app_label}, verify it where the app asks for that, or give "
        f"the user an address on an approved domain. {RETRY}",
        certainty=Certainty.CERTAIN if named else Certainty.LIKELY,
        more=tuple(more),
    )


def seat_limit_reached(facts: Facts) -> Cause | None:
    """No licence is left in the app."""
    if complaint(facts) is not Topic.SEATS:
        return None
    return refused(
        facts,
        Code.SEAT_LIMIT,
        f"{facts.app_label} has no free seat (licence, user limit): {_words(facts)}",
        f"Raise the user limit of the {facts.app_label} licence, or free a seat by deactivating somebody. {RETRY}",
    )


def unknown_user_type(facts: Facts) -> Cause | None:
    """The user type is none of the app's."""
    if complaint(facts) is not Topic.USER_TYPE:
        return None
    choice = user_type(facts)
    if choice is None:
        return refused(
            facts,
            Code.UNKNOWN_USER_TYPE,
            f"{facts.app_label} does not know the user type: {_words(facts)}",
            f"Set the user type of the assignment to one that {facts.app_label} has. {RETRY}",
            certainty=Certainty.LIKELY,
        )
    refusal = facts.is_refused_because
    named = refusal is not None and (Topic.USER_TYPE in refusal.topics or quotes(refusal, choice.value))
    known = f"{choice.source}: {listed(choice.allowed, 8)}" if choice.allowed else choice.source
    one_of = f" to one of {listed(choice.allowed, 8)}" if choice.allowed else " to one that the app has"
    return refused(
        facts,
        Code.UNKNOWN_USER_TYPE,
        f"the user type {choice.value!r} ({choice.name}) is not one that {facts.app_label} knows",
        f"On the app's Assignments tab, or in the mapping of the Profile Editor, set {choice.name}{one_of}. {RETRY}",
        certainty=Certainty.CERTAIN if named else Certainty.LIKELY,
        more=(told(f"{choice.name} is {quoted(choice.value)}; known by {known}"),),
    )


def missing_required_attribute(facts: Facts) -> Cause | None:
    """A value that the app needs is empty in Okta."""
    if complaint(facts) is not Topic.REQUIRED:
        return None
    named, needed, rare = named_blanks(facts), needed_blanks(facts), rare_blanks(facts)
    names = named or needed or rare
    blank = bool(names)
    names = names or named_values(facts)
    shown = listed(_title(name) for name in names) or "a value"
    more = [told(f"{_title(name)} ({name}) is {quoted(values(facts).get(name))} in Okta") for name in names[:3]]
    if blank and not named and not needed:
        more.append(told("everybody else who has an account has it"))
    return refused(
        facts,
        Code.MISSING_ATTRIBUTE,
        f"{facts.app_label} needs {shown}, which is empty in Okta ({_status(facts)})"
        if blank
        else f"{facts.app_label} misses a required value ({_status(facts)}): {_words(facts)}",
        f"Give the Okta user {shown} (Directory > People > Profile), or map one in the Profile Editor of the app. "
        f"{RETRY}",
        certainty=Certainty.CERTAIN if named or needed else (Certainty.LIKELY if names else Certainty.POSSIBLE),
        more=tuple(more),
    )


def invalid_attribute_value(facts: Facts) -> Cause | None:
    """A value has a form that the app refuses."""
    if complaint(facts) is not Topic.VALUE:
        return None
    odd, named = odd_values(facts), named_values(facts)
    suspects = [one for one in odd if one.name in named] or list(odd)
    more = [told(f"{_title(one.name)} ({one.name}) is {quoted(one.value)}: {one.what}") for one in suspects[:3]]
    more += [
        told(f"{_title(name)} ({name}) is {quoted(values(facts).get(name))}") for name in named[:3] if not suspects
    ]
    if suspects:
        first = suspects[0]
        what = f"the {_title(first.name)} {quoted(first.value)} has {first.what}, which {facts.app_label} refuses"
        remedy = f"Take it out of the {_title(first.name)} of the Okta user (only what the app allows)"
    elif named:
        what = f"{facts.app_label} refuses the value of {listed(_title(name) for name in named)}: {_words(facts)}"
        remedy = f"Change {listed(_title(name) for name in named)} in Okta to the form that the app wants"
    else:
        what = f"{facts.app_label} refuses a value of the profile: {_words(facts)}"
        remedy = "Ask the vendor which value is refused: the answer does not name it"
    certainty = Certainty.CERTAIN if suspects else (Certainty.LIKELY if named else Certainty.POSSIBLE)
    return refused(
        facts,
        Code.INVALID_VALUE,
        f"{what} ({_status(facts)})",
        f"{remedy}. {RETRY}",
        certainty=certainty,
        more=tuple(more),
    )


def token_lacks_permission(facts: Facts) -> Cause | None:
    """The credentials are valid and may not do this."""
    if complaint(facts) is not Topic.PERMISSION:
        return _may_not_read(facts)
    more: list[Proof] = []
    read = facts.account.exchange if facts.account is not None else None
    if read is not None and read.status == 200:
        more.append(answered(read, "reads are served"))
    return refused(
        facts,
        Code.TOKEN_LACKS_PERMISSION,
        f"the API token is accepted but lacks the permission for this ({_status(facts)}): {_words(facts)}",
        f"Have an admin of {facts.app_label} who holds the right that is missing issue the API token, enter it under "
        f"Provisioning > Integration, and test it. {RETRY}",
        # Many refusals are a 403: only words of permission make sure that it is this one.
        certainty=Certainty.CERTAIN if _is_about(facts, Topic.PERMISSION) else Certainty.LIKELY,
        more=tuple(more),
    )


def _is_about(facts: Facts, topic: Topic) -> bool:
    """Whether the app's words are of that subject, or there are none."""
    refusal = facts.is_refused_because
    return refusal is not None and (not refusal.words or topic in refusal.topics)


def _may_not_read(facts: Facts) -> Cause | None:
    """Without Okta's side: the token at hand is accepted and may not even read."""
    exchange = facts.survey.refused if facts.survey is not None else None
    if exchange is None or exchange.status != 403 or facts.has_log:
        return None
    return stated(
        facts,
        Code.TOKEN_LACKS_PERMISSION,
        "the API token lacks the permission to read users (403 Forbidden)",
        f"Have an admin of {facts.app_label} issue an API token with the rights to read and write users.",
        [answered(exchange)],
        Certainty.LIKELY,
    )


def media_type_rejected(facts: Facts) -> Cause | None:
    """The app does not take `application/scim+json`."""
    if complaint(facts) is not Topic.MEDIA_TYPE:
        return None
    return refused(
        facts,
        Code.MEDIA_TYPE_REJECTED,
        f"the app rejects the content type application/scim+json ({_status(facts)})",
        "Okta sends and accepts application/scim+json and nothing else. Ask the vendor to accept this media type "
        f"(RFC 7644 §3.1, §8.1) beside application/json. {RETRY}",
    )


def server_error(facts: Facts) -> Cause | None:
    """The app fails with an error of its own."""
    refusal = facts.is_refused_because
    if refusal is None:
        return None
    if refusal.status is None or refusal.status < 500 or refusal.sort is not Sort.STATUS:
        return None
    if refusal.status == 501 and refusal.call in (Kind.DEACTIVATE, Kind.REACTIVATE):
        return None
    told_why = f": {_words(facts)}" if refusal.words else "; the answer says nothing of the reason"
    return refused(
        facts,
        Code.SERVER_ERROR,
        f"the app fails with an error of its own ({refusal.status_line}){told_why}",
        "Ask the app's vendor why the request ends so, with the time of the event: its server log has the reason, "
        f"Okta's log has no bodies. {RETRY}",
        certainty=Certainty.CERTAIN if refusal.status != 501 else Certainty.POSSIBLE,
    )


def unexplained(facts: Facts) -> Cause:
    """What is said of a failure that no rule explains: that the app failed, with its words."""
    status = f" ({_status(facts)})" if facts.failure is not None else ""
    return refused(
        facts,
        Code.SERVER_ERROR,
        f"the attempt failed for a reason that is not known here{status}: {_words(facts)}",
        f"Ask the app's vendor what this answer means, with the time of the event. {RETRY}",
        certainty=Certainty.POSSIBLE,
    )


def _words(facts: Facts) -> str:
    refusal = facts.is_refused_because
    return f"“{refusal.words or refusal.text}”" if refusal is not None else ""


def _status(facts: Facts) -> str:
    refusal = facts.is_refused_because
    return refusal.status_line or "without a status" if refusal is not None else ""


def _title(name: str) -> str:
    return _TITLES.get(name, name)
