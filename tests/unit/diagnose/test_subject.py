"""Who is meant by a name, and which events are about that person in this app."""

import pytest

from scimctl.diagnose.diagnosis import Question, diagnose, read_case
from scimctl.diagnose.evidence import Evidence, Piece
from scimctl.diagnose.subject import find_subject
from scimctl.jsonvalue import Json
from tests.unit.diagnose.story import LINK, LOGIN, OKTA_ID, Story


@pytest.mark.parametrize(
    "name",
    [
        LOGIN,
        LOGIN.upper(),
        "ada.byron",
        "Countess@acme.example",
        "countess",
        OKTA_ID,
        " ada.byron@acme.example ",
        "aking",
    ],
)
def test_a_person_is_found_under_every_name(name: str) -> None:
    story = Story().user(email="countess@acme.example").assigned(linked=LINK, user_name="aking")
    case = read_case(story.evidence())
    subject = find_subject(name, case.org, case.log)
    assert subject.id == OKTA_ID
    assert subject.person is not None
    assert subject.app_user is not None
    assert subject.app_user.linked_id == LINK


def test_another_person_is_not_taken_for_the_one_whose_document_is_there() -> None:
    story = Story().user().assigned(linked=LINK)
    case = read_case(story.evidence())
    subject = find_subject("grace.hopper@acme.example", case.org, case.log)
    assert subject.person is None
    assert subject.app_user is not None
    assert subject.app_user.user_name == "grace.hopper@acme.example"


def test_who_is_known_to_events_alone_is_found_by_them() -> None:
    case = read_case(Story().assignment(0).evidence())
    subject = find_subject("Ada.Byron", case.org, case.log)
    assert subject.id == OKTA_ID
    assert subject.app_user is None


def test_a_name_that_nobody_has_brings_names_that_look_like_it() -> None:
    case = read_case(Story().evidence())
    subject = find_subject("grace.hoper@acme.example", case.org, case.log)
    assert subject.id is None
    assert subject.near == ("grace.hopper@acme.example",)


def test_failures_in_an_app_of_a_like_name_do_not_count() -> None:
    story = Story().user().assigned(linked=LINK, created=-9000).with_account()
    twin = ("0oaTwin", "Kanban")
    story.event(5, "application.provision.user.push", result="FAILURE", reason="Forbidden", app=twin).tick(9)
    diagnosis = story.diagnosed()
    assert diagnosis.causes == ()
    assert diagnosis.in_step


def test_an_event_counts_by_the_okta_id_and_not_by_a_name_that_went_to_another() -> None:
    story = Story().user().assigned(linked=LINK, created=-9000).with_account()
    story.app_event(5, "provision.user.push_profile", result="FAILURE", reason="Forbidden", user_id="00uSomebodyElse")
    assert story.diagnosed().causes == ()


def test_old_exports_name_events_by_their_legacy_types() -> None:
    story = Story().user().assigned().assignment(0)
    story.app_event(1, "x", legacy="app.api.error.create_user", result="FAILURE", reason="Payment Required").tick(90)
    assert [cause.code.word for cause in story.diagnosed().causes] == ["seat-limit-reached"]


def test_a_short_name_that_fits_two_is_told_of() -> None:
    story = Story().user().assigned(linked=LINK).with_account()
    story.peer("ada.byron@branch.example")
    gaps = [gap.what for gap in story.diagnosed(user="ada.byron").not_looked_at]
    assert "others whom ada.byron fits too: ada.byron@branch.example" in gaps


def test_without_a_document_the_app_is_known_by_links_or_by_the_log() -> None:
    story = Story().user().assigned().assignment(0).failed(0.1, "push", "Payment Required").tick(90)
    documents = story.evidence().documents
    without: dict[Piece, Json] = {piece: document for piece, document in documents.items() if piece is not Piece.APP}
    gaps = []
    for links in ({}, {"app": {"href": "https://acme.okta.example/api/v1/apps/0oaKanban0000000001"}}):
        for entry in story.app_users:
            entry["_links"] = links
        # What came last went into the other app of the log.
        story.event(95, "application.provision.user.push", result="FAILURE", reason="Bad Gateway", app=("0oaZ", "Zeta"))
        evidence = Evidence(origin="x", logs=story.events, documents=without, absent={})
        diagnosis = diagnose(read_case(evidence), Question(user=LOGIN))
        gaps.append([gap.what for gap in diagnosis.not_looked_at if "other apps" in gap.what])
        code = diagnosis.causes[0].code.word
        assert code == ("seat-limit-reached" if links else "server-error")
    assert gaps == [["2 other apps of the log: only Zeta was"], []]
