"""Attributes that an admin adds to the app's profile: where each lands, what is never sent, lists and choices."""

from typing import Any

import pytest

from scimctl.diagnostic import InputError
from scimctl.okta.mapping import AppAttribute, app_values, new_user, overlaid
from scimctl.okta.parameters import Parameters
from scimctl.okta.placement import parse_place
from tests.unit.okta.scripted import stored

CORE = "urn:ietf:params:scim:schemas:core:2.0:User"
CUSTOM = "urn:ietf:params:scim:schemas:extension:custom:2.0:User"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


def sent(external: str, namespace: str | None, value: Any, before: dict[str, Any] | None = None) -> dict[str, Any]:
    """What a create, or a replace of `before`, says of one attribute with this value."""
    place = parse_place(external, namespace) if namespace is not None else None
    attributes = (AppAttribute(name="extra", source="extra", place=place),)
    values = app_values({"extra": value}, attributes, Parameters())
    if before is not None:
        return overlaid(before, values, attributes, "empty_string")
    body = new_user(values, attributes, external_id="00u", password=None)
    return {name: body[name] for name in body if name not in ("schemas", "externalId", "groups", "active")}


@pytest.mark.parametrize(
    ("external", "namespace", "expected"),
    [
        ("sentryOrgRole", CORE, {"sentryOrgRole": "x"}),
        ("roles.^[primary==true].value", CORE, {"roles": [{"primary": True, "value": "x"}]}),
        ("roles.^[type=='base'].value", CORE, {"roles": [{"type": "base", "value": "x"}]}),
        ("entitlements.^[type=='license'].value", CORE, {"entitlements": [{"type": "license", "value": "x"}]}),
        ("employeeNumber", ENTERPRISE, {ENTERPRISE: {"employeeNumber": "x"}}),
        ("manager.value", ENTERPRISE, {ENTERPRISE: {"manager": {"value": "x"}}}),
        ("custom_attr_1", CUSTOM, {CUSTOM: {"custom_attr_1": "x"}}),
        ("sentryOrgRole", None, {}),
    ],
)
def test_where_an_attribute_lands(external: str, namespace: str | None, expected: dict[str, Any]) -> None:
    assert sent(external, namespace, "x") == expected


@pytest.mark.parametrize("external", ["roles[primary eq true].value", "roles.^[primary=true].value", "", "a b"])
def test_what_is_no_external_name(external: str) -> None:
    with pytest.raises(InputError):
        parse_place(external, CORE)


def test_a_list_of_choices_is_an_array_and_a_choice_a_text() -> None:
    assert sent("licences", CUSTOM, ["full", "guest"]) == {CUSTOM: {"licences": ["full", "guest"]}}
    assert sent("licence", CUSTOM, "full") == {CUSTOM: {"licence": "full"}}
    assert sent("isAdmin", CUSTOM, False) == {CUSTOM: {"isAdmin": False}}
    assert sent("seats", CUSTOM, 0) == {CUSTOM: {"seats": 0}}


def test_an_empty_list_is_left_out_of_a_create_and_empties_in_a_replace() -> None:
    assert sent("licences", CUSTOM, []) == {}
    before = stored(**{CUSTOM: {"licences": ["full"], "other": 1}})
    assert sent("licences", CUSTOM, [], before)[CUSTOM] == {"licences": [], "other": 1}


def test_a_replace_adds_the_urn_and_keeps_the_rest_of_a_list() -> None:
    body = sent("custom_attr_1", CUSTOM, "x", stored())
    assert body["schemas"] == [CORE, CUSTOM]
    others = [{"type": "guest", "value": "g"}, {"type": "base", "value": "old"}]
    body = sent("roles.^[type=='base'].value", CORE, "new", stored(roles=others))
    assert body["roles"] == [{"type": "guest", "value": "g"}, {"type": "base", "value": "new"}]
    assert sent("roles.^[type=='base'].value", CORE, "", stored(roles=others))["roles"] == [others[0]]


def test_an_attribute_without_a_namespace_is_not_sent_by_a_replace_either() -> None:
    assert sent("sentryOrgRole", None, "x", stored()) == stored()
