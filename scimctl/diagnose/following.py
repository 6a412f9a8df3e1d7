"""Whom the System Log says something new about: the failures among events as they come in."""

from collections.abc import Iterator

from scimctl.diagnose.diagnosis import Question
from scimctl.diagnose.log import CALLS, Event, Kind, read_log
from scimctl.diagnose.management_api import ManagementApi, RefusedError
from scimctl.diagnose.reading import text
from scimctl.jsonvalue import Json

_OF_GROUPS = frozenset({Kind.GROUP_CALL, Kind.GROUP_PUSH_FAILED})
_MOST_REFUSALS = 10


class NewFailures:
    """Turns pages of events into questions, one for each job that failed, and never the same twice."""

    def __init__(self) -> None:
        self._jobs: set[str] = set()

    def among(self, page: list[Json]) -> list[Question]:
        """The users and groups that failed in jobs that were not seen before, in the order of the events."""
        questions: dict[tuple[str | None, str | None], Question] = {}
        for event in read_log(page).events:
            question = _question(event)
            if question is None or (event.job or event.uuid) in self._jobs:
                continue
            questions[question.user, question.group] = question
        self._jobs |= {event.job or event.uuid for event in read_log(page).events if event.failed}
        return list(questions.values())


def _question(event: Event) -> Question | None:
    if not event.failed:
        return None
    if event.kind in CALLS:
        name = event.user_name or next((name for name in event.names if "@" in name), event.user)
        return Question(user=name) if name is not None else None
    if event.kind in _OF_GROUPS and event.groups:
        return Question(group=event.groups[0][1] or event.groups[0][0])
    return None


def follow_log(api: ManagementApi, app: str, interval: float) -> Iterator[list[Question]]:
    """What has newly failed in an app, time after time, without end; `interval` is the seconds between two looks.

    A look that fails is made again. Raises RefusedError when too many in a row do.
    """
    failures, since, refusals = NewFailures(), api.now(), 0
    while True:
        try:
            for page in api.follow(app, since):
                refusals = 0
                since = max((event.at for event in read_log(page).events), default=since)
                yield failures.among(page)
                if not page:
                    api.sleep(interval)
        except RefusedError as refused:
            refusals += 1
            if refusals == _MOST_REFUSALS:
                raise
            api.waiting(interval, f"Okta: {refused}")
            api.sleep(interval)


def app_id(api: ManagementApi, app: str) -> str:
    """The id of an app that was named by id or label. Raises InputError when there is none, or several."""
    return text(api.app(app), "id") or app
