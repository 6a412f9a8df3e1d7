"""What every action of the reference server works with, and how a resource becomes a record."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from scimctl.jsonvalue import Json
from scimctl.scim import etag, urns
from scimctl.scim.attributes import Resource
from scimctl.scim.errors import ScimError, invalid_value, uniqueness
from scimctl.scim.schema import Attribute, ResourceType, Schema
from scimctl.scim.values import comparable
from scimctl.server.answers import Call
from scimctl.server.cursors import Cursors
from scimctl.server.offer import Offer
from scimctl.server.rendering import Renderer, display_name
from scimctl.server.rules import Rules
from scimctl.server.settings import Profile
from scimctl.server.store import INDEXED, Record, Store

_MOST_RENDERERS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A running reference server's parts.

    `clock` returns an aware datetime, `new_id` an id never used before. `cursors` is None for a profile that pages by
    index alone. `me` is the userName of the user for whom the tokens stand, None when they stand for nobody.
    `renderers` are those of the base URLs that were asked for last.
    """

    profile: Profile
    store: Store
    rules: Rules | None
    offer: Offer
    clock: Callable[[], datetime]
    new_id: Callable[[], str]
    cursors: Cursors | None
    me: str | None = None
    renderers: dict[str, Renderer] = field(default_factory=dict, repr=False)

    @property
    def kinds(self) -> dict[str, ResourceType]:
        """The resource types by name."""
        return self.offer.kinds

    def renderer(self, call: Call) -> Renderer:
        """The renderer for the base URL of the call."""
        known = self.renderers.get(call.base_url)
        if known is None:
            # A client chooses what it sends as Host, so there is a limit.
            if len(self.renderers) >= _MOST_RENDERERS:
                self.renderers.clear()
            known = Renderer(self.store, self.kinds, call.base_url, versions=self.profile.etag)
            self.renderers[call.base_url] = known
        return known

    def now(self, after: str | None = None) -> str:
        """The time in RFC 3339 form with milliseconds; later than `after`, so that lastModified shows every change."""
        moment = self.clock().astimezone(UTC)
        text = _rfc3339(moment)
        if after is not None and text <= after:
            text = _rfc3339(datetime.fromisoformat(after) + timedelta(milliseconds=1))
        return text

    def record(self, kind: ResourceType, resource: Resource, old: Record | None, new_id: str = "") -> Record:
        """The record that stores the resource: with its id and meta, as the next version of `old` if there is one.

        A new record gets `new_id`, or one that was never used before.
        """
        version = old.version + 1 if old is not None else 1
        resource_id = old.id if old is not None else new_id or self.new_id()
        meta = old.resource["meta"] if old is not None else None
        if isinstance(meta, dict):
            created, modified = meta["created"], self.now(after=str(meta["lastModified"]))
        else:
            created = modified = self.now()
        rest = {name: value for name, value in resource.items() if name not in ("schemas", "id", "meta", "password")}
        stored: Resource = {"schemas": resource["schemas"], "id": resource_id, **rest}
        stored["meta"] = {
            "resourceType": kind.name,
            "created": created,
            "lastModified": modified,
            "version": etag.weak(version),
        }
        return Record(kind=kind.name, id=resource_id, version=version, resource=stored)

    def check_unique(self, kind: ResourceType, resource: Resource, own_id: str | None) -> None:
        """Raises ScimError uniqueness when another resource has the value of a server-unique attribute."""
        for schema in kind.schemas:
            holder = resource if schema is kind.base else resource.get(schema.id)
            values = holder if isinstance(holder, dict) else {}
            for attribute in schema.unique:
                value = values.get(attribute.name)
                if not isinstance(value, str):
                    continue
                if any(each.id != own_id for each in self._holders(kind, schema, attribute, value)):
                    raise uniqueness(f"{attribute.name} {value[:200]!r} is taken by another {kind.name}")

    def _holders(self, kind: ResourceType, schema: Schema, attribute: Attribute, value: str) -> Iterator[Record]:
        """The records with that value; those of a person's own attributes are looked for one by one."""
        wanted = comparable(attribute, value)
        if schema is kind.base and attribute.name in INDEXED:
            yield from self.store.find(kind.name, attribute.name, wanted)
            return
        for record in self.store.scan(kind.name):
            holder = record.resource if schema is kind.base else record.resource.get(schema.id)
            other = holder.get(attribute.name) if isinstance(holder, dict) else None
            if isinstance(other, str) and comparable(attribute, other) == wanted:
                yield record

    def with_references(self, resource: Resource, promised: Mapping[str, str] = MappingProxyType({})) -> Resource:
        """A group with each member once, by id and type; a user whose manager is one of ours, by id.

        What else is known of them is added when they are shown, so that it is never out of date. `promised` holds ids
        and types of resources that a bulk request is about to create. Raises ScimError invalidValue for a member that
        is not there, because nothing could keep it in step.
        """
        enterprise = resource.get(urns.ENTERPRISE_USER)
        if isinstance(enterprise, dict) and isinstance(enterprise.get("manager"), dict):
            return {
                **resource,
                urns.ENTERPRISE_USER: {**enterprise, "manager": self._manager(enterprise["manager"], promised)},
            }
        members = resource.get("members")
        if not isinstance(members, list):
            return resource
        kept: dict[str, Resource] = {}
        for entry in members:
            value = entry.get("value") if isinstance(entry, dict) else None
            if isinstance(value, str) and value in promised:
                kept[value] = {"value": value, "type": promised[value]}
                continue
            member = self.store.find_member(value) if isinstance(value, str) else None
            if member is None:
                raise invalid_value(f"members: there is no resource with the id {str(value)[:100]!r}")
            known: Resource = {"value": member.id, "type": member.kind}
            display = entry.get("display") if isinstance(entry, dict) else None
            kept[member.id] = known | ({"display": display} if display not in (None, display_name(member)) else {})
        return {**resource, "members": list(kept.values())}

    def _manager(self, manager: Json, promised: Mapping[str, str]) -> Json:
        value = manager.get("value") if isinstance(manager, dict) else None
        is_ours = isinstance(value, str) and (value in promised or self.store.get("User", value) is not None)
        return {"value": value} if is_ours else manager


def check_match(service: Service, call: Call, record: Record) -> None:
    """Raises ScimError 412 when If-Match does not name the record's version, or If-None-Match of a change does.

    If-None-Match of a read is no reason to refuse it (RFC 9110 §13.1.2).
    """
    headers = call.request.headers
    if not service.profile.etag:
        return
    if headers.get("If-Match") is None and headers.get("If-None-Match") is None:
        return
    tag = service.renderer(call).tag(record)
    condition = headers.get("If-Match")
    if condition is not None and not etag.names(condition, tag):
        raise ScimError(412, f"the resource has changed: its version is {tag}")
    condition = headers.get("If-None-Match")
    if call.request.method not in ("GET", "HEAD") and condition is not None and etag.names(condition, tag):
        raise ScimError(412, f"the resource has the version {tag}, which If-None-Match names")


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
