"""What a profile of the reference server is, and how its YAML becomes one."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from scimctl import bundle
from scimctl.diagnostic import Diagnostic, InputError, usage_error
from scimctl.document import load
from scimctl.jsonvalue import Json
from scimctl.scim.attributes import Resource
from scimctl.source import SourceText
from scimctl.validation import Validator, diagnostics

_FOLDER = Path(__file__).parent / "profiles"
_LONGEST_FILE = 1_000_000


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


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How many requests each token may make in so many seconds."""

    requests: int
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A configuration of the reference server: what it offers, how it pages, and a product's rules if it plays one.

    `patch`, `sort` and `etag` are what ServiceProviderConfig announces. `max_bulk_operations` is how many operations a
    bulk request may have; 0 is for a server without bulk requests. `cursor_timeout` is how many seconds a cursor lasts;
    0 is for a server that pages by index alone. A query that more than `max_matches` resources match is refused; None
    is for any number. `latency` is how many seconds each answer takes at least. Users with one of `admin_roles` among
    their `roles` are administrators. `wordings` has the detail of errors by scimType, else by status. `resources` are
    there from the start, each with its `resourceType` in `meta`.
    """

    name: str
    title: str
    resource_types: tuple[str, ...] = ("User", "Group")
    page_size: int = 100
    max_results: int = 1000
    patch: bool = True
    sort: bool = True
    etag: bool = True
    change_password: bool = True
    max_bulk_operations: int = 1000
    cursor_timeout: int = 600
    max_matches: int | None = None
    rate_limit: RateLimit | None = None
    latency: float = 0.0
    admin_roles: tuple[str, ...] = ("admin",)
    wordings: Mapping[str, str] = field(default_factory=dict)
    resources: tuple[Resource, ...] = ()
    provisioning: Provisioning | None = None


def profile_names() -> tuple[str, ...]:
    """The names of the bundled profiles."""
    return tuple(sorted(path.stem for path in _FOLDER.glob("*.yaml")))


def read_profile(name: str) -> Profile:
    """The bundled profile of that name, or the one in a file when the name has a `/` or ends in `.yaml` or `.yml`.

    Raises InputError for an unknown name, with the names there are, and for a file that cannot be read or does not keep
    `profile.schema.json`, with the place.
    """
    path = Path(name)
    if "/" in name or "\\" in name or path.suffix.lower() in (".yaml", ".yml"):
        return _from_file(path)
    known = profile_names()
    if name not in known:
        raise _unknown(name, known)
    path = _FOLDER / f"{name}.yaml"
    tree = load(SourceText(path.name, path.read_text(encoding="utf-8"))).tree
    return _profile(name, _mapping(tree))


def _unknown(name: str, known: tuple[str, ...]) -> InputError:
    near = difflib.get_close_matches(name, known, n=1)
    remedy = f"did you mean {near[0]}?" if near else f"the profiles are {', '.join(known)}; ./FILE.yaml is one of yours"
    return usage_error(f"there is no profile {name!r}", remedy)


def _from_file(path: Path) -> Profile:
    try:
        if path.stat().st_size > _LONGEST_FILE:
            raise usage_error(f"the profile {path} is larger than {_LONGEST_FILE} bytes", "is it the right file?")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise usage_error(
            f"cannot read the profile {path}: {error.strerror}", "give the path of a YAML file"
        ) from error
    except UnicodeDecodeError as error:
        raise usage_error(f"the profile {path} is not UTF-8 at byte {error.start}", "save it as UTF-8") from error
    document = load(SourceText(str(path), text))
    wrong = diagnostics(document, Validator(bundle.read_schema("scimctl/profile.schema.json")))
    if wrong:
        raise InputError(*wrong)
    profile = _profile(path.stem, _mapping(document.tree))
    if profile.page_size > profile.max_results:
        span = document.value_span(("page_size",)) if "page_size" in _mapping(document.tree) else None
        title = f"page_size is {profile.page_size}, more than max_results, which is {profile.max_results}"
        raise InputError(Diagnostic(title=title, span=span, help="make page_size at most max_results"))
    return profile


def _profile(name: str, tree: dict[str, Json]) -> Profile:
    rules, limit = tree.get("provisioning"), tree.get("rate_limit")
    changed: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in tree.items()}
    changed["rate_limit"] = _rate_limit(_mapping(limit)) if limit is not None else None
    changed["provisioning"] = _provisioning(_mapping(rules)) if rules is not None else None
    return replace(Profile(name=name, title=""), **changed)


def _rate_limit(tree: dict[str, Json]) -> RateLimit:
    return RateLimit(_number(tree["requests"]), _number(tree["seconds"]))


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


# What a file holds was checked against the schema, by a test for those that are ours: what does not fit is our bug.
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
