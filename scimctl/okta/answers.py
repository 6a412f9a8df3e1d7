"""How Okta reads an answer: what it needs of each, and the refusal when that is missing."""

from dataclasses import dataclass

from scimctl.exchange import Answer, Response
from scimctl.jsonvalue import Json, NotJsonError, show
from scimctl.okta.outcome import Purpose, Refusal
from scimctl.scim.attributes import get


@dataclass(frozen=True, slots=True)
class Found:
    """A usable lookup: the users that matched."""

    users: tuple[dict[str, Json], ...]


def describe(answer: Answer) -> str:
    """An answer in a few words: `409 Conflict`, or the fault."""
    if isinstance(answer, Response):
        return f"{answer.status} {answer.reason}".strip()
    return f"no answer ({answer.kind.value}: {answer.detail})"


def read_lookup(answer: Answer) -> Found | Refusal:
    """The users in the answer to a lookup.

    404 means not found. The paging numbers must be JSON numbers: with strings Okta's job ends in silence.
    Member names are read as documented and in lower case.
    """
    expected = "200 with a ListResponse, or 404"
    if not isinstance(answer, Response):
        return Refusal(Purpose.LOOKUP, expected, describe(answer))
    if answer.status == 404:
        return Found(())
    if answer.status != 200:
        return Refusal(Purpose.LOOKUP, expected, describe(answer))
    try:
        body = answer.json()
    except NotJsonError as error:
        return Refusal(Purpose.LOOKUP, expected, f"200 with a body that is not JSON: {error}")
    if not isinstance(body, dict):
        return Refusal(Purpose.LOOKUP, expected, f"200 with {show(body, 60)}")
    return _listed_users(body)


def _listed_users(body: dict[str, Json]) -> Found | Refusal:
    for name in ("totalResults", "startIndex", "itemsPerPage"):
        value = body.get(name, body.get(name.lower()))
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            return Refusal(Purpose.LOOKUP, "a JSON integer", show(value, 60), f"/{name}")
    resources = body.get("Resources", body.get("resources"))
    if resources is None and body.get("totalResults", body.get("totalresults")) == 0:
        return Found(())
    if not isinstance(resources, list):
        actual = "absent" if resources is None else show(resources, 60)
        return Refusal(Purpose.LOOKUP, "an array of users", actual, "/Resources")
    users = tuple(user for user in resources if isinstance(user, dict))
    if len(users) != len(resources):
        return Refusal(Purpose.LOOKUP, "an array of users", show(resources, 60), "/Resources")
    return Found(users)


def scim_id(user: dict[str, Json]) -> str | None:
    """The `id` of a SCIM user as Okta stores it; a number is taken as its text, for Okta tolerates it."""
    value = get(user, "id")
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def read_created(answer: Answer) -> str | Refusal:
    """The id of a user that was just created; 200 in place of 201 is tolerated."""
    expected = "201 with the created user and its id"
    if not isinstance(answer, Response) or answer.status not in (200, 201):
        return Refusal(Purpose.CREATE, expected, describe(answer))
    try:
        body = answer.json()
    except NotJsonError as error:
        return Refusal(Purpose.CREATE, expected, f"{answer.status}: {error}")
    identifier = scim_id(body) if isinstance(body, dict) else None
    if identifier is None:
        return Refusal(Purpose.CREATE, "a non-empty string", show(body, 60), "/id")
    return identifier


def read_user(answer: Answer) -> dict[str, Json] | Refusal:
    """The user in the answer to a GET by id."""
    expected = "200 with the user"
    if not isinstance(answer, Response) or answer.status != 200:
        return Refusal(Purpose.READ, expected, describe(answer))
    try:
        body = answer.json()
    except NotJsonError as error:
        return Refusal(Purpose.READ, expected, f"200: {error}")
    if not isinstance(body, dict) or not body:
        return Refusal(Purpose.READ, expected, f"200 with {show(body, 60)}")
    return body


def read_written(answer: Answer, purpose: Purpose) -> Refusal | None:
    """None when a PUT or PATCH was accepted: any 2xx (200 is documented for PUT, 200 and 204 for PATCH)."""
    if isinstance(answer, Response) and 200 <= answer.status < 300:
        return None
    return Refusal(purpose, "200 with the user, or 204", describe(answer))
