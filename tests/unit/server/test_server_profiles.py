"""What profiles change: what is offered, limits, wordings, files of one's own."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scimctl.diagnostic import InputError
from scimctl.exchange import Headers, Request
from scimctl.scim import urns
from scimctl.server.core import build
from scimctl.server.settings import profile_names, read_profile
from tests.unit.server.reference_client import BASE_URL, Client

Make = Callable[..., Client]


@pytest.fixture
def of(tmp_path: Path, make: Make) -> Callable[..., Client]:
    """A client of a server whose profile is a file with that text."""

    def of(text: str, **options: object) -> Client:
        path = tmp_path / "mine.yaml"
        path.write_text(f"title: Mine\n{text}", "utf-8")
        return make(str(path), **options)

    return of


def refusal(text: str, tmp_path: Path) -> str:
    path = tmp_path / "mine.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(InputError) as caught:
        read_profile(str(path))
    return caught.value.diagnostics[0].title


def test_every_bundled_profile_keeps_the_schema_of_profile_files() -> None:
    folder = Path(__file__).parents[3] / "scimctl" / "server" / "profiles"

    for name in profile_names():
        assert read_profile(str(folder / f"{name}.yaml")) == read_profile(name)


def test_minimal_offers_nothing_that_is_optional(make: Make) -> None:
    client = make("minimal")
    ada = client.user("ada")

    config = client.get("/ServiceProviderConfig")
    assert {name: config[name]["supported"] for name in ("patch", "bulk", "sort", "etag", "changePassword")} == {
        "patch": False,
        "bulk": False,
        "sort": False,
        "etag": False,
        "changePassword": False,
    }
    assert client.patch(f"/Users/{ada['id']}", {"op": "replace", "path": "title", "value": "x"})["status"] == "501"
    assert "PATCH" not in str(client.send("OPTIONS", f"/Users/{ada['id']}") or client.last.headers.get("Allow"))
    assert "version" not in ada["meta"]
    client.ok("PUT", f"/Users/{ada['id']}", {"schemas": [urns.USER], "userName": "ada"}, If_Match='W/"9"')
    assert client.last.headers.get("ETag") is None
    client.get(f"/Users/{ada['id']}", If_None_Match="*")
    assert client.last.status == 200
    client.user("aaa")
    assert [user["userName"] for user in client.get("/Users?sortBy=userName")["Resources"]] == ["ada", "aaa"]
    assert client.get("/Groups")["status"] == "501"


def test_a_profile_file_names_only_what_differs(of: Make) -> None:
    client = of("page_size: 2\nmax_results: 3\n")
    for name in ("a", "b", "c", "d"):
        client.user(name)

    assert client.get("/Users")["itemsPerPage"] == 2
    assert client.get("/Users?count=50")["itemsPerPage"] == 3
    assert client.get("/ServiceProviderConfig")["filter"]["maxResults"] == 3


def test_wordings_replace_the_details_of_errors(of: Make) -> None:
    client = of("wordings: {uniqueness: Member already there, '404': Nobody here}\n")
    client.user("ada")

    duplicate = client.send("POST", "/Users", {"schemas": [urns.USER], "userName": "ADA"})
    assert (duplicate["status"], duplicate["scimType"], duplicate["detail"]) == (
        "409",
        "uniqueness",
        "Member already there",
    )
    assert client.get("/Users/nobody")["detail"] == "Nobody here"


def test_a_rate_limit_counts_each_token_and_says_how_long_to_wait(tmp_path: Path) -> None:
    path = tmp_path / "slow.yaml"
    path.write_text("title: Slow\nrate_limit: {requests: 2, seconds: 30}\n", "utf-8")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    client = Client(build(str(path), token="right", read_only_token="reader", clock=lambda: now))

    statuses = [(client.get("/Users"), client.last.status)[1] for _ in range(3)]
    assert statuses == [200, 200, 429]
    assert client.last.headers.get("Retry-After") == "30"
    assert client.last.json()["schemas"] == [urns.ERROR]
    assert client.as_token("reader").get("/Users")["totalResults"] == 0
    now += timedelta(seconds=20.5)
    assert client.get("/Users")["status"] == "429"
    assert client.last.headers.get("Retry-After") == "10"
    now += timedelta(seconds=10)
    assert client.get("/Users")["totalResults"] == 0


def test_latency_is_told_with_the_answer(of: Make) -> None:
    client = of("latency: 1.5\n")

    client.get("/Users")
    assert client.last.elapsed == 1.5


def test_a_token_may_be_kept_from_administrators(make: Make) -> None:
    client = make(limited_token="limited")
    boss = client.user("boss", roles=[{"value": "admin"}])
    ada = client.user("ada")
    limited = client.as_token("limited")

    for method, body in (("PUT", {"schemas": [urns.USER], "userName": "boss"}), ("DELETE", None)):
        assert limited.send(method, f"/Users/{boss['id']}", body)["status"] == "403"
    off = {"op": "replace", "value": {"active": False}}
    assert limited.patch(f"/Users/{boss['id']}", off)["status"] == "403"
    promotion = {"op": "add", "path": "roles", "value": [{"value": "admin"}]}
    assert limited.patch(f"/Users/{ada['id']}", promotion)["status"] == "403"
    assert limited.send("POST", "/Users", {"schemas": [urns.USER], "userName": "x", "roles": [{"value": "admin"}]})[
        "detail"
    ].startswith("this token may not create, change or delete administrators")
    bulk = {"method": "DELETE", "path": f"/Users/{boss['id']}"}
    result = limited.send("POST", "/Bulk", {"schemas": [urns.BULK_REQUEST], "Operations": [bulk]})
    assert result["Operations"][0]["status"] == "403"
    assert limited.patch(f"/Users/{ada['id']}", off)["active"] is False
    assert client.get(f"/Users/{boss['id']}")["active"] is True


def test_the_user_type_may_stand_in_an_extension(of: Make) -> None:
    place = f"{urns.ENTERPRISE_USER}:employeeNumber"
    client = of(
        "provisioning:\n"
        "  approved_domains: [scimctl.example]\n"
        "  domain_error: {status: 403, detail: no}\n"
        f"  user_type: {{attribute: '{place}', values: [Regular, External], default: Regular}}\n"
        "  seats: null\n"
        "  seats_error: {status: 403, detail: full}\n"
        "  retain_empty: true\n"
        "  lookup: [userName]\n"
    )
    ada = client.user("ada@scimctl.example")
    alan = client.user("alan@scimctl.example", **{urns.ENTERPRISE_USER: {"employeeNumber": "external"}})

    assert ada[urns.ENTERPRISE_USER] == {"employeeNumber": "Regular"}
    assert alan[urns.ENTERPRISE_USER] == {"employeeNumber": "External"}
    assert (
        client.send(
            "POST", "/Users", ada | {"userName": "x@scimctl.example", urns.ENTERPRISE_USER: {"employeeNumber": "Boss"}}
        )["scimType"]
        == "invalidValue"
    )


def test_roles_and_entitlements_are_there_for_okta(make: Make) -> None:
    client = make("entitlements")

    types = {kind["name"]: kind["schema"] for kind in client.get("/ResourceTypes")["Resources"]}
    assert types["Role"] == urns.OKTA_ROLE
    assert types["Entitlement"] == urns.OKTA_ENTITLEMENT
    assert urns.OKTA_ROLE in [schema["id"] for schema in client.get("/Schemas")["Resources"]]
    page = client.get("/Roles?count=1&startIndex=1")
    assert (page["totalResults"], page["itemsPerPage"]) == (3, 1)
    assert page["Resources"][0]["id"] == "role-viewer"
    assert client.get("/Entitlements/ent-api")["type"] == "Entitlement"
    assert client.get("/Users")["totalResults"] == 0


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("title: x\npage_sise: 3\n", "key `page_sise` is not known here"),
        ("page_size: 3\n", "`title` is missing"),
        ("title: x\npage_size: 0\n", "`page_size` is 0"),
        ("title: x\npage_size: 30\nmax_results: 20\n", "page_size is 30, more than max_results, which is 20"),
        ("title: x\nlatency: fast\n", '`latency` is "fast"'),
        ("title: [x\n", "not YAML: expected ',' or ']', but got '<stream end>'"),
    ],
)
def test_a_profile_file_that_is_wrong_is_the_users_error(text: str, title: str, tmp_path: Path) -> None:
    assert title == refusal(text, tmp_path)


def test_a_profile_with_impossible_resources_is_refused(of: Make) -> None:
    with pytest.raises(InputError) as unknown:
        of("resources: [{meta: {resourceType: Desk}, id: a}]\n")
    with pytest.raises(InputError) as broken:
        of("resources: [{meta: {resourceType: User}, id: a}]\n")

    assert unknown.value.diagnostics[0].title == "the profile has a resource of the type 'Desk'"
    assert broken.value.diagnostics[0].title == "the User 'a' of the profile cannot be: userName is required"


def test_a_profile_file_that_is_not_there_is_the_users_error(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_profile(str(tmp_path / "none.yaml"))

    assert caught.value.diagnostics[0].title.startswith("cannot read the profile ")


def test_options_leave_out_what_is_not_offered() -> None:
    server = build("minimal", token="right")
    request = Request("OPTIONS", "/Users/x", Headers((("Authorization", "Bearer right"),)))

    assert server.handle(request, base_url=BASE_URL).headers.get("Allow") == "GET, PUT, DELETE, HEAD, OPTIONS"
