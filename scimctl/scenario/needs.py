"""`needs`: what a server must announce before a scenario makes sense."""

import re

from scimctl.document import Path
from scimctl.scenario.reading import Reading
from scimctl.validation import near

APP_PATCH = "app.patch"
"""PATCH, in the rows whose kind of app sends it."""

FEATURES = ("patch", "filter", "sort", "etag", "bulk", "changePassword", "cursor", "socket")
"""Needs that are a single word: the features of ServiceProviderConfig, and `socket` for what no in-process run has."""

PREFIXES = ("type", "schema", "attribute")
"""Needs that name something after a colon: `type:Group`, `schema:URN`, `attribute:PATH`."""

# A limit in ServiceProviderConfig that a scenario can exceed, or one that it keeps.
_LIMIT = re.compile(r"(?:at_most|at_least):[A-Za-z.]+:\d+")
_LIMITS = ("at_most:bulk.maxOperations:1000", "at_least:bulk.maxOperations:3")


def check_need(reading: Reading, need: str, path: Path) -> bool:
    """Whether `need` is one; notes a fault when it is not."""
    prefix, _, rest = need.partition(":")
    if need in (*FEATURES, APP_PATCH) or (prefix in PREFIXES and rest) or _LIMIT.fullmatch(need):
        return True
    forms = [*FEATURES, APP_PATCH, "type:Group", "schema:URN", "attribute:PATH", *_LIMITS]
    reading.fault(
        f"`{need}` is nothing a server can announce",
        path,
        label="unknown need",
        remedy=near(need, forms, "needs") or f"needs: {', '.join(forms)}",
    )
    return False
