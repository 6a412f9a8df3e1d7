"""Paths and queries of requests in scenarios: how a template becomes a request target, and how a pattern meets one."""

import re
from urllib.parse import quote, unquote, unquote_plus

from scimctl.scenario.template import Resolve, escape_segment, render_text

_LITERAL_SAFE = "/?:@!$&'()*+,;=-._~%[]"


def render_target(template: str, resolve: Resolve) -> str:
    """The request target of a path template, percent-encoded.

    Values are encoded whole, so that a slash, a plus or an ampersand in one stays part of it; the literal text keeps
    what has a meaning in a URL (RFC 3986 §2.2) and has only the rest encoded, such as spaces and quotation marks.
    """

    def literal(text: str) -> str:
        return quote(text, safe=_LITERAL_SAFE)

    return render_text(template, resolve, encode=escape_segment, literal=literal)


def render_pattern(template: str, resolve: Resolve) -> str:
    """A target pattern with its values put in, encoded: a star in a value is no wildcard."""
    return render_text(template, resolve, encode=escape_segment)


def target_matches(pattern: str, target: str) -> bool:
    """Whether a request target (percent-encoded) fits a rendered pattern such as `/Users/*` or `/Users?filter=*`.

    Both are compared decoded. A star stands for any run of characters: within one segment of the path, and anywhere
    in the query. A pattern without a query fits no target that has one.
    """
    wanted_path, wanted_mark, wanted_query = pattern.partition("?")
    path, mark, query = target.partition("?")
    if wanted_mark != mark:
        return False
    wanted, got = wanted_path.split("/"), path.split("/")
    if len(wanted) != len(got):
        return False
    segments_fit = all(_fits(left, unquote(right)) for left, right in zip(wanted, got, strict=True))
    return segments_fit and _fits(wanted_query, unquote_plus(query))


def _fits(pattern: str, text: str) -> bool:
    expression = ".*".join(re.escape(unquote(part)) for part in pattern.split("*"))
    return re.fullmatch(expression, text, re.DOTALL) is not None
