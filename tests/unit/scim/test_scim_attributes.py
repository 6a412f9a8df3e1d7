"""Names, values that come in, what is shown of a resource, query parameters, entity tags."""

from functools import cache

import pytest

from scimctl.bundle import scim_definitions
from scimctl.jsonvalue import Json
from scimctl.scim import etag, urns
from scimctl.scim.attributes import normalise, read_resource
from scimctl.scim.errors import ScimError
from scimctl.scim.messages import error, list_response
from scimctl.scim.projection import project
from scimctl.scim.query import Query, decode_parameters, read_parameters, read_search
from scimctl.scim.schema import Attribute, Extension, ResourceType, Returned, Schema, SchemaSet, Type
from scimctl.scim.values import fits, fold, parse_date_time

ENTERPRISE = urns.ENTERPRISE_USER


@cache
def user_kind() -> ResourceType:
    schemas = SchemaSet(Schema.from_json(definition) for definition in scim_definitions())
    extension = Extension(schemas[ENTERPRISE])
    return ResourceType(name="User", endpoint="/Users", base=schemas[urns.USER], extensions=(extension,))


def read(**attributes: Json) -> dict[str, Json]:
    return read_resource({"schemas": [urns.USER], "userName": "ada"} | attributes, user_kind())


def test_names_become_canonical_at_every_depth() -> None:
    resource: dict[str, Json] = {
        "USERNAME": "a",
        "Emails": [{"VALUE": "x", "Own": 1}],
        "Name": {"GivenName": "A"},
        "meta": {"LastModified": "t"},
        ENTERPRISE.upper(): {"Manager": {"$REF": "u"}, "Own": 2},
        "Own": {"Sub": 3},
    }
    assert normalise(resource, user_kind()) == {
        "userName": "a",
        "emails": [{"value": "x", "Own": 1}],
        "name": {"givenName": "A"},
        "meta": {"lastModified": "t"},
        ENTERPRISE: {"manager": {"$ref": "u"}, "Own": 2},
        "Own": {"Sub": 3},
    }


def test_what_cannot_be_named_is_left_alone() -> None:
    broken: dict[str, Json] = {"emails": "x", "name": [1], ENTERPRISE: None}
    assert normalise(broken, user_kind()) == broken


@pytest.mark.parametrize(
    ("sent", "stored"),
    [
        ({"title": None, "emails": [], "name": {}}, {}),
        ({"id": "9", "meta": {"x": 1}, "groups": [{"value": "g"}], "nosuch": 1}, {}),
        ({"TITLE": "Dr"}, {"title": "Dr"}),
        ({"title": ""}, {"title": ""}),
        ({"emails": [{"value": "a", "x": 1}, None, {"value": "a"}]}, {"emails": [{"value": "a"}]}),
        ({ENTERPRISE: {"department": "D", "manager": {"value": "1", "displayName": "B"}}}, None),
        ({ENTERPRISE: None}, {}),
        ({ENTERPRISE: {"department": None, "nosuch": 1}}, {}),
        ({"password": "p"}, {"password": "p"}),
        ({"x509Certificates": [{"value": "AQID"}]}, {"x509Certificates": [{"value": "AQID"}]}),
    ],
    ids=str,
)
def test_what_is_stored_of_what_is_sent(sent: dict[str, Json], stored: dict[str, Json] | None) -> None:
    rest = {name: value for name, value in read(**sent).items() if name not in ("schemas", "userName")}
    assert rest == (stored if stored is not None else {ENTERPRISE: {"department": "D", "manager": {"value": "1"}}})


def test_schemas_follow_the_data() -> None:
    assert read(**{ENTERPRISE: {"department": "D"}})["schemas"] == [urns.USER, ENTERPRISE]
    assert read(schemas=[ENTERPRISE, urns.USER.upper()])["schemas"] == [urns.USER]


@pytest.mark.parametrize(
    "sent",
    [
        {"userName": None},
        {"userName": "  "},
        {"userName": 5},
        {"active": "true"},
        {"active": 1},
        {"emails": {"value": "a"}},
        {"emails": ["a"]},
        {"emails": [{"value": "a", "primary": True}, {"value": "b", "primary": True}]},
        {"name": "Ada"},
        {"title": ["Dr"]},
        {"x509Certificates": [{"value": "***"}]},
        {ENTERPRISE: "x"},
        {ENTERPRISE: {"manager": "boss"}},
        {"schemas": None},
        {"schemas": []},
        {"schemas": [urns.GROUP]},
        {"schemas": urns.USER},
    ],
    ids=str,
)
def test_what_is_refused(sent: dict[str, Json]) -> None:
    with pytest.raises(ScimError) as refused:
        read(**sent)
    assert (refused.value.status, refused.value.scim_type) == (400, "invalidValue")


def test_a_required_extension_and_its_required_attributes_are_asked_for() -> None:
    badge = Schema(id="urn:example:badge", attributes=(Attribute(name="number", required=True), Attribute(name="x")))
    kind = ResourceType(
        name="T", endpoint="/T", base=Schema(id=urns.USER), extensions=(Extension(badge, required=True),)
    )
    body: dict[str, Json] = {"schemas": [urns.USER]}
    with pytest.raises(ScimError, match="urn:example:badge is required"):
        read_resource(body, kind)
    with pytest.raises(ScimError, match="number is required"):
        read_resource(body | {"urn:example:badge": {"x": "1"}}, kind)
    assert read_resource(body | {"URN:EXAMPLE:BADGE": {"number": "7"}}, kind)["schemas"] == [urns.USER, badge.id]


SHOWN: dict[str, Json] = {
    "schemas": [urns.USER],
    "id": "1",
    "userName": "ada",
    "name": {"givenName": "A", "familyName": "L"},
    "emails": [{"value": "a", "type": "work"}, {"value": "b"}],
    "own": 1,
    ENTERPRISE: {"department": "D", "division": "E"},
    "meta": {"resourceType": "User"},
}
MINIMUM: dict[str, Json] = {"schemas": [urns.USER], "id": "1"}


@pytest.mark.parametrize(
    ("attributes", "shown"),
    [
        ("userName", {"userName": "ada"}),
        ("USERNAME , nosuch", {"userName": "ada"}),
        ("nosuch", {}),
        ("name.givenName", {"name": {"givenName": "A"}}),
        ("name.givenName,name", {"name": SHOWN["name"]}),
        ("name,name.givenName", {"name": SHOWN["name"]}),
        ("emails.type", {"emails": [{"type": "work"}]}),
        (f"{urns.USER}:userName", {"userName": "ada"}),
        (f"{ENTERPRISE}:department", {ENTERPRISE: {"department": "D"}}),
        (ENTERPRISE, {ENTERPRISE: SHOWN[ENTERPRISE]}),
        ("password", {}),
        ("meta.resourceType", {"meta": {"resourceType": "User"}}),
    ],
)
def test_attributes_shows_what_is_named_and_the_minimum(attributes: str, shown: dict[str, Json]) -> None:
    resource = SHOWN | {"password": "p"}
    assert project(resource, user_kind(), attributes=attributes.split(",")) == MINIMUM | shown


@pytest.mark.parametrize(
    ("excluded", "gone"),
    [
        ("userName", {"userName": None}),
        ("id,schemas", {}),
        ("nosuch", {}),
        ("name.givenName", {"name": {"familyName": "L"}}),
        ("emails.type", {"emails": [{"value": "a"}, {"value": "b"}]}),
        ("emails.type,emails.value", {"emails": None}),
        (f"{ENTERPRISE}:department", {ENTERPRISE: {"division": "E"}}),
        (ENTERPRISE, {ENTERPRISE: None}),
    ],
)
def test_excluded_attributes_hides_what_is_named_but_the_minimum(excluded: str, gone: dict[str, Json]) -> None:
    expected = {name: value for name, value in (SHOWN | gone).items() if value is not None}
    assert project(SHOWN, user_kind(), excluded=excluded.split(",")) == expected


def test_returned_decides_without_parameters() -> None:
    kind = ResourceType(
        name="T",
        endpoint="/T",
        base=Schema(
            id=urns.USER,
            attributes=(
                Attribute(name="secret", returned=Returned.NEVER),
                Attribute(name="asked", returned=Returned.REQUEST),
                Attribute(name="plain"),
                Attribute(
                    name="box",
                    type=Type.COMPLEX,
                    sub_attributes=(
                        Attribute(name="kept", returned=Returned.ALWAYS),
                        Attribute(name="asked", returned=Returned.REQUEST),
                        Attribute(name="hidden", returned=Returned.NEVER),
                        Attribute(name="plain"),
                    ),
                ),
            ),
        ),
    )
    box: Json = {"kept": 1, "asked": 2, "hidden": 3, "plain": 4}
    resource: dict[str, Json] = {"secret": 1, "asked": 2, "plain": 3, "box": box}
    assert project(resource, kind) == {"plain": 3, "box": {"kept": 1, "plain": 4}}
    assert project(resource, kind, attributes=["asked", "secret"]) == {"asked": 2, "box": {"kept": 1}}
    assert project(resource, kind, attributes=["box.asked", "box.hidden"]) == {"box": {"kept": 1, "asked": 2}}
    assert project(resource, kind, excluded=["plain", "box"]) == {}
    assert project(resource, kind, excluded=["plain", "box.plain", "box.kept"]) == {"box": {"kept": 1}}


def test_both_parameters_at_once_are_refused() -> None:
    with pytest.raises(ScimError, match="cannot be given together"):
        project(SHOWN, user_kind(), attributes=["title"], excluded=["name"])


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", Query()),
        ("startIndex=0&count=-3", Query(start_index=1, count=0)),
        ("startIndex=-5", Query(start_index=1)),
        ("startIndex=7&count=2", Query(start_index=7, count=2)),
        ("filter=userName%20eq%20%22a%2Bb%22", Query(filter='userName eq "a+b"')),
        ("filter=title+pr&foo=bar&filter=x", Query(filter="title pr")),
        ("sortBy=name.familyName&sortOrder=DESCENDING", Query(sort_by="name.familyName", descending=True)),
        ("sortOrder=ascending", Query()),
        ("attributes=a,%20b,,", Query(attributes=("a", "b"))),
        ("excludedAttributes=c", Query(excluded=("c",))),
        ("=x&&", Query()),
    ],
)
def test_query_parameters(query: str, expected: Query) -> None:
    assert read_parameters(decode_parameters(query)) == expected


@pytest.mark.parametrize(
    "query", ["count=many", "count", "startIndex=1.5", "count=1e3", "sortOrder=up", "filter=%ff", "count=" + "9" * 30]
)
def test_wrong_query_parameters(query: str) -> None:
    with pytest.raises(ScimError) as refused:
        read_parameters(decode_parameters(query))
    assert (refused.value.status, refused.value.scim_type) == (400, "invalidValue")


def test_search_request() -> None:
    body: dict[str, Json] = {
        "schemas": [urns.SEARCH_REQUEST],
        "Filter": "title pr",
        "sortBy": "title",
        "sortOrder": "descending",
        "startIndex": 2,
        "count": "3",
        "attributes": ["title", " userName "],
        "excludedAttributes": "a,b",
    }
    assert read_search(body) == Query(
        filter="title pr",
        sort_by="title",
        descending=True,
        start_index=2,
        count=3,
        attributes=("title", "userName"),
        excluded=("a", "b"),
    )


@pytest.mark.parametrize(
    ("change", "scim_type"),
    [
        ({"schemas": [urns.PATCH_OP]}, "invalidSyntax"),
        ({"schemas": None}, "invalidSyntax"),
        ({"filter": 5}, "invalidValue"),
        ({"count": True}, "invalidValue"),
        ({"attributes": 5}, "invalidValue"),
    ],
    ids=str,
)
def test_wrong_search_request(change: dict[str, Json], scim_type: str) -> None:
    with pytest.raises(ScimError) as refused:
        read_search({"schemas": [urns.SEARCH_REQUEST]} | change)
    assert refused.value.scim_type == scim_type
    with pytest.raises(ScimError, match="JSON object"):
        read_search([])


@pytest.mark.parametrize(
    ("condition", "is_named"),
    [
        ('W/"3"', True),
        ('"3"', True),
        (' W/"1", W/"3"', True),
        ("*", True),
        ('W/"33"', False),
        ("3", False),
        ("", False),
        ('w/"2"', False),
    ],
)
def test_entity_tags(condition: str, is_named: bool) -> None:
    assert etag.names(condition, etag.weak(3)) is is_named


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (Type.STRING, "", 1),
        (Type.BOOLEAN, False, "false"),
        (Type.INTEGER, 5, True),
        (Type.INTEGER, -1, 1.0),
        (Type.DECIMAL, 1.5, "1.5"),
        (Type.DECIMAL, 1, False),
        (Type.DATE_TIME, "2026-01-02T03:04:05.123456789-01:00", "2026-01-02"),
        (Type.DATE_TIME, "2024-02-29T00:00:00Z", "2023-02-29T00:00:00Z"),
        (Type.BINARY, "AQ", "A"),
        (Type.BINARY, "_-8=", "a b"),
        (Type.REFERENCE, "x", None),
        (Type.COMPLEX, {}, []),
    ],
)
def test_types(kind: Type, good: Json, bad: Json) -> None:
    attribute = Attribute(name="x", type=kind)
    assert fits(attribute, good)
    assert not fits(attribute, bad)


def test_points_in_time_are_compared_across_zones() -> None:
    assert parse_date_time("2026-01-01T01:00:00+01:00") == parse_date_time("2026-01-01T00:00:00.000Z")
    assert parse_date_time("0001-01-01T00:00:00+14:00") is None


def test_folding_is_of_unicode() -> None:
    assert fold("STRASSE") == fold("straße")
    assert fold("E\u0301") == fold("é")


def test_messages() -> None:
    assert list_response([], total=7, start_index=8) == {
        "schemas": [urns.LIST_RESPONSE],
        "totalResults": 7,
        "startIndex": 8,
        "itemsPerPage": 0,
        "Resources": [],
    }
    assert error(404, "gone") == {"schemas": [urns.ERROR], "status": "404", "detail": "gone"}
    assert error(400, "d", "invalidPath")["scimType"] == "invalidPath"
