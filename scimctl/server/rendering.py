"""A stored record as a client sees it: with addresses, and with what follows from other resources."""

import re
from collections import deque
from urllib.parse import quote
from zlib import crc32

from scimctl.jsonvalue import Json, compact
from scimctl.scim import etag, urns
from scimctl.scim.attributes import Resource
from scimctl.scim.projection import Projection
from scimctl.scim.schema import ResourceType
from scimctl.server.store import Record, Store

# What is rendered from other resources, as it stands in stored JSON; within a string its quotes would be escaped.
_MANAGER, _MEMBERS = b'"manager":{', b'"members":['
_UNRESERVED = re.compile(r"[-.~\w]*", re.ASCII)
_DERIVED = ("groups", "$ref", "location", "version")
# `display` of members and `displayName` of a manager; that of users and groups themselves is stored.
_NAMED = ("members", "manager")


def names_derived(text: str) -> bool:
    """Whether a filter or a path may name what follows from other resources, and so is there only when rendered."""
    lower = text.lower()
    if any(map(lower.__contains__, _DERIVED)):
        return True
    return "display" in lower and any(map(lower.__contains__, _NAMED))


class Renderer:
    """Renders records of one store for one base URL; the dictionaries it returns share what did not change.

    `versions` is whether a client sees `meta.version`.
    """

    def __init__(self, store: Store, kinds: dict[str, ResourceType], base_url: str, *, versions: bool = True) -> None:
        self._store = store
        self._versions = versions
        self._endpoints = {kind.name: f"{base_url}{kind.endpoint}/" for kind in kinds.values()}
        # As JSON without the quotation mark at the end.
        self._encoded = {name: compact(endpoint)[:-1] for name, endpoint in self._endpoints.items()}

    def location(self, record: Record) -> str:
        """The address of a record, absolute."""
        return self._endpoints[record.kind] + _segment(record.id)

    def __call__(self, record: Record) -> Resource:
        """The record with `meta.location`, with references, and with what is derived (`groups`, names of members)."""
        return self._rendered(record, self._groups_of(record))

    def encode(self, record: Record, shown: Projection) -> tuple[bytes, str]:
        """What the projection shows of the rendered record, as JSON; and the record's entity tag."""
        groups = self._groups_of(record)
        tag = _tag(record, groups)
        stored = record.encoded
        is_derived = groups or _MANAGER in stored or _MEMBERS in stored
        if not is_derived and self._versions and shown.leaves(stored):
            # All that the stored JSON lacks is the last member of `meta`, which is its own last member.
            address = self._encoded[record.kind] + _segment(record.id).encode("ascii")
            return b'%b,"location":%b"}}' % (stored[:-2], address), tag
        return compact(shown(self._rendered(record, groups))), tag

    def _rendered(self, record: Record, groups: list[tuple[Record, str]]) -> Resource:
        out = dict(record.resource)
        meta = out.pop("meta")
        assert isinstance(meta, dict)
        if groups:
            out["groups"] = self._shown_groups(groups)
        if record.kind == "User":
            enterprise = out.get(urns.ENTERPRISE_USER)
            if isinstance(enterprise, dict) and isinstance(enterprise.get("manager"), dict):
                out[urns.ENTERPRISE_USER] = {**enterprise, "manager": self._manager(enterprise["manager"])}
        members = out.get("members")
        if isinstance(members, list):
            out["members"] = [self._member(entry) for entry in members]
        shown: Resource = {**meta, "version": _tag(record, groups), "location": self.location(record)}
        if not self._versions:
            del shown["version"]
        out["meta"] = shown
        return out

    def tag(self, record: Record) -> str:
        """The entity tag of a record, which is its `meta.version`.

        Membership is stored with groups, but shown with users: a tag of the stored version alone would tell a client
        that it knows a user whose groups have changed.
        """
        return _tag(record, self._groups_of(record))

    def _groups_of(self, record: Record) -> list[tuple[Record, str]]:
        """The groups of a user with their type: those that hold it as a member, then those that hold these groups.

        A group that is reached both ways is `direct` (RFC 7643 §4.1.2). Groups that hold each other end the search.
        Other resources than users show no groups.
        """
        direct = self._store.groups_of(record.id) if record.kind == "User" else []
        if not direct:
            return []
        found = {group.id: (group, "direct") for group in direct}
        waiting = deque(direct)
        while waiting:
            for outer in self._store.groups_of(waiting.popleft().id):
                if outer.id not in found:
                    found[outer.id] = (outer, "indirect")
                    waiting.append(outer)
        return list(found.values())

    def _shown_groups(self, found: list[tuple[Record, str]]) -> list[Json]:
        return [
            {
                "value": group.id,
                "$ref": self.location(group),
                "display": group.resource.get("displayName"),
                "type": how,
            }
            for group, how in found
        ]

    def _manager(self, stored: Json) -> Json:
        value = stored.get("value") if isinstance(stored, dict) else None
        user = self._store.get("User", value) if isinstance(value, str) else None
        if user is None or not isinstance(stored, dict):
            return stored
        out = {**stored, "$ref": self.location(user)}
        name = user.resource.get("displayName")
        return {**out, "displayName": name} if name is not None else out

    def _member(self, stored: Json) -> Json:
        value = stored.get("value") if isinstance(stored, dict) else None
        member = self._store.find_member(value) if isinstance(value, str) else None
        if member is None or not isinstance(stored, dict):
            return stored
        known: Resource = {"value": value, "$ref": self.location(member), "type": member.kind}
        return known | {"display": stored.get("display") or display_name(member)}


def _segment(resource_id: str) -> str:
    """The id as a segment of a path."""
    return resource_id if _UNRESERVED.fullmatch(resource_id) else quote(resource_id, safe="")


def _tag(record: Record, groups: list[tuple[Record, str]]) -> str:
    if not groups:
        return etag.weak(record.version)
    told = [(group.id, group.resource.get("displayName"), how) for group, how in groups]
    return etag.weak(f"{record.version}-{crc32(repr(told).encode('utf-8', 'surrogatepass')):x}")


def display_name(record: Record) -> Json:
    """The name that stands for a user or a group among members."""
    return record.resource.get("displayName") or record.resource.get("userName")
