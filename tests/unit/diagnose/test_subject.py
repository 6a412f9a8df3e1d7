"""Who is meant by a name, and which events are about that person in this app."""

import pytest

from scimctl.diagnose.diagnosis import read_case
from scimctl.diagnose.subject import find_subject
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
