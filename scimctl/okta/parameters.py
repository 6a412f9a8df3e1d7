"""What is unproven about Okta is a parameter: names, defaults and allowed values."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches

from scimctl.diagnostic import InputError, usage_error
from scimctl.okta.placement import parse_place

_BOOLEANS = {"true": True, "false": False}

_CHOICES: dict[str, tuple[str, ...]] = {
    "profile_update": ("put", "patch"),
    "space_encoding": ("%20", "+"),
    "empty_as": ("empty_string", "null", "omit"),
    "send_password": ("true", "false"),
    "get_before_patch": ("true", "false"),
    "lookup_value": ("username", "email"),
    "stale_active_race": ("true", "false"),
    "granular_deprovisioning": ("true", "false"),
    "password_sync": ("okta", "random"),
    "page_step": ("100", "returned"),
    "find_group_before_push": ("true", "false"),
    "group_reconcile_after_members": ("true", "false"),
    "group_push_full_shape": ("path_members", "pathless_members", "pathless_with_id"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """The mock's settings; every default follows the evidence in Okta's documents and captures.

    `profile_update`: PUT, or the PATCH that an OIN app may be built with. `space_encoding`: how a blank in a filter is
    written. `empty_as`: how a PUT carries an attribute that was blanked in Okta (no capture shows it). `send_password`:
    whether a create carries the placeholder password. `get_before_patch`: whether a GET precedes a PATCH that
    deactivates. `lookup_value`: what the lookup puts into `userName eq`. `password_sync`: whether Sync Password sends
    the Okta password or one made at random. `stale_active_race`: whether the profile push after a reactivation says
    that the user is inactive. `granular_deprovisioning`: whether a DELETE follows a deactivation. `page_step`: how an
    import comes to the next page, by 100 or by what was returned. `user_type_attribute`: where the custom user type
    lies in the SCIM user, as `[namespace URN:]external name`. `find_group_before_push`: whether a push looks for a
    group of its name first. `group_reconcile_after_members`: whether each change of members is followed by the group's
    name. `group_push_full_shape`: how a full push by PATCH carries the members.
    """

    profile_update: str = "put"
    space_encoding: str = "%20"
    empty_as: str = "empty_string"
    send_password: bool = True
    get_before_patch: bool = False
    lookup_value: str = "username"
    password_sync: str = "okta"
    stale_active_race: bool = False
    granular_deprovisioning: bool = False
    page_step: str = "100"
    user_type_attribute: str = "userType"
    find_group_before_push: bool = False
    group_reconcile_after_members: bool = True
    group_push_full_shape: str = "path_members"


PARAMETER_NAMES = tuple(field.name for field in fields(Parameters))


def default_settings() -> dict[str, str]:
    """The defaults as text, under the names and in the form that `--set NAME=VALUE` takes."""
    values = {name: getattr(Parameters(), name) for name in PARAMETER_NAMES}
    return {name: str(value).lower() if isinstance(value, bool) else value for name, value in values.items()}


def with_settings(parameters: Parameters, settings: Mapping[str, str]) -> Parameters:
    """`parameters` with `settings` (name to text, as `--set NAME=VALUE` gives them) laid over them.

    Raises InputError for an unknown name, a value outside the choices, or a user type attribute that is no path.
    """
    changes: dict[str, str | bool] = {}
    for name, text in settings.items():
        if name not in PARAMETER_NAMES:
            raise _unknown(name)
        choices = _CHOICES.get(name)
        if choices is not None and text not in choices:
            raise usage_error(f"`{name}` is `{text}`", f"use one of: {', '.join(choices)}")
        if choices is None:
            parse_place(text)
        changes[name] = _BOOLEANS[text] if choices == ("true", "false") else text
    return replace(parameters, **changes)  # type: ignore[arg-type]  # mypy cannot pair names with types


def _unknown(name: str) -> InputError:
    near = get_close_matches(name, PARAMETER_NAMES, n=1)
    remedy = f"did you mean `{near[0]}`?" if near else f"known parameters: {', '.join(PARAMETER_NAMES)}"
    return usage_error(f"there is no parameter `{name}`", remedy)
