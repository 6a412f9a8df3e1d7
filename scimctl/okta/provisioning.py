"""What Okta sends for one user: create or link, push the profile, deactivate, reactivate. Generators without I/O.

Each flow yields calls, is sent the answers, and returns how the job ended. It changes the app's record of the user as
Okta would: the SCIM id is stored once an account is linked, and a failed job leaves none behind, so that a later
deactivation is not sent.
"""

import random
import string
from collections.abc import Generator
from dataclasses import dataclass

from scimctl.exchange import Answer
from scimctl.jsonvalue import Json
from scimctl.okta import dialect, mapping, texts
from scimctl.okta.answers import read_created, read_deleted, read_lookup, read_user, read_written, scim_id
from scimctl.okta.app import App, AppUser
from scimctl.okta.directory import OktaUser, UserStatus
from scimctl.okta.outcome import (
    SUCCESS,
    ActionOutcome,
    ActionResult,
    Call,
    Flow,
    Purpose,
    Refusal,
    skipped,
)
from scimctl.okta.placement import spelt
from scimctl.scim.attributes import get
from scimctl.scim.urns import PATCH_OP

Part = Generator[Call, Answer, "Stop | None"]


@dataclass(frozen=True, slots=True)
class Stop:
    """Why a part of a job ended it: Okta's words for the operation, and the refusal."""

    why: str
    refusal: Refusal | None


@dataclass(frozen=True, slots=True)
class Job:
    """One user's provisioning job in one app; `rng` makes the placeholder password."""

    app: App
    user: OktaUser
    rng: random.Random

    @property
    def record(self) -> AppUser:
        """The app's record of the user, made when first asked for."""
        return self.app.users.setdefault(self.user.id, AppUser(self.user.id))

    @property
    def user_name(self) -> str:
        """The application user name."""
        return mapping.app_user_name(self.user.profile, self.app.parameters)

    @property
    def name(self) -> str:
        """The display name, as texts use it."""
        return mapping.full_name(self.user.profile)

    def values(self) -> dict[str, Json]:
        """The app user's profile as it is now."""
        return mapping.app_values(self.user.profile, self.app.attributes, self.app.parameters)

    def failed(self, text: str, stop: Stop) -> ActionResult:
        """Ends the job in failure, and keeps the text on the app user."""
        self.record.error = text
        return ActionResult(ActionOutcome.FAILURE, text, stop.refusal)


def provision(job: Job) -> Flow:
    """The assignment job: look the user up, then create, or activate and link, then push the profile."""
    if job.user.status is not UserStatus.ACTIVE:
        return skipped(f"The Okta user is {job.user.status.value}, so Okta sends nothing.")
    job.record.error = ""
    stop = yield from _create_or_link(job)
    if stop is None:
        return SUCCESS
    # A failed job stores no id, whatever an earlier one had stored.
    job.record.scim_id = None
    return job.failed(texts.provisioning_failed(job.user.login, job.app.label, stop.why), stop)


def _create_or_link(job: Job) -> Part:
    parameters = job.app.parameters
    query = dialect.filter_query("userName", job.user_name, space=parameters.space_encoding)
    answer = yield Call(dialect.get(f"/Users?{query}"), Purpose.LOOKUP)
    found = read_lookup(answer)
    if isinstance(found, Refusal):
        return Stop(_lookup_words(job, found, answer), found)
    if len(found.resources) > 1:
        refusal = Refusal(Purpose.LOOKUP, "one user at most", f"{len(found.resources)} users", "/Resources")
        return Stop(texts.verifying(job.user_name, f"the lookup matched {len(found.resources)} users"), refusal)
    if found.resources:
        return (yield from _link(job, found.resources[0]))
    if not job.app.features.create:
        return Stop(texts.MATCHING_USER_NOT_FOUND, None)
    return (yield from _create(job))


def _lookup_words(job: Job, refusal: Refusal, answer: Answer) -> str:
    # Paging numbers that are strings end the job with no reason at all, so the admin sees no words of ours.
    remote = "" if refusal.at else texts.remote_error(answer)
    return texts.verifying(job.user_name, remote).rstrip(" :")


def _create(job: Job) -> Part:
    # Eight letters and digits, no symbol, whether or not password sync is on.
    password = _random_word(job.rng, 8) if job.app.parameters.send_password else None
    body = mapping.new_user(job.values(), job.app.attributes, external_id=job.user.id, password=password)
    answer = yield Call(dialect.post("/Users", body), Purpose.CREATE)
    created = read_created(answer)
    if isinstance(created, Refusal):
        remote = texts.EMPTY_CREATE if answer.status in (200, 201) else texts.remote_error(answer)
        return Stop(texts.creating(job.name, remote), created)
    job.record.link(created)
    return None


def _random_word(rng: random.Random, length: int) -> str:
    return "".join(rng.choices(string.ascii_letters + string.digits, k=length))


def _link(job: Job, account: dict[str, Json]) -> Part:
    if not _is_the_account(job, account):
        return _foreign_account(job, account)
    identifier = scim_id(account)
    if identifier is None:
        refusal = Refusal(Purpose.LOOKUP, "a non-empty string", "absent", "/Resources/0/id")
        return Stop(texts.verifying(job.user_name, "the user has no id"), refusal)
    job.record.link(identifier)
    was_inactive = get(account, "active") is False
    if was_inactive:
        if not job.app.features.deactivate:
            return Stop(texts.USER_ACCOUNT_INACTIVE, None)
        stop = yield from _set_active(job, identifier, True)
        if stop is not None:
            return stop
    # Soon after a reactivation Okta may push the inactive user that it still has in mind.
    stale = was_inactive and job.app.parameters.stale_active_race
    return (yield from _push(job, identifier, stale=stale)) if job.app.features.update else None


def _is_the_account(job: Job, account: dict[str, Json]) -> bool:
    names = [get(account, "userName")]
    emails = get(account, "emails")
    if isinstance(emails, list):
        names += [get(email, "value") for email in emails if isinstance(email, dict)]
    return job.user_name.casefold() in [name.casefold() for name in names if isinstance(name, str)]


def _foreign_account(job: Job, account: dict[str, Json]) -> Stop:
    # Okta would link the two and overwrite the other person. A tester must not.
    actual = get(account, "userName")
    refusal = Refusal(
        Purpose.LOOKUP, f"the user {job.user_name}, or none", f"another user, {actual}", "/Resources/0/userName"
    )
    words = f"the lookup answered with {actual}; Okta would link that account, scimctl leaves it alone"
    return Stop(texts.verifying(job.user_name, words), refusal)


def push_profile(job: Job) -> Flow:
    """The profile push after a change in Okta."""
    if not job.app.features.update:
        return skipped("Update User Attributes is off, so Okta sends nothing.")
    identifier = job.record.scim_id
    if identifier is None:
        return skipped("The user is not linked to an account, so Okta sends nothing.")
    stop = yield from _push(job, identifier)
    if stop is None:
        job.record.error = ""
        return SUCCESS
    return job.failed(texts.profile_push_failed(job.name, job.app.label, stop.why), stop)


def _push(job: Job, identifier: str, *, stale: bool = False) -> Part:
    if job.app.parameters.profile_update == "patch" and job.app.kind.patches:
        return (yield from _push_by_patch(job, identifier, stale=stale))
    current = yield from _read(job, identifier)
    if isinstance(current, Stop):
        return current
    body = _pushed(job, current, stale=stale)
    answer = yield Call(dialect.put(_path(identifier), body), Purpose.UPDATE)
    return _refused(
        read_written(answer, Purpose.UPDATE), texts.pushing_profile(job.user_name, _words(answer, identifier))
    )


def _pushed(job: Job, current: dict[str, Json], *, stale: bool) -> dict[str, Json]:
    """The user as a profile push has it: what was read, the profile, roles and entitlements; `stale` as inactive."""
    body = mapping.overlaid(current, job.values(), job.app.attributes, job.app.parameters.empty_as)
    for attribute, values in job.record.granted.items():
        body[spelt(body, attribute)] = [*values]
    if stale:
        body[spelt(body, "active")] = False
    return body


def _push_by_patch(job: Job, identifier: str, *, stale: bool) -> Part:
    value = _pushed(job, {}, stale=stale)
    answer = yield Call(dialect.patch(_path(identifier), _replace(value)), Purpose.UPDATE)
    return _refused(
        read_written(answer, Purpose.UPDATE), texts.pushing_profile(job.user_name, _words(answer, identifier))
    )


def _read(job: Job, identifier: str) -> Generator[Call, Answer, dict[str, Json] | Stop]:
    answer = yield Call(dialect.get(_path(identifier)), Purpose.READ)
    current = read_user(answer)
    if isinstance(current, Refusal):
        return Stop(texts.pushing_profile(job.user_name, _words(answer, identifier)), current)
    return current


def deactivate(job: Job) -> Flow:
    """The job that takes access away: `active` false, and with granular deprovisioning a DELETE after it."""
    if not job.app.features.deactivate:
        return skipped("Deactivate Users is off, so Okta sends nothing.")
    identifier = job.record.scim_id
    if identifier is None:
        return skipped("Okta stored no id for this user, so it sends no deactivation.")
    stop = yield from _set_active(job, identifier, False)
    if stop is None and job.app.parameters.granular_deprovisioning:
        stop = yield from _delete(job, identifier)
    if stop is None:
        return SUCCESS
    return job.failed(texts.deprovisioning_failed(job.name, job.app.label, stop.why), stop)


def _delete(job: Job, identifier: str) -> Part:
    answer = yield Call(dialect.delete(_path(identifier)), Purpose.DELETE)
    refusal = read_deleted(answer, Purpose.DELETE)
    if refusal is None:
        job.record.scim_id = None
    return _refused(refusal, texts.deleting(job.user_name, _words(answer, identifier)))


def _set_active(job: Job, identifier: str, active: bool) -> Part:
    words = texts.reactivating if active else texts.deactivating
    if job.app.kind.patches:
        purpose = Purpose.ACTIVATE if active else Purpose.DEACTIVATE
        if job.app.parameters.get_before_patch:
            read = yield from _read(job, identifier)
            if isinstance(read, Stop):
                return read
        answer = yield Call(dialect.patch(_path(identifier), _replace({"active": active})), purpose)
        return _refused(read_written(answer, purpose), words(job.user_name, _words(answer, identifier)))
    current = yield from _read(job, identifier)
    if isinstance(current, Stop):
        return current
    purpose = Purpose.ACTIVATE_PUT if active else Purpose.DEACTIVATE_PUT
    answer = yield Call(dialect.put(_path(identifier), {**current, spelt(current, "active"): active}), purpose)
    return _refused(read_written(answer, purpose), words(job.user_name, _words(answer, identifier)))


def push_password(job: Job) -> Flow:
    """The password push: the Okta password, or one made at random, as the app's setting has it.

    No capture shows its body; it is that of an activation, with `password` in place of `active`.
    """
    if not job.app.features.password:
        return skipped("Sync Password is off, so Okta sends nothing.")
    identifier = job.record.scim_id
    if identifier is None:
        return skipped("The user is not linked to an account, so Okta sends nothing.")
    of_okta = job.app.parameters.password_sync == "okta"
    stop = yield from _set_password(job, identifier, job.user.password if of_okta else _random_word(job.rng, 16))
    if stop is None:
        job.record.error = ""
        return SUCCESS
    return job.failed(texts.password_push_failed(job.name, job.app.label, stop.why), stop)


def _set_password(job: Job, identifier: str, password: str) -> Part:
    if job.app.kind.patches:
        purpose, request = Purpose.PASSWORD, dialect.patch(_path(identifier), _replace({"password": password}))
    else:
        current = yield from _read(job, identifier)
        if isinstance(current, Stop):
            return current
        body = {**current, spelt(current, "password"): password}
        purpose, request = Purpose.PASSWORD_PUT, dialect.put(_path(identifier), body)
    answer = yield Call(request, purpose, password)
    return _refused(read_written(answer, purpose), texts.pushing_password(job.user_name, _words(answer, identifier)))


def _replace(value: dict[str, Json]) -> dict[str, Json]:
    return {"schemas": [PATCH_OP], "Operations": [{"op": "replace", "value": value}]}


def _path(identifier: str) -> str:
    return dialect.resource_target("/Users", identifier)


def _words(answer: Answer, identifier: str) -> str:
    gone = answer.status == 404 or answer.status == 200
    return texts.no_user_returned(identifier) if gone else texts.remote_error(answer)


def _refused(refusal: Refusal | None, why: str) -> Stop | None:
    return None if refusal is None else Stop(why, refusal)
