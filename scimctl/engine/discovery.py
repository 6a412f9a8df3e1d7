"""What the server announces of itself, read once at the start of a run; decides which `needs` are met.

Only a readable denial excuses: a missing or unreadable discovery answer counts as announced.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from scimctl.exchange import Answer, Exchange, Request, Response
from scimctl.jsonvalue import Json, NotJsonError
from scimctl.scim.urns import GROUP, USER

PROVIDER_CONFIG = Request("GET", "/ServiceProviderConfig")
RESOURCE_TYPES = Request("GET", "/ResourceTypes")
SCHEMAS = Request("GET", "/Schemas")
GROUPS = Request("GET", "/Groups?startIndex=1&count=1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """The readable discovery documents; None for one that was not readable."""

    config: dict[str, Json] | None = None
    resource_types: tuple[dict[str, Json], ...] | None = None
    schemas: tuple[dict[str, Json], ...] | None = None
    groups_answer: int | None = None
    in_process: bool = False

    def denial(self, need: str) -> str | None:
        """Why `need` is not met, in a sentence for the report; None when it is, or when nothing denies it."""
        if need == "socket":
            return "needs a socket, and the reference server runs in-process" if self.in_process else None
        if need == "cursor":
            return self._cursor_denial()
        kind, _, name = need.partition(":")
        match kind:
            case "type":
                return self._type_denial(name)
            case "schema":
                return self._schema_denial(name)
            case "attribute":
                return self._attribute_denial(name)
            case "at_most" | "at_least":
                return self._limit_denial(*name.rsplit(":", 1), is_least=kind == "at_least")
            case _:
                return self._feature_denial(need)

    def rounds(self) -> tuple[dict[str, Json], ...]:
        """`$(type.…)` for each resource type with a path of one segment; that of users where none is readable."""
        kinds = self.resource_types or ({"name": "User", "endpoint": "/Users", "schema": USER},)
        paths = [str(kind.get("endpoint", "")).strip("/") for kind in kinds]
        return tuple(
            {"type.name": kind["name"], "type.path": path, "type.schema": kind.get("schema")}
            for kind, path in zip(kinds, paths, strict=True)
            if path and "/" not in path
        )

    @property
    def shows_members_on_request(self) -> bool:
        """Whether `/Schemas` says that a group has its members in an answer on request alone (RFC 7643 §7)."""
        group = next((schema for schema in self.schemas or () if schema.get("id") == GROUP), {})
        members = (one for one in objects(group.get("attributes")) if one.get("name") == "members")
        return any(one.get("returned") == "request" for one in members)

    def _feature_denial(self, feature: str) -> str | None:
        value = (self.config or {}).get(feature)
        denied = isinstance(value, dict) and value.get("supported") is False
        return f"/ServiceProviderConfig says {feature}.supported is false" if denied else None

    def _limit_denial(self, path: str, number: str, *, is_least: bool) -> str | None:
        value: Json = self.config
        for part in path.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        if isinstance(value, bool) or not isinstance(value, int):
            return None
        if is_least:
            return (
                f"/ServiceProviderConfig says {path} is {value}, and {number} are sent" if value < int(number) else None
            )
        return (
            f"/ServiceProviderConfig says {path} is {value}, which is more than is tried"
            if value > int(number)
            else None
        )

    def _cursor_denial(self) -> str | None:
        # An extension of RFC 9865 §4: a configuration that was read and does not speak of it does not offer it.
        if self.config is None:
            return None
        pagination = self.config.get("pagination")
        offered = isinstance(pagination, dict) and pagination.get("cursor") is not False
        return None if offered else "/ServiceProviderConfig does not announce cursor paging"

    def _schema_denial(self, urn: str) -> str | None:
        # A resource type may name a schema that its clients know anyway, such as Okta's own.
        listed = [schema.get("id") for schema in self.schemas or ()]
        named = [kind.get("schema") for kind in self.resource_types or ()]
        # What is Okta's alone is there where it is announced; for any other schema silence denies nothing.
        told = self.schemas is not None or urn.startswith("urn:okta:")
        return f"/Schemas does not list {urn}" if told and urn not in (*listed, *named) else None

    def _type_denial(self, name: str) -> str | None:
        if self.resource_types is not None and name not in [kind.get("name") for kind in self.resource_types]:
            return f"/ResourceTypes does not list {name}"
        if name == "Group" and self.groups_answer in (404, 501):
            return f"GET /Groups is answered with {self.groups_answer}"
        return None

    def _attribute_denial(self, path: str) -> str | None:
        """A denial when the announced definition of the schema lacks the attribute; short names are the core User's."""
        urn, name = path.rpartition(":")[::2] if path.startswith("urn:") else (USER, path)
        schema = next((s for s in self.schemas or () if s.get("id") == urn), None)
        if schema is None:
            return None
        attributes: Json = schema.get("attributes")
        for part in name.split("."):
            found = next((a for a in objects(attributes) if str(a.get("name")).lower() == part.lower()), None)
            if found is None:
                return f"/Schemas defines no {name} in {urn}"
            attributes = found.get("subAttributes")
        return None


def discover(exchange: Callable[[Request], Exchange], *, ask_groups: bool, in_process: bool) -> Announced:
    """Reads the three discovery endpoints, and `/Groups` when some scenario needs groups."""
    config = _document(exchange(PROVIDER_CONFIG).answer)
    return Announced(
        config=config,
        resource_types=listed(exchange(RESOURCE_TYPES).answer, "name"),
        schemas=listed(exchange(SCHEMAS).answer, "id"),
        groups_answer=exchange(GROUPS).status if ask_groups else None,
        in_process=in_process,
    )


def _document(answer: Answer) -> dict[str, Json] | None:
    if not isinstance(answer, Response) or answer.status != 200:
        return None
    try:
        body = answer.json()
    except NotJsonError:
        return None
    return body if isinstance(body, dict) else None


def listed(answer: Answer, identifier: str) -> tuple[dict[str, Json], ...] | None:
    """The members of a list response; None when it is no list, is empty, or a member has no identifier."""
    body = _document(answer)
    resources = None if body is None else body.get("Resources")
    if not isinstance(resources, list) or not resources:
        return None
    members = tuple(objects(resources))
    complete = len(members) == len(resources) and all(isinstance(m.get(identifier), str) for m in members)
    return members if complete else None


def objects(value: Json) -> Iterable[dict[str, Json]]:
    """The objects in a list; nothing for what is no list."""
    return (item for item in value if isinstance(item, dict)) if isinstance(value, list) else ()
