"""What the server says of its resource types and of the length of its lists, as far as it can be understood."""

from collections.abc import Iterable
from dataclasses import dataclass

from scimctl.jsonvalue import Json
from scimctl.scim.attributes import get


@dataclass(frozen=True, slots=True)
class AnnouncedType:
    """An entry of `/ResourceTypes`: the path of its collection, its schema and its extensions, URNs in small letters.

    `endpoint` is empty where the entry tells no path relative to the base URL.
    """

    endpoint: str
    schema: str
    extensions: frozenset[str]
    required: frozenset[str]

    def allows(self, urn: str) -> bool:
        """Whether a resource of this type may name the URN among its schemas (RFC 7643 §3)."""
        folded = urn.casefold()
        return folded == self.schema or folded in self.extensions


def announced_types(entries: Iterable[dict[str, Json]]) -> tuple[AnnouncedType, ...]:
    """The resource types of a server; none when one of them cannot be understood, for it may be any resource's."""
    types = [_type_of(entry) for entry in entries]
    return tuple(each for each in types if each is not None) if all(types) else ()


def _type_of(entry: dict[str, Json]) -> AnnouncedType | None:
    schema, listed = get(entry, "schema"), get(entry, "schemaExtensions")
    extensions = [] if listed is None else listed
    if not isinstance(schema, str) or not isinstance(extensions, list):
        return None
    told: dict[str, bool] = {}
    for extension in extensions:
        urn = get(extension, "schema") if isinstance(extension, dict) else None
        if not isinstance(extension, dict) or not isinstance(urn, str):
            return None
        told[urn.casefold()] = get(extension, "required") is True
    required = frozenset(urn for urn, is_required in told.items() if is_required)
    return AnnouncedType(_path(get(entry, "endpoint")), schema.casefold(), frozenset(told), required)


def _path(endpoint: Json) -> str:
    relative = isinstance(endpoint, str) and "://" not in endpoint and endpoint.strip("/")
    return f"/{relative}" if relative else ""


def types_at(types: Iterable[AnnouncedType], path: str) -> list[AnnouncedType]:
    """The types whose collection a path leads to or into."""
    return [each for each in types if each.endpoint and f"{path}/".startswith(f"{each.endpoint}/")]


def most_results(config: dict[str, Json] | None) -> int | None:
    """How many resources an answer to a filter has at most (RFC 7643 §5); None where the server does not say.

    Zero is no limit that a list could keep, and of a server without filters there is none to keep.
    """
    told = (config or {}).get("filter")
    if not isinstance(told, dict) or told.get("supported") is False:
        return None
    most = told.get("maxResults")
    return most if isinstance(most, int) and not isinstance(most, bool) and most > 0 else None
