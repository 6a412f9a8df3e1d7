"""The mock's org as Okta's Management API answers: the app, its users and groups, a person, pushes, the app's profile.

With the System Log these are what an admin has at hand when a user did not arrive. Fields that nothing in the mock
stands for are left out.
"""

from collections.abc import Iterator

from scimctl.jsonvalue import Json
from scimctl.okta.actions import Org
from scimctl.okta.app import AppUser
from scimctl.okta.directory import OktaGroup, OktaUser
from scimctl.okta.journal import mapping_id
from scimctl.okta.mapping import AppAttribute, app_user_name, app_values
from scimctl.okta.placement import Place
from scimctl.okta.push_mapping import PushStatus
from scimctl.okta.system_log import derived_id, timestamp
from scimctl.scim.urns import USER

_SWITCHES = {
    "create": ("PUSH_NEW_USERS",),
    "update": ("PUSH_PROFILE_UPDATES",),
    "deactivate": ("PUSH_USER_DEACTIVATION", "REACTIVATE_USERS"),
    "password": ("PUSH_PASSWORD_UPDATES",),
}


def documents(org: Org, user: OktaUser | None, base_url: str) -> dict[str, Json]:
    """Every document by the name that a folder of evidence gives its file; those of `user` only when there is one."""
    told: dict[str, Json] = {
        "logs": [*org.log.events],
        "app": _app(org, base_url),
        "app-users": [_app_user(org, person) for person in _assigned(org)],
        "app-groups": [_app_group(org, org.directory.groups[group_id]) for group_id in sorted(org.app.groups)],
        "group-push-mappings": [_mapping(org, org.directory.groups[group_id]) for group_id in org.app.pushes],
        "app-schema": _schema(org),
    }
    if user is not None:
        told["user"] = {
            "id": user.id,
            "status": user.status.value,
            "created": _first(org, user.id),
            "lastUpdated": _newest(org, user.id),
            "profile": {**user.profile},
        }
        told["user-groups"] = [_group(org, group) for group in org.directory.groups_of(user)]
    return told


def _app(org: Org, base_url: str) -> Json:
    features = [name for switch, names in _SWITCHES.items() if getattr(org.app.features, switch) for name in names]
    if features:
        features += ["IMPORT_NEW_USERS", "IMPORT_PROFILE_UPDATES", "GROUP_PUSH", "SCIM_PROVISIONING"]
    return {
        "id": org.app.id,
        "name": "scim2headerauth",
        "label": org.app.label,
        "status": "ACTIVE",
        "created": _BEFORE_ALL,
        "lastUpdated": _newest(org, org.app.id, "application.lifecycle.update") or _BEFORE_ALL,
        "features": [*features],
        "settings": {"app": {"baseUrl": base_url}},
    }


_BEFORE_ALL = "2000-01-01T00:00:00.000Z"
"""When the app was made: before anything in the log."""


def _assigned(org: Org) -> Iterator[OktaUser]:
    """Everybody who has the app now."""
    yield from org.app.entitled(org.directory)


def _app_user(org: Org, user: OktaUser) -> Json:
    record = org.app.users.get(user.id, AppUser(user.id))
    linked = record.scim_id is not None
    status = "PROVISIONED" if linked else "ACTIVE"
    direct = user.id in org.app.direct
    return {
        "id": user.id,
        "externalId": record.scim_id,
        "created": _first(org, user.id, "application.user_membership.add"),
        "lastUpdated": _newest(org, user.id),
        "scope": "USER" if direct else "GROUP",
        "status": status,
        "syncState": "ERROR" if record.error else "SYNCHRONIZED" if linked else "DISABLED",
        "lastSync": _newest(org, user.id, "application.provision"),
        "credentials": {"userName": app_user_name(user.profile, org.app.parameters)},
        "profile": {**app_values(user.profile, org.app.attributes, org.app.parameters)},
    }


def _app_group(org: Org, group: OktaGroup) -> Json:
    assigned = _newest(org, group.id, "group.application_assignment.add") or _BEFORE_ALL
    return {"id": group.id, "lastUpdated": assigned, "profile": {}, "_embedded": {"group": _group(org, group)}}


def _group(org: Org, group: OktaGroup) -> Json:
    return {
        "id": group.id,
        "type": "OKTA_GROUP",
        "lastMembershipUpdated": _newest(org, group.id, "group.user_membership") or _BEFORE_ALL,
        "profile": {"name": group.name, "description": None},
    }


def _mapping(org: Org, group: OktaGroup) -> Json:
    mapping = org.app.pushes[group.id]
    failed = mapping.status is PushStatus.ERROR
    told: dict[str, Json] = {
        "id": mapping_id(org.app, group),
        "sourceGroupId": group.id,
        "targetGroupId": derived_id("00g", org.app.id, group.id),
        "status": mapping.status.value.upper(),
        "lastUpdated": _newest(org, group.id),
        "lastPush": _newest(org, group.id, "application.provision.group_push.p"),
    }
    if failed:
        told["errorSummary"] = next((_reason(event) for event in _about(org, group.id) if _reason(event)), None)
    return told


def _schema(org: Org) -> Json:
    named = {attribute.name: _property(attribute) for attribute in org.app.attributes}
    base = {"userName": named.pop("userName")} if "userName" in named else {}
    return {
        "name": org.app.label,
        "title": f"{org.app.label} User",
        "type": "object",
        "definitions": {
            "base": {"id": "#base", "type": "object", "properties": {**base}},
            "custom": {"id": "#custom", "type": "object", "properties": {**named}},
        },
    }


def _property(attribute: AppAttribute) -> Json:
    told: dict[str, Json] = {"title": attribute.name, "type": "string", "scope": "NONE"}
    if attribute.place is not None:
        told["externalName"] = _external_name(attribute.place)
        told["externalNamespace"] = attribute.place.container or USER
    return told


def _external_name(place: Place) -> str:
    """The place in Okta's notation, such as `emails.^[primary==true].value`."""
    text = place.attribute
    if place.selector is not None:
        key, value = place.selector
        written = str(value).lower() if isinstance(value, bool) else f"'{value}'"
        text += f".^[{key}=={written}]"
    return f"{text}.{place.sub}" if place.sub else text


def _about(org: Org, identifier: str, kind: str = "") -> Iterator[dict[str, Json]]:
    """The events about somebody or something, newest first, of the types that begin with `kind`."""
    for event in reversed(org.log.events):
        targets = event["target"]
        assert isinstance(targets, list)
        concerned = any(isinstance(target, dict) and target["id"] == identifier for target in targets)
        if concerned and str(event["eventType"]).startswith(kind):
            yield event


def _newest(org: Org, identifier: str, kind: str = "") -> Json:
    return next((event["published"] for event in _about(org, identifier, kind)), None)


def _first(org: Org, identifier: str, kind: str = "") -> Json:
    return next(reversed([event["published"] for event in _about(org, identifier, kind)]), timestamp(org.log.now()))


def _reason(event: dict[str, Json]) -> Json:
    outcome = event["outcome"]
    return outcome["reason"] if isinstance(outcome, dict) else None
