"""Stories in which no user was refused: Okta's side, leaving, attributes, groups, and people who are fine."""

from collections.abc import Iterator
from typing import Any

from tests.unit.diagnose.served import scim_error
from tests.unit.diagnose.story import ALL_FEATURES, APP_ID, LINK, Story
from tests.unit.diagnose.times import at

PUSHED = "provision.user.push"
PROFILE = "provision.user.push_profile"
WOKEN = "provision.user.reactivate"
ENDED = "provision.user.deactivate"
NO_UPDATES = tuple(one for one in ALL_FEATURES if one != "PUSH_PROFILE_UPDATES")
NO_DEACTIVATION = tuple(one for one in ALL_FEATURES if one != "PUSH_USER_DEACTIVATION")


def linked(**profile: Any) -> Story:
    """Ada is in step with her account."""
    story = Story().user().assigned(linked=LINK, created=-9000, **profile)
    return story.app_event(-8999, PUSHED).tick(200)


def left(*, features: tuple[str, ...] = ALL_FEATURES) -> Story:
    """Ada was taken from the app."""
    return Story(features=features).user().app_event(-9000, PUSHED).unassignment(0).tick(200)


def stories() -> Iterator[tuple[str, str, Story]]:
    """Each story with the code it must end in."""
    yield from _people()
    yield from _settings()
    yield from _leaving()
    yield from _returning()
    yield from _attributes()
    yield from _groups()
    yield from _fine()


def _people() -> Iterator[tuple[str, str, Story]]:
    yield "okta-user-missing", "never there", Story().without_traces().tick(90)
    yield "okta-user-missing", "deleted", Story().event(-10, "user.lifecycle.delete.completed").tick(90)
    code = "okta-user-not-active"
    yield code, "staged with a group", Story().user("STAGED").group("Staff", of_app=True).tick(90)
    yield code, "staged without", Story().user("STAGED").tick(90)
    yield code, "deactivated, with a group", Story().user("DEPROVISIONED").group("Staff", of_app=True).tick(90)
    code = "not-assigned"
    yield code, "never", Story().user().group("Sales").group("Staff", of_app=True, of_user=False).tick(90)
    story = Story().user().event(-99, "user.lifecycle.deactivate").unassignment(-98).app_event(-97, ENDED)
    yield code, "back from leave", story.event(0, "user.lifecycle.reactivate").with_account(active=False).tick(90)
    yield code, "taken away", left().with_account(active=False)
    yield (
        code,
        "old failure",
        Story().user().assignment(-50).failed(-49, "push", "Forbidden").unassignment(-40).tick(90),
    )
    code = "assigned-before-provisioning"
    story = (
        Story(lastUpdated=at(-50_000)).user().assigned(created=-70_000, status="ACTIVE", sync="OUT_OF_SYNC").tick(90)
    )
    yield code, "by the app's last change", story
    yield (
        code,
        "by the log",
        Story(features=ALL_FEATURES)
        .user()
        .assigned(created=-45_000, status="ACTIVE", sync="DISABLED")
        .of_app(-2000, "application.lifecycle.update")
        .other(-100, PUSHED)
        .tick(90),
    )
    early = "User was assigned this application before Provisioning was enabled. Click Provision User."
    yield (
        code,
        "said by Okta",
        Story().user().assigned(status="ACTIVE").assignment(0).failed(0.1, "sync", early).tick(90),
    )
    code = "job-pending"
    story = Story().user().assigned(created=60, sync="OUT_OF_SYNC", scope="GROUP").group("Staff", of_app=True)
    yield code, "no event of the assignment", story.other(61, PUSHED).tick(90)
    yield (
        code,
        "minutes ago",
        Story().user().assigned(created=80, sync="SYNCING").assignment(80).other(81, PUSHED).tick(90),
    )
    yield (
        code,
        "after an old failure",
        Story()
        .user()
        .assigned(created=80, sync="SYNCING")
        .failed(-500, "push", "Bad Gateway")
        .app_event(-400, PUSHED)
        .unassignment(-300)
        .app_event(-299, ENDED)
        .assignment(80)
        .tick(90),
    )
    yield (
        code,
        "the group's assignment is on its way",
        Story().user().group("Staff", of_app=True).event(85, "group.user_membership.add", group="Staff").tick(90),
    )
    code = "suspended-sends-nothing"
    yield code, "active account", linked_suspended().with_account()
    yield code, "no server", _without_server(linked_suspended())
    story = linked_suspended().with_account().failed(20, "push_profile", "Bad Gateway", "Error")
    yield code, "an older failure stands", story


def linked_suspended() -> Story:
    story = linked()
    story.user("SUSPENDED")
    return story.event(50, "user.lifecycle.suspend", legacy="core.user.config.user_status.suspended")


def _without_server(story: Story) -> Story:
    story.server = None
    return story


def _settings() -> Iterator[tuple[str, str, Story]]:
    yield (
        "app-inactive",
        "never created",
        Story(status="INACTIVE").user().assigned(status="ACTIVE").assignment(0).tick(90),
    )
    yield "app-inactive", "not even assigned", Story(status="INACTIVE").user().group("Staff", of_app=True).tick(90)
    yield (
        "app-inactive",
        "failed before",
        Story(status="INACTIVE")
        .user()
        .assigned()
        .assignment(-9)
        .failed(-8, "push", "Bad Gateway")
        .of_app(0, "application.lifecycle.deactivate")
        .tick(90),
    )
    code = "provisioning-disabled"
    yield (
        code,
        "never created",
        Story(features=()).user().assigned(status="ACTIVE", sync="DISABLED").assignment(0).tick(90),
    )
    story = Story(features=()).user(title="Countess").assigned(linked=LINK, sync="DISABLED", created=-9000)
    yield code, "never updated", story.with_account().event(0, "user.account.update_profile").tick(90)
    code = "update-users-disabled"
    story = Story(features=NO_UPDATES).user(title="Countess").assigned(linked=LINK, created=-9000).with_account()
    yield code, "old value", story.event(0, "user.account.update_profile").tick(90)
    story = (
        Story(features=NO_UPDATES).user(lastName="Lovelace").assigned(linked=LINK, created=-9000, familyName="Lovelace")
    )
    yield code, "a new name", story.with_account().tick(90)
    code = "deactivate-users-disabled"
    yield code, "removed", left(features=NO_DEACTIVATION).with_account()
    story = Story(features=NO_DEACTIVATION).user("DEPROVISIONED").event(0, "user.lifecycle.deactivate")
    yield code, "deactivated in Okta", story.unassignment(0.1).with_account().tick(90)
    story = Story(features=NO_DEACTIVATION).user().assigned().assignment(0).with_account(active=False)
    yield code, "comes back", story.failed(0.1, "sync", "User account is inactive.", "Error").tick(90)


def _leaving() -> Iterator[tuple[str, str, Story]]:
    code = "deactivation-skipped-no-external-id"
    story = Story().user().assignment(-99).failed(-98, "push_profile", "Unprocessable Entity").unassignment(0)
    yield code, "after a failed push", story.with_account().tick(90)
    yield code, "nothing known of before", left().with_account()
    yield code, "the log is silent", Story().user("DEPROVISIONED").with_account().tick(90)
    code = "deactivation-ignored-by-server"
    yield code, "untouched", left().app_event(0.1, ENDED).with_account()
    story = Story().user("DEPROVISIONED").event(0, "user.lifecycle.deactivate").unassignment(0.1).app_event(0.2, ENDED)
    yield code, "touched, but active", story.with_account(modified=0.2).tick(90)
    ended = Story().user().assigned(linked=LINK, created=-9000, status="DEPROVISIONED").unassignment(0)
    yield code, "the assignment that ended is listed", ended.app_event(0.1, ENDED).with_account().tick(90)
    code = "patch-unsupported"
    story = (
        left()
        .failed(0.1, "deactivate", "Method Not Allowed", "Error while trying to deactivate user Ada")
        .with_account()
    )
    yield code, "405", story
    story = left().app_event(0.1, ENDED, result="FAILURE", reason="Not Implemented").with_account()
    assert story.server is not None
    story.server.patch = False
    yield code, "501 and announced", story
    yield (
        "server-error",
        "a deactivation",
        left().failed(0.1, "deactivate", "Service Unavailable", "Error").with_account(),
    )
    story = left().failed(0.1, "deactivate", "Unauthorized", "Error while deactivating user Ada")
    assert story.server is not None
    story.server.override = lambda request, probe: scim_error(401)
    yield "credentials-rejected", "a deactivation that nobody can check", story
    code = "still-assigned-via-group"
    story = Story().user().assigned(linked=LINK, scope="GROUP", created=-9000).with_account()
    story.group("Everyone", of_app=True).group("Board", of_app=True, of_user=False)
    yield code, "left one of two", story.event(0, "group.user_membership.remove", group="Board").tick(90)
    story = Story().user().assigned(linked=LINK, scope="GROUP", created=0).with_account().group("Staff", of_app=True)
    yield code, "individual assignment removed", story.unassignment(0).assignment(0.2).tick(90)
    code = "import-safeguard"
    story = Story().user(source=("IMPORT", "Peoplesoft")).assigned(linked=LINK, created=-9000).with_account()
    held = ("0oaHr", "Peoplesoft")
    yield (
        code,
        "held",
        story.event(-20, "system.import.start", user=None, app=held)
        .event(
            -10,
            "system.import.roadblock",
            user=None,
            app=held,
            result="FAILURE",
            reason="21 of 60 users would be removed",
        )
        .tick(90),
    )
    story = linked().with_account().event(-10, "system.import.roadblock", user=None, app=held)
    assert story.person is not None
    story.person["credentials"] = {}
    yield code, "of a source that the person may come from", story
    own = (APP_ID, "Kanban")
    story = Story(features=(*ALL_FEATURES, "PROFILE_MASTERING")).user().assigned(linked=LINK, created=-9000)
    yield code, "gone from the source itself", story.event(-10, "system.import.roadblock", user=None, app=own).tick(90)


def _returning() -> Iterator[tuple[str, str, Story]]:
    code = "stale-active-race"
    story = Story().user().assigned(linked=LINK, created=0).app_event(-5000, ENDED).assignment(0)
    story.app_event(0.1, WOKEN, job="j1").app_event(0.2, PROFILE, job="j1")
    yield code, "one job", story.with_account(active=False, modified=0.2).tick(90)
    story = Story().user().assigned(linked=LINK, created=0).assignment(0).app_event(0.1, WOKEN)
    yield code, "no time told", story.app_event(0.5, PROFILE).with_account(active=False, meta={}).tick(90)


def _attributes() -> Iterator[tuple[str, str, Story]]:
    code = "attribute-not-in-payload"
    story = linked(costCenter="4711").attributes(title="title", costCenter=None).with_account()
    yield code, "no namespace", story.app_event(0, PROFILE)
    story = (
        Story().user(costCenter="4711").assigned(linked=LINK, created=-9000).attributes(title="title").with_account()
    )
    assert story.server is not None
    story.server.accounts[0]["costCenter"] = "12"
    changed = Story().user(costCenter="4711").assigned(linked=LINK, created=-9000).attributes(title="title")
    changed.with_account().event(0, "user.account.update_profile").app_event(0.1, PROFILE).tick(90)
    yield code, "not mapped, and changed last", changed
    yield code, "not mapped, while others have it", story.app_event(0, PROFILE).tick(90)
    code = "attribute-retained-downstream"
    yield code, "title", linked(title=None).with_account(title="Countess").titled(None).app_event(0, PROFILE)
    story = linked().titled(None).with_account(title="Countess").app_event(0, PROFILE)
    del story.app_users[-1]["profile"]["title"]
    yield code, "left out of the assignment", story
    phones = [{"value": "+1 555 0100", "type": "work", "primary": True}]
    story = linked(primaryPhone="").attributes(primaryPhone="phoneNumbers.^[primary==true].value")
    yield code, "phone", story.with_account(phoneNumbers=phones).app_event(0, PROFILE)


def group_story(error: str, *, groups: list[str] | None, status: str = "ERROR") -> Story:
    story = linked().with_account().group("Chess")
    assert story.server is not None
    story.server.groups = groups
    story.mappings = [{"id": "gPm1", "sourceGroupId": "00gChess", "status": status, "errorSummary": error}]
    return story.of_app(
        10, "application.provision.group_push.mapping.update.or.delete.failed.with.error", group="Chess",
        result="FAILURE", reason=error,
    )  # fmt: skip


def _groups() -> Iterator[tuple[str, str, Story]]:
    remote = "Errors reported by remote server:"
    code = "group-push-member-unknown"
    story = group_story(f"Not Found. {remote} No such principal 8812", groups=["Chess"])
    story.app_users[1]["externalId"] = "acc-nobody"
    yield code, "one member is gone", story
    story = group_story(f"Not Found. {remote} User not found.", groups=["Chess"]).without_accounts()
    yield code, "the member is the one asked about", story
    yield code, "400", group_story(f"Bad Request. {remote} member acc-2 does not exist", groups=["Chess"])
    code = "group-deleted-downstream"
    yield code, "said by Okta", group_story("Linked group is missing in Kanban. Change the linked group.", groups=[])
    yield code, "seen by the probe", group_story("Not Found", groups=["Golf"])
    code = "group-push-error"
    yield code, "403", group_story(f"Forbidden. {remote} Team names may not be changed", groups=["Chess"])
    story = group_story("Internal Server Error", groups=["Chess"])
    story.mappings = None
    yield code, "by the log alone", story


def _fine() -> Iterator[tuple[str, str, Story]]:
    code = "none"
    yield code, "in step", linked().with_account()
    own = Story().user(title=None).assigned(linked=LINK, created=-9000, title=None).with_account().tick(90)
    yield code, "a value of the app's own", own
    phones = [{"value": "+15550100199", "type": "work", "primary": True}]
    story = linked(primaryPhone="+1 (555) 010-0199").with_account(phoneNumbers=phones)
    yield code, "a number in another form", story.event(0, "user.account.update_profile").app_event(0.1, PROFILE)
    yield (
        code,
        "old failures",
        linked().failed(-700, "push_profile", "Bad Gateway").app_event(-600, PROFILE).with_account(),
    )
    yield code, "a leaver", left_for_good().with_account(active=False)
    story = Story().user("DEPROVISIONED").group("Staff", of_app=True).with_account(active=False).tick(90)
    yield code, "a leaver of long ago, still in the group", story
    yield code, "a leaver without a trace", left_for_good()
    story = linked().with_account().group("Chess")
    story.mappings = [{"id": "g", "sourceGroupId": "00gGolf", "status": "ERROR", "errorSummary": "Forbidden"}]
    yield code, "a push of others", story
    story = left_for_good().with_account(active=False).group("Chess")
    story.mappings = [{"id": "g", "sourceGroupId": "00gChess", "status": "ERROR", "errorSummary": "Forbidden"}]
    yield code, "a leaver whose group is in error", story
    yield code, "others' failures", linked().with_account().other(10, PROFILE, result="FAILURE", reason="Bad Gateway")
    yield code, "suspended and inactive", linked_suspended().with_account(active=False)
    story = linked().with_account().event(-10, "system.import.roadblock", user=None, app=("0oaHr", "Peoplesoft"))
    yield code, "an import of others is held", story
    story = linked().with_account().event(-10, "system.import.roadblock", user=None, app=("0oaHr", "Peoplesoft"))
    yield (
        code,
        "an import was held and went on",
        story.event(-5, "system.import.complete", user=None, app=("0oaHr", "Peoplesoft")),
    )
    yield code, "in step since, by the assignment", _in_step_since()
    story = (
        Story().user().assigned(linked=LINK, scope="GROUP", created=-9000).with_account().group("Staff", of_app=True)
    )
    yield code, "left a group without the app", story.event(0, "group.user_membership.remove", group="Chess").tick(90)


def left_for_good() -> Story:
    story = Story().user("DEPROVISIONED").event(0, "user.lifecycle.deactivate").unassignment(0.1)
    return story.app_event(0.2, ENDED).tick(90)


def _in_step_since() -> Story:
    story = linked().failed(-700, "push_profile", "Bad Gateway").with_account()
    story.app_users[-1]["lastSync"] = at(-600)
    return story
