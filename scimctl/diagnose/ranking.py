"""Which causes stand, in which order: the surest first, and before it what explains it."""

from collections.abc import Callable
from dataclasses import replace

from scimctl.diagnose.cause import About, Cause, Certainty, Symptom
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.rules import (
    accounts,
    assignment,
    attempts,
    attributes,
    connection,
    groups,
    leaving,
    refused,
    settings,
)

Rule = Callable[[Facts], Cause | None]

RULES: tuple[Rule, ...] = (
    assignment.okta_user_missing,
    settings.app_inactive,
    settings.provisioning_disabled,
    assignment.okta_user_not_active,
    assignment.not_assigned,
    assignment.suspended_sends_nothing,
    settings.deactivate_users_disabled,
    leaving.deactivation_skipped_no_external_id,
    leaving.deactivation_ignored_by_server,
    attempts.assigned_before_provisioning,
    connection.tls_failure,
    connection.connection_failed,
    connection.base_url_wrong,
    connection.server_timeout,
    connection.credentials_rejected,
    connection.rate_limited,
    accounts.malformed_lookup_response,
    accounts.account_deleted_downstream,
    accounts.username_mismatch,
    accounts.duplicate_user_hidden,
    settings.create_users_disabled,
    accounts.empty_create_response,
    leaving.patch_unsupported,
    refused.media_type_rejected,
    accounts.non_scim_error_body,
    refused.password_policy_rejected,
    refused.domain_not_approved,
    refused.seat_limit_reached,
    refused.unknown_user_type,
    refused.missing_required_attribute,
    refused.invalid_attribute_value,
    refused.token_lacks_permission,
    refused.server_error,
    leaving.stale_active_race,
    assignment.still_assigned_via_group,
    assignment.import_safeguard,
    settings.update_users_disabled,
    attributes.attribute_not_in_payload,
    attributes.attribute_retained_downstream,
    groups.group_deleted_downstream,
    groups.group_push_member_unknown,
    groups.group_push_error,
    attempts.job_pending,
)
"""Every rule, one for each cause. Of two causes that are equally sure the earlier one explains the later."""


def causes_of(facts: Facts) -> tuple[Cause, ...]:
    """The causes that the rules find, best first; of several about one failure only the first is kept."""
    found = [(place, cause) for place, rule in enumerate(RULES) if (cause := rule(facts)) is not None]
    if facts.failure is not None and all(cause.certainty is Certainty.POSSIBLE for _, cause in found):
        about = any(cause.about is About.FAILURE for _, cause in found)
        found += [] if about else [(len(RULES), refused.unexplained(facts))]
    found.sort(key=lambda pair: (not _is_asked(facts, pair[1]), pair[1].certainty.rank, pair[0]))
    kept: list[Cause] = []
    for _, cause in found:
        if cause.about is About.FAILURE and any(one.about is About.FAILURE for one in kept):
            continue
        if all(one.code is not cause.code for one in kept):
            kept.append(cause)
    return tuple(kept)


def overtaken_codes(facts: Facts) -> tuple[tuple[int, Cause], ...]:
    """What the failures would have meant that later successes have overtaken, by their place."""
    found: list[tuple[int, Cause]] = []
    for place, failure in enumerate(facts.overtaken):
        before = replace(facts, failure=failure, survey=None, account=None, attributes=())
        cause = next((one for rule in RULES if (one := rule(before)) is not None and one.about is About.FAILURE), None)
        if cause is not None:
            found.append((place, cause))
    return tuple(found)


def _is_asked(facts: Facts, cause: Cause) -> bool:
    """Whether a cause fits the symptom that was asked about; a push of groups is apart from all others."""
    if facts.symptom is None:
        return True
    about_groups = facts.symptom == Symptom.GROUP_NOT_PUSHED.value
    return (cause.about is About.GROUP) is about_groups
