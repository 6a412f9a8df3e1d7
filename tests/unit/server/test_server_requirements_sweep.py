"""Every attribute that the reference server's schemas define is set, read back, patched and removed."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from scimctl.scim import urns
from scimctl.server.core import build
from tests.unit.server.reference_client import Client

ENDPOINTS = {urns.USER: "/Users", urns.GROUP: "/Groups", urns.ENTERPRISE_USER: "/Users"}
BASES = {
    "/Users": {"schemas": [urns.USER], "userName": "ada"},
    "/Groups": {"schemas": [urns.GROUP], "displayName": "g"},
}
WRITABLE = ("readWrite", "immutable", "writeOnly")
VALUES: dict[str, list[Any]] = {
    "boolean": [False, True],
    "integer": [1, 2],
    "decimal": [1.5, 2.5],
    "dateTime": ["2026-01-02T03:04:05Z", "2027-01-02T03:04:05Z"],
    "binary": ["AQID", "AQIE"],
    "reference": ["https://x.example/1", "https://x.example/2"],
}


@cache
def schemas() -> dict[str, Any]:
    listed = Client(build("standard", token="right")).get("/Schemas")["Resources"]
    return {schema["id"]: schema for schema in listed}


def sweep() -> Iterator[tuple[str, str]]:
    """The schema and the name of each attribute that a client may write."""
    for urn in ENDPOINTS:
        for attribute in schemas()[urn]["attributes"]:
            if attribute["mutability"] in WRITABLE:
                yield urn, attribute["name"]


def value(attribute: dict[str, Any], number: int) -> Any:
    """One value of an attribute, another for each number."""
    if attribute["type"] == "complex":
        parts = (part for part in attribute["subAttributes"] if part["mutability"] in WRITABLE)
        return {part["name"]: value(part, number) for part in parts}
    if attribute["name"] == "country":
        return ["GB", "FR"][number]
    return VALUES.get(attribute["type"], [f"{attribute['name']} 1", f"{attribute['name']} 2"])[number]


def shown(resource: dict[str, Any], urn: str, name: str) -> Any:
    return (resource.get(urn, {}) if urn == urns.ENTERPRISE_USER else resource).get(name)


class Place:
    """A resource of a new server, with one attribute to change."""

    def __init__(self, urn: str, name: str) -> None:
        self.urn, self.name = urn, name
        self.attribute = next(each for each in schemas()[urn]["attributes"] if each["name"] == name)
        self.many = self.attribute["multiValued"]
        self.is_secret = self.attribute["returned"] == "never"
        self.client = Client(build("standard", token="right"))
        users = [self.client.user("one"), self.client.user("two")]
        self.values = [value(self.attribute, number) for number in (0, 1)]
        if name == "members":
            self.values = [{"value": user["id"]} for user in users]
        self.endpoint = ENDPOINTS[urn]
        self.path = f"{urn}:{name}"

    def body(self, number: int) -> dict[str, Any]:
        sent = [self.values[number]] if self.many else self.values[number]
        own = {self.urn: {self.name: sent}} if self.urn == urns.ENTERPRISE_USER else {self.name: sent}
        return BASES[self.endpoint] | own

    def patch(self, target: str, op: str, path: str, *sent: Any) -> dict[str, Any]:
        operation = {"op": op, "path": path} | ({"value": sent[0]} if sent else {})
        answer: dict[str, Any] = self.client.patch(target, operation)
        assert self.client.last.status == 200, (operation, answer)
        assert self.client.get(target) == answer
        return answer

    def check(self, resource: dict[str, Any], expected: Any) -> None:
        """That the attribute has that value; of values that the server adds to, that it has what was sent."""
        found = shown(resource, self.urn, self.name)
        if self.is_secret or expected is None:
            assert found is None
        elif self.many:
            assert [_common(one, sent) for one, sent in zip(found, expected, strict=True)] == expected
        else:
            assert _common(found, expected) == expected


def _common(found: Any, sent: Any) -> Any:
    return {name: found.get(name) for name in sent} if isinstance(sent, dict) else found


@pytest.mark.parametrize(("urn", "name"), list(sweep()), ids=lambda text: text.rpartition(":")[2])
def test_an_attribute_is_written_in_every_way(urn: str, name: str) -> None:
    place = Place(urn, name)
    first, second = ([one] if place.many else one for one in place.values)
    made = place.client.ok("POST", place.endpoint, place.body(0))
    place.check(made, first)
    target = f"{place.endpoint}/{made['id']}"
    place.check(place.client.get(target), first)
    place.check(place.client.ok("PUT", target, place.body(1)), second)
    place.check(place.patch(target, "replace", place.path, first), first)
    place.check(place.patch(target, "add", place.path, second), [*first, *second] if place.many else second)
    if not place.attribute["required"]:
        place.check(place.patch(target, "remove", place.path), None)
        place.check(place.patch(target, "add", place.path, first), first)


def parts() -> Iterator[tuple[str, str, str]]:
    for urn, name in sweep():
        attribute = next(each for each in schemas()[urn]["attributes"] if each["name"] == name)
        for part in attribute.get("subAttributes", []):
            if part["mutability"] == "readWrite" and name != "members":
                yield urn, name, part["name"]


@pytest.mark.parametrize(("urn", "name", "part"), list(parts()), ids=lambda text: text.rpartition(":")[2])
def test_a_part_is_written_in_every_way(urn: str, name: str, part: str) -> None:
    place = Place(urn, name)
    defined = next(each for each in place.attribute["subAttributes"] if each["name"] == part)
    target = f"{place.endpoint}/{place.client.ok('POST', place.endpoint, place.body(0))['id']}"

    def found(resource: dict[str, Any]) -> Any:
        holder = shown(resource, urn, name)
        return (holder[0] if place.many else holder).get(part)

    new = value(defined, 1)
    ways = [f"{place.path}.{part}"]
    if place.many:
        # Another part selects the value, so that the selection holds while this one changes.
        other = next(each["name"] for each in place.attribute["subAttributes"] if each["name"] != part)
        ways.append(f"{place.path}[{other} pr].{part}")
    for path in ways:
        for op in ("replace", "add"):
            assert found(place.patch(target, op, path, new)) == new
            assert found(place.patch(target, op, path, value(defined, 0))) == value(defined, 0)
        assert found(place.patch(target, "remove", path)) is None
        place.patch(target, "replace", path.partition("[")[0].removesuffix(f".{part}"), place.values[0])


def test_the_sweep_is_as_wide_as_the_schemas() -> None:
    assert (len(list(sweep())), len(list(parts()))) == (28, 44)


@pytest.mark.parametrize("endpoint", ["/Users", "/Groups"])
def test_what_a_schema_requires_is_asked_for_and_nothing_else(endpoint: str) -> None:
    client = Client(build("standard", token="right"))
    urn = str(BASES[endpoint]["schemas"][0])
    required = [each["name"] for each in schemas()[urn]["attributes"] if each["required"]]
    assert required == [name for name in BASES[endpoint] if name != "schemas"]
    for name in required:
        body = {key: sent for key, sent in BASES[endpoint].items() if key != name}
        assert client.send("POST", endpoint, body)["scimType"] == "invalidValue"
    assert client.ok("POST", endpoint, BASES[endpoint])["schemas"] == [urn]


def test_every_attribute_of_a_resource_is_defined() -> None:
    client = Client(build("standard", token="right"))
    boss = client.user("boss", displayName="B")
    ada = client.user(
        "ada", emails=[{"value": "a", "x": 1}], **{urns.ENTERPRISE_USER: {"manager": {"value": boss["id"]}}}
    )
    client.group("g", ada["id"])
    common = {"schemas", "id", "externalId", "meta"}
    for resource in client.get("/")["Resources"]:
        for urn in resource["schemas"]:
            holder = resource if urn in (urns.USER, urns.GROUP) else resource[urn]
            defined = {each["name"]: each for each in schemas()[urn]["attributes"]}
            assert holder.keys() <= defined.keys() | common | set(resource["schemas"])
            for name in holder.keys() & defined.keys():
                parts_of = {part["name"] for part in defined[name].get("subAttributes", [])}
                each_value = holder[name] if isinstance(holder[name], list) else [holder[name]]
                assert all(one.keys() <= parts_of for one in each_value if isinstance(one, dict)), name
