"""RFC 7644 §3.14: versions of resources."""

from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import Json, show


def _version(view: View) -> Json:
    if len(view.resources) != 1 or view.resources[0].at:
        return None
    meta = view.resources[0].canonical.get("meta")
    return meta.get("version") if isinstance(meta, dict) else None


@check(
    "etag.version",
    requires="etag-02",
    applies=lambda view: view.response.headers.get("ETag") is not None and _version(view) is not None,
)
def version_is_the_entity_tag(view: View) -> Iterator[Problem]:
    """meta.version is the ETag of the answer."""
    tag, version = view.response.headers.get("ETag"), _version(view)
    if tag != version:
        yield Problem(str(tag), show(version, 80), "/meta/version")
