"""What a profile of the reference server is, and how its YAML becomes one."""

import difflib
from dataclasses import dataclass
from pathlib import Path

from scimctl.diagnostic import InputError, usage_error
from scimctl.document import load
from scimctl.jsonvalue import Json
from scimctl.source import SourceText

_FOLDER = Path(__file__).parent / "profiles"


@dataclass(frozen=True, slots=True)
class Refusal:
    """How a rule of the product refuses: a status, and a sentence with `{…}` for what it is about."""

    status: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTypes:
    """The licence kinds of users: the attribute that carries them, the values, and what is set when none is given."""

    attribute: str
    values: tuple[str, ...]
    default: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provisioning:
    """A product's own rules for users, beyond the RFCs.

    `seats` is how many users may be active at once, None for any number. `lookup` names the attributes that may be
    filtered by. With `retain_empty` a PUT that leaves an attribute out, or sends it empty, keeps the stored value.
    """

    approved_domains: tuple[str, ...]
    domain_error: Refusal
    user_types: UserTypes
    seats: int | None
    seats_error: Refusal
    retain_empty: bool
    lookup: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A configuration of the reference server: what it offers, how it pages, and a product's rules if it plays one.

    `max_bulk_operations` is how many operations a bulk request may have; 0 is for a server without bulk requests.
    `cursor_timeout` is how many seconds a cursor lasts; 0 is for a server that pages by index alone. A query that more
    than `max_matches` resources match is refused; None is for any number.
    """

    name: str
    title: str
    resource_types: tuple[str, ...]
    page_size: int
    max_results: int
    change_password: bool
    max_bulk_operations: int
    cursor_timeout: int
    max_matches: int | None
    provisioning: Provisioning | None = None


def profile_names() -> tuple[str, ...]:
    """The names of the bundled profiles."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def read_profile(name: str) -> Profile:
    """The bundled profile of that name; raises InputError, with the names there are, for an unknown one."""
    known = profile_names()
    if name not in known:
        raise _unknown(name, known)
    path = _FOLDER / f"{name}.yaml"
    tree = load(SourceText(path.name, path.read_text(encoding="utf-8"))).tree
    return _profile(name, _mapping(tree))


def _unknown(name: str, known: tuple[str, ...]) -> InputError:
    near = difflib.get_close_matches(name, known, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"the profiles are {', '.join(known)}"
    return usage_error(f"there is no profile {name!r}", remedy)


def _profile(name: str, tree: dict[str, Json]) -> Profile:
    rules = tree.get("provisioning")
    return Profile(
        name=name,
        title=_text(tree["title"]),
        resource_types=_texts(tree["resource_types"]),
        page_size=_number(tree["page_size"]),
        max_results=_number(tree["max_results"]),
        change_password=tree["change_password"] is True,
        max_bulk_operations=_number(tree["max_bulk_operations"]),
        cursor_timeout=_number(tree["cursor_timeout"]),
        max_matches=None if tree["max_matches"] is None else _number(tree["max_matches"]),
        provisioning=_provisioning(_mapping(rules)) if rules is not None else None,
    )


def _provisioning(tree: dict[str, Json]) -> Provisioning:
    types = _mapping(tree["user_type"])
    seats = tree["seats"]
    return Provisioning(
        approved_domains=_texts(tree["approved_domains"]),
        domain_error=_refusal(tree["domain_error"]),
        user_types=UserTypes(
            attribute=_text(types["attribute"]), values=_texts(types["values"]), default=_text(types["default"])
        ),
        seats=None if seats is None else _number(seats),
        seats_error=_refusal(tree["seats_error"]),
        retain_empty=tree["retain_empty"] is True,
        lookup=_texts(tree["lookup"]),
    )


def _refusal(value: Json) -> Refusal:
    tree = _mapping(value)
    return Refusal(_number(tree["status"]), _text(tree["detail"]))


# The files are ours and ship with the package, so what does not fit is our bug: an assertion.
def _mapping(value: Json) -> dict[str, Json]:
    assert isinstance(value, dict)
    return value


def _text(value: Json) -> str:
    assert isinstance(value, str)
    return value


def _texts(value: Json) -> tuple[str, ...]:
    assert isinstance(value, list)
    return tuple(_text(entry) for entry in value)


def _number(value: Json) -> int:
    assert isinstance(value, int)
    return value
