"""Evidence and answers that are not what they should be end in a diagnosis that says what could not be looked at."""

import copy
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scimctl.diagnose.diagnosis import Diagnosis, Question, Server, diagnose, failed_users, read_case
from scimctl.diagnose.evidence import Damage, Evidence, LogEntry, Piece, no_evidence
from scimctl.diagnose.probes import Probe
from scimctl.exchange import Answer, FaultKind, Request, Response, TransportFault
from scimctl.jsonvalue import Json
from scimctl.report.diagnosis import lines_of
from scimctl.report.diagnosis_json import document_of
from scimctl.report.diagnosis_markdown import markdown_of
from tests.unit.diagnose import refused_stories, state_stories
from tests.unit.diagnose.served import account, found, listing, plain
from tests.unit.diagnose.story import LINK, LOGIN, Story

SEEDS = 4
ODD: tuple[Any, ...] = (
    None, True, 0, -1.5, "", "x", "é\u0000\u202e", [], {}, [None], [[]], {"id": None}, "2026-99-99T00:00:00Z", 10**30,
    ["a", {"b": 1}],
)  # fmt: skip


def odd(luck: random.Random) -> Any:
    """A value that nobody expects."""
    return copy.deepcopy(luck.choice(ODD))


def spots(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every value inside a document."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from spots(inner, (*path, key))


def spoilt(document: Any, luck: random.Random) -> Any:
    """A copy with up to three values replaced, or taken out."""
    changed = copy.deepcopy(document)
    for _ in range(luck.randint(1, 3)):
        paths = list(spots(changed))
        if not paths:
            return odd(luck)
        *way, last = luck.choice(paths)
        holder = changed
        for key in way:
            holder = holder[key]
        if luck.random() < 0.2 and isinstance(holder, dict):
            del holder[last]
        else:
            holder[last] = odd(luck)
    return changed


def evidence_of(story: Story, luck: random.Random) -> Evidence:
    whole = story.evidence()
    documents: dict[Piece, Json] = {piece: spoilt(document, luck) for piece, document in whole.documents.items()}
    kept = {piece: document for piece, document in documents.items() if isinstance(document, piece.kind)}
    logs = [spoilt(event, luck) if luck.random() < 0.3 else event for event in story.events]
    return Evidence(origin="spoilt", logs=logs, documents=kept, absent={**whole.absent})


def shown(diagnosis: Diagnosis) -> None:
    """All reports can be made of it."""
    assert document_of(diagnosis)["format"] == 1
    assert "\x00" not in "".join(lines_of(diagnosis, color=False, mask=str))
    assert "\u202e" not in markdown_of(diagnosis)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_spoilt_evidence_and_answers_end_in_a_diagnosis(seed: int) -> None:
    luck = random.Random(seed)
    for _, _, story in [*refused_stories.stories(), *state_stories.stories()]:
        server = story.server
        if server is not None:
            server.override = _oddly(luck)
        case = read_case(evidence_of(story, luck))
        look = Server(look=story.look) if server is not None else None
        question = Question(
            user=luck.choice([LOGIN, "ADA.BYRON", "nobody", "\x00"]), group=luck.choice([None, "Chess"])
        )
        shown(diagnose(case, question, look))
        failed_users(case)


def _oddly(luck: random.Random) -> Callable[[Request, Probe], Answer | None]:
    return lambda request, probe: _odd_answer(luck)


def _odd_answer(luck: random.Random) -> Answer | None:
    if luck.random() < 0.6:
        return None
    answers: list[Answer] = [
        found(odd(luck)),
        found(spoilt(account(LOGIN, LINK), luck)),
        found(listing([spoilt(account(LOGIN, LINK), luck), spoilt(account("x", "y"), luck)])),
        found({"Resources": odd(luck), "totalResults": odd(luck)}),
        found({"Resources": [odd(luck), {"id": odd(luck), "meta": odd(luck)}], "totalResults": 1}),
        plain(200, ""),
        plain(luck.choice([204, 301, 404, 500, 599]), "\x1b[31m<html>"),
        Response(429),
        TransportFault(luck.choice(list(FaultKind)), "odd", 0.1),
    ]
    return luck.choice(answers)


@pytest.mark.parametrize("piece", [piece for piece in Piece if piece is not Piece.LOGS])
def test_a_missing_piece_is_named_and_the_others_still_tell(piece: Piece) -> None:
    story = Story().user().assigned().assignment(0).failed(0.1, "push", "Payment Required").tick(90)
    whole = story.evidence()
    documents = {one: document for one, document in whole.documents.items() if one is not piece}
    evidence = Evidence(origin="x", logs=story.events, documents=documents, absent={piece: "not saved"})
    diagnosis = diagnose(read_case(evidence), Question(user=LOGIN), None)
    assert any("not saved" in gap.what and piece.request in gap.how for gap in diagnosis.not_looked_at)
    if piece is not Piece.APP_USERS:
        assert [cause.code.word for cause in diagnosis.causes][:1] == ["seat-limit-reached"]


def test_without_a_log_the_state_tells_and_absence_says_nothing() -> None:
    story = Story().user().assigned(linked=LINK, created=-9000)
    evidence = Evidence(origin="x", documents=story.evidence().documents, absent={Piece.LOGS: "not saved"})
    diagnosis = diagnose(read_case(evidence), Question(user=LOGIN), Server(look=story.look))
    assert [cause.code.word for cause in diagnosis.causes] == ["account-deleted-downstream"]
    assert any("System Log" in gap.what for gap in diagnosis.not_looked_at)


def test_a_log_that_breaks_off_is_told_of() -> None:
    story = Story().user().assigned().assignment(0).failed(0.1, "push", "Bad Gateway").tick(90)
    evidence = story.evidence()
    logs: list[LogEntry] = [*story.events, {"uuid": "no time"}, Damage("the log breaks off")]
    broken = Evidence(origin="x", logs=logs, documents=evidence.documents, absent=evidence.absent)
    diagnosis = diagnose(read_case(broken), Question(user=LOGIN), None)
    gaps = [gap.what for gap in diagnosis.not_looked_at]
    assert "part of the System Log: the log breaks off" in gaps
    assert any("1 entries of the log are no events" in gap for gap in gaps)
    assert diagnosis.causes[0].code.word == "server-error"


def test_the_server_alone_is_looked_at() -> None:
    story = Story().with_account()
    look = Server(look=story.look)
    fine = diagnose(read_case(no_evidence("none")), Question(user=LOGIN), look)
    assert fine.causes == ()
    assert fine.saw_anything
    assert fine.not_looked_at[0].how.startswith("--evidence")
    assert story.server is not None
    story.server.override = _refusing
    refused = diagnose(read_case(no_evidence("none")), Question(user=LOGIN), look)
    assert [cause.code.word for cause in refused.causes] == ["credentials-rejected"]


def _refusing(request: Request, probe: Probe) -> Answer | None:
    return plain(401, "")
