"""RFC 7644 §3.14: versions of resources."""

import re
from collections.abc import Iterator

from scimctl.checks.context import View
from scimctl.checks.registry import check
from scimctl.finding import Problem
from scimctl.jsonvalue import Json, show

_TAG = re.compile(r'(W/)?"[\x21\x23-\x7e\x80-\xff]*"')
"""An entity tag by RFC 9110 §8.8.3."""


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


@check("etag.form", requires="etag-03", applies=lambda view: view.response.headers.get("ETag") is not None)
def entity_tag_has_its_form(view: View) -> Iterator[Problem]:
    """An ETag is a text between quotation marks, with W/ before it when it is weak."""
    tag = view.response.headers.get("ETag") or ""
    if _TAG.fullmatch(tag) is None:
        yield Problem('a tag such as W/"1"', show(tag, 80))
