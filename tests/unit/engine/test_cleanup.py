"""What the clean-up says of what it could not remove."""

import pytest

from scimctl.events import LeftBehind
from scimctl.exchange import Answer, FaultKind, Request, TransportFault
from tests.exchanges import error, filter_of, is_create, ok
from tests.playing import play, reference

RESET = TransportFault(FaultKind.PROTOCOL, "Connection reset by peer")


@pytest.mark.parametrize(
    ("unanswered", "reason"),
    [
        ("DELETE", "DELETE got no answer (protocol: Connection reset by peer)"),
        ("GET", "looking for it by name got no answer (protocol: Connection reset by peer)"),
    ],
)
def test_a_removal_without_an_answer_is_told_in_words(unanswered: str, reason: str) -> None:
    server = reference()
    created = False

    def breaks(request: Request) -> Answer:
        nonlocal created
        if request.method == "DELETE" and unanswered == "DELETE":
            return RESET
        if created and unanswered == "GET" and filter_of(request):
            return RESET
        answer = server(request)
        if is_create(request):
            created = True
            # Without an id, what was made has to be looked for by its name.
            return error(500) if unanswered == "GET" else ok(answer)
        return answer

    played = play(breaks, ("okta.users.create[oin]",))
    assert [event.reason for event in played.events if isinstance(event, LeftBehind)] == [reason]
