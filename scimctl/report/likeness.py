"""Which findings look alike: the same check fails in the same way at the same kind of request, and so for one cause."""

import re
from typing import TypeAlias

from scimctl.finding import Finding

Shape: TypeAlias = tuple[str, ...]

_VALUE = re.compile(r'"(?:[^"\\]|\\.)*"|[0-9a-f]{8}[0-9a-f-]+|\d+', re.IGNORECASE)


def shape(finding: Finding) -> Shape:
    """What a finding has in common with others of its cause: check, place, request and answer without their values.

    The scenario and the requirement are left out, for one defect breaks many of both.
    """
    witness, problem = finding.witness, finding.problem
    request = (witness.method, kind_of_path(witness.path), str(witness.status)) if witness is not None else ()
    what = (_VALUE.sub("_", problem.at), _gist(problem.actual)) if problem is not None else ()
    return (finding.verdict.value, finding.check, *request, *what)


def kind_of_path(path: str) -> str:
    """`/Users/…` for any user, and the names of the query's parameters: `/Users?count&filter`."""
    place, _, query = path.partition("?")
    collection, slash, _ = place.lstrip("/").partition("/")
    names = sorted({part.partition("=")[0] for part in query.split("&") if part})
    return f"/{collection}{'/…' if slash else ''}{'?' if names else ''}{'&'.join(names)}"


def _gist(actual: str) -> str:
    """The beginning of what came, without its values; of an answer the status alone, which the request has already."""
    return _VALUE.sub("_", actual)[:24]
