"""A product's own rules for users: approved domains, user types, seats, billing, what a PUT keeps."""

import re
from dataclasses import replace

from scimctl.jsonvalue import Json
from scimctl.scim.attributes import Resource, is_unassigned
from scimctl.scim.errors import ScimError, invalid_filter, invalid_value
from scimctl.scim.filter import And, Compare, Filter, Operator, Or, ValuePath
from scimctl.scim.values import fold
from scimctl.server.settings import Provisioning, Refusal
from scimctl.server.store import Billed, Record, Store

_EMAIL = re.compile(r"[^@\s]+@([^@\s]+\.[^@\s]+)")


class Rules:
    """The rules of a profile's `provisioning`."""

    def __init__(self, settings: Provisioning) -> None:
        self.settings = settings

    def set_seats(self, seats: int | None) -> None:
        """Changes how many users may be active at once; None for any number."""
        self.settings = replace(self.settings, seats=seats)

    def admitted(self, user: Resource, before: Resource | None) -> Resource:
        """The user as the product stores it: the login is an e-mail address, the user type one of those there are.

        `before` is the stored user, None for a new one. Raises ScimError for a login that is no address, a domain that
        is not approved, and an unknown user type.
        """
        login = _login(user)
        domain = _EMAIL.fullmatch(login)
        if domain is None:
            raise invalid_value("userName or the primary of emails has to be an e-mail address: it is the login")
        is_new_login = before is None or fold(str(before.get("userName"))) != fold(login)
        approved = {fold(each) for each in self.settings.approved_domains}
        if is_new_login and fold(domain[1]) not in approved:
            raise _refused(self.settings.domain_error, domain=domain[1])
        urn, _, name = self.settings.user_types.attribute.rpartition(":")
        user = {**user, "userName": login}
        if not urn:
            return {**user, name: self._user_type(user.get(name))}
        extension = user.get(urn)
        held = extension if isinstance(extension, dict) else {}
        return {**user, urn: {**held, name: self._user_type(held.get(name))}}

    def _user_type(self, value: Json) -> str:
        types = self.settings.user_types
        if is_unassigned(value) or value == "":
            return types.default
        for known in types.values:
            if isinstance(value, str) and fold(value) == fold(known):
                return known
        raise invalid_value(f"{types.attribute} is one of {', '.join(types.values)}, not {str(value)[:60]!r}")

    def check_seat(self, store: Store, user: Resource, before: Resource | None) -> None:
        """Raises ScimError when the user would become active and no seat is free."""
        seats = self.settings.seats
        if seats is None or not _is_active(user) or _is_active(before):
            return
        if store.count_active("User") >= seats:
            raise _refused(self.settings.seats_error, seats=str(seats))

    def bill(self, store: Store, when: str, before: Record | None, after: Record | None) -> None:
        """Notes in the ledger what a change of a user means; a new user is billed at once.

        The events are created, activated, deactivated and deleted.
        """
        if after is None:
            event = "deleted" if before is not None else ""
        elif before is None:
            event = "created"
        elif before.is_active == after.is_active:
            event = ""
        else:
            event = "activated" if after.is_active else "deactivated"
        user = after or before
        if event and user is not None:
            store.bill(Billed(when=when, user_id=user.id, event=event))

    def retained(self, stored: Resource, new: Resource) -> Resource:
        """A PUT's resource with the stored values of what it leaves out or sends empty, sub-attributes included."""
        return _retained(stored, new) if self.settings.retain_empty else new

    def lookup(self, tree: Filter) -> Filter:
        """The filter that is run for the one asked: a search for a login finds the primary e-mail address as well.

        Raises ScimError invalidFilter for all but `eq` on the attributes that the product looks up by.
        """
        allowed = {name.lower() for name in self.settings.lookup}
        if not isinstance(tree, Compare) or tree.operator is not Operator.EQ or _short(tree.path) not in allowed:
            raise invalid_filter(f'search is by e-mail address only: {" or ".join(self.settings.lookup)} eq "…"')
        if _short(tree.path) != "username":
            return tree
        primary = And((Compare("primary", Operator.EQ, True), Compare("value", Operator.EQ, tree.value)))
        return Or((tree, ValuePath("emails", primary)))


def _short(path: str) -> str:
    # The URN of the base schema may stand before a name; that of an extension makes it another attribute.
    return path.lower().removeprefix("urn:ietf:params:scim:schemas:core:2.0:user:")


def _refused(refusal: Refusal, **words: str) -> ScimError:
    return ScimError(refusal.status, refusal.detail.format(**words))


def _login(user: Resource) -> str:
    name = str(user.get("userName") or "").strip()
    if _EMAIL.fullmatch(name):
        return name
    emails = user.get("emails")
    entries = [entry for entry in emails if isinstance(entry, dict)] if isinstance(emails, list) else []
    primary = next((entry for entry in entries if entry.get("primary") is True), entries[0] if entries else {})
    return str(primary.get("value") or "").strip()


def _is_active(user: Resource | None) -> bool:
    return user is not None and user.get("active") is True


def _retained(stored: Resource, new: Resource) -> Resource:
    out = dict(new)
    for name, old in stored.items():
        value = out.get(name)
        if isinstance(old, dict) and isinstance(value, dict):
            out[name] = _retained(old, value)
        elif _is_empty(value):
            out[name] = old
    return out


def _is_empty(value: Json) -> bool:
    if isinstance(value, list):
        return all(_is_empty(entry.get("value")) if isinstance(entry, dict) else _is_empty(entry) for entry in value)
    return value is None or value == "" or value == {}
