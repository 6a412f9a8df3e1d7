"""A diagnosis as Markdown, ready for a ticket."""

import re
from collections.abc import Iterator

from scimctl.diagnose.chain import State
from scimctl.diagnose.diagnosis import Diagnosis
from scimctl.report.printable import printable

_SIGNS = {State.HOLDS: "ok", State.BROKEN: "**broken**", State.UNKNOWN: "not looked at", State.BEYOND: ""}
_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#])")


def markdown_of(diagnosis: Diagnosis) -> str:
    """The whole diagnosis as one document; what came from outside cannot become markup."""
    return "\n".join(_lines(diagnosis)) + "\n"


def _lines(diagnosis: Diagnosis) -> Iterator[str]:
    yield f"# {_plain(diagnosis.subject)}: {diagnosis.symptom.value}"
    yield ""
    yield _plain(diagnosis.summary)
    for cause in diagnosis.causes:
        yield ""
        yield f"## `{cause.code.word}` ({cause.certainty.value})"
        yield ""
        yield _plain(cause.title)
        yield ""
        yield from (f"- {_plain(proof.text)}" for proof in cause.because)
        yield ""
        yield f"**What to do:** {_plain(cause.remedy)}"
        if cause.code.requirement is not None:
            yield ""
            yield f"Requirement `{cause.code.requirement}`."
    yield ""
    yield "## The chain"
    yield ""
    yield "| link | state | seen |"
    yield "|---|---|---|"
    yield from (f"| {one.link.value} | {_SIGNS[one.state]} | {_plain(one.text)} |" for one in diagnosis.chain)
    yield from _section("Ruled out", [f"`{one.code.word}`: {_plain(one.why)}" for one in diagnosis.ruled_out])
    yield from _section("Looked at", [_plain(one) for one in diagnosis.looked_at])
    yield from _section("Not looked at", [f"{_plain(one.what)} ({_plain(one.how)})" for one in diagnosis.not_looked_at])


def _section(title: str, entries: list[str]) -> Iterator[str]:
    if entries:
        yield from ("", f"## {title}", "")
        yield from (f"- {entry}" for entry in entries)


def _plain(text: str) -> str:
    return _MARKUP.sub(r"\\\1", printable(" ".join(text.split())))
