"""`/Bulk` of the reference server: operations, references between them, limits, results."""

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest

from scimctl.bundle import read_schema
from scimctl.scim import urns
from scimctl.server.answers import MAX_BODY
from tests.unit.server.reference_client import BASE_URL, Client

VALID = jsonschema.Draft202012Validator(read_schema("messages/bulk-response.schema.json"))


def request(*operations: object, **members: object) -> dict[str, object]:
    return {"schemas": [urns.BULK_REQUEST], **members, "Operations": operations}


def bulk(client: Client, *operations: object, **members: object) -> list[Any]:
    """The results of these operations, for a request that is taken."""
    answer = client.send("POST", "/Bulk", request(*operations, **members))
    assert client.last.status == 200, answer
    assert answer["schemas"] == [urns.BULK_RESPONSE]
    assert [each.message for each in VALID.iter_errors(answer)] == []
    operations_told: list[Any] = answer["Operations"]
    return operations_told


def user(bulk_id: str, name: str | None = None, **attributes: object) -> dict[str, object]:
    data = {"schemas": [urns.USER], "userName": name or bulk_id, **attributes}
    return {"method": "POST", "path": "/Users", "bulkId": bulk_id, "data": data}


def group(bulk_id: str, *members: str, **attributes: object) -> dict[str, object]:
    data = {
        "schemas": [urns.GROUP],
        "displayName": bulk_id,
        "members": [{"value": member} for member in members],
        **attributes,
    }
    return {"method": "POST", "path": "/Groups", "bulkId": bulk_id, "data": data}


def statuses(results: list[Any]) -> list[str]:
    return [result["status"] for result in results]


def test_every_method(client: Client) -> None:
    client.user("bob")
    client.user("eve")
    results = bulk(
        client,
        user("q", "ada"),
        {"method": "PUT", "path": "/Users/id-1", "data": {"schemas": [urns.USER], "userName": "bobby"}},
        {
            "method": "PATCH",
            "path": "/Users/id-2",
            "bulkId": "mine",
            "data": {"schemas": [urns.PATCH_OP], "Operations": [{"op": "add", "value": {"title": "Dr"}}]},
        },
        {"method": "DELETE", "path": "/Users/id-1"},
    )
    assert results == [
        {
            "location": f"{BASE_URL}/Users/id-3",
            "method": "POST",
            "bulkId": "q",
            "version": 'W/"1"',
            "status": "201",
        },
        {"location": f"{BASE_URL}/Users/id-1", "method": "PUT", "version": 'W/"2"', "status": "200"},
        {
            "location": f"{BASE_URL}/Users/id-2",
            "method": "PATCH",
            "bulkId": "mine",
            "version": 'W/"2"',
            "status": "200",
        },
        {"location": f"{BASE_URL}/Users/id-1", "method": "DELETE", "status": "204"},
    ]
    assert [each["userName"] for each in client.get("/Users")["Resources"]] == ["eve", "ada"]
    assert client.get("/Users/id-2")["title"] == "Dr"


def test_an_error_stops_nothing_and_is_told(client: Client) -> None:
    results = bulk(client, user("a"), user("b", "A"), {"method": "DELETE", "path": "/Users/none"}, user("c"))
    assert statuses(results) == ["201", "409", "404", "201"]
    assert "location" not in results[1]
    assert results[1]["response"] == {
        "schemas": [urns.ERROR],
        "status": "409",
        "scimType": "uniqueness",
        "detail": "userName 'A' is taken by another User",
    }
    assert results[2]["location"] == f"{BASE_URL}/Users/none"
    assert results[2]["response"]["status"] == "404"
    assert client.found("userName pr") == ["a", "c"]


@pytest.mark.parametrize(
    ("limit", "told"), [(None, ["201", "409", "409", "201"]), (1, ["201", "409"]), (2, ["201", "409", "409"])]
)
def test_fail_on_errors(client: Client, limit: int | None, told: list[str]) -> None:
    members = {} if limit is None else {"failOnErrors": limit}
    assert statuses(bulk(client, user("a"), user("b", "a"), user("c", "a"), user("d"), **members)) == told


def test_references_to_what_is_created_before_and_after(client: Client) -> None:
    results = bulk(client, user("ada"), group("Tour Guides", "bulkId:ada", "bulkId:bob"), user("bob"))
    assert statuses(results) == ["201", "201", "201"]
    ids = [result["location"].rpartition("/")[2] for result in results]
    members = client.get(f"/Groups/{ids[1]}")["members"]
    assert [(member["value"], member["type"], member["display"]) for member in members] == [
        (ids[0], "User", "ada"),
        (ids[2], "User", "bob"),
    ]
    assert client.get(f"/Users/{ids[2]}")["groups"][0]["value"] == ids[1]


def test_references_in_paths_and_in_extensions(client: Client) -> None:
    add = {"op": "add", "path": 'members[value eq "bulkId:ada"].display', "value": "Countess"}
    patch = {"schemas": [urns.PATCH_OP], "Operations": [add]}
    results = bulk(
        client,
        {"method": "PATCH", "path": "/Groups/bulkId:g", "data": patch},
        user("ada", **{urns.ENTERPRISE_USER: {"manager": {"value": "bulkId:boss", "$ref": "/Users/bulkId:boss"}}}),
        group("g", "bulkId:ada"),
        user("boss"),
        {"method": "DELETE", "path": "/Users/bulkId:boss"},
    )
    assert statuses(results) == ["200", "201", "201", "201", "204"]
    found = {result.get("bulkId"): result["location"].rpartition("/")[2] for result in results}
    assert results[0]["location"] == f"{BASE_URL}/Groups/{found['g']}"
    assert client.get(f"/Groups/{found['g']}")["members"][0]["display"] == "Countess"
    assert client.get(f"/Users/{found['ada']}")[urns.ENTERPRISE_USER]["manager"]["value"] == found["boss"]


def test_circles_are_resolved(client: Client) -> None:
    results = bulk(client, group("A", "bulkId:B"), group("B", "bulkId:C"), group("C", "bulkId:A", "bulkId:C"))
    assert statuses(results) == ["201", "201", "201"]
    found = {result["bulkId"]: result["location"].rpartition("/")[2] for result in results}
    held = {name: [each["value"] for each in client.get(f"/Groups/{at}")["members"]] for name, at in found.items()}
    assert held == {"A": [found["B"]], "B": [found["C"]], "C": [found["A"], found["C"]]}
    assert {each["type"] for each in client.get(f"/Groups/{found['C']}")["members"]} == {"Group"}


def test_people_who_manage_each_other(client: Client) -> None:
    def managed(name: str, by: str) -> dict[str, object]:
        return user(name, **{urns.ENTERPRISE_USER: {"manager": {"value": f"bulkId:{by}"}}})

    results = bulk(client, managed("ada", "bob"), managed("bob", "ada"))
    assert statuses(results) == ["201", "201"]
    ada = client.get(results[0]["location"].removeprefix(BASE_URL))
    assert ada[urns.ENTERPRISE_USER]["manager"] == {
        "value": results[1]["location"].rpartition("/")[2],
        "$ref": results[1]["location"],
    }


def test_a_circle_that_cannot_be_closed_leaves_nothing(client: Client) -> None:
    results = bulk(client, group("A", "bulkId:B", displayName=""), group("B", "bulkId:C"), group("C", "bulkId:A"))
    assert statuses(results) == ["400", "409", "409"]
    assert [result["response"]["detail"] for result in results[1:]] == [
        "the resource with the bulkId 'C', which this refers to, was not made",
        "the resource with the bulkId 'A', which this refers to, was not made",
    ]
    assert client.get("/Groups")["totalResults"] == 0


def test_a_circle_that_is_cut_short_leaves_nothing(client: Client) -> None:
    circle = (group("A", "bulkId:B", "bulkId:u"), group("B", "bulkId:A"))
    results = bulk(client, *circle, user("u", userName=""), failOnErrors=1)
    assert statuses(results) == ["409", "400"]
    assert results[0]["bulkId"] == "B"
    assert client.get("/Groups")["totalResults"] == 0


def test_a_reference_to_what_failed_is_a_conflict(client: Client) -> None:
    results = bulk(
        client,
        user("ada", userName=5),
        group("g", "bulkId:ada"),
        {"method": "DELETE", "path": "/Users/bulkId:ada"},
        group("h", "bulkId:nobody"),
    )
    assert statuses(results) == ["400", "409", "409", "400"]
    assert results[2]["location"] == f"{BASE_URL}/Users/bulkId:ada"
    assert results[3]["response"]["scimType"] == "invalidValue"


def test_a_chain_of_references_may_be_as_long_as_the_request(client: Client) -> None:
    chain = [group(f"g{number}", f"bulkId:g{number + 1}") for number in range(999)]
    assert set(statuses(bulk(client, *chain, group("g999")))) == {"201"}
    assert set(statuses(bulk(client, *chain, group("g999", "bulkId:g0", displayName="")))) == {"409", "400"}
    assert client.get("/Groups?count=0")["totalResults"] == 1000


def test_the_version_is_a_condition(client: Client) -> None:
    client.user("ada")
    put = {"method": "PUT", "path": "/Users/id-1", "data": {"schemas": [urns.USER], "userName": "b"}}
    results = bulk(client, put | {"version": 'W/"7"'}, put | {"version": 'W/"1"'})
    assert statuses(results) == ["412", "200"]
    assert "version" not in results[0]


@pytest.mark.parametrize(
    ("operation", "status", "scim_type"),
    [
        ({"method": "GET", "path": "/Users/id-1"}, "400", "invalidSyntax"),
        ({"method": "post", "path": "/Users"}, "400", "invalidSyntax"),
        ({"path": "/Users"}, "400", "invalidSyntax"),
        ({"method": "POST", "path": "/Users", "data": {}}, "400", "invalidValue"),
        ({"method": "POST", "path": "/Users", "bulkId": "a"}, "400", "invalidValue"),
        ({"method": "PATCH", "path": "/Users/id-1"}, "400", "invalidValue"),
        ({"method": "PATCH", "path": "/Users/id-1", "data": {}}, "400", "invalidSyntax"),
        ({"method": "POST", "path": "/Users/id-1", "bulkId": "a", "data": {}}, "400", "invalidPath"),
        ({"method": "DELETE", "path": "/Users"}, "400", "invalidPath"),
        ({"method": "DELETE", "path": "/Users/id-1/x"}, "400", "invalidPath"),
        ({"method": "DELETE", "path": "/Schemas/x"}, "404", None),
        ({"method": "POST", "path": "/Bulk", "bulkId": "a", "data": {}}, "404", None),
        ({"method": "DELETE", "path": "/Users/%ff"}, "404", None),
        ({"method": "DELETE"}, "404", None),
    ],
)
def test_operations_that_cannot_be(client: Client, operation: object, status: str, scim_type: str | None) -> None:
    client.user("ada")
    (result,) = client.send("POST", "/Bulk", request(operation))["Operations"]
    assert (result["status"], result["response"].get("scimType")) == (status, scim_type)
    assert client.get("/Users")["totalResults"] == 1


@pytest.mark.parametrize(
    ("body", "scim_type"),
    [
        ([], "invalidSyntax"),
        ({"Operations": [user("a")]}, "invalidSyntax"),
        ({"schemas": [urns.USER], "Operations": [user("a")]}, "invalidSyntax"),
        ({"schemas": [urns.BULK_REQUEST]}, "invalidSyntax"),
        (request(), "invalidSyntax"),
        (request(5), "invalidSyntax"),
        (request({"method": "POST", "path": "/Users", "bulkId": "a", "data": [1]}), "invalidSyntax"),
        (request({"method": "POST", "path": 5}), "invalidSyntax"),
        (request(user("a"), failOnErrors=0), "invalidValue"),
        (request(user("a"), failOnErrors="1"), "invalidValue"),
        (request(user("a"), user("a", "b")), "invalidValue"),
    ],
)
def test_what_is_no_bulk_request_gets_400(client: Client, body: object, scim_type: str) -> None:
    answer = client.send("POST", "/Bulk", body)
    assert (client.last.status, answer["scimType"]) == (400, scim_type)
    assert client.get("/Users")["totalResults"] == 0


def test_the_limits_are_announced_and_named(client: Client) -> None:
    announced = client.get("/ServiceProviderConfig")["bulk"]
    assert announced == {"supported": True, "maxOperations": 1000, "maxPayloadSize": MAX_BODY}
    answer = client.send("POST", "/Bulk", request(*[user(f"u{number}") for number in range(1001)]))
    assert (client.last.status, answer["status"]) == (413, "413")
    assert answer["detail"] == "1001 operations are more than maxOperations, which is 1000"
    answer = client.send("POST", "/Bulk", b" " * (MAX_BODY + 1))
    assert (client.last.status, answer["status"]) == (413, "413")
    assert answer["detail"] == "the body is larger than maxPayloadSize, which is 1048576 bytes"
    assert client.get("/Users")["totalResults"] == 0


def test_a_token_that_may_only_read_may_not_send_one(client: Client) -> None:
    assert client.as_token("reader").send("POST", "/Bulk", request(user("a")))["status"] == "403"


def test_a_profile_without_bulk_requests(make: Callable[..., Client]) -> None:
    client = make("wrike")
    assert client.get("/ServiceProviderConfig")["bulk"] == {
        "supported": False,
        "maxOperations": 0,
        "maxPayloadSize": 0,
    }
    assert client.send("POST", "/Bulk", request(user("a")))["status"] == "501"
