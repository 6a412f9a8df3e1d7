"""Stories of which a part of the evidence is missing, or is written as few apps write it."""

from collections.abc import Iterator
from typing import Any

from scimctl.exchange import Answer, Request
from scimctl.jsonvalue import Json
from tests.unit.diagnose.served import found
from tests.unit.diagnose.state_stories import ENDED, NO_UPDATES, PROFILE, PUSHED, WOKEN, group_story, linked
from tests.unit.diagnose.story import LINK, Story


def stories() -> Iterator[tuple[str, str, Story]]:
    """Each story with the code it must end in."""
    yield from _without_assignments()
    yield from _in_capitals()
    yield from _others()


def _without_assignments() -> Iterator[tuple[str, str, Story]]:
    story = Story().user().assignment(0).app_event(0.1, WOKEN).app_event(0.2, PROFILE)
    story = story.with_account(active=False, modified=0.2).tick(90)
    yield "stale-active-race", "assignments not saved", story.without_app_users()
    yield "job-pending", "assignments not saved", Story().user().assignment(80).tick(90).without_app_users()
    story = Story().user().group("Sales").group("Staff", of_app=True, of_user=False).tick(90)
    yield "not-assigned", "assignments not saved", story.without_app_users()
    story = Story().user().app_event(-90, PUSHED).unassignment(0).app_event(0.1, ENDED).with_account(active=False)
    yield "none", "gone by the log, assignments not saved", story.tick(90).without_app_users()


def _in_capitals() -> Iterator[tuple[str, str, Story]]:
    yield "none", "names in capitals", capitalised(linked().with_account())
    story = linked(title=None).with_account(title="Countess").titled(None).app_event(0, PROFILE)
    yield "attribute-retained-downstream", "names in capitals", capitalised(story)
    story = Story().user().app_event(-90, PUSHED).unassignment(0).app_event(0.1, ENDED).with_account(modified=-80)
    yield "deactivation-ignored-by-server", "names in capitals", capitalised(story.tick(90))


def _others() -> Iterator[tuple[str, str, Story]]:
    story = Story(features=NO_UPDATES).user().assigned(linked=LINK, created=-9000, title=None).titled(None)
    story.with_account(title="Countess").event(0, "user.account.update_profile").tick(90)
    yield "update-users-disabled", "a value that was emptied", story
    story = group_story("Bad Request. Errors reported by remote server: Invalid value for members.", groups=["Chess"])
    story.app_users[1]["externalId"] = "acc-nobody"
    yield "group-push-member-unknown", "the words are of members, and one is gone", story


def capitalised(story: Story) -> Story:
    """The same with an app that begins the names of attributes with a capital."""
    server = story.server
    assert server is not None
    plain = server.answer

    def renamed(value: Any) -> Json:
        if isinstance(value, list):
            return [renamed(item) for item in value]
        if isinstance(value, dict):
            return {
                name if ":" in name else name[:1].upper() + name[1:]: renamed(inner) for name, inner in value.items()
            }
        return value

    def answer(request: Request, probe: Any) -> Answer | None:
        server.override = lambda request, probe: None
        given = plain(probe)
        server.override = answer
        body = given.json() if getattr(given, "status", 0) == 200 else None
        is_user = request.path.startswith("/Users") and isinstance(body, dict)
        return given if not is_user else found(shown(body))

    def shown(body: Any) -> Json:
        if "Resources" in body:
            return {**body, "Resources": renamed(body["Resources"])}
        return renamed(body)

    server.override = answer
    return story
