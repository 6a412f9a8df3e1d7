"""What a server announces, and which needs that denies."""

from typing import Any

import pytest

from scimctl.engine.discovery import Announced, discover
from scimctl.exchange import Exchange, Request
from scimctl.scim.urns import ENTERPRISE_USER, USER
from tests.exchanges import error, with_content
from tests.playing import reference

CONFIG: dict[str, Any] = {
    "patch": {"supported": False},
    "filter": {"supported": True},
    "sort": {"supported": "false"},
    "etag": {},
    "pagination": {"cursor": False},
}
SCHEMAS: tuple[dict[str, Any], ...] = (
    {"id": USER, "attributes": [{"name": "name", "subAttributes": [{"name": "givenName"}]}]},
)


@pytest.mark.parametrize(
    ("need", "denial"),
    [
        ("patch", "/ServiceProviderConfig says patch.supported is false"),
        ("filter", None),
        ("sort", None),
        ("etag", None),
        ("bulk", None),
        ("cursor", "/ServiceProviderConfig does not announce cursor paging"),
        ("type:User", None),
        ("type:Group", "/ResourceTypes does not list Group"),
        (f"schema:{USER}", None),
        (f"schema:{ENTERPRISE_USER}", f"/Schemas does not list {ENTERPRISE_USER}"),
        ("attribute:name.givenName", None),
        ("attribute:NAME.GivenName", None),
        ("attribute:title", f"/Schemas defines no title in {USER}"),
        (f"attribute:{ENTERPRISE_USER}:department", None),
        ("socket", "needs a socket, and the reference server runs in-process"),
    ],
)
def test_denials(need: str, denial: str | None) -> None:
    announced = Announced(config=CONFIG, resource_types=({"name": "User"},), schemas=SCHEMAS, in_process=True)
    assert announced.denial(need) == denial


@pytest.mark.parametrize(
    "need", ["patch", "cursor", "type:Group", f"schema:{ENTERPRISE_USER}", "attribute:x", "socket"]
)
def test_what_could_not_be_read_denies_nothing(need: str) -> None:
    assert Announced().denial(need) is None


@pytest.mark.parametrize(("status", "denied"), [(404, True), (501, True), (200, False), (500, False), (403, False)])
def test_an_answer_of_groups_denies_them(status: int, denied: bool) -> None:
    assert (Announced(groups_answer=status).denial("type:Group") is not None) == denied


def test_a_run_reads_the_three_endpoints_and_groups_only_when_they_matter() -> None:
    server = reference()
    sent: list[str] = []

    def exchange(request: Request) -> Exchange:
        sent.append(request.target)
        return Exchange(request, server(request))

    announced = discover(exchange, ask_groups=False, in_process=False)
    assert sent == ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"]
    assert announced.config is not None
    assert [kind["name"] for kind in announced.resource_types or ()] == ["User", "Group"]
    discover(exchange, ask_groups=True, in_process=False)
    assert sent[-1] == "/Groups?startIndex=1&count=1"


@pytest.mark.parametrize("body", [[], {"Resources": []}, {"Resources": {}}, {"Resources": [{"nome": "User"}]}, None])
def test_an_unreadable_list_is_none(body: object) -> None:
    announced = discover(
        lambda request: Exchange(request, with_content(error(200), body)), ask_groups=False, in_process=False
    )
    assert (announced.resource_types, announced.schemas) == (None, None)
