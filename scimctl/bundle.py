"""Finds `scenarios/` and `schemas/`, in an installed wheel or in a checkout. No other module builds such a path."""

import json
from functools import cache
from pathlib import Path

from scimctl.jsonvalue import Json

_PACKAGE = Path(__file__).parent


@cache
def _folder(name: str) -> Path:
    # An editable install also copies the folders into site-packages, where they go stale; `__file__` is
    # the checkout's then, and its own folders win.
    bundled = _PACKAGE / "_bundled" / name
    return bundled if bundled.is_dir() else _PACKAGE.parent / name


def scenarios_folder() -> Path:
    """The folder that holds the bundled suites and `requirements/`."""
    return _folder("scenarios")


def schemas_folder() -> Path:
    """The folder that holds `scim/`, `messages/` and `scimctl/`."""
    return _folder("schemas")


def read_schema(relative: str) -> dict[str, Json]:
    """One JSON document of `schemas/`, such as `messages/error.schema.json`."""
    document = json.loads((schemas_folder() / relative).read_bytes())
    assert isinstance(document, dict)
    return document


def scim_definitions() -> list[dict[str, Json]]:
    """The bundled SCIM schema definitions (RFC 7643 §7 form), one dictionary each, in file order."""
    paths = sorted((schemas_folder() / "scim").glob("*.json"))
    return [read_schema(f"scim/{path.name}") for path in paths]
