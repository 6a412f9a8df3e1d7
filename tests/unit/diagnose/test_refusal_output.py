"""How the causes of refusals are told: what is wrong, whose it is, and what can be done."""

import pytest

from scimctl.diagnose.cause import Cause
from scimctl.exchange import FaultKind
from tests.unit.diagnose.refused_stories import REMOTE, answering, pushed, refused, stories
from tests.unit.diagnose.served import unreachable
from tests.unit.diagnose.story import Story


def cause_of(story: Story) -> Cause:
    return story.diagnosed().causes[0]


def grounds(cause: Cause) -> str:
    return "\n".join(proof.text for proof in cause.because)


def test_a_failed_handshake_is_not_laid_on_the_certificate() -> None:
    cause = cause_of(refused("Received fatal alert: handshake_failure", "verify_exists"))
    assert "the handshake with the SCIM server fails" in cause.title
    assert "TLS 1.2" in cause.remedy
    cause = cause_of(refused("SSLHandshakeException: PKIX path building failed", "verify_exists"))
    assert "does not accept the certificate" in cause.title


@pytest.mark.parametrize(
    "reason",
    [
        "scim.kanban.example: Name or service not known",
        "java.net.UnknownHostException: scim.kanban.example",
        "UnknownHostException: scim.kanban.example: Name or service not known",
    ],
)
def test_a_host_name_that_does_not_resolve_is_pointed_at(reason: str) -> None:
    story = answering(refused(reason, "verify_exists"), unreachable(FaultKind.REFUSED, "Connection refused"))
    cause = cause_of(story)
    assert cause.title.endswith("the host name scim.kanban.example does not resolve in DNS")
    assert "scim.kanban.example into public DNS" in cause.remedy


def test_a_host_that_is_not_named_is_said_to_be_unresolved_too() -> None:
    cause = cause_of(refused("Temporary failure in name resolution", "verify_exists"))
    assert cause.title.endswith("its host name does not resolve in DNS")


def test_a_value_that_the_mapping_does_not_hand_on_is_no_blank_in_okta() -> None:
    cause = cause_of(refused(f"Bad Request. {REMOTE} title can't be blank", title=None))
    assert "which the Okta user has and the mapping does not hand on" in cause.title
    assert 'title is empty in the assignment; the Okta user has "Analyst"' in grounds(cause)
    assert cause.remedy.startswith("Map title from the Okta user")
    story = refused(f"Bad Request. {REMOTE} title can't be blank", title=None).titled(None)
    assert "needs title, which is empty in Okta" in cause_of(story).title


def test_who_requires_an_attribute_is_a_ground() -> None:
    told = {f"{code}: {name}": story for code, name, story in stories()}
    downstream = cause_of(told["missing-required-attribute: needed downstream"])
    assert "/Schemas → 200 OK" in grounds(downstream)
    assert "the app's own schema requires department" in grounds(downstream)
    in_okta = cause_of(told["missing-required-attribute: required in Okta's schema"])
    assert "the app's profile in Okta requires employeeNumber" in grounds(in_okta)
    aws = Story(label="AWS IAM Identity Center", name="aws").user(displayName="").assigned(displayName="")
    by_vendor = cause_of(aws.assignment(0).failed(0.1, "push", "Bad Request").tick(90))
    assert "the vendor's documents require displayName" in grounds(by_vendor)


def test_a_malformed_address_is_told_in_a_sentence_and_corrected() -> None:
    cause = cause_of(refused(f"Bad Request. {REMOTE} invalid email", email="ada@acme"))
    assert 'the e-mail "ada@acme" is no well-formed e-mail address, which Kanban refuses' in cause.title
    assert cause.remedy.startswith("Correct the e-mail of the Okta user.")


def test_a_blank_in_an_address_is_called_so_and_taken_out() -> None:
    cause = cause_of(refused(f"Bad Request. {REMOTE} invalid email", email="ada b@acme.example"))
    assert 'the e-mail "ada b@acme.example" has a blank (space)' in cause.title
    assert cause.remedy.startswith("Take it out of the e-mail of the Okta user")


def test_of_an_account_that_the_app_protects_more_than_a_new_token_is_said() -> None:
    alternative = "If Kanban protects this account"
    assert alternative in cause_of(pushed(f"Forbidden. {REMOTE} owner_is_protected")).remedy
    assert alternative not in cause_of(pushed(f"Forbidden. {REMOTE} insufficient scope")).remedy
    assert alternative not in cause_of(refused(f"Forbidden. {REMOTE} only an admin may add users")).remedy


def test_a_domain_is_certain_only_where_it_stands_apart() -> None:
    story = refused(f"Bad Request. {REMOTE} domain is not verified")
    story.app_users = story.app_users[-1:]
    cause = cause_of(story)
    assert (cause.code.word, cause.certainty.value) == ("domain-not-approved", "likely")
