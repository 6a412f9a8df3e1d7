"""How Okta reads an answer: what it needs of each, and the refusal when that is missing."""

from dataclasses import dataclass

from scimctl.exchange import Answer, Response
from scimctl.jsonvalue import Json, NotJsonError, show
from scimctl.okta.outcome import Purpose, Refusal
from scimctl.scim.attributes import get
from scimctl.scim.urns import GROUP


@dataclass(frozen=True, slots=True)
class Found:
    """A usable lookup: the users, or the groups, that matched."""

    resources: tuple[dict[str, Json], ...]


def describe(answer: Answer) -> str:
    """An answer in a few words: `409 Conflict`, or the fault."""
    if isinstance(answer, Response):
        return f"{answer.status} {answer.reason}".strip()
    return f"no answer ({answer.kind.value}: {answer.detail})"


def read_lookup(answer: Answer, purpose: Purpose = Purpose.LOOKUP) -> Found | Refusal:
    """The resources in the answer to a lookup, of users unless `purpose` says otherwise.

    404 means not found. The paging numbers must be JSON numbers: with strings Okta's job ends in silence.
    Member names are read as documented and in lower case.
    """
    expected = "200 with a ListResponse, or 404"
    if not isinstance(answer, Response):
        return Refusal(purpose, expected, describe(answer))
    if answer.status == 404:
        return Found(())
    if answer.status != 200:
        return Refusal(purpose, expected, describe(answer))
    try:
        body = answer.json()
    except NotJsonError as error:
        return Refusal(purpose, expected, f"200 with a body that is not JSON: {error}")
    if not isinstance(body, dict):
        return Refusal(purpose, expected, f"200 with {show(body, 60)}")
    return _listed(body, purpose)


def _listed(body: dict[str, Json], purpose: Purpose) -> Found | Refusal:
    for name in ("totalResults", "startIndex", "itemsPerPage"):
        value = body.get(name, body.get(name.lower()))
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            return Refusal(purpose, "a JSON integer", show(value, 60), f"/{name}")
    resources = body.get("Resources", body.get("resources"))
    if resources is None and body.get("totalResults", body.get("totalresults")) == 0:
        return Found(())
    expected = f"an array of {'groups' if purpose is Purpose.GROUP_LOOKUP else 'users'}"
    if not isinstance(resources, list):
        actual = "absent" if resources is None else show(resources, 60)
        return Refusal(purpose, expected, actual, "/Resources")
    found = tuple(resource for resource in resources if isinstance(resource, dict))
    if len(found) != len(resources):
        return Refusal(purpose, expected, show(resources, 60), "/Resources")
    return Found(found)


def scim_id(resource: dict[str, Json]) -> str | None:
    """The `id` of a SCIM resource as Okta stores it; a number is taken as its text, for Okta tolerates it."""
    value = get(resource, "id")
    if isinstance(value, str) and value:
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return None


def read_created(answer: Answer) -> str | Refusal:
    """The id of a user that was just created; 200 in place of 201 is tolerated."""
    body = _created(answer, Purpose.CREATE, "user")
    return body if isinstance(body, Refusal) else _identified(body, Purpose.CREATE)


def read_created_group(answer: Answer) -> str | Refusal:
    """The id of a group that was just created. Its name must come back, its members need not."""
    body = _created(answer, Purpose.GROUP_CREATE, "group")
    if isinstance(body, Refusal):
        return body
    identifier = _identified(body, Purpose.GROUP_CREATE)
    name = get(body, "displayName") if isinstance(body, dict) else None
    if isinstance(identifier, str) and not isinstance(name, str):
        actual = "absent" if name is None else show(name, 60)
        return Refusal(Purpose.GROUP_CREATE, "the name of the group", actual, "/displayName")
    return identifier


def _created(answer: Answer, purpose: Purpose, noun: str) -> "Json | Refusal":
    expected = f"201 with the created {noun} and its id"
    if not isinstance(answer, Response) or answer.status not in (200, 201):
        return Refusal(purpose, expected, describe(answer))
    try:
        return answer.json()
    except NotJsonError as error:
        return Refusal(purpose, expected, f"{answer.status}: {error}")


def _identified(body: Json, purpose: Purpose) -> str | Refusal:
    identifier = scim_id(body) if isinstance(body, dict) else None
    return identifier if identifier is not None else Refusal(purpose, "a non-empty string", show(body, 60), "/id")


def read_user(answer: Answer) -> dict[str, Json] | Refusal:
    """The user in the answer to a GET by id."""
    return _read(answer, Purpose.READ, "user")


def read_group(answer: Answer) -> dict[str, Json] | Refusal:
    """The group in the answer to a GET by id."""
    return _read(answer, Purpose.GROUP_READ, "group")


def _read(answer: Answer, purpose: Purpose, noun: str) -> dict[str, Json] | Refusal:
    expected = f"200 with the {noun}"
    if not isinstance(answer, Response) or answer.status != 200:
        return Refusal(purpose, expected, describe(answer))
    try:
        body = answer.json()
    except NotJsonError as error:
        return Refusal(purpose, expected, f"200: {error}")
    if not isinstance(body, dict) or not body:
        return Refusal(purpose, expected, f"200 with {show(body, 60)}")
    return body


def read_written(answer: Answer, purpose: Purpose) -> Refusal | None:
    """None when a PUT or PATCH was accepted: any 2xx (200 is documented for PUT, 200 and 204 for PATCH)."""
    if isinstance(answer, Response) and 200 <= answer.status < 300:
        return None
    return Refusal(purpose, "200 with the user, or 204", describe(answer))


def read_written_group(answer: Answer, purpose: Purpose) -> Refusal | None:
    """None when a PUT or PATCH of a group was accepted: any 2xx, unless its body says that it is something else."""
    expected = "200 with the group, or 204"
    if not isinstance(answer, Response) or not 200 <= answer.status < 300:
        return Refusal(purpose, expected, describe(answer))
    try:
        body = answer.json()
    except NotJsonError:
        return None
    schemas = get(body, "schemas") if isinstance(body, dict) else None
    if isinstance(schemas, list) and schemas and not any(_is_urn_of_groups(urn) for urn in schemas):
        return Refusal(purpose, expected, f"{answer.status} with {show(schemas, 80)}", "/schemas")
    return None


def _is_urn_of_groups(urn: Json) -> bool:
    return isinstance(urn, str) and urn.casefold() == GROUP.casefold()


def read_deleted(answer: Answer, purpose: Purpose) -> Refusal | None:
    """None when a DELETE was accepted: any 2xx (204 is documented)."""
    if isinstance(answer, Response) and 200 <= answer.status < 300:
        return None
    return Refusal(purpose, "204", describe(answer))
