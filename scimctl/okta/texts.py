"""The texts an Okta admin sees, from Okta's documents and captures.

A text is Okta's sentence, the operation, the reason phrase and what the server said. The sentences for a refused
deactivation and reactivation are inferred from the others: no capture shows them.
"""

import re
from dataclasses import dataclass

from scimctl.exchange import Answer, FaultKind, Response, document

_EXPECTED = "(JSON String, Number, Array, Object or token 'null', 'true' or 'false')"
_FAULT_WORDS = {
    FaultKind.READ_TIMEOUT: "Read timed out",
    FaultKind.CONNECT_TIMEOUT: "Connect timed out",
    FaultKind.REFUSED: "Connection refused",
}


def provisioning_failed(login: str, app: str, why: str) -> str:
    """The text of a failed assignment job."""
    return f"Automatic provisioning of user {login} to app {app} failed: {why}"


def profile_push_failed(name: str, app: str, why: str) -> str:
    """The text of a failed profile push."""
    return f"Automatic profile push of user {name} to app {app} failed: {why}"


def deprovisioning_failed(name: str, app: str, why: str) -> str:
    """The text of a failed deactivation job."""
    return f"Automatic deprovisioning of user {name} to app {app} failed: {why}"


def discovery_failed(app: str, why: str) -> str:
    """The text of a discovery of roles and entitlements that ended early; inferred, for no capture shows it."""
    return f"Discovery of roles and entitlements of app {app} failed: {why}"


def password_push_failed(name: str, app: str, why: str) -> str:
    """The text of a failed password push; inferred, for no capture shows it."""
    return f"Automatic password push of user {name} to app {app} failed: {why}"


def verifying(user_name: str, remote: str) -> str:
    """A lookup that failed."""
    return f"Error while verifying if user {user_name} exists: {remote}"


def creating(name: str, remote: str) -> str:
    """A create that failed."""
    return f"Error while creating user {name}: {remote}"


def pushing_profile(user_name: str, remote: str) -> str:
    """A read or replace that failed during a profile push."""
    return f"Error while trying to push profile update for {user_name}: {remote}"


def deactivating(user_name: str, remote: str) -> str:
    """A deactivation that the server refused."""
    return f"Error while trying to deactivate user {user_name}: {remote}"


def reactivating(user_name: str, remote: str) -> str:
    """A reactivation that the server refused."""
    return f"Error while trying to reactivate user {user_name}: {remote}"


def pushing_password(user_name: str, remote: str) -> str:
    """A password that the server refused."""
    return f"Error while trying to push password for {user_name}: {remote}"


def deleting(user_name: str, remote: str) -> str:
    """A removal that the server refused; inferred, for no capture shows one."""
    return f"Error while trying to delete user {user_name}: {remote}"


def no_user_returned(scim_id: str) -> str:
    """The account behind a stored id did not come back."""
    return f"No user returned for user {scim_id}"


def group_push_failed(name: str, why: str) -> str:
    """The text of a failed group push."""
    return f"Unable to update Group Push mapping target App group {name}: {why}"


def finding_group(name: str, remote: str) -> str:
    """A lookup of a group that failed; the sentence is inferred from the others."""
    return f"Error while verifying if user group {name} exists: {remote}"


def creating_group(name: str, remote: str) -> str:
    """A create of a group that failed."""
    return f"Error while creating user group {name}: {remote}"


def updating_group(name: str, remote: str) -> str:
    """A read or renaming of a group that failed; the sentence is inferred from the one for a create."""
    return f"Error while updating user group {name}: {remote}"


def updating_members(name: str, remote: str) -> str:
    """A change of a group's members that failed; no colon stands before the reason."""
    return f"Error while updating user group membership for group {name} {remote}"


def deleting_group(name: str, remote: str) -> str:
    """A removal of a group that failed; the sentence is inferred from the one for a create."""
    return f"Error while deleting user group {name}: {remote}"


def linked_group_missing(app: str) -> str:
    """The group of a push is gone from the app."""
    return f"Linked group is missing in {app}. Change the linked group to resume pushing group memberships."


UNREADABLE_GROUP = "the answer is not the group."
MATCHING_USER_NOT_FOUND = "Matching user not found."
USER_ACCOUNT_INACTIVE = "User account is inactive."
EMPTY_CREATE = "Create new user returned empty user."


def server_words(answer: Answer) -> str:
    """The `detail` of a SCIM error, or an empty string."""
    body = document(answer)
    detail = body.get("detail") if isinstance(body, dict) else None
    return detail if isinstance(detail, str) else ""


def remote_error(answer: Answer) -> str:
    """`<Reason>. Errors reported by remote server: <detail>`, as far as the answer gives them.

    An error body that is not JSON shows as the words of Okta's parser in place of the server's.
    """
    if not isinstance(answer, Response):
        return _FAULT_WORDS.get(answer.kind, answer.detail)
    if answer.body.strip() and document(answer) is None:
        return parser_words(answer.body)
    detail = server_words(answer)
    reason = answer.reason or f"HTTP {answer.status}"
    return f"{reason}. Errors reported by remote server: {detail}" if detail else reason


def parser_words(body: bytes) -> str:
    """What Okta's JSON parser says of a body that starts like no JSON value; columns count from 1."""
    text = body.decode("utf-8", "replace")
    start = text.lstrip()
    column = len(text) - len(start) + 1
    word = re.match(r"[A-Za-z_$][\w$]*", start)
    if word:
        return f"Unrecognized token '{word[0]}': was expecting {_EXPECTED} at line: 1, column: {column + len(word[0])}"
    first = start[:1]
    return f"Unexpected character ('{first}' (code {ord(first)})): expected a valid value {_EXPECTED}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportCounts:
    """What an import did, in numbers; `nameless` are users whom Okta cannot import without a last name."""

    scanned: int
    new: int
    updated: int
    unchanged: int
    removed: int
    nameless: int


def imported(noun: str, counts: ImportCounts) -> str:
    """What the admin sees after an import of `users` or `groups`; Okta's own plurals."""
    new = f"{counts.new} new {'user' if noun == 'users' else 'groups'} imported"
    rest = f"{counts.updated} existing {noun} updated {counts.unchanged} existing {noun} unchanged"
    told = f"{counts.scanned} {noun} scanned! {new} {rest} {counts.removed} {noun} removed"
    return f"{told}; {counts.nameless} have no last name" if counts.nameless else told


def import_failed(app: str, why: str) -> str:
    """The text of an import that ended early; inferred, for no capture shows it."""
    return f"Import from app {app} failed: {why}"


def import_roadblock(app: str, gone: int, before: int) -> str:
    """The text of an import that the safeguard stopped; inferred, for no capture shows it."""
    return f"Import from app {app} stopped by the import safeguard: {gone} of {before} would be removed"
