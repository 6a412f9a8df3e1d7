"""What a diagnosis rules out, with the ground, and what it could not look at, with how to get it."""

from collections.abc import Iterator
from dataclasses import dataclass

from scimctl.diagnose.cause import Cause, Code
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import CALLS, Kind
from scimctl.diagnose.proofs import clock, listed
from scimctl.diagnose.ranking import overtaken_codes


@dataclass(frozen=True, slots=True)
class RuledOut:
    """A cause that it is not, and why."""

    code: Code
    why: str


@dataclass(frozen=True, slots=True)
class NotLookedAt:
    """Something that could not be looked at, and how to get it."""

    what: str
    how: str


def ruled_out(facts: Facts, causes: tuple[Cause, ...]) -> tuple[RuledOut, ...]:
    """The causes that what was seen excludes; none that was found."""
    found = {cause.code for cause in causes}
    return tuple(one for one in _exclusions(facts) if one.code not in found)


def _exclusions(facts: Facts) -> Iterator[RuledOut]:
    yield from _overtaken(facts)
    if facts.person is not None and facts.is_active_in_okta:
        yield RuledOut(Code.OKTA_USER_NOT_ACTIVE, f"the Okta user {facts.person.login} is {facts.person.status}")
    if facts.app is not None and facts.app.status == "ACTIVE":
        yield RuledOut(Code.APP_INACTIVE, f"{facts.app.label} is ACTIVE in Okta")
    if facts.app is not None and facts.app.features:
        yield RuledOut(Code.PROVISIONING_DISABLED, "the API integration is on: the app has provisioning features")
        for feature, code in _FEATURES:
            if feature in facts.app.features:
                yield RuledOut(code, f"{feature} is on")
    if facts.app_user is not None:
        yield RuledOut(Code.NOT_ASSIGNED, f"assigned since {clock(facts.app_user.created)}")
    yield from _at_the_app(facts)


_FEATURES = (
    ("PUSH_NEW_USERS", Code.CREATE_DISABLED),
    ("PUSH_PROFILE_UPDATES", Code.UPDATE_DISABLED),
    ("PUSH_USER_DEACTIVATION", Code.DEACTIVATE_DISABLED),
)


def _overtaken(facts: Facts) -> Iterator[RuledOut]:
    for place, cause in overtaken_codes(facts):
        failure = facts.overtaken[place]
        after = next((one for one in facts.calls if one.at > failure.at and one.succeeded), None)
        when = f" since a {after.kind.value} succeeded on {clock(after.at)}" if after is not None else ""
        text = failure.refusal.text or "no reason"
        yield RuledOut(cause.code, f"the earlier failure of {clock(failure.at)} ({text}) is resolved{when}")


def _at_the_app(facts: Facts) -> Iterator[RuledOut]:
    survey = facts.survey
    if survey is None or not survey.reads_users:
        return
    yield RuledOut(Code.CONNECTION_FAILED, "the SCIM server answers")
    yield RuledOut(Code.BASE_URL_WRONG, "there is a SCIM service under the base URL")
    yield RuledOut(Code.CREDENTIALS_REJECTED, "users can be read with the token that was given")
    if survey.malformed_lookup is None and survey.lookup_total is not None:
        yield RuledOut(Code.MALFORMED_LOOKUP, "the lookup is answered with a list that Okta can use")
    if facts.account is not None and facts.account.active is False:
        yield RuledOut(Code.DEACTIVATION_IGNORED, "the account is inactive (active: false)")
    elif facts.account is not None and facts.linked_id == facts.account.id:
        yield RuledOut(Code.ACCOUNT_DELETED, f"the linked account {facts.account.user_name} is there and active")


def not_looked_at(facts: Facts, *, has_server: bool, has_evidence: bool) -> tuple[NotLookedAt, ...]:
    """What was not there to look at, and what no evidence can show."""
    return tuple(_gaps(facts, has_server=has_server, has_evidence=has_evidence))


def _gaps(facts: Facts, *, has_server: bool, has_evidence: bool) -> Iterator[NotLookedAt]:
    if not has_evidence:
        yield NotLookedAt("Okta's side: user, assignment, app, System Log", "--evidence DIR with the saved answers")
    else:
        for piece, reason in facts.absent.items():
            yield NotLookedAt(f"{piece.title} ({reason})", f"save the answer of {piece.request} as {piece.file_name}")
    yield from _vague(facts)
    for damage in facts.log.damage:
        yield NotLookedAt(f"part of the System Log: {damage}", "export the log once more")
    yield from _log_gap(facts)
    if not has_server:
        yield NotLookedAt("the SCIM server itself", "--base-url URL --token-file FILE")
        return
    survey = facts.survey
    if survey is not None and survey.fault is not None and not survey.reads_users:
        yield NotLookedAt("the accounts of the app: no connection was made", "try from a network that reaches the host")
    elif survey is not None and survey.refused is not None:
        yield NotLookedAt(
            "the accounts of the app: the token is refused", "--token-file FILE with a token that may read"
        )
    elif survey is not None and not survey.reads_users:
        yield NotLookedAt("the accounts of the app: they cannot be listed", "ask the vendor for the account's state")
    yield NotLookedAt("whether the token may write", "nothing is written to find out; the System Log tells")


def _vague(facts: Facts) -> Iterator[NotLookedAt]:
    """Where it had to be guessed who or what was meant."""
    if facts.subject is not None and facts.subject.also:
        others = listed(facts.subject.also)
        yield NotLookedAt(f"others whom {facts.subject.asked} fits too: {others}", "name the whole login")
    apps = {event.app for event in facts.log.events if event.kind in CALLS and event.app is not None}
    if facts.org.app_id is None and len(apps) > 1:
        yield NotLookedAt(
            f"{len(apps) - 1} other apps of the log: only {facts.app_label} was", "name the app, or save it"
        )


def _log_gap(facts: Facts) -> Iterator[NotLookedAt]:
    created = facts.app_user.created if facts.app_user is not None else None
    asked = facts.newest(Kind.ASSIGNED)
    if facts.has_log and created is not None and asked is None and not facts.log.covers(created):
        yield NotLookedAt(
            f"the time of the assignment ({clock(created)}): the log begins {clock(facts.log.start)}",
            "export the System Log from an earlier time (Okta keeps 90 days)",
        )
