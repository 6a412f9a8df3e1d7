"""Checks that look at exchanges whatever scenario made them."""

from scimctl.checks.okta import answers as okta_answers
from scimctl.checks.registry import Check, registered
from scimctl.checks.rfc7643 import (
    s2_attributes,
    s3_meta,
    s3_resources,
    s4_users,
    s5_configuration,
    s6_resource_types,
    s7_announcement,
    s7_definitions,
)
from scimctl.checks.rfc7644 import (
    s2_authentication,
    s3_3_creating,
    s3_4_2_lists,
    s3_5_modifying,
    s3_6_deleting,
    s3_8_media_types,
    s3_11_me,
    s3_12_errors,
    s3_14_versioning,
    s4_discovery,
)

_MODULES = (
    s3_8_media_types,
    s3_12_errors,
    s3_11_me,
    s2_authentication,
    s3_4_2_lists,
    s3_3_creating,
    s3_5_modifying,
    s3_6_deleting,
    s3_14_versioning,
    s4_discovery,
    s2_attributes,
    s3_resources,
    s3_meta,
    s4_users,
    s5_configuration,
    s6_resource_types,
    s7_definitions,
    s7_announcement,
    okta_answers,
)


def all_checks() -> tuple[Check, ...]:
    """Every passive check, in the order of the sections."""
    order = {module.__name__: index for index, module in enumerate(_MODULES)}
    return tuple(sorted(registered(), key=lambda check: order[check.judge.__module__]))
