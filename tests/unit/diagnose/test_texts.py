"""What the texts of failures mean: the status in Okta's half, the subject in the app's, the call in the sentence."""

import pytest

from scimctl.diagnose.log import Kind
from scimctl.diagnose.refusal import Sort, Topic, read_refusal

REMOTE = "Errors reported by remote server:"


@pytest.mark.parametrize(
    ("text", "sort", "status"),
    [
        ("Forbidden. Errors reported by remote server: not found", Sort.STATUS, 403),
        ("Gateway Time-out", Sort.STATUS, 504),
        ("Request Timeout", Sort.TIMEOUT, None),
        ("Error while creating user Antigone Blocked: status 422", Sort.STATUS, 422),
        ("HTTP 403 Forbidden", Sort.STATUS, 403),
        ("HTTP/1.1 503", Sort.STATUS, 503),
        ("Error while creating user Not Found: status code 422", Sort.STATUS, 422),
        ("Automatic provisioning of user Ann to app Conflict Tracker failed: Error: Bad Request", Sort.STATUS, 400),
        ("Connect to a.example:443 [a.example/203.0.113.4] failed: Connect timed out", Sort.CONNECT, None),
        ("java.net.UnknownHostException: a.example", Sort.CONNECT, None),
        ("Connection refused (Connection refused)", Sort.CONNECT, None),
        ("PKIX path building failed", Sort.TLS, None),
        ("Received fatal alert: protocol_version", Sort.TLS, None),
        ("Remote host terminated the TLS handshake: handshake failed", Sort.TLS, None),
        ("Read timed out", Sort.TIMEOUT, None),
        ("Request timed out after 60000 ms", Sort.TIMEOUT, None),
        ("Unrecognized token 'Oops': was expecting (JSON String, Number)", Sort.PARSER, None),
        ("com.fasterxml.jackson.core.JsonParseException: ...", Sort.PARSER, None),
        ("Create new user returned empty user.", Sort.EMPTY_CREATE, None),
        ("Automatic provisioning of user Ann to app B failed: Matching user not found.", Sort.NO_MATCH, None),
        ("User account is inactive.", Sort.INACTIVE, None),
        ("No user returned for user 17", Sort.GONE, None),
        ("Linked group is missing in Kanban.", Sort.GROUP_GONE, None),
        ("Something else", Sort.OTHER, None),
        ("", Sort.SILENT, None),
        (None, Sort.SILENT, None),
    ],
)
def test_the_first_half_tells_what_lies_behind(text: str | None, sort: Sort, status: int | None) -> None:
    refusal = read_refusal(text)
    assert (refusal.sort, refusal.status) == (sort, status)


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("Password must contain symbol", Topic.PASSWORD),
        ("Das Passwort ist zu kurz", Topic.PASSWORD),
        ("Domain acme.example has not been claimed", Topic.DOMAIN),
        ("All 25 licenses of this account are in use", Topic.SEATS),
        ("User limit reached (50 max)", Topic.SEATS),
        ("You have reached the maximum number of members", Topic.SEATS),
        ("No seats available", Topic.SEATS),
        ("Workspace is full", Topic.SEATS),
        ("All 30 of 30 slots are taken", Topic.SEATS),
        ("0 remaining invitations", Topic.SEATS),
        ("would exceed your contracted user count", Topic.SEATS),
        ("Het maximum aantal gebruikers is bereikt", Topic.SEATS),
        ("Raggiunto il numero massimo di utenti", Topic.SEATS),
        ("domein niet toegestaan", Topic.DOMAIN),
        ("ドメインが承認されていません", Topic.DOMAIN),
        ("NoAvailableSeatsException", Topic.SEATS),
        ("Not enough available subscriptions", Topic.SEATS),
        ("Plus de sièges disponibles", Topic.SEATS),
        ("Se ha alcanzado el límite de usuarios", Topic.SEATS),
        ("limite de usuários atingido", Topic.SEATS),
        ("ライセンスが不足しています", Topic.SEATS),
        ("Unknown user type 'Guest'", Topic.USER_TYPE),
        ("role Guest is not supported", Topic.USER_TYPE),
        ("name.familyName is required", Topic.REQUIRED),
        ("lastName must not be blank", Topic.REQUIRED),
        ("A user with this email already exists", Topic.EXISTS),
        ("userName must be unique", Topic.EXISTS),
        ("username has already been taken", Topic.EXISTS),
        ("Token has expired", Topic.CREDENTIALS),
        ("Invalid API key", Topic.CREDENTIALS),
        ("API token has been deactivated", Topic.CREDENTIALS),
        ("The credentials used to connect to the API were invalid", Topic.CREDENTIALS),
        ("insufficient privileges", Topic.PERMISSION),
        ("Only users with the right to grant admin rights can edit admins", Topic.PERMISSION),
        ("Rate limit exceeded: 100 requests per 10 minutes", Topic.RATE),
        ("Content-Type not supported", Topic.MEDIA_TYPE),
        ("User not found", Topic.UNKNOWN_MEMBER),
        ("member 7 does not exist", Topic.UNKNOWN_MEMBER),
        ("Utilisateur inconnu dans members", Topic.UNKNOWN_MEMBER),
    ],
)
def test_the_second_half_tells_what_the_app_speaks_of(words: str, topic: Topic) -> None:
    assert topic in read_refusal(f"Bad Request. {REMOTE} {words}").topics


@pytest.mark.parametrize(
    ("words", "topic"),
    [
        ("User limit reached", Topic.RATE),
        ("insufficient scope", Topic.CREDENTIALS),
        ("Token does not have the scope users:write", Topic.CREDENTIALS),
        ("Rate limit exceeded: 100 requests per minute", Topic.SEATS),
        ("name.familyName is required", Topic.SEATS),
        ("The user is not assigned to a role", Topic.SEATS),
        ("displayName exceeds 30 characters", Topic.SEATS),
        ("exceeds the limit of 30 characters for a user name", Topic.SEATS),
        ("Only letters and digits are allowed in names", Topic.DOMAIN),
    ],
)
def test_a_near_subject_is_not_taken_for_another(words: str, topic: Topic) -> None:
    assert topic not in read_refusal(f"Bad Request. {REMOTE} {words}").topics


@pytest.mark.parametrize(
    ("sentence", "call"),
    [
        ("Error while verifying if user ann exists: Unauthorized", Kind.LOOKUP),
        ("Error while creating user Ann: Forbidden", Kind.CREATE),
        ("Error while trying to push profile update for ann: Forbidden", Kind.PROFILE),
        (
            "Automatic deprovisioning of user Ann to app B failed: Error while trying to deactivate user: X",
            Kind.DEACTIVATE,
        ),
        ("Error while trying to reactivate user ann: Not Implemented", Kind.REACTIVATE),
    ],
)
def test_the_sentence_of_a_job_tells_what_was_tried(sentence: str, call: Kind) -> None:
    assert read_refusal(sentence, Kind.SYNC).call is call
    assert read_refusal(sentence, Kind.PASSWORD).call is Kind.PASSWORD
