"""What an Okta admin does under Push Groups: push, link, rename, pause, unlink, and rules that choose groups.

Each action may concern several groups, as with Okta's Bulk Edit, and then is one push after the other.
"""

from collections.abc import Iterable, Sequence

from scimctl.okta import event_types as event
from scimctl.okta.actions import Org
from scimctl.okta.directory import OktaGroup
from scimctl.okta.group_push import PushJob, link, push, push_now, rename, unlink
from scimctl.okta.outcome import Flow, in_turn
from scimctl.okta.push_mapping import PushRule, PushStatus

_MADE = (event.MAPPING_CREATED, event.MAPPING_PUSHED)
_NOT_PUSHED = "The group is not pushed, so Okta sends nothing."


def push_groups(org: Org, groups: Sequence[OktaGroup]) -> Flow:
    """Push groups by name: makes each group in the app, unless it is pushed already."""
    jobs = [_first_push(org, org.push_job(group)) for group in groups if group.id not in org.app.pushes]
    return (yield from in_turn(jobs, "The group is pushed already, so Okta sends nothing."))


def link_group(org: Org, group: OktaGroup, target: str, *, renames: bool) -> Flow:
    """Links a group with the app's group of the name `target`, which then `renames` or keeps its name."""
    job = link(org.push_job(group), target, renames=renames)
    return (yield from in_turn([org.journal.group_job(group, job, *_MADE)], ""))


def rename_group(org: Org, group: OktaGroup, name: str) -> Flow:
    """Gives a group another name in Okta: a pushed one is renamed in the app, one that a rule now finds is pushed."""
    group.name = name
    if group.id in org.app.pushes:
        job = rename(org.push_job(group))
        return (yield from in_turn([org.journal.group_job(group, job, event.MAPPING_UPDATED)], ""))
    return (yield from in_turn(_by_rules(org, [group]), _NOT_PUSHED))


def push_groups_now(org: Org, groups: Sequence[OktaGroup]) -> Flow:
    """Push now, and Retry for a push in error: all that Okta knows of each group overwrites the app's."""
    pushed = [group for group in groups if _status(org, group) in (PushStatus.ACTIVE, PushStatus.ERROR)]
    return (yield from in_turn([_whole_push(org, group) for group in pushed], _NOT_PUSHED))


def deactivate_push(org: Org, groups: Sequence[OktaGroup]) -> Flow:
    """Deactivate group push: changes wait in Okta until the push is activated again."""
    for group in groups:
        if group.id in org.app.pushes:
            org.app.pushes[group.id].status = PushStatus.INACTIVE
            org.journal.click(event.MAPPING_PAUSED, *org.journal.group_targets(group))
    return (yield from in_turn([], "Okta sends nothing until the push is activated again."))


def activate_push(org: Org, groups: Sequence[OktaGroup]) -> Flow:
    """Activate group push: what the groups are now is pushed at once."""
    paused = [group for group in groups if _status(org, group) is PushStatus.INACTIVE]
    for group in paused:
        org.app.pushes[group.id].status = PushStatus.ACTIVE
        org.journal.click(event.MAPPING_RESUMED, *org.journal.group_targets(group))
    return (yield from in_turn([_whole_push(org, group) for group in paused], "The push is active already."))


def unlink_groups(org: Org, groups: Sequence[OktaGroup], *, delete: bool) -> Flow:
    """Unlink pushed group: deletes the groups in the target app, or leaves them there."""
    pushed = [group for group in groups if group.id in org.app.pushes]
    for group in pushed:
        org.journal.click(event.MAPPING_REMOVED, *org.journal.group_targets(group))
    jobs = [
        org.journal.group_job(group, unlink(org.push_job(group), delete=delete), event.APP_GROUP_DELETED)
        for group in pushed
    ]
    return (yield from in_turn(jobs, _NOT_PUSHED))


def add_push_rule(org: Org, rule: PushRule) -> Flow:
    """Push groups by rule: every group that the rule finds is pushed, now and when its name comes to fit."""
    org.app.push_rules[rule.name] = rule
    return (yield from in_turn(_by_rules(org, org.directory.groups.values()), "The rule finds no group to push."))


def deactivate_push_rule(org: Org, name: str) -> Flow:
    """Deactivates a rule: it finds no further groups, and those it found stay pushed."""
    if name in org.app.push_rules:
        org.app.push_rules[name].active = False
    return (yield from in_turn([], "The groups that the rule found stay pushed, so Okta sends nothing."))


def delete_push_rule(org: Org, name: str, *, delete: bool) -> Flow:
    """Deletes a rule with all its pushes, and deletes their groups in the target app or leaves them there."""
    org.app.push_rules.pop(name, None)
    groups = [org.directory.groups[push.group_id] for push in org.app.pushes.values() if push.rule == name]
    return (yield from unlink_groups(org, groups, delete=delete))


def _status(org: Org, group: OktaGroup) -> PushStatus | None:
    mapping = org.app.pushes.get(group.id)
    return mapping.status if mapping is not None else None


def _by_rules(org: Org, groups: Iterable[OktaGroup]) -> list[Flow]:
    """The pushes that rules start: of each group that is not pushed yet, by the first rule that finds it."""
    jobs: list[Flow] = []
    for group in groups:
        rule = next((rule for rule in org.app.push_rules.values() if rule.matches(group)), None)
        if rule is not None and group.id not in org.app.pushes:
            job = org.push_job(group)
            job.mapping.rule = rule.name
            jobs.append(_first_push(org, job))
    return jobs


def _first_push(org: Org, job: PushJob) -> Flow:
    return org.journal.group_job(job.group, push(job), *_MADE)


def _whole_push(org: Org, group: OktaGroup) -> Flow:
    return org.journal.group_job(group, push_now(org.push_job(group)), event.MAPPING_PUSHED)
