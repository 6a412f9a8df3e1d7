"""The schemas that hold: ours, with what the server announces laid over them."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from scimctl.exchange import Answer, Request, Response
from scimctl.finding import Finding, Outcome
from tests.exchanges import content, is_create, ok, with_content
from tests.playing import play, reference

USER = "urn:ietf:params:scim:schemas:core:2.0:User"
SCHEMA = "urn:ietf:params:scim:schemas:core:2.0:Schema"
LICENCE = "urn:example:params:scim:schemas:2.0:Licence"


def announcing(change: Any, answer: Any = lambda user: user) -> dict[str, Finding]:
    """The broken passive findings of one create against a server with changed `/Schemas` and changed users."""
    server = reference()

    def changed(request: Request) -> Answer:
        response = ok(server(request))
        if request.path == "/Schemas":
            body = content(response)
            schemas = change(body["Resources"])
            return with_content(
                response, body | {"Resources": schemas, "totalResults": len(schemas), "itemsPerPage": len(schemas)}
            )
        body = content(response)
        if request.path == "/ResourceTypes":
            return with_content(response, body | {"Resources": [_with_licences(one) for one in body["Resources"]]})
        return with_content(response, answer(body)) if body.get("userName") else response

    played = play(changed, ("okta.users.create[oin]",))
    return {f.check: f for f in played.findings if f.scenario == "passive" and f.outcome is Outcome.BROKEN}


def _with_licences(kind: dict[str, Any]) -> dict[str, Any]:
    """A resource type that may have the extension of this server's own."""
    return kind | {"schemaExtensions": [*kind["schemaExtensions"], {"schema": LICENCE, "required": False}]}


def with_attribute(name: str, **characteristics: Any) -> Any:
    """A change of `/Schemas` that gives an attribute of the core User other characteristics."""

    def change(schemas: list[dict[str, Any]]) -> list[dict[str, Any]]:
        for schema in schemas:
            for attribute in schema["attributes"] if schema["id"] == USER else ():
                if attribute["name"] == name:
                    attribute.update(characteristics)
        return schemas

    return change


def test_a_type_that_departs_from_the_rfc_is_one_finding_and_our_type_holds() -> None:
    broken = announcing(with_attribute("active", type="string"))
    assert list(broken) == ["discovery.schema-agrees"]
    problem = broken["discovery.schema-agrees"].problem
    assert problem is not None
    assert (problem.expected, problem.actual) == ("active: boolean", "string")


def test_what_the_server_says_is_required_is_asked_of_it() -> None:
    broken = announcing(with_attribute("nickName", required=True))
    assert list(broken) == ["resource.required"]
    problem = broken["resource.required"].problem
    assert problem is not None
    assert problem.at.endswith("/nickName")


def licence(kind: str) -> dict[str, Any]:
    attributes = [{"name": "seats", "type": kind, "multiValued": False}]
    return {"id": LICENCE, "name": "Licence", "attributes": attributes, "schemas": [SCHEMA]}


@pytest.mark.parametrize(("kind", "found"), [("integer", []), ("string", ["resource.types"])])
def test_a_schema_that_only_the_server_has_is_used(kind: str, found: list[str]) -> None:
    def with_licence(user: dict[str, Any]) -> dict[str, Any]:
        return user | {"schemas": [*user["schemas"], LICENCE], LICENCE: {"seats": 5}}

    assert list(announcing(lambda schemas: [*schemas, licence(kind)], with_licence)) == found


def test_a_definition_that_cannot_be_read_is_passed_over_by_validation() -> None:
    broken = announcing(with_attribute("title", type="text"))
    assert list(broken) == ["resource.types", "schema.keywords"]
    problem = broken["resource.types"].problem
    assert problem is not None
    assert problem.actual == '"text"'


@pytest.mark.parametrize(
    ("change", "check", "at"),
    [
        ({"active": "True"}, "resource.types", "/active"),
        ({"emails": {"value": "a@b.example"}}, "resource.types", "/emails"),
        ({"meta": {"resourceType": "User"}}, "resource.meta", "/meta/created"),
        ({"id": 17}, "resource.id", "/id"),
        ({"password": "hash"}, "user.password", "/password"),
    ],
)
def test_the_answer_to_a_create_is_held_against_the_schemas(change: dict[str, Any], check: str, at: str) -> None:
    server = reference()

    def changed(request: Request) -> Answer:
        response = ok(server(request))
        return with_content(response, content(response) | change) if is_create(request) else response

    played = play(changed, ("okta.users.create-external-id",))
    finding = next(f for f in played.findings if f.check == check)
    assert finding.outcome is Outcome.BROKEN
    assert finding.problem is not None
    assert finding.problem.at == at


def test_names_in_another_case_are_the_same_attributes() -> None:
    server = reference()

    def shouting(request: Request) -> Answer:
        response = ok(server(request))
        assert isinstance(response, Response)
        if not is_create(request):
            return response
        upper = {name.upper() if ":" not in name else name: value for name, value in content(response).items()}
        return replace(response, body=json.dumps(upper | {"ACTIVE": "yes", "id": content(response)["id"]}).encode())

    played = play(shouting, ("okta.users.create-external-id",))
    broken = {f.check: f.problem.at for f in played.broken if f.problem and f.scenario == "passive"}
    assert broken["resource.types"] == "/active"


@pytest.mark.parametrize(
    "request_text",
    [
        "{request: POST /Users/.search, body: {schemas: ['urn:ietf:params:scim:api:messages:2.0:SearchRequest'],"
        " attributes: [title]}}",
        "{request: POST /Bulk, body: {schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'],"
        " Operations: [{method: DELETE, path: /Users/nobody}]}}",
    ],
    ids=["projected-search", "bulk"],
)
def test_answers_that_are_no_whole_resources_are_not_taken_for_some(request_text: str, tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        "- id: own.one\n"
        "  title: One\n"
        "  given:\n"
        f"    resource: {{type: User, body: {{schemas: ['{USER}'], userName: $(unique.email)}}}}\n"
        "  steps:\n"
        f"    - send: {request_text}\n",
        "utf-8",
    )
    played = play(reference(), [str(path)])

    assert [f for f in played.findings if f.outcome is Outcome.BROKEN] == []
    assert len(played.exchanges) >= 2
