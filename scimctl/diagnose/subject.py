"""Whom a diagnosis is about: finds the person that a name stands for, among documents and events."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches

from scimctl.diagnose.log import Event, Log
from scimctl.diagnose.org import AppUser, Org, Person
from scimctl.diagnose.reading import text


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A person under the name that was asked for.

    `person` is None when Okta's user was not given, `app_user` when there is no assignment. `id` is None when nothing
    knows the name; then `near` are names that look like it. `also` are others whom the name fits.
    """

    asked: str
    id: str | None
    person: Person | None
    app_user: AppUser | None
    names: frozenset[str]
    near: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def owns(self, event: Event) -> bool:
        """Whether an event is about this person: by the Okta id where the event has one, else by name."""
        if self.id is not None and event.user is not None:
            return event.user == self.id
        return event.is_about(self.names)


def find_subject(asked: str, org: Org, log: Log) -> Subject:
    """The person called `asked`: a login, its part before the @, an e-mail address, an application user name, or an
    id, in any case.

    A document of one user that fits nobody else is taken, for it was fetched for this name.
    """
    wanted = asked.strip().lower()
    app_users = org.app_users or ()
    person = org.person
    found = next((one for one in app_users if wanted in _app_user_names(one)), None)
    by_event = _id_of(wanted, log.events)
    if person is not None and wanted not in _person_names(person):
        others = {one for one in (found.id if found else None, by_event) if one is not None}
        person = None if others and person.id not in others else person
    identifier = person.id if person is not None else (found.id if found is not None else by_event)
    app_user = next((one for one in app_users if one.id == identifier), None) if identifier else None
    names = {wanted}
    if person is not None:
        names |= {person.id.lower(), person.login.lower()}
    if app_user is not None:
        names |= {app_user.id.lower(), app_user.user_name.lower()}
    also = tuple(one.user_name for one in app_users if wanted in _app_user_names(one) and one.id != identifier)
    near = () if identifier is not None else _near(wanted, org, log)
    return Subject(
        asked=asked,
        id=identifier,
        person=person,
        app_user=app_user,
        names=frozenset(names) - {""},
        near=near,
        also=also,
    )


def _person_names(person: Person) -> frozenset[str]:
    return frozenset(_with_short(person.id, person.login, *person.emails))


def _app_user_names(app_user: AppUser) -> frozenset[str]:
    return frozenset(_with_short(app_user.id, app_user.user_name, text(app_user.profile, "email") or ""))


def _with_short(*names: str) -> Iterator[str]:
    for name in names:
        yield name.lower()
        if "@" in name:
            yield name.lower().partition("@")[0]


def _id_of(wanted: str, events: Iterable[Event]) -> str | None:
    """The Okta id of the person whom the newest event calls so."""
    found = None
    for event in events:
        if event.user is not None and any(wanted == name or wanted == name.partition("@")[0] for name in event.names):
            found = event.user
    return found


def _near(wanted: str, org: Org, log: Log) -> tuple[str, ...]:
    known = {one.user_name.lower() for one in org.app_users or ()}
    known |= {name for event in log.events for name in event.names if "@" in name}
    return tuple(get_close_matches(wanted, sorted(known), n=2, cutoff=0.8))
