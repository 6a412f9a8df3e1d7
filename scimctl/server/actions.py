"""What the endpoints of resources do: create, read, replace, modify, delete (RFC 7644 §3.3 to §3.6)."""

from scimctl.exchange import Response
from scimctl.jsonvalue import Json
from scimctl.scim import etag, patch, urns
from scimctl.scim.attributes import Resource, read_resource, with_schemas
from scimctl.scim.errors import ScimError, invalid_value, mutability, not_found
from scimctl.scim.projection import Projection
from scimctl.scim.query import read_parameters
from scimctl.scim.schema import Attribute, Mutability, ResourceType
from scimctl.server.answers import Call, empty, encoded_answer, read_body
from scimctl.server.rendering import names_derived
from scimctl.server.service import Service, check_match
from scimctl.server.store import Record


def kind_of(call: Call) -> ResourceType:
    """The resource type of a call that the router gave one."""
    assert call.kind is not None
    return call.kind


def stored(service: Service, call: Call) -> Record:
    """The record that the path names; raises ScimError 404 when there is none."""
    kind = kind_of(call)
    record = service.store.get(kind.name, call.id)
    if record is None:
        raise not_found(f"there is no {kind.name} with the id {call.id[:100]!r}")
    return record


def create(service: Service, call: Call) -> Response:
    """POST to a collection: 201 with the new resource and its Location."""
    kind = kind_of(call)
    shown = _projection(call)
    resource = _admitted(service, kind, read_resource(read_body(call.request), kind), None)
    _check_admins(service, call, resource)
    with service.store.transaction():
        resource = service.with_references(resource, call.promised)
        service.check_unique(kind, resource, None)
        if service.rules is not None:
            service.rules.check_seat(service.store, resource, None)
        record = service.record(kind, resource, None, call.new_id)
        service.store.put(record)
        _bill(service, None, record)
    return _show(service, call, record, shown, 201)


def read(service: Service, call: Call) -> Response:
    """GET of a resource, or 304 when If-None-Match names its version."""
    shown = _projection(call)
    record = stored(service, call)
    check_match(service, call, record)
    condition = call.request.headers.get("If-None-Match")
    conditional = condition is not None and service.profile.etag
    if conditional and etag.names(condition or "", tag := service.renderer(call).tag(record)):
        return empty(304, ("ETag", tag))
    return _show(service, call, record, shown, 200)


def replace(service: Service, call: Call) -> Response:
    """PUT: what was sent is stored; readOnly values are ignored, immutable ones must not change (RFC 7644 §3.5.1).

    Attributes that are left out are cleared, unless the profile retains them. `active` is always kept: to clear it
    would switch accounts on or off by omission.
    """
    kind = kind_of(call)
    shown = _projection(call)
    stored(service, call)
    new = read_resource(read_body(call.request), kind)
    with service.store.transaction():
        record = stored(service, call)
        check_match(service, call, record)
        new = _keep_immutable(kind, record.resource, new)
        if "active" in record.resource:
            new.setdefault("active", record.resource["active"])
        if service.rules is not None:
            new = with_schemas(service.rules.retained(_client_part(record.resource), new), kind)
        _check_admins(service, call, record.resource, new)
        record = _update(service, kind, record, new)
    return _show(service, call, record, shown, 200)


def modify(service: Service, call: Call) -> Response:
    """PATCH: all operations or none, then 200 with the resource (RFC 7644 §3.5.2)."""
    kind = kind_of(call)
    if not service.profile.patch:
        raise ScimError(501, "PATCH is not supported (ServiceProviderConfig says so): use PUT")
    shown = _projection(call)
    stored(service, call)
    operations = patch.read_operations(read_body(call.request))
    with service.store.transaction():
        record = stored(service, call)
        check_match(service, call, record)
        new = patch.apply(_as_seen(service, call, record, operations), operations, kind)
        _check_admins(service, call, record.resource, new)
        record = _update(service, kind, record, new)
    return _show(service, call, record, shown, 200)


def _as_seen(service: Service, call: Call, record: Record, operations: list[patch.Operation]) -> Resource:
    """What operations work on: with names and addresses of members and managers where a path may select by them.

    They are left out again when the result is stored.
    """
    filters = (each.path.rpartition("]")[0] for each in operations if each.path is not None)
    if not any(map(names_derived, filters)):
        return record.resource
    rendered = service.renderer(call)(record)
    seen = {name: rendered[name] for name in ("members", urns.ENTERPRISE_USER) if name in rendered}
    return {**record.resource, **seen}


def delete(service: Service, call: Call) -> Response:
    """DELETE: 204; groups lose the resource as a member."""
    with service.store.transaction():
        record = stored(service, call)
        check_match(service, call, record)
        _check_admins(service, call, record.resource)
        groups = service.store.groups_of(record.id)
        service.store.remove(record)
        for group in groups:
            if group.id != record.id:
                _drop_member(service, group, record.id)
        _bill(service, record, None)
    return empty(204)


def _drop_member(service: Service, group: Record, member_id: str) -> None:
    members = group.resource["members"]
    assert isinstance(members, list)
    kept: list[Json] = [entry for entry in members if isinstance(entry, dict) and entry["value"] != member_id]
    rest = {name: value for name, value in group.resource.items() if name != "members"}
    resource: Resource = {**rest, "members": kept} if kept else rest
    service.store.put(service.record(service.kinds[group.kind], resource, group))


def _update(service: Service, kind: ResourceType, record: Record, new: Resource) -> Record:
    """Stores the new state of a record; one that says the same keeps its version and its lastModified."""
    sets_password = "password" in new and service.profile.change_password
    new = service.with_references(_admitted(service, kind, new, record.resource))
    if not sets_password and _client_part(new) == _client_part(record.resource):
        return record
    service.check_unique(kind, new, record.id)
    if service.rules is not None:
        service.rules.check_seat(service.store, new, record.resource)
    changed = service.record(kind, new, record)
    service.store.put(changed)
    _bill(service, record, changed)
    return changed


def _admitted(service: Service, kind: ResourceType, resource: Resource, before: Resource | None) -> Resource:
    """The resource as the profile takes it; passwords go no further, because nobody logs in here."""
    resource = {name: value for name, value in resource.items() if name != "password"}
    if kind.name != "User":
        return resource
    if before is None:
        resource.setdefault("active", True)
    if service.rules is not None:
        return service.rules.admitted(resource, before)
    name = str(resource["userName"])
    if name != name.strip():
        raise invalid_value("userName has a blank at an end: it would look like the name without it")
    return resource


def _check_admins(service: Service, call: Call, *states: Resource) -> None:
    """Raises ScimError 403 when the token may not touch administrators, and one of the states is one."""
    if not call.may_touch_admins and any(_is_admin(service, state) for state in states):
        raise ScimError(403, "this token may not create, change or delete administrators: its owner is none")


def _is_admin(service: Service, user: Resource) -> bool:
    roles = user.get("roles")
    values = (entry.get("value") for entry in roles if isinstance(entry, dict)) if isinstance(roles, list) else ()
    return any(isinstance(value, str) and value in service.profile.admin_roles for value in values)


def _client_part(resource: Resource) -> Resource:
    return {name: value for name, value in resource.items() if name not in ("id", "meta", "schemas")}


def _keep_immutable(kind: ResourceType, before: Resource, new: Resource) -> Resource:
    """The new state with immutable values carried over; raises ScimError mutability for another value (§3.5.1)."""
    _keep(kind.base.attributes, before, new)
    for extension in kind.extensions:
        old = before.get(extension.schema.id)
        if isinstance(old, dict):
            _keep_within(extension.schema.id, extension.schema.attributes, old, new)
    return with_schemas(new, kind)


def _keep(attributes: tuple[Attribute, ...], before: Resource, new: Resource) -> None:
    for attribute in attributes:
        old = before.get(attribute.name)
        if attribute.mutability is Mutability.IMMUTABLE:
            if old is not None and new.setdefault(attribute.name, old) != old:
                raise mutability(f"{attribute.name} is immutable")
        elif isinstance(old, dict):
            _keep_within(attribute.name, attribute.sub_attributes, old, new)


def _keep_within(name: str, attributes: tuple[Attribute, ...], before: Resource, new: Resource) -> None:
    sent = new.get(name)
    members = dict(sent) if isinstance(sent, dict) else {}
    _keep(attributes, before, members)
    if members:
        new[name] = members


def _bill(service: Service, before: Record | None, after: Record | None) -> None:
    record = after or before
    if service.rules is not None and record is not None and record.kind == "User":
        service.rules.bill(service.store, service.now(), before, after)


def _projection(call: Call) -> Projection:
    if not call.parameters:
        return Projection(kind_of(call))
    query = read_parameters(call.parameters)
    return Projection(kind_of(call), query.attributes, query.excluded)


def _show(service: Service, call: Call, record: Record, shown: Projection, status: int) -> Response:
    render = service.renderer(call)
    body, tag = render.encode(record, shown)
    location = render.location(record)
    fields = [("Content-Location", location)]
    if service.profile.etag:
        fields.append(("ETag", tag))
    if status == 201:
        fields.insert(0, ("Location", location))
    return encoded_answer(status, body, *fields)
