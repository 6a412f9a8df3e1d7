"""The System Log's event types that provisioning writes, with their words and older names (Okta's event catalogue)."""

from dataclasses import dataclass

from scimctl.okta.outcome import Purpose


@dataclass(frozen=True, slots=True)
class EventType:
    """One event type: `displayMessage`, `legacyEventType`, and the older name that a failure has, if it has its own."""

    name: str
    message: str
    legacy: str
    legacy_failure: str = ""


def _user(name: str, message: str, legacy: str, failure: str) -> EventType:
    kind = f"application.provision.user.{name}"
    return EventType(kind, message, f"app.user_management.{legacy}", f"app.api.error.{failure}")


VERIFY = _user(
    "verify_exists",
    "Verify user exists in external application",
    "verified_user_with_thirdparty",
    "check_user_exists",
)
PUSH = _user("push", "Push new user to external application", "push_new_user", "create_user")
PUSH_PROFILE = _user(
    "push_profile",
    "Push user's profile to external application",
    "push_profile_success",
    "push_profile_update",
)
REACTIVATE = _user("reactivate", "Push user reactivation in external application", "reactivate_user", "reactivate_user")
DEACTIVATE = _user("deactivate", "Push user deactivation to external application", "deactivate_user", "deactivate_user")
DELETE = _user("delete", "Delete user from external application", "delete_user", "delete_user")
PUSH_PASSWORD = _user("push_password", "Push user's password to application", "push_password", "push_password_update")
SYNC = EventType(
    "application.provision.user.sync",
    "Sync user in external application",
    "app.user_management.provision_user",
    "app.user_management.provision_user_failed",
)
"""The whole job; its failure has the text that the admin sees."""
IMPORT_USERS = _user("import", "Import users from external application", "import_users", "download_users")

OF_USERS: dict[Purpose, EventType] = {
    Purpose.LOOKUP: VERIFY,
    Purpose.CREATE: PUSH,
    Purpose.READ: PUSH_PROFILE,
    Purpose.UPDATE: PUSH_PROFILE,
    Purpose.ACTIVATE: REACTIVATE,
    Purpose.ACTIVATE_PUT: REACTIVATE,
    Purpose.DEACTIVATE: DEACTIVATE,
    Purpose.DEACTIVATE_PUT: DEACTIVATE,
    Purpose.PASSWORD: PUSH_PASSWORD,
    Purpose.PASSWORD_PUT: PUSH_PASSWORD,
    Purpose.DELETE: DELETE,
}
"""What a call about a user is logged as."""


def _group(name: str, message: str, failure: str) -> EventType:
    legacy = f"app.api.error.{failure}"
    return EventType(f"application.provision.{name}", message, legacy, legacy)


_GROUP_UPDATE = _group("group.update", "Update group in external application", "update.group")
_MEMBERSHIP = _group("group_membership.update", "Update user group membership", "update_group_membership")

OF_GROUPS: dict[Purpose, EventType] = {
    Purpose.GROUP_LOOKUP: _group(
        "group.verify_exists", "Verify group exists in external application", "check_group_exists"
    ),
    Purpose.GROUP_CREATE: _group("group.add", "Add group to external application", "create.group"),
    Purpose.GROUP_READ: _GROUP_UPDATE,
    Purpose.GROUP_RENAME: _GROUP_UPDATE,
    Purpose.GROUP_PUT: _GROUP_UPDATE,
    Purpose.GROUP_MEMBERS: _MEMBERSHIP,
    Purpose.GROUP_OVERWRITE: _MEMBERSHIP,
    Purpose.GROUP_DELETE: _group("group.remove", "Remove group from external application", "delete_group"),
}
"""What a call about a group is logged as, and only when it fails."""


def _mapping(name: str, message: str) -> EventType:
    return EventType(f"application.provision.group_push.{name}", message, f"app.user_management.grouppush.{name}")


MAPPING_CREATED = _mapping("mapping.created", "Group push mapping created")
MAPPING_PUSHED = _mapping("pushed", "Group pushed to external application")
MAPPING_MEMBERS = _mapping("push_memberships", "Group memberships pushed to external application")
MAPPING_UPDATED = _mapping("updated", "Group push mapping updated")
MAPPING_REMOVED = _mapping("removed", "Group push mapping removed")
MAPPING_PAUSED = _mapping("deactivate_mapping", "Group push mapping deactivated")
MAPPING_RESUMED = _mapping("activate_mapping", "Group push mapping activated")
APP_GROUP_DELETED = _mapping("delete_appgroup", "Group deleted in external application")
MAPPING_FAILED = _mapping(
    "mapping.update.or.delete.failed.with.error", "Group push mapping change failed and cannot be retried"
)

REFUSED_LOGIN = EventType(
    "application.integration.authentication_failure", "Error authenticating", "app.api.error.auth"
)
RATE_LIMITED = EventType(
    "application.integration.rate_limit_exceeded", "API rate limit exceeded", "app.api.error.rate.limit.exceeded"
)
NO_CONNECTION = EventType("application.integration.general_failure", "Generic error occurred", "app.api.error.generic")
BAD_CREDENTIALS = EventType(
    "application.configuration.update",
    "Application configuration could not be verified",
    "app.api.error.verify_credentials",
)

ASSIGNED = EventType(
    "application.user_membership.add",
    "Add user to application membership",
    "app.generic.provision.assign_user_to_app",
)
UNASSIGNED = EventType(
    "application.user_membership.remove",
    "Remove user's application membership",
    "app.generic.provision.deactivate_user_from_app",
)
GROUP_ASSIGNED = EventType(
    "group.application_assignment.add", "Add assigned application to group", "core.user_group.app_assignment.add"
)
GROUP_UNASSIGNED = EventType(
    "group.application_assignment.remove",
    "Remove assigned application from group",
    "core.user_group.app_assignment.remove",
)
JOINED = EventType("group.user_membership.add", "Add user to group membership", "core.user_group_member.user_add")
LEFT = EventType(
    "group.user_membership.remove", "Remove user from group membership", "core.user_group_member.user_remove"
)
PROFILE_CHANGED = EventType(
    "user.account.update_profile", "Update user profile for Okta", "core.user.config.profile_update.success"
)
PASSWORD_CHANGED = EventType(
    "user.account.update_password", "User update password for Okta", "core.user.config.password_update.success"
)
USER_SUSPENDED = EventType("user.lifecycle.suspend", "Suspend Okta user", "core.user.config.user_status.suspended")
USER_UNSUSPENDED = EventType(
    "user.lifecycle.unsuspend", "Unsuspend Okta user", "core.user.config.user_status.unsuspended"
)
USER_DEACTIVATED = EventType("user.lifecycle.deactivate", "Deactivate Okta user", "core.user.config.user_deactivated")
USER_ACTIVATED = EventType("user.lifecycle.activate", "Activate Okta user", "core.user.config.user_activated")
APP_CHANGED = EventType("application.lifecycle.update", "Update application", "application.lifecycle.update")

IMPORT_STARTED = EventType("system.import.start", "Start an import", "app.user_management.import.start")
IMPORT_ENDED = EventType("system.import.complete", "Complete an import", "app.user_management.import.complete")
IMPORT_HELD = EventType(
    "system.import.roadblock", "An import was stopped by the safeguard", "app.user_management.import.roadblock"
)
