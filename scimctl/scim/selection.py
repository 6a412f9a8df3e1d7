"""Which values of a multi-valued attribute an operation is about."""

from scimctl.jsonvalue import Json
from scimctl.scim.filter import Filter
from scimctl.scim.matching import element_matcher
from scimctl.scim.schema import Attribute
from scimctl.scim.values import comparable


class Selection:
    """Tells whether a value is selected by a value path's filter; without a filter each value is."""

    def __init__(self, attribute: Attribute, condition: Filter | None) -> None:
        self._test = element_matcher(condition, attribute) if condition is not None else None

    def __call__(self, value: Json) -> bool:
        """Whether the value is selected."""
        return self._test is None or self._test(value)


def same_value(attribute: Attribute, one: Json, other: Json) -> bool:
    """Whether two values of a multi-valued attribute are the same thing.

    Values that refer to a resource are the same when their `value` is; others with a `value` when `value` and `type`
    are (RFC 7643 §2.4); the rest when they are equal.
    """
    if not isinstance(one, dict) or not isinstance(other, dict):
        return one == other
    mine, theirs = one.get("value"), other.get("value")
    sub = attribute.sub("value")
    if sub is None or not isinstance(mine, str) or not isinstance(theirs, str):
        return one == other
    if comparable(sub, mine) != comparable(sub, theirs):
        return False
    return attribute.sub("$ref") is not None or one.get("type") == other.get("type")
