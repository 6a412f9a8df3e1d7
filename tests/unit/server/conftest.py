"""Reference servers in-process, each with its client."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from scimctl.scim.schema import Attribute, Mutability, ResourceType, Schema
from scimctl.server.core import build
from tests.unit.server.reference_client import Client


@pytest.fixture
def make() -> Callable[..., Client]:
    """Makes a client of a new server: `make(profile, seats=…)`; ids count from 1, the clock stands still."""

    def make(profile: str = "standard", **options: Any) -> Client:
        numbers = itertools.count(1)
        server = build(
            profile,
            token="right",
            read_only_token="reader",
            clock=lambda: datetime(2026, 1, 2, 3, 4, 5, 678_000, tzinfo=UTC),
            new_id=lambda: f"id-{next(numbers)}",
            **options,
        )
        return Client(server)

    return make


@pytest.fixture
def client(make: Callable[..., Client]) -> Client:
    """A client of a server of the standard profile."""
    return make()


@pytest.fixture
def device(make: Callable[..., Client]) -> Callable[..., Client]:
    """Makes a client of a server that has devices too, with an immutable `badge` and values shown in each way."""

    def device(*attributes: Attribute) -> Client:
        client = make()
        badge = Attribute(name="badge", mutability=Mutability.IMMUTABLE)
        base = Schema(id="urn:example:device", attributes=(badge, *attributes))
        client.server.service.kinds["Device"] = ResourceType(name="Device", endpoint="/Devices", base=base)
        return client

    return device
