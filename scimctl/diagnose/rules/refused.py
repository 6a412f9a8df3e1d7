"""The app refuses the user: seats, domain, user type, values, password, permission, and errors of its own."""

import re

from scimctl.diagnose.cause import Cause, Certainty, Code, Proof
from scimctl.diagnose.complaint import complaint, odd_values
from scimctl.diagnose.domains import domain_of, own_domain, peer_domains, refused_address
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Kind
from scimctl.diagnose.naming import WHO, named, named_blanks, named_values, quotes, subjects, value_in_okta, values
from scimctl.diagnose.needs import needed_blanks, rare_blanks, why_needed
from scimctl.diagnose.proofs import answered, listed, quoted, told
from scimctl.diagnose.reading import is_blank
from scimctl.diagnose.refusal import Sort, Topic
from scimctl.diagnose.rules.grounds import RETRY, refused, stated
from scimctl.diagnose.user_types import blank_types, user_type

_PROTECTED = re.compile(r"owner|admin|protected", re.IGNORECASE)
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
        certainty=Certainty.CERTAIN
        if Topic.DOMAIN in subjects(facts) and own_domain(facts) is not None
        else Certainty.LIKELY,
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
    named = refusal is not None and (Topic.USER_TYPE in subjects(facts) or quotes(refusal, choice.value))
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
    said = named_blanks(facts) or blank_types(facts)
    needed, rare = needed_blanks(facts), rare_blanks(facts)
    blanks = said or needed or rare
    names = blanks or named_values(facts)
    shown = listed(_title(name) for name in names) or "a value"
    more = [one for name in names[:3] for one in _emptiness(facts, name)]
    if blanks and not said and not needed:
        more.append(told("everybody else who has an account has it"))
    unmapped = bool(blanks) and all(not is_blank(value_in_okta(facts, name)) for name in blanks)
    where = "which the Okta user has and the mapping does not hand on" if unmapped else "which is empty in Okta"
    give = f"Give the Okta user {shown} (Directory > People > Profile), or map one in the Profile Editor of the app."
    hand_on = f"Map {shown} from the Okta user in the Profile Editor of the app, and apply the mapping to the user."
    return refused(
        facts,
        Code.MISSING_ATTRIBUTE,
        f"{facts.app_label} needs {shown}, {where} ({_status(facts)})"
        if blanks
        else f"{facts.app_label} misses a required value ({_status(facts)}): {_words(facts)}",
        f"{hand_on if unmapped else give} {RETRY}",
        certainty=Certainty.CERTAIN if said or needed else (Certainty.LIKELY if names else Certainty.POSSIBLE),
        more=tuple(more),
    )


def _emptiness(facts: Facts, name: str) -> list[Proof]:
    """What the assignment has of an attribute, what the Okta user has where that differs, and who needs it."""
    value, in_okta = values(facts).get(name), value_in_okta(facts, name)
    if is_blank(value) and not is_blank(in_okta):
        found = told(f"{_called(name)} is empty in the assignment; the Okta user has {quoted(in_okta)}")
    else:
        found = told(f"{_called(name)} is {quoted(value)} in Okta")
    why = why_needed(facts, name) if is_blank(value) else None
    return [found] if why is None else [found, why]


def invalid_attribute_value(facts: Facts) -> Cause | None:
    """A value has a form that the app refuses."""
    if complaint(facts) is not Topic.VALUE:
        return None
    odd, names = odd_values(facts), named_values(facts)
    # Words that name an attribute are about that one, however odd another is.
    is_told = bool(named(facts)) or any(name not in WHO for name in names)
    suspects = [one for one in odd if one.name in names] or ([] if is_told else list(odd))
    more = [told(f"{_called(one.name)} {quoted(one.value)} {one.says}") for one in suspects[:3]]
    more += [told(f"{_called(name)} is {quoted(values(facts).get(name))}") for name in names[:3] if not suspects]
    if suspects:
        first = suspects[0]
        what = f"the {_title(first.name)} {quoted(first.value)} {first.says}, which {facts.app_label} refuses"
        whose = f"the {_title(first.name)} of the Okta user"
        remedy = f"Take it out of {whose} (only what the app allows)" if first.removable else f"Correct {whose}"
    elif names:
        what = f"{facts.app_label} refuses the value of {listed(_title(name) for name in names)}: {_words(facts)}"
        remedy = f"Change {listed(_title(name) for name in names)} in Okta to the form that the app wants"
    else:
        what = f"{facts.app_label} refuses a value of the profile: {_words(facts)}"
        remedy = "Ask the vendor which value is refused: the answer does not name it"
    certainty = Certainty.CERTAIN if suspects else (Certainty.LIKELY if names else Certainty.POSSIBLE)
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
        f"Provisioning > Integration, and test it. {RETRY}{_of_protected(facts)}",
        # Many refusals are a 403: only words of permission make sure that it is this one.
        certainty=Certainty.CERTAIN if _is_about(facts, Topic.PERMISSION) else Certainty.LIKELY,
        more=tuple(more),
    )


def _of_protected(facts: Facts) -> str:
    """What else to do about an account that the app may protect from every token."""
    refusal = facts.is_refused_because
    exists = facts.linked_id is not None or facts.account is not None
    if refusal is None or not exists or not _PROTECTED.search(refusal.words):
        return ""
    return (
        f" If {facts.app_label} protects this account (its owner, or an admin), no token may change it: make the "
        "change in the app itself, or hand the role on to another account first."
    )


def _is_about(facts: Facts, topic: Topic) -> bool:
    """Whether the app's words are of that subject, or there are none and the status says as much."""
    refusal = facts.is_refused_because
    return refusal is not None and (topic in subjects(facts) or (not refusal.words and refusal.status != 401))


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


def _called(name: str) -> str:
    return f"{_TITLES[name]} ({name})" if name in _TITLES else name
