"""Okta's side: the user and the assignment."""

from collections.abc import Iterator
from datetime import timedelta

from scimctl.diagnose.cause import Cause, Certainty, Code, Proof, Symptom
from scimctl.diagnose.evidence import Piece
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Event, Kind
from scimctl.diagnose.org import NOT_ACTIVE
from scimctl.diagnose.proofs import clock, listed, said, shows, told
from scimctl.diagnose.rules.grounds import account_proofs, stated

_TOGETHER = timedelta(minutes=10)
_GONE = "E0000007"


def okta_user_missing(facts: Facts) -> Cause | None:
    """There is no such user in Okta."""
    subject = facts.subject
    if subject is None or facts.person is not None or facts.app_user is not None:
        return None
    if (
        facts.org.user_groups is not None
        or Piece.USER not in facts.absent
        or not (facts.has_log or facts.org.app_users is not None or facts.app is not None)
    ):
        return None
    deleted = facts.newest(Kind.USER_DELETED)
    if deleted is None and subject.id is not None:
        return None
    reason = facts.absent[Piece.USER]
    if deleted is None and _GONE not in reason and facts.org.app_users is None:
        # Of a log alone nobody can tell who is in Okta.
        return None
    because = [told(f"no user document: {reason}")]
    if deleted is not None:
        because.append(said(deleted, "the user was deleted"))
    if facts.has_log:
        because.append(told(f"none of the {facts.log.total} events of the log is about {subject.asked}"))
    if facts.org.app_users is not None:
        because.append(
            told(f"none of the {len(facts.org.app_users)} assignments of {facts.app_label} is {subject.asked}")
        )
    near = f" Did you mean {listed(subject.near)}?" if subject.near else ""
    sure = _GONE in reason or (facts.has_log and facts.org.app_users is not None)
    return stated(
        facts,
        Code.OKTA_USER_MISSING,
        f"there is no user {subject.asked} in Okta: the user does not exist (not found)",
        f"Create the user in Okta under Directory > People, or look for the person under another login.{near} Then "
        f"assign {facts.app_label}.",
        because,
        Certainty.CERTAIN if sure else Certainty.LIKELY,
    )


def okta_user_not_active(facts: Facts) -> Cause | None:
    """The Okta user is staged or deactivated, so that an assignment does nothing."""
    person = facts.person
    if person is None or person.status not in NOT_ACTIVE or facts.has_live_account:
        return None
    if person.status != "STAGED" and not _is_intended(facts):
        return None
    because = [
        told(f"the Okta user {person.login} is {person.status} since {clock(person.status_changed or person.created)}")
    ]
    if facts.assigned_groups:
        groups = listed(group.shown for group in facts.assigned_groups)
        because.append(told(f"the app is assigned to the user's group {groups}: only the status holds it back"))
    elif facts.app_user is None and facts.org.app_users is not None:
        because.append(told(f"the user is not assigned to {facts.app_label} either"))
    state = "not activated yet" if person.status == "STAGED" else "deactivated"
    return stated(
        facts,
        Code.OKTA_USER_NOT_ACTIVE,
        f"the Okta user is {person.status} ({state}), so Okta provisions nothing for it",
        "Activate the user under Directory > People > More Actions > Activate; the assignment then provisions the "
        "account.",
        [*because, *account_proofs(facts)],
    )


def _is_intended(facts: Facts) -> bool:
    """Whether an account of a deactivated user is meant to be: a group of the user has the app, and nothing took it."""
    delivered = facts.newest_success(Kind.DEACTIVATE)
    joined = facts.newest(Kind.GROUP_JOINED, Kind.ASSIGNED)
    if delivered is not None and (joined is None or joined.at < delivered.at):
        return False
    since = facts.person.status_changed if facts.person is not None else None
    if facts.account is not None and (joined is None or (since is not None and joined.at < since)):
        # There was an account before, so this is somebody who left: groups keep their deactivated members.
        return False
    return bool(facts.assigned_groups) or (facts.app_user is not None and facts.linked_id is None)


def not_assigned(facts: Facts) -> Cause | None:
    """The active Okta user has no assignment to this app."""
    person = facts.person
    if facts.subject is None or facts.assigned_groups or facts.symptom in _LEAVERS:
        return None
    if facts.is_assigned is not False and not _is_nowhere_assigned(facts):
        return None
    if facts.leaving is not None and (facts.has_live_account or _fails_to_leave(facts, facts.leaving)):
        return None
    if person is None and (facts.leaving is not None or facts.subject.id is None):
        return None
    if person is not None and person.status in NOT_ACTIVE:
        return None
    if facts.symptom is None and _left_in_order(facts):
        return None
    because: list[Proof] = []
    if facts.org.app_users is not None:
        app_users = facts.org.app_users
        because = [told(f"{facts.who} is not among the {len(app_users)} assignments of {facts.app_label}")]
    if facts.app_user is not None:
        because = [told(f"the assignment has ended: its status is {facts.app_user.status}")]
    if facts.leaving is not None:
        because.append(said(facts.leaving, "the newest change takes the app away"))
        if facts.is_active_in_okta and _came_back(facts, facts.leaving):
            because.append(told("the user is active in Okta since; activating gives back no direct assignment"))
    elif facts.has_log:
        because.append(told(f"the log has no assignment of {facts.who} to {facts.app_label}"))
    because += _groups_apart(facts)
    because += [said(event, f"that went into another app, '{event.app_label}'") for event in _elsewhere(facts)]
    if facts.has_live_account and facts.account is not None:
        because.append(shows(facts.account, "it was not made by this assignment"))
    unsure = (
        facts.org.app_users is None
        or person is None
        or facts.has_live_account
        or (facts.leaving is not None and facts.survey is None)
    )
    groups = listed(group.shown for group in facts.org.app_groups or ())
    name = person.name if person is not None else facts.who
    add = f"Add {name} to a group that has the app ({groups}), or assign" if groups else "Assign"
    return stated(
        facts,
        Code.NOT_ASSIGNED,
        f"{facts.who} is not assigned to {facts.app_label}" + (f" ({facts.app.id})" if facts.app is not None else ""),
        f"{add} {facts.app_label} to the user on the app's Assignments tab.",
        because,
        Certainty.LIKELY if unsure else Certainty.CERTAIN,
    )


def _is_nowhere_assigned(facts: Facts) -> bool:
    """Whether neither log nor groups speak of an assignment, where the app's users were not given."""
    groups_known = facts.org.app_groups is not None and facts.org.user_groups is not None
    return facts.is_assigned is None and facts.has_log and groups_known and not facts.calls and facts.account is None


def _fails_to_leave(facts: Facts, leaving: Event) -> bool:
    """Whether the app was taken away, and telling the app of it failed: then an account too many is the trouble."""
    return facts.failure is not None and facts.failure.call is Kind.DEACTIVATE and facts.failure.at >= leaving.at


def _left_in_order(facts: Facts) -> bool:
    """Whether the app was taken away, the app was told, and the account is inactive: so it is meant to be."""
    leaving, told_app = facts.leaving, facts.newest_success(Kind.DEACTIVATE)
    gone = facts.account is not None and facts.account.active is False
    if leaving is None or told_app is None or told_app.at < leaving.at or not gone:
        return False
    return not _came_back(facts, leaving)


def _came_back(facts: Facts, leaving: Event) -> bool:
    """Whether the person was activated or joined a group since: activating a user gives back no direct assignment."""
    back = facts.newest(Kind.USER_ACTIVATED, Kind.USER_UNSUSPENDED, Kind.USER_CREATED, Kind.GROUP_JOINED)
    since = facts.person.status_changed if facts.person is not None else None
    changed = since is not None and since > leaving.at + _TOGETHER
    return changed or (back is not None and back.at > leaving.at) or facts.newest(Kind.USER_DEACTIVATED) is not None


_LEAVERS = (Symptom.NOT_DEACTIVATED.value,)


def _groups_apart(facts: Facts) -> Iterator[Proof]:
    mine = [group.shown for group in facts.org.user_groups or ()]
    theirs = [group.shown for group in facts.org.app_groups or ()]
    if mine:
        tail = f"; the app is assigned to {listed(theirs)}" if theirs else "; no group has the app"
        yield told(f"the user's groups are {listed(mine)}{tail}")


def _elsewhere(facts: Facts) -> list[Event]:
    """The newest push of this person into an app that is called nearly alike."""
    label = facts.app_label.lower()
    app_id = facts.app_id
    found = [
        event
        for event in facts.log.events
        if event.app != app_id
        and event.app_label is not None
        and (label in event.app_label.lower() or event.app_label.lower() in label)
        and event.kind in (Kind.ASSIGNED, Kind.CREATE)
        and facts.subject is not None
        and facts.subject.owns(event)
    ]
    return found[-1:]


def suspended_sends_nothing(facts: Facts) -> Cause | None:
    """The Okta user is suspended, which apps are not told."""
    if not facts.is_suspended or facts.person is None or facts.leaving is not None:
        return None
    if facts.app_user is None or (facts.account is not None and facts.account.active is False):
        return None
    if facts.linked_id is None and not facts.has_live_account:
        return None
    event = facts.newest(Kind.USER_SUSPENDED)
    because = [told(f"the Okta user is SUSPENDED since {clock(facts.person.status_changed)}")]
    because += [said(event)] if event is not None else []
    after = [one for one in facts.calls if event is not None and one.at > event.at]
    because += [] if after else [told("nothing was sent to the app for this user since")]
    return stated(
        facts,
        Code.SUSPENDED,
        "the Okta user is suspended: suspending sends nothing to the app, so the account stays active",
        "Deactivate the Okta user, or remove the assignment: only then does Okta deactivate the account. When the "
        "suspension is enough, deactivate the account in the app by hand.",
        [*because, *account_proofs(facts)],
        symptom=Symptom.NOT_DEACTIVATED,
    )


def import_safeguard(facts: Facts) -> Cause | None:
    """Imports are held, so that Okta has not learnt of the leaver."""
    held = import_held(facts)
    if held is None or facts.person is None or not facts.is_active_in_okta or not facts.wants_account:
        return None
    kind, name = facts.person.source
    own = held.app is not None and (
        held.app == facts.app_id
        or any(
            one.app == held.app and facts.subject is not None and facts.subject.owns(one) for one in facts.log.events
        )
    )
    named = held.app_label is not None and held.app_label.lower() in (name.lower(), name.lower().replace("_", " "))
    imported = any(one.kind is Kind.IMPORTED and one.app == held.app for one in facts.timeline)
    outside = kind not in ("", "OKTA")
    asked = facts.symptom == Symptom.NOT_DEACTIVATED.value
    tied = outside or own or asked
    if kind == "OKTA" and not tied and facts.in_step:
        # Okta's own user, who is in step: that an import of others is held says nothing of this person.
        return None
    sourced = held.app is not None and held.app == facts.app_id and is_sourced_by_app(facts)
    because = [said(held, f"the import of {held.app_label or 'the source'} is held"), *_source(facts)]
    because.append(told(f"the Okta user is still {facts.person.status}; no later import resumed or completed"))
    return stated(
        facts,
        Code.IMPORT_SAFEGUARD,
        f"the import from {held.app_label or 'the source'} is held by the import safeguard (roadblock), so Okta has "
        "not learnt of the change",
        f"Under {held.app_label or 'the source app'} > Import check why so many users would be removed, then resume "
        "or confirm the held import; Okta then deactivates the leaver and the account.",
        [*because, *account_proofs(facts)],
        Certainty.CERTAIN if named or imported or sourced else (Certainty.LIKELY if tied else Certainty.POSSIBLE),
        symptom=Symptom.NOT_DEACTIVATED,
    )


def _source(facts: Facts) -> Iterator[Proof]:
    if facts.person is not None and facts.person.source[0] not in ("", "OKTA"):
        kind, name = facts.person.source
        yield told(f"the user comes from {name or kind} (provider {kind})")


def is_sourced_by_app(facts: Facts) -> bool:
    """Whether the user comes to Okta from this app, so that a missing account is a leaver of whom imports tell."""
    outside = facts.person is not None and facts.person.source[0] not in ("", "OKTA")
    masters = facts.app is not None and facts.app.has("PROFILE_MASTERING") is True
    return outside or masters


def import_held(facts: Facts) -> Event | None:
    """The event by which an import was held that has not gone on since."""
    held: Event | None = None
    for event in facts.log.events:
        if event.kind is Kind.IMPORT_HELD:
            held = event
        elif held is not None and event.kind is Kind.IMPORT_WENT_ON and event.app == held.app and not event.failed:
            held = None
    return held


def still_assigned_via_group(facts: Facts) -> Cause | None:
    """The assignment was to end, and another group keeps it."""
    by_group = facts.app_user is not None and facts.app_user.scope == "GROUP"
    unknown = facts.org.app_groups is None or facts.org.user_groups is None
    if not facts.wants_account or not (facts.assigned_groups or (by_group and unknown)):
        return None
    if facts.account is not None and facts.account.active is False:
        return None
    left = _left(facts)
    asked = facts.symptom == Symptom.NOT_DEACTIVATED.value
    if left is None and not asked:
        return None
    groups = listed(group.shown for group in facts.assigned_groups) or "that has the app (its name is not known)"
    because: list[Proof] = []
    if left is not None:
        names = listed(facts.group(identifier).shown for identifier, _ in left.groups)
        because.append(said(left, f"left {names}" if names else "the assignment was changed"))
    because.append(told(f"the user is still in {groups}, which has {facts.app_label}"))
    if facts.app_user is not None and facts.app_user.scope:
        because.append(told(f"the assignment is there with scope {facts.app_user.scope}"))
    return stated(
        facts,
        Code.STILL_ASSIGNED,
        f"the user still has {facts.app_label} through the group {groups}",
        f"Remove the user from {groups} too, or take the app from that group; then Okta deactivates the account.",
        [*because, *account_proofs(facts)],
        symptom=Symptom.NOT_DEACTIVATED,
    )


def _left(facts: Facts) -> Event | None:
    """The event by which the person was to lose the app, when nothing gave it anew afterwards."""
    ids = {group.id for group in facts.org.app_groups or ()}
    ids |= {identifier for one in facts.app_events if one.kind is Kind.GROUP_UNASSIGNED for identifier, _ in one.groups}
    kept = {group.id for group in facts.assigned_groups}
    found: Event | None = None
    for event in facts.timeline:
        mine = {identifier for identifier, _ in event.groups}
        if event.kind is Kind.UNASSIGNED or (event.kind is Kind.GROUP_LEFT and mine & (ids - kept)):
            found = event
        elif (event.kind is Kind.GROUP_JOINED and mine & kept) or _is_anew(event, found):
            found = None
        elif event.kind is Kind.ASSIGNMENT_CHANGED and found is None:
            found = _leave_before(facts, event)
    return found


def _is_anew(event: Event, left: Event | None) -> bool:
    """Whether an assignment is one of its own, and not the remains of the one that ended just before."""
    return event.kind is Kind.ASSIGNED and left is not None and event.at - left.at > _TOGETHER


def _leave_before(facts: Facts, changed: Event) -> Event | None:
    kept = {group.id for group in facts.assigned_groups}
    return next(
        (
            one
            for one in reversed(facts.timeline)
            if one.kind is Kind.GROUP_LEFT
            and timedelta() <= changed.at - one.at <= _TOGETHER
            and not kept & {identifier for identifier, _ in one.groups}
        ),
        None,
    )
