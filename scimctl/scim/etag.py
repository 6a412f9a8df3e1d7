"""Weak entity tags and the conditions that name them (RFC 7644 §3.14, RFC 9110 §8.8.3, §13.1)."""

import re

_TAG = re.compile(r'(?:W/)?"[\x21\x23-\x7e\x80-\uffff]*"')


def weak(version: int | str) -> str:
    """The weak entity tag of a version."""
    return f'W/"{version}"'


def names(condition: str, tag: str) -> bool:
    """Whether the value of an If-Match or If-None-Match field names `tag`; `*` names every tag.

    Tags are compared weakly for both fields: RFC 7644 §3.14 shows If-Match with a weak tag, which the strong comparison
    of RFC 9110 would never let match.
    """
    if condition.strip() == "*":
        return True
    return any(found.removeprefix("W/") == tag.removeprefix("W/") for found in _TAG.findall(condition))
