"""The JavaScript of Okta's exports, by what it means. No JavaScript is run.

The table holds what Okta publishes and nothing else; a script that is not in it is reported with its text as something
that could not be told.
"""

import re
from collections.abc import Callable

from scimctl.exchange import Response
from scimctl.finding import Problem
from scimctl.jsonvalue import NotJsonError, show
from scimctl.scenario.exported.model import Source
from scimctl.scenario.exported.places import value_at
from scimctl.scenario.matchers import Missing

Judge = Callable[[Response, str], Problem | None]
"""Judges an answer; the text is the user name that the suite sends."""


def normalised(text: str) -> str:
    """A script without comments, blanks and line ends, by which it is known again."""
    without_comments = re.sub(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", "", text, flags=re.DOTALL)
    return re.sub(r"\s+", "", without_comments)


def judge_of(text: str) -> tuple[str, Judge] | None:
    """What a script asserts, in words, and the judge of it; None for one that is not known."""
    return _KNOWN.get(normalised(text))


def _groups_are_an_array(response: Response, user_name: str) -> Problem | None:
    total = value_at(response, Source.JSON, "totalResults")
    resources = value_at(response, Source.JSON, "Resources")
    if (total == 0 and not isinstance(total, bool)) or isinstance(resources, list):
        return None
    return Problem("totalResults 0, or an array", _shown(response, "Resources"), "/Resources")


def _name_keeps_its_capitals(response: Response, user_name: str) -> Problem | None:
    name = value_at(response, Source.JSON, "userName")
    if isinstance(name, str) and name.lower() != user_name:
        return None
    expected = f"a userName that differs from {user_name} in small letters"
    return Problem(expected, _shown(response, "userName"), "/userName")


def _shown(response: Response, name: str) -> str:
    try:
        response.json()
    except NotJsonError as error:
        return str(error)
    value = value_at(response, Source.JSON, name)
    return "absent" if isinstance(value, Missing) else show(value, 80)


_GROUPS = """
var data = JSON.parse(response.body);
var max = data.totalResults;
var res = data.Resources;
var exists = false;
if (max === 0) assert("nogroups", "No Groups found in the endpoint");
else if (max >= 1 && Array.isArray(res)) {
    exists = true; assert.ok(exists, "Resources is of type Array"); log(exists);
}
"""

_CAPITALS = """
var data = JSON.parse(response.body);
assert.notEqual(data.userName.toLowerCase(),variables.get("randomUsername"),
'ISVuserNameLower matches with InitialuserName');
"""

_KNOWN: dict[str, tuple[str, Judge]] = {
    normalised(_GROUPS): ("Resources is an array when there are groups", _groups_are_an_array),
    normalised(_CAPITALS): ("userName in small letters is not what was sent", _name_keeps_its_capitals),
}
