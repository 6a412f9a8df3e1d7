"""Every code of a cause, shown by made-up stories in other words than those of the examples, among distractions."""

import re
from itertools import chain
from pathlib import Path

import pytest

from scimctl.diagnose.cause import Certainty, Code
from scimctl.spec.catalogue import Catalogue
from tests.unit.diagnose import partial_stories, refused_stories, state_stories
from tests.unit.diagnose.story import Story

STORIES = list(chain(refused_stories.stories(), state_stories.stories(), partial_stories.stories()))


@pytest.mark.parametrize(
    ("code", "story"),
    [pytest.param(code, story, id=f"{code}: {name}") for code, name, story in STORIES],
)
def test_the_story_ends_in_its_cause(code: str, story: Story) -> None:
    diagnosis = story.diagnosed()
    named = [cause.code.word for cause in diagnosis.causes]
    assert (named[0] if named else "none") == code, [
        (cause.code.word, cause.certainty.value, cause.title) for cause in diagnosis.causes
    ]
    assert diagnosis.in_step or named
    if diagnosis.causes:
        assert diagnosis.causes[0].because
    if story.server is not None:
        assert set(story.server.methods) == {"GET"}


@pytest.mark.parametrize(
    ("story", "certainty"),
    [
        (refused_stories.refused("Bad Gateway"), Certainty.CERTAIN),
        (refused_stories.refused("Gremlins in the pipe"), Certainty.POSSIBLE),
        (refused_stories.of_domain("Forbidden"), Certainty.LIKELY),
        (refused_stories.refused(f"Forbidden. {refused_stories.REMOTE} the moon is full"), Certainty.LIKELY),
        (refused_stories.refused(f"Forbidden. {refused_stories.REMOTE} insufficient scope"), Certainty.CERTAIN),
    ],
    ids=["a status", "a text that nobody knows", "values alone", "other words", "words of permission"],
)
def test_a_cause_is_as_sure_as_its_ground(story: Story, certainty: Certainty) -> None:
    assert story.diagnosed().causes[0].certainty is certainty


def test_the_domain_of_the_address_that_stands_apart_is_named() -> None:
    story = Story().user().assigned(email="ada@contractor.example").assignment(0)
    story.failed(0.1, "push", "Bad Request. Errors reported by remote server: domain is not verified").tick(90)
    assert "the domain contractor.example is not approved" in story.diagnosed().causes[0].title


def test_every_code_has_a_story() -> None:
    told = {code for code, _, _ in STORIES}
    assert told == {code.word for code in Code} | {"none"}
    assert len(Code) == 43


def test_every_code_is_on_the_page() -> None:
    page = (Path(__file__).parents[3] / "docs" / "diagnose.md").read_text("utf-8")
    rows = re.findall(r"^\| `([a-z-]+)` \|", page.partition("## The causes")[2], re.MULTILINE)
    assert sorted(rows) == sorted(code.word for code in Code)


def test_every_code_names_a_requirement_that_there_is() -> None:
    catalogue = Catalogue.load()
    assert [code.requirement for code in Code if code.requirement and code.requirement not in catalogue] == []


def test_a_hidden_duplicate_is_told_with_the_status_that_came() -> None:
    remote = "Errors reported by remote server:"
    story = Story().user().assigned().assignment(0)
    story.failed(0.1, "push", f"Unprocessable Entity. {remote} userName is already taken").tick(90)
    assert "the create ends in 422 Unprocessable" in story.diagnosed().causes[0].title
