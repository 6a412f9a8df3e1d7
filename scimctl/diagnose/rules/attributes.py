"""Single attributes: not sent by Okta, or kept by the app when they are empty in Okta."""

from scimctl.diagnose.attributes import COMMON, Attribute, find, same
from scimctl.diagnose.cause import Cause, Certainty, Code, Symptom
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Kind
from scimctl.diagnose.probes import Look
from scimctl.diagnose.proofs import both, listed, said, told
from scimctl.diagnose.reading import is_blank
from scimctl.diagnose.rules.grounds import stated

_DEFAULTED = frozenset({"displayName", "locale", "preferredLanguage", "timezone", "nickName"})
"""Attributes that apps fill by themselves, so that a value of theirs says nothing."""


def attribute_not_in_payload(facts: Facts) -> Cause | None:
    """Okta does not send the attribute, because its profile has no place for it at the app."""
    if not _can_compare(facts):
        return None
    certainty = Certainty.CERTAIN
    unsent = [one for one in facts.attributes if one.is_sent is False and _is_missing(facts, one)]
    names = unsent or _differing(facts)
    if not names:
        names = unsent = _unmapped(facts)
        certainty = Certainty.POSSIBLE
    if not names:
        return None
    because = [told(both(one.title, one.wanted, one.stored)) for one in names[:4]]
    because += [told(_why_unsent(one)) for one in unsent[:4]]
    pushed = facts.newest_success(Kind.PROFILE, Kind.CREATE)
    because += [said(pushed, "the push itself succeeded")] if pushed is not None else []
    arrived = [one.title for one in facts.attributes if not is_blank(one.wanted) and not one.differs]
    because += [told(f"other values arrived: {listed(arrived)}")] if arrived else []
    shown = listed(one.title for one in names)
    raw = listed(one.name for one in names)
    return stated(
        facts,
        Code.NOT_IN_PAYLOAD,
        f"Okta does not send {shown} ({raw}) to the app: the attribute has no external namespace or mapping"
        if unsent
        else f"the value of {shown} ({raw}) did not arrive: it is not sent, or the app does not store it",
        f"In the Profile Editor of the app open {shown}: remove the attribute and add it anew with External name and "
        "External namespace (such as urn:ietf:params:scim:schemas:core:2.0:User), map it from the Okta profile, "
        "apply the mapping, and push again with Force Sync.",
        because,
        certainty if unsent else Certainty.LIKELY,
        symptom=Symptom.NOT_UPDATED,
    )


def _why_unsent(one: Attribute) -> str:
    if one.is_recorded is False:
        return f"the newest user that Okta sent, by the app's own record, has no {one.name}"
    if one.is_defined:
        return f"{one.name} has no externalNamespace in the app's profile, so Okta leaves it out"
    return f"the app's profile in Okta has no attribute {one.name}: it is not mapped"


def _unmapped(facts: Facts) -> list[Attribute]:
    """Attributes of Okta's alone, where a change of the profile is the last that happened and all else arrived.

    Most orgs have attributes that an app is not meant to get; after a change one of them may be what is missed.
    """
    changed, pushed = facts.newest(Kind.USER_CHANGED), facts.newest_success(Kind.PROFILE)
    if changed is None or pushed is None or pushed.at < changed.at or any(one.at > pushed.at for one in facts.timeline):
        return []
    lone = [one for one in facts.attributes if one.is_sent is False and not one.is_defined and is_blank(one.assigned)]
    return [one for one in lone if one.name in COMMON and not is_blank(one.okta) and is_blank(one.stored)]


def _differing(facts: Facts) -> list[Attribute]:
    """Attributes that are sent and yet differ at the app.

    Apps shorten and reformat: a mere difference says something only after a change, or when it was asked about.
    """
    changed, pushed = facts.newest(Kind.USER_CHANGED, Kind.ASSIGNMENT_CHANGED), facts.newest_success(Kind.PROFILE)
    if changed is None and facts.symptom != Symptom.NOT_UPDATED.value:
        return []
    if changed is not None and (pushed is None or pushed.at < changed.at):
        # Nothing was sent since, so that nothing tells what would be.
        return []
    sent = [one for one in facts.attributes if one.is_sent is not False and one.name not in _DEFAULTED]
    return [one for one in sent if not is_blank(one.assigned) and not same(one.assigned, one.stored)]


def _is_missing(facts: Facts, one: Attribute) -> bool:
    if is_blank(one.wanted) or same(one.wanted, one.stored):
        return False
    if one.is_defined or not is_blank(one.assigned):
        return True
    # An attribute of Okta's alone counts when the app has it for others, or when the question is about updates.
    if facts.symptom == Symptom.NOT_UPDATED.value:
        return True
    accounts = facts.survey.accounts(Look.LIST) if facts.survey is not None else ()
    return any(not is_blank(find(account.resource, one.name)) for account in accounts)


def attribute_retained_downstream(facts: Facts) -> Cause | None:
    """The attribute is empty in Okta, and the app keeps its old value."""
    if not _can_compare(facts):
        return None
    kept = [
        one
        for one in facts.attributes
        if is_kept(one) or (_is_left(one) and facts.symptom == Symptom.NOT_UPDATED.value)
    ]
    if not kept:
        return None
    pushed = facts.newest_success(Kind.PROFILE, Kind.CREATE)
    changed = facts.newest(Kind.USER_CHANGED, Kind.ASSIGNMENT_CHANGED)
    if pushed is None and changed is None and facts.symptom != Symptom.NOT_UPDATED.value:
        # Nothing was taken away that is known of: people may set a value in the app themselves.
        return None
    because = [told(both(one.title, None, one.stored)) for one in kept[:4]]
    because += [said(pushed, "the push succeeded")] if pushed is not None else []
    shown = listed(f"{one.title} ({one.name})" for one in kept)
    return stated(
        facts,
        Code.RETAINED,
        f"{shown} is empty in Okta, and {facts.app_label} keeps its own value: an empty value is not cleared in the "
        "app",
        f"Clear {shown} in {facts.app_label} by hand, or give it the wanted value in Okta.",
        because,
        symptom=Symptom.NOT_UPDATED,
    )


def is_kept(one: Attribute) -> bool:
    """Whether Okta has no value of an attribute that it sends, and the app keeps one that it did not make itself."""
    return _is_left(one) and one.name not in _DEFAULTED and "type" not in one.name.lower()


def _is_left(one: Attribute) -> bool:
    is_text = isinstance(one.stored, str | int) and not isinstance(one.stored, bool) and not is_blank(one.stored)
    return is_text and is_blank(one.assigned) and is_blank(one.okta) and one.is_sent is not False


def _can_compare(facts: Facts) -> bool:
    """Whether the stored values are to be those of Okta: linked, pushed, active, nothing failed, updates on."""
    if facts.account is None or facts.account.active is False or not facts.wants_account or facts.failure is not None:
        return False
    updates = facts.app.has("PUSH_PROFILE_UPDATES") if facts.app is not None else None
    return updates is not False and facts.account.id == facts.linked_id
