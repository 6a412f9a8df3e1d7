"""`--try`: what Okta would send for a user who has no account, made of the evidence. No I/O.

Only a create is tried, for what it makes can be taken away again; a change of an account that is there cannot.
"""

import random
from dataclasses import dataclass

from scimctl.diagnose.attributes import place_of
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.reading import is_blank
from scimctl.jsonvalue import Json
from scimctl.okta.actions import Org
from scimctl.okta.app import App, Features
from scimctl.okta.directory import Directory, OktaUser
from scimctl.okta.journal import JobKind
from scimctl.okta.mapping import AppAttribute, default_attributes
from scimctl.okta.outcome import Flow
from scimctl.okta.parameters import Parameters
from scimctl.okta.provisioning import provision


@dataclass(slots=True)
class Trial:
    """A create that is ready to be played: `flow` yields its calls, `org` has the events afterwards."""

    org: Org
    user: OktaUser

    @property
    def flow(self) -> Flow:
        """The assignment job, logged as Okta would."""
        org = self.org
        job = org.job(self.user)
        return org.journal.user_job(self.user, JobKind.ASSIGNMENT, provision(job))

    @property
    def events(self) -> list[Json]:
        """What Okta would have logged."""
        return [*self.org.log.events]


def reason_against(facts: Facts) -> str | None:
    """Why nothing can be tried for this person; None when a create can be."""
    if facts.subject is None:
        return "a push of a group is not tried: it would change a group that is there"
    if facts.account is not None:
        return f"the account {facts.account.user_name} is there, and a change of it is not tried"
    if facts.survey is None or not facts.survey.reads_users:
        return "whether the account is there could not be told, so nothing is tried"
    if not facts.user_name or (facts.person is None and facts.app_user is None):
        return "Okta's user is not known, so there is nothing to send"
    return None


def trial_of(facts: Facts) -> Trial:
    """The create of a person as the evidence has the profile and its mapping.

    Where the app's profile in Okta is not known, the mapping is that of Okta's template.
    """
    parameters = Parameters()
    profile = _profile(facts)
    attributes = _attributes(facts, profile) or default_attributes(parameters)
    app = App(label=facts.app_label, features=Features(update=False), parameters=parameters, attributes=attributes)
    app.id = facts.app.id if facts.app is not None else app.id
    identifier = facts.subject.id if facts.subject is not None else None
    user = OktaUser(id=identifier or "00uunknown", profile=profile)
    org = Org(Directory({user.id: user}), app, random.Random())
    app.direct.add(user.id)
    return Trial(org, user)


def _profile(facts: Facts) -> dict[str, Json]:
    """Okta's profile with the assignment's values laid over it; the login is the application user name."""
    person = facts.person.profile if facts.person is not None else {}
    assigned = facts.app_user.profile if facts.app_user is not None else {}
    told = {**person, **{name: value for name, value in assigned.items() if not is_blank(value)}}
    names = {"firstName": told.get("givenName"), "lastName": told.get("familyName")}
    return {
        **{name: value for name, value in names.items() if not is_blank(value)},
        **told,
        "login": facts.user_name,
    }


def _attributes(facts: Facts, profile: dict[str, Json]) -> tuple[AppAttribute, ...]:
    """The app's attributes, each filled by the value of its own name in the assignment, or as the template has it."""
    sources = {attribute.name: attribute.source for attribute in default_attributes(Parameters())}
    found: list[AppAttribute] = []
    for one in facts.org.attributes or ():
        source = one.name if one.name in profile else sources.get(one.name, one.name)
        found.append(AppAttribute(name=one.name, source=source, place=place_of(one)))
    return tuple(found)
