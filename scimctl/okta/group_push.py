"""What Okta sends for one pushed group: create or link, rename, members, full pushes, removal. Generators without I/O.

An app with PATCH gets each change as a PATCH, and after every change of members the group's name once more. For apps
without, Okta reads the group and puts the whole of it back. A push that fails leaves the mapping in error, and while it
is, Okta sends no changes of members.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

from scimctl.exchange import Answer
from scimctl.jsonvalue import Json
from scimctl.okta import dialect, texts
from scimctl.okta.answers import (
    read_created_group,
    read_deleted,
    read_group,
    read_lookup,
    read_written_group,
    scim_id,
)
from scimctl.okta.app import App
from scimctl.okta.directory import Directory, OktaGroup, OktaUser
from scimctl.okta.group_shapes import (
    changed_members,
    full_push,
    member,
    membership_change,
    new_group,
    overwritten_members,
    renaming,
    whole_group,
)
from scimctl.okta.outcome import SUCCESS, ActionOutcome, ActionResult, Call, Flow, Purpose, Refusal, skipped
from scimctl.okta.push_mapping import GroupPush, PushStatus
from scimctl.scim.attributes import get

Part = Generator[Call, Answer, "Stop | None"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Why a push ended: the text the admin sees, the refusal, and how many calls back from the last one it was."""

    text: str
    refusal: Refusal
    back: int = -1


@dataclass(frozen=True, slots=True)
class _AppGroup:
    """A group of the app that a lookup found, with the name as the app spells it."""

    identifier: str
    name: str


@dataclass(frozen=True, slots=True)
class PushJob:
    """The push of one group to one app."""

    app: App
    group: OktaGroup
    directory: Directory

    @property
    def mapping(self) -> GroupPush:
        """The mapping of the group, made when first asked for."""
        return self.app.pushes.setdefault(self.group.id, GroupPush(group_id=self.group.id))

    @property
    def target_name(self) -> str:
        """The name that the app's group is to have."""
        return self.group.name if self.mapping.renames else self.mapping.app_name

    @property
    def path(self) -> str:
        """The target of the app's group, which has been created or linked."""
        return dialect.resource_target("/Groups", self.identifier)

    @property
    def identifier(self) -> str:
        """The SCIM id of the app's group."""
        identifier = self.mapping.scim_id
        assert identifier is not None
        return identifier

    def accounts(self, users: Sequence[OktaUser]) -> dict[str, dict[str, Json]]:
        """Those of `users` who have the app and an account in it, as members, by Okta's id; the rest is left out."""
        found: dict[str, dict[str, Json]] = {}
        for user in users:
            record = self.app.users.get(user.id)
            if record is not None and record.scim_id is not None and self.app.is_entitled(user, self.directory):
                found[user.id] = member(record.scim_id, user, self.app.parameters)
        return found

    def everybody(self) -> dict[str, dict[str, Json]]:
        """The members of the group who have accounts."""
        return self.accounts(self.directory.members(self.group))

    def link(self, identifier: str, name: str) -> None:
        """Stores the id of the app's group, and the name that it has now."""
        self.mapping.scim_id, self.mapping.app_name, self.mapping.members = identifier, name, {}
        self.app.known_groups[self.group.id] = identifier

    def told(self, members: dict[str, dict[str, Json]]) -> None:
        """Keeps whom the app has been told of."""
        self.mapping.members |= {user_id: str(entry["value"]) for user_id, entry in members.items()}

    def failed(self, why: str, refusal: Refusal, *, back: int = -1) -> Stop:
        """The end of this push, with Okta's sentence around `why`."""
        return Stop(text=texts.group_push_failed(self.group.name, why), refusal=refusal, back=back)

    def ended(self, stop: Stop | None) -> ActionResult:
        """The result of the push; a failure stays on the mapping."""
        if stop is None:
            self.mapping.status = PushStatus.ACTIVE
            return SUCCESS
        self.mapping.status = PushStatus.ERROR
        return ActionResult(ActionOutcome.FAILURE, stop.text, stop.refusal, (stop.back,))


def push(job: PushJob) -> Flow:
    """The first push: creates the group in the app with the members who have accounts, then sends its name."""
    if job.app.parameters.find_group_before_push:
        found = yield from _find(job, job.group.name)
        if isinstance(found, Stop):
            return job.ended(found)
        if found is not None:
            return job.ended((yield from _link(job, found)))
    return job.ended((yield from _create(job)))


def _create(job: PushJob) -> Part:
    members = job.everybody()
    answer = yield Call(dialect.post("/Groups", new_group(job.group.name, members.values())), Purpose.GROUP_CREATE)
    created = read_created_group(answer)
    if isinstance(created, Refusal):
        return job.failed(texts.creating_group(job.group.name, _words(answer)), created)
    job.link(created, job.group.name)
    job.told(members)
    if job.app.kind.patches and job.app.parameters.group_reconcile_after_members:
        return (yield from _patch_name(job))
    return None


def link(job: PushJob, target: str, *, renames: bool) -> Flow:
    """Links the group with the app's group of the name `target`; members who are there already stay."""
    found = yield from _find(job, target)
    if found is None:
        refusal = Refusal(Purpose.GROUP_LOOKUP, f"the group {target}", "no group", "/Resources")
        found = job.failed(texts.finding_group(target, f"no group of this name is in {job.app.label}"), refusal)
    if isinstance(found, Stop):
        result = job.ended(found)
        if job.mapping.scim_id is None:
            # Nothing was linked, so there is nothing that could be pushed again.
            del job.app.pushes[job.group.id]
        return result
    job.mapping.renames = renames
    return job.ended((yield from _link(job, found)))


def _find(job: PushJob, name: str) -> Generator[Call, Answer, _AppGroup | Stop | None]:
    """The app's group of that name, or None."""
    query = dialect.filter_query("displayName", name, space=job.app.parameters.space_encoding)
    answer = yield Call(dialect.get(f"/Groups?{query}"), Purpose.GROUP_LOOKUP)
    found = read_lookup(answer, Purpose.GROUP_LOOKUP)
    if isinstance(found, Refusal):
        return job.failed(texts.finding_group(name, _words(answer)), found)
    if not found.resources:
        return None
    # Okta would link a group of another name and overwrite it. A tester must not.
    actual = get(found.resources[0], "displayName")
    if not isinstance(actual, str) or actual.casefold() != name.casefold():
        refusal = Refusal(
            Purpose.GROUP_LOOKUP,
            f"the group {name}, or none",
            f"another group, {actual}",
            "/Resources/0/displayName",
        )
        words = f"the lookup answered with {actual}; Okta would link that group, scimctl leaves it alone"
        return job.failed(texts.finding_group(name, words), refusal)
    if len(found.resources) > 1:
        refusal = Refusal(Purpose.GROUP_LOOKUP, "one group at most", f"{len(found.resources)} groups", "/Resources")
        words = f"the lookup matched {len(found.resources)} groups"
        return job.failed(texts.finding_group(name, words), refusal)
    identifier = scim_id(found.resources[0])
    if identifier is None:
        refusal = Refusal(Purpose.GROUP_LOOKUP, "a non-empty string", "absent", "/Resources/0/id")
        return job.failed(texts.finding_group(name, "the group has no id"), refusal)
    return _AppGroup(identifier, actual)


def _link(job: PushJob, found: _AppGroup) -> Part:
    job.link(found.identifier, found.name)
    members = job.everybody()
    if members:
        stop = yield from _change_members(job, added=members, removed=())
    elif job.mapping.renames:
        stop = yield from _rename(job)
    else:
        return None
    if stop is None:
        job.told(members)
    return stop


def push_now(job: PushJob) -> Flow:
    """The admin's Push now, which also tries a failed push again: everything about the group overwrites the app's."""
    if job.mapping.scim_id is None:
        return (yield from push(job))
    return job.ended((yield from _overwrite(job)))


def _overwrite(job: PushJob) -> Part:
    members = job.everybody()
    if job.app.kind.patches:
        shape = job.app.parameters.group_push_full_shape
        body = full_push(shape, list(members.values()), job.identifier, job.target_name)
        answer = yield Call(dialect.patch(job.path, body), Purpose.GROUP_OVERWRITE)
        stop = yield from _judged(job, answer, Purpose.GROUP_OVERWRITE)
        if stop is None and shape == "pathless_with_id":
            job.mapping.app_name = job.target_name
        elif stop is None:
            stop = yield from _reconcile(job)
    else:
        current = yield from _read(job)
        if isinstance(current, Stop):
            return current
        stop = yield from _put(job, overwritten_members(current, list(members.values())))
    if stop is None:
        job.mapping.members = {}
        job.told(members)
    return stop


def push_members(job: PushJob, added: Sequence[OktaUser], removed: Sequence[OktaUser]) -> Flow:
    """The push after a change of the group's members in Okta: removals first, then additions, in one request."""
    asleep = _asleep(job)
    if asleep is not None:
        return asleep
    gone = [job.mapping.members[user.id] for user in removed if user.id in job.mapping.members]
    come = job.accounts(added)
    if not gone and not come:
        return skipped("Nobody who joined or left has an account that Okta knows, so Okta sends nothing.")
    stop = yield from _change_members(job, added=come, removed=gone)
    if stop is None:
        left = {user.id for user in removed}
        job.mapping.members = {user: value for user, value in job.mapping.members.items() if user not in left}
        job.told(come)
    return job.ended(stop)


def _change_members(job: PushJob, *, added: dict[str, dict[str, Json]], removed: Sequence[str]) -> Part:
    if job.app.kind.patches:
        body = membership_change(list(added.values()), removed)
        answer = yield Call(dialect.patch(job.path, body), Purpose.GROUP_MEMBERS)
        stop = yield from _judged(job, answer, Purpose.GROUP_MEMBERS)
        return stop if stop is not None else (yield from _reconcile(job))
    current = yield from _read(job)
    if isinstance(current, Stop):
        return current
    return (yield from _put(job, changed_members(current, list(added.values()), removed)))


def rename(job: PushJob) -> Flow:
    """The push after the group was given another name in Okta."""
    asleep = _asleep(job)
    if asleep is not None:
        return asleep
    if not job.mapping.renames:
        return skipped("The group was linked without renaming, so Okta sends nothing.")
    return job.ended((yield from _rename(job)))


def _rename(job: PushJob) -> Part:
    if job.app.kind.patches:
        return (yield from _patch_name(job))
    current = yield from _read(job)
    if isinstance(current, Stop):
        return current
    return (yield from _put(job, changed_members(current, [], [])))


def _reconcile(job: PushJob) -> Part:
    """What follows each change of members: a read, and the group's name, changed or not."""
    if not job.app.parameters.group_reconcile_after_members:
        return (yield from _patch_name(job)) if job.target_name != job.mapping.app_name else None
    current = yield from _read(job)
    return current if isinstance(current, Stop) else (yield from _patch_name(job))


def _patch_name(job: PushJob) -> Part:
    answer = yield Call(dialect.patch(job.path, renaming(job.identifier, job.target_name)), Purpose.GROUP_RENAME)
    stop = yield from _judged(job, answer, Purpose.GROUP_RENAME)
    if stop is None:
        job.mapping.app_name = job.target_name
    return stop


def _put(job: PushJob, members: list[Json]) -> Part:
    body = whole_group(job.identifier, job.target_name, members)
    answer = yield Call(dialect.put(job.path, body), Purpose.GROUP_PUT)
    refusal = read_written_group(answer, Purpose.GROUP_PUT)
    if refusal is None:
        job.mapping.app_name = job.target_name
        return None
    return job.failed(texts.updating_members(job.group.name, _words(answer)), refusal)


def _read(job: PushJob) -> Generator[Call, Answer, dict[str, Json] | Stop]:
    answer = yield Call(dialect.get(job.path), Purpose.GROUP_READ)
    current = read_group(answer)
    if not isinstance(current, Refusal):
        return current
    if answer.status in (404, 410):
        return Stop(text=texts.linked_group_missing(job.app.label), refusal=current)
    return job.failed(texts.updating_group(job.group.name, _words(answer)), current)


def _judged(job: PushJob, answer: Answer, purpose: Purpose) -> Part:
    """What a PATCH came to. A 404 may mean the group or a member of it, so a read of the group tells which."""
    refusal = read_written_group(answer, purpose)
    if refusal is None:
        return None
    words = texts.updating_group if purpose is Purpose.GROUP_RENAME else texts.updating_members
    back = -1
    if answer.status == 404:
        current = yield from _read(job)
        if isinstance(current, Stop):
            return current
        back = -2
    return job.failed(words(job.group.name, _words(answer)), refusal, back=back)


def unlink(job: PushJob, *, delete: bool) -> Flow:
    """Ends the push, and deletes the group in the target app or leaves it there; without a deletion nothing is sent."""
    if not delete or job.mapping.scim_id is None:
        del job.app.pushes[job.group.id]
        return skipped("Okta leaves the group in the target app, so it sends nothing.")
    answer = yield Call(dialect.delete(job.path), Purpose.GROUP_DELETE)
    refusal = read_deleted(answer, Purpose.GROUP_DELETE)
    if refusal is not None:
        return job.ended(job.failed(texts.deleting_group(job.group.name, _words(answer)), refusal))
    del job.app.pushes[job.group.id]
    return SUCCESS


def _asleep(job: PushJob) -> ActionResult | None:
    """Why a change in Okta is not pushed now; None when it is."""
    match job.mapping.status:
        case PushStatus.INACTIVE:
            return skipped("The push of the group is deactivated, so Okta sends nothing.")
        case PushStatus.ERROR:
            return skipped("The push of the group is in error, so Okta sends nothing until it is pushed again.")
        case PushStatus.ACTIVE:
            return None


def _words(answer: Answer) -> str:
    if answer.status is not None and 200 <= answer.status < 300:
        return texts.UNREADABLE_GROUP
    return texts.remote_error(answer)
