"""Imports: pages, counts, what ends one, and how little is kept."""

import tracemalloc
from typing import Any

import pytest

from scimctl.exchange import Answer, Request, Response
from scimctl.okta.app import App
from scimctl.okta.importing import Imported, Wanted, run_import
from scimctl.okta.outcome import ActionOutcome, ActionResult, Flow
from scimctl.okta.parameters import Parameters
from scimctl.server.core import build
from scimctl.server.seeding import seed
from tests.playing import reference
from tests.unit.okta.scripted import LIST, Told, answer, tell


def user(number: int, **values: Any) -> dict[str, Any]:
    return {"id": str(number), "userName": f"u{number}", "active": True, "name": {"familyName": "B"}} | values


def page(total: int, *resources: dict[str, Any], **numbers: Any) -> Response:
    told = {"totalResults": total, "startIndex": 1, "itemsPerPage": len(resources)} | numbers
    return answer(200, {"schemas": [LIST], **told, "Resources": list(resources)})


def imported(*answers: Answer, app: App | None = None, kind: Imported = Imported.USERS, **wanted: Any) -> Told:
    return tell(run_import(app or App(), kind, Wanted(**wanted)), answers)


def refused(*answers: Answer, **options: Any) -> tuple[str, str, str]:
    """What was expected, what came, and where; the text tells of what came."""
    result = imported(*answers, **options).result
    assert result.outcome is ActionOutcome.FAILURE
    assert result.refusal is not None
    assert result.reason == f"Import from app SCIM app failed: {result.refusal.actual}"
    return result.refusal.expected, result.refusal.actual, result.refusal.at


def test_the_next_page_begins_a_hundred_further() -> None:
    first, second = [user(n) for n in range(100)], [user(n) for n in range(100, 130)]
    told = imported(page(130, *first), page(130, *second))

    assert told.lines == ["GET /Users?startIndex=1&count=100", "GET /Users?startIndex=101&count=100"]
    assert told.result.reason == (
        "130 users scanned! 130 new user imported 0 existing users updated 0 existing users unchanged 0 users removed"
    )


def test_the_next_page_may_begin_after_what_came() -> None:
    app = App(parameters=Parameters(page_step="returned"))
    told = imported(page(3, user(1), user(2)), page(3, user(3)), app=app)

    assert told.lines == ["GET /Users?startIndex=1&count=100", "GET /Users?startIndex=3&count=100"]
    assert told.result.outcome is ActionOutcome.SUCCESS


def test_groups_are_imported_by_their_names() -> None:
    told = imported(page(1, {"id": "g", "displayName": "Engines"}), kind=Imported.GROUPS)

    assert told.lines == ["GET /Groups?startIndex=1&count=100"]
    assert told.result.reason.startswith("1 groups scanned! 1 new groups imported 0 existing groups updated")


def test_only_the_active_are_imported_and_only_with_a_last_name() -> None:
    app = App()
    told = imported(page(3, user(1), user(2, active=False), user(3, name={"givenName": "C"})), app=app)

    assert list(app.imported["users"]) == ["1", "3"]
    assert told.result.reason.endswith("0 users removed; 1 have no last name")


def test_the_second_import_counts_what_has_changed() -> None:
    app = App()
    people = [user(n) for n in range(10)]
    imported(page(10, *people), app=app)

    told = imported(
        page(
            10,
            *people[1:],
            user(10),
        ),
        app=app,
    )
    assert told.result.reason == (
        "10 users scanned! 1 new user imported 0 existing users updated 9 existing users unchanged 1 users removed"
    )
    told = imported(page(10, user(1, title="Boss"), *people[2:], user(10)), app=app)
    assert " 0 new user imported 1 existing users updated 9 existing users unchanged" in told.result.reason


def test_the_safeguard_keeps_an_import_from_removing_too_many() -> None:
    app = App()
    imported(page(10, *(user(n) for n in range(10))), app=app)

    result = imported(page(7, *(user(n) for n in range(7))), app=app).result
    assert (result.outcome, result.reason) == (
        ActionOutcome.FAILURE,
        "Import from app SCIM app stopped by the import safeguard: 3 of 10 would be removed",
    )
    assert len(app.imported["users"]) == 10


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ([answer(404)], ("200 with a ListResponse", "404 Not Found", "")),
        ([answer(200, [])], ("200 with a ListResponse", "200 with []", "")),
        ([page(1, user(1), totalResults="1")], ("a JSON integer", '"1"', "/totalResults")),
        ([page(1, user(1), startIndex="1")], ("a JSON integer", '"1"', "/startIndex")),
        ([answer(200, {"totalResults": 2})], ("an array of users", "absent", "/Resources")),
        ([page(1, {"userName": "x"})], ("a non-empty string", "null", "/Resources/0/id")),
        ([page(1, {"id": "1"})], ("a text", "null", "/Resources/0/userName")),
        ([page(2, user(1), user(1))], ("each resource on one page", "1 a second time", "/Resources/1/id")),
        (
            [page(130, *(user(n) for n in range(50))), page(130, *(user(n) for n in range(100, 130)))],
            ("all of the 130 users that totalResults tells of", "80 on 2 pages", ""),
        ),
        ([page(500)], ("all of the 500 users that totalResults tells of", "0 on 1 pages", "")),
    ],
    ids=["404", "array", "text-total", "text-start", "no-resources", "no-id", "no-name", "twice", "capped", "empty"],
)
def test_what_ends_an_import(answers: list[Answer], told: tuple[str, str, str]) -> None:
    assert refused(*answers) == told


def test_who_has_to_be_there_and_who_not() -> None:
    people = page(2, user(1), user(2, active=False))
    assert refused(people, present=["3"])[1] == "3 is on no page"
    assert refused(people, present=["2"])[1] == "2 is inactive"
    assert refused(people, absent=["1"])[1] == "1 is active"
    assert imported(people, present=["1"], absent=["2", "3"]).result.outcome is ActionOutcome.SUCCESS


def test_pages_without_end_come_to_one() -> None:
    flow, number = run_import(App(), Imported.USERS), 0
    try:
        next(flow)
        while True:
            number += 1
            flow.send(page(10**9, *(user(number * 1000 + n) for n in range(100))))
    except StopIteration as stop:
        result: ActionResult = stop.value
    assert number == 1000
    assert (result.refusal.expected, result.refusal.actual) == ("a last page", "1000 pages and no end")  # type: ignore[union-attr]


def test_ten_thousand_users_need_little_memory() -> None:
    server = build("standard", token="right")
    seed(server.service, 10_000)

    def answered(request: Request) -> Response:
        headers = request.headers.with_field("Authorization", "Bearer right")
        return server.handle(Request(request.method, request.target, headers), base_url="https://x.example/scim/v2")

    def play(flow: Flow) -> ActionResult:
        try:
            call = next(flow)
            while True:
                call = flow.send(answered(call.request))
        except StopIteration as stop:
            result: ActionResult = stop.value
            return result

    app = App()
    tracemalloc.start()
    try:
        result = play(run_import(app, Imported.USERS))
        kept, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert result.reason.startswith("10000 users scanned! ")
    # The resources themselves are about 8 MB; what is kept is an id and eight bytes each.
    assert kept < 4_000_000
    assert peak < 8_000_000


def test_the_reference_server_can_be_imported() -> None:
    send = reference()

    def play(flow: Flow) -> ActionResult:
        try:
            call = next(flow)
            while True:
                call = flow.send(send(call.request))
        except StopIteration as stop:
            result: ActionResult = stop.value
            return result

    assert play(run_import(App(), Imported.USERS)).reason.startswith("0 users scanned! ")
