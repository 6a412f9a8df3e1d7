"""Answers that are put together from stored JSON have the very bytes of those that are rendered anew."""

import pytest

from scimctl.jsonvalue import compact
from scimctl.scim import urns
from scimctl.scim.attributes import Resource
from scimctl.scim.messages import encoded_list, list_response
from scimctl.scim.projection import Projection
from scimctl.server.core import build
from scimctl.server.rendering import Renderer
from scimctl.server.seeding import seed
from scimctl.server.service import Service
from tests.unit.server.reference_client import Client

ODD = 'quo"ted","manager":{"value":"x"},"password":"y","members":[] \\ \u2028 Zoë 😀'
PROJECTIONS = [((), ()), (("userName",), ()), (("meta.location",), ()), ((), ("meta.version", "emails.type"))]


@pytest.fixture
def service() -> Service:
    """Resources of every kind: seeded users, odd texts and ids, a manager, members, nested groups."""
    ids = iter([*(str(number) for number in range(20)), "a/b %c", "größe", *(f"x{number}" for number in range(9))])
    server = build("standard", token="right", new_id=lambda: next(ids))
    seed(server.service, 20)
    client = Client(server)
    client.user(ODD.strip(), displayName=ODD)
    client.user("zoe", **{urns.ENTERPRISE_USER: {"manager": {"value": "1"}, "department": ODD}})
    outer = client.group("Inner", "1", "a/b %c")
    client.group("Outer", outer["id"])
    client.group("Empty")
    return server.service


@pytest.mark.parametrize("base_url", ["https://host/scim/v2", 'http://odd"host\\/ü'])
@pytest.mark.parametrize("versions", [True, False])
@pytest.mark.parametrize(("attributes", "excluded"), PROJECTIONS)
def test_both_ways_lead_to_the_same_bytes(
    service: Service, base_url: str, versions: bool, attributes: tuple[str, ...], excluded: tuple[str, ...]
) -> None:
    render = Renderer(service.store, service.kinds, base_url, versions=versions)
    records = [record for kind in service.kinds for record in service.store.scan(kind)]
    assert len(records) == 25
    for record in records:
        shown = Projection(service.kinds[record.kind], attributes, excluded)
        assert render.encode(record, shown) == (compact(shown(render(record))), render.tag(record))


def test_what_is_never_returned_is_not_even_when_it_is_stored(service: Service) -> None:
    record = service.store.page("User", 0, 1)[0]
    resource = {"password": "s3cret", **record.resource}
    service.store.put(type(record)(kind="User", id=record.id, version=2, resource=resource))
    body, _ = Renderer(service.store, service.kinds, "https://host").encode(
        service.store.page("User", 0, 1)[0], Projection(service.kinds["User"])
    )
    assert b"s3cret" not in body
    assert b'"userName"' in body


@pytest.mark.parametrize("count", [0, 1, 3])
def test_a_list_of_json_is_the_list_of_what_it_says(count: int) -> None:
    resources: list[Resource] = [{"id": str(number), "x": [{}, []]} for number in range(count)]
    encoded = [compact(resource) for resource in resources]
    assert encoded_list(encoded, total=9, start_index=2) == compact(list_response(resources, total=9, start_index=2))
    cursors: Resource = {"nextCursor": "a"}
    assert encoded_list(encoded, total=9, cursors=cursors) == compact(
        list_response(resources, total=9, cursors=cursors)
    )
