"""The way to the app: connection, TLS, address, credentials, limits, and answers that are errors as such."""

import re

from scimctl.diagnose.accounts import Survey
from scimctl.diagnose.cause import About, Cause, Certainty, Code, Proof
from scimctl.diagnose.complaint import complaint
from scimctl.diagnose.facts import Facts
from scimctl.diagnose.log import Event, Kind
from scimctl.diagnose.probes import Look
from scimctl.diagnose.proofs import answered, said, told
from scimctl.diagnose.reads import has_another_base, serves_base
from scimctl.diagnose.refusal import Sort, Topic
from scimctl.diagnose.rules.grounds import RETRY, failure_proofs, others, symptom_of
from scimctl.exchange import FaultKind, TransportFault

_TLS = frozenset({FaultKind.TLS, FaultKind.TLS_EXPIRED, FaultKind.TLS_HOSTNAME, FaultKind.TLS_UNTRUSTED})
_HANDSHAKE = re.compile(r"handshake|alert|protocol|cipher|version", re.IGNORECASE)
_CERTIFICATE = re.compile(r"certif|certpath|pkix|trust|self.signed|verified", re.IGNORECASE)
_UNKNOWN_HOST = re.compile(
    r"(?:([\w-]+(?:\.[\w-]+)+): )?(?:name or service not known|nodename nor servname|temporary failure in name)|"
    r"unknown ?host\w*(?::? ([\w-]+(?:\.[\w-]+)+))?|(?:cannot|could not|failed to) (?:be )?resolve",
    re.IGNORECASE,
)


def connection_failed(facts: Facts) -> Cause | None:
    """No TCP connection to the host."""
    return _no_way(facts, Sort.CONNECT, tls=False)


def tls_failure(facts: Facts) -> Cause | None:
    """No TLS connection that Okta trusts."""
    return _no_way(facts, Sort.TLS, tls=True)


def _no_way(facts: Facts, sort: Sort, *, tls: bool) -> Cause | None:
    failed = facts.failure is not None and facts.failure.refusal.sort is sort
    fault = facts.survey.fault if facts.survey is not None else None
    kind = fault.answer.kind if fault is not None and isinstance(fault.answer, TransportFault) else None
    met = kind is not None and (kind in _TLS) is tls
    if not failed and not (met and _matters(facts)):
        return None
    because: list[Proof] = failure_proofs(facts) if failed else []
    if met and fault is not None:
        because.append(answered(fault))
    unchecked = facts.survey.first(Look.UNCHECKED) if facts.survey is not None else None
    if tls and unchecked is not None and unchecked.response is not None:
        because.append(answered(unchecked, "the service itself is there; only its certificate stands in the way"))
    because += others(facts)
    words = facts.failure.refusal.text if failed and facts.failure is not None else ""
    title, remedy = _without_trust(words) if tls else _without_connection(words, kind)
    sure = failed or not facts.has_log
    return Cause(
        code=Code.TLS_FAILURE if tls else Code.CONNECTION_FAILED,
        certainty=Certainty.CERTAIN if sure else Certainty.LIKELY,
        title=title,
        because=tuple(because),
        remedy=f"{remedy} {RETRY}",
        about=About.FAILURE if failed else About.STATE,
        symptom=symptom_of(facts),
    )


def _without_trust(words: str) -> tuple[str, str]:
    """What is said of a TLS connection that failed, and what to do; Okta's words tell a certificate from the rest."""
    certificate = (
        "a certificate from a public authority, with its whole chain and the right host name, that has not expired; "
        "Okta accepts no self-signed certificates (PKIX path building) and no own authorities."
    )
    if _HANDSHAKE.search(words) and not _CERTIFICATE.search(words):
        return (
            "Okta cannot make a trusted TLS connection: the handshake with the SCIM server fails",
            "Have the app's vendor let the server offer TLS 1.2 or later with common cipher suites, ask for no client "
            f"certificate, and have {certificate}",
        )
    return (
        "Okta cannot make a trusted TLS connection: it does not accept the certificate of the SCIM server",
        f"Have the app's vendor install {certificate}",
    )


def _without_connection(words: str, kind: FaultKind | None) -> tuple[str, str]:
    """What is said of a connection that failed, and what to do; Okta's words come before what the probe met."""
    unknown = _UNKNOWN_HOST.search(words)
    if unknown is not None:
        host = unknown[1] or unknown[2]
        name = f"the host name {host}" if host else "its host name"
        return (
            f"Okta cannot connect to the SCIM server: {name} does not resolve in DNS",
            f"Put {name} into public DNS, or correct the host in the base URL under Provisioning > Integration.",
        )
    title = "Okta cannot connect to the SCIM server: it could not be reached"
    title += " (connect timed out)" if "timed out" in words.lower() else ""
    title += " (connection refused)" if kind is FaultKind.REFUSED or "refused" in words.lower() else ""
    return (
        title,
        "Make the host of the base URL reachable from the internet: the service up and listening on that port, its "
        "name in public DNS, the firewall open for Okta's address ranges.",
    )


def server_timeout(facts: Facts) -> Cause | None:
    """No answer within the 60 seconds that Okta waits."""
    failed = facts.failure is not None and facts.failure.refusal.sort is Sort.TIMEOUT
    slow = facts.survey.slow if facts.survey is not None else None
    if not failed and (slow is None or not _matters(facts)):
        return None
    because = failure_proofs(facts) if failed else []
    if failed and facts.failure is not None:
        trigger = _trigger(facts, facts.failure.events[0])
        if trigger is not None:
            waited = (facts.failure.events[0].at - trigger.at).total_seconds()
            because.append(told(f"the failure came {waited:.0f} s after {trigger.kind.value}", trigger))
    if slow is not None:
        because.append(answered(slow, "Okta waits 60 s for an answer, and then gives up"))
    return Cause(
        code=Code.SERVER_TIMEOUT,
        certainty=Certainty.CERTAIN if failed or not facts.has_log else Certainty.LIKELY,
        title="the SCIM server is too slow: Okta's request timed out without an answer within 60 seconds",
        because=tuple(because),
        remedy="Ask the app's vendor why this request takes so long (a lookup by userName without an index, for "
        f"one); Okta waits 60 s for an answer and tries no second time. {RETRY}",
        about=About.FAILURE if failed else About.STATE,
        symptom=symptom_of(facts),
    )


def base_url_wrong(facts: Facts) -> Cause | None:
    """Okta calls a path under which there is no SCIM service."""
    survey = facts.survey
    wrong = survey is not None and survey.base_is_wrong
    refusal = facts.is_refused_because
    lost = (
        refusal is not None
        and refusal.status in (404, 405)
        and refusal.call in (Kind.CREATE, Kind.LOOKUP)
        and complaint(facts) is None
        and not serves_base(facts)
    )
    if not wrong and not lost:
        return None
    configured = facts.app.base_url if facts.app is not None else None
    other = has_another_base(facts)
    if wrong and facts.has_log and facts.failure is None and not _matters(facts):
        return None
    reads = survey is not None and survey.reads_users
    elsewhere = survey.elsewhere if survey is not None and wrong else None
    because = failure_proofs(facts)
    if survey is not None and wrong:
        because += _nothing_there(survey)
    changed = next((one for one in reversed(facts.app_events) if one.kind is Kind.APP_CHANGED), None)
    if changed is not None and facts.failure is not None and changed.at < facts.failure.at:
        because.append(said(changed, "the app's settings were changed before"))
    because += others(facts)
    if reads:
        because.append(told("under the base URL that was given here users can be read: Okta has or had another one"))
    where = f" to the host with the path {elsewhere}" if elsewhere is not None else " to the one that the vendor names"
    return Cause(
        code=Code.BASE_URL_WRONG,
        certainty=Certainty.CERTAIN if wrong else (Certainty.LIKELY if other or not reads else Certainty.POSSIBLE),
        title="the SCIM base URL is wrong: every path under it answers 404 Not Found"
        + (f" (Okta has baseUrl {configured})" if configured else ""),
        because=tuple(because),
        remedy=f"Under Provisioning > Integration set the base URL (SCIM connector URL){where}, press Test API "
        f"Credentials, and save. {RETRY}",
        about=About.FAILURE if facts.failure is not None else About.STATE,
        symptom=symptom_of(facts),
    )


def _nothing_there(survey: Survey) -> list[Proof]:
    """What was met under the base URL, and where the service is instead."""
    asked = (survey.first(look) for look in (Look.CONFIGURATION, Look.LIST))
    proofs = [answered(exchange, "no SCIM service there") for exchange in asked if exchange is not None]
    for one in survey.all(Look.ELSEWHERE):
        if survey.elsewhere is not None and one.probe.base_path == survey.elsewhere:
            proofs.append(answered(one.exchange, f"the service is under {survey.elsewhere}"))
    return proofs


def credentials_rejected(facts: Facts) -> Cause | None:
    """The app refuses Okta's credentials as such."""
    refusal = facts.is_refused_because
    complained = complaint(facts)
    failed = refusal is not None and (
        (refusal.status == 401 and complained is not Topic.PERMISSION) or complained is Topic.CREDENTIALS
    )
    refused = facts.survey.refused if facts.survey is not None else None
    if refused is not None and refused.status != 401 and not failed:
        refused = None
    unresolved = _unresolved(facts, Kind.AUTH_FAILURE)
    if not failed and not ((refused is not None or unresolved) and _matters(facts)):
        return None
    if not failed and facts.has_log and not unresolved:
        # The log knows of no refusal: the token at hand is another than Okta's.
        return None
    because = failure_proofs(facts) if failed else []
    because += [said(event, "the app's log") for event in unresolved[-1:]]
    if refused is not None:
        because.append(answered(refused, "a read is refused too"))
    because += others(facts)
    return Cause(
        code=Code.CREDENTIALS_REJECTED,
        certainty=Certainty.CERTAIN if failed or not facts.has_log else Certainty.LIKELY,
        title="the app rejects Okta's credentials: the API token is invalid, expired or revoked (401 Unauthorized)"
        if refusal is None or refusal.status in (None, 401)
        else f"the app rejects Okta's credentials: the API token is not valid ({refusal.status_line})",
        because=tuple(because),
        remedy="Create a new API token in the app, enter it under Provisioning > Integration, press Test API "
        f"Credentials, and save. {RETRY}",
        about=About.FAILURE if failed else About.STATE,
        symptom=symptom_of(facts),
    )


def rate_limited(facts: Facts) -> Cause | None:
    """The app answered 429 until Okta gave up."""
    refusal = facts.is_refused_because
    failed = refusal is not None and (refusal.status == 429 or complaint(facts) is Topic.RATE)
    limits = _unresolved(facts, Kind.RATE_LIMITED)
    if not failed and not (limits and facts.failure is None and _matters(facts)):
        return None
    because = failure_proofs(facts) if failed else []
    because += [said(event, "the app's log") for event in limits[-2:]]
    return Cause(
        code=Code.RATE_LIMITED,
        certainty=Certainty.CERTAIN if failed else Certainty.LIKELY,
        title="the app limits requests: 429 Too Many Requests until Okta gave up (rate limit)",
        because=tuple(because),
        remedy="Wait until the app accepts requests again, then retry the failed tasks under Dashboard > Tasks. "
        "Assign large groups in batches, or have the vendor raise the limit and answer 429 with Retry-After in "
        "seconds.",
        about=About.FAILURE if failed else About.STATE,
        symptom=symptom_of(facts),
    )


def _trigger(facts: Facts, failed: Event) -> Event | None:
    kinds = (Kind.ASSIGNED, Kind.UNASSIGNED, Kind.USER_CHANGED, Kind.ASSIGNMENT_CHANGED, Kind.USER_DEACTIVATED)
    before = [one for one in facts.timeline if one.kind in kinds and one.at <= failed.at]
    return before[-1] if before and (failed.at - before[-1].at).total_seconds() < 600 else None


def _unresolved(facts: Facts, kind: Kind) -> list[Event]:
    """Events of the app of that kind since which nothing succeeded in it."""
    found: list[Event] = []
    for event in facts.app_events:
        if event.kind is kind:
            found.append(event)
        elif event.succeeded and event.kind in (Kind.CREATE, Kind.PROFILE, Kind.DEACTIVATE, Kind.REACTIVATE):
            found.clear()
    return found


def _matters(facts: Facts) -> bool:
    """Whether something is amiss that no failure in the log explains, or there is no log to tell."""
    return not facts.has_log or (facts.failure is None and not facts.in_step)
