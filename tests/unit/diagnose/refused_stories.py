"""Stories of refused users, in words that no example has: name of the story to what builds it."""

from collections.abc import Callable, Iterator
from typing import Any

from scimctl.diagnose.probes import Probe
from scimctl.exchange import Answer, FaultKind, Request, TransportFault
from tests.unit.diagnose.served import CORE, ENTERPRISE, found, listing, plain, scim_error, unreachable
from tests.unit.diagnose.story import LINK, LOGIN, Story

REMOTE = "Errors reported by remote server:"
SALES = "ada.byron@contractor.example"


def refused(reason: str | None, call: str = "push", **profile: Any) -> Story:
    """Ada is assigned, and the create is refused for that reason."""
    return Story().user().assigned(**profile).assignment(0).failed(0.1, call, reason).tick(200)


def pushed(reason: str | None, sentence: str = "Error while trying to push profile update for Ada") -> Story:
    """Ada has an account, and the profile push is refused."""
    story = Story().user().assigned(linked=LINK, sync="ERROR", created=-9000).with_account()
    return story.event(0, "user.account.update_profile").failed(0.1, "push_profile", reason, sentence).tick(200)


def of_domain(reason: str) -> Story:
    story = Story().user(login=SALES, email=SALES).assigned(user_name=SALES, email=SALES)
    story.asked = SALES
    return story.assignment(0).failed(0.1, "push", reason).tick(90)


def typed(value: str, reason: str | None, *, schema: bool = False) -> Story:
    story = Story().user().assigned(memberType=value).assignment(0).failed(0.1, "push", reason).tick(90)
    for entry, kind in zip(story.app_users, ("Regular", "External", "Regular"), strict=False):
        entry["profile"]["memberType"] = kind
    if schema:
        story.attributes(title="title", memberType="userType")
        assert story.schema is not None
        story.schema["definitions"]["custom"]["properties"]["memberType"]["enum"] = [
            "Regular",
            "External",
            "Collaborator",
        ]
    return story


def answering(story: Story, override: Callable[[Request, Probe], Answer | None]) -> Story:
    assert story.server is not None
    story.server.override = override
    return story


def everywhere(answer: Answer) -> Callable[[Request, Probe], Answer | None]:
    return lambda request, probe: answer


def on_lookup(answer: Answer) -> Callable[[Request, Probe], Answer | None]:
    return lambda request, probe: answer if "filter=userName" in request.target else None


def stories() -> Iterator[tuple[str, str, Story]]:
    """Each story with the code it must end in."""
    yield from _credentials()
    yield from _ways()
    yield from _limits()
    yield from _values()
    yield from _lookups()
    yield from _errors()


def _credentials() -> Iterator[tuple[str, str, Story]]:
    code = "credentials-rejected"
    yield code, "401 on the lookup", refused("Unauthorized", "verify_exists")
    yield (
        code,
        "403 of an expired key",
        answering(
            refused(f"Forbidden. {REMOTE} The API key has expired", "verify_exists"),
            everywhere(scim_error(403, "expired")),
        ),
    )
    yield code, "HTTP 401 in figures", pushed("HTTP 401")
    code = "token-lacks-permission"
    yield code, "scope", pushed(f"Forbidden. {REMOTE} insufficient_scope: users:write")
    yield code, "nothing said", refused("Forbidden")
    yield code, "400 in other words", pushed(f"Bad Request. {REMOTE} This key is read-only")


def _ways() -> Iterator[tuple[str, str, Story]]:
    code = "tls-failure"
    pkix = "sun.security.validator.ValidatorException: PKIX path building failed: unable to find valid certification "
    "path"
    yield code, "PKIX", answering(refused(pkix, "verify_exists"), unreachable(FaultKind.TLS_UNTRUSTED, "self-signed"))
    yield code, "handshake", refused("Received fatal alert: handshake_failure (SSLHandshakeException)", "verify_exists")
    yield code, "broken off", pushed("Remote host terminated the handshake")
    yield (
        code,
        "expired, by the probe alone",
        answering(Story().user().assigned().tick(90), unreachable(FaultKind.TLS_EXPIRED, "certificate has expired")),
    )
    code = "connection-failed"
    yield (
        code,
        "unknown host",
        refused("UnknownHostException: scim.kanban.example: Name or service not known", "verify_exists"),
    )
    yield code, "reset", answering(pushed("Connection reset"), unreachable(FaultKind.REFUSED, "Connection refused"))
    code = "server-timeout"
    yield code, "read", Story().user().assigned().assignment(0).failed(1.05, "push", "Read timed out").tick(90)
    yield code, "no reply", pushed("java.net.SocketTimeoutException: timeout")
    yield (
        code,
        "by the probe",
        answering(
            refused("the request timed out", "verify_exists"),
            on_lookup(TransportFault(FaultKind.READ_TIMEOUT, "60 s", 60.0)),
        ),
    )
    code = "base-url-wrong"
    story = refused("Not Found", "push")
    assert story.server is not None
    story.server.base_path = "/api/scim/v2"
    yield code, "elsewhere", story
    yield (
        code,
        "a page for people",
        answering(
            refused("Unexpected character ('<' (code 60)): expected a valid value", "verify_exists"),
            everywhere(plain(404, "<html>no such page</html>", "text/html")),
        ),
    )


def _elsewhere_in_okta() -> Story:
    story = Story(settings={"app": {"baseUrl": "https://kanban.example/api"}}).user().assigned().assignment(0)
    return story.failed(0.1, "push", f"Not Found. {REMOTE} no route for POST").tick(90)


def _limits() -> Iterator[tuple[str, str, Story]]:
    yield "rate-limited", "429 in figures", refused(f"429. {REMOTE} slow down please")
    yield "rate-limited", "of users", pushed(f"Forbidden. {REMOTE} user limit: 9 requests per second")
    yield "rate-limited", "a push", pushed(f"Too Many Requests. {REMOTE} quota of 50 calls per minute used up")
    code = "seat-limit-reached"
    yield code, "402", refused("Payment Required")
    yield code, "the plan", refused(f"Forbidden. {REMOTE} This plan is for 20 people; ask sales to grow")
    yield code, "quota", refused(f"Bad Request. {REMOTE} Your plan allows a maximum of 20 members")
    yield code, "German", refused(f"Forbidden. {REMOTE} Alle Lizenzen sind vergeben")
    yield code, "conflict", refused(f"Conflict. {REMOTE} No free seats left for this workspace")
    yield code, "a code", refused(f"Forbidden. {REMOTE} user_limit_reached")
    yield code, "a code in humps", refused(f"Bad Request. {REMOTE} UserLimitExceeded")
    yield code, "of a type", typed("Regular", f"Forbidden. {REMOTE} no seat of type Regular is available")
    code = "domain-not-approved"
    yield code, "not verified", of_domain(f"Forbidden. {REMOTE} contractor.example is not a verified domain")
    yield code, "French", of_domain(f"Unprocessable Entity. {REMOTE} domaine non autorisé")
    yield code, "a mere 403", of_domain("Forbidden")
    yield code, "guests", of_domain(f"Forbidden. {REMOTE} Guests of other companies cannot be synced")
    yield code, "no such word", of_domain(f"Bad Request. {REMOTE} only addresses @acme.example can be invited")
    code = "unknown-user-type"
    wrike = Story(label="Wrike", name="wrike").user().assigned(wrikeUserType="Freelancer").assignment(0)
    yield code, "by the vendor", wrike.failed(0.1, "push", "Bad Request").tick(90)
    yield code, "named", typed("Guest", f"Bad Request. {REMOTE} userType: unknown value Guest")
    yield code, "by the schema", typed("Contractor", f"Unprocessable Entity. {REMOTE} VALIDATION_FAILED", schema=True)
    yield (
        code,
        "case counts",
        typed("regular", f"Bad Request. {REMOTE} 'regular' is no licence type, use Regular or External"),
    )
    yield code, "opaque", typed("Visitor", "Bad Request")
    only = Story().user().assigned(wrikeUserType="Owner").assignment(0)
    words = f"Bad Request. {REMOTE} user type must be one of Regular, External, Collaborator"
    yield code, "nobody else has one", only.failed(0.1, "push", words).tick(90)


def _values() -> Iterator[tuple[str, str, Story]]:
    code = "password-policy-rejected"
    yield code, "too weak", refused(f"Bad Request. {REMOTE} Das Kennwort ist zu schwach")
    yield code, "422", refused(f"Unprocessable Entity. {REMOTE} password: must have at least 12 characters")
    code = "missing-required-attribute"
    yield code, "named by its words", refused(f"Bad Request. {REMOTE} first name can't be blank", givenName="")
    yield code, "needed downstream", _needed_downstream()
    yield code, "all others have it", refused(f"Bad Request. {REMOTE} Invalid user", title=None)
    yield code, "required in Okta's schema", _needed_in_schema()
    code = "invalid-attribute-value"
    yield code, "invisible", refused(f"Bad Request. {REMOTE} violates schema", title="Analyst\u200b")
    yield code, "named", pushed(f"Bad Request. {REMOTE} title is too long")
    yield code, "an apostrophe", refused(f"Bad Request. {REMOTE} VALIDATION", familyName="O'Byron")
    yield code, "an emoji", refused("Unprocessable Entity", displayName="Ada 🎉")
    yield code, "phone", refused(f"Bad Request. {REMOTE} phoneNumbers[0].value: bad format", primaryPhone="call me")
    odd = Story().user().assigned(email="ada..byron@acme", user_name=SALES).assignment(0)
    yield code, "an address", odd.failed(0.1, "push", f"Bad Request. {REMOTE} Invalid e-mail address").tick(90)
    words = f"Bad Request. {REMOTE} Unsupported Content-Type application/scim+json"
    yield "media-type-rejected", "not a type of users", refused(words)
    yield "media-type-rejected", "415", refused("Unsupported Media Type")
    yield "media-type-rejected", "406", refused("Not Acceptable", "verify_exists")
    yield (
        "media-type-rejected",
        "reads too",
        answering(refused("Not Acceptable", "verify_exists"), everywhere(plain(406, "no"))),
    )
    yield "media-type-rejected", "400", refused(f"Bad Request. {REMOTE} Content-Type must be application/json")


def _needed_downstream() -> Story:
    story = refused(f"Bad Request. {REMOTE} schema violation", department=None)
    assert story.server is not None
    required = {"name": "department", "type": "string", "required": True}
    story.server.schemas = [{"id": ENTERPRISE, "attributes": [required]}]
    return story


def _needed_in_schema() -> Story:
    story = refused("Bad Request", employeeNumber="").attributes(employeeNumber="employeeNumber", title="title")
    assert story.schema is not None
    story.schema["definitions"]["custom"]["required"] = ["employeeNumber"]
    return story


def _lookups() -> Iterator[tuple[str, str, Story]]:
    code = "malformed-lookup-response"
    bare = {"schemas": [CORE], "totalResults": 0, "startIndex": 1, "itemsPerPage": 0}
    yield code, "no Resources", answering(refused(None, "sync"), on_lookup(found(bare)))
    texts = {**listing([]), "totalResults": "0"}
    for name, total in (("no number at all", None), ("a wrong number", 1)):
        yield code, name, answering(refused(None, "sync"), on_lookup(found({**listing([]), "totalResults": total})))
    yield code, "the lookup is sound by now", refused(None, "verify_exists")
    yield code, "a text for a number", answering(refused(None, "sync"), on_lookup(found(texts)))
    yield (
        code,
        "a page",
        answering(
            refused("Unexpected character ('<' (code 60))", "verify_exists"),
            on_lookup(plain(200, "<html>", "text/html")),
        ),
    )
    code = "duplicate-user-hidden"
    conflict = f"Conflict. {REMOTE} userName is taken"
    story = refused(conflict).with_account(active=False)
    assert story.server is not None
    story.server.hides_inactive = True
    yield code, "inactive", story
    yield code, "shown by nothing", refused("Conflict")
    yield code, "400 that says so", refused(f"Bad Request. {REMOTE} Benutzer existiert bereits")
    code = "username-mismatch"
    yield (
        code,
        "by e-mail",
        refused(conflict).with_account(user_name="abyron", emails=[{"value": LOGIN, "primary": True}], externalId=""),
    )
    yield code, "renamed", _renamed()
    yield (
        code,
        "a second account",
        Story()
        .user()
        .assigned(linked=LINK)
        .assignment(0)
        .app_event(0.1, "provision.user.push")
        .with_account()
        .with_account(user_name="ada.king@acme.example", identifier="old", active=False)
        .tick(90),
    )
    code = "account-deleted-downstream"
    yield code, "said by Okta", pushed("No user returned for user acc-ada-1").without_accounts()
    yield code, "seen by the probe alone", Story().user().assigned(linked=LINK).tick(90)
    yield code, "made anew", pushed("Not Found").without_accounts().with_account(identifier="acc-new")
    code = "empty-create-response"
    yield code, "said by Okta", refused("Create new user returned empty user.").with_account(created=0.1)
    yield code, "no reason, yet it was made", refused(None).with_account(created=0.2)


def _renamed() -> Story:
    story = Story().user().assigned(linked=LINK, created=-9000).with_account(user_name="ada.king@acme.example")
    return story.event(0, "user.account.update_profile").app_event(0.1, "provision.user.push_profile").tick(90)


def _errors() -> Iterator[tuple[str, str, Story]]:
    yield "non-scim-error-body", "HTML", refused("Unexpected character ('<' (code 60)): expected a valid value")
    yield "non-scim-error-body", "empty", refused("No content to map due to end-of-input")
    yield "server-error", "a text that nobody knows", refused("Gremlins in the pipe")
    yield (
        "server-error",
        "another account with the address",
        refused("Bad Gateway").with_account(user_name="abyron", emails=[{"value": LOGIN}], externalId=""),
    )
    yield "server-error", "bad gateway", refused("Bad Gateway")
    yield "server-error", "with words", pushed(f"Internal Server Error. {REMOTE} license table locked")
    yield "server-error", "figures", pushed("HTTP status 504")
    code = "create-users-disabled"
    story = Story(features=ALL_BUT_CREATE).user().assigned().assignment(0)
    yield code, "no match", story.failed(0.1, "sync", "Matching user not found.", "").tick(90)
    yield code, "silent", Story(features=ALL_BUT_CREATE).user().assigned(status="ACTIVE").assignment(-3000).tick(90)


ALL_BUT_CREATE = ("PUSH_PROFILE_UPDATES", "PUSH_USER_DEACTIVATION", "IMPORT_NEW_USERS")
