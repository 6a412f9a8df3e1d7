"""What one scenario knows while it plays: its Okta org, its unique values and captures, and what `$(…)` stands for."""

import hashlib
import random
import string
from collections.abc import Mapping
from dataclasses import dataclass, field

from scimctl.diagnostic import Diagnostic, InputError
from scimctl.engine.filling import Filling
from scimctl.jsonvalue import Json
from scimctl.okta.actions import Org
from scimctl.okta.app import App
from scimctl.okta.directory import Directory, OktaGroup, OktaUser
from scimctl.okta.mapping import AppAttribute, app_values, default_attributes, full_name
from scimctl.okta.parameters import Parameters, with_settings
from scimctl.okta.placement import parse_place, put_value
from scimctl.okta.system_log import SystemLog, derived_id
from scimctl.scenario import template
from scimctl.scenario.matchers import Missing, member
from scimctl.scenario.model import GroupSpec, Scenario, UserSpec
from scimctl.scenario.names import OFFERS

_ID_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True, slots=True)
class Unique:
    """Values that no other scenario and no other run has, the same for the same seed whatever runs beside."""

    seed: str
    scenario: str
    domain: str

    def value(self, name: str) -> str:
        """The unique value of `name`: an address for names that begin with `email`, else a word."""
        word = "scimctl-" + self.digest(name)[:12]
        return f"{word}@{self.domain}" if name.startswith("email") else word

    def digest(self, name: str) -> str:
        """Hexadecimal digits that depend on seed, scenario and name."""
        return hashlib.sha256(f"{self.seed}\n{self.scenario}\n{name}".encode()).hexdigest()


@dataclass(slots=True, kw_only=True)
class State:
    """The changing part of one scenario."""

    scenario: Scenario
    unique: Unique
    settings: Mapping[str, str]
    base_url: str
    org: Org
    users: dict[str, OktaUser] = field(default_factory=dict)
    groups: dict[str, OktaGroup] = field(default_factory=dict)
    resources: dict[str, Json] = field(default_factory=dict)
    captures: dict[str, Json] = field(default_factory=dict)
    filling: Filling = field(default_factory=Filling)

    def resolve(self, name: str) -> Json:
        """The value of `$(name)`.

        Raises UnboundError when nothing has given it a value yet, as when a capture found nothing.
        """
        if name in self.captures:
            return self.captures[name]
        if name in self.scenario.row:
            return self.scenario.row[name]
        head, _, rest = name.partition(".")
        if head == "unique":
            return self.unique.value(rest)
        if head == "settings":
            return self.unique.domain if rest == "test_domain" else self.settings[rest]
        if name in OFFERS:
            return _inside(self.org.app.offers.get(OFFERS[name]), "value", name)
        if name == "app.kind":
            return self.org.app.kind.value
        if name == "target.base_url":
            return self.base_url
        if head in self.users:
            return self._user_value(self.users[head], rest)
        if head in self.groups:
            return self._group_value(self.groups[head], rest)
        if head in self.resources:
            return _inside(self.resources[head], rest, name)
        raise UnboundError(name)

    def _user_value(self, user: OktaUser, rest: str) -> Json:
        if rest == "id":
            return user.id
        if rest == "scim_id":
            record = self.org.app.users.get(user.id)
            if record is None or record.known_id is None:
                raise UnboundError("scim_id")
            return record.known_id
        if rest == "displayName":
            return full_name(user.profile)
        if rest.startswith("mapped."):
            return self._mapped(user, rest.partition(".")[2])
        return user.profile.get(rest)

    def _group_value(self, group: OktaGroup, rest: str) -> Json:
        if rest != "scim_id":
            return group.id if rest == "id" else group.name
        known = self.org.app.known_groups.get(group.id)
        if known is None:
            raise UnboundError("scim_id")
        return known

    def _mapped(self, user: OktaUser, name: str) -> Json:
        """The part of the SCIM user that an attribute of the app's profile maps to, with the value it has now."""
        app = self.org.app
        attribute = next(attribute for attribute in app.attributes if attribute.name == name)
        part: dict[str, Json] = {}
        if attribute.place is not None:
            put_value(part, attribute.place, app_values(user.profile, app.attributes, app.parameters).get(name))
        return part

    def new_password(self) -> str:
        """A password that no rule of complexity refuses."""
        return f"Aa1!-{''.join(self.org.rng.choices(_ID_LETTERS, k=16))}"

    def body(self, method: str, path: str, value: Json) -> Json:
        """The JSON body of a raw request: `value` rendered, and with what this server requires besides."""
        return self.filling.filled(method, path, self.render(value))

    def render(self, value: Json) -> Json:
        """`value` with every template in it filled in."""
        return template.render(value, self.resolve)


class UnboundError(Exception):
    """A template names something that has no value yet, because an earlier answer did not give it."""


def _inside(value: Json, path: str, name: str) -> Json:
    for part in path.split("."):
        inner = member(value, part)
        if isinstance(inner, Missing):
            raise UnboundError(name)
        value = inner
    return value


def begin(scenario: Scenario, *, seed: str, domain: str, settings: Mapping[str, str], base_url: str) -> State:
    """The state before the first step: the app, and the users and groups of `given` in the directory.

    `settings` are the run's parameters by name. Raises InputError for a parameter or an external name that is wrong.
    """
    unique = Unique(seed, scenario.id, domain)
    rng = random.Random(unique.digest("okta"))
    spec = scenario.app
    shell = State(
        scenario=scenario,
        unique=unique,
        settings=settings,
        base_url=base_url,
        org=Org(Directory(), App(), rng, SystemLog(unique.digest("log"))),
    )
    merged = {**settings, **{name: str(shell.render(value)) for name, value in spec.parameters.items()}}
    shell.settings = merged
    try:
        parameters = with_settings(Parameters(), merged)
        attributes = _attributes(scenario, parameters)
    except InputError as error:
        raise InputError(*(_placed(diagnostic, scenario) for diagnostic in error.diagnostics)) from error
    shell.org.app = App(
        id=derived_id("0oa", unique.digest("app")),
        kind=spec.kind,
        features=spec.features,
        parameters=parameters,
        attributes=attributes,
    )
    for name, user in scenario.users.items():
        _add_user(shell, name, user, rng)
    for name, group in scenario.groups.items():
        _add_group(shell, name, group, rng)
    return shell


def _placed(diagnostic: Diagnostic, scenario: Scenario) -> Diagnostic:
    if diagnostic.span is not None or scenario.app.span is None:
        return diagnostic
    return Diagnostic(
        title=diagnostic.title,
        span=scenario.app.span,
        label=diagnostic.label,
        notes=diagnostic.notes,
        help=diagnostic.help,
    )


def _attributes(scenario: Scenario, parameters: Parameters) -> tuple[AppAttribute, ...]:
    own = [
        AppAttribute(
            name=attribute.name,
            source=attribute.source,
            # An app attribute without an external namespace never leaves Okta.
            place=parse_place(attribute.external_name, attribute.external_namespace)
            if attribute.external_namespace
            else None,
        )
        for attribute in scenario.app.attributes
    ]
    replaced = {attribute.name for attribute in own}
    kept = [attribute for attribute in default_attributes(parameters) if attribute.name not in replaced]
    return (*kept, *own)


def _add_user(state: State, name: str, spec: UserSpec, rng: random.Random) -> None:
    user = OktaUser(id=_okta_id("00u", rng), profile={}, status=spec.status)
    state.users[name] = state.org.directory.users[user.id] = user
    # Attributes may refer to earlier ones of the same user, such as an e-mail that equals the login.
    for attribute, value in spec.profile.items():
        user.profile[attribute] = state.render(value)


def _add_group(state: State, name: str, spec: GroupSpec, rng: random.Random) -> None:
    made = OktaGroup(
        id=_okta_id("00g", rng),
        name=str(state.render(spec.display_name)),
        members=[state.users[member].id for member in spec.members],
    )
    for number in range(1, spec.crowd + 1):
        login = state.unique.value(f"email-{name}-{number}")
        profile: dict[str, Json] = {"login": login, "email": login, "firstName": "Member", "lastName": str(number)}
        user = OktaUser(id=_okta_id("00u", rng), profile=profile)
        state.org.directory.users[user.id] = user
        made.members.append(user.id)
    state.groups[name] = state.org.directory.groups[made.id] = made


def _okta_id(prefix: str, rng: random.Random) -> str:
    return prefix + "".join(rng.choices(_ID_LETTERS, k=17))
