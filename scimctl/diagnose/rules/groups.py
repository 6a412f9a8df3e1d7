"""Group pushes: a group that is gone, a member that is unknown, or another refusal."""

from scimctl.diagnose.cause import About, Cause, Certainty, Code, Proof, Symptom
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Event, Kind
from scimctl.diagnose.org import PushMapping
from scimctl.diagnose.probes import Look, Seen
from scimctl.diagnose.proofs import answered, clock, listed, said, told
from scimctl.diagnose.refusal import Refusal, Sort, Topic, read_refusal

_ABSENT = (400, 404, 409, 410, 422)


def group_deleted_downstream(facts: Facts) -> Cause | None:
    """The pushed group is gone from the app."""
    return _cause(facts, Code.GROUP_DELETED)


def group_push_member_unknown(facts: Facts) -> Cause | None:
    """One member of the group is unknown to the app, and the whole push stops."""
    return _cause(facts, Code.MEMBER_UNKNOWN)


def group_push_error(facts: Facts) -> Cause | None:
    """The app refuses the change of the group for another reason."""
    return _cause(facts, Code.GROUP_PUSH_ERROR)


def _cause(facts: Facts, wanted: Code) -> Cause | None:
    for source, error, event, mapping in _broken(facts):
        refusal = read_refusal(error)
        if _code(facts, source, refusal) is wanted:
            return _told(facts, wanted, source, refusal, event, mapping)
    return None


def _broken(facts: Facts) -> list[tuple[str, str, Event | None, PushMapping | None]]:
    """The pushes that stand in error: group id, text, newest event, mapping."""
    found: list[tuple[str, str, Event | None, PushMapping | None]] = []
    if facts.subject is not None and not facts.wants_account and facts.symptom != Symptom.GROUP_NOT_PUSHED.value:
        # Whoever has no account is in no group of the app.
        return found
    for mapping in facts.mappings:
        if mapping.status == "ERROR" or (mapping.error and mapping.status != "ACTIVE"):
            event = _failed_event(facts, mapping.source)
            reason = mapping.error or (event.reason if event is not None else None) or ""
            found.append((mapping.source, reason, event, mapping))
    known = {mapping.source for mapping in facts.org.mappings or ()}
    wanted = facts.group_ids if facts.group_name is None else _named_ids(facts)
    for source in sorted(wanted - known):
        event = _failed_event(facts, source)
        if event is not None:
            found.append((source, event.reason or "", event, None))
    return found


def _named_ids(facts: Facts) -> frozenset[str]:
    name = (facts.group_name or "").lower()
    return frozenset(group.id for group in facts.known_groups if group.name.lower() == name or group.id.lower() == name)


def _failed_event(facts: Facts, source: str) -> Event | None:
    """The newest failure of a push of that group since which none succeeded."""
    kinds = (Kind.GROUP_PUSH_FAILED, Kind.GROUP_CALL, Kind.GROUP_PUSHED)
    events = [
        one
        for one in facts.app_events
        if one.kind in kinds and any(identifier == source for identifier, _ in one.groups)
    ]
    failing: Event | None = None
    for event in events:
        if event.failed or event.kind is Kind.GROUP_PUSH_FAILED:
            failing = event if failing is None or event.reason else failing
        elif event.succeeded:
            failing = None
    return failing


def _code(facts: Facts, source: str, refusal: Refusal) -> Code:
    name = facts.group(source).name
    there = facts.survey.has_group(name) if facts.survey is not None and name else None
    if refusal.sort is Sort.GROUP_GONE:
        return Code.GROUP_DELETED
    lost = refusal.status in (404, 410)
    if lost and there is False:
        return Code.GROUP_DELETED
    unknown = Topic.UNKNOWN_MEMBER in refusal.topics and not _speaks_of_group(refusal)
    gone = bool(_gone_members(facts))
    if any(one.probe.subject in refusal.text for one in _gone_members(facts) if one.probe.subject):
        return Code.MEMBER_UNKNOWN
    if refusal.status in _ABSENT or refusal.sort is Sort.OTHER:
        if unknown and (lost or gone or there is True):
            return Code.MEMBER_UNKNOWN
        if gone and (lost or Topic.UNKNOWN_MEMBER in refusal.topics or "member" in refusal.words.lower()):
            return Code.MEMBER_UNKNOWN
        if lost and _speaks_of_group(refusal):
            return Code.GROUP_DELETED
        if unknown:
            return Code.MEMBER_UNKNOWN
    return Code.GROUP_PUSH_ERROR


def _speaks_of_group(refusal: Refusal) -> bool:
    words = refusal.words.lower()
    return "group" in words and not any(one in words for one in ("user", "member"))


def _gone_members(facts: Facts) -> tuple[Seen, ...]:
    return facts.survey.gone(Look.MEMBER) if facts.survey is not None else ()


def _told(
    facts: Facts, code: Code, source: str, refusal: Refusal, event: Event | None, mapping: PushMapping | None
) -> Cause:
    group = facts.group(source)
    because: list[Proof] = []
    if mapping is not None:
        because.append(
            told(f"the push of {group.shown} is {mapping.status} since {clock(mapping.changed)}: {mapping.error}")
        )
    if event is not None:
        because.append(said(event))
    gone = _gone_members(facts)
    names = {one.linked_id: one.user_name for one in facts.org.app_users or ()}
    missing = [names.get(one.probe.subject) or one.probe.subject for one in gone]
    if code is Code.MEMBER_UNKNOWN:
        because += [
            answered(one.exchange, f"the linked id of {names.get(one.probe.subject)} is gone") for one in gone[:3]
        ]
    for look in (Look.GROUP, Look.GROUP_LIST):
        exchange = facts.survey.first(look) if facts.survey is not None else None
        if exchange is not None and code is not Code.MEMBER_UNKNOWN:
            there = facts.survey.has_group(group.name) if facts.survey is not None else None
            because.append(answered(exchange, {True: "the group is there", False: "no such group", None: ""}[there]))
            break
    title, remedy = _words(facts, code, group.shown, refusal, missing)
    return Cause(
        code=code,
        certainty=Certainty.CERTAIN,
        title=title,
        because=tuple(because),
        remedy=remedy,
        about=About.GROUP,
        symptom=Symptom.GROUP_NOT_PUSHED,
    )


def _words(facts: Facts, code: Code, group: str, refusal: Refusal, missing: list[str]) -> tuple[str, str]:
    app = facts.app_label
    retry = f"Then on the Push Groups tab choose Push now for {group} (or Retry All Groups under Errors)."
    if code is Code.GROUP_DELETED:
        return (
            f"the group {group} that Okta pushes was deleted in {app}: the linked group is missing there",
            f"On the Push Groups tab unlink the pushed group {group} (leave the group in the app), run an import of "
            "groups, and push it anew by creating the group or linking an existing one.",
        )
    if code is Code.MEMBER_UNKNOWN:
        who = f": {listed(missing)}" if missing else ""
        return (
            f"the push of {group} fails because {app} does not know one of its members (User not found){who}",
            f"Unassign the member whose account is gone{who} and assign again, so that Okta links a living account; "
            f"one unknown member stops the push for all. {retry}",
        )
    status = f" ({refusal.status_line})" if refusal.status is not None else ""
    return (
        f"{app} refuses the push of the group {group}{status}: “{refusal.words or refusal.text}”",
        "Ask the vendor to accept the change that Okta sends (PATCH replace of members or of the name, or PUT), or "
        f"mend what the text names. {retry}",
    )
